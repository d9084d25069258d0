//! The tables that `sql` and `verify` see: the Parquet tables of the run, and the lists of the assessment as JSON lines.
//! None holds a personal value.

use serde::Serialize;
use serde_json::{Value, json};
use vocab::assessment::Assessment;

use super::outputs;
use crate::failure::Failure;

/// How a table is written.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Parquet,
    JsonLines,
}

/// A table by its name in SQL and its path below the outputs.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    pub(crate) form: Form,
}

const fn lines(name: &'static str, path: &'static str) -> Table {
    Table { name, path, form: Form::JsonLines }
}

/// All tables.
pub(crate) const ALL: &[Table] = &[
    Table { name: "people", path: outputs::PEOPLE, form: Form::Parquet },
    Table { name: "rows", path: outputs::ROWS, form: Form::Parquet },
    lines("files", "tables/files.jsonl"),
    lines("columns", "tables/columns.jsonl"),
    lines("elements", "tables/elements.jsonl"),
    lines("jurisdictions", "tables/jurisdictions.jsonl"),
    lines("classes", "tables/classes.jsonl"),
    lines("attacks", "tables/attacks.jsonl"),
    lines("duties", "tables/duties.jsonl"),
];

/// Renders the lists of an assessment as tables: path below the outputs, and text.
pub(crate) fn json_lines(assessment: &Assessment) -> Result<Vec<(String, String)>, Failure> {
    let files = assessment.evidence.iter().map(|file| {
        json!({ "path": file.path, "sha256": file.sha256, "bytes": file.bytes, "format": file.format,
            "rows_in": file.rows_in, "rows_parsed": file.rows_parsed, "rows_set_aside": file.rows_set_aside })
    });
    let columns = assessment.evidence.iter().flat_map(|file| {
        file.tables.iter().flat_map(move |table| {
            table.columns.iter().map(move |column| {
                json!({ "path": file.path, "table": table.name, "index": column.index, "name": column.name,
                    "element": column.element, "probability": column.probability, "state": column.state,
                    "valid": column.valid, "impossible": column.impossible, "damaged": column.damaged,
                    "missing": column.missing, "distinct": column.distinct })
            })
        })
    });
    let people = &assessment.people;
    let duties = assessment.duties.iter().map(|duty| {
        json!({ "regime": duty.regime, "name": duty.name, "recipient": duty.recipient, "trigger": duty.trigger,
            "people_low": duty.people.low, "people_likely": duty.people.likely, "people_high": duty.people.high,
            "due": duty.due, "clock": duty.clock, "citation": duty.citation, "status": duty.status })
    });
    Ok(vec![
        table("files", files)?,
        table("columns", columns)?,
        table("elements", assessment.elements.iter().map(flat))?,
        table("jurisdictions", people.by_jurisdiction.iter().map(flat))?,
        table("classes", people.by_class.iter().map(flat))?,
        table("attacks", assessment.harm.attacks.iter().map(flat))?,
        table("duties", duties)?,
    ])
}

/// Serialises an entry with its people interval as three columns and without nested maps.
fn flat<T: Serialize>(entry: &T) -> Value {
    let mut value = serde_json::to_value(entry).unwrap_or(Value::Null);
    if let Some(object) = value.as_object_mut() {
        if let Some(people) = object.remove("people") {
            for bound in ["low", "likely", "high"] {
                object.insert(format!("people_{bound}"), people[bound].clone());
            }
        }
        object.retain(|_, entry| !entry.is_object());
    }
    value
}

fn table(name: &str, rows: impl Iterator<Item = Value>) -> Result<(String, String), Failure> {
    let text: String = rows.map(|row| format!("{row}\n")).collect();
    let path = ALL.iter().find(|table| table.name == name).map(|table| table.path.to_owned());
    let path = path.ok_or_else(|| Failure::ours("a table has no place", "please report it"))?;
    Ok((path, text))
}
