//! `people review`: a sample of rows beside their neighbours, answered by somebody, gives the number of people with an
//! interval.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use analysis::resolve::{self, Explainer, Question, Reviewed};
use intake::open;
use schemars::JsonSchema;
use serde::Serialize;
use vocab::{ForensicPath, Records};

use super::Outcome;
use crate::args::{Common, Review};
use crate::assessment::Assessed;
use crate::case::{Answer, Custody, Reviews, address};
use crate::failure::Failure;
use crate::output;

/// What `people review --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReviewOutput {
    /// Version of this form.
    schema: String,
    /// Rows answered, and rows of the sample.
    reviews: u64,
    of: u64,
    /// People as found.
    found: u64,
    /// The number of people by review with its interval of 95 %; null until every stratum has answers.
    people: Option<ReviewedOutput>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ReviewedOutput {
    low: f64,
    likely: f64,
    high: f64,
    /// Half of the interval as a share of the estimate.
    half_width: f64,
}

/// What the reviewer says of two rows.
enum Said {
    Same,
    Different,
    CannotSay,
    Quit,
}

/// Reviews a case, or goes on with its review.
pub(crate) fn run(review: &Review, common: &Common) -> Result<Outcome, Failure> {
    let assessed = Assessed::open(&review.case, common)?;
    let entities = assessed.entities(common, true)?;
    let (records, comparisons) = (&assessed.records, &assessed.model.comparisons);
    let mut reviews = match Reviews::read(&assessed.case)? {
        Some(reviews) => reviews,
        None => {
            let sample = resolve::draw(records, &entities, review.sample as usize, review.seed);
            Reviews::begin(&assessed.case, records, &sample, review.seed)?
        }
    };
    let answered: Vec<String> = reviews.answers.iter().map(|answer| answer.row.clone()).collect();
    let mut drawn = reviews.rows(records)?;
    drawn.retain(|(_, row)| !answered.contains(&address(records, *row as usize)));
    let questions = resolve::questions(records, comparisons, &entities, &drawn);
    let mut desk = Desk::open(review, &assessed, common)?;
    for (index, question) in questions.iter().enumerate() {
        let Some(answer) = desk.ask(question, index + 1, questions.len())? else { break };
        reviews.add(Answer { by: review.by.clone(), ..answer })?;
    }
    let people = reviews.estimate(records, &entities)?;
    let answer = ReviewOutput {
        schema: "leakassay/people-review/1".into(),
        reviews: reviews.answers.len() as u64,
        of: reviews.drawn.sample.len() as u64,
        found: entities.report.count.likely,
        people: people.as_ref().map(|Reviewed { low, likely, high, .. }| ReviewedOutput {
            low: low.round(),
            likely: likely.round(),
            high: high.round(),
            half_width: (high - low) / 2.0 / likely.max(1.0),
        }),
    };
    output::print(&if common.json { output::to_json(&answer)? } else { to_text(&answer) })?;
    Ok(Outcome::Done)
}

fn to_text(answer: &ReviewOutput) -> String {
    let ReviewOutput { reviews, of, found, people, .. } = answer;
    let said = match people {
        Some(ReviewedOutput { low, likely, high, half_width }) => {
            format!(
                "{likely:.0} people, {low:.0} to {high:.0} with 95 % confidence (half-width {:.2} %)",
                half_width * 100.0
            )
        }
        None => "no number yet: each kind of row needs at least two answers".into(),
    };
    format!("review       {reviews} of {of} rows answered\nfound        {found} people\nby review    {said}\n")
}

/// Where the answers come from.
enum Source {
    /// Person of each row, if any.
    Truth(Vec<Option<u64>>),
    Terminal {
        files: Vec<open::EvidenceFile>,
        limits: Box<open::Limits>,
        reveal: bool,
    },
}

struct Desk<'a> {
    records: &'a Records,
    explainer: Explainer<'a>,
    source: Source,
}

impl<'a> Desk<'a> {
    fn open(review: &Review, assessed: &'a Assessed, common: &Common) -> Result<Self, Failure> {
        let records = &assessed.records;
        let source = match &review.oracle {
            Some(truth) => Source::Truth(truth_of(records, truth)?),
            None => {
                let mut files = Vec::new();
                let limits = assessed.case.limits()?;
                if review.reveal {
                    Custody::open(&assessed.case.outputs().join("custody.jsonl"))?
                        .enter("reveal", serde_json::json!({ "review": true, "by": review.by }))?;
                    let paths: Vec<PathBuf> = assessed.case.evidence_paths();
                    let silent = &vocab::progress::Silent;
                    let root = &assessed.case.root;
                    files = open::survey(root, &paths, &limits, open::Depth::Quick, common.threads(), silent).files;
                }
                Source::Terminal { files, limits: Box::new(limits), reveal: review.reveal }
            }
        };
        Ok(Desk { records, explainer: Explainer::new(records, &assessed.model.comparisons), source })
    }

    /// Asks about one row and everything beside it; `None` when the reviewer stops.
    fn ask(&mut self, question: &Question, number: usize, of: usize) -> Result<Option<Answer>, Failure> {
        let row = question.row;
        let mut answer = Answer { row: address(self.records, row as usize), ..Answer::default() };
        if let Source::Terminal { .. } = self.source {
            output::say(&format!("\n--- row {number} of {of} ---\n{}", self.shown(row)));
        }
        let own = question.own.iter().map(|other| (*other, true));
        for (other, found) in own.chain(question.others.iter().map(|other| (*other, false))) {
            let list = match self.judge(row, other, found)? {
                Said::Same => &mut answer.same,
                Said::Different => &mut answer.different,
                Said::CannotSay => &mut answer.cannot_say,
                Said::Quit => return Ok(None),
            };
            list.push(address(self.records, other as usize));
        }
        Ok(Some(answer))
    }

    fn judge(&self, row: u32, other: u32, found: bool) -> Result<Said, Failure> {
        let truth = match &self.source {
            Source::Truth(truth) => truth,
            Source::Terminal { .. } => return self.prompt(row, other, found),
        };
        let same = truth[row as usize].is_some() && truth[row as usize] == truth[other as usize];
        Ok(if same { Said::Same } else { Said::Different })
    }

    fn prompt(&self, row: u32, other: u32, found: bool) -> Result<Said, Failure> {
        let stands = if found { "counted as the same person" } else { "counted as another person" };
        let levels = self.explainer.pair(row as usize, other as usize).parts;
        let levels = levels.iter().filter(|part| part.comparison != "prior");
        let levels: Vec<String> =
            levels.map(|part| format!("{} {}", part.comparison, format!("{:?}", part.level).to_lowercase())).collect();
        output::say(&format!("\n  beside ({stands})\n{}\n  {}", self.shown(other), levels.join(", ")));
        loop {
            let _ = write!(anstream::stderr().lock(), "  [s]ame  [d]ifferent  [c]annot say  [q]uit > ");
            let mut line = String::new();
            let read = std::io::stdin().lock().read_line(&mut line);
            match (read, line.trim()) {
                (Ok(0) | Err(_), _) | (_, "q" | "quit") => return Ok(Said::Quit),
                (_, "s" | "same") => return Ok(Said::Same),
                (_, "d" | "different") => return Ok(Said::Different),
                (_, "c" | "cannot say") => return Ok(Said::CannotSay),
                _ => output::say("  answer with s, d, c or q; the review goes on where it was left"),
            }
        }
    }

    /// The address of a row, and the row itself in clear where that was asked for.
    fn shown(&self, row: u32) -> String {
        let address = address(self.records, row as usize);
        let Source::Terminal { files, limits, reveal: true } = &self.source else { return format!("  {address}") };
        let clear = address.parse::<ForensicPath>().ok().and_then(|path| {
            let file = files.iter().find(|file| file.path == path.file)?;
            let value = open::replay(file, &path, limits).ok()?;
            Some(String::from_utf8_lossy(value.reveal()).into_owned())
        });
        let clear = clear.map_or_else(|| "cannot be read again".to_owned(), |text| output::visible(&text));
        format!("  {address}\n    {clear}")
    }
}

/// Reads which person each row is about, from the table beside a truth.json.
fn truth_of(records: &Records, truth: &Path) -> Result<Vec<Option<u64>>, Failure> {
    let path = truth.parent().unwrap_or(Path::new(".")).join("truth_rows.parquet");
    let no_truth = || {
        Failure::wrong_use(
            format!("{} cannot be used", path.display()),
            "name the truth.json of a simulated case, with truth_rows.parquet beside it",
        )
    };
    if !truth.is_file() {
        return Err(no_truth());
    }
    let mut tables: HashMap<(String, String), Option<u32>> = HashMap::new();
    let mut people: HashMap<(u32, u64), u64> = HashMap::new();
    tables::truth::read_rows(&path, |file, table, row, person| {
        let known = tables.entry((file.to_owned(), table.to_owned()));
        let known = *known.or_insert_with(|| table_at(records, file, table));
        if let (Some(table), Some(person)) = (known, person) {
            people.insert((table, row), person);
        }
    })
    .map_err(|_| no_truth())?;
    let facts = &records.facts;
    let of = |row: usize| people.get(&(facts.table(row), facts.row(row))).copied();
    let truth: Vec<Option<u64>> = (0..records.len()).map(of).collect();
    if truth.iter().all(Option::is_none) { Err(no_truth()) } else { Ok(truth) }
}

/// The table of the records that a truth calls by file and table: the only one of its file, or the one of that name.
fn table_at(records: &Records, file: &str, table: &str) -> Option<u32> {
    let inside = |path: &str| path == file || path.strip_prefix(file).is_some_and(|rest| rest.starts_with("::"));
    let of_file: Vec<usize> = (0..records.tables.len()).filter(|at| inside(&records.tables[*at].path)).collect();
    let named = of_file.iter().copied().filter(|at| records.tables[*at].path.contains(table)).collect::<Vec<_>>();
    match (of_file.as_slice(), named.as_slice()) {
        ([only], _) | (_, [only]) => Some(*only as u32),
        _ => None,
    }
}
