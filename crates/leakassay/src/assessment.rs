//! THE RUN, top to bottom: start reading here.
//!
//! Each stage takes what the stages before it yielded, keeps its own yield with a receipt, and is not run again while the
//! receipt fits. Nothing here decides anything: rooms decide, the run hands on.

mod access;
mod assessed;
mod cannot_say;
mod changes;
pub(crate) mod doubts;
pub(crate) mod evidence;
mod first_answer;
mod fold;
mod kept;
pub(crate) mod outputs;
mod people;
mod personal_data;
pub(crate) mod recount;
mod reference;
mod rules;
mod stages;
pub(crate) mod tables;

use analysis::claim::{self, Findings};
use analysis::{duties, harm};
use intake::open::{self, Depth, Limits};
use vocab::assessment::{Assessment, CaseSummary, Run, SCHEMA, Totals};
use vocab::progress::Progress;

use crate::case::{Case, Custody, Store, check_decisions};
use crate::failure::Failure;

pub(crate) use assessed::Assessed;
pub(crate) use fold::fold_rows;
pub(crate) use rules::Rules;
use stages::Stages;

/// How to run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Worker threads; the result is the same for any number.
    pub(crate) threads: usize,
    /// Stop after the first answer, from a sample.
    pub(crate) quick: bool,
}

/// What every stage of a run works with.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) case: &'a Case,
    pub(crate) rules: &'a Rules,
    pub(crate) limits: &'a Limits,
    pub(crate) threads: usize,
    pub(crate) progress: &'a dyn Progress,
}

/// Assesses a case and writes its outputs.
pub(crate) fn assess(
    case: &Case,
    rules: &Rules,
    options: Options,
    custody: &mut Custody,
    progress: &dyn Progress,
) -> Result<Assessment, Failure> {
    let limits = case.limits()?;
    let context = Context { case, rules, limits: &limits, threads: options.threads, progress };
    custody.enter(
        "assess",
        serde_json::json!({ "case": case.digest.sha256, "rulebook": rules.digest, "quick": options.quick }),
    )?;
    let assessment = if options.quick { first_answer::assess(context)? } else { assess_whole(context)? };
    outputs::write(case, &assessment, custody)?;
    Ok(assessment)
}

fn assess_whole(context: Context<'_>) -> Result<Assessment, Failure> {
    let Context { case, rules, limits, threads, progress } = context;
    let facts = rules.facts(case)?;
    let store = Store::open(&case.outputs())?;
    let survey = open::survey(&case.root, &case.evidence_paths(), limits, Depth::Full, threads, progress);
    check_decisions(&case.file.column, &survey.files)?;
    let stages = Stages::new(context, &store, &survey);

    let findings = stages.detect()?;
    let records = stages.normalize(&findings)?;
    let entities = stages.resolve(&findings, &records)?;
    let comparison = reference::compare(&stages, &records.records)?;

    let claim = claim::verdicts(Findings {
        claim: case.file.claim.as_ref(),
        scope: case.evidence_scope(),
        sampled: false,
        files: &findings.files,
        elements: &entities.elements,
        people: &entities.people,
        reference: comparison.value.as_ref(),
    });
    let harm = harm::assess(&entities.people.profiles, &rules.harms);
    let duties = duties::due(&entities.people.profiles, &rules.duties, &facts);

    let mut assessment = Assessment {
        schema: SCHEMA.into(),
        case: summary(case),
        run: run(context, &stages.evidence_digest(), false),
        personal_data: personal_data::answer(&findings.files),
        evidence: findings.files,
        elements: entities.elements,
        people: entities.people,
        claim,
        access: access::report(&case.file),
        harm,
        duties,
        cannot_say: Vec::new(),
        totals: Totals::default(),
        receipts: [findings.receipt, records.receipt, entities.receipt, comparison.receipt].into(),
        files: outputs::names(false),
        changes: None,
    };
    assessment.totals =
        Totals::of(&assessment.evidence, &assessment.elements, &assessment.people.profiles, &assessment.duties);
    assessment.cannot_say = cannot_say::gather(&assessment, &rules.harms);
    changes::note(&mut assessment, context, &store)?;
    Ok(assessment)
}

fn summary(case: &Case) -> CaseSummary {
    let section = &case.file.case;
    CaseSummary {
        name: section.name.clone(),
        controller: section.controller.clone(),
        regimes: section.regimes.clone(),
        as_of: section.as_of.to_string(),
        discovered: section.discovered.map(|time| time.to_string()),
        claim_text: case.file.claim.as_ref().map(|claim| claim.text.clone()).filter(|text| !text.is_empty()),
        claim_posted: case.file.claim.as_ref().and_then(|claim| claim.posted).map(|day| day.to_string()),
    }
}

fn run(context: Context<'_>, evidence_digest: &str, sampled: bool) -> Run {
    let as_of = context.case.file.case.as_of.to_string();
    let parts = [
        evidence_digest,
        &context.case.digest.sha256,
        &context.rules.digest,
        &as_of,
        if sampled { "sample" } else { "whole" },
    ];
    Run {
        id: stages::digest(&parts),
        tool_version: env!("CARGO_PKG_VERSION").into(),
        rulebook_version: context.rules.digest.clone(),
        as_of,
        sampled,
    }
}
