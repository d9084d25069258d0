//! The case around the evidence: `case.toml` with the claim, and the note that all of it is made up.

use std::fs;
use std::path::Path;

use crate::SimulateError;
use crate::duties::TAGS;
use crate::output::REFERENCE_FILE;
use crate::scenario::Scenario;
use crate::tables::{COMPILED_FILE, CREDIT_FILE, DEVICE_FILE, SQL_FILE, ZIP_FILE};

/// First line of a `case.toml` of ours; one without it is somebody's case and is not overwritten.
const MARK: &str = "# Made by `leakassay simulate`: everybody in it is fictional.";

/// Refuses to write over a case that was not simulated.
pub(crate) fn check_free(root: &Path) -> Result<(), SimulateError> {
    match fs::read_to_string(root.join("case.toml")) {
        Ok(text) if !text.starts_with(MARK) => Err(SimulateError::NotOurs),
        _ => Ok(()),
    }
}

/// Writes `case.toml` and `SYNTHETIC.txt`.
pub(crate) fn write(root: &Path, scenario: &Scenario) -> Result<(), SimulateError> {
    let text = text(scenario);
    fs::write(root.join("case.toml"), text).map_err(|error| SimulateError::write("case.toml", &error))?;
    fs::write(root.join("SYNTHETIC.txt"), NOTE).map_err(|error| SimulateError::write("SYNTHETIC.txt", &error))
}

const NOTE: &str = "Everything in this folder was made by `leakassay simulate`. Nobody in it exists. The numbers follow the public\n\
rules of their kinds, so that a detector treats them as real; that some of them belong to somebody is chance.\n";

fn text(scenario: &Scenario) -> String {
    let claimed = scenario.claimed();
    let words = words(claimed);
    let grouped = grouped(claimed);
    let mut text = format!(
        r#"{MARK}

[case]
name = "Northwind Mobile, August (synthetic, {people} people, seed {seed})"
controller = "Northwind Mobile USA"
regimes = {TAGS:?}
as_of = "2026-08-17T09:00:00Z"
discovered = "2026-08-12T15:00:00Z"

[claim]
text = "fresh US carrier database, {words} customers, full info: SSN DL DOB name address phone IMEI. serious buyers only"
posted = "2026-08-11"
count = {grouped}
unit = "people"
elements = ["name", "address", "dob", "phone", "ssn", "driver_license", "imei"]
taken = "2026-08"
"#,
        people = scenario.people,
        seed = scenario.seed,
    );
    let obtained = [
        (SQL_FILE, "bought sample, 2026-08-13"),
        (ZIP_FILE, "bought sample, 2026-08-13"),
        (CREDIT_FILE, "posted on the forum, 2026-08-14"),
        (COMPILED_FILE, "posted on the forum, 2026-08-14"),
        (DEVICE_FILE, "found on the seller's file host, 2026-08-15"),
    ];
    for (path, obtained) in obtained {
        text.push_str(&format!("\n[[evidence]]\npath = \"{path}\"\nobtained = \"{obtained}\"\n"));
    }
    text.push_str(&format!(
        "\n[[reference]]\nname = \"crm\"\nsource = \"{REFERENCE_FILE}\"\nkey = \"customer_id\"\nvalid_from = \"valid_from\"\nvalid_to = \"valid_to\"\n"
    ));
    text
}

/// The number as sellers write it: `100M`, `260K`.
fn words(count: u64) -> String {
    let (unit, letter) = if count >= 1_000_000 {
        (1_000_000, "M")
    } else if count >= 1_000 {
        (1_000, "K")
    } else {
        (1, "")
    };
    if count.is_multiple_of(unit) {
        format!("{}{letter}", count / unit)
    } else {
        format!("{:.1}{letter}", count as f64 / unit as f64)
    }
}

/// The number with underscores between thousands, as TOML allows.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
