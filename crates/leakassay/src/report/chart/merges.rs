//! Bars of how rows became people: rows a person, and merges by how sure they are.

use vocab::assessment::Assessment;

use crate::report::at::{At, at};
use crate::report::chart::{Drawing, WIDTH, length};
use crate::report::show::{Html, Shown};

const ROW: f64 = 24.0;
const BAR: f64 = 14.0;
const LABEL: f64 = 190.0;
/// Room for a number of fifteen digits beside the longest bar.
const NUMBER: f64 = 100.0;

/// Draws people by the number of their rows.
pub(in crate::report) fn rows_per_person(a: &At<Assessment>) -> Html {
    let list = at!(a.people.rows_per_person).items();
    let full = WIDTH - LABEL - NUMBER;
    let most = list.iter().map(|group| group.v.people).max().unwrap_or(0);
    let mut drawing = Drawing::new();
    for (i, group) in list.iter().enumerate() {
        let y = 6.0 + i as f64 * ROW;
        let most_rows = at!(group.rows_most).some().filter(|last| *last.v != group.v.rows_least);
        let last = most_rows.as_ref().map(|last| last.n());
        let label = range(&at!(group.rows_least).n(), last.as_ref(), group.v.rows_most.is_none(), "rows");
        drawing.text(LABEL - 12.0, y + BAR - 2.0, "end", label);
        let wide = length(group.v.people, most, full);
        drawing.rect(LABEL, y, wide, BAR, "people");
        drawing.text(LABEL + wide + 6.0, y + BAR - 2.0, "number", at!(group.people).n().svg());
    }
    let about = "One bar for each number of rows, with the people who have so many.";
    drawing.close("chart-rows-per-person", 10.0 + list.len() as f64 * ROW, "People by how many rows they have", about)
}

/// Draws merges by weight, and beside each step the people there would be without it.
pub(in crate::report) fn merge_weights(a: &At<Assessment>) -> Html {
    let list = at!(a.people.merge_weights).items();
    let people_x = 640.0;
    let (full, people_full) = (people_x - LABEL - NUMBER - 20.0, WIDTH - people_x - NUMBER);
    let most = list.iter().map(|step| step.v.merges).max().unwrap_or(0);
    let most_people = list.iter().map(|step| step.v.people_without).max().unwrap_or(0);
    let mut drawing = Drawing::new();
    drawing.text(LABEL, 16.0, "head", "MERGES of this strength");
    drawing.text(people_x, 16.0, "head people-ink", "PEOPLE without them and all weaker ones");
    for (i, step) in list.iter().enumerate() {
        let y = 28.0 + i as f64 * ROW;
        let below = at!(step.bits_below).some();
        let label = range(
            &at!(step.bits_least).n(),
            below.map(|below| below.n()).as_ref(),
            step.v.bits_below.is_none(),
            "bits",
        );
        drawing.text(LABEL - 12.0, y + BAR - 2.0, "end", label);
        let wide = length(step.v.merges, most, full);
        drawing.rect(LABEL, y, wide, BAR, "rows");
        drawing.text(LABEL + wide + 6.0, y + BAR - 2.0, "number", at!(step.merges).n().svg());
        let wide = length(step.v.people_without, most_people, people_full);
        drawing.rect(people_x, y, wide, BAR, "people");
        drawing.text(people_x + wide + 6.0, y + BAR - 2.0, "number", at!(step.people_without).n().svg());
    }
    let about = "For each step of five bits one bar for the merges of that strength and one for the people there would be \
                 if they and all weaker ones were not made. The two scales differ.";
    drawing.close("chart-merge-weights", 34.0 + list.len() as f64 * ROW, "Merges by how sure they are", about)
}

/// `3 rows`, `6 to 10 rows`, `101 rows and more`.
fn range(first: &Shown, last: Option<&Shown>, open: bool, unit: &str) -> String {
    match last {
        Some(last) => format!("{} to {} {unit}", first.svg(), last.svg()),
        None if open => format!("{} {unit} and more", first.svg()),
        None => format!("{} {unit}", first.svg()),
    }
}
