//! Charts as SVG inside the page.
//!
//! They are drawn here and not by a plotting library: every number in them must be a field of the assessment with its
//! pointer (so no axis ticks), and colours must follow the reader's light, dark or paper. Every chart has a title and a
//! description, and stands beside a table with the same numbers.

mod bars;
mod curve;
mod deadlines;
mod intervals;
mod merges;
mod states;
mod upset;

use std::fmt::{Display, Write};

pub(super) use bars::{band_class, bands, elements, extents};
pub(super) use curve::{landmarks, snapshot};
pub(super) use deadlines::deadlines;
pub(super) use intervals::people_intervals;
pub(super) use merges::{merge_weights, rows_per_person};
pub(super) use states::{duty_states, people_states};
pub(super) use upset::{class_overlaps, element_blends};

use super::show::Html;

/// Width of every drawing, in its own units; the page scales it.
const WIDTH: f64 = 960.0;

/// A drawing under way. Text is taken as HTML: callers pass what `show` made, or words of their own.
struct Drawing {
    body: String,
}

impl Drawing {
    fn new() -> Self {
        Drawing { body: String::new() }
    }

    fn put(&mut self, piece: std::fmt::Arguments) {
        // Writing to a string has no way to fail.
        let _ = self.body.write_fmt(piece);
    }

    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str) {
        self.put(format_args!(
            r#"<rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}"/>"#
        ));
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x, y), (to_x, to_y)) = (from, to);
        self.put(format_args!(r#"<line class="{class}" x1="{x:.1}" y1="{y:.1}" x2="{to_x:.1}" y2="{to_y:.1}"/>"#));
    }

    fn dot(&mut self, x: f64, y: f64, radius: f64, class: &str) {
        self.put(format_args!(r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"/>"#));
    }

    fn text(&mut self, x: f64, y: f64, class: &str, text: impl Display) {
        self.put(format_args!(r#"<text class="{class}" x="{x:.1}" y="{y:.1}">{text}</text>"#));
    }

    /// Writes rising text that starts at the point.
    fn rising(&mut self, x: f64, y: f64, class: &str, text: impl Display) {
        self.put(format_args!(
            r#"<text class="{class}" transform="translate({x:.1} {y:.1}) rotate(-50)">{text}</text>"#
        ));
    }

    /// Closes the drawing: `id` is unique on the page, `title` names it, `about` says what is to be seen.
    fn close(self, id: &str, height: f64, title: &str, about: &str) -> Html {
        let body = self.body;
        Html(format!(
            r#"<svg class="chart" role="img" aria-labelledby="{id}-title {id}-about" viewBox="0 0 {WIDTH:.0} {height:.0}"><title id="{id}-title">{title}</title><desc id="{id}-about">{about}</desc>{body}</svg>"#
        ))
    }
}

/// Returns the length of a bar; what is not nothing is at least visible.
fn length(value: u64, most: u64, full: f64) -> f64 {
    match (value, most) {
        (0, _) | (_, 0) => 0.0,
        _ => (value as f64 / most as f64 * full).max(1.5),
    }
}
