//! Every row of a file, brought into standard form in parallel and collected in evidence order.

use intake::normalize::{Normalizer, RecordsBuilder, TablePlan};
use intake::open::{self, Block, BlockPlace, EvidenceFile, Limits, StreamTotals};
use vocab::progress::Progress;

/// Normalises one file into the builder; returns its balance.
pub(crate) fn fold_rows(
    file: &EvidenceFile,
    plans: &[TablePlan],
    normalizer: &Normalizer<'_>,
    builder: &mut RecordsBuilder,
    limits: &Limits,
    threads: usize,
    progress: &dyn Progress,
) -> StreamTotals {
    let numbers: Vec<u32> = plans.iter().map(|plan| builder.table(plan)).collect();
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
    let mut fold = |place: BlockPlace, chunk| {
        if let (BlockPlace::Rows { table, first_row, .. }, Some(chunk)) = (place, chunk) {
            builder.fold(numbers[table as usize], first_row, &chunk);
        }
    };
    open::stream(file, limits, threads, progress, &work, &mut fold)
}
