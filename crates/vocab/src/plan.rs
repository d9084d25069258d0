//! The way from decisions to the query engine: named SQL steps and the trait that runs them.

/// One named SQL step over stage tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name of the step, and of the table it yields.
    pub name: &'static str,
    /// What the step answers, as a sentence for the report's appendix.
    pub answers: &'static str,
    /// Tables it reads.
    pub reads: &'static [&'static str],
    /// The SQL text.
    pub sql: String,
}

/// A list of steps, run in order. It can be printed, tested without an engine, and run on one machine or many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// One cell of a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A real number.
    Real(f64),
    /// Text.
    Text(String),
    /// Truth value.
    Boolean(bool),
}

/// A small result table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Rows of cells.
    pub rows: Vec<Vec<Cell>>,
    /// Whether more rows existed than the limit let through.
    pub cut: bool,
}

/// An engine could not run a statement. The message is the engine's planning error with literals removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineError(pub String);

impl std::fmt::Display for EngineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EngineError {}

/// What runs SQL over stage tables.
pub trait Engine {
    /// Runs one statement and returns at most `limit_rows` rows.
    fn query(&self, sql: &str, limit_rows: usize) -> Result<Answer, EngineError>;
}
