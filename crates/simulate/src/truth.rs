//! `truth.json` from the sums.

use std::collections::{BTreeMap, BTreeSet};

use rulebook::{RuleError, Rulebook};
use vocab::assessment::{ClassCount, ElementCount, JurisdictionCount};
use vocab::truth::{FileTruth, PeopleTruth, TRUTH_SCHEMA, TableTruth, Truth};
use vocab::{DataElement, ExposureProfile, Interval, Jurisdiction};

use crate::days;
use crate::output::{PLAN_ROWS, PLAN_TABLE};
use crate::scenario::Scenario;
use crate::tables::{SQL_FILE, TableId};
use crate::tally::Tally;
use crate::world::World;

/// Draws up the truth.
pub(crate) fn draw_up(scenario: &Scenario, world: &World, tally: &Tally, rules: &Rulebook) -> Result<Truth, RuleError> {
    let profiles = profiles(world, tally);
    let duties = crate::duties::decide(&profiles, rules)?;
    let by_class: Vec<ClassCount> = TableId::ALL.iter().map(|table| class(*table, tally)).collect();
    Ok(Truth {
        schema: TRUTH_SCHEMA.to_owned(),
        scenario: "full-dump".to_owned(),
        seed: scenario.seed,
        files: files(tally),
        elements: elements(tally, &profiles),
        people: PeopleTruth {
            rows: by_class.iter().map(|class| class.rows).sum(),
            accounts: tally.accounts,
            count: tally.people,
            devices: tally.devices,
            by_jurisdiction: by_jurisdiction(&profiles),
            by_class,
            profiles,
        },
        snapshot: days::iso(scenario.snapshot),
        duties,
    })
}

fn profiles(world: &World, tally: &Tally) -> Vec<ExposureProfile> {
    let mut sums: BTreeMap<_, u64> = BTreeMap::new();
    for ((elements, states, minor), people) in &tally.profiles {
        let mut jurisdictions: Vec<Jurisdiction> =
            (0..64).filter(|state| states >> state & 1 == 1).map(|state| world.code(state)).collect();
        jurisdictions.sort_unstable();
        if jurisdictions.is_empty() {
            jurisdictions.push(Jurisdiction::UNKNOWN);
        }
        *sums.entry((*elements, jurisdictions, *minor)).or_default() += people;
    }
    sums.into_iter()
        .map(|((elements, jurisdictions, minor), people)| ExposureProfile {
            elements,
            jurisdictions,
            minor: [Some(false), Some(true), None][usize::from(minor)],
            people: Interval::exact(people),
        })
        .collect()
}

fn by_jurisdiction(profiles: &[ExposureProfile]) -> Vec<JurisdictionCount> {
    let mut sums: BTreeMap<Jurisdiction, (u64, BTreeMap<DataElement, u64>)> = BTreeMap::new();
    for profile in profiles {
        for jurisdiction in &profile.jurisdictions {
            let (people, elements) = sums.entry(*jurisdiction).or_default();
            *people += profile.people.likely;
            for element in profile.elements.iter() {
                *elements.entry(element).or_default() += profile.people.likely;
            }
        }
    }
    sums.into_iter()
        .map(|(jurisdiction, (people, elements))| JurisdictionCount {
            jurisdiction,
            people: Interval::exact(people),
            elements,
        })
        .collect()
}

fn elements(tally: &Tally, profiles: &[ExposureProfile]) -> Vec<ElementCount> {
    let mut listed: BTreeSet<DataElement> =
        TableId::ALL.iter().flat_map(|table| table.table().elements().iter()).collect();
    // A row that lost half a name holds the other half on its own.
    listed.extend(profiles.iter().flat_map(|profile| profile.elements.iter()));
    listed
        .into_iter()
        .map(|element| {
            let rows = tally.elements[element as usize];
            let with = profiles.iter().filter(|profile| profile.elements.contains(element));
            ElementCount {
                element,
                rows: rows.rows,
                rows_valid: rows.valid,
                rows_impossible: rows.impossible,
                rows_damaged: rows.damaged,
                people: Interval::exact(with.map(|profile| profile.people.likely).sum()),
            }
        })
        .collect()
}

fn class(table: TableId, tally: &Tally) -> ClassCount {
    let sums = tally.classes[table as usize];
    ClassCount {
        class: table.class(),
        rows: sums.rows,
        accounts: table.table().position(DataElement::AccountNumber).map(|_| sums.accounts),
        people: Interval::exact(sums.people),
        elements: table.table().elements(),
    }
}

/// Files in the order of their paths, with the small table of plans in which nobody is.
fn files(tally: &Tally) -> Vec<FileTruth> {
    let mut files: BTreeMap<&str, Vec<TableTruth>> = BTreeMap::new();
    for table in TableId::ALL {
        let sums = tally.classes[table as usize];
        files.entry(table.table().file).or_default().push(TableTruth {
            name: table.table().name.to_owned(),
            rows: sums.rows,
            rows_broken: sums.broken,
            columns: table.table().columns.iter().map(|column| column.1).collect(),
        });
    }
    let plans = TableTruth { name: PLAN_TABLE.to_owned(), rows: PLAN_ROWS, rows_broken: 0, columns: vec![None; 3] };
    files.entry(SQL_FILE).or_default().push(plans);
    files.into_iter().map(|(path, tables)| FileTruth { path: path.to_owned(), tables }).collect()
}
