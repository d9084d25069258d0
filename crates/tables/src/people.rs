//! `people.parquet` and `rows.parquet`: who was found, and which row is whose. No values, plain Parquet.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, FixedSizeBinaryBuilder, StringBuilder, UInt32Builder, UInt64Builder};
use arrow::datatypes::{DataType, Field};
use vocab::{ElementSet, Jurisdiction};

use crate::file::{BATCH_ROWS, TableError, Writer, not_written};

/// One person.
#[derive(Clone, Copy, Debug)]
pub struct PersonLine<'a> {
    /// Number, in order of the person's first row.
    pub person: u64,
    /// Places of residence.
    pub jurisdictions: &'a [Jurisdiction],
    /// The elements that lie open, in exposure form.
    pub elements: ElementSet,
    /// Whether under 18 at the stated time, if known.
    pub minor: Option<bool>,
    /// Harm band, if it was assessed.
    pub harm: Option<&'a str>,
    /// Classes the person is in, by their paths.
    pub classes: &'a [&'a str],
    /// Rows.
    pub rows: u32,
    /// Keys that joined the rows.
    pub reasons: &'a [&'a str],
}

/// Whose row it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowLine<'a> {
    /// Forensic path of the table.
    pub table: &'a str,
    /// Row, from 1 without the header.
    pub row: u64,
    /// The person's number, if the row is a person's.
    pub person: Option<u64>,
    /// `person`, `device`, `unresolvable` or `nothing`.
    pub kind: &'a str,
}

/// Writes `people.parquet`. Lists are written as codes joined by commas, so that every tool can read them.
pub fn write_people<'a>(path: &Path, people: impl Iterator<Item = PersonLine<'a>>) -> Result<(), TableError> {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let fields = vec![
        Field::new("person", DataType::UInt64, false),
        text("jurisdictions", false),
        text("elements", false),
        Field::new("element_mask", DataType::FixedSizeBinary(16), false),
        Field::new("minor", DataType::Boolean, true),
        text("harm", true),
        text("classes", false),
        Field::new("rows", DataType::UInt32, false),
        text("joined_by", false),
    ];
    let mut writer = Writer::create(path, fields, None)?;
    let mut people = people.peekable();
    while people.peek().is_some() {
        let columns = people_batch(people.by_ref().take(BATCH_ROWS)).ok_or_else(|| not_written(path, None))?;
        writer.write(columns)?;
    }
    writer.finish()
}

fn people_batch<'a>(people: impl Iterator<Item = PersonLine<'a>>) -> Option<Vec<ArrayRef>> {
    let (mut person, mut rows) = (UInt64Builder::new(), UInt32Builder::new());
    let mut jurisdictions = StringBuilder::new();
    let (mut elements, mut mask) = (StringBuilder::new(), FixedSizeBinaryBuilder::new(16));
    let (mut minor, mut harm) = (BooleanBuilder::new(), StringBuilder::new());
    let (mut classes, mut reasons) = (StringBuilder::new(), StringBuilder::new());
    let mut list = String::new();
    for line in people {
        person.append_value(line.person);
        jurisdictions.append_value(join(&mut list, line.jurisdictions.iter().map(|place| place.as_str())));
        elements.append_value(join(&mut list, line.elements.iter().map(|element| element.as_str())));
        mask.append_value(line.elements.0.to_be_bytes()).ok()?;
        minor.append_option(line.minor);
        harm.append_option(line.harm);
        classes.append_value(join(&mut list, line.classes.iter().copied()));
        rows.append_value(line.rows);
        reasons.append_value(join(&mut list, line.reasons.iter().copied()));
    }
    Some(vec![
        Arc::new(person.finish()),
        Arc::new(jurisdictions.finish()),
        Arc::new(elements.finish()),
        Arc::new(mask.finish()),
        Arc::new(minor.finish()),
        Arc::new(harm.finish()),
        Arc::new(classes.finish()),
        Arc::new(rows.finish()),
        Arc::new(reasons.finish()),
    ])
}

fn join<'a, 'b>(list: &'b mut String, parts: impl Iterator<Item = &'a str>) -> &'b str {
    list.clear();
    for part in parts {
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(part);
    }
    list
}

/// Writes `rows.parquet`.
pub fn write_rows<'a>(path: &Path, rows: impl Iterator<Item = RowLine<'a>>) -> Result<(), TableError> {
    let fields = vec![
        Field::new("table", DataType::Utf8, false),
        Field::new("row", DataType::UInt64, false),
        Field::new("person", DataType::UInt64, true),
        Field::new("kind", DataType::Utf8, false),
    ];
    let mut writer = Writer::create(path, fields, None)?;
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let (mut table, mut row) = (StringBuilder::new(), UInt64Builder::new());
        let (mut person, mut kind) = (UInt64Builder::new(), StringBuilder::new());
        for line in rows.by_ref().take(BATCH_ROWS) {
            table.append_value(line.table);
            row.append_value(line.row);
            person.append_option(line.person);
            kind.append_value(line.kind);
        }
        let columns: Vec<ArrayRef> =
            vec![Arc::new(table.finish()), Arc::new(row.finish()), Arc::new(person.finish()), Arc::new(kind.finish())];
        writer.write(columns)?;
    }
    writer.finish()
}
