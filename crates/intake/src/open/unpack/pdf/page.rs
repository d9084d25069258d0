//! The text of a page: what its content streams draw, line by line, and what stands in its forms and notes.
//!
//! Enters: a page. Leaves: text. Whether a space, a tab or a line break stands between two strings is told by where they
//! are drawn. Never: follows drawings into drawings without end, writes more text than the limit.

use std::collections::BTreeMap;

use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as Shown};
use hayro_syntax::page::{Page, Resources};

use super::Room;
use super::fonts::Font;

/// Text of one page.
const TEXT_BYTES: usize = 16 << 20;
/// Decoded bytes of the streams that draw one page, which may be the same one again and again.
const CONTENT_BYTES: usize = 64 << 20;
/// Drawings within drawings.
const DEPTH: usize = 12;
/// Drawings of one page.
const DRAWINGS: usize = 5_000;
/// Saved states of one page.
const STATES: usize = 512;

/// How much of a page was not read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drawing {
    /// Signs without a meaning.
    pub(super) unknown: u64,
    /// Streams that were not decoded.
    pub(super) unread: u64,
}

/// Appends the text of a page.
pub(super) fn text(page: &Page<'_>, room: &Room, out: &mut Vec<u8>) -> Drawing {
    let mut pen = Pen { out, room, drawing: Drawing::default(), state: State::default(), last: None, drawn: 0 };
    let mut content = Vec::new();
    for stream in streams(page.raw()) {
        match room.decoded(&stream).filter(|bytes| content.len() + bytes.len() <= CONTENT_BYTES) {
            Some(mut bytes) => {
                content.append(&mut bytes);
                content.push(b'\n');
            }
            None => pen.drawing.unread += 1,
        }
    }
    pen.draw(&content, page.resources(), 0);
    let Pen { drawing, .. } = pen;
    if !out.is_empty() {
        out.push(b'\n');
    }
    notes(page.raw(), out);
    drawing
}

/// The streams that draw a page.
fn streams<'a>(page: &Dict<'a>) -> Vec<Stream<'a>> {
    match page.get::<Object<'a>>("Contents") {
        Some(Object::Stream(stream)) => vec![stream],
        Some(Object::Array(list)) => list.iter::<Stream<'a>>().take(DRAWINGS).collect(),
        _ => Vec::new(),
    }
}

/// What is filled into forms and written into notes: `name: value` lines.
fn notes(page: &Dict<'_>, out: &mut Vec<u8>) {
    let Some(list) = page.get::<Array<'_>>("Annots") else { return };
    for note in list.iter::<Dict<'_>>().take(DRAWINGS) {
        // The name of a field may stand above the place where it is shown.
        let above = note.get::<Dict<'_>>("Parent");
        let field = |key: &str| {
            let value = note.get::<Object<'_>>(key).or_else(|| above.as_ref()?.get::<Object<'_>>(key));
            match value {
                Some(Object::String(text)) => Some(plain(&text)),
                Some(Object::Name(name)) => Some(name.as_str().to_owned()),
                _ => None,
            }
        };
        let name = field("T").filter(|_| note.contains_key("FT") || above.is_some());
        for value in [field("V"), field("Contents")].into_iter().flatten().filter(|value| !value.trim().is_empty()) {
            if let Some(name) = &name {
                out.extend_from_slice(format!("{name}: ").as_bytes());
            }
            out.extend_from_slice(value.as_bytes());
            out.push(b'\n');
            if out.len() > TEXT_BYTES {
                return;
            }
        }
    }
}

/// A string outside the drawing: UTF-16 or UTF-8 with a mark, else nearly Latin-1.
fn plain(text: &Shown<'_>) -> String {
    let bytes = text.as_bytes();
    if let Some(wide) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return encoding_rs::UTF_16BE.decode_without_bom_handling(wide).0.into_owned();
    }
    match bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        Some(text) => String::from_utf8_lossy(text).into_owned(),
        None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

type Matrix = [f64; 6];

const UNMOVED: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// First `inner`, then `outer`.
fn product(inner: &Matrix, outer: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *inner;
    let [g, h, i, j, k, l] = *outer;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

/// What strings are drawn with.
#[derive(Clone)]
struct State {
    page: Matrix,
    text: Matrix,
    line: Matrix,
    font: Option<String>,
    size: f64,
    between_signs: f64,
    between_words: f64,
    stretch: f64,
    leading: f64,
}

impl Default for State {
    fn default() -> Self {
        State {
            page: UNMOVED,
            text: UNMOVED,
            line: UNMOVED,
            font: None,
            size: 0.0,
            between_signs: 0.0,
            between_words: 0.0,
            stretch: 1.0,
            leading: 0.0,
        }
    }
}

impl State {
    fn next_line(&mut self, x: f64, y: f64) {
        self.line = product(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    fn step(&mut self, x: f64) {
        self.text = product(&[1.0, 0.0, 0.0, 1.0, x, 0.0], &self.text);
    }
}

struct Pen<'o> {
    out: &'o mut Vec<u8>,
    room: &'o Room,
    drawing: Drawing,
    state: State,
    /// Where the last string ended.
    last: Option<(f64, f64)>,
    drawn: usize,
}

impl Pen<'_> {
    /// Follows a content stream.
    fn draw(&mut self, content: &[u8], resources: &Resources<'_>, depth: usize) {
        let mut fonts: BTreeMap<String, Font> = BTreeMap::new();
        let mut saved: Vec<State> = Vec::new();
        let mut instructions = TypedIter::new(content);
        while let Some(instruction) = instructions.next() {
            if self.out.len() > TEXT_BYTES {
                return;
            }
            use TypedInstruction as Do;
            let state = &mut self.state;
            match instruction {
                Do::SaveState(_) if saved.len() < STATES => saved.push(state.clone()),
                Do::RestoreState(_) => *state = saved.pop().unwrap_or_default(),
                Do::Transform(to) => {
                    let to = [to.0, to.1, to.2, to.3, to.4, to.5].map(|number| number.as_f64());
                    state.page = product(&to, &state.page);
                }
                Do::BeginText(_) => (state.text, state.line) = (UNMOVED, UNMOVED),
                Do::TextFont(font) => {
                    let name = font.0.as_str().to_owned();
                    if !fonts.contains_key(&name)
                        && fonts.len() < STATES
                        && let Some(font) = resources.get_font(font.0)
                    {
                        fonts.insert(name.clone(), Font::read(&font, self.room));
                    }
                    (state.font, state.size) = (Some(name), font.1.as_f64());
                }
                Do::CharacterSpacing(space) => state.between_signs = space.0.as_f64(),
                Do::WordSpacing(space) => state.between_words = space.0.as_f64(),
                Do::HorizontalScaling(percent) => state.stretch = percent.0.as_f64() / 100.0,
                Do::TextLeading(leading) => state.leading = leading.0.as_f64(),
                Do::NextLine(by) => state.next_line(by.0.as_f64(), by.1.as_f64()),
                Do::NextLineAndSetLeading(by) => {
                    state.leading = -by.1.as_f64();
                    state.next_line(by.0.as_f64(), by.1.as_f64());
                }
                Do::SetTextMatrix(to) => {
                    state.text = [to.0, to.1, to.2, to.3, to.4, to.5].map(|number| number.as_f64());
                    state.line = state.text;
                }
                Do::NextLineUsingLeading(_) => state.next_line(0.0, -state.leading),
                Do::ShowText(shown) => self.show(shown.0.as_bytes(), &fonts),
                Do::NextLineAndShowText(shown) => {
                    state.next_line(0.0, -state.leading);
                    self.show(shown.0.as_bytes(), &fonts);
                }
                Do::ShowTextWithParameters(shown) => {
                    (state.between_words, state.between_signs) = (shown.0.as_f64(), shown.1.as_f64());
                    state.next_line(0.0, -state.leading);
                    self.show(shown.2.as_bytes(), &fonts);
                }
                Do::ShowTexts(shown) => {
                    for item in shown.0.iter::<Object<'_>>() {
                        match item {
                            Object::String(shown) => self.show(shown.as_bytes(), &fonts),
                            Object::Number(back) => {
                                let by = -back.as_f64() / 1_000.0 * self.state.size * self.state.stretch;
                                self.state.step(by);
                            }
                            _ => {}
                        }
                    }
                }
                Do::XObject(name) if depth < DEPTH => self.form(name.0, resources, depth),
                _ => {}
            }
        }
    }

    /// Follows a drawing that a page shares with others.
    fn form(&mut self, name: &Name<'_>, resources: &Resources<'_>, depth: usize) {
        let Some(form) = resources.get_x_object(name) else { return };
        if form.dict().get::<Name<'_>>("Subtype").is_none_or(|kind| kind.as_str() != "Form") {
            return;
        }
        self.drawn += 1;
        if self.drawn > DRAWINGS {
            self.drawing.unread += 1;
            return;
        }
        let Some(content) = self.room.decoded(&form) else {
            self.drawing.unread += 1;
            return;
        };
        let before = self.state.clone();
        if let Some(to) = form.dict().get::<Array<'_>>("Matrix") {
            let to: Vec<f64> = to.iter::<f32>().take(6).map(f64::from).collect();
            if let Ok(to) = Matrix::try_from(to) {
                self.state.page = product(&to, &self.state.page);
            }
        }
        match form.dict().get::<Dict<'_>>("Resources") {
            Some(own) => self.draw(&content, &Resources::new(own), depth + 1),
            None => self.draw(&content, resources, depth + 1),
        }
        self.state = before;
    }

    /// Draws a string.
    fn show(&mut self, shown: &[u8], fonts: &BTreeMap<String, Font>) {
        let Some(font) = self.state.font.as_ref().and_then(|name| fonts.get(name)) else {
            self.drawing.unknown += shown.len() as u64;
            return;
        };
        self.part_from_last();
        let state = &self.state;
        let (out, drawing) = (&mut *self.out, &mut self.drawing);
        let mut by = 0.0;
        font.signs(shown, &mut |text, width, space| {
            match text {
                Some(text) => out.extend(text.bytes().filter(|byte| *byte != 0)),
                None => {
                    out.extend_from_slice("\u{fffd}".as_bytes());
                    drawing.unknown += 1;
                }
            }
            let space = if space { state.between_words } else { 0.0 };
            by += (f64::from(width) / 1_000.0 * state.size + state.between_signs + space) * state.stretch;
        });
        self.state.step(by);
        let [.., x, y] = product(&self.state.text, &self.state.page);
        self.last = Some((x, y));
    }

    /// Writes what stands between the last string and the one to come.
    fn part_from_last(&mut self) {
        let Some((last_x, last_y)) = self.last else { return };
        let [a, b, .., x, y] = product(&self.state.text, &self.state.page);
        let em = (a.hypot(b) * self.state.size).abs().max(0.1);
        let (gap, down) = (x - last_x, (y - last_y).abs());
        let sign = match () {
            () if down > em * 0.5 => b'\n',
            () if gap > em * 1.2 || gap < -em => b'\t',
            () if gap > em * 0.15 => b' ',
            () => return,
        };
        if self.out.last().is_some_and(|last| !last.is_ascii_whitespace()) || sign == b'\n' {
            self.out.push(sign);
        }
    }
}
