//! Detectors of the user's own: what an organisation's badges, contracts or project names look like.
//!
//! Enters: `detectors/` of the rulebook, one detector a file, with word lists beside them. Leaves: typed rules whose form
//! holds. Never: a match; `intake::detect` compiles the patterns and proves the examples.

use std::collections::BTreeMap;

use serde::Deserialize;
use vocab::DataElement;

use crate::identifiers::{Examples, HeaderWords, IdentifierRules, TextRule};
use crate::{RuleError, Rulebook};

/// Folder of the detectors.
pub const FOLDER: &str = "detectors/";

/// Most detectors of a rulebook: each is one more look at every line.
pub const MOST_DETECTORS: usize = 64;

/// Longest pattern, in bytes.
pub const LONGEST_PATTERN: usize = 1000;

/// Most words of a list, and the longest of them in bytes.
pub const MOST_WORDS: usize = 100_000;
/// Longest word of a list, in bytes.
pub const LONGEST_WORD: usize = 120;

/// Longest name.
const LONGEST_NAME: usize = 40;

/// One detector.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorRule {
    /// Name, by which findings and previews call it.
    pub name: String,
    /// The element that its values count as.
    pub element: DataElement,
    /// What it finds, in words.
    pub description: String,
    /// Where the form is known from.
    #[serde(default)]
    pub source: String,
    /// A linear-time regular expression for one value.
    pub pattern: Option<String>,
    /// Or the values themselves, whatever their case.
    #[serde(default)]
    pub words: Vec<String>,
    /// Or a text file beside the rule with one value a line.
    pub word_file: Option<String>,
    /// A checksum, by the name of a method, of a scheme or of an element that has one.
    pub check: Option<String>,
    /// Weighted sums: as for the schemes of identity numbers.
    pub sum: Option<WeightedSum>,
    /// Names of columns.
    #[serde(default)]
    pub header: Option<HeaderWords>,
    /// How it is found in text; absent if it is not looked for there.
    pub text: Option<TextRule>,
    /// What it must and must not take.
    #[serde(default)]
    pub examples: Examples,
}

/// A weighted sum against a check digit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightedSum {
    /// The weights from the left.
    pub weights: Vec<i16>,
    /// The modulus.
    pub modulus: u16,
    /// `complement` (modulus less remainder, modulo modulus), `less` (modulo ten), else the remainder.
    #[serde(default)]
    pub remainder: String,
    /// What ten becomes: `zero`, `one`, `nine`; otherwise such numbers are not given out.
    #[serde(default)]
    pub ten: String,
    /// Place of the check digit from 0, if it is not the last.
    pub check_at: Option<u8>,
}

impl DetectorRule {
    /// Reads the detectors of a rulebook, each with the file it comes from, in order of their files.
    pub fn load_all(book: &Rulebook) -> Result<Vec<(String, DetectorRule)>, RuleError> {
        let files = book.below(FOLDER).map(|(file, _)| file).filter(|file| file.ends_with(".toml"));
        let mut rules = Vec::new();
        for file in files {
            let mut rule: DetectorRule = book.parse(file)?;
            if let Some(list) = &rule.word_file {
                let path = format!("{FOLDER}{list}");
                let text = book.text(&path).map_err(|_| RuleError {
                    file: file.to_owned(),
                    cause: format!(
                        "word_file `{list}` is not in the folder; put it beside the rule, with the ending .txt"
                    ),
                })?;
                rule.words.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
            }
            rules.push((file.to_owned(), rule));
        }
        Ok(rules)
    }
}

/// Checks what can be checked without compiling: names, lists, limits, and that there are examples of each kind.
pub fn check(rules: &[(String, DetectorRule)], built_in: &IdentifierRules) -> Vec<RuleError> {
    let mut errors = Vec::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    if let Some((file, _)) = rules.get(MOST_DETECTORS) {
        let cause = format!("more than {MOST_DETECTORS} detectors: join some into one pattern, or leave some out");
        errors.push(RuleError { file: file.clone(), cause });
    }
    for (file, rule) in rules {
        let mut causes = wrong_form(rule);
        if let Some(other) = names.insert(&rule.name, file) {
            causes.push(format!("name `{}` is also used by {other}: give one of them another name", rule.name));
        }
        let schemes = built_in.rules.iter().flat_map(|(_, rule)| &rule.schemes).any(|scheme| scheme.code == rule.name);
        if schemes || DataElement::ALL.iter().any(|element| element.as_str() == rule.name) {
            causes.push(format!("name `{}` is that of a built-in rule: give the detector another name", rule.name));
        }
        errors.extend(causes.into_iter().map(|cause| RuleError { file: file.clone(), cause }));
    }
    errors
}

fn wrong_form(rule: &DetectorRule) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut need = |holds: bool, cause: &str| {
        if !holds {
            wrong.push(cause.to_owned());
        }
    };
    let sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    need(
        (1..=LONGEST_NAME).contains(&rule.name.len()) && rule.name.chars().all(sign),
        "name: write 1 to 40 small letters, digits, `-` or `_`",
    );
    need(!rule.description.trim().is_empty(), "description: say in words what the detector finds");
    let listed = !rule.words.is_empty() || rule.word_file.is_some();
    need(rule.pattern.is_some() != listed, "write either pattern, or words (or word_file)");
    need(
        rule.pattern.as_ref().is_none_or(|pattern| pattern.len() <= LONGEST_PATTERN),
        "pattern: longer than 1000 bytes",
    );
    need(rule.word_file.is_none() || !rule.words.is_empty(), "word_file: the file has no words");
    need(rule.words.len() <= MOST_WORDS, "words: more than 100000");
    let lengths = |word: &String| (2..=LONGEST_WORD).contains(&word.trim().len()) && word.trim() == word;
    need(rule.words.iter().all(lengths), "words: each has 2 to 120 bytes, and no space around it");
    need(rule.check.is_none() || rule.sum.is_none(), "write either check or [sum]");
    let sum = |sum: &WeightedSum| (2..=997).contains(&sum.modulus) && (1..=32).contains(&sum.weights.len());
    need(rule.sum.as_ref().is_none_or(sum), "sum: needs 1 to 32 weights and a modulus from 2 to 997");
    let examples = &rule.examples;
    need(!examples.valid.is_empty(), "examples: `valid` needs at least one value that must match");
    need(
        !(examples.impossible.is_empty() && examples.damaged.is_empty()),
        "examples: `damaged` (or `impossible`, for the checksum) needs at least one value that must not match",
    );
    let checked = rule.check.is_some() || rule.sum.is_some();
    need(!checked || !examples.impossible.is_empty(), "examples: `impossible` needs a value that fails the checksum");
    need(
        rule.text.is_none() || !(examples.text.is_empty() || examples.not_text.is_empty()),
        "examples: with [text], `text` and `not_text` need at least one each",
    );
    let header = rule.header.as_ref();
    need(header.is_none() || !examples.headers.is_empty(), "examples: with [header], `headers` needs at least one");
    let phrases = header.into_iter().flat_map(|words| words.strong.iter().chain(&words.weak).chain(&words.faint));
    let lower = |phrase: &String| !phrase.chars().any(char::is_uppercase);
    need(phrases.clone().all(lower), "header: phrases are written in small letters, with spaces between their words");
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = "name = 'badge'\nelement = 'account_number'\ndescription = 'badges'\npattern = 'NW-[0-9]{6}'\n\
        [examples]\nvalid = ['NW-123456']\ndamaged = ['NW-12']\n";

    fn says(text: &str, words: &str) {
        let mut book = Rulebook::embedded();
        book.put("detectors/badge.toml", text);
        let built_in = IdentifierRules::load(&book).unwrap();
        let errors = match DetectorRule::load_all(&book) {
            Ok(rules) => check(&rules, &built_in),
            Err(error) => vec![error],
        };
        let all = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(if words.is_empty() { all.is_empty() } else { all.contains(words) }, "{words:?} in {all:?}");
        assert!(errors.iter().all(|error| error.file == "detectors/badge.toml"));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_key() {
        says(WHOLE, "");
        says(&WHOLE.replace("pattern", "patern"), "line 4");
        says(&WHOLE.replace("account_number", "badge_number"), "line 2");
        says(&WHOLE.replace("'badge'", "'Badge 1'"), "name:");
        says(&WHOLE.replace("'badge'", "'ssn'"), "built-in");
        says(&WHOLE.replace("'badge'", "'nl_bsn'"), "built-in");
        says(&WHOLE.replace("valid = ['NW-123456']", ""), "`valid`");
        says(&WHOLE.replace("damaged = ['NW-12']", ""), "`damaged`");
        says(&WHOLE.replace("[examples]", "check = 'luhn'\n[examples]"), "`impossible`");
        says(&WHOLE.replace("[examples]", "words = ['ab']\n[examples]"), "either pattern");
        says(&WHOLE.replace("[examples]", "word_file = 'no.txt'\n[examples]"), "not in the folder");
        says(&WHOLE.replace("NW-", &"x".repeat(LONGEST_PATTERN)), "longer than");
        says(&WHOLE.replace("[examples]", "[header]\nstrong = ['Badge']\n[examples]"), "small letters");
        says(
            &WHOLE.replace("[examples]", "[text]\nlabels = []\nagainst = []\nbare = 'review'\n[examples]"),
            "`not_text`",
        );
        says(&WHOLE.replace("[examples]", "[sum]\nweights = []\nmodulus = 11\n[examples]"), "sum:");
    }
}
