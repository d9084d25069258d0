//! Licences, banned crates, second versions and sources, as deny.toml has them.
//!
//! cargo-deny does it where it is installed. Building it takes longer than building most of the program, so where it is
//! not, this module reads the same file. It does not look at advisories: those need a network.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::metadata::{self, Metadata};
use crate::shell::{self, Outcome};

#[derive(Deserialize)]
struct Policy {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Named>,
    deny: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

/// Checks every package that any target of the workspace is built from.
pub(crate) fn check() -> Outcome {
    if shell::installed("cargo-deny") {
        return shell::run(shell::cargo().args(["deny", "check", "licenses", "bans", "sources"]));
    }
    let file = shell::root().join("deny.toml");
    let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read deny.toml: {error}"))?;
    let policy: Policy = toml::from_str(&text).map_err(|error| format!("deny.toml: {error}"))?;
    let metadata = metadata::read()?;
    let findings = judge(&policy, &metadata);
    let foreign = metadata.packages.iter().filter(|package| !package.is_ours()).count();
    println!("deny: {foreign} crates read by the built-in check (cargo-deny is not installed; advisories not checked)");
    if findings.is_empty() { Ok(()) } else { Err(format!("deny.toml is not kept:\n  {}", findings.join("\n  "))) }
}

fn judge(policy: &Policy, metadata: &Metadata) -> Vec<String> {
    let mut findings = licenses(&policy.licenses, metadata);
    findings.extend(banned(&policy.bans, metadata));
    findings.extend(second_versions(&policy.bans, metadata));
    findings.extend(wildcards(metadata));
    findings.extend(sources(metadata));
    findings
}

fn licenses(policy: &Licenses, metadata: &Metadata) -> Vec<String> {
    let mut findings = Vec::new();
    for package in metadata.packages.iter().filter(|package| !package.is_ours()) {
        let mut allow: BTreeSet<&str> = policy.allow.iter().map(String::as_str).collect();
        for exception in policy.exceptions.iter().filter(|exception| exception.name == package.name) {
            allow.extend(exception.allow.iter().map(String::as_str));
        }
        let expression = package.license.as_deref().unwrap_or("");
        if !permits(expression, &allow) {
            findings.push(format!("{} {}: licence {expression:?} is not allowed", package.name, package.version));
        }
    }
    findings
}

/// Tells whether an SPDX expression can be met with the allowed licences. AND binds tighter than OR; `/` is the old OR.
fn permits(expression: &str, allow: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = either(&mut rest, allow);
    !words.is_empty() && rest.is_empty() && met == Some(true)
}

fn either(rest: &mut &[&str], allow: &BTreeSet<&str>) -> Option<bool> {
    let mut met = both(rest, allow)?;
    while let ["OR", tail @ ..] = *rest {
        *rest = tail;
        met |= both(rest, allow)?;
    }
    Some(met)
}

fn both(rest: &mut &[&str], allow: &BTreeSet<&str>) -> Option<bool> {
    let mut met = one(rest, allow)?;
    while let ["AND", tail @ ..] = *rest {
        *rest = tail;
        met &= one(rest, allow)?;
    }
    Some(met)
}

fn one(rest: &mut &[&str], allow: &BTreeSet<&str>) -> Option<bool> {
    match *rest {
        ["(", tail @ ..] => {
            *rest = tail;
            let met = either(rest, allow)?;
            let [")", tail @ ..] = *rest else { return None };
            *rest = tail;
            Some(met)
        }
        [license, "WITH", exception, tail @ ..] => {
            *rest = tail;
            Some(allow.contains(format!("{license} WITH {exception}").as_str()))
        }
        [license, tail @ ..] if !matches!(*license, "OR" | "AND" | "WITH" | ")") => {
            *rest = tail;
            Some(allow.contains(license))
        }
        _ => None,
    }
}

fn banned(bans: &Bans, metadata: &Metadata) -> Vec<String> {
    let reason = |name: &str| bans.deny.iter().find(|ban| ban.name == name).map(|ban| &ban.reason);
    let found = metadata.packages.iter().filter_map(|package| Some((package, reason(&package.name)?)));
    found.map(|(package, why)| format!("{} {}: banned, {why}", package.name, package.version)).collect()
}

fn second_versions(bans: &Bans, metadata: &Metadata) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &metadata.packages {
        versions.entry(&package.name).or_default().push(&package.version);
    }
    let skipped = |name: &str| bans.skip.iter().any(|skip| skip.name == name);
    let several = |(name, versions): (&str, Vec<&str>)| {
        (versions.len() > 1 && !skipped(name)).then(|| format!("{name}: compiled as {}", versions.join(" and ")))
    };
    versions.into_iter().filter_map(several).collect()
}

fn wildcards(metadata: &Metadata) -> Vec<String> {
    let ours = metadata.packages.iter().filter(|package| package.is_ours());
    let lines = ours.flat_map(|package| package.dependencies.iter().map(move |wanted| (package, wanted)));
    let loose = lines.filter(|(_, wanted)| wanted.req == "*" && wanted.path.is_none());
    loose.map(|(package, wanted)| format!("{} asks for any version of {}", package.name, wanted.name)).collect()
}

/// One registry, the default one of cargo, and nothing from version control.
fn sources(metadata: &Metadata) -> Vec<String> {
    let sources: BTreeSet<&str> = metadata.packages.iter().filter_map(|package| package.source.as_deref()).collect();
    let registries = sources.iter().filter(|source| source.starts_with("registry+")).count();
    let mut findings: Vec<String> = sources
        .iter()
        .filter(|source| !source.starts_with("registry+"))
        .map(|source| format!("a crate comes from {source}, which is no registry"))
        .collect();
    if registries > 1 {
        findings.push("crates come from more than one registry".to_owned());
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Package;

    fn check(expression: &str, expected: bool) {
        let allow = ["MIT", "Apache-2.0", "ISC", "Apache-2.0 WITH LLVM-exception"].into_iter().collect();
        assert_eq!(permits(expression, &allow), expected, "{expression}");
    }

    #[test]
    fn expressions_are_read_as_spdx_defines_them() {
        check("MIT", true);
        check("MIT OR GPL-3.0", true);
        check("MIT AND GPL-3.0", false);
        check("GPL-3.0/MIT", true);
        check("GPL-3.0 OR MIT AND ISC", true);
        check("GPL-3.0 AND MIT OR ISC", true);
        check("GPL-3.0 AND (MIT OR ISC)", false);
        check("(MIT OR Apache-2.0) AND ISC", true);
        check("Apache-2.0 WITH LLVM-exception", true);
        check("MIT WITH LLVM-exception", false);
        check("", false);
        check("(MIT", false);
        check("MIT ISC", false);
    }

    fn package(name: &str, version: &str, license: &str, source: Option<&str>) -> Package {
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            license: Some(license.to_owned()),
            source: source.map(str::to_owned),
            dependencies: Vec::new(),
        }
    }

    #[test]
    fn each_rule_finds_its_breach() {
        let policy: Policy = toml::from_str(
            "[licenses]\nallow = ['MIT']\n[bans]\nskip = [{ crate = 'twice', reason = 'known' }]\ndeny = [{ crate = 'bad', reason = 'because' }]",
        )
        .unwrap();
        let registry = Some("registry+one");
        let packages = vec![
            package("ours", "0.1.0", "", None),
            package("copyleft", "1.0.0", "GPL-3.0", registry),
            package("bad", "1.0.0", "MIT", registry),
            package("twice", "1.0.0", "MIT", registry),
            package("twice", "2.0.0", "MIT", registry),
            package("again", "1.0.0", "MIT", registry),
            package("again", "2.0.0", "MIT", registry),
            package("branch", "1.0.0", "MIT", Some("git+somewhere")),
        ];
        let findings = judge(&policy, &Metadata { packages });
        let about: Vec<&str> = findings.iter().map(|finding| finding.split([' ', ':']).next().unwrap()).collect();
        assert_eq!(about, ["copyleft", "bad", "again", "a"]);
    }
}
