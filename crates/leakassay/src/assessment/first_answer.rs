//! The first answer: what a bounded sample shows, at any size, marked as an estimate.
//!
//! It says whether personal data is in it, which kinds and roughly how many rows and people. It says nothing of harm and
//! duties: these are counted, never extrapolated.

use analysis::claim::{self, Findings};
use analysis::resolve::{self, Options};
use intake::detect;
use intake::normalize::RecordsBuilder;
use intake::open::{self, Depth, Survey};
use jiff::tz::TimeZone;
use vocab::Interval;
use vocab::assessment::{
    Assessment, Bound, CannotSay, ElementCount, FileReport, HarmReport, PeopleReport, SCHEMA, Totals,
};
use vocab::progress::Silent;

use super::evidence::RowsByElement;
use super::{Context, access, evidence, outputs, personal_data, stages};
use crate::case::check_decisions;
use crate::failure::Failure;

/// Answers from a sample.
pub(super) fn assess(context: Context<'_>) -> Result<Assessment, Failure> {
    let Context { case, limits, threads, progress, .. } = context;
    let survey = open::survey(&case.root, &case.evidence_paths(), limits, Depth::Quick, threads, progress);
    check_decisions(&case.file.column, &survey.files)?;
    let mut rows = RowsByElement::new();
    let mut files: Vec<FileReport> = Vec::new();
    for file in &survey.files {
        let findings = detect::profile_sample(file, &context.rules.identifiers, context.threads);
        evidence::add_rows(&mut rows, &findings);
        files.push(evidence::report(file, &findings, case));
    }
    files.extend(evidence::absent(&survey.problems, case));
    let people = people(context, &survey)?;
    let elements = elements(&rows);
    let claim = claim::verdicts(Findings {
        claim: case.file.claim.as_ref(),
        scope: case.evidence_scope(),
        sampled: true,
        files: &files,
        elements: &elements,
        people: &people,
        reference: None,
    });
    let digest = stages::digest(&survey.files.iter().map(|file| file.path.as_str()).collect::<Vec<_>>());
    Ok(Assessment {
        schema: SCHEMA.into(),
        case: super::summary(case),
        run: super::run(context, &digest, true),
        personal_data: personal_data::answer(&files),
        evidence: files,
        elements,
        people,
        claim,
        access: access::report(&case.file),
        harm: HarmReport { bands: Vec::new(), attacks: Vec::new(), profiles: Vec::new() },
        duties: Vec::new(),
        totals: Totals::default(),
        cannot_say: vec![CannotSay {
            question: "How many people exactly, what harm, which duties?".into(),
            because: "this is the first answer, from a sample of the evidence".into(),
            would_help: "the whole run: `leakassay assess` without --quick".into(),
        }],
        receipts: Vec::new(),
        files: outputs::names(true),
        changes: None,
    })
}

/// People in the sample, and what they suggest for the whole. Nobody can be more people than there are rows; at least
/// those of the sample are there. Between files nothing is extrapolated but the share of rows that repeat a person.
fn people(context: Context<'_>, survey: &Survey) -> Result<PeopleReport, Failure> {
    let rules = context.rules;
    let normalizer = rules.normalizer();
    let mut builder = RecordsBuilder::default();
    let mut rows = 0;
    for file in &survey.files {
        let typings = detect::type_file(&rules.identifiers, file, context.threads);
        for (head, plan) in file.tables.iter().zip(evidence::plans(file, &typings)) {
            let table = builder.table(&plan);
            builder.fold(table, 1, &normalizer.block(&plan, &head.sample));
            rows += head.rows_estimate;
        }
    }
    let records = builder.finish()?;
    let as_of = context.case.file.case.as_of.to_zoned(TimeZone::UTC).date();
    let options = Options::new(context.threads, as_of);
    let found = resolve::entities(&records, &rules.comparisons, &options, &Silent).report;
    let scale = rows as f64 / (records.len().max(1)) as f64;
    let likely = (found.count.likely as f64 * scale.max(1.0)).round() as u64;
    let count = Interval::around(found.count.low, likely, rows.max(found.count.high));
    let bound = |bound: &str, people: u64, rule: &str| Bound { bound: bound.into(), people, rule: rule.into() };
    Ok(PeopleReport {
        rows,
        count,
        bounds: vec![
            bound("low", count.low, "people told apart in the sample alone"),
            bound(
                "likely",
                count.likely,
                "people of the sample, scaled by rows; people who repeat beyond it are not known",
            ),
            bound("high", count.high, "every row its own person"),
        ],
        ..PeopleReport::default()
    })
}

/// Elements of the sample; people are not counted by element in a first answer.
fn elements(rows: &RowsByElement) -> Vec<ElementCount> {
    let people = rows.iter().map(|(element, rows)| (*element, Interval { low: 0, likely: 0, high: rows.rows }));
    evidence::element_counts(rows, &people.collect())
}
