//! House rules that need no compiler.

use std::collections::BTreeSet;
use std::path::Path;

use crate::rooms;
use crate::shell::{self, Outcome};

/// Longest function a reader is asked to hold in mind. Longer ones are named; they do not fail the run.
const FUNCTION_LINES: usize = 70;

/// Words that mean unfinished work or a machine that is not the reader's. Split so that this list does not find itself.
const LEFTOVERS: &[(&str, &str)] = &[
    (concat!("to", "do!("), "unfinished"),
    (concat!("unimple", "mented!("), "unfinished"),
    (concat!("FIX", "ME"), "unfinished"),
    (concat!("TO", "DO"), "unfinished"),
    (concat!("dbg", "!("), "left from debugging"),
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("../sha", "red"), "a path outside the repository"),
    (concat!("/tmp/bash", "_jobs"), "a path of one machine"),
];

/// Checks the tracked files and names every breach.
pub(crate) fn check() -> Outcome {
    let mut findings = rooms::breaches()?;
    for file in shell::tracked(&[".rs", ".md", ".toml", ".sh", ".py", ".html", ".css", ".js", "run"])? {
        let text = shell::read(&file)?;
        findings.extend(leftovers(&file, &text));
        if file.ends_with(".md") {
            findings.extend(dead_links(&file, &text));
        }
        if file.ends_with(".rs") {
            long_functions(&file, &text).iter().for_each(|warning| println!("tidy: warning: {warning}"));
        }
    }
    findings.extend(forgotten_tests(&shell::tracked(&[".rs"])?)?);
    println!("tidy: rooms, leftovers, links, test files: {} breaches", findings.len());
    if findings.is_empty() { Ok(()) } else { Err(format!("house rules are not kept:\n  {}", findings.join("\n  "))) }
}

fn leftovers(file: &str, text: &str) -> Vec<String> {
    let lines = text.lines().enumerate();
    let found = lines.flat_map(|(index, line)| {
        let hits = LEFTOVERS.iter().filter(move |(word, _)| line.contains(word));
        hits.map(move |(word, why)| format!("{file}:{}: `{word}`, {why}", index + 1))
    });
    found.collect()
}

/// Links to files that are not there. Links to the network and within a page are not followed.
fn dead_links(file: &str, text: &str) -> Vec<String> {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next());
    let local = targets.filter(|link| !link.is_empty() && !link.contains("://") && !link.starts_with("mailto:"));
    local
        .filter(|link| !shell::root().join(folder).join(link).exists())
        .map(|link| format!("{file}: links to {link}, which is not there"))
        .collect()
}

/// Functions over the limit, by the indentation that rustfmt guarantees.
fn long_functions(file: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut open: Option<(usize, usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        match &open {
            Some((start, depth, name)) if indent == *depth && line.trim_start().starts_with('}') => {
                let lines = index - start + 1;
                if lines > FUNCTION_LINES {
                    findings.push(format!("{file}:{}: {name} has {lines} lines", start + 1));
                }
                open = None;
            }
            Some(_) => {}
            None => open = function_name(line).map(|name| (index, indent, name)),
        }
    }
    findings
}

fn function_name(line: &str) -> Option<String> {
    let mut words = line.split_whitespace().take_while(|word| !word.starts_with("//"));
    let opens = !line.trim_end().ends_with(['}', ';']);
    let qualifiers = ["async", "const", "unsafe", "extern", "\"C\""];
    let first = words.find(|word| !word.starts_with("pub") && !qualifiers.contains(word))?;
    let name = words.next()?.split(['(', '<']).next()?;
    (first == "fn" && opens).then(|| name.to_owned())
}

/// Test files that no `main.rs` declares: they would never run and never fail.
fn forgotten_tests(files: &[String]) -> Result<Vec<String>, String> {
    let mut findings = Vec::new();
    let mains: BTreeSet<&str> = files.iter().filter_map(|file| file.strip_suffix("/tests/main.rs")).collect();
    for file in files {
        let Some((package, rest)) = file.split_once("/tests/") else { continue };
        if rest == "main.rs" || package.contains("/src") {
            continue;
        }
        let module = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs");
        let declared = match mains.contains(package) {
            true => declares(&shell::read(&format!("{package}/tests/main.rs"))?, module),
            false => false,
        };
        if !declared {
            findings.push(format!("{file}: no `mod {module};` in {package}/tests/main.rs, so it never runs"));
        }
    }
    Ok(findings)
}

fn declares(main: &str, module: &str) -> bool {
    main.lines().any(|line| line.trim_start_matches("pub ").trim_end() == format!("mod {module};"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_function_is_named_and_a_short_one_is_not() {
        let body = "    let x = 1;\n".repeat(FUNCTION_LINES - 2);
        let short = format!("pub(crate) fn short() {{\n{body}}}\n");
        let long = format!("impl X {{\n    const fn long<T>() {{\n{body}\n        if y {{\n        }}\n    }}\n}}\n");
        assert!(long_functions("a.rs", &short).is_empty());
        let found = long_functions("a.rs", &long);
        assert_eq!(found, [format!("a.rs:2: long has {} lines", FUNCTION_LINES + 3)]);
    }

    #[test]
    fn leftovers_are_found_with_their_line() {
        let text = format!("fn f() {{\n    {}\n}}", concat!("to", "do!()"));
        let found = leftovers("a.rs", &text);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("a.rs:2:"));
    }

    #[test]
    fn links_into_the_repository_must_lead_somewhere() {
        let text = "[a](Cargo.toml) [b](no/such.md) [c](https://example.org/x) [d](#here) [e](xtask/src/main.rs#L1)";
        assert_eq!(dead_links("README.md", text), ["README.md: links to no/such.md, which is not there"]);
    }

    #[test]
    fn a_module_counts_as_declared_only_by_its_own_line() {
        assert!(declares("//! Tests.\n\nmod values;\nmod bombs;\n", "bombs"));
        assert!(!declares("// mod bombs;\nmod bombs_and_more;\n", "bombs"));
    }
}
