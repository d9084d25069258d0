//! The stages that read evidence or compute over all rows. Each is kept with its receipt and reused while that fits.

use std::collections::BTreeSet;

use analysis::resolve::{self, Entities, Options, Reviewed, RowOf};
use intake::detect::{self, TableTyping};
use intake::normalize::RecordsBuilder;
use intake::open::{EvidenceFile, Survey};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tables::TableError;
use tables::people::{write_people, write_rows};
use vocab::assessment::{Bound, ElementCount, FileReport, PeopleReport};
use vocab::receipt::Digest;
use vocab::{Receipt, Records, SetAside};

use super::evidence::RowsByElement;
use super::kept::{self, KeptFile};
use super::people::Lines;
use super::{Context, doubts, evidence, outputs};
use crate::case::{Decisions, Reviews, Store, hex};
use crate::failure::Failure;
use crate::memory;
use crate::output;

/// The stages of one run over one survey.
pub(crate) struct Stages<'a> {
    context: Context<'a>,
    store: &'a Store,
    survey: &'a Survey,
}

/// What detection yields.
#[derive(Serialize, Deserialize)]
pub(crate) struct Found {
    pub(crate) files: Vec<FileReport>,
    /// Rows by element over all files.
    pub(crate) rows: RowsByElement,
    /// Typings of the tables, file by file.
    pub(crate) typings: Vec<Vec<TableTyping>>,
    pub(crate) receipt: Receipt,
}

/// What is found in one file.
#[derive(Serialize, Deserialize)]
struct FoundInFile {
    report: FileReport,
    rows: RowsByElement,
    typings: Vec<TableTyping>,
}

/// What normalisation yields; the rows are in memory, and kept file by file.
pub(crate) struct Normalized {
    pub(crate) records: Records,
    pub(crate) receipt: Receipt,
}

/// What is kept of normalisation: its receipt, and the folders of the rows in evidence order.
#[derive(Serialize, Deserialize)]
struct KeptRows {
    receipt: Receipt,
    folders: Vec<String>,
}

/// Returns the rows of the last assessment, in evidence order.
pub(crate) fn last_rows(store: &Store) -> Option<Records> {
    let kept: KeptRows = store.last("normalize")?;
    let mut rows = RecordsBuilder::default();
    kept.folders.iter().try_for_each(|folder| kept::load(store, folder, &mut rows)).ok()?;
    rows.finish().ok()
}

/// What resolution yields; the rows are in the Parquet tables.
#[derive(Serialize, Deserialize)]
pub(crate) struct Resolved {
    pub(crate) people: PeopleReport,
    pub(crate) elements: Vec<ElementCount>,
    pub(crate) receipt: Receipt,
}

impl<'a> Stages<'a> {
    pub(crate) fn new(context: Context<'a>, store: &'a Store, survey: &'a Survey) -> Self {
        Stages { context, store, survey }
    }

    /// Returns what every stage works with.
    pub(crate) fn context(&self) -> Context<'a> {
        self.context
    }

    /// Returns the digest of the names and contents of all evidence.
    pub(crate) fn evidence_digest(&self) -> String {
        let parts = self.survey.files.iter().flat_map(|file| {
            let known = file.known.then_some("known");
            [Some(file.path.as_str()), Some(file.sha256.as_str()), known].into_iter().flatten()
        });
        let parts: Vec<&str> = parts.collect();
        digest(&parts)
    }

    /// What a stage's yield depends on: the evidence, the rules, the program, and what `more` names.
    fn inputs(&self, more: &[&str]) -> String {
        let evidence = self.evidence_digest();
        let mut parts = vec![evidence.as_str(), &self.context.rules.digest, env!("CARGO_PKG_VERSION")];
        parts.extend(more);
        digest(&parts)
    }

    /// Types every column and validates every value.
    pub(crate) fn detect(&self) -> Result<Found, Failure> {
        let Context { case, progress, .. } = self.context;
        let inputs = self.inputs(&[&case.digest.sha256]);
        if let Some(found) = self.store.reuse("detect", &inputs) {
            return Ok(found);
        }
        progress.start("detect", "bytes", Some(self.bytes()));
        let mut files = Vec::new();
        let mut typings = Vec::new();
        let mut rows_by_element = RowsByElement::new();
        for file in &self.survey.files {
            let found = self.detect_file(file)?;
            typings.push(found.typings);
            evidence::sum_rows(&mut rows_by_element, &found.rows);
            files.push(found.report);
        }
        files.extend(evidence::absent(&self.survey.problems, case));
        let rows: u64 = files.iter().map(|file| file.rows_in).sum();
        progress.finish(&format!("{rows} rows in {} files", files.len()));
        let receipt = self.detect_receipt(&files);
        self.store.keep("detect", &inputs, Found { files, rows: rows_by_element, typings, receipt }, &[])
    }

    /// Types and validates one file, unless an earlier run did.
    fn detect_file(&self, file: &EvidenceFile) -> Result<FoundInFile, Failure> {
        let Context { case, rules, limits, threads, progress } = self.context;
        let kept = KeptFile::of(file, self.survey, self.context);
        if let Some(found) = kept.reuse(self.store, "detect") {
            progress.advance(file.bytes);
            return Ok(found);
        }
        let found = detect::profile(file, &rules.identifiers, limits, threads, progress);
        let mut rows = RowsByElement::new();
        evidence::add_rows(&mut rows, &found);
        let found = FoundInFile { report: evidence::report(file, &found, case), rows, typings: found.typings() };
        kept.keep(self.store, "detect", found, &[])
    }

    /// Brings every row into standard form.
    pub(crate) fn normalize(&self, found: &Found) -> Result<Normalized, Failure> {
        let Context { progress, .. } = self.context;
        let inputs = self.inputs(&[&self.context.case.digest.sha256]);
        progress.start("normalize", "bytes", Some(self.bytes()));
        let (mut rows, mut folders) = (RecordsBuilder::default(), Vec::new());
        let (mut in_use, mut problems) = (BTreeSet::new(), Vec::new());
        let normalizer = self.context.rules.normalizer();
        for ((file, typings), report) in self.survey.files.iter().zip(&found.typings).zip(&found.files) {
            problems.extend(doubts::of_columns(report, typings));
            problems.extend(file.tables.iter().zip(typings).flat_map(|(head, typing)| doubts::of_dates(head, typing)));
            problems.extend(
                file.tables.iter().zip(typings).flat_map(|(head, typing)| doubts::of_cut_numbers(head, typing)),
            );
            let kept = KeptFile::of(file, self.survey, self.context);
            // A text has no rows: nothing of it is to be written.
            if !file.tables.is_empty() {
                let plans = evidence::plans(file, typings);
                kept.rows(file, &plans, self.store, self.context, &normalizer, &mut rows)?;
                folders.push(kept.folder.clone());
            }
            in_use.insert(kept.folder);
        }
        kept::prune(self.store, &in_use)?;
        let records = rows.finish()?;
        problems.extend(doubts::of_records(&records));
        progress.finish(&format!("{} rows in standard form", records.len()));
        let read = found.receipt.rows_out;
        let receipt = Receipt {
            inputs: found.receipt.inputs.clone(),
            rows_in: read,
            rows_out: records.len() as u64,
            set_aside: unspoken(read.saturating_sub(records.len() as u64)),
            problems,
            ..self.receipt("normalize")
        };
        let kept = self.store.keep("normalize", &inputs, KeptRows { receipt, folders }, &[])?;
        Ok(Normalized { records, receipt: kept.receipt })
    }

    /// Finds out which rows speak of one person, and writes whose each row is.
    pub(crate) fn resolve(&self, found: &Found, normalized: &Normalized) -> Result<Resolved, Failure> {
        let Context { case, rules, threads, progress, .. } = self.context;
        let (decisions, reviews) = (Decisions::read(case)?, Reviews::read(case)?);
        let inputs = self.inputs(&[&case.digest.sha256, &decisions.digest, &Reviews::digest(reviews.as_ref())]);
        let outputs = case.outputs();
        let written = [outputs::PEOPLE, outputs::ROWS, outputs::MODEL].iter().all(|name| outputs.join(name).is_file());
        if let Some(resolved) = self.store.reuse("resolve", &inputs).filter(|_| written) {
            return Ok(resolved);
        }
        let records = &normalized.records;
        let as_of = case.file.case.as_of.to_zoned(TimeZone::UTC).date();
        let options = memory::fit(records.len() as u64, Options::new(threads, as_of))?;
        let decided = decisions.by_row(records)?;
        let model = resolve::fit(records, &rules.comparisons, threads);
        output::write_atomically(&outputs.join(outputs::MODEL), model.text().as_bytes())?;
        let entities = resolve::decided_entities(records, &model.comparisons, &options, &decided, progress);
        let lines = Lines::new(records, &entities, &rules.harms);
        let people = (0..entities.people.len()).map(|number| lines.person(number));
        write_people(&outputs.join(outputs::PEOPLE), people).map_err(|error| table_failure(&error))?;
        let rows = (0..records.len()).map(|row| lines.row(row));
        write_rows(&outputs.join(outputs::ROWS), rows).map_err(|error| table_failure(&error))?;
        let mut problems = decisions.problems(&entities.fates);
        problems.extend(doubts::of_people(&entities.report));
        let elements = evidence::element_counts(&found.rows, &entities.elements);
        let mut people = entities.report.clone();
        match reviews.map(|reviews| reviews.estimate(records, &entities).map_err(|_| reviews.outdated())) {
            Some(Ok(reviewed)) => people.bounds.extend(reviewed.into_iter().flat_map(reviewed_bounds)),
            Some(Err(outdated)) => problems.push(outdated),
            None => {}
        }
        let receipt = Receipt { problems, ..self.resolve_receipt(normalized, &entities) };
        self.store.keep("resolve", &inputs, Resolved { people, elements, receipt }, &[])
    }

    fn bytes(&self) -> u64 {
        self.survey.files.iter().map(|file| file.bytes).sum()
    }

    pub(crate) fn receipt(&self, stage: &str) -> Receipt {
        let inputs = self.survey.files.iter().filter(|file| !file.sha256.is_empty());
        Receipt {
            stage: stage.into(),
            inputs: inputs.map(|file| Digest { name: file.path.clone(), sha256: file.sha256.clone() }).collect(),
            rules: self.context.rules.digest.clone(),
            rows_in: 0,
            rows_out: 0,
            set_aside: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn detect_receipt(&self, files: &[FileReport]) -> Receipt {
        let mut set_aside: Vec<SetAside> = Vec::new();
        for aside in files.iter().flat_map(|file| &file.set_aside) {
            match set_aside.iter_mut().find(|known| known.reason == aside.reason) {
                Some(known) => known.rows += aside.rows,
                None => set_aside.push(aside.clone()),
            }
        }
        set_aside.sort();
        Receipt {
            rows_in: files.iter().map(|file| file.rows_in).sum(),
            rows_out: files.iter().map(|file| file.rows_parsed).sum(),
            set_aside,
            problems: files.iter().flat_map(|file| file.problems.clone()).collect(),
            ..self.receipt("detect")
        }
    }

    fn resolve_receipt(&self, normalized: &Normalized, entities: &Entities) -> Receipt {
        let count =
            |wanted: fn(RowOf) -> bool| (0..entities.rows()).filter(|row| wanted(entities.of_row(*row))).count() as u64;
        let aside = |reason: &str, rows: u64| SetAside { reason: reason.into(), rows };
        let set_aside = [
            aside("device_without_person", count(|row| row == RowOf::Device)),
            aside("too_little_to_tell", count(|row| row == RowOf::Unresolvable)),
            aside("nothing_of_people_or_devices", count(|row| row == RowOf::Nothing)),
        ];
        Receipt {
            inputs: normalized.receipt.inputs.clone(),
            rows_in: normalized.records.len() as u64,
            rows_out: count(|row| matches!(row, RowOf::Person(_))),
            set_aside: set_aside.into_iter().filter(|aside| aside.rows > 0).collect(),
            ..self.receipt("resolve")
        }
    }
}

/// The bounds that a review gives, beside those of the rules.
fn reviewed_bounds(reviewed: Reviewed) -> [Bound; 3] {
    let Reviewed { low, likely, high, reviews } = reviewed;
    [("low by review", low), ("likely by review", likely), ("high by review", high)].map(|(bound, people)| Bound {
        bound: bound.to_owned(),
        people: people.round() as u64,
        rule: format!(
            "stratified difference estimate from {reviews} rows that somebody looked at, interval of 95 % confidence; \
             pairs that share no key are not seen by it"
        ),
    })
}

/// Rows of tables that hold nothing of people or devices.
fn unspoken(rows: u64) -> Vec<SetAside> {
    let aside = SetAside { reason: "table_without_personal_data".into(), rows };
    if rows > 0 { vec![aside] } else { Vec::new() }
}

pub(crate) fn table_failure(error: &TableError) -> Failure {
    Failure::ours(
        error.to_string(),
        "make room in the case folder, then run the command again; finished stages are kept",
    )
}

/// Digest of a list of parts, each with its length, so that no two lists share one.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}
