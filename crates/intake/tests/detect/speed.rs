//! How fast detection is. Not a test: run with `cargo test --release -p intake detect::speed -- --ignored --nocapture`.

use intake::detect::{Validator, scan_text, type_columns};
use vocab::DataElement;

use super::IDS;
use super::second::{corpus_text, log_text, wide_table};

/// Processor time of this thread: what counts on a machine that others use as well.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// The best of five.
fn seconds(mut work: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let before = processor_seconds();
        work();
        best = best.min(processor_seconds() - before);
    }
    best
}

#[test]
#[ignore = "measures, does not test"]
#[allow(clippy::print_stderr)]
fn speed() {
    let (block, headers) = wide_table(40_000);
    let typing = type_columns(&IDS, &headers, &block);
    let all = block.bytes.len() as f64 / 1e9;
    let mut valid_seconds = 0.0;
    for (at, column) in typing.columns.iter().enumerate() {
        let bytes: usize = (0..block.rows()).filter_map(|row| block.cell(row, at)).map(<[u8]>::len).sum();
        let Some(validator) = Validator::of(column) else { continue };
        let mut flags = Vec::with_capacity(block.rows());
        let alone = seconds(|| {
            flags.clear();
            validator.run(&IDS, &block, at, |_, verdict| flags.push(verdict as u8));
        });
        valid_seconds += alone;
        eprintln!(
            "{:16} {:6.2} GB/s {:6.1} ns a cell",
            column.element.map_or("-", DataElement::as_str),
            bytes as f64 / 1e9 / alone,
            alone * 1e9 / block.rows() as f64
        );
    }
    eprintln!("table: validators {:.2} GB/s", all / valid_seconds);
    for (name, text) in [("letters, chat, forms, JSON", corpus_text(60_000)), ("system logs", log_text(120_000))] {
        let mut found = 0u64;
        let took = seconds(|| scan_text(&IDS, text.as_bytes(), 0, &mut |_| found += 1));
        eprintln!("{name}: {:.2} GB/s", text.len() as f64 / 1e9 / took);
    }
}
