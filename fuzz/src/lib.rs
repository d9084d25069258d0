//! What is fuzzed, what it is fed at first, and what must hold whatever it is fed.
//!
//! A target returns a signature of what happened. Inputs with a new signature are kept and changed further: a poor man's
//! coverage, on a stable toolchain. Under libFuzzer the signature is ignored.

pub mod corpus;
pub mod memory;
pub mod mend;
pub mod mutate;
pub mod seeds;
pub mod targets;

/// A fuzz target.
pub struct Target {
    /// Name, as typed.
    pub name: &'static str,
    /// Feeds it one input. Panics if what must hold does not.
    pub run: fn(&[u8]) -> u64,
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target { name: "address", run: targets::address, seeds: seeds::addresses },
    Target { name: "value", run: targets::value, seeds: seeds::values },
    Target { name: "facts", run: targets::facts, seeds: seeds::facts },
    Target { name: "rule", run: targets::rule, seeds: seeds::rules },
    Target { name: "delimited", run: targets::delimited, seeds: seeds::delimited },
    Target { name: "sql_dump", run: targets::sql_dump, seeds: seeds::sql_dumps },
    Target { name: "json_lines", run: targets::json_lines, seeds: seeds::json_lines },
    Target { name: "archive", run: targets::archive, seeds: seeds::archives },
    Target { name: "text", run: targets::text, seeds: seeds::texts },
    Target { name: "sqlite", run: targets::sqlite, seeds: seeds::sqlite },
    Target { name: "office", run: targets::office, seeds: seeds::office },
    Target { name: "binary", run: targets::binary, seeds: seeds::binary },
    Target { name: "seven_zip", run: targets::seven_zip, seeds: seeds::seven_zip },
    Target { name: "rar", run: targets::rar, seeds: seeds::rar },
    Target { name: "volumes", run: targets::volumes, seeds: seeds::volumes },
    Target { name: "image", run: targets::image, seeds: seeds::images },
    Target { name: "evtx", run: targets::evtx, seeds: seeds::evtx },
    Target { name: "pdf", run: targets::pdf, seeds: seeds::pdf },
    Target { name: "xls", run: targets::xls, seeds: seeds::xls },
    Target { name: "xlsb", run: targets::xlsb, seeds: seeds::xlsb },
    Target { name: "mail", run: targets::mail, seeds: seeds::mail },
    Target { name: "markup", run: targets::markup, seeds: seeds::markup },
    Target { name: "blocks", run: targets::blocks, seeds: seeds::blocks },
    Target { name: "decode", run: targets::decode, seeds: seeds::encoded },
];

/// Folds what happened into a signature (FNV-1a).
pub fn signature<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.into_iter().flat_map(|part| part.iter().chain(&[0xff])) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}
