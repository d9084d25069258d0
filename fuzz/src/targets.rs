//! The targets. Each says what must hold for every input.

use std::path::PathBuf;

use intake::detect::values;
use intake::open::{Block, BlockPlace, Depth, EvidenceFile, Limits, StreamTotals};
use vocab::progress::Silent;

use crate::{mend, signature};

/// An address that is read is printed so that reading it gives the same address.
pub fn address(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let Ok(address) = text.parse::<vocab::ForensicPath>() else { return 1 };
    assert_eq!(address.to_string().parse(), Ok(address.clone()), "an address changes when it is printed and read");
    signature([&[address.members.len().min(9) as u8][..], address.to_string().get(..1).unwrap_or("").as_bytes()])
}

/// Every validator takes every cell, and gives the same verdict twice.
pub fn value(data: &[u8]) -> u64 {
    let verdicts = || {
        [
            values::ssn(data).verdict,
            values::itin(data).verdict,
            values::ssn_last4(data).verdict,
            values::phone(data).verdict,
            values::imei(data).verdict,
            values::imeisv(data).verdict,
            values::imsi(data).verdict,
            values::iccid(data).verdict,
            values::meid(data).verdict,
            values::email(data).verdict,
            values::ip(data).verdict,
            values::mac(data).verdict,
            values::vin(data).verdict,
            values::password_hash(data).verdict,
            values::zip(data).verdict,
            values::state(data).verdict,
            values::street(data).verdict,
            values::name(data).verdict,
            values::aba(data).verdict,
            values::bank_account(data).verdict,
            values::bic(data).verdict,
            values::card_expiry(data).verdict,
            values::passport(data).verdict,
            values::account_number(data).verdict,
            values::account_pin(data).verdict,
        ]
    };
    let first = verdicts();
    assert_eq!(first, verdicts(), "a verdict depends on more than the cell");
    let _ = values::name_parts(data);
    let digits: Vec<u8> = first.iter().map(|verdict| *verdict as u8).collect();
    signature([&digits[..]])
}

/// Facts are read or refused; what is refused is refused in words of ours that fit a line.
pub fn facts(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let Ok(facts) = toml::from_str::<vocab::facts::Facts>(text) else { return 1 };
    let wrong = facts.contradictions();
    let profiles = facts.profiles();
    signature([&[wrong.len().min(200) as u8, profiles.len().min(200) as u8][..]])
}

/// A rule file may be anything: rules check names it and goes on.
pub fn rule(data: &[u8]) -> u64 {
    let Ok(text) = std::str::from_utf8(data) else { return 0 };
    let folder = scratch("rule");
    let mut found = Vec::new();
    for room in ["harms/fuzzed.toml", "duties/fuzzed.toml"] {
        let path = folder.join(room);
        std::fs::create_dir_all(path.parent().unwrap_or(&folder)).expect("the scratch folder can be written");
        std::fs::write(&path, text).expect("the scratch folder can be written");
    }
    let book = rulebook::Rulebook::from_folder(&folder).expect("a folder of text can be read");
    found.push(rulebook::harms::check(&book).len());
    found.push(rulebook::duties::check(&book).len());
    signature([&found.iter().map(|count| (*count).min(200) as u8).collect::<Vec<_>>()[..]])
}

/// Delimited text.
pub fn delimited(data: &[u8]) -> u64 {
    read("delimited.csv", data)
}

/// SQL dumps.
pub fn sql_dump(data: &[u8]) -> u64 {
    read("dump.sql", data)
}

/// JSON lines and arrays.
pub fn json_lines(data: &[u8]) -> u64 {
    read("lines.ndjson", data)
}

/// Containers.
pub fn archive(data: &[u8]) -> u64 {
    read("archive.bin", data)
}

/// Free text.
pub fn text(data: &[u8]) -> u64 {
    read("notes.txt", data)
}

/// SQLite databases.
pub fn sqlite(data: &[u8]) -> u64 {
    read("app.db", data)
}

/// Workbooks and documents of office programs.
pub fn office(data: &[u8]) -> u64 {
    read("book.xlsx", data)
}

/// 7z archives, their checksums put right so that changes reach what is behind them.
pub fn seven_zip(data: &[u8]) -> u64 {
    read("a.7z", &mend::seven_zip(data))
}

/// RAR archives of both kinds, the checksums of their headers put right.
pub fn rar(data: &[u8]) -> u64 {
    read("a.rar", &mend::rar(data))
}

/// Files cut into parts: the first byte says how they are named, the second in how many parts, which ones are missing.
pub fn volumes(data: &[u8]) -> u64 {
    let [way, cut, data @ ..] = data else { return 0 };
    let names: [fn(usize) -> String; 6] = [
        |number| format!("x.csv.{:03}", number + 1),
        |number| format!("x.gz.part{}", number + 1),
        |number| format!("x.7z.a{}", char::from(b'a' + number as u8)),
        |number| format!("x.E{:02}", number + 1),
        |number| format!("x.part{}.rar", number + 1),
        |number| if number == 0 { "x.zip".to_owned() } else { format!("x.z{number:02}") },
    ];
    let name = names[usize::from(*way) % names.len()];
    let parts = usize::from(*cut % 8) + 1;
    let mut pieces: Vec<&[u8]> = data.chunks(data.len().div_ceil(parts).max(1)).collect();
    if name(0) == "x.zip" && !pieces.is_empty() {
        // The last part has the name of the whole.
        pieces.rotate_right(1);
    }
    let missing = usize::from(*cut / 8) % 16;
    let kept = pieces.iter().enumerate().filter(|(number, _)| *number != missing || *cut < 8);
    let files: Vec<(String, &[u8])> = kept.map(|(number, piece)| (name(number), *piece)).collect();
    read_all("volumes", &files)
}

/// Disk images of examiners.
pub fn image(data: &[u8]) -> u64 {
    read("d.E01", data)
}

/// Event logs of Windows, without the head that says nothing.
pub fn evtx(data: &[u8]) -> u64 {
    let mut log = b"ElfFile\0".to_vec();
    log.resize(4_096, 0);
    read("security.evtx", &[&log, data].concat())
}

/// Documents of pages.
pub fn pdf(data: &[u8]) -> u64 {
    read("letter.pdf", data)
}

/// Binary workbooks of old.
pub fn xls(data: &[u8]) -> u64 {
    read("people.xls", data)
}

/// Binary workbooks: the members stand one behind the other here, and are packed after they were changed.
pub fn xlsb(data: &[u8]) -> u64 {
    read("people.xlsb", &mend::workbook(data))
}

/// BSON, Avro, dBASE, and what is carved.
pub fn binary(data: &[u8]) -> u64 {
    read("people.bin", data)
}

/// Messages and mailboxes.
pub fn mail(data: &[u8]) -> u64 {
    read("inbox.eml", data)
}

/// XML and HTML.
pub fn markup(data: &[u8]) -> u64 {
    read("page.html", data)
}

/// Cards, directories, blocks of keys and values, fixed width, lists of logins.
pub fn blocks(data: &[u8]) -> u64 {
    read("blocks.txt", data)
}

/// Whatever is wrapped: every place of the decoded text leads back to a place of the source.
pub fn decode(data: &[u8]) -> u64 {
    let Some(decoded) = intake::decode::decode(data) else { return 0 };
    assert!(decoded.bytes.len() <= data.len() * 3 + 16, "decoding grows a text");
    for at in 0..decoded.bytes.len() {
        let source = decoded.source(at..at + 1);
        assert!(source.start < source.end && source.end <= data.len(), "a place has no source");
    }
    signature(decoded.layers.iter().map(|layer| layer.as_bytes()))
}

/// Everything a reader may cost here; small, so that the limits are reached.
fn limits(chunk_bytes: usize) -> Limits {
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
        passwords: ["winter2026", "infected"].map(str::to_owned).into_iter().collect(),
        ..Limits::default()
    }
}

/// What reading gave: the balance, and a digest of every cell with its place.
#[derive(PartialEq, Debug)]
struct Reading {
    totals: StreamTotals,
    cells: u64,
}

/// Reads a file as evidence. Whatever is in it: nothing panics, rows balance, cells are text, and neither the number of
/// threads nor the size of the chunks changes what was read.
fn read(name: &str, data: &[u8]) -> u64 {
    read_all(name, &[(name.to_owned(), data)])
}

/// Reads several files that lie in one folder.
fn read_all(room: &str, files: &[(String, &[u8])]) -> u64 {
    let folder = scratch(room);
    for old in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        std::fs::remove_file(old.path()).expect("the scratch folder can be written");
    }
    for (name, data) in files {
        std::fs::write(folder.join(name), data).expect("the scratch folder can be written");
    }
    let large = limits(1 << 20);
    let survey = intake::open::survey(&folder, &[PathBuf::from(".")], &large, Depth::Full, 1, &Silent);
    let mut what = Vec::new();
    for file in &survey.files {
        let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
        assert_eq!(unforeseen, None, "a reader panics, and not where it is caught");
        let alone = stream(file, &large, 1);
        assert_eq!(alone, stream(file, &limits(100), 3), "what is read depends on chunks or threads");
        let totals = &alone.totals;
        let aside: u64 = totals.set_aside.iter().map(|aside| aside.rows).sum();
        assert_eq!(totals.rows_in, totals.rows_parsed + aside, "rows do not balance");
        assert_eq!(totals.rows_set_aside, aside, "rows do not balance by reason");
        assert!((0.0..=1.0).contains(&totals.readable_share), "a share is not a share");
        what.push(format!(
            "{} {} {:?} {:?} {}",
            file.format,
            file.tables.len().min(3),
            file.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(),
            totals.set_aside.iter().map(|aside| aside.reason.as_str()).collect::<Vec<_>>(),
            totals.rows_in.clamp(1, 20).ilog2(),
        ));
    }
    signature(what.iter().map(String::as_bytes))
}

fn stream(file: &EvidenceFile, limits: &Limits, threads: usize) -> Reading {
    let mut cells = 0;
    let totals = intake::open::stream(file, limits, threads, &Silent, &digest, &mut |place, rows: Vec<(u32, u64)>| {
        for (ordinal, row) in rows {
            let number = match place {
                BlockPlace::Rows { table, first_row, .. } => u64::from(table) << 40 | (first_row + u64::from(ordinal)),
                BlockPlace::Text { .. } => 0,
            };
            cells = signature([&u64::to_le_bytes(cells)[..], &number.to_le_bytes(), &row.to_le_bytes()]);
        }
    });
    Reading { totals, cells }
}

/// One number a row. Text may be cut anywhere, so of it only the bytes are looked at, not their blocks.
fn digest(block: Block) -> Vec<(u32, u64)> {
    match block {
        Block::Rows(rows) => {
            let text = |cell: Option<&[u8]>| cell.is_none_or(|cell| std::str::from_utf8(cell).is_ok());
            assert!((0..rows.columns).all(|column| rows.column(column).all(text)), "a cell is no text");
            let cells = |row: usize| (0..rows.columns).map(move |column| (row, column));
            let row =
                |row: usize| signature(cells(row).map(|(row, column)| rows.cell(row, column).unwrap_or(b"\0null")));
            rows.ordinals.iter().enumerate().map(|(index, ordinal)| (*ordinal, row(index))).collect()
        }
        Block::Text(text) => {
            std::str::from_utf8(&text.bytes).expect("text is text");
            Vec::new()
        }
    }
}

/// A folder of this process, in memory where the machine has such a place.
fn scratch(name: &str) -> PathBuf {
    use std::sync::OnceLock;
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let memory = std::path::Path::new("/dev/shm");
        let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        made.expect("a folder for temporary files")
    });
    let folder = folder.path().join(name.replace('.', "-"));
    std::fs::create_dir_all(&folder).expect("the scratch folder can be written");
    folder
}
