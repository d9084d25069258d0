//! Every row of a file, brought into standard form in parallel and handed on in evidence order.

use intake::normalize::{Chunk, Normalizer, TablePlan};
use intake::open::{self, Block, BlockPlace, EvidenceFile, Limits, StreamTotals};
use vocab::progress::Progress;

/// Normalises one file; returns its balance. `fold` receives the index of the table in its file, the number of the first row
/// and the rows.
pub(crate) fn fold_rows(
    file: &EvidenceFile,
    plans: &[TablePlan],
    normalizer: &Normalizer<'_>,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
    fold: &mut dyn FnMut(u32, u64, &Chunk),
) -> StreamTotals {
    // Rows of a table without any element say nothing of anybody: they are counted, and make no records. A billion of
    // them must not fill the memory.
    let speaks: Vec<bool> =
        plans.iter().map(|plan| plan.columns.iter().any(|column| column.element.is_some())).collect();
    let work = |block: Block| match block {
        Block::Rows(rows) => {
            let plan = plans.get(rows.table as usize).filter(|_| speaks[rows.table as usize]);
            plan.map(|plan| normalizer.block(plan, &rows))
        }
        Block::Text(_) => None,
    };
    let mut hand_on = |place: BlockPlace, chunk| {
        if let (BlockPlace::Rows { table, first_row, .. }, Some(chunk)) = (place, chunk) {
            fold(table, first_row, &chunk);
        }
    };
    open::stream(file, limits, threads, progress, &work, &mut hand_on)
}
