//! The parameters by which pairs were weighed, as one readable text that gives the same result again.
//!
//! Enters: what was estimated, or a text. Leaves: a [`Model`]. Never: a value from the evidence; a text that is not wholly
//! understood.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rulebook::Comparisons;
use rulebook::comparisons::{LEVELS, Level as Shares, Mistaken};
use serde::Deserialize;

use super::compare::Level;
use super::keys::Key;
use super::weigh::COMPARISONS;

/// Form of the text.
const SCHEMA: &str = "leakassay/model/1";

/// What one key taught about pairs of one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Round {
    pub(crate) key: Key,
    /// Pairs looked at.
    pub(crate) pairs: u64,
    /// Pairs of one person among them, as the model expects.
    pub(crate) expected: f64,
    pub(crate) steps: u32,
}

/// What is not said of a level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Prior {
    /// Rows that have another row of their person, per row.
    pub(crate) partners: f64,
    /// When two people are taken for one whose data were entered wrong.
    pub(crate) mistaken: Mistaken,
}

/// The comparisons with the case's own parameters, and the text that says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The rulebook's comparisons with m, u and prior replaced.
    pub comparisons: Comparisons,
    text: String,
}

/// A model text as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    rows_with_partner: f64,
    mistaken: Mistaken,
    comparison: BTreeMap<String, BTreeMap<String, Shares>>,
}

/// The levels of a comparison, as the rulebook calls them.
pub(crate) fn levels_of(comparison: &str) -> &'static [&'static str] {
    LEVELS.iter().find(|(name, _)| *name == comparison).map_or(&[], |(_, levels)| levels)
}

impl Model {
    /// Puts estimated parameters in the place of the rulebook's; `share` gives m and u of a comparison's level.
    pub(crate) fn new(
        rulebook: &Comparisons,
        prior: Prior,
        rows: u64,
        random_pairs: u64,
        rounds: &[Round],
        share: impl Fn(usize, Level) -> (f64, f64),
    ) -> Self {
        let digits = |value: f64| (value * 1e9).round() / 1e9;
        let mut levels = BTreeMap::new();
        for (at, comparison) in COMPARISONS.into_iter().enumerate() {
            let of: &mut BTreeMap<String, Shares> = levels.entry(comparison.to_owned()).or_default();
            for code in levels_of(comparison) {
                let known = rulebook.level(comparison, code);
                let new = Level::from_code(code).map(|level| share(at, level));
                let kept = |new: Option<f64>, known: f64| new.filter(|new| new.is_finite()).map_or(known, digits);
                let m = kept(new.map(|(m, _)| m), known.m);
                of.insert((*code).to_owned(), Shares { m, u: known.u.map(|known| kept(new.map(|(_, u)| u), known)) });
            }
        }
        let Mistaken { given, dob, number } = prior.mistaken;
        let mistaken = Mistaken { given: digits(given), dob: digits(dob), number: digits(number) };
        let partners = (prior.partners * 1e6).round() / 1e6;
        // Estimates are bounded so that every rule that is checked holds; a case in which one does not keeps the rulebook.
        let comparisons = rulebook.replaced(partners, mistaken, levels).unwrap_or_else(|_| rulebook.clone());
        let text = text(&comparisons, rulebook, rows, random_pairs, rounds);
        Model { comparisons, text }
    }

    /// Reads a model and puts its parameters in the place of the rulebook's. The error says what is wrong and where.
    pub fn parse(text: &str, rulebook: &Comparisons) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
            format!("line {line}: {}", error.message().lines().next().unwrap_or("not a model"))
        })?;
        if file.schema != SCHEMA {
            return Err(format!("`schema` must be \"{SCHEMA}\""));
        }
        let comparisons = rulebook.replaced(file.rows_with_partner, file.mistaken, file.comparison)?;
        Ok(Model { comparisons, text: text.to_owned() })
    }

    /// Returns the text from which [`Model::parse`] makes this model again.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn text(model: &Comparisons, rulebook: &Comparisons, rows: u64, random_pairs: u64, rounds: &[Round]) -> String {
    let mut text = format!(
        "# How rows were compared in this case. m = share of pairs of rows of one person on a level, u = share of pairs of\n\
         # rows of different people; the weight of a level is log2(m / u). Where u is absent, it is the frequency of the value.\n\
         # Estimated from {rows} rows: u from {random_pairs} random pairs, m by expectation and maximisation over pairs that\n\
         # share a key, starting from the rulebook and staying near it. In brackets: the rulebook's numbers where they differ.\n\
         # `leakassay people --model FILE` counts with exactly these numbers.\n"
    );
    // Writing to a string cannot fail.
    for round in rounds {
        let Round { key, pairs, expected, steps } = round;
        let _ = writeln!(text, "# {}: {pairs} pairs, {expected:.0} of them one person, {steps} steps", key.code());
    }
    let _ = writeln!(text, "schema = \"{SCHEMA}\"\nrows_with_partner = {:?}", model.rows_with_partner);
    let Mistaken { given, dob, number } = model.mistaken;
    let _ = writeln!(text, "\n# Bits by which a value entered wrong is likelier than two people.\n[mistaken]");
    let _ = writeln!(text, "given = {given:?}\ndob = {dob:?}\nnumber = {number:?}");
    for comparison in COMPARISONS {
        let _ = writeln!(text, "\n[comparison.{comparison}]");
        for code in levels_of(comparison) {
            let (new, old) = (model.level(comparison, code), rulebook.level(comparison, code));
            let shares = |level: Shares| match level.u {
                Some(u) => format!("m = {:?}, u = {u:?}", level.m),
                None => format!("m = {:?}", level.m),
            };
            let was = if new == old { String::new() } else { format!("  # ({})", shares(old)) };
            let _ = writeln!(text, "{code} = {{ {} }}{was}", shares(new));
        }
    }
    text
}
