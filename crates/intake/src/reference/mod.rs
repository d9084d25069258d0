//! Reads the controller's own records: the rows as evidence is read, and beside each row the days on which it held.
//!
//! Enters: a surveyed file of any supported format and the names of the columns the case gives. Leaves: every block of
//! rows once with one [`Period`] a row, folded in the order of the file. Never: the whole reference in memory, a guess
//! about a date it cannot read (such a row holds on no day), a value.

use vocab::claim::Period;
use vocab::progress::Progress;
use vocab::{Problem, ProblemKind};

use crate::open::{self, Block, BlockPlace, EvidenceFile, Limits, RowBlock, StreamTotals, TableHead};

mod days;

pub use days::{Day, day};

/// Names of columns that say since when a row holds, where the case names none.
const FROM_NAMES: [&str; 7] =
    ["valid_from", "effective_from", "effective_date", "start_date", "from_date", "sys_start", "row_start"];
/// Names of columns that say until when.
const TO_NAMES: [&str; 7] = ["valid_to", "effective_to", "expiry_date", "end_date", "to_date", "sys_end", "row_end"];

/// The columns the case names: `key`, `valid_from` and `valid_to` of a `[[reference]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceColumns {
    /// Column of the customer's key.
    pub key: Option<String>,
    /// Column of the first day on which the row held.
    pub valid_from: Option<String>,
    /// Column of the first day on which it no longer held.
    pub valid_to: Option<String>,
}

/// Where the columns stand in one table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReferenceLayout {
    /// The customer's key.
    pub key: Option<usize>,
    /// First day.
    pub from: Option<usize>,
    /// First day no longer.
    pub to: Option<usize>,
}

impl ReferenceLayout {
    /// Finds the columns of a table. A column the case names must be there; without a name, the usual names are tried.
    pub fn of(head: &TableHead, columns: &ReferenceColumns) -> Result<ReferenceLayout, Problem> {
        let find = |name: &str| {
            head.columns
                .iter()
                .position(|column| column.as_ref().is_some_and(|column| column.eq_ignore_ascii_case(name)))
        };
        let named = |name: &Option<String>, usual: &[&str]| match name {
            None => Ok(usual.iter().find_map(|name| find(name))),
            Some(name) => find(name).map(Some).ok_or_else(|| Problem {
                kind: ProblemKind::Absent,
                path: head.path.to_string(),
                cause: format!("the reference has no column `{name}`"),
                hint: "correct key, valid_from or valid_to of the reference in case.toml".to_owned(),
            }),
        };
        Ok(ReferenceLayout {
            key: named(&columns.key, &[])?,
            from: named(&columns.valid_from, &FROM_NAMES)?,
            to: named(&columns.valid_to, &TO_NAMES)?,
        })
    }

    /// Returns for each row of a block the days on which it held, and the number of rows whose dates cannot be read.
    pub fn periods(&self, block: &RowBlock) -> (Vec<Period>, u64) {
        let mut unread = 0;
        let cell = |row: usize, column: Option<usize>| {
            let column = column.filter(|column| *column < block.columns)?;
            block.cell(row, column)
        };
        let of_row = |row: usize| {
            let from = cell(row, self.from).map_or(Day::Open, day);
            let to = cell(row, self.to).map_or(Day::Open, day);
            let from = match from {
                Day::Open => Period::EVER,
                Day::On(day) => day,
                Day::Unread => return None,
            };
            match to {
                Day::Open => Some(Period { from, to: Period::OPEN }),
                Day::On(to) => Some(Period { from, to }),
                Day::Unread => None,
            }
        };
        let periods = (0..block.rows()).map(|row| {
            of_row(row).unwrap_or_else(|| {
                unread += 1;
                NEVER
            })
        });
        let periods = periods.collect();
        (periods, unread)
    }
}

/// The days of a row whose dates cannot be read: none. It still names a customer, and dates nothing.
const NEVER: Period = Period { from: Period::EVER, to: Period::EVER };

/// A block of the reference.
pub struct ReferenceBlock {
    /// Index into the file's tables.
    pub table: u32,
    /// The rows.
    pub rows: RowBlock,
    /// One entry a row.
    pub periods: Vec<Period>,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReferenceTotals {
    /// The balance of the file.
    pub stream: StreamTotals,
    /// Rows whose dates cannot be read.
    pub rows_undated: u64,
}

/// Reads a reference once: `work` is called a block, on any thread, `fold` with its results in order on the caller's.
/// `layouts` has one entry a table of the file. Text outside tables is not read.
pub fn stream<R: Send>(
    file: &EvidenceFile,
    layouts: &[ReferenceLayout],
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
    work: &(dyn Fn(ReferenceBlock) -> R + Sync),
    fold: &mut dyn FnMut(R),
) -> ReferenceTotals {
    let mut rows_undated = 0;
    let of_block = |block: Block| {
        let Block::Rows(rows) = block else { return None };
        let layout = layouts.get(rows.table as usize).copied().unwrap_or_default();
        let (periods, undated) = layout.periods(&rows);
        Some((undated, work(ReferenceBlock { table: rows.table, rows, periods })))
    };
    let mut take = |_: BlockPlace, done: Option<(u64, R)>| {
        if let Some((undated, result)) = done {
            rows_undated += undated;
            fold(result);
        }
    };
    let stream = open::stream(file, limits, threads, progress, &of_block, &mut take);
    ReferenceTotals { stream, rows_undated }
}

#[cfg(test)]
mod tests {
    use vocab::ForensicPath;

    use super::*;
    use crate::open::Cell;

    fn head(columns: &[&str]) -> TableHead {
        TableHead {
            path: "crm.csv".parse::<ForensicPath>().unwrap(),
            name: "crm.csv".to_owned(),
            named_in_address: false,
            header: true,
            columns: columns.iter().map(|name| Some((*name).to_owned())).collect(),
            rows_estimate: 0,
            sample: RowBlock::default(),
        }
    }

    fn block(rows: &[[Option<&str>; 3]]) -> RowBlock {
        let mut block = RowBlock { columns: 3, ..RowBlock::default() };
        for (row, cells) in rows.iter().enumerate() {
            block.ordinals.push(row as u32);
            for cell in cells {
                let start = block.bytes.len() as u32;
                block.bytes.extend_from_slice(cell.unwrap_or("").as_bytes());
                let cell = cell.map_or(Cell::NULL, |text| Cell { start, length: text.len() as u32 });
                block.cells.push(cell);
            }
        }
        block
    }

    #[test]
    fn columns_are_found_by_the_case_or_by_their_usual_names() {
        let wanted = ReferenceColumns {
            key: Some("ID".to_owned()),
            valid_from: Some("since".to_owned()),
            valid_to: Some("until".to_owned()),
        };
        let layout = ReferenceLayout::of(&head(&["since", "id", "until"]), &wanted).unwrap();
        assert_eq!(layout, ReferenceLayout { key: Some(1), from: Some(0), to: Some(2) });
        let usual =
            ReferenceLayout::of(&head(&["id", "Valid_From", "end_date"]), &ReferenceColumns::default()).unwrap();
        assert_eq!(usual, ReferenceLayout { key: None, from: Some(1), to: Some(2) });
        let problem = ReferenceLayout::of(&head(&["id"]), &wanted).unwrap_err();
        assert!(problem.kind == ProblemKind::Absent && problem.cause.contains("`since`"));
        assert_eq!(
            ReferenceLayout::of(&head(&["id"]), &ReferenceColumns::default()).unwrap(),
            ReferenceLayout::default()
        );
    }

    #[test]
    fn days_are_half_open_and_what_cannot_be_read_dates_nothing() {
        let layout = ReferenceLayout { key: Some(0), from: Some(1), to: Some(2) };
        let rows = [
            [Some("1"), Some("2024-01-01"), Some("2025-01-01")],
            [Some("1"), Some("2025-01-01"), None],
            [Some("2"), None, Some("9999-12-31")],
            [Some("3"), Some("sometime"), None],
            [Some("4"), Some("2024-01-01"), Some("31-31-31")],
        ];
        let (periods, unread) = layout.periods(&block(&rows));
        assert_eq!(periods[0], Period { from: 19_723, to: 20_089 });
        assert_eq!(periods[1], Period { from: 20_089, to: Period::OPEN });
        assert_eq!((periods[2], unread), (Period::ALWAYS, 2));
        assert!(periods[3..].iter().all(|period| *period == NEVER));
        let (undated, unread) = ReferenceLayout::default().periods(&block(&rows));
        assert!(unread == 0 && undated.iter().all(|period| !period.is_dated()));
    }
}
