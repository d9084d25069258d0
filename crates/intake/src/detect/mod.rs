//! Says what the bytes are: columns get an element, values a verdict, text its matches.
//!
//! Enters: table heads, row blocks and text blocks of `open`, and the rules of the rulebook. Leaves: typings with
//! probability and reasons, counts of valid, impossible and damaged values, matches with offsets. Never: opens a file,
//! keeps a value, decides what a finding means for anybody.

mod bearers;
mod bounds;
mod cells;
mod check;
mod column;
mod context;
mod days;
mod decisions;
mod detectors;
mod dialled;
mod evidence;
mod groups;
mod header;
mod labels;
mod logins;
mod named;
mod neighbours;
mod parts;
mod phones;
mod positions;
mod preview;
mod profile;
mod prose;
mod rules;
mod seen;
mod signatures;
mod sites;
mod sketch;
mod streets;
mod tally;
mod text;
mod typing;
mod validator;
pub mod values;
mod words;
mod wrapped;

pub use cells::InCells;
pub use check::check_rules;
pub use decisions::{DECIDED, Decision, type_file, unmatched};
pub use detectors::Detector;
pub use preview::{ColumnHits, DetectorPreview, HitExample, TextHits, preview};
pub use profile::{
    ColumnFindings, FileFindings, TableFindings, TextPlace, TextTally, profile, profile_sample, profile_with,
};
pub use rules::Identifiers;
pub use tally::ElementRows;
pub use text::Match;
pub use typing::{ColumnTyping, NORTH_AMERICA, Role, TableTyping, type_as_told, type_columns, type_table};
pub use validator::Validator;
pub use wrapped::scan_text;
