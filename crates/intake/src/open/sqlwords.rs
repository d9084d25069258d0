//! The words of SQL that matter in a dump: headers of INSERT, COPY and CREATE TABLE, and whether a text is a dump.

/// Longest CREATE TABLE looked into.
const CREATE_BYTES: usize = 1 << 20;

/// Reads words and names from a place on.
pub(super) struct Words<'a> {
    bytes: &'a [u8],
    /// Where it stands.
    pub(super) at: usize,
    ran_out: bool,
}

type Header = (Vec<String>, Option<Vec<String>>);

impl<'a> Words<'a> {
    /// Begins at `at`.
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Words { bytes, at, ran_out: false }
    }

    /// Tells whether the bytes ended while something was being read.
    pub(super) fn ran_out(&self) -> bool {
        self.ran_out
    }

    fn skip_spaces(&mut self) {
        self.at += self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.ran_out |= self.at == self.bytes.len();
    }

    fn peek(&mut self) -> Option<u8> {
        self.skip_spaces();
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, sign: u8) -> bool {
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    /// Reads a bare word, in upper case; empty if there is none.
    pub(super) fn word(&mut self) -> Vec<u8> {
        self.skip_spaces();
        let length = self.bytes[self.at..].iter().take_while(|b| b.is_ascii_alphabetic() || **b == b'_').count();
        let word = self.bytes[self.at..self.at + length].to_ascii_uppercase();
        self.at += length;
        self.ran_out |= self.at == self.bytes.len();
        word
    }

    /// Reads a word only if it is this one.
    fn is_word(&mut self, word: &[u8]) -> bool {
        let before = self.at;
        let found = self.word() == word;
        if !found {
            self.at = before;
        }
        found
    }

    /// Reads a name, in parts where it is qualified.
    pub(super) fn name(&mut self) -> Option<Vec<String>> {
        let mut parts = Vec::new();
        loop {
            parts.push(self.part()?);
            if self.bytes.get(self.at) != Some(&b'.') {
                return Some(parts);
            }
            self.at += 1;
        }
    }

    fn part(&mut self) -> Option<String> {
        let first = self.peek()?;
        let close = match first {
            b'`' | b'"' => Some(first),
            b'[' => Some(b']'),
            _ => None,
        };
        let Some(close) = close else {
            let good = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'$' | b'#' | b'@') || **b >= 0x80;
            let length = self.bytes[self.at..].iter().take_while(good).count();
            let part = String::from_utf8_lossy(&self.bytes[self.at..self.at + length]).into_owned();
            self.at += length;
            self.ran_out |= self.at == self.bytes.len();
            return (length > 0).then_some(part);
        };
        let mut part = Vec::new();
        let mut at = self.at + 1;
        loop {
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (None, _) => {
                    self.ran_out = true;
                    return None;
                }
                (Some(byte), Some(next)) if *byte == close && *next == close => at += 1,
                (Some(byte), _) if *byte == close => break,
                (Some(b'\n'), _) => return None,
                _ => {}
            }
            part.push(self.bytes[at]);
            at += 1;
        }
        self.at = at + 1;
        Some(String::from_utf8_lossy(&part).into_owned())
    }

    /// Reads names in parentheses.
    fn names(&mut self) -> Option<Vec<String>> {
        if !self.take(b'(') {
            return None;
        }
        let mut names = Vec::new();
        loop {
            names.push(self.name()?.pop()?);
            if self.take(b')') {
                return Some(names);
            }
            if !self.take(b',') {
                return None;
            }
        }
    }

    /// Reads on behind INSERT or REPLACE up to and with VALUES.
    pub(super) fn insert_header(&mut self) -> Option<Header> {
        for word in [&b"LOW_PRIORITY"[..], b"DELAYED", b"HIGH_PRIORITY", b"IGNORE", b"OVERWRITE", b"ALL", b"FIRST"] {
            self.is_word(word);
        }
        if self.is_word(b"OR") {
            self.word();
        }
        self.is_word(b"INTO");
        self.is_word(b"TABLE");
        let name = self.name()?;
        let columns = if self.peek() == Some(b'(') { Some(self.names()?) } else { None };
        if self.is_word(b"OVERRIDING") {
            self.word();
            self.word();
        }
        (self.is_word(b"VALUES") || self.is_word(b"VALUE")).then_some(())?;
        // VALUES must be followed by a tuple, or this is prose.
        (self.peek() == Some(b'(')).then_some((name, columns))
    }

    /// Reads on behind COPY up to the line of the first row.
    pub(super) fn copy_header(&mut self) -> Option<Header> {
        let name = self.name()?;
        let columns = if self.peek() == Some(b'(') { Some(self.names()?) } else { None };
        if !self.is_word(b"FROM") || !self.is_word(b"STDIN") {
            return None;
        }
        match memchr::memchr(b'\n', &self.bytes[self.at..]) {
            Some(end) => {
                self.at += end + 1;
                Some((name, columns))
            }
            None => {
                self.ran_out = true;
                None
            }
        }
    }

    /// Reads on behind CREATE: the table's name and the names of its columns.
    pub(super) fn create_table(&mut self) -> Option<(Vec<String>, Vec<String>)> {
        for word in [&b"GLOBAL"[..], b"LOCAL", b"TEMPORARY", b"TEMP", b"UNLOGGED", b"FOREIGN", b"EXTERNAL"] {
            self.is_word(word);
        }
        if !self.is_word(b"TABLE") {
            return None;
        }
        if self.is_word(b"IF") {
            self.word();
            self.word();
        }
        let name = self.name()?;
        if !self.take(b'(') {
            return None;
        }
        let start = self.at;
        let mut columns = Vec::new();
        loop {
            columns.extend(self.column());
            match self.rest_of_item() {
                Some(b')') => return Some((name, columns)),
                Some(_) if self.at - start < CREATE_BYTES => {}
                _ => return None,
            }
        }
    }

    /// Reads the name of a column; `None` for a key, a constraint and the like.
    fn column(&mut self) -> Option<String> {
        const NO_COLUMNS: [&[u8]; 12] = [
            b"PRIMARY",
            b"KEY",
            b"UNIQUE",
            b"CONSTRAINT",
            b"INDEX",
            b"FULLTEXT",
            b"SPATIAL",
            b"FOREIGN",
            b"CHECK",
            b"EXCLUDE",
            b"LIKE",
            b"PERIOD",
        ];
        let bare = self.peek().is_some_and(|first| first.is_ascii_alphabetic());
        let before = self.at;
        if bare && NO_COLUMNS.contains(&self.word().as_slice()) {
            return None;
        }
        self.at = before;
        self.part()
    }

    /// Goes to the comma or parenthesis that ends an item of a list, over strings and inner parentheses.
    fn rest_of_item(&mut self) -> Option<u8> {
        let mut depth = 0;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' | b',' if depth == 0 => return Some(byte),
                b')' => depth -= 1,
                b'\'' | b'`' | b'"' => {
                    let Some(end) = memchr::memchr(byte, &self.bytes[self.at..]) else { break };
                    self.at += end + 1;
                }
                _ => {}
            }
        }
        self.ran_out = true;
        None
    }
}

/// Words that a statement of a dump begins with.
const STATEMENTS: &[&[u8]] = &[
    b"INSERT ",
    b"REPLACE ",
    b"CREATE ",
    b"COPY ",
    b"UNLOCK ",
    b"LOCK ",
    b"DROP ",
    b"ALTER ",
    b"/*!",
    b"SET ",
    b"COMMIT",
    b"TRUNCATE ",
    b"USE ",
    b"BEGIN",
];
/// Words that a dump may begin with besides statements.
const BEGINNINGS: &[&[u8]] = &[
    b"--",
    b"/*",
    b"#",
    b"PRAGMA ",
    b"START ",
    b"\\restrict",
    b"\\connect",
    b"GO",
    b"DELETE ",
    b"DELIMITER",
    b"mysqldump:",
    b"Warning",
    b"WARNING",
    b"SELECT PG_CATALOG",
    b"UPDATE ",
    b"REM",
    b"PROMPT",
    b"DECLARE ",
    b"EXEC ",
    b"IF ",
    b"PRINT ",
    b"@",
];

fn begins_with(line: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

/// Tells whether a line begins a statement of a dump.
pub(super) fn starts_statement(line: &[u8]) -> bool {
    begins_with(line, STATEMENTS)
}

/// Tells whether a line begins a statement that holds or names rows.
pub(super) fn starts_rows(line: &[u8]) -> bool {
    begins_with(line, &[b"INSERT INTO", b"INSERT [", b"INSERT IGNORE INTO", b"REPLACE INTO", b"COPY ", b"CREATE TABLE"])
}

/// Whose dump it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flavour {
    /// MySQL, MariaDB: backslashes escape in strings.
    MySql,
    /// PostgreSQL, SQLite and others that follow the standard.
    Postgres,
    /// Scripts of SQL Server.
    SqlServer,
    /// Scripts of Oracle.
    Oracle,
}

impl Flavour {
    /// Returns the word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Flavour::MySql => "mysqldump",
            Flavour::Postgres => "pg_dump",
            Flavour::SqlServer => "mssql",
            Flavour::Oracle => "oracle",
        }
    }

    /// Tells whether a backslash escapes in ordinary strings.
    pub(super) fn backslash(self) -> bool {
        self == Flavour::MySql
    }
}

/// Tells whether a text is a dump, and whose.
pub(super) fn dump(head: &[u8]) -> Option<Flavour> {
    let first = head.trim_ascii_start();
    if !begins_with(first, STATEMENTS) && !begins_with(first, BEGINNINGS) {
        return None;
    }
    let mut at = 0;
    let mut found = false;
    while at < head.len() && !found {
        let line = head[at..].iter().take_while(|b| **b == b' ' || **b == b'\t').count();
        let mut words = Words::new(head, at + line);
        found = match words.word().as_slice() {
            b"INSERT" | b"REPLACE" => words.insert_header().is_some(),
            b"COPY" => words.copy_header().is_some(),
            b"CREATE" => words.create_table().is_some(),
            _ => false,
        };
        at += memchr::memchr(b'\n', &head[at..]).map_or(head.len() - at, |end| end + 1);
    }
    found.then(|| flavour(head))
}

/// Bytes looked at for signs of a database server.
const FLAVOUR_BYTES: usize = 64 << 10;

fn flavour(head: &[u8]) -> Flavour {
    let has = |needle: &[u8]| memchr::memmem::find(head, needle).is_some();
    if has(b"PostgreSQL database dump") || has(b"standard_conforming_strings") || has(b"PRAGMA foreign_keys") {
        return Flavour::Postgres;
    }
    if has(b"MySQL dump") || has(b"MariaDB dump") {
        return Flavour::MySql;
    }
    let lower = head[..head.len().min(FLAVOUR_BYTES)].to_ascii_lowercase();
    let near = |needle: &[u8]| memchr::memmem::find(&lower, needle).is_some();
    if near(b"insert [") || near(b"into [") || near(b"create table [") || near(b"\ngo\r\n") || near(b"\ngo\n") {
        return Flavour::SqlServer;
    }
    if near(b"to_date(")
        || near(b"to_timestamp(")
        || near(b"set define off")
        || near(b"rem inserting")
        || near(b"varchar2")
    {
        return Flavour::Oracle;
    }
    if has(b"`") || has(b"\\'") { Flavour::MySql } else { Flavour::Postgres }
}
