//! Does every number on the page stand in `assessment.json`?
//!
//! Enters: the page and the assessment as JSON. Leaves: what is wrong, in words; nothing if all is well. A digit may be
//! read on the page only inside an element that names a field (`data-at`, `data-from`) and shows exactly that field, or in
//! one of a few fixed terms. Reads only what `html` writes; it is no parser for other pages.

use serde_json::Value;

use super::show::As;

/// Words with digits that are not about the case.
const TERMS: [&str; 1] = ["SHA-256"];
/// Attributes that are read out or shown.
const SPOKEN: [&str; 5] = ["aria-label", "aria-description", "title", "alt", "placeholder"];
/// Elements that have no end.
const VOID: [&str; 4] = ["meta", "br", "hr", "link"];
/// Most complaints that are made.
const COMPLAINTS_LIMIT: usize = 100;

/// Returns a complaint for each number on the page that is not the field it claims to be, or claims to be none.
pub(crate) fn numbers(html: &str, assessment: &Value) -> Vec<String> {
    let mut reader = Reader { assessment, open: Vec::new(), complaints: Vec::new() };
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        reader.text(&rest[..start]);
        let Some(end) = rest[start..].find('>') else {
            reader.complain("a tag does not end", &rest[start..]);
            return reader.complaints;
        };
        let tag = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        reader.tag(tag);
        if tag == "style" || tag.starts_with("style ") {
            rest = rest.find("</style>").map_or("", |end| &rest[end..]);
        }
    }
    reader.text(rest);
    if let Some(element) = reader.open.last() {
        reader.complaints.push(format!("`{}` is not closed", element.name));
    }
    reader.complaints
}

struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Tells whether the element answers for its own text.
    fn claims(&self) -> bool {
        ["data-at", "data-from", "data-holds", "data-term"].iter().any(|name| self.attribute(name).is_some())
    }
}

struct Reader<'a> {
    assessment: &'a Value,
    open: Vec<Element>,
    complaints: Vec<String>,
}

impl Reader<'_> {
    fn complain(&mut self, what: &str, text: &str) {
        if self.complaints.len() < COMPLAINTS_LIMIT {
            let place: Vec<&str> = self.open.iter().map(|element| element.name.as_str()).collect();
            let text: String = text.trim().chars().take(80).collect();
            self.complaints.push(format!("{what}: `{text}` in {}", place.join(" > ")));
        }
    }

    fn tag(&mut self, tag: &str) {
        if let Some(name) = tag.strip_prefix('/') {
            match self.open.pop() {
                Some(element) if element.name == name => self.close(&element),
                _ => self.complain("an end without its start", name),
            }
        } else if tag.starts_with('!') {
            if !tag.eq_ignore_ascii_case("!doctype html") {
                self.complain("a comment or declaration", tag);
            }
        } else {
            self.start(tag);
        }
    }

    fn start(&mut self, tag: &str) {
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = tag.split_whitespace().next().unwrap_or_default().to_owned();
        let attributes = attributes(&tag[name.len()..]);
        for (key, value) in &attributes {
            if SPOKEN.contains(&key.as_str()) && value.chars().any(char::is_numeric) {
                self.complain("a number in words for a screen reader", value);
            }
        }
        let element = Element { name, attributes, text: String::new() };
        if !closed && !VOID.contains(&element.name.as_str()) {
            self.open.push(element);
        }
    }

    fn text(&mut self, raw: &str) {
        let text = unescape(raw);
        if let Some(owner) = self.open.iter_mut().rev().find(|element| element.claims()) {
            owner.text.push_str(&text);
        } else if text.chars().any(char::is_numeric) {
            self.complain("a number that names no field", &text);
        }
    }

    fn close(&mut self, element: &Element) {
        if let Some(pointer) = element.attribute("data-holds") {
            let name = self.assessment.pointer(pointer).and_then(|value| As::Text.write(value)).unwrap_or_default();
            match element.text.split_once(name.as_str()) {
                Some((before, after)) if !format!("{before}{after}").chars().any(char::is_numeric) => {}
                _ => self.complain("not the field it names", &element.text),
            }
        } else if element.attribute("data-term").is_some() {
            if !TERMS.contains(&element.text.as_str()) {
                self.complain("not a known term", &element.text);
            }
        } else if let Some(pointer) = element.attribute("data-at").or(element.attribute("data-from")) {
            self.field(element, pointer);
        }
    }

    fn field(&mut self, element: &Element, pointer: &str) {
        let Some(field) = self.assessment.pointer(pointer) else {
            return self.complain("no such field", pointer);
        };
        let way = element.attribute("data-as").and_then(As::named);
        if way.and_then(|way| way.write(field)).as_deref() != Some(element.text.as_str()) {
            return self.complain("not what the field says", &element.text);
        }
        let value = element.attribute("value").or(element.attribute("data-value"));
        if element.attribute("data-at").is_some() && value != Some(field.to_string().as_str()) {
            self.complain("its value is not that of the field", &element.text);
        }
    }
}

/// Splits `a="b" c` into pairs; an attribute without a value has an empty one.
fn attributes(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => ("", after.trim_start_matches('=')),
        };
        pairs.push((name.to_owned(), unescape(value)));
        rest = after.trim_start();
    }
    pairs
}

fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    for (entity, sign) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, sign);
    }
    text
}
