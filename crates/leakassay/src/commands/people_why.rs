//! `people why`: what made a person of several rows, or keeps two people apart. No values: addresses, levels and weights.

use std::collections::BTreeSet;

use analysis::resolve::{self, Entities, Explainer, Finding, Merge, Options, RowOf};
use jiff::tz::TimeZone;
use rulebook::Comparisons;
use schemars::JsonSchema;
use serde::Serialize;
use vocab::Records;
use vocab::progress::Silent;

use super::Outcome;
use crate::args::{Common, Why};
use crate::assessment::outputs;
use crate::case::{Case, Store};
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
    let case = Case::open(&why.case)?;
    if !case.outputs().join(outputs::PEOPLE).is_file() {
        return Err(not_assessed());
    }
    let store = Store::open(&case.outputs())?;
    let records = tables::records::load(store.folder(), store.key()).map_err(|_| not_assessed())?;
    let comparisons = Comparisons::load(&super::rulebook(common)?)?;
    let as_of = case.file.case.as_of.to_zoned(TimeZone::UTC).date();
    let entities = resolve::entities(&records, &comparisons, &Options::new(common.threads(), as_of), &Silent);
    let case = Evidence { records: &records, entities: &entities, explainer: Explainer::new(&records, &comparisons) };
    let answer = match why.other {
        None => case.one(why.person)?,
        Some(other) => case.two(why.person, other)?,
    };
    output::print(&if common.json { output::to_json(&answer)? } else { to_text(&answer) })?;
    Ok(Outcome::Done)
}

fn not_assessed() -> Failure {
    Failure::wrong_use(
        "the case has not been assessed, or its stage tables were removed",
        "run `leakassay assess` first",
    )
}

struct Evidence<'a> {
    records: &'a Records,
    entities: &'a Entities,
    explainer: Explainer<'a>,
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
        Ok(WhyOutput { schema: schema(), people: vec![self.person(person, &rows)], pairs, finding })
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
        Ok(WhyOutput { schema: schema(), people, pairs: found.into_iter().map(|(_, pair)| pair).collect(), finding })
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

    /// The address of a row: a table with a name of its own is part of the place, any other is the member before it.
    fn address(&self, row: usize) -> String {
        let facts = &self.records.facts;
        let table = &self.records.tables[facts.table(row) as usize].path;
        let last = table.rsplit("::").next().unwrap_or_default();
        let sign = if last.starts_with("table/") { "/" } else { "::" };
        format!("{table}{sign}row/{}", facts.row(row))
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
    text.push_str(&format!("\n{}\n", answer.finding));
    text
}

impl KeyOutput {
    fn shown(&self) -> String {
        if self.generic { format!("{} (too common to identify)", self.key) } else { self.key.clone() }
    }
}
