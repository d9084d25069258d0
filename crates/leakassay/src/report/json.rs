//! `assessment.json`.

use vocab::assessment::Assessment;

/// Returns the assessment as indented JSON in the order of the contract, with a newline at the end.
pub(crate) fn render(assessment: &Assessment) -> String {
    // Serialising plain structs with text keys into memory has no way to fail; an empty file would be a silent lie.
    let mut json = serde_json::to_string_pretty(assessment).expect("an assessment is plain data");
    json.push('\n');
    json
}
