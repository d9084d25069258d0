//! How much of a piece of evidence is read before it is called hostile.
//!
//! Every limit has a default that ordinary evidence never meets and a test that meets it. Reaching one is a recorded
//! problem of that member, never the end of the run.

use std::fmt;
use std::sync::Arc;

use super::known::KnownFiles;

/// Passwords that are tried on encrypted archives, in order. They are the case's secrets: never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passwords(Arc<[String]>);

impl Passwords {
    /// Returns them.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

impl FromIterator<String> for Passwords {
    fn from_iter<I: IntoIterator<Item = String>>(passwords: I) -> Self {
        Passwords(passwords.into_iter().collect())
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passwords", self.0.len())
    }
}

/// Limits on what evidence may cost. All of them concern one file or less, so that many files cannot add up in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Decoded bytes of one file on disk, over all its members and layers.
    pub decoded_bytes: u64,
    /// Decoded bytes for one compressed byte, once a layer has given more than `expansion_grace_bytes`.
    pub expansion_ratio: u64,
    /// Decoded bytes a layer may give before its expansion is looked at.
    pub expansion_grace_bytes: u64,
    /// Containers within containers (`a.tar.gz` has two).
    pub nesting: usize,
    /// Members of one archive.
    pub members: usize,
    /// Bytes of one line or record; a longer one is set aside as `line_too_long`.
    pub record_bytes: usize,
    /// Bytes of one quoted field; a longer one counts as an unclosed quote.
    pub quoted_bytes: usize,
    /// Line breaks in one quoted field; more count as an unclosed quote.
    pub quoted_lines: usize,
    /// Columns of one table.
    pub columns: usize,
    /// Tables of one file.
    pub tables: usize,
    /// Bytes of an archive or Parquet file that lies inside another container and must be held in memory to be read.
    pub spool_bytes: u64,
    /// Memory a decoder may ask for (windows of zstd and xz).
    pub decoder_bytes: u64,
    /// Files found below the given paths.
    pub files: usize,
    /// Decoded bytes a quick survey looks at, for one file.
    pub quick_bytes: u64,
    /// Decoded bytes a quick survey looks at, over all files.
    pub quick_total_bytes: u64,
    /// Decoded bytes kept in memory from the survey to the reading, over all files.
    pub kept_bytes: usize,
    /// Bytes of consecutive records handed on as one block. Results never depend on it; tests make it tiny.
    pub chunk_bytes: usize,
    /// Rows taken from the beginning of a table as its sample.
    pub sample_rows: usize,
    /// Bytes of those rows.
    pub sample_bytes: usize,
    /// Places over the whole table from which further sample rows are taken.
    pub strata: usize,
    /// Rows taken at each place.
    pub stratum_rows: usize,
    /// What the case adds to reading, and every reader must have alike.
    pub passwords: Passwords,
    /// Files that are known and of no interest.
    pub known: KnownFiles,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            decoded_bytes: 1 << 40,
            expansion_ratio: 250,
            expansion_grace_bytes: 256 << 20,
            nesting: 5,
            members: 100_000,
            record_bytes: 16 << 20,
            quoted_bytes: 1 << 20,
            quoted_lines: 1_000,
            columns: 4_096,
            tables: 10_000,
            spool_bytes: 512 << 20,
            decoder_bytes: 160 << 20,
            files: 1_000_000,
            quick_bytes: 64 << 20,
            quick_total_bytes: 1 << 30,
            kept_bytes: 192 << 20,
            chunk_bytes: 1 << 20,
            sample_rows: 5_000,
            sample_bytes: 1 << 20,
            strata: 64,
            stratum_rows: 64,
            passwords: Passwords::default(),
            known: KnownFiles::default(),
        }
    }
}
