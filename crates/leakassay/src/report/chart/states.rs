//! States as tiles of equal size.
//!
//! Tiles, not borders: the small states, DC and the territories are as large as Texas, each holds its code and its number,
//! and nothing is told by shade alone.

use vocab::Jurisdiction;
use vocab::assessment::{Assessment, YesNo};

use crate::report::at::{At, at};
use crate::report::chart::Drawing;
use crate::report::select;
use crate::report::show::Html;

const STEP_X: f64 = 80.0;
const STEP_Y: f64 = 58.0;
const TILE: (f64, f64) = (76.0, 54.0);
/// Shades from few to many.
const SHADES: f64 = 5.0;

/// Row by row from the north; two letters a tile, `..` for none. The last line holds territories, military mail and unknown.
const PLACES: [&str; 9] = [
    "AK....................ME",
    "............WI......VTNH",
    "..WAIDMTNDMNILMI..NYMA..",
    "..ORNVWYSDIAINOHPANJCTRI",
    "..CAUTCONEMOKYWVVAMDDE..",
    "....AZNMKSARTNNCSCDC....",
    "........OKLAMSALGA......",
    "HI......TX........FL....",
    "GUMPAS..AAAEAP..??..PRVI",
];

/// Returns the column and row of a place; what the plan does not have stands in a line below it.
fn tile(place: Jurisdiction, others: usize) -> (usize, usize) {
    for (row, line) in PLACES.iter().enumerate() {
        if let Some(column) = (0..12).find(|column| &line[column * 2..column * 2 + 2] == place.as_str()) {
            return (column, row);
        }
    }
    (others % 12, PLACES.len() + others / 12)
}

/// Lays the places out; `draw` fills the tile at a corner.
fn lay(places: impl Iterator<Item = Jurisdiction>, mut draw: impl FnMut(usize, f64, f64)) -> f64 {
    let (mut others, mut rows) = (0, PLACES.len());
    for (i, place) in places.enumerate() {
        let (column, row) = tile(place, others);
        if row >= PLACES.len() {
            others += 1;
        }
        rows = rows.max(row + 1);
        draw(i, column as f64 * STEP_X, row as f64 * STEP_Y);
    }
    rows as f64 * STEP_Y
}

fn name(place: Jurisdiction) -> String {
    if place.is_known() { place.as_str().to_owned() } else { "unknown".to_owned() }
}

/// Draws people by place of residence; `None` if no place is known.
pub(in crate::report) fn people_states(a: &At<Assessment>) -> Option<Html> {
    let places = at!(a.people.by_jurisdiction).items();
    let known = places.iter().filter(|place| place.v.jurisdiction.is_known());
    let most = known.map(|place| place.v.people.likely).max()?;
    let mut drawing = Drawing::new();
    let height = lay(places.iter().map(|place| place.v.jurisdiction), |i, x, y| {
        let (place, code) = (&places[i], places[i].v.jurisdiction);
        let share = (place.v.people.likely as f64 / most.max(1) as f64).min(1.0);
        let shade = if code.is_known() { (share.sqrt() * (SHADES - 0.01)).floor() as u32 + 1 } else { 0 };
        drawing.rect(x, y, TILE.0, TILE.1, &format!("tile shade-{shade}"));
        drawing.text(x + 8.0, y + 21.0, &format!("strong on-{shade}"), name(code));
        drawing.text(x + 8.0, y + 42.0, &format!("tiny on-{shade}"), at!(place.people.likely).n().svg());
    });
    let about = "One tile for each state, the District of Columbia and each territory, at its rough place on the map, \
                 with the likely number of people; the darker, the more. The table has the bounds.";
    Some(drawing.close("chart-states", height, "People by place of residence", about))
}

/// Draws the regimes of states and territories by whether they are triggered; `None` if there is none.
pub(in crate::report) fn duty_states(a: &At<Assessment>) -> Option<Html> {
    let regimes: Vec<(Jurisdiction, YesNo)> = select::regimes(a)
        .iter()
        .filter_map(|regime| Some((Jurisdiction::from_code(&regime.first.v.regime)?, regime.answer)))
        .collect();
    if regimes.is_empty() {
        return None;
    }
    let mut drawing = Drawing::new();
    let height = lay(regimes.iter().map(|regime| regime.0), |i, x, y| {
        let (class, word) = match regimes[i].1 {
            YesNo::Yes => ("duty-yes", "■ due"),
            YesNo::No => ("duty-no", "□ not due"),
            YesNo::CannotTell => ("duty-unknown", "? cannot tell"),
        };
        drawing.rect(x, y, TILE.0, TILE.1, &format!("tile {class}"));
        drawing.text(x + 8.0, y + 21.0, &format!("strong on-{class}"), name(regimes[i].0));
        drawing.text(x + 8.0, y + 42.0, &format!("tiny on-{class}"), word);
    });
    let about = "One tile for each state, the District of Columbia and each territory with a breach law: due, not due, or \
                 cannot tell. The list of regimes has the grounds.";
    Some(drawing.close("chart-duties", height, "Where a notice is due", about))
}
