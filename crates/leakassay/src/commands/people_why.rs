//! `people why`: what made a person of several rows, or keeps two people apart. No values: addresses, levels and weights.

use std::collections::BTreeSet;

use analysis::resolve::{self, Entities, Explainer, Finding, Merge, RowOf};
use schemars::JsonSchema;
use serde::Serialize;
use vocab::Records;

use super::Outcome;
use crate::args::{Common, Why};
use crate::assessment::Assessed;
use crate::case::{Decisions, address};
use crate::failure::Failure;
use crate::output;

/// Rows of a person that are listed, and rows of each of two people that are compared with each other.
const MOST_ROWS: usize = 50;

/// What `people why --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WhyOutput {
    /// Version of this form.
    schema: String,
    /// The people asked about.
    people: Vec<PersonRows>,
    /// For one person: the pairs of rows that joined them, strongest first. For two: the pair that comes closest.
    pairs: Vec<PairOutput>,
    /// Joins with rows of other people that were refused, strongest first.
    refused: Vec<RefusedOutput>,
    /// Decisions in the case that name these rows, in words.
    decisions: Vec<String>,
    /// The answer in a sentence.
    finding: String,
}

/// The rows of a person.
#[derive(Debug, Serialize, JsonSchema)]
struct PersonRows {
    person: u64,
    rows: u64,
    /// Addresses for `leakassay show`, the first fifty.
    addresses: Vec<String>,
}

/// A pair of rows with everything that speaks for and against it.
#[derive(Debug, Serialize, JsonSchema)]
struct PairOutput {
    left: String,
    right: String,
    /// The key under which the pair was joined; null where it was not.
    joined_by: Option<String>,
    /// Keys that both rows have in common; generic ones identify nobody.
    keys: Vec<KeyOutput>,
    /// Bits above even odds.
    weight: f64,
    /// Prior, then comparison by comparison.
    parts: Vec<PartOutput>,
    /// What the rules say of these two rows by themselves.
    finding: String,
}

/// Two rows whose groups contradict each other.
#[derive(Debug, Serialize, JsonSchema)]
struct RefusedOutput {
    left: String,
    right: String,
    key: String,
    /// Bits above even odds of the two rows by themselves.
    weight: f64,
    /// What keeps their groups apart.
    reason: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct KeyOutput {
    key: String,
    generic: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PartOutput {
    comparison: String,
    level: String,
    bits: f64,
}

/// Explains one person, or two.
pub(crate) fn run(why: &Why, common: &Common) -> Result<Outcome, Failure> {
    let assessed = Assessed::open(&why.case, common)?;
    let entities = assessed.entities(common, false)?;
    let explainer = Explainer::new(&assessed.records, &assessed.model.comparisons);
    let case = Evidence { records: &assessed.records, entities: &entities, explainer, decisions: &assessed.decisions };
    let answer = match why.other {
        None => case.one(why.person)?,
        Some(other) => case.two(why.person, other)?,
    };
    output::print(&if common.json { output::to_json(&answer)? } else { to_text(&answer) })?;
    Ok(Outcome::Done)
}

struct Evidence<'a> {
    records: &'a Records,
    entities: &'a Entities,
    explainer: Explainer<'a>,
    decisions: &'a Decisions,
}

impl Evidence<'_> {
    fn one(&self, person: u32) -> Result<WhyOutput, Failure> {
        let rows = self.rows_of(person)?;
        let mine: BTreeSet<u32> = rows.iter().copied().collect();
        let merges = self.entities.merges.iter().filter(|merge| mine.contains(&merge.left));
        let pairs: Vec<PairOutput> = merges.take(MOST_ROWS).map(|merge| self.joined(merge)).collect();
        let finding = match (rows.len(), pairs.len()) {
            (1, _) => "one row; nothing had to be joined".to_owned(),
            (rows, 0) => format!("{rows} rows: device rows that go with the person's line, or one name on every row"),
            (rows, _) => format!("{rows} rows, joined strongest pair first"),
        };
        Ok(WhyOutput {
            schema: schema(),
            people: vec![self.person(person, &rows)],
            pairs,
            refused: self.refused(&rows, &[]),
            decisions: self.decisions.about(self.records, &rows, &self.entities.fates),
            finding,
        })
    }

    fn two(&self, left: u32, right: u32) -> Result<WhyOutput, Failure> {
        if left == right {
            return Err(Failure::wrong_use("both numbers are the same person", "name two different people, or one"));
        }
        let (rows, others) = (self.rows_of(left)?, self.rows_of(right)?);
        let mut closest: Option<(i32, usize, usize)> = None;
        for a in rows.iter().take(MOST_ROWS).map(|row| *row as usize) {
            for b in others.iter().take(MOST_ROWS).map(|row| *row as usize) {
                let weight = self.explainer.pair(a, b).weight;
                if closest.is_none_or(|(best, ..)| weight > best) {
                    closest = Some((weight, a, b));
                }
            }
        }
        let found = closest.map(|(_, a, b)| (self.explainer.finding(a, b), self.pair(a, b, None)));
        let finding = match &found {
            Some((Finding::Same, _)) => {
                "these two rows would be one person, but the groups of rows around them contradict \
                                         each other"
                    .to_owned()
            }
            Some((finding, _)) => finding.phrase(),
            None => "there are no rows to compare".to_owned(),
        };
        let people = vec![self.person(left, &rows), self.person(right, &others)];
        let both: Vec<u32> = rows.iter().chain(&others).copied().collect();
        Ok(WhyOutput {
            schema: schema(),
            people,
            pairs: found.into_iter().map(|(_, pair)| pair).collect(),
            refused: self.refused(&rows, &others),
            decisions: self.decisions.about(self.records, &both, &self.entities.fates),
            finding,
        })
    }

    /// Refused joins of some rows with others, or with anybody's where no others are named.
    fn refused(&self, rows: &[u32], others: &[u32]) -> Vec<RefusedOutput> {
        let mine: BTreeSet<u32> = rows.iter().copied().collect();
        let theirs: BTreeSet<u32> = others.iter().copied().collect();
        let meets = |one: u32, other: u32| mine.contains(&one) && (theirs.is_empty() || theirs.contains(&other));
        let refusals = self.entities.refusals.iter();
        refusals
            .filter(|refusal| meets(refusal.left, refusal.right) || meets(refusal.right, refusal.left))
            .take(MOST_ROWS)
            .map(|refusal| RefusedOutput {
                left: self.address(refusal.left as usize),
                right: self.address(refusal.right as usize),
                key: refusal.key.code().to_owned(),
                weight: f64::from(refusal.weight) / 100.0,
                reason: refusal.conflict.phrase().to_owned(),
            })
            .collect()
    }

    fn rows_of(&self, person: u32) -> Result<Vec<u32>, Failure> {
        let rows = (0..self.entities.rows()).filter(|row| self.entities.of_row(*row) == RowOf::Person(person));
        let rows: Vec<u32> = rows.map(|row| row as u32).collect();
        if rows.is_empty() {
            return Err(Failure::wrong_use(
                format!("there is no person {person}"),
                format!(
                    "people are numbered from 0 to {}, as in people.parquet",
                    self.entities.people.len().max(1) - 1
                ),
            ));
        }
        Ok(rows)
    }

    fn person(&self, person: u32, rows: &[u32]) -> PersonRows {
        let addresses = rows.iter().take(MOST_ROWS).map(|row| self.address(*row as usize)).collect();
        PersonRows { person: u64::from(person), rows: rows.len() as u64, addresses }
    }

    fn address(&self, row: usize) -> String {
        address(self.records, row)
    }

    fn joined(&self, merge: &Merge) -> PairOutput {
        self.pair(merge.left as usize, merge.right as usize, Some(merge.key.code().to_owned()))
    }

    fn pair(&self, left: usize, right: usize, joined_by: Option<String>) -> PairOutput {
        let waterfall = self.explainer.pair(left, right);
        let bits = |weight: i32| f64::from(weight) / 100.0;
        let keys = self.explainer.keys(left, right).into_iter();
        let part = |part: &resolve::Part| PartOutput {
            comparison: part.comparison.to_owned(),
            level: format!("{:?}", part.level).to_lowercase(),
            bits: bits(part.weight),
        };
        PairOutput {
            left: self.address(left),
            right: self.address(right),
            joined_by,
            keys: keys
                .map(|key| KeyOutput { key: key.code().to_owned(), generic: self.explainer.is_generic(key, left) })
                .collect(),
            weight: bits(waterfall.weight),
            parts: waterfall.parts.iter().map(part).collect(),
            finding: self.explainer.finding(left, right).phrase(),
        }
    }
}

fn schema() -> String {
    "leakassay/people-why/1".into()
}

fn to_text(answer: &WhyOutput) -> String {
    let mut text = String::new();
    for person in &answer.people {
        text.push_str(&format!("person {}  {} rows\n", person.person, person.rows));
        person.addresses.iter().for_each(|address| text.push_str(&format!("  {address}\n")));
    }
    for pair in &answer.pairs {
        let by = pair.joined_by.as_ref().map_or_else(|| "not joined".to_owned(), |key| format!("joined by {key}"));
        text.push_str(&format!("\n{}\n{}\n  {by}: {}\n", pair.left, pair.right, pair.finding));
        let keys: Vec<String> = pair.keys.iter().map(KeyOutput::shown).collect();
        text.push_str(&format!(
            "  keys in common: {}\n",
            if keys.is_empty() { "none".into() } else { keys.join(", ") }
        ));
        for part in &pair.parts {
            let level = if part.comparison == "prior" { "" } else { &part.level };
            text.push_str(&format!("  {:>8.2}  {:<9} {level}\n", part.bits, part.comparison));
        }
        text.push_str(&format!("  {:>8.2}  bits above even odds\n", pair.weight));
    }
    for refused in &answer.refused {
        let RefusedOutput { left, right, key, weight, reason } = refused;
        text.push_str(&format!("\nrefused: {left}\n         {right}\n  {weight:.2} bits by {key}, but {reason}\n"));
    }
    for decision in &answer.decisions {
        text.push_str(&format!("\ndecision: {decision}\n"));
    }
    text.push_str(&format!("\n{}\n", answer.finding));
    text
}

impl KeyOutput {
    fn shown(&self) -> String {
        if self.generic { format!("{} (too common to identify)", self.key) } else { self.key.clone() }
    }
}
