//! Compares the rows of the evidence with the controller's own records, if the case names any.

use std::path::PathBuf;

use analysis::claim::reference::{Comparison, DumpIndex, Matches};
use intake::detect;
use intake::normalize::{Normalizer, RecordsBuilder, TablePlan};
use intake::open::{self, Depth, EvidenceFile};
use intake::reference::{self, ReferenceBlock, ReferenceColumns, ReferenceLayout};
use vocab::receipt::Digest;
use vocab::{Problem, Receipt, Records};

use super::stages::Stages;
use super::{Context, evidence};
use crate::case::Reference;
use crate::failure::Failure;

/// The comparison, with its receipt.
pub(crate) struct Compared {
    /// Null if there is no reference, or nothing in it could be used.
    pub(crate) value: Option<Comparison>,
    pub(crate) receipt: Receipt,
}

/// Streams every reference once past an index of the evidence's rows.
pub(crate) fn compare(stages: &Stages<'_>, records: &Records) -> Result<Compared, Failure> {
    let Context { case, limits, threads, progress, .. } = stages.context();
    let mut receipt = stages.receipt("reference");
    receipt.inputs.clear();
    if case.file.reference.is_empty() {
        return Ok(Compared { value: None, receipt });
    }
    let index = DumpIndex::build(records);
    let mut matches = Matches::new(&index);
    for source in &case.file.reference {
        let path = local(source)?;
        let survey = open::survey(&case.root, &[path], limits, Depth::Full, threads, progress);
        receipt.problems.extend(survey.problems.iter().cloned());
        for file in &survey.files {
            receipt.inputs.push(Digest { name: file.path.clone(), sha256: file.sha256.clone() });
            receipt.problems.extend(file.problems.iter().cloned());
            match layouts(file, source) {
                Ok(layouts) => probe(stages, file, &layouts, &index, &mut matches, &mut receipt),
                Err(problem) => receipt.problems.push(problem),
            }
        }
    }
    Ok(Compared { value: matches.finish(), receipt })
}

/// Databases are exported to a file first: then the file is evidence, with a digest.
fn local(source: &Reference) -> Result<PathBuf, Failure> {
    if source.source.contains("://") {
        return Err(Failure::wrong_use(
            format!("reference `{}` names a database", source.name),
            "export the table to Parquet or CSV into the case folder and name the file",
        ));
    }
    Ok(PathBuf::from(&source.source))
}

fn layouts(file: &EvidenceFile, source: &Reference) -> Result<Vec<ReferenceLayout>, Problem> {
    let columns = ReferenceColumns {
        key: source.key.clone(),
        valid_from: source.valid_from.clone(),
        valid_to: source.valid_to.clone(),
    };
    file.tables.iter().map(|head| ReferenceLayout::of(head, &columns)).collect()
}

fn probe(
    stages: &Stages<'_>,
    file: &EvidenceFile,
    layouts: &[ReferenceLayout],
    index: &DumpIndex,
    matches: &mut Matches<'_>,
    receipt: &mut Receipt,
) {
    let Context { rules, limits, threads, progress, .. } = stages.context();
    let typings: Vec<_> =
        file.tables.iter().map(|head| detect::type_table(&rules.identifiers, head, threads)).collect();
    let plans = evidence::plans(file, &typings);
    let normalizer = rules.normalizer();
    progress.start("reference", "bytes", Some(file.bytes));
    let work = |block: ReferenceBlock| {
        let records = records_of(&normalizer, &plans[block.table as usize], &block);
        index.probe(&records, &block.periods)
    };
    let totals = reference::stream(file, layouts, limits, threads, progress, &work, &mut |hits| matches.add(hits));
    progress.finish(&format!("{} rows of the controller's records compared", totals.stream.rows_parsed));
    receipt.rows_in += totals.stream.rows_in;
    receipt.rows_out += totals.stream.rows_parsed;
    receipt.set_aside.extend(totals.stream.set_aside);
    receipt.problems.extend(totals.stream.problems);
}

/// Brings one block of the reference into standard form, with dictionaries of its own.
fn records_of(normalizer: &Normalizer<'_>, plan: &TablePlan, block: &ReferenceBlock) -> Records {
    let mut builder = RecordsBuilder::default();
    let table = builder.table(plan);
    builder.fold(table, 1, &normalizer.block(plan, &block.rows));
    // A block has fewer rows than a case can number.
    builder.finish().expect("a block is within the limit on rows")
}
