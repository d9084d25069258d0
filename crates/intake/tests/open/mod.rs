//! Opening: every format, container and kind of bad input, through `survey` and `stream`.

mod archives;
mod bad;
mod columnar;
mod containers;
mod delimited;
mod documents;
mod events;
mod found;
mod json;
mod lines;
mod mutated;
mod quick;
mod second;
mod speed;
mod sql;
mod structured;

use std::fs;
use std::path::{Path, PathBuf};

use intake::open::{Block, BlockPlace, Depth, EvidenceFile, Limits, StreamTotals, Survey, stream, survey};
use vocab::progress::Silent;

/// The limits of the fuzz targets: small, so that they are reached.
pub(crate) fn small_limits(chunk_bytes: usize) -> Limits {
    Limits {
        decoded_bytes: 8 << 20,
        expansion_grace_bytes: 1 << 20,
        members: 50,
        record_bytes: 4 << 10,
        quoted_bytes: 1 << 10,
        quoted_lines: 20,
        columns: 64,
        tables: 20,
        spool_bytes: 1 << 20,
        decoder_bytes: 32 << 20,
        kept_bytes: 0,
        chunk_bytes,
        ..Limits::default()
    }
}

/// A folder with one file in it.
pub(crate) struct Evidence {
    folder: tempfile::TempDir,
}

impl Evidence {
    pub(crate) fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
            fs::write(path, bytes).expect("a file");
        }
        Evidence { folder }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn survey(&self, limits: &Limits) -> Survey {
        survey(self.path(), &[PathBuf::from(".")], limits, Depth::Full, 2, &Silent)
    }

    pub(crate) fn quick(&self, limits: &Limits) -> Survey {
        survey(self.path(), &[PathBuf::from(".")], limits, Depth::Quick, 2, &Silent)
    }
}

/// Everything a file gives: rows by table with their numbers, texts, totals.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Everything {
    /// Table, row number, offset, cells.
    pub(crate) rows: Vec<(u32, u64, u64, Vec<Option<String>>)>,
    pub(crate) text: Vec<String>,
    pub(crate) totals: StreamTotals,
}

impl Everything {
    pub(crate) fn cells(&self) -> Vec<Vec<&str>> {
        self.rows.iter().map(|(_, _, _, cells)| cells.iter().map(shown).collect()).collect()
    }

    pub(crate) fn aside(&self) -> Vec<(&str, u64)> {
        self.totals.set_aside.iter().map(|aside| (aside.reason.as_str(), aside.rows)).collect()
    }
}

pub(crate) fn shown(cell: &Option<String>) -> &str {
    cell.as_deref().unwrap_or("<null>")
}

pub(crate) fn everything(file: &EvidenceFile, limits: &Limits, threads: usize) -> Everything {
    let mut out = Everything { text: vec![String::new(); file.texts.len()], ..Everything::default() };
    let (rows, text) = (&mut out.rows, &mut out.text);
    let totals = stream(file, limits, threads, &Silent, &|block| block, &mut |place, block| match (place, block) {
        (BlockPlace::Rows { table, first_row, .. }, Block::Rows(block)) => {
            assert_eq!(block.rows_met as usize, block.rows() + block.set_aside.len());
            for row in 0..block.rows() {
                let number = first_row + u64::from(block.ordinals[row]);
                let cell = |column| block.cell(row, column).map(|b| String::from_utf8(b.to_vec()).expect("UTF-8"));
                rows.push((table, number, block.offsets[row], (0..block.columns).map(cell).collect()));
            }
        }
        (BlockPlace::Text { member, .. }, Block::Text(block)) => {
            text[member as usize].push_str(std::str::from_utf8(&block.bytes).expect("UTF-8"));
        }
        _ => panic!("place and block agree"),
    });
    assert_eq!(totals.rows_in, totals.rows_parsed + totals.rows_set_aside);
    assert_eq!(totals.rows_set_aside, totals.set_aside.iter().map(|aside| aside.rows).sum::<u64>());
    out.totals = totals;
    out
}

/// Surveys and streams one file with ordinary and tiny chunks, kept or read again, and several numbers of threads: always
/// the same.
pub(crate) fn check(name: &str, bytes: &[u8]) -> (EvidenceFile, Everything) {
    let (_, file, all) = check_and_keep(name, bytes);
    (file, all)
}

/// As `check`; the file stays while the first of the results does.
pub(crate) fn check_and_keep(name: &str, bytes: &[u8]) -> (Evidence, EvidenceFile, Everything) {
    let evidence = Evidence::new(&[(name, bytes)]);
    let survey = evidence.survey(&Limits { kept_bytes: 0, ..Limits::default() });
    assert_eq!(survey.files.len(), 1, "{:?}", survey.problems);
    let file = survey.files[0].clone();
    let expected = everything(&file, &Limits::default(), 1);
    let kept = &evidence.survey(&Limits::default()).files[0];
    assert_eq!(everything(kept, &Limits::default(), 2), expected, "kept");
    for chunk_bytes in [1, 7, 64, 4096] {
        for threads in [1, 2, 8] {
            let limits = Limits { chunk_bytes, ..Limits::default() };
            assert_eq!(everything(&file, &limits, threads), expected, "chunks of {chunk_bytes}, {threads} threads");
        }
    }
    (evidence, file, expected)
}
