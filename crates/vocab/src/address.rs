//! Addresses of evidence that can be replayed: file, decoders and members, then a row or a stretch of bytes.

use std::fmt;
use std::str::FromStr;

/// The place within a decoded member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The whole file or member.
    Whole,
    /// A row of a table, counted from 1 without the header. The table has a name where the format gives one.
    Row {
        /// Name of the table, if the member holds several.
        table: Option<String>,
        /// Ordinal, from 1.
        row: u64,
    },
    /// A stretch of the decoded member.
    Bytes {
        /// First byte.
        offset: u64,
        /// Number of bytes.
        length: u64,
    },
}

/// Address of a piece of evidence. Text form: parts joined by `::`, each part with `%` and `:` percent-escaped:
/// `evidence/a.zip::prepaid.csv::row/12`, `evidence/crm.sql.gz::gz::table/customers/row/7`, `notes.txt::bytes/100+11`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForensicPath {
    /// Path of the file as it lies on disk, relative to the case (or as given on the command line).
    pub file: String,
    /// Decoders (`gz`, `zst`, ...) and archive members on the way in, outermost first.
    pub members: Vec<String>,
    /// Where in the innermost member.
    pub place: Place,
}

impl ForensicPath {
    /// Returns the address of a whole file.
    pub fn file(path: impl Into<String>) -> Self {
        ForensicPath { file: path.into(), members: Vec::new(), place: Place::Whole }
    }

    /// Returns the address of a decoder's output or an archive member within this one.
    #[must_use]
    pub fn member(&self, name: impl Into<String>) -> Self {
        let mut path = self.clone();
        path.members.push(name.into());
        path
    }

    /// Returns the same address with another place.
    #[must_use]
    pub fn at(&self, place: Place) -> Self {
        ForensicPath { place, ..self.clone() }
    }
}

impl fmt::Display for ForensicPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape(&self.file))?;
        for member in &self.members {
            write!(f, "::{}", escape(member))?;
        }
        match &self.place {
            Place::Whole => Ok(()),
            Place::Row { table: None, row } => write!(f, "::row/{row}"),
            Place::Row { table: Some(table), row } => write!(f, "::table/{}/row/{row}", escape(table)),
            Place::Bytes { offset, length } => write!(f, "::bytes/{offset}+{length}"),
        }
    }
}

/// The text is not an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAddress;

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "not an address; expected for instance `evidence/a.zip::prepaid.csv::row/12` or `notes.txt::bytes/100+11`",
        )
    }
}

impl std::error::Error for BadAddress {}

impl FromStr for ForensicPath {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let mut parts: Vec<&str> = text.split("::").collect();
        let place = match parts.last().and_then(|last| parse_place(last)) {
            Some(place) if parts.len() > 1 => {
                parts.pop();
                place
            }
            _ => Place::Whole,
        };
        let mut names = parts.into_iter().map(unescape);
        let file = names.next().flatten().filter(|file| !file.is_empty()).ok_or(BadAddress)?;
        let members = names.collect::<Option<Vec<_>>>().ok_or(BadAddress)?;
        Ok(ForensicPath { file, members, place })
    }
}

fn parse_place(part: &str) -> Option<Place> {
    if let Some(row) = part.strip_prefix("row/") {
        return Some(Place::Row { table: None, row: row.parse().ok()? });
    }
    if let Some(rest) = part.strip_prefix("table/") {
        let (table, row) = rest.rsplit_once("/row/")?;
        return Some(Place::Row { table: Some(unescape(table)?), row: row.parse().ok()? });
    }
    let (offset, length) = part.strip_prefix("bytes/")?.split_once('+')?;
    Some(Place::Bytes { offset: offset.parse().ok()?, length: length.parse().ok()? })
}

fn escape(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for c in part.chars() {
        match c {
            '%' => out.push_str("%25"),
            ':' => out.push_str("%3A"),
            c if c.is_control() => c.to_string().bytes().for_each(|b| out.push_str(&format!("%{b:02X}"))),
            c => out.push(c),
        }
    }
    out
}

fn unescape(part: &str) -> Option<String> {
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == b'%' {
            out.push(u8::from_str_radix(part.get(i + 1..i + 3)?, 16).ok()?);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_survive_the_round_trip() {
        let base = ForensicPath::file("evidence/odd:name%.zip").member("a::b.csv");
        for place in [
            Place::Whole,
            Place::Row { table: None, row: 12 },
            Place::Row { table: Some("dbo/weird:name".into()), row: 1 },
            Place::Bytes { offset: 5, length: 9 },
        ] {
            let address = base.at(place);
            assert_eq!(address.to_string().parse(), Ok(address));
        }
    }
}
