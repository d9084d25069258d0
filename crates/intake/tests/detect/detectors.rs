//! Detectors of the user's own, in columns and in text.

use std::io::Write as _;

use intake::detect::{self, Identifiers, check_rules, scan_text, type_columns};
use intake::open::{self, Depth, Limits, RowBlock};
use rulebook::Rulebook;
use vocab::DataElement;
use vocab::assessment::FindingState;
use vocab::progress::Silent;

use super::Numbers;

/// Badges: two letters, a region, six digits and a check digit by Luhn over the digits.
const BADGE: &str = r#"
name = "northwind-badge"
element = "account_number"
description = "badges of Northwind's staff"
pattern = 'NW-[A-F]([0-9]{7})'
check = "luhn"

[header]
strong = ["badge no"]

[text]
labels = ["badge", "Ausweis"]
against = ["door"]
bare = "review"

[examples]
valid = ["NW-A1234566", "NW-F7654320"]
impossible = ["NW-A1234567"]
damaged = ["NW-G1234566", "1234566"]
headers = ["Badge No", "badge_no"]
not_headers = ["badge colour"]
text = ["badge NW-A1234566 was lost"]
not_text = ["door NW-A1234566", "badge NW-A1234567", "badge XNW-A1234566"]
"#;

/// Names of projects: words that mean a person-level key here.
const PROJECTS: &str = r#"
name = "projects"
element = "cpni"
description = "code names of trials"
word_file = "projects.txt"

[text]
labels = []
against = []
bare = "report"

[examples]
valid = ["Blue Heron", "BLUE HERON"]
damaged = ["Blue Herons"]
text = ["joined blue heron in May"]
not_text = ["joined blue herons in May"]
"#;

fn book(files: &[(&str, &str)]) -> Rulebook {
    let mut book = Rulebook::embedded();
    files.iter().for_each(|(name, text)| book.put(&format!("detectors/{name}"), text));
    book
}

fn whole() -> Rulebook {
    book(&[("badge.toml", BADGE), ("projects.toml", PROJECTS), ("projects.txt", "Blue Heron\nRed Kite\nGrey Owl\n")])
}

fn badge(n: &mut Numbers) -> String {
    let body = n.digits(6);
    let check = (b'0'..=b'9').map(char::from).find(|c| detect::values::luhn(format!("{body}{c}").as_bytes()));
    format!("NW-{}{body}{}", n.of(&["A", "B", "C", "D", "E", "F"]), check.unwrap())
}

fn column(values: &[String]) -> RowBlock {
    let mut block = RowBlock { columns: 1, ..RowBlock::default() };
    for (row, value) in values.iter().enumerate() {
        let start = block.bytes.len() as u32;
        block.bytes.extend_from_slice(value.as_bytes());
        block.cells.push(open::Cell { start, length: value.len() as u32 });
        block.ordinals.push(row as u32);
        block.offsets.push(0);
        block.rows_met += 1;
    }
    block
}

#[test]
fn detectors_prove_their_examples() {
    assert_eq!(check_rules(&whole()), vec![]);
    assert_eq!(Identifiers::load(&whole()).unwrap().detectors.len(), 2);
}

#[test]
fn what_does_not_hold_is_named_with_its_key() {
    for (from, to, says) in [
        ("NW-[A-F]([0-9]{7})", "NW-[A-F", "pattern: "),
        ("NW-[A-F]([0-9]{7})", "(a{1,500}){1,500}", "pattern: too large"),
        ("NW-[A-F]([0-9]{7})", "[0-9]*", "pattern: it matches nothing at all"),
        ("NW-[A-F]([0-9]{7})", r"NW-[A-F]([0-9]{7})(?!x)", "look-around"),
        ("check = \"luhn\"", "check = \"lune\"", "check: there is no `lune`; write luhn"),
        ("valid = [\"NW-A1234566\"", "valid = [\"NW-A1234567\"", "examples.valid: `NW-A1234567` is impossible"),
        ("damaged = [\"NW-G1234566\"", "damaged = [\"NW-F1234566\"", "examples.damaged: `NW-F1234566` is valid"),
        ("not_headers = [\"badge colour\"", "not_headers = [\"badge no\"", "examples.not_headers: `badge no` names"),
        ("text = [\"badge NW", "text = [\"door NW", "examples.text: in `door NW-A1234566 was lost` it is not found"),
        ("\"door NW-A1234566\",", "\"badge NW-A1234566\",", "examples.not_text: in `badge NW-A1234566` it is found"),
    ] {
        assert!(BADGE.contains(from), "{from}");
        let wrong = book(&[("badge.toml", &BADGE.replace(from, to))]);
        let all = check_rules(&wrong).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(all.contains(says) && all.contains("detectors/badge.toml"), "{says} in {all}");
        // What does not hold is not used either.
        assert!(Identifiers::load(&wrong).is_err(), "{to}");
    }
    let twice = book(&[("a.toml", BADGE), ("b.toml", BADGE)]);
    let all = check_rules(&twice).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(all.contains("also used by detectors/a.toml"), "{all}");
}

#[test]
fn a_column_is_typed_and_checked_by_a_detector() {
    let ids = Identifiers::load(&whole()).unwrap();
    let plain = Identifiers::load(&Rulebook::embedded()).unwrap();
    let mut n = Numbers::new(5);
    let mut values: Vec<String> = (0..200).map(|_| badge(&mut n)).collect();
    values.push("NW-A1234567".to_owned());
    values.push("lost".to_owned());
    let block = column(&values);
    let typing = &type_columns(&ids, &[None], &block).columns[0];
    assert_eq!((typing.reported(), typing.detector), (Some(DataElement::AccountNumber), Some(0)), "{typing:?}");
    assert!(typing.reasons.iter().any(|reason| reason.contains("northwind-badge")), "{typing:?}");
    assert_eq!(type_columns(&plain, &[None], &block).columns[0].reported(), None);
    let mut counts = [0; 3];
    detect::Validator::of(typing).unwrap().run(&ids, &block, 0, |_, verdict| match verdict {
        detect::values::Verdict::Valid => counts[0] += 1,
        detect::values::Verdict::Impossible => counts[1] += 1,
        detect::values::Verdict::Damaged => counts[2] += 1,
        detect::values::Verdict::Missing => {}
    });
    assert_eq!(counts, [200, 1, 1]);
    // A pattern that any value of that shape fits says nothing without a header.
    let loose = "name = 'loose'\nelement = 'account_number'\ndescription = 'any nine digits'\npattern = '[0-9]{9}'\n\
        [header]\nstrong = ['badge no']\n[examples]\nvalid = ['123456789']\ndamaged = ['12']\nheaders = ['badge no']\n";
    let ids = Identifiers::load(&book(&[("loose.toml", loose)])).unwrap();
    let digits = column(&(0..200).map(|_| n.digits(9)).collect::<Vec<_>>());
    assert_eq!(type_columns(&ids, &[None], &digits).columns[0].reported(), None);
    let named = &type_columns(&ids, &[Some("badge no".to_owned())], &digits).columns[0];
    assert_eq!(named.reported(), Some(DataElement::AccountNumber), "{named:?}");
}

#[test]
fn text_is_the_same_however_it_is_cut() {
    let ids = Identifiers::load(&whole()).unwrap();
    let text = "badge NW-A1234566 of ann.lee@mail.net\nred kite, Red Kites, 536-22-8145\nNW-F7654320\nAusweis: NW-F7654320\n\
        http://x/?b=badge+NW%2DA1234566&c\n";
    let find = |cut: usize| {
        let mut found = Vec::new();
        let cut = text[..cut].rfind('\n').map_or(0, |at| at + 1);
        for (base, part) in [(0, &text[..cut]), (cut, &text[cut..])] {
            scan_text(&ids, part.as_bytes(), base as u64, &mut |hit| found.push(hit));
        }
        found
    };
    let found = find(0);
    let own: Vec<(&str, FindingState)> = found
        .iter()
        .filter(|hit| hit.detector.is_some())
        .map(|hit| (&text[hit.start as usize..hit.end as usize], hit.state))
        .collect();
    let (report, review) = (FindingState::Report, FindingState::Review);
    let expected = [
        ("NW-A1234566", report),
        ("red kite", report),
        ("NW-F7654320", review),
        ("NW-F7654320", report),
        ("NW%2DA1234566", report),
    ];
    assert_eq!(own, expected);
    assert!(found.iter().any(|hit| hit.element == DataElement::Email), "the rules go on finding: {found:?}");
    (0..text.len()).for_each(|cut| assert_eq!(find(cut), found));
}

#[test]
fn a_preview_counts_and_shows_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let mut n = Numbers::new(9);
    let mut csv = std::fs::File::create(folder.path().join("staff.csv")).unwrap();
    writeln!(csv, "email,pass").unwrap();
    for _ in 0..100 {
        writeln!(csv, "p{}@northwind.example,{}", n.digits(5), badge(&mut n)).unwrap();
    }
    writeln!(csv, "q@northwind.example,NW-A1234567").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "badge NW-A1234566\nNW-F7654320\ndoor NW-F7654320\n").unwrap();
    let (ids, known) = (Identifiers::load(&whole()).unwrap(), Identifiers::load(&Rulebook::embedded()).unwrap());
    let limits = Limits::default();
    let paths = [folder.path().to_path_buf()];
    let survey = open::survey(folder.path(), &paths, &limits, Depth::Full, 2, &Silent);
    let file = |name: &str| survey.files.iter().find(|file| file.path.ends_with(name)).unwrap();
    let preview = |name: &str, threads| detect::preview(file(name), &known, &ids, &limits, threads, &Silent);
    let found = preview("staff.csv", 2);
    assert_eq!(found, preview("staff.csv", 1));
    let hits = &found[0].columns[0];
    assert_eq!((hits.column, hits.values, hits.formed, hits.passed), (1, 101, 101, 100));
    assert_eq!(found[0].examples.len(), 5);
    assert!(found[0].examples.iter().all(|example| example.shape == "AA-A9999999"), "{found:?}");
    assert!(found[1].columns.is_empty() && found[1].examples.is_empty());
    let text = preview("notes.txt", 1)[0].text;
    assert_eq!((text.formed, text.passed, text.reported), (3, 3, 1), "{text:?}");
    assert_eq!((text.spoken_for, text.spoken_against), (1, 1), "{text:?}");
}
