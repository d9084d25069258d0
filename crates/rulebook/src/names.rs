//! Names of people: surnames and given names with how often they are borne, short forms, accents.
//!
//! Enters: `names/` of the rulebook. Leaves: lists in the order of the files. Never: judgement about a value in evidence.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{RuleError, Rulebook};

const SURNAMES: &str = "names/surnames.txt";
const GIVEN: &str = "names/given.txt";
const NICKNAMES: &str = "names/nicknames.toml";
const ACCENTS: &str = "names/accents.toml";

/// First year of the first decade of [`GivenName::births`].
pub const FIRST_DECADE: u16 = 1900;
/// Decades of birth told apart; the last is cut at 2015.
pub const DECADES: usize = 12;

/// A surname in capitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surname {
    /// The name.
    pub name: String,
    /// Bearers in 100 million.
    pub weight: u32,
}

/// Sex as recorded at birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// A given name in capitals, as borne by one sex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenName {
    /// The name.
    pub name: String,
    /// Sex.
    pub sex: Sex,
    /// Births in hundreds by decade, from [`FIRST_DECADE`].
    pub births: [u32; DECADES],
}

/// All names.
#[derive(Clone, Debug)]
pub struct Names {
    /// Surnames, most frequent first.
    pub surnames: Vec<Surname>,
    /// Given names, most frequent first; a name borne by both sexes is listed twice.
    pub given: Vec<GivenName>,
    /// Formal given name -> short forms.
    pub nicknames: BTreeMap<String, Vec<String>>,
    /// Surname in plain capitals -> as many bearers write it.
    pub accented_surnames: BTreeMap<String, String>,
    /// Given name in plain capitals -> as many bearers write it.
    pub accented_given: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NicknamesFile {
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    formal: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccentsFile {
    #[serde(rename = "sources")]
    _sources: Vec<String>,
    surnames: BTreeMap<String, String>,
    given: BTreeMap<String, String>,
}

impl Names {
    /// Reads `names/` of the rulebook.
    pub fn load(rules: &Rulebook) -> Result<Self, RuleError> {
        let nicknames: NicknamesFile = rules.parse(NICKNAMES)?;
        let accents: AccentsFile = rules.parse(ACCENTS)?;
        Ok(Names {
            surnames: surnames(rules.text(SURNAMES)?)?,
            given: rules
                .text(GIVEN)?
                .lines()
                .filter(|line| !line.starts_with('#'))
                .map(given)
                .collect::<Result<_, _>>()?,
            nicknames: nicknames.formal,
            accented_surnames: accents.surnames,
            accented_given: accents.given,
        })
    }
}

fn surnames(text: &str) -> Result<Vec<Surname>, RuleError> {
    let wrong = || RuleError { file: SURNAMES.to_owned(), cause: "names follow a line `=N`".to_owned() };
    let mut names = Vec::with_capacity(60_000);
    let mut weight = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(number) = line.strip_prefix('=') {
            weight = Some(number.parse().map_err(|_| wrong())?);
            continue;
        }
        let weight = weight.ok_or_else(wrong)?;
        names.extend(line.split_ascii_whitespace().map(|name| Surname { name: name.to_owned(), weight }));
    }
    Ok(names)
}

/// Reads `MARY f 1615 4786 ... -`.
fn given(line: &str) -> Result<GivenName, RuleError> {
    let wrong = || RuleError {
        file: GIVEN.to_owned(),
        cause: format!("a line is a name, f or m, and {DECADES} numbers, not `{line}`"),
    };
    let mut words = line.split(' ');
    let name = words.next().filter(|name| !name.is_empty()).ok_or_else(wrong)?.to_owned();
    let sex = match words.next() {
        Some("f") => Sex::Female,
        Some("m") => Sex::Male,
        _ => return Err(wrong()),
    };
    let mut births = [0; DECADES];
    for slot in &mut births {
        *slot = match words.next() {
            Some("-") => 0,
            Some(number) => number.parse().map_err(|_| wrong())?,
            None => return Err(wrong()),
        };
    }
    if words.next().is_some() { Err(wrong()) } else { Ok(GivenName { name, sex, births }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole_and_in_order() {
        let names = Names::load(&Rulebook::embedded()).unwrap();
        assert_eq!(names.surnames.len(), 60_000);
        assert_eq!(names.surnames[0].name, "SMITH");
        assert!(names.surnames.windows(2).all(|pair| pair[0].weight >= pair[1].weight));
        let borne: u64 = names.surnames.iter().map(|name| u64::from(name.weight)).sum();
        assert!((80_000_000..92_000_000).contains(&borne), "87 % of 100 million, not {borne}");
        assert!(names.given.len() > 8_000);
    }

    #[test]
    fn names_belong_to_their_cohort() {
        let names = Names::load(&Rulebook::embedded()).unwrap();
        let births = |name: &str, sex| names.given.iter().find(|n| n.name == name && n.sex == sex).unwrap().births;
        let (mildred, jayden) = (births("MILDRED", Sex::Female), births("JAYDEN", Sex::Male));
        assert!(mildred[1] > 20 * mildred[8]);
        assert!(jayden[10] > 20 * jayden[6]);
    }

    #[test]
    fn every_formal_name_is_a_given_name() {
        let names = Names::load(&Rulebook::embedded()).unwrap();
        for formal in names.nicknames.keys() {
            assert!(names.given.iter().any(|given| given.name == *formal), "{formal}");
        }
    }

    #[test]
    fn a_broken_line_is_an_error() {
        assert!(given("MARY x 1").is_err());
        assert!(given("MARY f 1 2").is_err());
        assert!(surnames("SMITH").is_err());
    }
}
