//! All clocks on one line.

use vocab::assessment::{Assessment, DutyReport};

use crate::report::at::{At, at};
use crate::report::chart::{Drawing, WIDTH};
use crate::report::format::Moment;
use crate::report::select::{self, DueDay};
use crate::report::show::{Html, Shown};

const LEFT: f64 = 30.0;
const RIGHT: f64 = 30.0;
const AXIS: f64 = 58.0;
const LINE: f64 = 17.0;
/// Mean width of a letter at the size of the labels.
const LETTER: f64 = 7.4;
/// Most days with a label of their own; the table has all.
const DAYS_LIMIT: usize = 40;

/// Draws the deadlines; `None` if there is none, or none that is a date.
pub(in crate::report) fn deadlines(a: &At<Assessment>) -> Option<Html> {
    let days: Vec<(f64, DueDay)> = select::due_days(a)
        .into_iter()
        .filter_map(|day| Some((Moment::parse(day.due.v)?.days(), day)))
        .take(DAYS_LIMIT)
        .collect();
    let as_of = Moment::parse(&a.v.run.as_of)?.days();
    let discovered = at!(a.case.discovered).some();
    let begun = discovered.as_ref().and_then(|moment| Moment::parse(moment.v)).map(|moment| moment.days());
    let first = days.iter().map(|(day, _)| *day).chain(begun).fold(as_of, f64::min);
    let last = days.last()?.0.max(as_of).max(first + 1.0);
    let x = |day: f64| LEFT + (day - first) / (last - first) * (WIDTH - LEFT - RIGHT);

    let mut drawing = Drawing::new();
    drawing.line((LEFT, AXIS), (WIDTH - RIGHT, AXIS), "axis");
    if let (Some(begun), Some(moment)) = (begun, &discovered) {
        mark(&mut drawing, x(begun), 16.0, "discovered", &moment.day());
    }
    mark(&mut drawing, x(as_of), 34.0, "as of", &at!(a.run.as_of).day());
    let mut y = AXIS + 30.0;
    for (day, due) in &days {
        y = label(&mut drawing, due, x(*day), y) + 10.0;
    }
    let about = "A line from the discovery to the last deadline. Each deadline is a dot on the line, with its date and \
                 the regimes whose clock ends then written below.";
    Some(drawing.close("chart-deadlines", y - 8.0, "Deadlines on one line", about))
}

fn mark(drawing: &mut Drawing, x: f64, y: f64, word: &str, day: &Shown) {
    drawing.line((x, y + 4.0), (x, AXIS), "axis");
    let side = if x > WIDTH * 0.7 { "end" } else { "start" };
    drawing.text(x, y, &format!("{side} small"), format!("{word} {}", day.svg()));
}

/// Writes a day and its regimes under the dot, on the side with more room; returns where the next may begin.
fn label(drawing: &mut Drawing, due: &DueDay, x: f64, y: f64) -> f64 {
    let right = x < WIDTH * 0.5;
    let (edge, side, room) = if right { (x + 12.0, "start", WIDTH - x - 20.0) } else { (x - 12.0, "end", x - 20.0) };
    drawing.line((x, AXIS), (x, y - 4.0), "faint");
    drawing.line((x, y - 4.0), (if right { x + 8.0 } else { x - 8.0 }, y - 4.0), "faint");
    drawing.dot(x, AXIS, 6.0, if due.passed { "passed" } else { "due" });
    let passed = if due.passed { " (passed)" } else { "" };
    drawing.text(edge, y, &format!("{side} strong"), format!("{}{passed}", due.due.day().svg()));
    let lines = wrap(&due.duties, room);
    for (i, line) in lines.iter().enumerate() {
        drawing.text(edge, y + (i + 1) as f64 * LINE, &format!("{side} small"), line);
    }
    y + (lines.len() + 1) as f64 * LINE
}

/// Breaks the codes of the regimes into lines; a regime with several duties on a day is named once.
fn wrap(duties: &[At<DutyReport>], room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = f64::INFINITY;
    let mut named: Vec<&str> = Vec::new();
    for duty in duties.iter().filter(|duty| duty.v.regime.len() <= 40) {
        if named.contains(&duty.v.regime.as_str()) {
            continue;
        }
        named.push(&duty.v.regime);
        let code = at!(duty.regime).q();
        let width = (code.width() + 2) as f64 * LETTER;
        match lines.last_mut().filter(|_| used + width <= room) {
            Some(line) => {
                line.push_str(&format!(" · {}", code.svg()));
                used += width;
            }
            None => {
                lines.push(code.svg());
                used = width;
            }
        }
    }
    lines
}
