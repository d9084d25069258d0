//! Finds out how a delimited text is written, or that it is none.
//!
//! Enters: the beginning of a member. Leaves: delimiter, quotes, escapes, number of columns, header. The decision rests
//! on how alike the rows are under each reading, and the header on how unlike the first row is to those after it.

use super::delimited::{Combo, Dialect, Escape, Met, RawCell};
use super::encoding::Charset;
use super::limits::Limits;

/// A delimited text as its beginning shows it.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// How it is written.
    pub(super) dialect: Dialect,
    /// Names of the columns, if the first row is a header.
    pub(super) header: Option<Vec<String>>,
    /// Whether the names come from the format and not from a first row.
    pub(super) stated: bool,
    /// Where the first row begins, after the header.
    pub(super) data_start: usize,
}

/// Delimiters tried, with the trust each has before the text is seen.
const DELIMITERS: &[(u8, f64)] = &[
    (b',', 1.0),
    (b'\t', 1.1),
    (b'|', 1.1),
    (b';', 1.0),
    (0x01, 1.2),
    (0x1f, 1.2),
    (0x14, 1.2),
    (b'^', 0.9),
    (b'~', 0.9),
    (b':', 0.6),
];
/// Rows looked at.
const ROWS: usize = 1_000;
/// Share of rows that must have the same number of cells.
const ALIKE: f64 = 0.8;
/// Words in a last cell from which on rows of two or three cells are log lines or prose.
const PROSE_WORDS: f64 = 6.0;
/// Words in all cells from which on rows cut at colons are log lines.
const MEAN_WORDS: f64 = 2.5;
/// Longest value of a list of single values, one a line.
const SINGLE_BYTES: usize = 254;

type Rows = Vec<(usize, Vec<Vec<u8>>)>;

/// The text is a table with more columns than the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooWide;

/// Reads the beginning of a text; `None` if it is no delimited text.
pub(super) fn read(head: &[u8], ended: bool, limits: &Limits) -> Result<Option<Reading>, TooWide> {
    let newline = if head.contains(&b'\n') || !head.contains(&b'\r') { b'\n' } else { b'\r' };
    let (stated, start) = stated_delimiter(head, newline);
    let Some(text) = whole_lines(&head[start..], newline, ended) else { return Ok(None) };
    if stated.is_none()
        && let Some(reading) = combo(text, newline, limits)
    {
        return Ok(Some(reading));
    }
    let mut best: Option<(f64, Reading)> = None;
    for (delimiter, trust) in DELIMITERS {
        if stated.is_some_and(|stated| stated != *delimiter) || !text.contains(delimiter) {
            continue;
        }
        if let Some((score, reading)) = try_delimiter(text, *delimiter, newline, limits)? {
            let score = score * trust;
            if best.as_ref().is_none_or(|(other, _)| score > *other) {
                best = Some((score, reading));
            }
        }
    }
    let mut reading = match best {
        Some((_, reading)) => reading,
        None => match single_values(text, newline, limits) {
            Some(reading) => reading,
            None => return Ok(None),
        },
    };
    reading.data_start += start;
    Ok(Some(reading))
}

/// Rows of a list of logins from which on it is one.
const LOGINS: usize = 3;

/// A list of logins: an e-mail address, or a web address and a login, and what follows is a password, whatever it holds.
fn combo(text: &[u8], newline: u8, limits: &Limits) -> Option<Reading> {
    let tries = [(Combo::Address, b':'), (Combo::Login, b':'), (Combo::Login, b';'), (Combo::Login, b'|')];
    for (combo, delimiter) in tries {
        let last = if combo == Combo::Address { 2 } else { 1 };
        let dialect =
            Dialect { delimiter: vec![delimiter], newline, columns: last + 1, combo: Some(combo), ..Dialect::plain() };
        let rows = rows(text, &dialect, limits);
        let lines = memchr::memchr_iter(newline, text).take(ROWS).count().max(rows.len());
        let login =
            |cell: &[u8]| !cell.is_empty() && cell.len() <= SINGLE_BYTES && !cell.iter().any(u8::is_ascii_whitespace);
        let good = |cells: &Vec<Vec<u8>>| match combo {
            Combo::Address => login(&cells[0]) && login(&cells[1]) && !cells[1].starts_with(b"//"),
            Combo::Login => login(&cells[0]) && kind_of(&cells[0]) == Kind::Email,
        };
        let fit = rows.iter().filter(|(_, cells)| good(cells)).count();
        if fit < LOGINS || fit * 10 < lines * 9 {
            continue;
        }
        // Several cells behind the address, the same number in every row, are a table of its own.
        let inner = |cells: &Vec<Vec<u8>>| memchr::memchr_iter(delimiter, &cells[last]).count();
        let most = rows.iter().filter(|(_, cells)| inner(cells) > 0).count();
        if most * 2 > rows.len()
            || !rows.iter().filter(|(_, cells)| good(cells)).all(|(_, cells)| is_word(&cells[last]))
        {
            continue;
        }
        let secret = rows.iter().filter(|(_, cells)| is_secret(&cells[last])).count();
        let names: [&str; 3] = ["url", if combo == Combo::Address { "username" } else { "email" }, "password"];
        let names = names[2 - last..].iter().map(|name| (*name).to_owned()).collect();
        let header = (secret * 10 >= rows.len() * 6).then_some(names);
        return Some(Reading { dialect, header, stated: true, data_start: 0 });
    }
    None
}

/// Passwords are of one line without tabs, and short.
fn is_word(cell: &[u8]) -> bool {
    cell.len() <= SINGLE_BYTES && !cell.contains(&b'\t')
}

/// Values that no name, number, date or address looks like; many passwords do, but not most of them.
fn is_secret(cell: &[u8]) -> bool {
    let kind = kind_of(cell);
    let spaced = cell.iter().any(u8::is_ascii_whitespace);
    !cell.is_empty() && !spaced && !matches!(kind, Kind::Date | Kind::Email | Kind::Number | Kind::Title | Kind::Digits)
}

/// Rows above a header that hold a title, a date, a note.
const TITLES: usize = 8;

/// Reads the beginning of rows that a format gave, whose way of writing is known. With `names` the columns are known as
/// well; else their number and the header are found as in any table, below lines of a title.
pub(super) fn read_given(
    head: &[u8],
    names: Option<&[String]>,
    ended: bool,
    limits: &Limits,
) -> Result<Reading, TooWide> {
    let mut dialect = Dialect {
        delimiter: vec![b'\t'],
        backslash: true,
        columns: names.map_or(0, <[String]>::len),
        pads_short_rows: names.is_none(),
        ..Dialect::plain()
    };
    if dialect.columns > limits.columns {
        return Err(TooWide);
    }
    if let Some(names) = names {
        return Ok(Reading { dialect, header: Some(names.to_vec()), stated: true, data_start: 0 });
    }
    let text = whole_lines(head, b'\n', ended).unwrap_or(head);
    let all = rows(text, &dialect, limits);
    // Rows that the format could not read are marked as such, by more cells than any other has.
    let read = all.iter().filter(|(_, cells)| !cells.iter().all(|cell| cell == b"!"));
    let columns = read.map(|(_, cells)| cells.len()).max().unwrap_or(1);
    if columns > limits.columns {
        return Err(TooWide);
    }
    dialect.columns = columns;
    let padded: Rows = all
        .into_iter()
        .map(|(at, mut cells)| {
            cells.resize(columns, Vec::new());
            (at, cells)
        })
        .collect();
    let filled = |cells: &[Vec<u8>]| cells.iter().filter(|cell| !cell.is_empty()).count();
    let titles =
        padded.iter().take(TITLES).take_while(|(_, cells)| filled(cells) * 2 <= columns && columns > 2).count();
    for above in [titles, 0] {
        if let Some(names) = header(&padded[above.min(padded.len())..], columns) {
            let data_start = padded.get(above + 1).map_or(text.len(), |row| row.0);
            return Ok(Reading { dialect, header: Some(names), stated: false, data_start });
        }
    }
    Ok(Reading { dialect, header: None, stated: false, data_start: 0 })
}

/// `sep=;` in the first line, as spreadsheets write it.
fn stated_delimiter(head: &[u8], newline: u8) -> (Option<u8>, usize) {
    if !head.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"sep=")) {
        return (None, 0);
    }
    match memchr::memchr(newline, head) {
        Some(end) if end > 4 && end <= 7 => (Some(head[4]), end + 1),
        _ => (None, 0),
    }
}

/// The whole lines of the head; a member without any line break is one line.
fn whole_lines(head: &[u8], newline: u8, ended: bool) -> Option<&[u8]> {
    if ended {
        return Some(head);
    }
    memchr::memrchr(newline, head).map(|end| &head[..=end])
}

fn try_delimiter(text: &[u8], delimiter: u8, newline: u8, limits: &Limits) -> Result<Option<(f64, Reading)>, TooWide> {
    let single = memchr::memchr_iter(delimiter, text).count();
    let double = memchr::memmem::find_iter(text, &[delimiter, delimiter]).count();
    let delimiter = if double * 2 == single { vec![delimiter; 2] } else { vec![delimiter] };
    let mut dialect = Dialect { delimiter, newline, ..Dialect::plain() };
    dialect.quote = quote(text, &dialect, limits);
    dialect.backslash = backslash(text, &dialect);
    let rows = rows(text, &dialect, limits);
    let Some((columns, pads, alike)) = columns(&rows) else { return Ok(None) };
    if columns > limits.columns {
        return Err(TooWide);
    }
    if columns < 2 || (rows.len() == 1 && columns < 3) || only_ends_lines(&rows, columns) {
        return Ok(None);
    }
    let names = header(&rows, columns);
    if names.is_none() && is_text(&rows, columns, &dialect) {
        return Ok(None);
    }
    dialect.columns = columns;
    dialect.pads_short_rows = pads;
    let data_start = if names.is_some() { rows.get(1).map_or(text.len(), |row| row.0) } else { 0 };
    let score = alike * alike * (1.0 + (columns as f64).ln());
    Ok(Some((score, Reading { dialect, header: names, stated: false, data_start })))
}

/// Parses the beginning of the text, cells unescaped.
fn rows(text: &[u8], dialect: &Dialect, limits: &Limits) -> Rows {
    let mut rows = Vec::new();
    let mut cells: Vec<RawCell> = Vec::new();
    let mut at = 0;
    while at < text.len() && rows.len() < ROWS {
        match dialect.row(text, at, true, limits, &mut cells) {
            Met::Row { next } => {
                rows.push((at, cells.iter().map(|cell| content(text, cell, dialect)).collect()));
                at = next;
            }
            Met::Aside { next, .. } | Met::Blank { next } => at = next,
            Met::More => break,
        }
    }
    rows
}

fn content(text: &[u8], cell: &RawCell, dialect: &Dialect) -> Vec<u8> {
    let mut bytes = text[cell.start..][..cell.length].to_vec();
    if cell.escape != Escape::None {
        let length = dialect.unescape(&mut bytes, cell.escape);
        bytes.truncate(length);
    }
    bytes
}

/// Double quotes are taken as quotes unless the text shows them at the beginning of cells that they do not close.
fn quote(text: &[u8], dialect: &Dialect, limits: &Limits) -> Option<u8> {
    let plain = rows(text, dialect, limits);
    let cells = || plain.iter().flat_map(|(_, cells)| cells);
    let total = cells().count();
    let wrapped = |quote: u8| cells().filter(|c| c.len() > 1 && c[0] == quote && c.last() == Some(&quote)).count();
    let opened = cells().filter(|c| c.first() == Some(&b'"')).count();
    if wrapped(b'\'') * 2 > total {
        return Some(b'\'');
    }
    if opened == 0 {
        return (dialect.delimiter[0] >= b' ' || dialect.delimiter[0] == b'\t').then_some(b'"');
    }
    let quoted = Dialect { quote: Some(b'"'), ..dialect.clone() };
    let alike = |rows: &Rows| columns(rows).map_or(0.0, |(_, _, alike)| alike);
    let with = rows(text, &quoted, limits);
    // `1,"Marshall, Ronald",x` in every row: the cells are cut as evenly without quotes, but what opens closes as well.
    let closed = cells().filter(|c| c.last() == Some(&b'"') && (c.len() == 1 || c[0] != b'"')).count();
    let paired = closed > 0 && (closed + wrapped(b'"')) * 10 >= opened * 9 && alike(&with) >= alike(&plain);
    (wrapped(b'"') * 2 >= opened || alike(&with) > alike(&plain) || paired).then_some(b'"')
}

/// Backslashes escape where a quote follows one and none is doubled, or where nulls are written `\N`.
fn backslash(text: &[u8], dialect: &Dialect) -> bool {
    let has = |needle: &[u8]| memchr::memmem::find(text, needle).is_some();
    if !text.contains(&b'\\') {
        return false;
    }
    let quotes = dialect.quote.is_some_and(|quote| {
        let doubled = [quote, quote];
        let inner = memchr::memmem::find_iter(text, &doubled)
            .any(|at| at > 0 && !text[..at].ends_with(&dialect.delimiter) && text[at - 1] != b'\n');
        has(&[b'\\', quote]) && !inner
    });
    let null = [dialect.delimiter.as_slice(), b"\\N"].concat();
    quotes || (has(&null) && (has(b"\\\\") || dialect.delimiter == [b'\t']))
}

/// The number of cells a row, whether short rows are the manner, and the share of rows that agree.
fn columns(rows: &Rows) -> Option<(usize, bool, f64)> {
    let total = rows.len();
    let mut counts = std::collections::BTreeMap::new();
    for (_, cells) in rows {
        *counts.entry(cells.len()).or_insert(0usize) += 1;
    }
    let (mode, most) = counts.iter().max_by_key(|(_, rows)| **rows).map(|(count, rows)| (*count, *rows))?;
    let alike = most as f64 / total as f64;
    if alike >= ALIKE && mode >= 2 {
        return Some((mode, false, alike));
    }
    // A table whose rows stop at their last filled cell: the first row is as long as any, none ends empty.
    let first = rows[0].1.len();
    let below = rows.iter().filter(|(_, cells)| cells.len() <= first).count() as f64 / total as f64;
    let filled = rows.iter().filter(|(_, cells)| cells.last().is_some_and(|c| !c.is_empty())).count();
    let pads = first >= 3 && total >= 3 && below >= 0.97 && filled == total && mode >= 2 && mode * 2 >= first;
    pads.then_some((first, true, below * ALIKE))
}

/// Whether nothing but the end of the line stands behind the delimiter: `deny 10.0.0.1;`.
fn only_ends_lines(rows: &Rows, columns: usize) -> bool {
    columns == 2 && rows.iter().all(|(_, cells)| cells.get(1).is_none_or(Vec::is_empty))
}

/// Delimiters that sentences, logs and settings have as well.
fn is_punctuation(dialect: &Dialect) -> bool {
    matches!(dialect.delimiter.as_slice(), b"," | b";" | b":")
}

/// Log lines, prose and settings also have a comma or a colon in every line.
fn is_text(rows: &Rows, columns: usize, dialect: &Dialect) -> bool {
    let most = |test: &dyn Fn(&[Vec<u8>]) -> bool| rows.iter().filter(|(_, row)| test(row)).count() * 2 > rows.len();
    let wordy = columns <= 3 && is_prose(rows, columns, dialect);
    wordy
        || is_punctuation(dialect)
            && (rows.len() == 1
                || most(&|row| row.iter().any(|cell| opens_only(cell)))
                || most(&cuts_a_moment)
                || most(&|row| leads_a_log(&row[0]))
                || is_punctuated(rows, columns, dialect)
                || is_settings(rows, columns, dialect))
}

/// Brackets that open or close here, their counterparts in another cell: the delimiter stands within something.
fn opens_only(cell: &[u8]) -> bool {
    let count = |sign: u8| memchr::memchr_iter(sign, cell).count();
    [(b'(', b')'), (b'[', b']'), (b'{', b'}')].into_iter().any(|(open, close)| count(open) != count(close))
}

/// The line begins with a time of day, which the delimiter cuts: `2024-02-11 10:02:14,021 INFO`.
fn cuts_a_moment(row: &[Vec<u8>]) -> bool {
    let [first, second, ..] = row else { return false };
    let digits = |cell: &[u8]| cell.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let back = first.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = first.len().checked_sub(back + 1).map(|at| first[at]);
    let begins = before.is_none_or(|byte| matches!(byte, b' ' | b'T' | b'[' | b'(' | b':'));
    let dated = first.len() >= 4 || row.len() > 3;
    let (length, next) = (digits(second), second.get(digits(second)).copied());
    let part =
        matches!(length, 2 | 3) && next.is_none_or(|byte| matches!(byte, b' ' | b'.' | b',' | b']' | b'Z' | b'+'));
    let clock = length == 2 || memchr::memchr(b':', first).is_some();
    (1..=2).contains(&back) && begins && dated && part && clock && first.iter().any(|byte| b" T-/:[".contains(byte))
}

/// A time of day and words behind it: `[05.14 10:04:51] app.exe - closed`. What a date ends in has capitals at most.
fn leads_a_log(first: &[u8]) -> bool {
    let clock =
        |word: &[u8]| word.windows(5).any(|at| at[2] == b':' && [0, 1, 3, 4].iter().all(|d| at[*d].is_ascii_digit()));
    let mut words = first.split(u8::is_ascii_whitespace).skip_while(|word| !clock(word));
    words.next().is_some() && words.filter(|word| word.iter().any(u8::is_ascii_lowercase)).count() >= 2
}

/// Delimiters with a blank behind them and sentences between.
fn is_punctuated(rows: &Rows, columns: usize, dialect: &Dialect) -> bool {
    let behind = || rows.iter().flat_map(|(_, cells)| cells.iter().skip(1));
    let spaced = behind().filter(|cell| cell.first() == Some(&b' ')).count();
    let words: Vec<f64> = (0..columns).map(|column| mean_words(rows, column)).collect();
    let mean = words.iter().sum::<f64>() / columns as f64;
    let long = words.iter().any(|words| *words > PROSE_WORDS);
    let colon = dialect.delimiter == b":";
    (long && (colon || spaced * 2 > behind().count())) || (colon && mean > MEAN_WORDS)
}

/// `key: value`, one a line, as settings are written: few lines, or steps between them.
fn is_settings(rows: &Rows, columns: usize, dialect: &Dialect) -> bool {
    const FEW: usize = 50;
    if dialect.delimiter != b":" || columns != 2 {
        return false;
    }
    let key =
        |cell: &[u8]| !cell.is_empty() && cell.iter().all(|byte| byte.is_ascii_alphabetic() || b"_-. ".contains(byte));
    let fits = |cells: &[Vec<u8>]| key(&cells[0]) && cells.get(1).is_none_or(|cell| cell.is_empty() || cell[0] == b' ');
    let steps =
        rows.iter().any(|(_, cells)| cells[0].first() == Some(&b' ') || cells.get(1).is_some_and(Vec::is_empty));
    (steps || rows.len() < FEW) && rows.iter().filter(|(_, cells)| fits(cells)).count() * 10 >= rows.len() * 9
}

/// Words of the cells of a column, on average.
fn mean_words(rows: &Rows, column: usize) -> f64 {
    let of = rows.iter().filter_map(|(_, cells)| cells.get(column));
    of.map(|cell| words(cell)).sum::<usize>() as f64 / rows.len().max(1) as f64
}

fn words(cell: &[u8]) -> usize {
    cell.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count()
}

/// Long cells, or a colon behind words or hours.
fn is_prose(rows: &Rows, columns: usize, dialect: &Dialect) -> bool {
    let of = |column: usize| rows.iter().filter_map(move |(_, cells)| cells.get(column));
    if (0..columns).any(|column| mean_words(rows, column) > PROSE_WORDS) {
        return true;
    }
    let spaced = of(0).filter(|cell| words(cell) > 1).count();
    let clock = |cell: &Vec<u8>| cell.len() >= 2 && cell[cell.len() - 2..].iter().all(u8::is_ascii_digit);
    let wordy = || (0..columns).any(|column| mean_words(rows, column) > 2.0);
    dialect.delimiter == b":" && (spaced * 5 > rows.len() || of(0).all(clock) || wordy())
}

/// A list of single values, one a line: e-mail addresses, numbers, hashes.
fn single_values(text: &[u8], newline: u8, limits: &Limits) -> Option<Reading> {
    let dialect = Dialect { newline, columns: 1, ..Dialect::plain() };
    let rows = rows(text, &dialect, limits);
    let single = |cell: &Vec<u8>| {
        cell.len() <= SINGLE_BYTES && !cell.iter().any(u8::is_ascii_whitespace) && !is_assignment(cell)
    };
    let fit = rows.iter().filter(|(_, cells)| cells.first().is_some_and(single)).count();
    if rows.len() < 3 || fit * 20 < rows.len() * 19 {
        return None;
    }
    let names = header(&rows, 1);
    let data_start = if names.is_some() { rows[1].0 } else { 0 };
    Some(Reading { dialect, header: names, stated: false, data_start })
}

/// `SMTP_HOST=mail.net`: a key and its value.
fn is_assignment(cell: &[u8]) -> bool {
    let Some(sign) = memchr::memchr(b'=', cell) else { return false };
    let key = &cell[..sign];
    let named = key.first().is_some_and(u8::is_ascii_alphabetic);
    let value = cell.get(sign + 1).is_some_and(|byte| *byte != b'=');
    named && value && key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte))
}

/// Decides whether the first row names the columns.
fn header(rows: &[(usize, Vec<Vec<u8>>)], columns: usize) -> Option<Vec<String>> {
    let first = &rows.first()?.1;
    if first.len() != columns || first.iter().all(Vec::is_empty) {
        return None;
    }
    // An e-mail address names no column, and a single line of values is no header.
    let value = |cell: &Vec<u8>| {
        let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
        kind_of(cell) == Kind::Email || (rows.len() == 1 && digits >= 5)
    };
    if first.iter().any(value) {
        return None;
    }
    let score: f64 = (0..columns).map(|column| column_vote(rows, column, &first[column])).sum();
    (score > 0.0).then(|| first.iter().map(|cell| name(cell)).collect())
}

fn name(cell: &[u8]) -> String {
    let mut text = Vec::new();
    let charset =
        if std::str::from_utf8(cell).is_ok() { Charset::Utf8 } else { Charset::SingleByte(encoding_rs::WINDOWS_1252) };
    charset.append(cell, &mut text);
    String::from_utf8_lossy(&text).trim().to_owned()
}

/// How strongly a column says that its first cell is a name (above 0) or a value like the others (below 0).
fn column_vote(rows: &[(usize, Vec<Vec<u8>>)], column: usize, first: &[u8]) -> f64 {
    let values: Vec<&[u8]> = rows[1..]
        .iter()
        .filter_map(|(_, cells)| cells.get(column))
        .map(Vec::as_slice)
        .filter(|v| !v.is_empty())
        .collect();
    let alone = name_likeness(first);
    if values.is_empty() {
        return alone;
    }
    if first.is_empty() {
        return -0.25;
    }
    let total = values.len() as f64;
    let share = |kind: Kind| values.iter().filter(|value| kind_of(value) == kind).count() as f64 / total;
    let own = kind_of(first);
    let (main, weight) = KINDS
        .iter()
        .map(|kind| (*kind, share(*kind)))
        .fold((Kind::Mixed, 0.0), |best, next| if next.1 > best.1 { next } else { best });
    if values.contains(&first) {
        return -1.0;
    }
    if main.is_strict() && weight >= 0.7 {
        return if own == main { -2.0 } else { 1.0 + alone.max(0.0) };
    }
    let length = |text: &[u8]| text.len() as f64;
    let even = values.iter().all(|value| value.len() == values[0].len()) && values.len() > 2;
    let odd_length = even && values[0].len() != first.len();
    let shape = if odd_length || (weight >= 0.8 && own != main) {
        0.5
    } else if own == main && (length(first) - length(values[0])).abs() < 8.0 {
        -0.2
    } else {
        0.0
    };
    shape + alone
}

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Digits,
    Number,
    Date,
    Email,
    Code,
    Upper,
    Lower,
    Title,
    Mixed,
}

const KINDS: [Kind; 9] = [
    Kind::Digits,
    Kind::Number,
    Kind::Date,
    Kind::Email,
    Kind::Code,
    Kind::Upper,
    Kind::Lower,
    Kind::Title,
    Kind::Mixed,
];

impl Kind {
    /// Kinds that names of columns do not have.
    fn is_strict(self) -> bool {
        matches!(self, Kind::Digits | Kind::Number | Kind::Date | Kind::Email | Kind::Code)
    }
}

fn kind_of(cell: &[u8]) -> Kind {
    let cell = cell.trim_ascii();
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = cell.iter().filter(|b| b.is_ascii_alphabetic() || **b >= 0x80).count();
    if cell.contains(&b'@') && cell.contains(&b'.') && !cell.contains(&b' ') {
        return Kind::Email;
    }
    if digits > 0 && digits == cell.len() {
        return Kind::Digits;
    }
    if letters == 0 && digits > 0 {
        let separators = cell.iter().filter(|b| matches!(b, b'-' | b'/' | b':' | b'(' | b')' | b' ')).count();
        return if separators >= 2 { Kind::Date } else { Kind::Number };
    }
    // Street addresses, hashes, licence numbers: as many digits as no name of a column has.
    if digits >= 3 || (digits > 0 && cell[0].is_ascii_digit()) {
        return Kind::Code;
    }
    let upper = cell.iter().filter(|b| b.is_ascii_uppercase()).count();
    if digits > 0 || letters == 0 {
        Kind::Mixed
    } else if upper == letters {
        Kind::Upper
    } else if upper == 0 {
        Kind::Lower
    } else if cell[0].is_ascii_uppercase() {
        Kind::Title
    } else {
        Kind::Mixed
    }
}

/// Words that columns are named with, in English and its neighbours; a hint only where the values do not decide.
const NAME_WORDS: &[&str] = &[
    "id",
    "name",
    "first",
    "last",
    "middle",
    "email",
    "mail",
    "phone",
    "mobile",
    "address",
    "street",
    "city",
    "state",
    "zip",
    "postal",
    "country",
    "dob",
    "birth",
    "date",
    "ssn",
    "gender",
    "sex",
    "user",
    "username",
    "login",
    "password",
    "pass",
    "hash",
    "account",
    "number",
    "code",
    "type",
    "status",
    "created",
    "updated",
    "nombre",
    "apellido",
    "prenom",
    "nom",
    "vorname",
    "nachname",
    "ort",
    "plz",
    "telefon",
    "adresse",
    "rue",
    "ville",
    "cognome",
    "nome",
    "imei",
    "imsi",
    "tel",
    "telephone",
    "cell",
    "fax",
    "holder",
    "owner",
    "customer",
    "client",
    "company",
    "balance",
    "amount",
    "price",
    "total",
    "plan",
    "provider",
    "carrier",
    "birthday",
    "birthdate",
    "card",
    "expiry",
    "note",
    "notes",
    "comment",
    "title",
    "job",
    "salary",
    "lat",
    "lon",
    "latitude",
    "longitude",
    "county",
    "region",
    "province",
];

/// How much a cell by itself looks like the name of a column.
fn name_likeness(cell: &[u8]) -> f64 {
    let Ok(text) = std::str::from_utf8(cell) else { return 0.0 };
    let text = text.trim().trim_start_matches('\u{feff}');
    if text.is_empty() || text.len() > 64 || kind_of(text.as_bytes()).is_strict() {
        return if text.is_empty() { 0.0 } else { -0.5 };
    }
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    let known = words.iter().any(|word| NAME_WORDS.contains(&word.as_str()));
    let joined = text.contains('_') && !text.contains(' ');
    if known || joined || is_camel_case(text) { 0.75 } else { 0.0 }
}

/// `AccountHolder`: words joined by their capitals, as identifiers of programs are; "McDonald" is short and of one.
fn is_camel_case(text: &str) -> bool {
    let bytes = text.as_bytes();
    let capitals = bytes.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase()).count();
    let parts: Vec<usize> = bytes.chunk_by(|_, next| !next.is_ascii_uppercase()).map(<[u8]>::len).collect();
    capitals > 0 && bytes.iter().all(u8::is_ascii_alphabetic) && parts.iter().all(|length| *length > 3)
}
