//! What the user decided about columns, in place of what detection would say.
//!
//! Enters: decisions, and the tables of a file. Leaves: the typings of the tables, those of decided columns as decided, and
//! the decisions that fit no column. Never: a decision applied to another file's column, or one that is silently dropped.

use serde::{Deserialize, Deserializer};
use vocab::DataElement;
use vocab::assessment::FindingState;

use super::cells::InCells;
use super::rules::Identifiers;
use super::typing::{ColumnTyping, TableTyping, type_as_told, type_table};
use crate::open::{EvidenceFile, TableHead};

/// Why a decided column holds what it holds.
pub const DECIDED: &str = "decided by the user";

/// What an element is called that is none.
const NOTHING: &str = "none";

/// One decision: this column of this file holds this element, or nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Path of the file as reports print it.
    pub file: String,
    /// Name of the table; not needed where the file has one.
    pub table: Option<String>,
    /// Name of the column, or `#` and its number from 0, as reports print it.
    pub column: String,
    /// The element, or `none`.
    #[serde(deserialize_with = "element_or_none")]
    pub element: Option<DataElement>,
}

fn element_or_none<'de, D: Deserializer<'de>>(written: D) -> Result<Option<DataElement>, D::Error> {
    let written = String::deserialize(written)?;
    if written == NOTHING { Ok(None) } else { written.parse().map(Some).map_err(serde::de::Error::custom) }
}

impl Decision {
    /// The column of the table that is meant.
    fn column_of(&self, file: &EvidenceFile, table: &TableHead) -> Option<usize> {
        let of_table = self.table.as_ref().map_or(file.tables.len() == 1, |name| *name == table.name);
        if self.file != file.path || !of_table {
            return None;
        }
        let named = |name: &Option<String>| name.as_deref() == Some(&self.column);
        let numbered = || self.column.strip_prefix('#')?.parse().ok().filter(|at| *at < table.sample.columns);
        table.columns.iter().position(named).or_else(numbered)
    }
}

/// Types the tables of a file from their heads; decided columns as decided.
pub fn type_file(ids: &Identifiers, file: &EvidenceFile, threads: usize) -> Vec<TableTyping> {
    let mut typings = file.tables.iter().map(|head| type_table(ids, head, threads)).collect::<Vec<_>>();
    decide(ids, file, &mut typings);
    typings
}

/// Replaces the typings of decided columns.
pub(super) fn decide(ids: &Identifiers, file: &EvidenceFile, typings: &mut [TableTyping]) {
    for (table, typing) in file.tables.iter().zip(typings) {
        let of_table = ids.decisions.iter().filter_map(|decision| Some((decision.column_of(file, table)?, decision)));
        let decided: Vec<(usize, &Decision)> = of_table.filter(|(at, _)| *at < typing.columns.len()).collect();
        if decided.is_empty() {
            continue;
        }
        // Of several decisions on one column the last counts, as of several lines in any settings. The other columns stand
        // beside as they were found: a licence is read by the state next to it.
        let mut told: Vec<_> = typing.columns.iter().map(ColumnTyping::reported).collect();
        decided.iter().for_each(|(at, decision)| told[*at] = decision.element);
        let as_told = type_as_told(ids, table, &told);
        for (at, _) in decided {
            let column = &mut typing.columns[at];
            *column = as_told.columns[at].clone();
            column.probability = 1.0;
            column.state = if told[at].is_some() { FindingState::Report } else { FindingState::Discarded };
            column.element = told[at];
            column.reasons = vec![DECIDED.to_owned()];
            column.alternatives.clear();
            column.expected = None;
            column.text = InCells::Nothing;
        }
    }
}

/// Returns the decisions that fit no column of the files.
pub fn unmatched<'a>(decisions: &'a [Decision], files: &[EvidenceFile]) -> Vec<&'a Decision> {
    let fits = |decision: &Decision| {
        let of_file = |file: &EvidenceFile| file.tables.iter().any(|table| decision.column_of(file, table).is_some());
        files.iter().any(of_file)
    };
    decisions.iter().filter(|decision| !fits(decision)).collect()
}
