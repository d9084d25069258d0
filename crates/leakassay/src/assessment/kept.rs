//! What is kept of each file of the evidence, so that a new tranche or a withdrawn file costs what it holds and no more.
//!
//! Enters: a file and everything its yield depends on. Leaves: what was found in it, and its rows in standard form, read
//! again or taken from an earlier run. Never: rows of a file that is no longer evidence.

use std::collections::BTreeSet;

use intake::normalize::{Normalizer, RecordsBuilder, TablePlan, Translation};
use intake::open::{EvidenceFile, Survey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tables::records::{self, RecordsWriter};

use super::stages::{digest, table_failure};
use super::{Context, fold_rows};
use crate::case::Store;
use crate::failure::Failure;

/// Folder of what is kept of each file, within the stage store.
const FILES: &str = "files";
/// Rows in memory before they are written.
const ROWS_AT_ONCE: usize = 64 * 1024;

/// What is kept of one file.
pub(crate) struct KeptFile {
    /// Folder within the store, named after the inputs.
    pub(crate) folder: String,
    inputs: String,
}

impl KeptFile {
    /// Names what is kept of a file. Its yield depends on its bytes and those of its further parts, on what the survey says of
    /// it, on the rules, the program, what the case says of reading, and what the user decided about its columns.
    pub(crate) fn of(file: &EvidenceFile, survey: &Survey, context: Context<'_>) -> Self {
        let obtained = context.case.obtained(&file.path).unwrap_or_default();
        let own = [&file.path, &file.sha256, &context.rules.digest, &context.case.reading, &obtained];
        let mut parts: Vec<&str> = own.into_iter().map(String::as_str).collect();
        parts.push(env!("CARGO_PKG_VERSION"));
        parts.push(if file.known { "known" } else { "" });
        parts.extend([&file.duplicate_of, &file.part_of].map(|path| path.as_deref().unwrap_or_default()));
        let further = survey.files.iter().filter(|other| other.part_of.as_ref() == Some(&file.path));
        parts.extend(further.map(|other| other.sha256.as_str()));
        let decisions = context.rules.identifiers.decisions.iter().filter(|decision| decision.file == file.path);
        let decided: Vec<String> = decisions.map(|decision| format!("{decision:?}")).collect();
        parts.extend(decided.iter().map(String::as_str));
        parts.extend(file.problems.iter().map(|problem| problem.cause.as_str()));
        let inputs = digest(&parts);
        KeptFile { folder: format!("{FILES}/{}", &inputs[..32]), inputs }
    }

    /// Returns what a stage yielded on this file, if it is still there.
    pub(crate) fn reuse<T: DeserializeOwned>(&self, store: &Store, stage: &str) -> Option<T> {
        store.reuse(&format!("{}/{stage}", self.folder), &self.inputs)
    }

    /// Keeps what a stage yielded on this file.
    pub(crate) fn keep<T: Serialize + DeserializeOwned>(
        &self,
        store: &Store,
        stage: &str,
        value: T,
        tables: &[&str],
    ) -> Result<T, Failure> {
        store.make_folder(&self.folder)?;
        let tables: Vec<String> = tables.iter().map(|name| format!("{}/{name}", self.folder)).collect();
        let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
        store.keep(&format!("{}/{stage}", self.folder), &self.inputs, value, &tables)
    }

    /// Adds the rows of this file: from an earlier run, or read again and kept.
    pub(crate) fn rows(
        &self,
        file: &EvidenceFile,
        plans: &[TablePlan],
        store: &Store,
        context: Context<'_>,
        normalizer: &Normalizer<'_>,
        rows: &mut RecordsBuilder,
    ) -> Result<(), Failure> {
        if self.reuse::<u64>(store, "normalize").is_some() {
            load(store, &self.folder, rows)?;
            context.progress.advance(file.bytes);
            return Ok(());
        }
        let count = self.read(file, plans, store, context, normalizer, rows)?;
        self.keep(store, "normalize", count, &records::FILES).map(drop)
    }

    fn read(
        &self,
        file: &EvidenceFile,
        plans: &[TablePlan],
        store: &Store,
        context: Context<'_>,
        normalizer: &Normalizer<'_>,
        rows: &mut RecordsBuilder,
    ) -> Result<u64, Failure> {
        store.make_folder(&self.folder)?;
        let folder = store.folder().join(&self.folder);
        let mut writer = RecordsWriter::create(&folder, store.key()).map_err(|error| table_failure(&error))?;
        let (mut here, mut known, mut failed, mut count) = (RecordsBuilder::default(), Translation::default(), None, 0);
        let numbers: Vec<u32> = plans.iter().map(|plan| here.table(plan)).collect();
        let mut hand_on = |here: &mut RecordsBuilder| {
            count += here.held().len() as u64;
            failed = failed.take().or_else(|| writer.rows(here.held()).err());
            rows.append(here.held(), &mut known);
            here.let_go();
        };
        let Context { limits, threads, progress, .. } = context;
        fold_rows(file, plans, normalizer, limits, threads, progress, &mut |table, first_row, chunk| {
            here.fold(numbers[table as usize], first_row, chunk);
            if here.held().len() >= ROWS_AT_ONCE {
                hand_on(&mut here);
            }
        });
        hand_on(&mut here);
        let dictionaries = here.finish()?;
        rows.append_reasons(&dictionaries.reasons);
        match failed {
            Some(error) => Err(error),
            None => writer.finish(&dictionaries),
        }
        .map_err(|error| table_failure(&error))?;
        Ok(count)
    }
}

/// Adds the rows that are kept in a folder of the store.
pub(crate) fn load(store: &Store, folder: &str, rows: &mut RecordsBuilder) -> Result<(), Failure> {
    let (mut known, mut reasons) = (Translation::default(), None);
    let mut each = |part: &vocab::Records| {
        rows.append(part, &mut known);
        reasons.get_or_insert_with(|| part.reasons.clone());
    };
    records::read_rows(&store.folder().join(folder), store.key(), &mut each).map_err(|error| table_failure(&error))?;
    rows.append_reasons(&reasons.unwrap_or_default());
    Ok(())
}

/// Removes what is kept of files that are no longer evidence: nothing of what was withdrawn stays.
pub(crate) fn prune(store: &Store, in_use: &BTreeSet<String>) -> Result<(), Failure> {
    store.prune(FILES, |name| in_use.contains(&format!("{FILES}/{name}")))
}
