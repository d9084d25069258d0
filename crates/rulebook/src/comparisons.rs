//! How rows are compared: levels with their m and u, caps, limits, nicknames.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use vocab::Jurisdiction;

use crate::names::{Names, Sex};
use crate::spellings::Spellings;
use crate::{RuleError, Rulebook};

const FILE: &str = "comparisons/person.toml";
const NICKNAMES: &str = "comparisons/nicknames.txt";

/// Comparisons and the levels each must have, in the order in which a pair is tested.
pub const LEVELS: &[(&str, &[&str])] = &[
    ("given", &["exact", "nickname", "initial", "close", "near", "other"]),
    ("surname", &["exact", "part", "close", "near", "other"]),
    ("middle", &["equal", "other"]),
    ("suffix", &["equal", "one_missing", "other"]),
    ("dob", &["exact", "swapped", "one_edit", "year_and_part", "year", "other"]),
    ("ssn", &["exact", "one_edit", "last_four", "other"]),
    ("licence", &["exact", "other"]),
    ("identity", &["exact", "other"]),
    ("phone", &["exact", "other"]),
    ("email", &["exact", "local", "other"]),
    ("address", &["exact", "no_unit", "street", "zip", "other"]),
    ("imei", &["exact", "other"]),
    ("imsi", &["exact", "other"]),
    ("account", &["exact", "other"]),
    ("state", &["exact", "town", "town_other", "line", "line_other", "other"]),
];

/// Share that different surnames never pass, whatever a case shows.
const MOST_RENAMED: f64 = 0.4;

/// One level of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Share of pairs of the same person on this level.
    pub m: f64,
    /// Share of pairs of different people on this level; absent where it is the value's frequency in the case.
    pub u: Option<f64>,
}

/// Bits above even odds at which a pair is joined.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Joined in the likely count.
    pub same: f64,
    /// Joined in the low count.
    pub plausible: f64,
    /// Joined in the likely count where a whole name is all that two rows share and a date of birth is missing, or a given
    /// name and a date of birth under two surnames.
    pub thin: f64,
    /// Joined in the high count too, if the agreement is exact.
    pub strong: f64,
}

/// Distinct names above which a value identifies nobody, by kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names are the kinds of key")]
pub struct GenericCaps {
    pub ssn: u32,
    pub licence: u32,
    pub identity: u32,
    pub imei: u32,
    pub imsi: u32,
    pub email: u32,
    pub account: u32,
    pub phone: u32,
    pub address: u32,
}

/// Limits that bound the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairLimits {
    /// Rows of a block compared all with all.
    pub block: usize,
    /// Neighbours compared in a block that no further field splits.
    pub window: usize,
    /// Rows above which a cluster accepts exact identifiers only.
    pub cluster: usize,
}

/// Share of pairs of rows of the same person that bear different surnames, by the sex that goes with the given name.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names are the sexes")]
pub struct Renamed {
    pub women: f64,
    pub men: f64,
}

/// Bits by which a value entered wrong is likelier than two people, where all else agrees at one place.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistaken {
    /// Two given names under one surname and date of birth: or twins.
    pub given: f64,
    /// Two dates of birth under one name: or father and son.
    pub dob: f64,
    /// Two given names under one identity number and surname: or one of a household with another's number.
    pub number: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonFile {
    source: String,
    as_of: String,
    rows_with_partner: f64,
    frequency_floor: f64,
    group_share_of_rest: f64,
    mistaken: Mistaken,
    thresholds: Thresholds,
    generic: GenericCaps,
    limits: PairLimits,
    renamed: Renamed,
    comparison: BTreeMap<String, BTreeMap<String, Level>>,
}

/// The rules by which rows become people.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparisons {
    /// Expected matches per row, for the prior.
    pub rows_with_partner: f64,
    /// Least frequency a value is given.
    pub frequency_floor: f64,
    /// Share at which further household evidence counts.
    pub group_share_of_rest: f64,
    /// When two people are taken for one whose data were entered wrong.
    pub mistaken: Mistaken,
    /// Thresholds.
    pub thresholds: Thresholds,
    /// Caps on generic values.
    pub generic: GenericCaps,
    /// Limits.
    pub limits: PairLimits,
    /// Groups of given names that stand for one another.
    pub nicknames: Vec<Vec<String>>,
    /// Spellings of one name.
    pub spellings: Spellings,
    levels: BTreeMap<String, BTreeMap<String, Level>>,
    renamed: Renamed,
    /// Share of women among the bearers of a given name or a short form of one.
    women: HashMap<String, f64>,
    /// State by area code of the North American plan.
    state_of_area: Vec<Option<Jurisdiction>>,
}

impl Comparisons {
    /// Loads and checks the comparisons.
    pub fn load(rulebook: &Rulebook) -> Result<Self, RuleError> {
        let file: PersonFile = rulebook.parse(FILE)?;
        check(&file).map_err(|cause| RuleError { file: FILE.to_owned(), cause })?;
        let nicknames =
            nicknames(rulebook.text(NICKNAMES)?).map_err(|cause| RuleError { file: NICKNAMES.to_owned(), cause })?;
        Ok(Comparisons {
            rows_with_partner: file.rows_with_partner,
            frequency_floor: file.frequency_floor,
            group_share_of_rest: file.group_share_of_rest,
            mistaken: file.mistaken,
            thresholds: file.thresholds,
            generic: file.generic,
            limits: file.limits,
            nicknames,
            spellings: Spellings::load(rulebook)?,
            levels: file.comparison,
            renamed: file.renamed,
            women: women(&Names::load(rulebook)?),
            state_of_area: crate::places::states_of_area_codes(rulebook)?,
        })
    }

    /// Returns these comparisons with other parameters: the prior, and m and u of every level. They are checked as the
    /// rulebook's are; a level whose u is the frequency of the value stays so.
    pub fn replaced(
        &self,
        rows_with_partner: f64,
        mistaken: Mistaken,
        levels: BTreeMap<String, BTreeMap<String, Level>>,
    ) -> Result<Self, String> {
        if !(rows_with_partner > 0.0 && rows_with_partner.is_finite()) {
            return Err("`rows_with_partner` must be above 0".to_owned());
        }
        if ![mistaken.given, mistaken.dob, mistaken.number].into_iter().all(f64::is_finite) {
            return Err("`mistaken` must be numbers of bits".to_owned());
        }
        check_levels(&levels)?;
        for (comparison, code) in LEVELS.iter().flat_map(|(name, codes)| codes.iter().map(move |code| (*name, *code))) {
            if levels[comparison][code].u.is_some() != self.level(comparison, code).u.is_some() {
                return Err(format!(
                    "level `{comparison}.{code}`: u must be there where the rulebook has it, and only there"
                ));
            }
        }
        // Who changes a surname depends on the given name; a case where surnames differ more often has more of everybody.
        let change = levels["surname"]["other"].m / self.level("surname", "other").m;
        let renamed = Renamed {
            women: (self.renamed.women * change).min(MOST_RENAMED),
            men: (self.renamed.men * change).min(MOST_RENAMED),
        };
        Ok(Comparisons { rows_with_partner, mistaken, levels, renamed, ..self.clone() })
    }

    /// Returns the state of a telephone number given as the digits of E.164, if its area code is one of the United States.
    pub fn state_of_line(&self, phone: u64) -> Option<Jurisdiction> {
        const COUNTRY: u64 = 10_000_000_000;
        let area = (phone / COUNTRY == 1).then_some(phone % COUNTRY / 10_000_000)?;
        self.state_of_area.get(area as usize).copied().flatten()
    }

    /// Returns the share of rows that bear another surname than other rows of the same person, for a given name in upper
    /// case: marriage changes the names of women far more often than those of men. `None` for a name not on the lists.
    pub fn renamed(&self, given: &str) -> Option<f64> {
        let women = self.women.get(given)?;
        Some(women * self.renamed.women + (1.0 - women) * self.renamed.men)
    }

    /// Tells whether a given name in upper case is one of those that many people are known to bear, or short for one.
    pub fn is_known_given(&self, given: &str) -> bool {
        self.women.contains_key(given)
    }

    /// Returns a level.
    ///
    /// # Panics
    /// If the comparison or the level is not one of [`LEVELS`]; loading checked that those exist.
    pub fn level(&self, comparison: &str, level: &str) -> Level {
        self.levels[comparison][level]
    }
}

fn check(file: &PersonFile) -> Result<(), String> {
    if file.source.is_empty() || file.as_of.is_empty() {
        return Err("`source` and `as_of` must say where the numbers come from and of when they are".to_owned());
    }
    check_levels(&file.comparison)?;
    let Thresholds { same, plausible, thin, strong } = file.thresholds;
    if !(plausible <= same && same <= thin && thin <= strong) {
        return Err("thresholds must rise: plausible <= same <= thin <= strong".to_owned());
    }
    if file.limits.block < 2 || file.limits.window < 1 || file.limits.cluster < 2 {
        return Err("limits are too small to compare anything".to_owned());
    }
    let shares = [file.group_share_of_rest, file.frequency_floor, file.renamed.women, file.renamed.men];
    if shares.iter().any(|share| !(0.0..=1.0).contains(share)) || file.rows_with_partner <= 0.0 {
        return Err("shares lie between 0 and 1, `rows_with_partner` above 0".to_owned());
    }
    Ok(())
}

fn check_levels(comparisons: &BTreeMap<String, BTreeMap<String, Level>>) -> Result<(), String> {
    let mut names = comparisons.keys().map(String::as_str);
    if let Some(unknown) = names.find(|name| !LEVELS.iter().any(|(known, _)| known == name)) {
        return Err(format!("no comparison is called `{unknown}`"));
    }
    for (comparison, levels) in LEVELS {
        let given = comparisons.get(*comparison).ok_or_else(|| format!("comparison `{comparison}` is missing"))?;
        if let Some(unknown) = given.keys().find(|name| !levels.contains(&name.as_str())) {
            return Err(format!("comparison `{comparison}` has no level `{unknown}`"));
        }
        for level in *levels {
            let Level { m, u } = given.get(*level).ok_or_else(|| format!("level `{comparison}.{level}` is missing"))?;
            check_level(comparison, level, *m, *u)?;
        }
    }
    Ok(())
}

fn check_level(comparison: &str, level: &str, m: f64, u: Option<f64>) -> Result<(), String> {
    let share = |value: f64| value > 0.0 && value <= 1.0;
    if !share(m) || u.is_some_and(|u| !share(u)) {
        return Err(format!("level `{comparison}.{level}`: m and u lie above 0 and up to 1"));
    }
    if u.is_none() && !matches!((comparison, level), (_, "exact") | ("state", "town" | "line")) {
        return Err(format!("level `{comparison}.{level}` needs u: only exact levels take the value's frequency"));
    }
    if level == "other" && u.is_some_and(|u| m >= u) {
        return Err(format!("level `{comparison}.other` must speak against the pair: m < u"));
    }
    Ok(())
}

/// Works out how many bearers of each name are women; a short form stands for all names it is short for.
fn women(names: &Names) -> HashMap<String, f64> {
    let mut births: HashMap<&str, (u64, u64)> = HashMap::new();
    for name in &names.given {
        let (women, all) = births.entry(&name.name).or_default();
        let born = name.births.iter().map(|births| u64::from(*births)).sum::<u64>();
        *women += if name.sex == Sex::Female { born } else { 0 };
        *all += born;
    }
    let mut of_short: HashMap<&str, (u64, u64)> = HashMap::new();
    for (formal, shorts) in &names.nicknames {
        let (women, all) = births.get(formal.as_str()).copied().unwrap_or_default();
        for short in shorts.iter().filter(|short| !births.contains_key(short.as_str())) {
            let known = of_short.entry(short).or_default();
            *known = (known.0 + women, known.1 + all);
        }
    }
    let known = births.into_iter().chain(of_short).filter(|(_, (_, all))| *all > 0);
    known.map(|(name, (women, all))| (name.to_owned(), women as f64 / all as f64)).collect()
}

fn nicknames(text: &str) -> Result<Vec<Vec<String>>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let group: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
            let plain = group.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_uppercase()));
            if group.len() < 2 || !plain {
                return Err(format!("line {}: a group is two or more names in upper-case ASCII letters", index + 1));
            }
            Ok(group)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_comparisons_load() {
        let comparisons = Comparisons::load(&Rulebook::embedded()).unwrap();
        assert!(comparisons.level("given", "exact").u.is_none());
        assert!(comparisons.level("ssn", "other").u.is_some_and(|u| u > 0.9));
        assert!(comparisons.nicknames.iter().any(|group| group[0] == "WILLIAM" && group.contains(&"BILL".to_owned())));
    }

    #[test]
    fn area_codes_and_given_names_say_what_the_lists_say() {
        let comparisons = Comparisons::load(&Rulebook::embedded()).unwrap();
        assert_eq!(comparisons.state_of_line(12_065_550_147), Jurisdiction::from_code("WA"));
        for elsewhere in [442_065_550_147, 14_165_550_147, 2_065_550_147, 0] {
            assert_eq!(comparisons.state_of_line(elsewhere), None, "{elsewhere}");
        }
        let renamed = |name| comparisons.renamed(name).unwrap();
        assert!(renamed("MARY") > 5.0 * renamed("JAMES"));
        assert!(renamed("BILL") < 0.02, "a short form is of the sex of the names it is short for");
        assert_eq!(comparisons.renamed("XYLVORA"), None);
    }

    #[test]
    fn broken_comparisons_are_named() {
        let text = Rulebook::embedded().text(FILE).unwrap().to_owned();
        let broken = |from: &str, to: &str| {
            assert!(text.contains(from), "the test edits text that is there");
            let file: Result<PersonFile, _> = toml::from_str(&text.replacen(from, to, 1));
            file.map_err(|error| error.to_string()).and_then(|file| check(&file)).unwrap_err()
        };
        assert!(broken("[comparison.imsi]", "[comparison.imzi]").contains("imzi"));
        assert!(broken("nickname = { m = 0.025, u = 0.003 }", "").contains("given.nickname"));
        assert!(broken("swapped = { m = 0.008, u = 0.0002 }", "swapped = { m = 0.008 }").contains("needs u"));
        assert!(broken("other = { m = 0.005, u = 0.97 }", "other = { m = 0.99, u = 0.97 }").contains("against"));
        assert!(broken("strong = 10.0", "strong = 0.0").contains("rise"));
    }

    #[test]
    fn nickname_lines_are_checked() {
        assert!(nicknames("# note\nBILL WILLIAM\n").is_ok());
        assert!(nicknames("BILL\n").is_err());
        assert!(nicknames("Bill WILLIAM\n").is_err());
    }
}
