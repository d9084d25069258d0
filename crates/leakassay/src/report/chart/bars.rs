//! Bars: elements, claimed against found, bands of harm.

use vocab::Interval;
use vocab::assessment::Assessment;

use crate::report::at::{At, at};
use crate::report::chart::{Drawing, WIDTH, length};
use crate::report::format::escape;
use crate::report::select;
use crate::report::show::Html;

const ROW: f64 = 28.0;
const BAR: f64 = 16.0;
/// Room for a number of fifteen digits beside the longest bar.
const NUMBER: f64 = 100.0;

/// Draws rows and people of each element, side by side on scales of their own.
pub(in crate::report) fn elements(a: &At<Assessment>) -> Html {
    let list = select::elements(a);
    let (label, rows_x, people_x) = (270.0, 285.0, 635.0);
    let (rows_full, people_full) = (people_x - rows_x - NUMBER - 20.0, WIDTH - people_x - NUMBER);
    let most_rows = list.iter().map(|count| count.v.rows_valid).max().unwrap_or(0);
    let most_people = list.iter().map(|count| count.v.people.high).max().unwrap_or(0);
    let mut drawing = Drawing::new();
    drawing.text(rows_x, 16.0, "head rows-ink", "ROWS with a valid value");
    drawing.text(people_x, 16.0, "head people-ink", "PEOPLE with at least one");
    for (i, count) in list.iter().enumerate() {
        let y = 30.0 + i as f64 * ROW;
        drawing.text(label, y + BAR - 3.0, "end", escape(count.v.element.label()));
        let rows = at!(count.rows_valid);
        let wide = length(*rows.v, most_rows, rows_full);
        drawing.rect(rows_x, y, wide, BAR, "rows");
        drawing.text(rows_x + wide + 6.0, y + BAR - 3.0, "number", rows.n().svg());
        people_bar(&mut drawing, &at!(count.people), (people_x, y), people_full, most_people, "people");
    }
    let about = "For each element of personal data one bar for rows and one for people. The two scales differ and are \
                 not to be compared with each other.";
    drawing.close("chart-elements", 36.0 + list.len() as f64 * ROW, "Elements found: rows and people", about)
}

/// Draws a bar to the likely count, a whisker over the bounds, and the likely count as a number.
fn people_bar(drawing: &mut Drawing, people: &At<Interval>, at: (f64, f64), full: f64, most: u64, class: &str) {
    let (x, y) = at;
    let [low, likely, high] = [people.v.low, people.v.likely, people.v.high].map(|count| x + length(count, most, full));
    drawing.rect(x, y, likely - x, BAR, class);
    if people.v.low < people.v.high {
        let middle = y + BAR / 2.0;
        drawing.line((low, middle), (high, middle), "whisker");
        drawing.line((low, y + 4.0), (low, y + BAR - 4.0), "whisker");
        drawing.line((high, y + 4.0), (high, y + BAR - 4.0), "whisker");
    }
    drawing.text(high.max(likely) + 6.0, y + BAR - 3.0, "number", at!(people.likely).n().svg());
}

/// Draws what was claimed against what was found, unit by unit.
pub(in crate::report) fn extents(a: &At<Assessment>) -> Html {
    let list = at!(a.claim.extents).items();
    let (x, full) = (170.0, WIDTH - 170.0 - NUMBER - 20.0);
    let found = |extent: &Option<Interval>| extent.map_or(0, |found| found.high);
    let most = list.iter().map(|extent| found(&extent.v.found).max(extent.v.claimed.unwrap_or(0))).max().unwrap_or(0);
    let mut drawing = Drawing::new();
    let mut y = 8.0;
    for extent in &list {
        drawing.text(80.0, y + BAR + 6.0, "end strong", at!(extent.unit).words().svg());
        drawing.text(x - 10.0, y + BAR - 3.0, "end small", "claimed");
        match at!(extent.claimed).some() {
            Some(claimed) => {
                let wide = length(*claimed.v, most, full);
                drawing.rect(x, y, wide, BAR, "claimed");
                drawing.text(x + wide + 6.0, y + BAR - 3.0, "number", claimed.n().svg());
            }
            None => drawing.text(x, y + BAR - 3.0, "small", "nothing claimed in this unit"),
        }
        let below = y + BAR + 5.0;
        drawing.text(x - 10.0, below + BAR - 3.0, "end small", "found");
        let class = if extent.v.unit == "people" { "people" } else { "rows" };
        match at!(extent.found).some() {
            Some(found) => people_bar(&mut drawing, &found, (x, below), full, most, class),
            None => drawing.text(x, below + BAR - 3.0, "small", "cannot be told"),
        }
        y = below + BAR + 20.0;
    }
    let about =
        "For each unit (rows, accounts, people) one bar for what the seller claimed and one for what was found.";
    drawing.close("chart-extents", y.max(30.0) - 8.0, "Claimed against found", about)
}

/// Returns the class of the colour of a band.
pub(in crate::report) fn band_class(band: &str) -> &'static str {
    match band {
        "very_high" => "band-very-high",
        "high" => "band-high",
        "medium" => "band-medium",
        _ => "band-low",
    }
}

/// Draws people by band of harm.
pub(in crate::report) fn bands(a: &At<Assessment>) -> Html {
    let list = at!(a.harm.bands).items();
    let (x, full) = (120.0, WIDTH - 120.0 - NUMBER);
    let most = list.iter().map(|band| band.v.people.high).max().unwrap_or(0);
    let mut drawing = Drawing::new();
    for (i, band) in list.iter().enumerate() {
        let y = 6.0 + i as f64 * (ROW + 4.0);
        drawing.text(x - 12.0, y + BAR - 3.0, "end", at!(band.band).words().svg());
        people_bar(&mut drawing, &at!(band.people), (x, y), full, most, band_class(&band.v.band));
    }
    let about = "One bar for each band of harm, from very high to low, with the number of people in it.";
    drawing.close("chart-bands", 10.0 + list.len() as f64 * (ROW + 4.0), "People by band of harm", about)
}
