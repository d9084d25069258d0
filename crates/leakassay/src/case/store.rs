//! The stage store: what each finished stage yielded, with the digest of what it was made from.
//!
//! A stage whose inputs still have the same digest, and whose tables are unchanged, is not run again. Everything is written
//! under a temporary name and renamed, so that a stage is there whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use vocab::CaseKey;
use vocab::receipt::Digest;

use super::sha256_of;
use crate::failure::Failure;
use crate::output;

/// Stage tables and receipts of one case.
pub(crate) struct Store {
    folder: PathBuf,
    key: CaseKey,
}

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    inputs: String,
    tables: Vec<Digest>,
    value: T,
}

impl Store {
    /// Opens the store below the outputs of a case; makes it, and the case key, on first use.
    pub(crate) fn open(outputs: &Path) -> Result<Self, Failure> {
        let folder = outputs.join("stage");
        fs::create_dir_all(&folder).map_err(|error| Failure::cannot_write(&folder, &error))?;
        crate::memory::lie_in_case(&folder);
        let key = case_key(&folder.join("case.key"))?;
        Ok(Store { folder, key })
    }

    /// Returns the case key.
    pub(crate) fn key(&self) -> &CaseKey {
        &self.key
    }

    /// Returns the folder of the stage tables.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a folder within the store.
    pub(crate) fn make_folder(&self, name: &str) -> Result<(), Failure> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder).map_err(|error| Failure::cannot_write(&folder, &error))
    }

    /// Removes the folders within a folder of the store that nobody uses any more.
    pub(crate) fn prune(&self, name: &str, used: impl Fn(&str) -> bool) -> Result<(), Failure> {
        let folder = self.folder.join(name);
        let Ok(entries) = fs::read_dir(&folder) else { return Ok(()) };
        for entry in entries.flatten().filter(|entry| !used(&entry.file_name().to_string_lossy())) {
            fs::remove_dir_all(entry.path()).map_err(|error| Failure::cannot_write(&entry.path(), &error))?;
        }
        Ok(())
    }

    /// Returns what a stage yielded last, whatever it was made from, if its tables are unchanged.
    pub(crate) fn last<T: DeserializeOwned>(&self, stage: &str) -> Option<T> {
        self.read(stage).map(|kept: Kept<T>| kept.value)
    }

    /// Returns what a stage yielded, if it was made from these inputs and its tables are unchanged.
    pub(crate) fn reuse<T: DeserializeOwned>(&self, stage: &str, inputs: &str) -> Option<T> {
        self.read(stage).filter(|kept: &Kept<T>| kept.inputs == inputs).map(|kept| kept.value)
    }

    fn read<T: DeserializeOwned>(&self, stage: &str) -> Option<Kept<T>> {
        let bytes = fs::read(self.folder.join(format!("{stage}.json"))).ok()?;
        let kept: Kept<T> = serde_json::from_slice(&bytes).ok()?;
        let unchanged = |table: &Digest| sha256_of(&self.folder.join(&table.name)).is_ok_and(|sha| sha == table.sha256);
        kept.tables.iter().all(unchanged).then_some(kept)
    }

    /// Keeps what a stage yielded, with the digests of the tables it wrote. Returns it as it was written: a resumed run reads
    /// the same text, so that not even a last digit can differ.
    pub(crate) fn keep<T: Serialize + DeserializeOwned>(
        &self,
        stage: &str,
        inputs: &str,
        value: T,
        tables: &[&str],
    ) -> Result<T, Failure> {
        let mut digests = Vec::new();
        for name in tables {
            let path = self.folder.join(name);
            let sha256 = sha256_of(&path).map_err(|error| Failure::cannot_write(&path, &error))?;
            digests.push(Digest { name: (*name).to_owned(), sha256 });
        }
        let kept = Kept { inputs: inputs.to_owned(), tables: digests, value };
        let text = output::to_json(&kept)?;
        output::write_atomically(&self.folder.join(format!("{stage}.json")), text.as_bytes())?;
        let written: Kept<T> = serde_json::from_str(&text)
            .map_err(|_| Failure::ours("the yield of a stage cannot be read back", "please report it"))?;
        Ok(written.value)
    }
}

/// Reads the key of the case, or makes one from the system's random source, readable by its owner only.
fn case_key(path: &Path) -> Result<CaseKey, Failure> {
    if let Ok(bytes) = fs::read(path) {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| {
            Failure::wrong_use(
                format!("{} is not a case key", path.display()),
                "restore the key; without it the stage tables cannot be read (or delete the stage folder to start afresh)",
            )
        })?;
        return Ok(CaseKey::new(bytes));
    }
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|_| Failure::ours("the system gave no random bytes for the case key", "check /dev/urandom"))?;
    let temporary = path.with_extension("part");
    let written = write_private(&temporary, &bytes).and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| Failure::cannot_write(path, &error))?;
    Ok(CaseKey::new(bytes))
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_reused_only_while_its_inputs_and_tables_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        fs::write(store.folder().join("records.parquet"), b"table").unwrap();
        store.keep("normalize", "inputs-1", 7_u32, &["records.parquet"]).unwrap();
        assert_eq!(store.reuse("normalize", "inputs-1"), Some(7_u32));
        assert_eq!(store.reuse::<u32>("normalize", "inputs-2"), None);
        fs::write(store.folder().join("records.parquet"), b"changed").unwrap();
        assert_eq!(store.reuse::<u32>("normalize", "inputs-1"), None);
    }

    #[test]
    fn the_key_of_a_case_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let first = Store::open(folder.path()).unwrap().key().clone();
        assert_eq!(Store::open(folder.path()).unwrap().key(), &first);
    }
}
