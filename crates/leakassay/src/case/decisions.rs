//! `decisions.toml`: what people decided about rows. Read at every assessment, so that a decision made once stays made.

use std::collections::HashMap;
use std::fs;

use analysis::resolve::{Decision, Fate, Verdict};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use vocab::{Problem, ProblemKind, Records};

use super::{Case, hex};
use crate::failure::Failure;

/// Name of the file in the case folder.
const FILE: &str = "decisions.toml";
/// Most decisions of a case, and most rows in all of them.
const MOST_DECISIONS: usize = 2_000;
const MOST_ROWS: usize = 10_000;
const HINT: &str = "each [[decision]] has verdict = \"merge\", \"split\" or \"lock\", rows = [addresses of two rows or more; one \
                    is enough for a lock], who, why and when; `leakassay people why` prints addresses";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    decision: Vec<Line>,
}

/// `[[decision]]`: what, about which rows, by whom, why and when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    verdict: Word,
    rows: Vec<String>,
    who: String,
    why: String,
    when: jiff::civil::Date,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Merge,
    Split,
    Lock,
}

impl From<Word> for Verdict {
    fn from(word: Word) -> Self {
        match word {
            Word::Merge => Verdict::Merge,
            Word::Split => Verdict::Split,
            Word::Lock => Verdict::Lock,
        }
    }
}

/// The decisions of a case.
pub(crate) struct Decisions {
    lines: Vec<Line>,
    /// Digest of the file, empty where there is none.
    pub(crate) digest: String,
}

impl Decisions {
    /// Reads the decisions; a case without the file has none.
    pub(crate) fn read(case: &Case) -> Result<Self, Failure> {
        let path = case.root.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Decisions { lines: Vec::new(), digest: String::new() });
            }
            Err(error) => return Err(wrong(format!("cannot be read: {}", error.kind()))),
        };
        let file: File = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            wrong(format!("line {line}: {}", error.message().lines().next().unwrap_or("not valid TOML")))
        })?;
        for (index, line) in file.decision.iter().enumerate() {
            let least = if matches!(line.verdict, Word::Lock) { 1 } else { 2 };
            if line.rows.len() < least || line.who.trim().is_empty() || line.why.trim().is_empty() {
                return Err(wrong(format!("decision {}: rows, who or why is missing", index + 1)));
            }
        }
        let rows: usize = file.decision.iter().map(|line| line.rows.len()).sum();
        if file.decision.len() > MOST_DECISIONS || rows > MOST_ROWS {
            return Err(wrong(format!("more than {MOST_DECISIONS} decisions or {MOST_ROWS} rows")));
        }
        Ok(Decisions { lines: file.decision, digest: hex(&Sha256::digest(text.as_bytes())) })
    }

    /// Finds the rows that the decisions name.
    pub(crate) fn by_row(&self, records: &Records) -> Result<Vec<Decision>, Failure> {
        let wanted = self.lines.iter().flat_map(|line| line.rows.iter().map(String::as_str));
        let rows = rows_at(records, wanted);
        let row = |address: &String| {
            rows.get(address.as_str())
                .copied()
                .ok_or_else(|| wrong(format!("no row of the evidence has the address {}", visible(address))))
        };
        let decision = |line: &Line| {
            Ok(Decision {
                verdict: line.verdict.into(),
                rows: line.rows.iter().map(row).collect::<Result<_, Failure>>()?,
            })
        };
        self.lines.iter().map(decision).collect()
    }

    /// Names the decisions that were left out because they contradict earlier ones, those about most people first.
    pub(crate) fn problems(&self, fates: &[Fate]) -> Vec<Problem> {
        let mut left_out: Vec<(&Fate, usize)> =
            fates.iter().filter_map(|fate| Some((fate, fate.contradicts?))).collect();
        left_out.sort_by_key(|(fate, _)| (std::cmp::Reverse(fate.people), fate.decision));
        let problem = |(fate, earlier): (&Fate, usize)| Problem {
            kind: ProblemKind::Contradicted,
            path: format!("{FILE}, decision {}", fate.decision + 1),
            cause: match earlier == fate.decision {
                true => format!("it contradicts itself and was not applied; {} people are affected", fate.people),
                false => format!(
                    "it contradicts decision {}, which stands; it was not applied; {} people are affected",
                    earlier + 1,
                    fate.people
                ),
            },
            hint: "take one of the two out of the file, then assess again".into(),
        };
        left_out.into_iter().map(problem).collect()
    }

    /// Says in words which decisions name some of these rows.
    pub(crate) fn about(&self, records: &Records, rows: &[u32], fates: &[Fate]) -> Vec<String> {
        let addresses: std::collections::HashSet<String> = match self.lines.is_empty() {
            true => return Vec::new(),
            false => rows.iter().map(|row| address(records, *row as usize)).collect(),
        };
        let named =
            self.lines.iter().enumerate().filter(|(_, line)| line.rows.iter().any(|row| addresses.contains(row)));
        named
            .map(|(index, line)| {
                let verdict = Verdict::from(line.verdict);
                let applied = match fates.get(index).and_then(|fate| fate.contradicts) {
                    Some(earlier) => format!(" (not applied: contradicts decision {})", earlier + 1),
                    None => String::new(),
                };
                let Line { who, why, when, rows, .. } = line;
                let (who, why) = (visible(who), visible(why));
                format!("{} of {} rows by {who} on {when}: {why}{applied}", verdict.code(), rows.len())
            })
            .collect()
    }
}

/// The address of a row: a table with a name of its own is part of the place, any other is the member before it.
pub(crate) fn address(records: &Records, row: usize) -> String {
    let facts = &records.facts;
    let table = &records.tables[facts.table(row) as usize].path;
    format!("{table}{}row/{}", sign(table), facts.row(row))
}

fn sign(table: &str) -> &'static str {
    let last = table.rsplit("::").next().unwrap_or_default();
    if last.starts_with("table/") { "/" } else { "::" }
}

/// Finds the rows that some addresses name; an address that names none is left out.
pub(crate) fn rows_at<'a>(records: &Records, wanted: impl Iterator<Item = &'a str>) -> HashMap<&'a str, u32> {
    let mut named: HashMap<(u32, u64), Vec<&str>> = HashMap::new();
    for address in wanted {
        let Some((before, row)) = address.rsplit_once("row/") else { continue };
        let Ok(row) = row.parse::<u64>() else { continue };
        for (table, known) in records.tables.iter().enumerate() {
            if before.strip_suffix(sign(&known.path)) == Some(known.path.as_str()) {
                named.entry((table as u32, row)).or_default().push(address);
            }
        }
    }
    let mut found = HashMap::new();
    if !named.is_empty() {
        for row in 0..records.len() {
            let place = (records.facts.table(row), records.facts.row(row));
            for address in named.get(&place).into_iter().flatten() {
                found.insert(*address, row as u32);
            }
        }
    }
    found
}

fn wrong(what: String) -> Failure {
    Failure::wrong_use(format!("{FILE}: {what}"), HINT)
}

/// What the file says, on one line.
fn visible(text: &str) -> String {
    crate::output::visible(text).replace('\t', "\u{fffd}")
}
