//! Is personal data in it? The answer and its grounds.

use std::collections::BTreeMap;

use vocab::DataElement;
use vocab::assessment::{FileReport, FindingState, PersonalData, YesNo};

/// Answers from typed columns and text matches. "No" needs everything to have been read.
pub(crate) fn answer(files: &[FileReport]) -> PersonalData {
    let reasons = found(files);
    if !reasons.is_empty() {
        return PersonalData { present: YesNo::Yes, reasons };
    }
    let unread: Vec<String> =
        files.iter().filter(|file| is_partly_unread(file)).map(|file| file.path.clone()).collect();
    let review = columns(files).filter(|(_, state)| *state == FindingState::Review).count();
    if files.is_empty() || !unread.is_empty() || review > 0 {
        let mut reasons = Vec::new();
        if files.is_empty() {
            reasons.push("no file could be opened".to_owned());
        }
        if !unread.is_empty() {
            reasons.push(format!("not read, or not whole: {}", unread.join(", ")));
        }
        if review > 0 {
            reasons.push(format!("{review} columns need a person's judgement"));
        }
        return PersonalData { present: YesNo::CannotTell, reasons };
    }
    let reasons = vec!["every row and every stretch of text was read; no rule of the rulebook matched".to_owned()];
    PersonalData { present: YesNo::No, reasons }
}

fn found(files: &[FileReport]) -> Vec<String> {
    let mut places: BTreeMap<DataElement, Vec<String>> = BTreeMap::new();
    for file in files {
        for table in &file.tables {
            for column in table.columns.iter().filter(|column| column.state == FindingState::Report && column.valid > 0)
            {
                if let Some(element) = column.element {
                    let name = column.name.clone().unwrap_or_else(|| format!("column {}", column.index + 1));
                    places.entry(element).or_default().push(format!("{}: {name}", table.name));
                }
            }
        }
        for (element, count) in file.text.iter().filter(|(_, count)| **count > 0) {
            places.entry(*element).or_default().push(format!("{} ({count} in text)", file.path));
        }
    }
    let shown = places.iter().filter(|(element, _)| is_personal(**element));
    shown.map(|(element, places)| format!("{}: {}", element.label(), shorten(places))).collect()
}

/// A state, a city or a country alone says nothing of anybody.
fn is_personal(element: DataElement) -> bool {
    use DataElement::{City, Country, Gender, State, Suffix, Zip};
    !matches!(element, City | Country | Gender | State | Suffix | Zip)
}

fn shorten(places: &[String]) -> String {
    const MOST: usize = 4;
    let mut text = places[..places.len().min(MOST)].join("; ");
    if places.len() > MOST {
        text.push_str("; ...");
    }
    text
}

fn columns(files: &[FileReport]) -> impl Iterator<Item = (Option<DataElement>, FindingState)> + '_ {
    let tables = files.iter().flat_map(|file| &file.tables);
    tables
        .flat_map(|table| &table.columns)
        .filter(|column| column.element.is_some())
        .map(|column| (column.element, column.state))
}

fn is_partly_unread(file: &FileReport) -> bool {
    file.duplicate_of.is_none() && (!file.problems.is_empty() || file.rows_set_aside > 0)
}
