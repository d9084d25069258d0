//! What flows out of opening: blocks of rows and stretches of text.

/// Place of one cell's bytes in [`RowBlock::bytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// First byte.
    pub start: u32,
    /// Number of bytes; [`Cell::NULL_LENGTH`] for a null of the source (`\N`, `NULL`, JSON null, absent key).
    pub length: u32,
}

impl Cell {
    /// Length that marks a null.
    pub const NULL_LENGTH: u32 = u32::MAX;

    /// A null.
    pub const NULL: Cell = Cell { start: 0, length: Cell::NULL_LENGTH };
}

/// A block of rows of one table: cells row by row, decoded to UTF-8, unescaped, otherwise untouched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowBlock {
    /// Index into the file's tables.
    pub table: u32,
    /// Cells a row.
    pub columns: usize,
    /// The bytes the cells point into. Every cell is valid UTF-8, undecodable bytes being U+FFFD; what stands between cells is
    /// whatever the source left there.
    pub bytes: Vec<u8>,
    /// `rows * columns` cells, row by row.
    pub cells: Vec<Cell>,
    /// For each row its ordinal within the block, from 0. Rows set aside leave gaps.
    pub ordinals: Vec<u32>,
    /// For each row the offset in bytes of its start in the decoded member (0 where the format has none).
    pub offsets: Vec<u64>,
    /// Rows met in this block: read and set aside.
    pub rows_met: u32,
    /// Rows set aside: ordinal within the block and reason code.
    pub set_aside: Vec<(u32, &'static str)>,
}

impl RowBlock {
    /// Returns the number of rows read.
    pub fn rows(&self) -> usize {
        self.ordinals.len()
    }

    /// Returns a cell's bytes; `None` for a null.
    #[inline]
    pub fn cell(&self, row: usize, column: usize) -> Option<&[u8]> {
        self.content(self.cells[row * self.columns + column])
    }

    /// Returns the cells of a column, row by row.
    pub fn column(&self, column: usize) -> impl Iterator<Item = Option<&[u8]>> {
        self.cells.get(column..).unwrap_or(&[]).iter().step_by(self.columns.max(1)).map(|cell| self.content(*cell))
    }

    #[inline]
    fn content(&self, cell: Cell) -> Option<&[u8]> {
        if cell.length == Cell::NULL_LENGTH {
            return None;
        }
        Some(&self.bytes[cell.start as usize..(cell.start + cell.length) as usize])
    }
}

/// A stretch of decoded text outside tables. Stretches of a member follow each other; each begins at a line start where
/// lines are shorter than the limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextBlock {
    /// Index into the file's text members.
    pub member: u32,
    /// Offset of the first byte in the decoded member.
    pub offset: u64,
    /// Valid UTF-8 of the same length in bytes as the source stretch wherever the source is ASCII or UTF-8.
    pub bytes: Vec<u8>,
}
