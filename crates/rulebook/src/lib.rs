//! Loads and checks the rulebook: identifiers, comparisons, places, harms, duties.
//!
//! Enters: the embedded `rulebook/` or a folder the user names. Leaves: typed rules and the digest that goes into every
//! receipt. Never: evidence, the engine.

pub mod duties;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub mod abroad;
pub mod comparisons;
pub mod detectors;
pub mod harms;
pub mod identifiers;
pub mod names;
pub mod places;
pub mod spellings;

pub use comparisons::Comparisons;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// A rule file that cannot be used. Quotes rules, never evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Path of the file within the rulebook.
    pub file: String,
    /// What is wrong, in lower case.
    pub cause: String,
}

impl std::fmt::Display for RuleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rulebook/{}: {}", self.file, self.cause)
    }
}

impl std::error::Error for RuleError {}

/// The text of all rule files, by path (`duties/us/california.toml`).
#[derive(Clone, Debug)]
pub struct Rulebook {
    files: BTreeMap<String, String>,
}

impl Rulebook {
    /// Returns the rulebook inside the binary.
    pub fn embedded() -> Self {
        let files = embedded::EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Rulebook { files }
    }

    /// Reads a rulebook from a folder; it replaces the embedded one whole. A folder with nothing but `detectors/` adds them to
    /// the embedded one: who has a rule of their own need not keep everybody's.
    pub fn from_folder(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let name = folder.join(entry.file_name());
                if entry.file_type()?.is_dir() {
                    folders.push(name);
                } else if name.extension().is_some_and(|ending| ending == "toml" || ending == "txt") {
                    let text = fs::read_to_string(entry.path());
                    let name = name.to_string_lossy().replace('\\', "/");
                    let text =
                        text.map_err(|error| io::Error::new(error.kind(), format!("{name}: {}", error.kind())))?;
                    files.insert(name, text);
                }
            }
        }
        if !files.is_empty() && files.keys().all(|name| name.starts_with(detectors::FOLDER)) {
            files.extend(Rulebook::embedded().files);
        }
        Ok(Rulebook { files })
    }

    /// Returns the rulebook without the user's own detectors.
    pub fn without_detectors(&self) -> Self {
        let mut files = self.files.clone();
        files.retain(|name, _| !name.starts_with(detectors::FOLDER));
        Rulebook { files }
    }

    /// Puts a file in, in place of one of that name.
    pub fn put(&mut self, name: &str, text: &str) {
        self.files.insert(name.to_owned(), text.to_owned());
    }

    /// Returns the text of one file.
    pub fn text(&self, file: &str) -> Result<&str, RuleError> {
        let missing = || RuleError { file: file.to_owned(), cause: "the file is missing".to_owned() };
        self.files.get(file).map(String::as_str).ok_or_else(missing)
    }

    /// Returns the files below a folder (`harms/`), in order of their paths.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .range(folder.to_owned()..)
            .take_while(move |(name, _)| name.starts_with(folder))
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// Reads one TOML file into a typed rule.
    pub fn parse<T: serde::de::DeserializeOwned>(&self, file: &str) -> Result<T, RuleError> {
        toml::from_str(self.text(file)?).map_err(|error| RuleError { file: file.to_owned(), cause: error.to_string() })
    }

    /// Iterates over names and texts of all files, for the digest and `rules check`.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}
