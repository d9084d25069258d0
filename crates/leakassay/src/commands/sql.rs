//! `sql`: one statement over the stage tables.

use engine::DataFusion;
use vocab::plan::{Answer, Cell, Engine, EngineError};

use super::Outcome;
use crate::args::{Common, Sql};
use crate::assessment::tables;
use crate::case::Case;
use crate::failure::Failure;
use crate::output;

/// Runs the statement and prints the answer.
pub(crate) fn run(sql: &Sql, common: &Common) -> Result<Outcome, Failure> {
    let case = Case::open(&sql.case)?;
    let engine = engine(&case, common.threads())?;
    let answer = engine.query(&sql.statement, sql.limit).map_err(|error| {
        Failure::wrong_use(error.to_string(), "`show tables` lists the tables; only statements that read are run")
    })?;
    output::print(&if common.json { to_json_lines(&answer)? } else { to_table(&answer) })?;
    if answer.cut {
        output::say(&format!("only the first {} rows are shown; raise --limit to see more", sql.limit));
    }
    Ok(Outcome::Done)
}

/// Starts the engine with all tables of a case that exist.
pub(crate) fn engine(case: &Case, threads: usize) -> Result<DataFusion, Failure> {
    let started = DataFusion::start(threads).and_then(|engine| {
        for table in tables::ALL {
            let path = case.outputs().join(table.path);
            if path.is_file() {
                match table.form {
                    tables::Form::Parquet => engine.add_parquet(table.name, &path)?,
                    tables::Form::JsonLines => engine.add_json_lines(table.name, &path)?,
                }
            }
        }
        Ok(engine)
    });
    started.map_err(|EngineError(what)| Failure::ours(what, "run `leakassay assess` on the case, then try again"))
}

fn to_table(answer: &Answer) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(comfy_table::presets::UTF8_HORIZONTAL_ONLY).set_header(&answer.columns);
    for row in &answer.rows {
        table.add_row(row.iter().map(text));
    }
    format!("{table}\n")
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Boolean(truth) => truth.to_string(),
    }
}

fn to_json_lines(answer: &Answer) -> Result<String, Failure> {
    let mut lines = String::new();
    for row in &answer.rows {
        let object: serde_json::Map<String, serde_json::Value> =
            answer.columns.iter().cloned().zip(row.iter().map(json)).collect();
        lines.push_str(&serde_json::Value::Object(object).to_string());
        lines.push('\n');
    }
    Ok(lines)
}

fn json(cell: &Cell) -> serde_json::Value {
    match cell {
        Cell::Null => serde_json::Value::Null,
        Cell::Integer(number) => (*number).into(),
        Cell::Real(number) => (*number).into(),
        Cell::Text(text) => text.clone().into(),
        Cell::Boolean(truth) => (*truth).into(),
    }
}
