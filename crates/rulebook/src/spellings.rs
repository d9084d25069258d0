//! Spellings: the form that several writings of one name share.
//!
//! Enters: `comparisons/spellings.toml`. Leaves: [`Spellings`], which reads a name in its standard form (capitals). Never:
//! a judgement of how much a shared form weighs.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{RuleError, Rulebook};

const FILE: &str = "comparisons/spellings.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    as_of: String,
    letters_least: usize,
    rules: Vec<(String, String)>,
    names: Vec<Vec<String>>,
}

/// One rule: letters, what they become, and where in a name they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    from: Vec<u8>,
    to: Vec<u8>,
    at_start: bool,
    at_end: bool,
}

impl Rule {
    fn fits(&self, name: &[u8], at: usize) -> bool {
        (!self.at_start || at == 0)
            && name[at..].starts_with(&self.from)
            && (!self.at_end || at + self.from.len() == name.len())
    }
}

/// Rules by which several spellings of a name become one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spellings {
    letters_least: usize,
    rules: Vec<Rule>,
    /// Whole names that are one, each with the form they share.
    names: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// Stands before the form of whole names, so that it is none that the rules make.
const WHOLE: u8 = b'=';

impl Spellings {
    /// Loads and checks the rules.
    pub fn load(rulebook: &Rulebook) -> Result<Self, RuleError> {
        let file: File = rulebook.parse(FILE)?;
        Spellings::new(&file).map_err(|cause| RuleError { file: FILE.to_owned(), cause })
    }

    fn new(file: &File) -> Result<Self, String> {
        if file.source.is_empty() || file.as_of.is_empty() {
            return Err("`source` and `as_of` must say where the rules come from and of when they are".to_owned());
        }
        let rules = file.rules.iter().enumerate().map(|(index, (from, to))| {
            let letters = from.trim_start_matches('^').trim_end_matches('$');
            let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
            if letters.is_empty() || to.is_empty() || !plain(letters) || !plain(to) {
                return Err(format!("rule {}: letters become letters, in upper-case ASCII", index + 1));
            }
            let (at_start, at_end) = (from.starts_with('^'), from.ends_with('$'));
            Ok(Rule { from: letters.into(), to: to.as_bytes().into(), at_start, at_end })
        });
        let names = whole_names(&file.names)?;
        Ok(Spellings { letters_least: file.letters_least, rules: rules.collect::<Result<_, _>>()?, names })
    }

    /// Writes the form of a name in capitals into `out`; leaves it empty where the name is too short to have one.
    pub fn read(&self, name: &[u8], out: &mut Vec<u8>) {
        out.clear();
        if let Some(form) = self.names.get(name) {
            out.extend_from_slice(form);
            return;
        }
        let mut at = 0;
        while at < name.len() {
            let rule = self.rules.iter().find(|rule| rule.fits(name, at));
            let (written, read) = rule.map_or((&name[at..=at], 1), |rule| (&rule.to[..], rule.from.len()));
            for byte in written.iter().copied().filter(|byte| *byte != b' ') {
                // Only letters of the Latin alphabet are written twice for one sound.
                if !(byte.is_ascii_uppercase() && out.last() == Some(&byte)) {
                    out.push(byte);
                }
            }
            at += read;
        }
        if out.len() < self.letters_least {
            out.clear();
        }
    }
}

fn whole_names(groups: &[Vec<String>]) -> Result<BTreeMap<Vec<u8>, Vec<u8>>, String> {
    let mut names = BTreeMap::new();
    for group in groups {
        let form: Vec<u8> =
            [WHOLE].into_iter().chain(group.first().into_iter().flat_map(|name| name.bytes())).collect();
        for name in group {
            let plain = name.bytes().all(|byte| byte.is_ascii_uppercase()) && !name.is_empty();
            if group.len() < 2 || !plain || names.insert(name.as_bytes().to_vec(), form.clone()).is_some() {
                return Err(format!(
                    "`{name}`: a group is two or more names in upper-case ASCII letters, and a name is in one group only"
                ));
            }
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_have_a_form_of_their_own() {
        assert_eq!(read("TSAI"), read("CAI"));
        assert_eq!(read("GIM"), read("KIM"));
        assert_ne!(read("CHANG"), read("CHENG"));
        assert_eq!(read("SMYTHE"), "SMITHE");
        let group = |names: &[&str]| vec![names.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>()];
        assert!(whole_names(&group(&["KIM"])).is_err());
        assert!(whole_names(&group(&["KIM", "gim"])).is_err());
        assert!(whole_names(&[group(&["KIM", "GIM"]), group(&["GIM", "YI"])].concat()).is_err());
    }

    fn read(name: &str) -> String {
        let mut out = Vec::new();
        Spellings::load(&Rulebook::embedded()).unwrap().read(name.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn spellings_of_one_name_share_a_form() {
        for (one, other) in [
            ("MUELLER", "MULLER"),
            ("SOEREN", "SOREN"),
            ("VAN DER BERG", "VANDERBERG"),
            ("MACGILLIVRAY", "MC GILLIVRAY"),
            ("SHCHERBAKOVA", "SCHERBAKOVA"),
            ("KUZNETSOV", "KUZNETZOV"),
            ("ROMANOFF", "ROMANOV"),
            ("DMITRIYEV", "DMITRIEV"),
            ("HUSSAIN", "HUSEIN"),
            ("MAYER", "MEYER"),
            ("AL SAYEGH", "ALSAYEGH"),
        ] {
            assert_eq!(read(one), read(other), "{one} {other}");
            assert!(!read(one).is_empty(), "{one}");
        }
    }

    #[test]
    fn different_names_keep_different_forms() {
        for (one, other) in [("MARTIN", "MARTINEZ"), ("HANSEN", "JANSEN"), ("PETROV", "PETROVA"), ("DIAZ", "DIAS")] {
            assert_ne!(read(one), read(other), "{one} {other}");
        }
        assert_eq!((read("LOW"), read("LE")), (String::new(), String::new()), "too short to say");
        assert_eq!(read("ДМИТРИЙ"), "ДМИТРИЙ", "other alphabets are left as they are");
    }

    #[test]
    fn broken_rules_are_named() {
        let file = |from: &str| File {
            source: "s".into(),
            as_of: "d".into(),
            letters_least: 4,
            rules: vec![("A".into(), "E".into()), (from.into(), "B".into())],
            names: Vec::new(),
        };
        assert!(Spellings::new(&file("^MAC")).is_ok());
        for broken in ["", "^", "mac", "ß"] {
            assert!(Spellings::new(&file(broken)).unwrap_err().contains("rule 2"), "{broken}");
        }
    }
}
