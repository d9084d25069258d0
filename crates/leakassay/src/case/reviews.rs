//! `review.jsonl`: the sample of a review and what was answered, a line each. Addresses and verdicts, no values.

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use analysis::resolve::{self, Entities, Reviewed, Settled, Stratum};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use vocab::{Problem, ProblemKind, Records};

use super::decisions::{address, rows_at};
use super::{Case, hex};
use crate::failure::Failure;

/// Name of the file in the case folder.
const FILE: &str = "review.jsonl";
const SCHEMA: &str = "leakassay/review/1";

/// The sample: which rows, out of how many.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Drawn {
    schema: String,
    pub(crate) seed: u64,
    /// Rows of the case when the sample was drawn.
    rows: u64,
    /// Rows of people in each stratum.
    pub(crate) sizes: [u64; 4],
    /// Rows to look at by stratum and address, in order.
    pub(crate) sample: Vec<(String, String)>,
}

/// What was answered about one row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) row: String,
    pub(crate) same: Vec<String>,
    pub(crate) different: Vec<String>,
    pub(crate) cannot_say: Vec<String>,
    pub(crate) by: String,
}

/// A review as far as it got.
pub(crate) struct Reviews {
    path: PathBuf,
    pub(crate) drawn: Drawn,
    pub(crate) answers: Vec<Answer>,
}

impl Reviews {
    /// Reads the review of a case, if one was begun. A last line torn by a crash is left out.
    pub(crate) fn read(case: &Case) -> Result<Option<Self>, Failure> {
        let path = case.root.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(wrong(format!("cannot be read: {}", error.kind()))),
        };
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        if whole.len() < text.len() {
            crate::output::write_atomically(&path, whole.as_bytes())?;
        }
        let mut lines = whole.lines().enumerate();
        let Some((_, first)) = lines.next() else { return Ok(None) };
        let drawn: Drawn = serde_json::from_str(first).map_err(|_| wrong("line 1 is not a sample".into()))?;
        if drawn.schema != SCHEMA {
            return Err(wrong("line 1 is of another version".into()));
        }
        let answer = |(index, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|_| wrong(format!("line {} is not an answer", index + 1)))
        };
        Ok(Some(Reviews { path, drawn, answers: lines.map(answer).collect::<Result<_, Failure>>()? }))
    }

    /// Begins a review with a sample.
    pub(crate) fn begin(case: &Case, records: &Records, sample: &resolve::Sample, seed: u64) -> Result<Self, Failure> {
        let drawn = Drawn {
            schema: SCHEMA.into(),
            seed,
            rows: records.len() as u64,
            sizes: sample.sizes,
            sample: sample
                .rows
                .iter()
                .map(|(stratum, row)| (stratum.code().to_owned(), address(records, *row as usize)))
                .collect(),
        };
        let path = case.root.join(FILE);
        crate::output::write_atomically(&path, format!("{}\n", line(&drawn)).as_bytes())?;
        Ok(Reviews { path, drawn, answers: Vec::new() })
    }

    /// Adds an answer and makes sure that it is on disk.
    pub(crate) fn add(&mut self, answer: Answer) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::cannot_write(&self.path, &error);
        let mut file = OpenOptions::new().append(true).open(&self.path).map_err(failed)?;
        file.write_all(format!("{}\n", line(&answer)).as_bytes()).and_then(|()| file.sync_data()).map_err(failed)?;
        self.answers.push(answer);
        Ok(())
    }

    /// Digest of everything answered.
    pub(crate) fn digest(reviews: Option<&Self>) -> String {
        let Some(reviews) = reviews else { return String::new() };
        let mut hasher = Sha256::new();
        hasher.update(line(&reviews.drawn));
        reviews.answers.iter().for_each(|answer| hasher.update(line(answer)));
        hex(&hasher.finalize())
    }

    /// The drawn rows of this case.
    pub(crate) fn rows(&self, records: &Records) -> Result<Vec<(Stratum, u32)>, Failure> {
        let found = rows_at(records, self.drawn.sample.iter().map(|(_, address)| address.as_str()));
        let changed = || wrong("the evidence has changed since the sample was drawn".into());
        if self.drawn.rows != records.len() as u64 {
            return Err(changed());
        }
        let row = |(code, address): &(String, String)| {
            let stratum = Stratum::ALL.into_iter().find(|stratum| stratum.code() == code);
            Some((stratum?, *found.get(address.as_str())?))
        };
        self.drawn.sample.iter().map(|drawn| row(drawn).ok_or_else(changed)).collect()
    }

    /// Says that the sample was drawn from other rows, so that its answers say nothing of these.
    pub(crate) fn outdated(&self) -> Problem {
        Problem {
            kind: ProblemKind::Outdated,
            path: FILE.into(),
            cause: "it was drawn from the evidence of an earlier version and was not used".into(),
            hint: "move it away and begin a new review: `leakassay people review`".into(),
        }
    }

    /// The number of people by the answers so far, for the people as they are found now. Fails if the evidence has changed.
    pub(crate) fn estimate(&self, records: &Records, entities: &Entities) -> Result<Option<Reviewed>, Failure> {
        let rows: HashMap<u32, Stratum> =
            self.rows(records)?.into_iter().map(|(stratum, row)| (row, stratum)).collect();
        let at = rows_at(records, self.answers.iter().flat_map(|answer| answer.addresses()));
        let whose = |row: usize| resolve::reviewed_person(records, entities, row);
        let mut settled = Vec::new();
        let mut own: HashMap<u32, HashSet<u32>> = HashMap::new();
        for answer in &self.answers {
            if let Some(person) = at.get(answer.row.as_str()).and_then(|row| whose(*row as usize)) {
                own.entry(person).or_default();
            }
        }
        for row in 0..entities.rows() {
            if let Some(person) = whose(row)
                && let Some(rows) = own.get_mut(&person)
            {
                rows.insert(row as u32);
            }
        }
        for answer in &self.answers {
            let Some(&row) = at.get(answer.row.as_str()) else { continue };
            let (Some(person), Some(stratum)) = (whose(row as usize), rows.get(&row)) else { continue };
            let mine = &own[&person];
            let of =
                |list: &[String]| -> Vec<u32> { list.iter().filter_map(|row| at.get(row.as_str()).copied()).collect() };
            let (same, different, open) = (of(&answer.same), of(&answer.different), of(&answer.cannot_say));
            let asked: HashSet<u32> = same.iter().chain(&different).chain(&open).copied().chain([row]).collect();
            let taken = mine.iter().filter(|other| !asked.contains(other)).count();
            let (least, found_open) =
                (1 + same.len() + taken, open.iter().filter(|other| mine.contains(other)).count());
            settled.push(Settled {
                stratum: *stratum,
                found: mine.len() as u32,
                likely: (least + found_open) as u32,
                least: least as u32,
                most: (least + open.len()) as u32,
            });
        }
        Ok(resolve::estimate(entities.report.count.likely, self.drawn.sizes, &settled))
    }
}

impl Answer {
    fn addresses(&self) -> impl Iterator<Item = &str> {
        let lists = self.same.iter().chain(&self.different).chain(&self.cannot_say);
        lists.chain([&self.row]).map(String::as_str)
    }
}

/// Writes a line; strings and numbers always serialise.
fn line<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn wrong(what: String) -> Failure {
    Failure::wrong_use(format!("{FILE}: {what}"), "move the file away to begin a new review")
}
