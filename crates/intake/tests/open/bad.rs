//! Bad input: each kind has its problem or reason, and the rest goes on.

use std::path::PathBuf;

use intake::open::{Depth, Limits, replay, survey};
use vocab::ProblemKind;
use vocab::progress::Silent;

use super::{Evidence, check, check_and_keep, everything};

#[test]
fn an_endless_line_is_set_aside_and_the_next_is_read() {
    let limits = Limits { record_bytes: 1000, quoted_bytes: 500, chunk_bytes: 300, ..Limits::default() };
    let mut text = b"id,name,city\n1,Ann,Kent\n2,Bo,Kent\n3,".to_vec();
    text.extend(std::iter::repeat_n(b'x', 100_000));
    text.extend_from_slice(b",Kent\n4,Cy,Kent\n");
    let evidence = Evidence::new(&[("long.csv", &text)]);
    let file = &evidence.survey(&limits).files[0];
    let one = everything(file, &limits, 1);
    assert_eq!(one.aside(), [("line_too_long", 1)]);
    assert_eq!(one.rows.iter().map(|row| row.1).collect::<Vec<_>>(), [1, 2, 4]);
    assert_eq!(everything(file, &limits, 8), one);
    let wide = Limits { chunk_bytes: 1 << 20, ..limits.clone() };
    assert_eq!(everything(file, &wide, 2).rows, one.rows, "in one chunk as in many");
    assert_eq!(replay(file, &file.tables[0].row(4), &limits).expect("there").reveal(), b"4,Cy,Kent");
    assert_eq!(replay(file, &file.tables[0].row(3), &limits).expect_err("too long").kind, ProblemKind::LimitReached);
}

#[test]
fn an_endless_line_of_json_and_of_text() {
    let limits = Limits { record_bytes: 1000, chunk_bytes: 300, ..Limits::default() };
    let long = "y".repeat(50_000);
    let json = format!("{{\"a\":\"1\"}}\n{{\"a\":\"2\"}}\n{{\"a\":\"{long}\"}}\n{{\"a\":\"4\"}}\n");
    let text = format!("Dear Ann, here are some words.\n{long}\nand some more words after them.\n");
    let evidence = Evidence::new(&[("a.json", json.as_bytes()), ("b.txt", text.as_bytes())]);
    let survey = evidence.survey(&limits);
    let all = everything(&survey.files[0], &limits, 2);
    assert_eq!((all.aside(), all.totals.rows_parsed), (vec![("line_too_long", 1)], 3));
    let all = everything(&survey.files[1], &limits, 2);
    assert_eq!(all.text[0], text, "no character of a text is lost");
}

#[test]
fn a_quote_that_never_closes_does_not_swallow_the_rest() {
    let mut text = String::from("id,name,city\n");
    for row in 0..5_000 {
        text.push_str(&if row == 100 {
            "100,\"Ann,Kent
"
            .to_owned()
        } else if row < 50 {
            format!(
                "{row},\"Bo, Jr\",Kent
"
            )
        } else {
            format!(
                "{row},Bo,Kent
"
            )
        });
    }
    let (_, all) = check("q.csv", text.as_bytes());
    assert_eq!(all.aside(), [("unclosed_quote", 1)]);
    assert_eq!(all.totals.rows_parsed, 4_999);
}

#[test]
fn broken_bytes_and_nuls_are_kept_and_counted() {
    let text = b"id,name\n1,Jos\xc3\xa9\n2,Mu\xc3\xb1oz\n3,Bj\xc3\xb6rn\n4,bad \xff here\n5,nul \0 here\n";
    let (_, all) = check("b.csv", text);
    assert_eq!(all.cells()[3], ["4", "bad \u{FFFD} here"]);
    assert_eq!(all.cells()[4], ["5", "nul \0 here"]);
    assert_eq!(all.totals.replaced, 1);
    assert_eq!(all.totals.problems[0].kind, ProblemKind::BadEncoding);
}

#[test]
fn utf_16_with_and_without_mark_and_utf_8_with_mark() {
    let text = "id,name,city\r\n1,José,Kent\r\n2,Zoë,Kent\r\n3,Łukasz,Kent\r\n";
    let (_, plain) = check("plain.csv", text.as_bytes());
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (mark, bytes, name) in [
        (&b"\xff\xfe"[..], &little, "utf-16le"),
        (b"", &little, "utf-16le"),
        (b"\xfe\xff", &big, "utf-16be"),
        (b"", &big, "utf-16be"),
    ] {
        let (_evidence, file, all) = check_and_keep("u.csv", &[mark, bytes].concat());
        assert_eq!(file.encodings, [name]);
        assert_eq!(all.rows, plain.rows);
        assert_eq!(file.tables[0].row(1).to_string(), format!("u.csv::{name}::row/1"));
        let stretch = file.tables[0].path.at(vocab::Place::Bytes { offset: 16, length: 5 });
        assert_eq!(replay(&file, &stretch, &Limits::default()).expect("there").reveal(), "José".as_bytes());
    }
    let (file, all) = check("m.csv", &[b"\xef\xbb\xbf", text.as_bytes()].concat());
    assert_eq!(file.tables[0].columns[0].as_deref(), Some("id"));
    assert_eq!(all.cells(), plain.cells());
}

#[test]
fn windows_1252_that_shows_late() {
    let mut text: Vec<u8> = (0..100_000).flat_map(|i| format!("{i};Ann;Kent\n").into_bytes()).collect();
    text.extend_from_slice(b"100000;Fran\xe7ois \x96 S\xf8ren;K\xf6ln\n");
    let evidence = Evidence::new(&[("late.csv", &text)]);
    let file = &evidence.survey(&Limits::default()).files[0];
    let all = everything(file, &Limits::default(), 2);
    assert_eq!(all.cells()[100_000], ["100000", "François – Søren", "Köln"]);
    assert_eq!(all.totals.replaced, 0);
}

#[test]
fn empty_absent_folder_and_pipe() {
    let evidence = Evidence::new(&[("empty.csv", b""), ("sub/a.csv", b"a,b,c\n1,2,3\n4,5,6\n")]);
    assert!(std::process::Command::new("mkfifo").arg(evidence.path().join("pipe")).status().expect("mkfifo").success());
    let paths = [PathBuf::from("absent.csv"), PathBuf::from(".")];
    let survey = survey(evidence.path(), &paths, &Limits::default(), Depth::Full, 2, &Silent);
    let names: Vec<&str> = survey.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(names, ["empty.csv", "sub/a.csv"]);
    assert_eq!(survey.files[0].problems[0].kind, ProblemKind::Empty);
    let problems: Vec<(ProblemKind, &str)> = survey.problems.iter().map(|p| (p.kind, p.path.as_str())).collect();
    assert_eq!(problems, [(ProblemKind::Absent, "absent.csv"), (ProblemKind::Unsupported, "pipe")]);
}

#[test]
fn links_stay_in_the_case_and_circles_end() {
    let outside = Evidence::new(&[("secret.csv", b"a,b\n1,2\n")]);
    let evidence = Evidence::new(&[("in/a.csv", b"a,b,c\n1,2,3\n")]);
    let link = |to: PathBuf, name: &str| std::os::unix::fs::symlink(to, evidence.path().join(name)).expect("a link");
    link(outside.path().join("secret.csv"), "out.csv");
    link(outside.path().to_path_buf(), "outside");
    link(evidence.path().to_path_buf(), "in/circle");
    link(evidence.path().join("in/a.csv"), "same.csv");
    let survey = evidence.survey(&Limits::default());
    let names: Vec<&str> = survey.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(names, ["in/a.csv", "same.csv"]);
    assert_eq!(survey.files[1].duplicate_of.as_deref(), Some("in/a.csv"));
    assert!(survey.files[1].tables.is_empty());
    assert_eq!(survey.problems.len(), 2);
    assert!(survey.problems.iter().all(|problem| problem.kind == ProblemKind::LinkLeavesCase));
}

#[test]
fn what_is_not_read_says_so() {
    for (bytes, kind) in [
        (&b"7z\xbc\xaf\x27\x1c\0\x04rest"[..], ProblemKind::Truncated),
        (b"!BDN\0\0\0\0", ProblemKind::Unsupported),
        (b"SQLite format 3\0....", ProblemKind::Corrupt),
        (b"Salted__12345678", ProblemKind::Encrypted),
        (&[0u8; 500], ProblemKind::Unsupported),
    ] {
        let evidence = Evidence::new(&[("x", bytes)]);
        let file = &evidence.survey(&Limits::default()).files[0];
        assert_eq!(file.problems[0].kind, kind);
        assert_eq!(file.readable_share, 0.0);
        let totals = everything(file, &Limits::default(), 2).totals;
        assert_eq!((totals.rows_in, totals.readable_share), (0, 0.0));
    }
}

#[test]
fn too_many_columns_is_text() {
    let limits = Limits { columns: 10, ..Limits::default() };
    let row = vec!["1"; 20].join(",") + "\n";
    let evidence = Evidence::new(&[("wide.csv", row.repeat(20).as_bytes())]);
    assert_eq!(evidence.survey(&limits).files[0].format, "text");
}

#[test]
fn a_panic_of_the_work_is_handed_on() {
    let evidence = Evidence::new(&[("a.csv", "1,2,3\n".repeat(10_000).as_bytes())]);
    let limits = Limits { chunk_bytes: 100, ..Limits::default() };
    let file = &evidence.survey(&limits).files[0];
    let run = || {
        intake::open::stream(file, &limits, 2, &Silent, &|_| -> () { panic!("on purpose") }, &mut |_, ()| {});
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
}
