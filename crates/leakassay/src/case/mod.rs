//! The case: its folder, `case.toml`, the stage store and the custody log.

mod custody;
mod decisions;
mod file;
mod reviews;
mod store;

use std::fs;
use std::path::{Path, PathBuf};

use analysis::claim;
use intake::open::{KnownFiles, Limits};
use sha2::{Digest as _, Sha256};
use vocab::claim::EvidenceScope;
use vocab::receipt::Digest;

pub(crate) use custody::{Custody, Entry, verify_chain};
pub(crate) use decisions::{Decisions, address};
pub(crate) use file::{CaseFile, Reference, check_decisions, decisions};
pub(crate) use reviews::{Answer, Reviews};
pub(crate) use store::Store;

use crate::failure::Failure;

/// Folder of the outputs within the case.
pub(crate) const ASSESSMENT_FOLDER: &str = "assessment";

/// A case: where it is and what it says.
pub(crate) struct Case {
    /// Folder that all paths of the case are relative to.
    pub(crate) root: PathBuf,
    /// What `case.toml` says.
    pub(crate) file: CaseFile,
    /// Digest of `case.toml`.
    pub(crate) digest: Digest,
    /// Digest of what `case.toml` says that can change what a file is found to hold.
    pub(crate) reading: String,
}

/// Digest of a case file without what has no part in reading files, so that a word about the claim or one more file of
/// evidence leaves what is known of the others. What is not listed here counts.
fn reading(text: &str) -> String {
    const APART: [&str; 7] = ["claim", "evidence", "reference", "log", "indicator", "door", "facts"];
    const OF_CASE_APART: [&str; 5] = ["name", "controller", "regimes", "as_of", "discovered"];
    // The text was parsed before; were it not TOML, all of it would count.
    let Ok(mut table) = text.parse::<toml::Table>() else { return hex(&Sha256::digest(text.as_bytes())) };
    APART.iter().for_each(|key| drop(table.remove(*key)));
    if let Some(toml::Value::Table(case)) = table.get_mut("case") {
        OF_CASE_APART.iter().for_each(|key| drop(case.remove(*key)));
    }
    hex(&Sha256::digest(table.to_string().as_bytes()))
}

/// Reads lists of known files.
pub(crate) fn known_files(lists: &[PathBuf]) -> Result<KnownFiles, Failure> {
    let mut known = KnownFiles::default();
    for list in lists {
        known.add(list).map_err(|error| {
            Failure::wrong_use(
                format!("cannot read the list of known files {}: {}", list.display(), error.kind()),
                "name a text file of MD5, SHA-1 or SHA-256 digests, one a line or in a column",
            )
        })?;
    }
    Ok(known)
}

impl Case {
    /// Opens a case by its folder or its `case.toml`.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let file = if path.is_dir() { path.join("case.toml") } else { path.to_path_buf() };
        let text = fs::read_to_string(&file).map_err(|error| {
            Failure::wrong_use(
                format!("cannot read {}: {}", file.display(), error.kind()),
                "name a folder with a case.toml, or make one: `leakassay simulate full-dump --out DIR` writes an example",
            )
        })?;
        let root =
            file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_path_buf();
        let digest = Digest { name: "case.toml".into(), sha256: hex(&Sha256::digest(text.as_bytes())) };
        let parsed = CaseFile::parse(&text, &file)?;
        Ok(Case { root, file: parsed, digest, reading: reading(&text) })
    }

    /// Returns the limits of reading, with the passwords and the known files of the case.
    pub(crate) fn limits(&self) -> Result<Limits, Failure> {
        let section = &self.file.case;
        let lists: Vec<PathBuf> = section.known_files.iter().map(|list| self.root.join(list)).collect();
        Ok(Limits {
            passwords: section.passwords.iter().cloned().collect(),
            known: known_files(&lists)?,
            ..Limits::default()
        })
    }

    /// Returns the folder of the outputs.
    pub(crate) fn outputs(&self) -> PathBuf {
        self.root.join(ASSESSMENT_FOLDER)
    }

    /// Returns the paths of the evidence, relative to the case. A pattern stands for what it matches, in the order of
    /// names; one that matches nothing stays as it is and is reported as absent.
    pub(crate) fn evidence_paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = Vec::new();
        for path in self.file.evidence.iter().flat_map(|evidence| evidence.expanded(&self.root)) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    /// Returns where a file of the evidence came from, as far as the case says.
    pub(crate) fn obtained(&self, path: &str) -> Option<String> {
        self.file.evidence.iter().find(|evidence| evidence.covers(Path::new(path)))?.obtained.clone()
    }

    /// Returns whether what was handed over is only a sample, as far as the case says.
    pub(crate) fn evidence_scope(&self) -> EvidenceScope {
        let obtained: Vec<&str> =
            self.file.evidence.iter().map(|evidence| evidence.obtained.as_deref().unwrap_or_default()).collect();
        claim::scope_of(&obtained)
    }
}

/// Writes bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the SHA-256 of a file, read in pieces.
pub(crate) fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = fs::File::open(path)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match std::io::Read::read(&mut file, &mut buffer)? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}
