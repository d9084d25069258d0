//! Which room may use what: the table of ARCHITECTURE.md, as a check.
//!
//! Edges between crates come from the manifests. Edges between the rooms of one crate, and the doors to the outside
//! (files, clock, network), come from the words in the source; tests at the end of a file are exempt.

use crate::metadata::{self, Metadata};
use crate::shell;

/// Crates of ours that a crate may link, tests aside.
const EDGES: &[(&str, &[&str])] = &[
    ("vocab", &[]),
    ("rulebook", &["vocab"]),
    ("tables", &["vocab"]),
    ("intake", &["vocab", "rulebook", "tables"]),
    ("analysis", &["vocab", "rulebook"]),
    ("engine", &["vocab", "tables"]),
    ("simulate", &["vocab", "rulebook", "tables"]),
    ("leakassay", &["vocab", "rulebook", "tables", "intake", "analysis", "engine", "simulate"]),
    ("xtask", &[]),
];

/// Heavy crates and the only packages that may name them.
const HEAVY: &[(&str, &[&str])] = &[
    ("datafusion", &["engine"]),
    ("tokio", &["engine"]),
    ("arrow", &["tables", "intake", "analysis", "simulate", "engine", "leakassay"]),
    ("parquet", &["tables", "intake", "simulate", "engine"]),
];

const CLOCK: &[&str] = &["SystemTime", "Instant::now", "Timestamp::now", "Zoned::now"];
const FILES: &[&str] = &["std::fs", "File::open", "File::create", "OpenOptions"];
// `std::net` has addresses too, which are values like others; these open a connection.
const NETWORK: &[&str] = &["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs", "UnixStream", "UnixListener"];
const WRITING: &[&str] = &["fs::write", "File::create", "OpenOptions", "fs::remove", "fs::rename", "create_dir"];
const INTERPRETING: &[&str] = &["crate::detect", "crate::normalize"];
const RAW_VALUES: &[&str] = &[".reveal()"];
const EVIDENCE: &[&str] = &["intake::"];
const ANALYSIS: &[&str] = &["analysis::"];

/// A room and what it never does.
struct Room {
    folder: &'static str,
    never: &'static [&'static [&'static str]],
    because: &'static str,
}

const ROOMS: &[Room] = &[
    Room { folder: "crates/vocab/src/", never: &[FILES, CLOCK, NETWORK], because: "the nouns touch nothing" },
    Room { folder: "crates/rulebook/src/", never: &[CLOCK, NETWORK], because: "rules are files and nothing else" },
    Room {
        folder: "crates/intake/src/open/",
        never: &[WRITING, INTERPRETING, NETWORK],
        because: "evidence is read-only, and opening does not interpret",
    },
    Room {
        folder: "crates/intake/src/decode/",
        never: &[FILES, NETWORK, CLOCK, INTERPRETING],
        because: "decoding takes text and gives text",
    },
    Room {
        folder: "crates/intake/src/detect/",
        never: &[FILES, NETWORK, CLOCK],
        because: "detection sees bytes and columns only",
    },
    Room {
        folder: "crates/intake/src/normalize/",
        never: &[FILES, NETWORK, CLOCK],
        because: "normalising sees rows only",
    },
    Room {
        folder: "crates/analysis/src/",
        never: &[FILES, CLOCK, NETWORK],
        because: "a decision depends on its arguments and on nothing else",
    },
    Room {
        folder: "crates/simulate/src/",
        never: &[ANALYSIS, CLOCK, NETWORK],
        because: "truth must not come from what it tests",
    },
    Room { folder: "crates/engine/src/", never: &[NETWORK], because: "the program has no network" },
    Room {
        folder: "crates/leakassay/src/report/",
        never: &[RAW_VALUES, CLOCK, EVIDENCE, NETWORK],
        because: "a report is made of masked results and the stated time",
    },
    Room { folder: "crates/leakassay/src/", never: &[NETWORK], because: "the program has no network" },
];

/// Returns every breach of the table.
pub(crate) fn breaches() -> Result<Vec<String>, String> {
    let mut findings = edges(&metadata::read()?);
    for file in shell::tracked(&[".rs"])? {
        let text = shell::read(&file)?;
        findings.extend(words(&file, &text));
    }
    Ok(findings)
}

fn edges(metadata: &Metadata) -> Vec<String> {
    let mut findings = Vec::new();
    for package in metadata.packages.iter().filter(|package| package.is_ours()) {
        let Some((_, allowed)) = EDGES.iter().find(|(name, _)| *name == package.name) else {
            findings.push(format!("crate {} is not in the table of rooms", package.name));
            continue;
        };
        for wanted in package.dependencies.iter().filter(|wanted| wanted.kind.as_deref() != Some("dev")) {
            let name = wanted.name.as_str();
            let heavy = HEAVY.iter().find(|(heavy, _)| *heavy == name);
            let ours = wanted.path.is_some() && !allowed.contains(&name);
            if ours || heavy.is_some_and(|(_, users)| !users.contains(&package.name.as_str())) {
                findings.push(format!("crate {} may not depend on {name}", package.name));
            }
        }
    }
    findings
}

fn words(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for room in ROOMS.iter().filter(|room| file.starts_with(room.folder)) {
        for (number, line) in code(text) {
            let used = room.never.iter().copied().flatten().find(|word| line.contains(**word));
            if let Some(word) = used {
                let because = room.because;
                findings.push(format!("{file}:{number}: `{word}` is not for {}: {because}", room.folder));
            }
        }
    }
    findings
}

/// The lines that are code: no comments, and nothing from the first module of tests on.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim_start()));
    numbered.take_while(|(_, line)| !line.starts_with("#[cfg(test)]")).filter(|(_, line)| !line.starts_with("//"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, text: &str, expected: usize) {
        assert_eq!(words(file, text).len(), expected, "{file}: {text}");
    }

    #[test]
    fn words_at_the_wrong_place_are_found() {
        check("crates/analysis/src/duties/mod.rs", "let now = SystemTime::now();", 1);
        check("crates/vocab/src/lib.rs", "use std::fs;", 1);
        check("crates/intake/src/open/gz.rs", "use crate::detect::values;", 1);
        check("crates/leakassay/src/report/html.rs", "let s = value.reveal();", 1);
        check("crates/intake/src/open/gz.rs", "let f = File::open(path)?;", 0);
        check("crates/analysis/src/lib.rs", "// no std::fs here", 0);
        check("crates/analysis/src/lib.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use std::fs; }", 0);
    }

    #[test]
    fn crates_are_held_to_their_edges() {
        let text = r#"{"packages": [
            {"name": "vocab", "version": "0", "license": null, "source": null, "dependencies": [
                {"name": "tables", "kind": null, "req": "*", "path": "x"}, {"name": "arrow", "kind": null, "req": "^1", "path": null},
                {"name": "engine", "kind": "dev", "req": "*", "path": "x"}, {"name": "serde", "kind": null, "req": "^1", "path": null}]},
            {"name": "stray", "version": "0", "license": null, "source": null, "dependencies": []}]}"#;
        let metadata: Metadata = serde_json::from_str(text).unwrap();
        assert_eq!(edges(&metadata).len(), 3, "{:?}", edges(&metadata));
    }
}
