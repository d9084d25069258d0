//! Identifiers: how each kind of personal data looks, is called, and is told from what merely resembles it.
//!
//! Enters: `identifiers/` of the rulebook, one element a file, and `ordinary.toml` with the headers that mean no element.
//! Leaves: typed rules. Never: a match; `intake::detect` applies the rules and proves their examples.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use vocab::DataElement;

use crate::{RuleError, Rulebook};

const FOLDER: &str = "identifiers/";
const ORDINARY: &str = "identifiers/ordinary.toml";

/// One data element.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierRule {
    /// The element.
    pub element: DataElement,
    /// Name in words.
    pub name: String,
    /// Shape in which a value may be shown: `*` hides, `9` shows a digit.
    pub mask: String,
    /// Share of random strings of the form that pass the check; absent where the form itself is not random.
    pub random_pass: Option<f64>,
    /// Where the facts come from.
    pub sources: Vec<String>,
    /// When they were collected, ISO.
    pub date: String,
    /// Names of columns.
    pub header: HeaderWords,
    /// How it is found in text; absent if it is not looked for there.
    pub text: Option<TextRule>,
    /// What the rule must and must not take.
    #[serde(default)]
    pub examples: Examples,
    /// Licence plates: how those of whole countries are written, as [`IdentifierRule::formats`] are.
    #[serde(default)]
    pub plates: Vec<String>,
    /// Licences: formats by state.
    #[serde(default)]
    pub formats: BTreeMap<String, Vec<String>>,
    /// Cards: first and last prefix of six digits, fewest and most digits.
    #[serde(default)]
    pub ranges: Vec<(u32, u32, u8, u8)>,
    /// Cards: numbers published for tests.
    #[serde(default)]
    pub samples: Vec<u64>,
    /// IMSI: assigned mobile country codes, first and last of each range.
    #[serde(default)]
    pub country_codes: Vec<(u16, u16)>,
    /// IMEI: first two digits of type codes, weight in a thousand.
    #[serde(default)]
    pub reporting_bodies: BTreeMap<String, u32>,
    /// Telephone: calling code, country, shortest and longest national number, trunk zero.
    #[serde(default)]
    pub countries: Vec<(u16, String, u8, u8, bool)>,
    /// Telephone: national plans.
    #[serde(default)]
    pub plans: Vec<PhonePlan>,
    /// IBAN: length by country.
    #[serde(default)]
    pub lengths: BTreeMap<String, u8>,
    /// Postal codes: forms by country.
    #[serde(default)]
    pub postal_forms: BTreeMap<String, Vec<String>>,
    /// Country: names and codes. State: those of other countries. Address: words that streets end in, besides the most
    /// common ones. Name: words that make it a company's. Card: brands.
    #[serde(default)]
    pub known: Vec<String>,
    /// State: words in a header that make it the state that issued a licence.
    #[serde(default)]
    pub license_role: Vec<String>,
    /// Employers' numbers: first two digits that are not assigned.
    #[serde(default)]
    pub unassigned: Vec<u8>,
    /// Identity numbers of states: one entry a scheme.
    #[serde(default)]
    pub schemes: Vec<Scheme>,
    /// Date of birth: what columns of other dates are called.
    #[serde(default)]
    pub other_dates: Vec<String>,
    /// Date of birth: headers of columns that hold one part of it each.
    #[serde(default)]
    pub parts: DateParts,
}

/// Headers of columns that hold one part of a date each, in small letters, words apart.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateParts {
    /// The year.
    pub year: Vec<String>,
    /// The month.
    pub month: Vec<String>,
    /// The day of the month.
    pub day: Vec<String>,
}

/// How a country writes its telephone numbers at home.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhonePlan {
    /// The country.
    pub country: String,
    /// What is dialled before a number within the country; often `0`.
    pub before: String,
    /// Beginnings of numbers without that, with their fewest and most digits.
    pub numbers: Vec<(String, u8, u8)>,
    /// Whole numbers without that: digits stand for themselves, `N` for any but zero, `X` for any.
    #[serde(default)]
    pub forms: Vec<String>,
}

/// A scheme of identity numbers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Country and a short name, as in python-stdnum: `nl_bsn`.
    pub code: String,
    /// Name in words.
    pub name: String,
    /// Forms without separators: `9` is a digit, `A` a letter, `N` either, `=X` the letter X itself.
    pub forms: Vec<String>,
    /// How it is checked.
    #[serde(default)]
    pub check: SchemeCheck,
    /// Weighted sums: the weights from the left.
    #[serde(default)]
    pub weights: Vec<i16>,
    /// Weighted sums: the modulus.
    #[serde(default)]
    pub modulus: u16,
    /// Weighted sums: `complement` (modulus less remainder, modulo modulus), `less` (modulo ten), else the remainder.
    #[serde(default)]
    pub remainder: String,
    /// Weighted sums: what ten becomes: `zero`, `one`, `nine`; otherwise such numbers are not given out.
    #[serde(default)]
    pub ten: String,
    /// Weighted sums: place of the check digit from 0, if it is not the last.
    pub check_at: Option<u8>,
    /// First signs that occur; empty if all do.
    #[serde(default)]
    pub starts: String,
    /// Where a date of birth begins (negative: from the end) and its order (`ymd`, `dmy`, `dm`, `md`).
    pub birth: Option<(i8, String)>,
    /// Headers that mean this number.
    pub headers: Vec<String>,
    /// Words before the number in text; empty if it is looked for in columns only.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Numbers that are valid: published samples.
    pub valid: Vec<String>,
    /// Numbers that have the form and fail.
    #[serde(default)]
    pub impossible: Vec<String>,
}

/// Ways of checking an identity number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is named for its algorithm or for the one scheme that uses it")]
pub enum SchemeCheck {
    #[default]
    None,
    Weighted,
    Luhn,
    Verhoeff,
    #[serde(rename = "mod_11_10")]
    Mod1110,
    #[serde(rename = "mod_11_2")]
    Mod112,
    DeIdnr,
    EsDni,
    ItCf,
    FrNir,
    BeNn,
    BrCpf,
    BrCnpj,
    MxCurp,
    NoFnr,
    FiHetu,
    IePps,
    CzRc,
    EeIk,
    TrTckn,
    ClRut,
    EcCi,
    GbNino,
    GbUtr,
    SgNric,
    DeRvnr,
    RuInn,
    RuSnils,
    NzIrd,
    InPan,
}

/// Header phrases in lower case, words apart, by how much they say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderWords {
    /// Mean the element and hardly anything else.
    pub strong: Vec<String>,
    /// Mean the element more often than not.
    #[serde(default)]
    pub weak: Vec<String>,
    /// Allow the element.
    #[serde(default)]
    pub faint: Vec<String>,
}

/// How an element is found in text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextRule {
    /// Words near a candidate that speak for it.
    pub labels: Vec<String>,
    /// Words that speak for a candidate right behind them and nowhere else.
    #[serde(default)]
    pub beside: Vec<String>,
    /// Words near a candidate that speak against it.
    pub against: Vec<String>,
    /// Words that, right before digits in groups, leave nothing else for these to be.
    #[serde(default)]
    pub direct: Vec<String>,
    /// Words that stand right behind a value and end its field: `555 0134 Office`.
    #[serde(default)]
    pub behind: Vec<String>,
    /// What a well-separated candidate without any word near it is worth.
    pub bare: BareState,
}

/// State of a candidate in text without context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BareState {
    /// Its form alone is enough.
    Report,
    /// A person should look.
    Review,
    /// Not a finding.
    Discarded,
}

/// Examples and counter-examples.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Examples {
    /// Cells that are valid.
    pub valid: Vec<String>,
    /// Cells that have the form and cannot exist.
    pub impossible: Vec<String>,
    /// Cells without the form.
    pub damaged: Vec<String>,
    /// Headers that mean the element.
    pub headers: Vec<String>,
    /// Headers that do not.
    pub not_headers: Vec<String>,
    /// Texts in which the element is reported.
    pub text: Vec<String>,
    /// Texts in which it is not.
    pub not_text: Vec<String>,
}

/// Headers that mean no element.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ordinary {
    /// Where they come from.
    pub sources: Vec<String>,
    /// When, ISO.
    pub date: String,
    /// Phrases; the longest phrase of any kind wins a word.
    pub phrases: Vec<String>,
    /// Words that say nothing about the kind of value.
    pub qualifiers: Vec<String>,
}

/// All identifier rules.
#[derive(Clone, Debug)]
pub struct IdentifierRules {
    /// By element, in contract order, each with the file it comes from.
    pub rules: Vec<(String, IdentifierRule)>,
    /// What ordinary columns are called.
    pub ordinary: Ordinary,
}

impl IdentifierRules {
    /// Reads `identifiers/` of the rulebook.
    pub fn load(book: &Rulebook) -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        for (file, _) in book.below(FOLDER).filter(|(file, _)| file.ends_with(".toml") && *file != ORDINARY) {
            rules.push((file.to_owned(), book.parse::<IdentifierRule>(file)?));
        }
        rules.sort_by_key(|(_, rule)| rule.element);
        Ok(IdentifierRules { rules, ordinary: book.parse(ORDINARY)? })
    }

    /// Returns the rule of an element.
    pub fn of(&self, element: DataElement) -> Option<&IdentifierRule> {
        let at = self.rules.binary_search_by_key(&element, |(_, rule)| rule.element).ok()?;
        Some(&self.rules[at].1)
    }
}

/// Checks what can be checked without a validator: each element once, sources and dates given, examples of each kind
/// present, phrases in lower case and claimed by one element only.
pub fn check(book: &Rulebook) -> Vec<RuleError> {
    let rules = match IdentifierRules::load(book) {
        Ok(rules) => rules,
        Err(error) => return vec![error],
    };
    let mut errors = Vec::new();
    let mut elements = BTreeSet::new();
    let mut phrases: BTreeMap<String, DataElement> = BTreeMap::new();
    for (file, rule) in &rules.rules {
        let mut wrong = |cause: String| errors.push(RuleError { file: file.clone(), cause });
        if !elements.insert(rule.element) {
            wrong(format!("`{}` has a second file", rule.element));
        }
        if rule.sources.is_empty() || rule.date.len() != "2026-01-01".len() {
            wrong("a rule names its sources and the date they were read".to_owned());
        }
        if rule.random_pass.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            wrong("random_pass is a share between 0 and 1".to_owned());
        }
        let examples = &rule.examples;
        if examples.valid.is_empty() || examples.headers.is_empty() || examples.not_headers.is_empty() {
            wrong("examples need valid values, headers and headers that are not meant".to_owned());
        }
        if rule.text.is_some() && (examples.text.is_empty() || examples.not_text.is_empty()) {
            wrong("a rule for text needs texts that hold the element and texts that do not".to_owned());
        }
        for plan in &rule.plans {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let whole =
                |(begins, fewest, most): &(String, u8, u8)| digits(begins) && !begins.is_empty() && fewest <= most;
            let form = |form: &String| {
                !form.is_empty() && form.bytes().all(|sign| sign.is_ascii_digit() || matches!(sign, b'N' | b'X'))
            };
            let written = plan.numbers.iter().all(whole) && plan.forms.iter().all(form);
            if plan.country.len() != 2 || !digits(&plan.before) || !written {
                wrong(format!("plan of `{}`: needs a country, digits, and fewest before most", plan.country));
            }
        }
        for phrase in all_phrases(rule) {
            if phrase.chars().any(char::is_uppercase) {
                wrong(format!("header phrase `{phrase}` is not in lower case"));
            }
        }
        for scheme in &rule.schemes {
            let weights = scheme.check == SchemeCheck::Weighted;
            if scheme.forms.is_empty() || scheme.valid.is_empty() || weights == scheme.weights.is_empty() {
                wrong(format!("scheme `{}` needs forms, a valid number, and weights if it sums", scheme.code));
            }
        }
        for phrase in &rule.header.strong {
            let compact = phrase.replace(' ', "");
            if let Some(other) = phrases.insert(compact, rule.element).filter(|other| *other != rule.element) {
                wrong(format!("header phrase `{phrase}` is also claimed by `{other}`"));
            }
        }
    }
    errors
}

fn all_phrases(rule: &IdentifierRule) -> impl Iterator<Item = &String> {
    let words = &rule.header;
    let schemes = rule.schemes.iter().flat_map(|scheme| &scheme.headers);
    words.strong.iter().chain(&words.weak).chain(&words.faint).chain(schemes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_rules_are_whole() {
        assert_eq!(check(&Rulebook::embedded()), vec![]);
    }
}
