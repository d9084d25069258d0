//! The number of people as ranges on one scale: by the rules of the bounds, and by review where there was one.

use vocab::assessment::{Assessment, Bound};

use crate::report::at::{At, at};
use crate::report::chart::{Drawing, WIDTH};
use crate::report::show::Html;

const LABEL: f64 = 110.0;
/// Room right of the scale for half of a number below its end.
const MARGIN: f64 = 70.0;
const ROW: f64 = 62.0;
/// Least distance of two numbers below a range.
const APART: f64 = 96.0;

/// Draws a range for each of the ways in which the number of people was bounded; nothing where no bound leaves room.
pub(in crate::report) fn people_intervals(a: &At<Assessment>) -> Option<Html> {
    let bounds = at!(a.people.bounds).items();
    let ranges = [("by rule", ""), ("by review", " by review")].map(|(label, ending)| {
        let of = |name: &str| bounds.iter().find(|bound| bound.v.bound == format!("{name}{ending}")).cloned();
        Some((label, [of("low")?, of("likely")?, of("high")?]))
    });
    let ranges: Vec<_> = ranges.into_iter().flatten().collect();
    let people = |range: &(&str, [At<Bound>; 3])| range.1.each_ref().map(|bound| bound.v.people);
    let least = ranges.iter().flat_map(people).min()?;
    let most = ranges.iter().flat_map(people).max().filter(|most| *most > least)?;
    let place =
        |people: u64| LABEL + MARGIN + (people - least) as f64 / (most - least) as f64 * (WIDTH - LABEL - 2.0 * MARGIN);
    let mut drawing = Drawing::new();
    for (i, (label, range)) in ranges.iter().enumerate() {
        let y = 26.0 + i as f64 * ROW;
        drawing.text(LABEL - 12.0, y + 5.0, "end", label);
        let [low, likely, high] = range.each_ref().map(|bound| place(bound.v.people));
        drawing.rect(low, y - 4.0, (high - low).max(1.5), 8.0, "people");
        drawing.dot(likely, y, 8.0, "people");
        // The likely number is written above, so that it meets neither of the others.
        let [low_number, likely_number, high_number] = range.each_ref().map(|bound| at!(bound.people).n().svg());
        drawing.text(likely, y - 12.0, "number middle strong", likely_number);
        let spread = ((APART - (high - low)) / 2.0).max(0.0);
        drawing.text(low - spread, y + 22.0, "number middle", low_number);
        drawing.text(high + spread, y + 22.0, "number middle", high_number);
    }
    let about = "A bar from the least to the most people, with a dot at the likely number: by the rules of the bounds, and by \
                 review where rows were looked at.";
    let height = 14.0 + ranges.len() as f64 * ROW;
    Some(drawing.close("chart-people-intervals", height, "The number of people with its bounds", about))
}
