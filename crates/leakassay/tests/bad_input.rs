//! Evidence comes from criminals: each bad input is named, costs nothing but itself, and shows in the exit code.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use zip::write::SimpleFileOptions;

use crate::session::{Case, finish, hand_made_csv, leakassay, program};

const GOOD: &str = "evidence/good.csv";
const GOOD_ROWS: u64 = 80;

/// A case with a good file beside a bad one.
fn case_with(bad: &str, bytes: &[u8]) -> Case {
    Case::of(&[(GOOD, hand_made_csv(GOOD_ROWS as usize).as_bytes()), (bad, bytes)])
}

fn file<'a>(assessment: &'a Value, path: &str) -> &'a Value {
    let files = assessment["evidence"].as_array().unwrap();
    files
        .iter()
        .find(|file| file["path"] == path)
        .unwrap_or_else(|| panic!("{path} is not in the assessment: {files:#?}"))
}

/// Runs the case and checks what holds for every bad input: the exit code, the good file untouched, the bad one named with
/// a kind, a cause and something to do, rows in balance. Returns the report on the bad file.
#[track_caller]
fn check(case: &Case, bad: &str, code: i32, kind: Option<&str>) -> Value {
    let session = case.assess().ends_with(code);
    let assessment = case.assessment();
    assert_eq!(file(&assessment, GOOD)["rows_parsed"], GOOD_ROWS, "the good file was not read whole");
    assert!(assessment["people"]["count"]["likely"].as_u64() >= Some(GOOD_ROWS), "people of the good file are gone");
    let report = file(&assessment, bad).clone();
    let rows = ["rows_in", "rows_parsed", "rows_set_aside"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(rows[0], rows[1] + rows[2], "{report:#}");
    if let Some(kind) = kind {
        let problems = report["problems"].as_array().unwrap();
        let problem = problems.iter().find(|problem| problem["kind"] == kind);
        let problem = problem.unwrap_or_else(|| panic!("no problem of kind {kind}: {report:#}"));
        for part in ["cause", "hint", "path"] {
            assert!(problem[part].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        let name = bad.rsplit('/').next().unwrap();
        assert!(
            session.stderr.contains(name) || session.stdout.contains(name),
            "{name} is not named:\n{}",
            session.stderr
        );
    }
    leakassay(&["verify", case.word()]).ends_with(0);
    report
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zip_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file(name, SimpleFileOptions::default()).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap().into_inner()
}

fn set_aside(report: &Value) -> u64 {
    report["rows_set_aside"].as_u64().unwrap()
}

#[test]
fn a_truncated_gzip_gives_the_rows_before_the_cut() {
    let whole = gzip(hand_made_csv(5000).as_bytes());
    let case = case_with("evidence/cut.csv.gz", &whole[..whole.len() / 2]);
    let report = check(&case, "evidence/cut.csv.gz", 3, Some("truncated"));
    assert!(report["rows_parsed"].as_u64() > Some(1000), "{report:#}");
    assert!(report["rows_parsed"].as_u64() < Some(5000), "{report:#}");
}

#[test]
fn a_damaged_gzip_is_named() {
    let mut bytes = gzip(hand_made_csv(5000).as_bytes());
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40].fill(0xA5);
    check(&case_with("evidence/damaged.csv.gz", &bytes), "evidence/damaged.csv.gz", 3, Some("corrupt"));
}

#[test]
fn a_bomb_is_stopped_early_and_in_little_memory() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let lines = b"0\n".repeat(1 << 19);
    for _ in 0..3 << 10 {
        encoder.write_all(&lines).unwrap();
    }
    // Packed twice: once packed, three gigabytes are within what an honest export may expand to.
    let bomb = gzip(&encoder.finish().unwrap());
    let begun = Instant::now();
    let case = case_with("evidence/bomb.gz", &bomb);
    let limited = format!("ulimit -v {}; exec \"$0\" \"$@\"", 6 << 20);
    let mut shell = Command::new("bash");
    finish(shell.args(["-c", &limited]).arg(program()).args(["assess", case.word(), "-q", "--threads", "2"]))
        .ends_with(3);
    assert!(begun.elapsed() < Duration::from_secs(60), "the bomb took {:?}", begun.elapsed());
    check(&case, "evidence/bomb.gz", 3, Some("limit_reached"));
}

#[test]
fn archives_ten_deep_are_not_followed_to_the_end() {
    let mut bytes = hand_made_csv(20).into_bytes();
    for depth in 0..10 {
        bytes = zip_of(&format!("{depth}.zip"), &bytes);
    }
    let report = check(&case_with("evidence/deep.zip", &bytes), "evidence/deep.zip", 3, Some("limit_reached"));
    assert_eq!(report["rows_parsed"], 0);
}

#[test]
fn an_archive_in_an_archive_is_read() {
    let bytes = gzip(&zip_of("list.csv", hand_made_csv(70).as_bytes()));
    let report = check(&case_with("evidence/two.zip.gz", &bytes), "evidence/two.zip.gz", 0, None);
    assert_eq!(report["rows_parsed"], 70);
}

#[test]
fn a_member_that_climbs_out_writes_nothing() {
    let bytes = zip_of("../../climbed.csv", hand_made_csv(30).as_bytes());
    let case = case_with("evidence/climb.zip", &bytes);
    case.assess();
    assert!(!case.root().parent().unwrap().join("climbed.csv").exists());
    assert!(!case.path("climbed.csv").exists());
}

#[test]
fn an_endless_line_is_set_aside_in_bounded_memory() {
    // Above the limit for a line by far, and more than the memory the program is given here.
    let mut bytes = b"first_name,last_name,ssn\nMaria,Alvarez,".to_vec();
    bytes.resize(1200 << 20, b'7');
    let case = Case::of(&[(GOOD, hand_made_csv(GOOD_ROWS as usize).as_bytes())]);
    fs::write(case.path("evidence/endless.csv"), &bytes).unwrap();
    drop(bytes);
    case.describe(&[GOOD, "evidence/endless.csv"]);
    let report = check(&case, "evidence/endless.csv", 3, None);
    assert!(report.to_string().contains("line_too_long") || report.to_string().contains("limit_reached"), "{report:#}");
}

#[test]
fn nulls_are_data_and_not_the_end() {
    let mut bytes = hand_made_csv(200).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 40;
    bytes.splice(at..at, [0, 0, 0]);
    bytes.extend(hand_made_csv(100).lines().skip(1).flat_map(|line| format!("{line}\n").into_bytes()));
    let report = check(&case_with("evidence/nulls.csv", &bytes), "evidence/nulls.csv", 0, None);
    assert!(report["rows_in"].as_u64() >= Some(299), "{report:#}");
    assert!(set_aside(&report) <= 2, "{report:#}");
}

#[test]
fn an_unclosed_quote_costs_one_row_and_not_the_rest() {
    let mut text = hand_made_csv(400);
    let middle = text.match_indices('\n').nth(200).unwrap().0 + 1;
    text.insert_str(middle, "\"Maria,\"Alvarez\",\"1950-01-01\n");
    let report = check(&case_with("evidence/quote.csv", text.as_bytes()), "evidence/quote.csv", 0, None);
    assert!(report["rows_parsed"].as_u64() >= Some(390), "the quote swallowed rows: {report:#}");
    assert!(set_aside(&report) >= 1, "{report:#}");
}

#[test]
fn ragged_rows_are_set_aside_and_counted() {
    let mut text = hand_made_csv(300);
    text.push_str("\"only\",\"two\"\n");
    text.push_str("\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"\n");
    let report = check(&case_with("evidence/ragged.csv", text.as_bytes()), "evidence/ragged.csv", 0, None);
    assert_eq!((report["rows_in"].as_u64(), set_aside(&report)), (Some(302), 2), "{report:#}");
    let reasons: Vec<&str> =
        report["set_aside"].as_array().unwrap().iter().filter_map(|reason| reason["reason"].as_str()).collect();
    assert!(!reasons.is_empty() && reasons.iter().all(|reason| !reason.is_empty()), "{report:#}");
}

#[test]
fn invalid_utf8_costs_no_row() {
    let mut bytes = hand_made_csv(300).into_bytes();
    bytes.extend(b"\"Jos\xe9\",\"Mu\xff\xfeoz\",\"1950-01-01\",\"518-11-2001\",\"(208) 234-1000\",\"1 Hill St\",\"Boise, ID\",\"83702\"\n");
    let report = check(&case_with("evidence/bytes.csv", &bytes), "evidence/bytes.csv", 0, None);
    assert_eq!(report["rows_in"], 301, "{report:#}");
    assert_eq!(report["rows_parsed"], 301, "{report:#}");
}

#[test]
fn an_empty_file_is_named() {
    check(&case_with("evidence/empty.csv", b""), "evidence/empty.csv", 3, Some("empty"));
}

#[test]
fn an_absent_file_is_named() {
    let case = Case::of(&[(GOOD, hand_made_csv(GOOD_ROWS as usize).as_bytes())]);
    case.describe(&[GOOD, "evidence/absent.csv"]);
    check(&case, "evidence/absent.csv", 3, Some("absent"));
}

#[test]
fn a_link_out_of_the_case_is_not_followed() {
    let outside = Case::of(&[("secret.csv", hand_made_csv(500).as_bytes())]);
    let case = Case::of(&[(GOOD, hand_made_csv(GOOD_ROWS as usize).as_bytes())]);
    symlink(outside.path("secret.csv"), case.path("evidence/link.csv")).unwrap();
    case.describe(&[GOOD, "evidence/link.csv"]);
    let report = check(&case, "evidence/link.csv", 3, Some("link_leaves_case"));
    assert_eq!(report["rows_in"], 0, "{report:#}");
}

#[test]
fn a_folder_that_is_a_link_out_of_the_case_is_not_followed() {
    let outside = Case::of(&[("secret.csv", hand_made_csv(500).as_bytes())]);
    let case = Case::of(&[(GOOD, hand_made_csv(GOOD_ROWS as usize).as_bytes())]);
    symlink(outside.root(), case.path("evidence/folder")).unwrap();
    case.describe(&["evidence"]);
    case.assess();
    let assessment = case.assessment();
    let rows: u64 = assessment["evidence"].as_array().unwrap().iter().filter_map(|file| file["rows_in"].as_u64()).sum();
    assert_eq!(rows, GOOD_ROWS, "rows were read through the link");
}

#[test]
fn a_link_that_leads_to_itself_ends() {
    let case = Case::of(&[(GOOD, hand_made_csv(GOOD_ROWS as usize).as_bytes())]);
    symlink("loop", case.path("evidence/loop")).unwrap();
    symlink(case.path("evidence"), case.path("evidence/up")).unwrap();
    case.describe(&["evidence"]);
    case.assess();
    assert_eq!(file(&case.assessment(), GOOD)["rows_parsed"], GOOD_ROWS);
}

#[test]
fn a_pipe_in_the_evidence_does_not_hang_the_run() {
    let case = Case::of(&[(GOOD, hand_made_csv(GOOD_ROWS as usize).as_bytes())]);
    assert!(Command::new("mkfifo").arg(case.path("evidence/pipe")).status().unwrap().success());
    case.describe(&["evidence"]);
    let mut timed = Command::new("timeout");
    let session = finish(timed.arg("60").arg(program()).args(["assess", case.word(), "-q"]));
    assert_ne!(session.code, 124, "the run waits for the pipe");
    assert_eq!(file(&case.assessment(), GOOD)["rows_parsed"], GOOD_ROWS);
}

/// Root may read everything, so as root the program is run as nobody, from a copy that nobody may start.
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let case = case_with("evidence/locked.csv", hand_made_csv(10).as_bytes());
    fs::set_permissions(case.path("evidence/locked.csv"), fs::Permissions::from_mode(0o000)).unwrap();
    let as_root = fs::read(case.path("evidence/locked.csv")).is_ok();
    let session = if as_root {
        fs::set_permissions(case.root(), fs::Permissions::from_mode(0o777)).unwrap();
        let copy = case.path("program");
        fs::copy(program(), &copy).unwrap();
        let mut nobody = Command::new("setpriv");
        nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(copy).args(["assess", case.word(), "-q"]);
        finish(&mut nobody)
    } else {
        case.assess()
    };
    session.ends_with(3).says("locked.csv");
    let assessment = case.assessment();
    assert_eq!(file(&assessment, GOOD)["rows_parsed"], GOOD_ROWS);
    assert_eq!(file(&assessment, "evidence/locked.csv")["problems"][0]["kind"], "unreadable");
}

#[test]
fn a_wrong_key_of_the_case_is_named_with_its_line() {
    let case = case_with("evidence/other.csv", hand_made_csv(5).as_bytes());
    let good = fs::read_to_string(case.path("case.toml")).unwrap();
    let wrong: [(&str, &str); 6] = [
        ("controller = ", "contoller = "),
        ("[[evidence]]", "[[evidences]]"),
        ("as_of = \"2026-08-17T09:00:00Z\"", "as_of = \"yesterday\""),
        ("discovered = \"2026-08-12T15:00:00Z\"", "discovered = \"2027-08-12T15:00:00Z\""),
        ("path = \"evidence/other.csv\"", "path = \"../outside.csv\""),
        ("path = \"evidence/other.csv\"", "path = 3"),
    ];
    for (from, to) in wrong {
        case.add("case.toml", good.replacen(from, to, 1).as_bytes());
        let session = case.assess().ends_with(2).says("case.toml");
        assert!(session.stderr.contains("next:"), "{to}: {}", session.stderr);
    }
    case.add("case.toml", b"not toml at all [");
    case.assess().ends_with(2).says("case.toml");
    case.add("case.toml", good.as_bytes());
    case.assess().ends_with(0);
}

#[test]
fn files_that_are_no_data_are_named_and_not_guessed() {
    let mut noise = Vec::new();
    let mut state = 1_u64;
    for _ in 0..40_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        noise.push((state >> 33) as u8);
    }
    let report = check(&case_with("evidence/noise.bin", &noise), "evidence/noise.bin", 3, Some("unsupported"));
    assert_eq!(report["rows_parsed"], 0);
    let pdf = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n";
    check(&case_with("evidence/paper.pdf", pdf), "evidence/paper.pdf", 3, Some("corrupt"));
    let orc = b"ORC\x0a\x03\0\0\0\x12\x08\0\0\x50\0\0\0\0rows of a table";
    check(&case_with("evidence/rows.orc", orc), "evidence/rows.orc", 3, Some("unsupported"));
}

#[test]
fn the_same_file_twice_is_counted_once() {
    let bytes = hand_made_csv(GOOD_ROWS as usize);
    let case = case_with("evidence/again.csv", bytes.as_bytes());
    case.assess().ends_with(0);
    let assessment = case.assessment();
    let originals: Vec<&Value> =
        assessment["evidence"].as_array().unwrap().iter().filter(|file| !file["duplicate_of"].is_null()).collect();
    assert_eq!(originals.len(), 1, "{originals:#?}");
    assert_eq!(assessment["people"]["rows"], GOOD_ROWS);
}

#[test]
fn lying_endings_do_not_matter() {
    let report = check(&case_with("evidence/list.jpg", hand_made_csv(60).as_bytes()), "evidence/list.jpg", 0, None);
    assert_eq!(report["rows_parsed"], 60);
    let zipped = zip_of("x", hand_made_csv(60).as_bytes());
    let report = check(&case_with("evidence/list.txt", &zipped), "evidence/list.txt", 0, None);
    assert_eq!(report["rows_parsed"], 60);
}

#[test]
fn scan_and_people_go_on_after_a_bad_file() {
    let case = case_with("evidence/empty.csv", b"");
    let (good, bad, absent) = (case.path(GOOD), case.path("evidence/empty.csv"), case.path("absent.csv"));
    let paths = [good.to_str().unwrap(), bad.to_str().unwrap(), absent.to_str().unwrap()];
    for name in ["scan", "people"] {
        let session = leakassay(&[&[name][..], &paths, &["--json", "-q"]].concat()).ends_with(3);
        let json = session.json();
        assert!(json.to_string().contains(&GOOD_ROWS.to_string()), "{name}: {json}");
    }
}

#[test]
fn a_megabyte_of_open_brackets_is_no_crash() {
    let bytes = "[".repeat(1 << 20);
    let session = case_with("evidence/brackets.json", bytes.as_bytes()).assess();
    assert!([0, 3].contains(&session.code), "{}", session.stderr);
}

#[test]
fn evidence_is_left_as_it_was() {
    let case = case_with("evidence/empty.csv", b"");
    let before: Vec<_> = crate::session::files_below(&case.path("evidence")).iter().map(|path| stamp(path)).collect();
    case.assess();
    let after: Vec<_> = crate::session::files_below(&case.path("evidence")).iter().map(|path| stamp(path)).collect();
    assert_eq!(before, after);
}

fn stamp(path: &std::path::Path) -> (std::path::PathBuf, Vec<u8>, std::time::SystemTime) {
    let mut bytes = Vec::new();
    fs::File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
    (path.to_path_buf(), bytes, fs::metadata(path).unwrap().modified().unwrap())
}
