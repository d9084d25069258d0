//! How fast opening is. Not a test: run with `cargo test --release -p intake -- --ignored --nocapture speed`.

use std::fmt::Write as _;
use std::time::Instant;

use intake::open::{Block, Limits, stream};
use vocab::progress::Silent;

use super::Evidence;

const BYTES: usize = 256 << 20;

fn row(i: u64) -> [String; 8] {
    let n = i.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    [
        i.to_string(),
        format!("Ann{}", n % 1000),
        format!("Lee{}", n % 5000),
        format!("{}-{:02}-{:02}", 1940 + n % 60, 1 + n % 12, 1 + n % 28),
        format!("{:09}", n % 899_999_999),
        format!("206555{:04}", n % 10_000),
        format!("{} Main Street", n % 9999),
        format!("35{:013}", n % 10_000_000_000_000),
    ]
}

fn filled(mut line: impl FnMut(&mut String, u64)) -> String {
    let mut text = String::with_capacity(BYTES + 4096);
    let mut i = 0;
    while text.len() < BYTES {
        line(&mut text, i);
        i += 1;
    }
    text
}

/// Processor time of this thread: what counts on a machine that others use as well.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

#[test]
#[ignore = "measures, does not test"]
#[allow(clippy::print_stderr)]
fn speed() {
    let cells = |i| row(i);
    let inputs = [
        ("csv", filled(|t, i| writeln!(t, "{}", cells(i).join(",")).expect("text"))),
        ("csv, quoted", filled(|t, i| writeln!(t, "\"{}\"", cells(i).join("\",\"")).expect("text"))),
        ("mysqldump", {
            let mut first = true;
            let body = filled(|t, i| {
                let lead = if i % 5000 == 0 {
                    if first { "INSERT INTO `t` VALUES " } else { ";\nINSERT INTO `t` VALUES " }
                } else {
                    ","
                };
                first = false;
                write!(t, "{lead}('{}')", cells(i).join("','")).expect("text");
            });
            format!("-- MySQL dump\n{body};\n")
        }),
        (
            "ndjson",
            filled(|t, i| {
                let c = cells(i);
                writeln!(t, r#"{{"id":{},"first":"{}","last":"{}","dob":"{}","ssn":"{}","phone":"{}","street":"{}","imei":"{}"}}"#, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]).expect("text");
            }),
        ),
        (
            "text",
            filled(|t, i| writeln!(t, "On day {i} Ann wrote to Bo about {} things and more.", i % 77).expect("text")),
        ),
    ];
    for (name, text) in inputs {
        let evidence = Evidence::new(&[("x", text.as_bytes())]);
        let limits = Limits::default();
        let start = Instant::now();
        let quick = evidence.quick(&limits);
        let quick_seconds = start.elapsed().as_secs_f64();
        let start = Instant::now();
        let survey = evidence.survey(&limits);
        let survey_seconds = start.elapsed().as_secs_f64();
        assert_eq!(quick.files[0].format, survey.files[0].format);
        let mut report = format!(
            "{name:12} quick {quick_seconds:.2} s, full survey {:.2} GB/s",
            text.len() as f64 / 1e9 / survey_seconds
        );
        for threads in [1, 2] {
            let (start, used) = (Instant::now(), processor_seconds());
            let mut seen = 0;
            let work = |block| if let Block::Rows(rows) = block { rows.cells.len() } else { 0 };
            let totals = stream(&survey.files[0], &limits, threads, &Silent, &work, &mut |_, cells| seen += cells);
            assert_eq!(totals.rows_set_aside, 0);
            let rate = text.len() as f64 / 1e9 / start.elapsed().as_secs_f64();
            write!(report, ", {threads} threads {rate:.2} GB/s").expect("text");
            if threads == 1 {
                let rate = text.len() as f64 / 1e9 / (processor_seconds() - used);
                write!(report, " ({rate:.2} by processor time)").expect("text");
            }
        }
        eprintln!("{report}");
    }
}
