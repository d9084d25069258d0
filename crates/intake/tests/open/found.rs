//! Inputs that fuzzing found: each once broke what must hold for every input.

use intake::open::Limits;

use super::{Evidence, everything, small_limits};

const FOUND: [(&str, &[u8]); 7] = [
    ("ragged-tail.csv", include_bytes!("data/fuzz/delimited-1-91.bin")),
    ("ragged-tail-2.csv", include_bytes!("data/fuzz/delimited-7-167.bin")),
    ("broken-escape.json", include_bytes!("data/fuzz/json_lines-7-79.bin")),
    ("broken-tuple.sql", include_bytes!("data/fuzz/sql-1-14729.bin")),
    ("copy-in-copy.sql", include_bytes!("data/fuzz/sql-copy-in-copy.sql")),
    ("tuple-beyond-chunk.sql", include_bytes!("data/fuzz/sql-12-80370.sql")),
    ("ragged-text.txt", include_bytes!("data/fuzz/text-1-76.bin")),
];

#[test]
fn what_was_found_stays_mended() {
    for (name, bytes) in FOUND {
        let evidence = Evidence::new(&[(name, bytes)]);
        let large = small_limits(1 << 20);
        let file = &evidence.survey(&large).files[0];
        let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
        assert_eq!(unforeseen, None, "{name}");
        let mut whole = everything(file, &large, 1);
        let mut small = everything(file, &small_limits(100), 3);
        // Text may be cut anywhere; rows and totals may not change.
        whole.text.clear();
        small.text.clear();
        assert_eq!(whole, small, "{name}");
    }
}

#[test]
fn an_escape_that_breaks_off_never_overtakes_its_reading() {
    for text in [r#"{"a":"\uD8\u00"}"#, r#"{"a":"\u"}"#, r#"{"a":"\u0\u1\u2\u3"}"#, r#"{"a":"x\uZZ"}"#] {
        let evidence = Evidence::new(&[("a.json", text.as_bytes())]);
        let file = &evidence.survey(&Limits::default()).files[0];
        assert!(file.problems.is_empty(), "{text}");
        assert_eq!(everything(file, &Limits::default(), 1).totals.rows_in, 1, "{text}");
    }
}
