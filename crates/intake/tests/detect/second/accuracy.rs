//! The bounds, and the figures for `docs/accuracy.md`.

use std::fmt::Write as _;

use intake::detect::type_columns;
use vocab::DataElement;
use vocab::assessment::FindingState;

use super::super::IDS;
use super::score::{Board, Tally, wilson};
use super::tables::{Naming, table};

/// Tables a measurement.
const TABLES: u64 = 720;

fn measure(naming: Naming, first: u64, count: u64) -> Board {
    let mut board = Board::default();
    for seed in first..first + count {
        let made = table(seed, naming);
        let typing = type_columns(&IDS, &made.headers, &made.block);
        for (at, column) in typing.columns.iter().enumerate() {
            let note = format!(
                "{} {:?} seed {seed} {:?} {:?}",
                made.codes[at], made.headers[at], column.reasons, column.alternatives
            );
            let first = column.element.map(DataElement::as_str);
            // A column without any value holds nothing.
            let empty = (0..made.block.rows())
                .all(|row| made.block.cell(row, at).is_none_or(intake::detect::values::is_missing));
            let truth = made.truth[at].filter(|_| !empty);
            let likely = column.element.filter(|_| column.state != FindingState::Discarded).map(DataElement::as_str);
            board.add(truth, [likely, column.reported().map(DataElement::as_str)], first, column.probability, &note);
        }
    }
    board
}

fn table_of(board: &Board) -> String {
    let mut out = "| element | columns | precision | recall | F1 |\n|---|---:|---|---|---:|\n".to_owned();
    for (element, tally) in &board.elements {
        let Tally { right, wrong, missed } = *tally;
        let interval = |hits, all| {
            let (low, high) = wilson(hits, all);
            format!("{:.3} ({low:.3}-{high:.3})", hits as f64 / all.max(1) as f64)
        };
        let (held, found) = (right + missed, right + wrong);
        let _ = writeln!(
            out,
            "| {element} | {held} | {} | {} | {:.3} |",
            if found == 0 { "-".to_owned() } else { interval(right, found) },
            if held == 0 { "-".to_owned() } else { interval(right, held) },
            tally.f1()
        );
    }
    out
}

fn summary(board: &Board) -> String {
    let all = board.precision();
    let (low, high) = wilson(all.right, all.right + all.wrong);
    format!(
        "macro-F1 {:.3}; precision at report {:.4} ({low:.4}-{high:.4}), recall {:.4}; calibration error {:.3}; {} columns",
        board.macro_f1(),
        all.precision(),
        all.recall(),
        board.calibration_error(),
        board.sure.len()
    )
}

/// What must hold on tables that were not looked at while detection was written.
#[test]
fn columns_are_read_right_with_and_without_a_header() {
    let honest = measure(Naming::Honest, 70_000, 162);
    let text = summary(&honest);
    assert!(honest.macro_f1() >= 0.90, "{text}");
    assert!(honest.precision().precision() >= 0.98, "{text}");
    assert!(honest.calibration_error() <= 0.05, "{text}");
    assert!(honest.elements["driver_license"].recall() >= 0.97, "{text}");
    let absent = measure(Naming::Absent, 71_000, 162);
    let text = summary(&absent);
    assert!(absent.macro_f1() >= 0.80, "{text}");
    assert!(absent.precision().precision() >= 0.98, "{text}");
    assert!(absent.calibration_error() <= 0.05, "{text}");
    for element in ["imei", "imsi", "iccid"] {
        let Tally { wrong, missed, .. } = absent.elements[element];
        assert_eq!((wrong, missed), (0, 0), "{element}: {text}");
    }
    let lying = measure(Naming::Lying, 72_000, 162);
    let text = summary(&lying);
    assert!(lying.precision().precision() >= 0.98 && lying.elements["ssn"].recall() >= 0.97, "{text}");
}

/// Prints the figures: `cargo test --release -p intake second::accuracy::figures -- --ignored --nocapture`.
#[test]
#[ignore = "prints the figures of docs/accuracy.md"]
#[allow(clippy::print_stdout)]
fn figures() {
    let first = std::env::var("FIRST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    for naming in [Naming::Honest, Naming::Absent, Naming::Lying] {
        let board = measure(naming, first, TABLES);
        println!("## {naming:?}\n\n{}\n\n{}", summary(&board), table_of(&board));
        let mut worst: Vec<_> = board.confusions.iter().collect();
        worst.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for ((truth, answer), (count, note)) in worst.into_iter().take(40) {
            println!("{count:4} {truth} read as {answer}: {note}");
        }
    }
}
