//! The custody log: who did what to the case and when, one line an act, each line chained to the one before by SHA-256.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::hex;
use crate::failure::Failure;

/// Digest before the first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One act.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    seq: u64,
    /// Time of the act by this machine's clock; the only clock that is read.
    time: String,
    act: String,
    detail: serde_json::Value,
    prev: String,
    hash: String,
}

/// An open custody log.
pub(crate) struct Custody {
    path: PathBuf,
    file: File,
    seq: u64,
    last: String,
}

impl Custody {
    /// Opens the log of a case. A last line torn by a crash is cut off and the cut is entered.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let text = fs::read(path).unwrap_or_default();
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let failed = |error: &std::io::Error| Failure::cannot_write(path, error);
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| failed(&error))?;
        if whole < text.len() {
            file.set_len(whole as u64).map_err(|error| failed(&error))?;
        }
        let entries = parse(&text[..whole], path)?;
        let last = entries.last().map_or_else(|| GENESIS.to_owned(), |entry| entry.hash.clone());
        let seq = entries.last().map_or(0, |entry| entry.seq + 1);
        let mut custody = Custody { path: path.to_path_buf(), file, seq, last };
        if whole < text.len() {
            custody.enter("recovered", serde_json::json!({ "torn_bytes": text.len() - whole }))?;
        }
        Ok(custody)
    }

    /// Enters an act. `detail` holds addresses, digests and counts, never values.
    pub(crate) fn enter(&mut self, act: &str, detail: serde_json::Value) -> Result<(), Failure> {
        let time = Timestamp::now().to_string();
        let hash = chain(&self.last, self.seq, &time, act, &detail);
        let entry = Entry { seq: self.seq, time, act: act.into(), detail, prev: self.last.clone(), hash: hash.clone() };
        let mut line = serde_json::to_string(&entry)
            .map_err(|_| Failure::ours("a custody entry could not be written", "please report it"))?;
        line.push('\n');
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| Failure::cannot_write(&self.path, &error))?;
        self.last = hash;
        self.seq += 1;
        Ok(())
    }
}

/// Checks a custody log from its first line; returns its entries.
pub(crate) fn verify_chain(path: &Path) -> Result<Vec<Entry>, Failure> {
    let text = fs::read(path).map_err(|error| {
        Failure::evidence(format!("cannot read {}: {}", path.display(), error.kind()), "run `leakassay assess` first")
    })?;
    parse(&text, path)
}

impl Entry {
    /// Returns the act and its detail.
    pub(crate) fn act(&self) -> (&str, &serde_json::Value) {
        (&self.act, &self.detail)
    }
}

fn parse(text: &[u8], path: &Path) -> Result<Vec<Entry>, Failure> {
    let mut last = GENESIS.to_owned();
    let mut entries = Vec::new();
    for (number, line) in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate() {
        let broken = |why: &str| {
            Failure::evidence(
                format!("custody chain broken: {}, line {}: {why}", path.display(), number + 1),
                "keep the file as it is and find out who changed it; a fresh assessment needs a fresh folder",
            )
        };
        let entry: Entry = serde_json::from_slice(line).map_err(|_| broken("not a custody entry"))?;
        if entry.seq != number as u64 || entry.prev != last {
            return Err(broken("does not follow the line before"));
        }
        if entry.hash != chain(&entry.prev, entry.seq, &entry.time, &entry.act, &entry.detail) {
            return Err(broken("was changed after it was written"));
        }
        last.clone_from(&entry.hash);
        entries.push(entry);
    }
    Ok(entries)
}

fn chain(prev: &str, seq: u64, time: &str, act: &str, detail: &serde_json::Value) -> String {
    let mut hasher = Sha256::new();
    for part in [prev, &seq.to_string(), time, act, &detail.to_string()] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("custody.jsonl");
        (folder, path)
    }

    #[test]
    fn a_changed_line_breaks_the_chain() {
        let (_folder, path) = log();
        let mut custody = Custody::open(&path).unwrap();
        custody.enter("assess", serde_json::json!({ "rows": 10 })).unwrap();
        custody.enter("assess", serde_json::json!({ "rows": 11 })).unwrap();
        assert_eq!(verify_chain(&path).unwrap().len(), 2);
        let forged = fs::read_to_string(&path).unwrap().replacen("\"rows\":10", "\"rows\":12", 1);
        fs::write(&path, forged).unwrap();
        assert!(verify_chain(&path).unwrap_err().to_string().contains("line 1"));
    }

    #[test]
    fn a_torn_last_line_is_cut_and_entered() {
        let (_folder, path) = log();
        Custody::open(&path).unwrap().enter("assess", serde_json::json!({})).unwrap();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"seq\":1,\"ti").unwrap();
        let mut custody = Custody::open(&path).unwrap();
        custody.enter("assess", serde_json::json!({})).unwrap();
        let entries = verify_chain(&path).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.act().0).collect::<Vec<_>>(), ["assess", "recovered", "assess"]);
    }
}
