//! The support of each candidate day for the snapshot.

use vocab::assessment::{Assessment, SnapshotPoint};

use crate::report::at::{At, at};
use crate::report::chart::{Drawing, WIDTH};
use crate::report::format::Moment;
use crate::report::show::Html;

const HEIGHT: f64 = 250.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 40.0;
const TOP: f64 = 44.0;
const FLOOR: f64 = 210.0;

/// Returns the days to name: the first, the one with most support, the last. Empty if there is no curve.
pub(in crate::report) fn landmarks<'a>(a: &At<'a, Assessment>) -> Vec<At<'a, SnapshotPoint>> {
    let points = at!(a.claim.snapshot_curve).items();
    let best = points.iter().enumerate().rev().max_by(|one, other| one.1.v.support.total_cmp(&other.1.v.support));
    let Some(best) = best.map(|(i, _)| i) else { return Vec::new() };
    let mut named = vec![0, best, points.len() - 1];
    named.dedup();
    named.into_iter().map(|i| points[i].clone()).collect()
}

/// Draws the curve; `None` if there are fewer than two days.
pub(in crate::report) fn snapshot(a: &At<Assessment>) -> Option<Html> {
    let points = &a.v.claim.snapshot_curve;
    let days: Vec<f64> = points.iter().filter_map(|p| Moment::parse(&p.date)).map(|m| m.days()).collect();
    let (first, last) = (*days.first()?, *days.last()?);
    if days.len() != points.len() || first >= last {
        return None;
    }
    let x = |day: f64| LEFT + (day - first) / (last - first) * (WIDTH - LEFT - RIGHT);
    let (least, most) = points
        .iter()
        .fold((1.0_f64, 0.0_f64), |(least, most), point| (least.min(point.support), most.max(point.support)));
    let y = |support: f64| FLOOR - 30.0 - (support - least) / (most - least).max(1e-9) * (FLOOR - 30.0 - TOP);
    let line: String =
        days.iter().zip(points).map(|(day, point)| format!("{:.1},{:.1} ", x(*day), y(point.support))).collect();
    let mut drawing = Drawing::new();
    drawing.line((LEFT, FLOOR), (WIDTH - RIGHT, FLOOR), "axis");
    drawing.put(format_args!(r#"<polyline class="curve" points="{}"/>"#, line.trim_end()));
    for point in landmarks(a) {
        let Some(day) = Moment::parse(&point.v.date).map(|moment| moment.days()) else { continue };
        let (px, py) = (x(day), y(point.v.support));
        let side = if px < WIDTH * 0.25 {
            "start"
        } else if px > WIDTH * 0.75 {
            "end"
        } else {
            "middle"
        };
        drawing.line((px, py), (px, FLOOR), "faint");
        drawing.dot(px, py, 4.5, "member");
        drawing.text(px, FLOOR + 20.0, &format!("{side} strong"), at!(point.date).day().svg());
        drawing.text(px, py - 12.0, &format!("{side} number"), at!(point.support).percent().svg());
    }
    let about = "A line over the candidate days: the share of dated facts that held on each day. The highest point is \
                 the likely day of which the data is a picture. The height shows only the range of the curve.";
    Some(drawing.close("chart-snapshot", HEIGHT, "Support for each snapshot day", about))
}
