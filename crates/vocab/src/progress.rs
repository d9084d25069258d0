//! How long work tells that it moves. The program draws it; tests and quiet runs ignore it.

/// Receives signs of progress from a stage, from any thread.
pub trait Progress: Sync {
    /// Starts a stage of `total` units (`bytes`, `rows`, `pairs`); `None` where the total is unknown.
    fn start(&self, stage: &str, unit: &'static str, total: Option<u64>);
    /// Adds units done.
    fn advance(&self, units: u64);
    /// Ends the stage, with one plain line on what came out.
    fn finish(&self, outcome: &str);
}

/// Says nothing.
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _: &str, _: &'static str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn finish(&self, _: &str) {}
}
