//! `people`: how many distinct people are in these files?

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use analysis::resolve::{self, Entities, Model, Options, RowOf};
use intake::detect::{self, Identifiers, TableTyping};
use intake::normalize::{Chunk, Normalizer, RecordsBuilder};
use intake::open::{self, Depth, EvidenceFile, TableHead};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rulebook::Comparisons;
use rulebook::places::Places;
use schemars::JsonSchema;
use serde::Serialize;
use vocab::progress::{Progress, Silent};
use vocab::{DataElement, Interval, Problem, ProblemKind, Records};

use super::Outcome;
use crate::args::{Common, People};
use crate::assessment::{doubts, evidence, fold_rows};
use crate::failure::Failure;
use crate::memory;
use crate::output;
use crate::progress::StageLines;

/// What `people --json` prints.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PeopleOutput {
    /// Version of this form.
    pub(crate) schema: String,
    /// Rows read.
    pub(crate) rows: u64,
    /// Distinct people.
    pub(crate) people: Interval,
    /// Distinct households.
    pub(crate) households: u64,
    /// Devices or lines nobody named is tied to.
    pub(crate) devices: u64,
    /// Rows with too little to tell people apart.
    pub(crate) unresolvable: u64,
    /// Rows set aside and files that could not be used, with reasons.
    pub(crate) problems: Vec<Problem>,
}

/// Counts the people in files.
pub(crate) fn run(people: &People, common: &Common) -> Result<Outcome, Failure> {
    let book = super::rulebook(common)?;
    let identifiers = Identifiers::load(&book)?;
    let (places, comparisons) = (Places::load(&book)?, Comparisons::load(&book)?);
    let told = people.model.as_deref().map(|path| read_model(path, &comparisons)).transpose()?;
    let map = people.map.as_deref().map(read_map).transpose()?;
    let (limits, progress) = (people.opening.limits()?, StageLines::new(common.quiet));
    let survey = open::survey(Path::new("."), &people.paths, &limits, Depth::Full, common.threads(), &progress);
    let normalizer = Normalizer::new(&identifiers, &places);
    let mut builder = RecordsBuilder::default();
    let mut names = Vec::new();
    let mut problems = survey.problems.clone();
    let mut rows = 0;
    progress.start("normalize", "bytes", Some(survey.files.iter().map(|file| file.bytes).sum()));
    for file in &survey.files {
        let mut typings = match &map {
            Some(map) => file.tables.iter().map(|head| as_told(&identifiers, head, map)).collect(),
            None => {
                let found = detect::profile(file, &identifiers, &limits, common.threads(), &Silent);
                let typings = found.typings();
                problems.extend(doubts::of_columns(&found.report(file, None), &typings));
                typings
            }
        };
        for (head, typing) in file.tables.iter().zip(&mut typings) {
            if map.is_some() {
                problems.extend(doubts::leave_out_mistold(&identifiers, head, typing));
            }
            problems.extend(doubts::of_dates(head, typing));
            problems.extend(doubts::of_cut_numbers(head, typing));
        }
        problems.extend(doubts::of_unrecognised(&file.path, &typings, map.is_some()));
        let plans = evidence::plans(file, &typings);
        names.extend(file.tables.iter().map(|head| table_name(file, head)));
        let numbers: Vec<u32> = plans.iter().map(|plan| builder.table(plan)).collect();
        let mut fold = |table: u32, first_row, chunk: &Chunk| builder.fold(numbers[table as usize], first_row, chunk);
        let totals = fold_rows(file, &plans, &normalizer, &limits, common.threads(), &progress, &mut fold);
        rows += totals.rows_parsed;
        problems.extend(file.problems.iter().cloned());
        problems.extend(totals.problems);
    }
    problems.extend(doubts::of_text_alone(&survey.files));
    problems.extend(map.as_ref().and_then(|map| doubts::of_map(&survey.files, map.keys())));
    let records = builder.finish()?;
    problems.extend(doubts::of_records(&records));
    progress.finish(&format!("{} rows in standard form", records.len()));
    // Who is under 18 plays no part in the count, so the day does not matter to the answer.
    let as_of = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC).date();
    let options = memory::fit(records.len() as u64, Options::new(common.threads(), as_of))?;
    let model = told.unwrap_or_else(|| resolve::fit(&records, &comparisons, common.threads()));
    let entities = resolve::entities(&records, &model.comparisons, &options, &progress);
    problems.extend(doubts::of_people(&entities.report));
    if let Some(out) = &people.out {
        output::stream_atomically(out, |file| write_rows(file, &records, &entities, &names))?;
    }
    if let Some(out) = &people.model_out {
        output::write_atomically(out, model.text().as_bytes())?;
    }
    conclude(rows, &entities, problems, common)
}

/// Reads the parameters by which pairs are weighed.
fn read_model(path: &Path, comparisons: &Comparisons) -> Result<Model, Failure> {
    let hint = "name a model.toml of a case, or a file that `leakassay people --model-out FILE` wrote";
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::wrong_use(format!("cannot read {}: {}", path.display(), error.kind()), hint))?;
    Model::parse(&text, comparisons)
        .map_err(|cause| Failure::wrong_use(format!("{} is not a model: {cause}", path.display()), hint))
}

/// What a map says of columns: the element of each, or that it holds nothing that counts.
type Map = BTreeMap<String, Option<DataElement>>;

/// Word of a map for a column that holds nothing that counts.
const NOTHING: &str = "none";

/// Reads a map of columns to elements; the only place where codes come from a user.
fn read_map(path: &Path) -> Result<Map, Failure> {
    let wrong = |what: String| {
        Failure::wrong_use(what, "write lines like `birth_date = \"dob\"`; `leakassay schema elements` lists the codes")
    };
    let text =
        fs::read_to_string(path).map_err(|error| wrong(format!("cannot read {}: {}", path.display(), error.kind())))?;
    let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let map: BTreeMap<String, toml::Spanned<String>> = toml::from_str(&text).map_err(|error| {
        let what = error.message().lines().next().unwrap_or("not valid TOML").to_owned();
        let place = error.span().map_or_else(String::new, |span| format!(", line {}", line(span.start)));
        wrong(format!("{}{place}: {what}", path.display()))
    })?;
    let element = |(column, word): (String, toml::Spanned<String>)| {
        let code = word.as_ref().as_str();
        let element = (code != NOTHING).then(|| code.parse()).transpose().map_err(|error| {
            wrong(format!("{}, line {}: `{code}`: {error}", path.display(), line(word.span().start)))
        })?;
        Ok((column.to_lowercase(), element))
    };
    map.into_iter().map(element).collect()
}

/// Types a table as a map says. A map stands in place of what is inferred: columns it does not name are not used.
fn as_told(identifiers: &Identifiers, head: &TableHead, map: &Map) -> TableTyping {
    let element = |at: usize| map.get(&doubts::map_key(head, at)).copied().flatten();
    let given: Vec<Option<DataElement>> = (0..head.sample.columns).map(element).collect();
    detect::type_as_told(identifiers, head, &given)
}

/// The file's path; where a file holds several tables, the address of the table.
fn table_name(file: &EvidenceFile, head: &TableHead) -> String {
    if file.tables.len() == 1 { file.path.clone() } else { head.label() }
}

/// One line a row: the table, the row from 1 without the header, the person; empty where nobody can be named.
fn write_rows(file: &mut impl Write, records: &Records, entities: &Entities, names: &[String]) -> io::Result<()> {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    writeln!(file, "file,row,person_id")?;
    for row in 0..records.len() {
        let name = &names[records.facts.table(row) as usize];
        write!(file, "{name},{},", records.facts.row(row))?;
        match entities.of_row(row) {
            RowOf::Person(person) => writeln!(file, "{person}")?,
            RowOf::Device | RowOf::Unresolvable | RowOf::Nothing => writeln!(file)?,
        }
    }
    Ok(())
}

/// Quotes a field where CSV asks for it; a leading sign that a spreadsheet would take for a formula is defused.
fn quoted(field: &str) -> String {
    let defused =
        if field.starts_with(['=', '+', '-', '@', '\t', '\0']) { format!("'{field}") } else { field.to_owned() };
    if defused.contains([',', '"', '\n', '\r']) { format!("\"{}\"", defused.replace('"', "\"\"")) } else { defused }
}

fn conclude(rows: u64, entities: &Entities, problems: Vec<Problem>, common: &Common) -> Result<Outcome, Failure> {
    let report = &entities.report;
    // Where nothing was recognised, every row may be somebody.
    let unknown = Interval { high: rows, ..report.count };
    let counted = PeopleOutput {
        schema: "leakassay/people/1".into(),
        rows,
        people: if report.rows == 0 { unknown } else { report.count },
        households: report.households,
        devices: report.devices,
        unresolvable: report.unresolvable,
        problems,
    };
    output::print(&if common.json { output::to_json(&counted)? } else { to_text(&counted, entities) })?;
    counted.problems.iter().for_each(output::problem);
    let is_doubt = |problem: &Problem| problem.kind == ProblemKind::Doubtful;
    Ok(match () {
        () if counted.problems.is_empty() => Outcome::Done,
        () if counted.problems.iter().all(is_doubt) => Outcome::NeedsDecision,
        () => Outcome::InputUnusable,
    })
}

fn to_text(output: &PeopleOutput, entities: &Entities) -> String {
    let Interval { low, likely, high } = output.people;
    let mut text = format!("people       {likely}  ({low} to {high})\n");
    for bound in &entities.report.bounds {
        text.push_str(&format!("  {:<10} {}: {}\n", bound.bound, bound.people, bound.rule));
    }
    for (name, count) in [
        ("rows", output.rows),
        ("households", output.households),
        ("devices", output.devices),
        ("unresolvable", output.unresolvable),
    ] {
        text.push_str(&format!("{name:<12} {count}\n"));
    }
    text
}
