//! What the truth promises: sums that reconcile, the shape of the case, the same bytes each time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use simulate::SimulateError;
use vocab::assessment::YesNo;
use vocab::progress::Silent;
use vocab::truth::Truth;
use vocab::{DataElement, ElementSet, Jurisdiction};

fn made(people: u64, seed: u64) -> (tempfile::TempDir, Truth) {
    let folder = tempfile::tempdir().unwrap();
    let truth = simulate::full_dump(people, seed, folder.path(), &Silent).unwrap();
    (folder, truth)
}

/// The bytes of all files below a folder.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(path.strip_prefix(root).unwrap().display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_same_seed_makes_the_same_bytes_on_any_number_of_threads() {
    let made = |threads| {
        let folder = tempfile::tempdir().unwrap();
        simulate::full_dump_on(20_000, 3, simulate::Dirtiness::Usual, folder.path(), threads, &Silent).unwrap();
        contents(folder.path())
    };
    let (one, three) = (made(1), made(3));
    assert_eq!(one.keys().collect::<Vec<_>>(), three.keys().collect::<Vec<_>>());
    assert_eq!(one.len(), 10, "five of evidence, reference, rows, truth, case, note");
    for (name, bytes) in &one {
        assert!(bytes == &three[name], "{name} differs");
    }
}

#[test]
fn ten_seeds_are_ten_worlds() {
    let mut snapshots = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for seed in 0..10 {
        let (folder, truth) = made(300, seed);
        assert_eq!(truth.seed, seed);
        snapshots.insert(truth.snapshot);
        texts.insert(std::fs::read(folder.path().join("evidence/credit_apps_all.txt")).unwrap());
    }
    assert_eq!(texts.len(), 10);
    assert!(snapshots.len() > 3);
}

#[test]
fn the_sums_reconcile() {
    let (_folder, truth) = made(30_000, 11);
    let people = &truth.people;
    assert!(people.count <= 30_000 && people.count > 29_950, "{}", people.count);
    assert_eq!(people.profiles.iter().map(|profile| profile.people.likely).sum::<u64>(), people.count);
    assert_eq!(people.by_class.iter().map(|class| class.rows).sum::<u64>(), people.rows);
    let written: u64 = truth.files.iter().flat_map(|file| &file.tables).map(|table| table.rows).sum();
    assert_eq!(written, people.rows + 6, "and six plans nobody is in");
    for count in &people.by_jurisdiction {
        let there = people.profiles.iter().filter(|profile| profile.jurisdictions.contains(&count.jurisdiction));
        assert_eq!(there.map(|profile| profile.people.likely).sum::<u64>(), count.people.likely);
        assert!(count.elements.values().all(|with| *with <= count.people.likely));
    }
    for element in &truth.elements {
        assert_eq!(
            element.rows,
            element.rows_valid + element.rows_impossible + element.rows_damaged,
            "{:?}",
            element.element
        );
        assert!(element.people.likely <= element.rows_valid, "{:?}", element.element);
    }
    let accounts: u64 = people.by_class.iter().filter_map(|class| class.accounts).sum();
    assert_eq!(accounts, people.accounts, "an account is in one class only");
    let rows_a_person = people.rows as f64 / people.count as f64;
    assert!((1.1..1.6).contains(&rows_a_person), "{rows_a_person}");
    let text = serde_json::to_string(&truth).unwrap();
    assert_eq!(serde_json::from_str::<Truth>(&text).unwrap(), truth);
}

#[test]
fn the_classes_have_the_published_proportions() {
    let (_folder, truth) = made(60_000, 5);
    let people = |name: &str| {
        truth.people.by_class.iter().find(|class| class.class.contains(name)).unwrap().people.likely as f64
    };
    let credit = people("credit_apps");
    // Million records: 7.8 A, 5.3 B, 40 credit applicants, 0.667 former, 0.85 prepaid, 26 compiled.
    for (name, published) in [
        ("postpaid_customer", 7.8),
        ("postpaid_b", 5.3),
        ("former_customer", 0.667),
        ("prepaid", 0.85),
        ("contacts", 26.0),
    ] {
        let (found, wanted) = (people(name) / credit, published / 40.0);
        assert!((found / wanted - 1.0).abs() < 0.15, "{name}: {found:.4} against {wanted:.4}");
    }
    let classes: f64 = truth
        .people
        .by_class
        .iter()
        .filter(|class| !class.elements.contains(DataElement::Imsi) || class.elements.contains(DataElement::Name))
        .map(|class| class.people.likely as f64)
        .sum();
    assert!(classes > 1.05 * truth.people.count as f64, "people overlap between files");
    assert!(truth.people.devices > 0);
}

#[test]
fn elements_are_those_the_company_named() {
    let (_folder, truth) = made(5_000, 2);
    let of = |name: &str| truth.people.by_class.iter().find(|class| class.class.contains(name)).unwrap().elements;
    let has = |set: ElementSet, elements: &[DataElement]| elements.iter().all(|element| set.contains(*element));
    use DataElement as E;
    assert!(has(of("postpaid_customer"), &[E::Name, E::Dob, E::Ssn, E::DriverLicense, E::Phone, E::Imei, E::Imsi]));
    assert!(!of("postpaid_b").contains(E::Ssn) && !of("postpaid_b").contains(E::DriverLicense));
    assert!(!of("credit_apps").contains(E::Phone) && !of("credit_apps").contains(E::AccountNumber));
    assert!(has(of("prepaid"), &[E::Name, E::Phone, E::AccountPin]));
    assert!(!of("device_map").contains(E::Name) && !of("hlr_lines").contains(E::Name));
    assert!(!of("contacts").contains(E::Ssn));
}

#[test]
fn people_live_everywhere() {
    let (_folder, truth) = made(60_000, 9);
    let found: BTreeSet<Jurisdiction> = truth.people.by_jurisdiction.iter().map(|count| count.jurisdiction).collect();
    for code in ["CA", "WY", "DC", "PR", "GU", "AE"] {
        assert!(found.contains(&Jurisdiction::from_code(code).unwrap()), "{code}");
    }
    let minors: u64 = truth
        .people
        .profiles
        .iter()
        .filter(|profile| profile.minor == Some(true))
        .map(|profile| profile.people.likely)
        .sum();
    assert!((0.02..0.12).contains(&(minors as f64 / truth.people.count as f64)), "{minors}");
    let movers: u64 = truth
        .people
        .profiles
        .iter()
        .filter(|profile| profile.jurisdictions.len() > 1)
        .map(|profile| profile.people.likely)
        .sum();
    assert!(movers > 0);
}

#[test]
fn duties_follow_the_letter() {
    let (_folder, truth) = made(20_000, 4);
    let duty = |regime: &str| truth.duties.iter().find(|duty| duty.regime == regime).unwrap();
    assert_eq!(truth.duties.len(), 68);
    // RCW 19.255.005(2)(a)(i): name with SSN or full date of birth.
    assert_eq!(duty("WA").trigger, YesNo::Yes);
    assert!(duty("WA").elements.contains(DataElement::Dob));
    // Tex. Bus. & Com. Code 521.002(a)(2): name with SSN or driver's licence; a date of birth is no element.
    assert_eq!(duty("TX").trigger, YesNo::Yes);
    assert!(!duty("TX").elements.contains(DataElement::Dob));
    let residents = |code: &str| {
        let place = Jurisdiction::from_code(code).unwrap();
        truth.people.by_jurisdiction.iter().find(|count| count.jurisdiction == place).unwrap().people.likely
    };
    assert!(duty("TX").people < residents("TX"), "who is only in the contacts is not owed notice");
    // O.C.G.A. 10-1-911: binds information brokers and public bodies.
    assert_eq!(duty("GA").trigger, YesNo::CannotTell);
    assert_eq!(duty("US-FCC-2023").trigger, YesNo::No, "adopted, not in effect");
    assert_eq!(duty("US-HIPAA").trigger, YesNo::No, "the carrier is no HIPAA entity");
    assert_eq!(duty("US-SEC-8K").trigger, YesNo::No, "no notice to individuals");
}

#[test]
fn what_cannot_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let make = |people, path: &Path| simulate::full_dump(people, 1, path, &Silent);
    assert!(matches!(make(0, folder.path()), Err(SimulateError::People { people: 0 })));
    assert!(matches!(make(simulate::MOST_PEOPLE + 1, folder.path()), Err(SimulateError::People { .. })));
    std::fs::write(folder.path().join("case.toml"), "[case]\nname = \"a real one\"\n").unwrap();
    assert!(matches!(make(5, folder.path()), Err(SimulateError::NotOurs)));
    assert_eq!(contents(folder.path()).len(), 1, "nothing was touched");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = make(5, &file).unwrap_err();
    assert!(matches!(error, SimulateError::Write { .. }));
    assert!(error.to_string().starts_with("cannot write "), "{error}");
}

#[test]
fn the_smallest_case_is_whole() {
    let (folder, truth) = made(1, 1);
    assert_eq!(truth.people.count, 1);
    assert_eq!(contents(folder.path()).len(), 10);
    // Written over by the next run, since it is ours.
    simulate::full_dump(2, 1, folder.path(), &Silent).unwrap();
}
