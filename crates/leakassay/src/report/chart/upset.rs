//! Overlaps: one line for each exact combination, a filled dot for each member, a bar for its people.
//! It is an UpSet plot laid on its side, so that numbers can be read and the lines match those of the table.

use vocab::assessment::Assessment;
use vocab::{DataElement, ElementSet};

use crate::report::at::{At, at};
use crate::report::chart::{Drawing, WIDTH, length};
use crate::report::format::escape;
use crate::report::select::{self, BLENDS_LIMIT};
use crate::report::show::{Html, Shown};

const ROW: f64 = 24.0;
const NUMBER: f64 = 100.0;
/// Columns that fit; a combination beyond them would no longer be told from another, so the chart gives way to the table.
const COLUMNS_LIMIT: usize = 30;

struct Line {
    members: Vec<bool>,
    people: u64,
    number: Shown,
}

/// Draws the blends of elements that most people share; `None` if they do not fit into a chart.
pub(in crate::report) fn element_blends(a: &At<Assessment>) -> Option<Html> {
    let blends = at!(a.totals.element_combinations).first(BLENDS_LIMIT);
    let all = blends.iter().fold(ElementSet::EMPTY, |all, blend| all.union(blend.v.elements));
    let columns: Vec<DataElement> = all.iter().collect();
    let lines = blends.iter().map(|blend| Line {
        members: columns.iter().map(|element| blend.v.elements.contains(*element)).collect(),
        people: blend.v.people,
        number: at!(blend.people).n(),
    });
    let heads: Vec<String> = columns.iter().map(|element| escape(&short(*element))).collect();
    let about = "Each line is one exact combination of elements; filled dots are the elements in it, the bar is the \
                 number of people who have exactly it.";
    upset("chart-blends", "Combinations of elements", about, &heads, &lines.collect::<Vec<_>>())
}

/// Draws the sets of classes that people are in; `None` if they do not fit into a chart.
pub(in crate::report) fn class_overlaps(a: &At<Assessment>) -> Option<Html> {
    let overlaps = select::overlaps(a);
    let classes = a.v.people.by_class.len();
    let lines = overlaps.iter().map(|overlap| Line {
        members: (0..classes).map(|class| overlap.v.classes.contains(&(class as u32))).collect(),
        people: overlap.v.people,
        number: at!(overlap.people).n(),
    });
    let heads: Vec<String> = (0..classes).map(select::class_letter).collect();
    let about = "Each line is one exact set of classes; filled dots are the classes in it, the bar is the number of \
                 people who are in exactly these. Each person is in one line.";
    upset("chart-overlaps", "Overlap of classes", about, &heads, &lines.collect::<Vec<_>>())
}

fn upset(id: &str, title: &str, about: &str, heads: &[String], lines: &[Line]) -> Option<Html> {
    if lines.is_empty() || heads.is_empty() || heads.len() > COLUMNS_LIMIT {
        return None;
    }
    let longest = heads.iter().map(|head| head.chars().count()).max().unwrap_or(0) as f64;
    let (rising, top) = (longest > 3.0, if longest > 3.0 { 24.0 + longest * 5.6 } else { 34.0 });
    let step = (560.0 / heads.len() as f64).min(30.0);
    let (left, bars) = (20.0, 20.0 + step * heads.len() as f64 + if rising { 24.0 } else { 16.0 });
    let mut drawing = Drawing::new();
    for (i, head) in heads.iter().enumerate() {
        let x = left + i as f64 * step;
        match rising {
            true => drawing.rising(x + 4.0, top - 8.0, "small", head),
            false => drawing.text(x, top - 12.0, "middle strong", head),
        }
    }
    drawing.text(bars, top - 12.0, "head people-ink after-heads", "PEOPLE with exactly these");
    let most = lines.iter().map(|line| line.people).max().unwrap_or(0);
    for (n, line) in lines.iter().enumerate() {
        let y = top + n as f64 * ROW;
        if n % 2 == 0 {
            drawing.rect(0.0, y, WIDTH, ROW, "stripe");
        }
        dots(&mut drawing, &line.members, (left, y + ROW / 2.0), step);
        let wide = length(line.people, most, WIDTH - bars - NUMBER);
        drawing.rect(bars, y + 4.0, wide, ROW - 8.0, "people");
        drawing.text(bars + wide + 6.0, y + ROW - 7.0, "number", line.number.svg());
    }
    Some(drawing.close(id, top + lines.len() as f64 * ROW + 4.0, title, about))
}

fn dots(drawing: &mut Drawing, members: &[bool], from: (f64, f64), step: f64) {
    let (left, y) = from;
    let x = |i: usize| left + i as f64 * step;
    if let (Some(first), Some(last)) = (members.iter().position(|m| *m), members.iter().rposition(|m| *m)) {
        drawing.line((x(first), y), (x(last), y), "join");
    }
    for (i, member) in members.iter().enumerate() {
        drawing.dot(x(i), y, if *member { 6.5 } else { 3.0 }, if *member { "member" } else { "absent" });
    }
}

/// Returns a name that fits over a column.
fn short(element: DataElement) -> String {
    match element {
        DataElement::Ssn => "SSN".into(),
        DataElement::SsnLast4 => "last four of SSN".into(),
        DataElement::Itin => "ITIN".into(),
        DataElement::Ein => "EIN".into(),
        DataElement::Cpni => "CPNI".into(),
        DataElement::Mbi => "MBI".into(),
        DataElement::Npi => "NPI".into(),
        DataElement::Vin => "VIN".into(),
        DataElement::DriverLicense => "driver's licence".into(),
        DataElement::AccountNumber => "account number".into(),
        DataElement::AccountPin => "account PIN".into(),
        other => {
            let label = other.label();
            if label.len() <= 22 { label.into() } else { format!("{}…", label.chars().take(21).collect::<String>()) }
        }
    }
}
