//! How a field becomes a piece of HTML or SVG: escaped, labelled with its pointer, in words.

use std::fmt::{self, Display};

use askama::filters::HtmlSafe;
use vocab::assessment::YesNo;
use vocab::{DataElement, ElementSet, Interval, ProblemKind};

use super::at::{At, at};
use super::format;

/// HTML that this room has built itself; everything in it is escaped already.
#[derive(Clone)]
pub(super) struct Html(pub(super) String);

impl Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// The way a field is written, and the name `check` knows it by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum As {
    Count,
    Percent,
    Decimal,
    Text,
    Words,
    Moment,
    Day,
}

impl As {
    const ALL: [(As, &'static str); 7] = [
        (As::Count, "count"),
        (As::Percent, "percent"),
        (As::Decimal, "decimal"),
        (As::Text, "text"),
        (As::Words, "words"),
        (As::Moment, "moment"),
        (As::Day, "day"),
    ];

    fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Returns the way of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(way, _)| *way)
    }

    /// Writes a JSON value this way; `None` if it is of another type.
    pub(super) fn write(self, value: &serde_json::Value) -> Option<String> {
        Some(match self {
            As::Count => format::count(value.as_u64()?),
            As::Percent => format::percent(value.as_f64()?),
            As::Decimal => format::decimal(value.as_f64()?),
            As::Text => format::visible(value.as_str()?),
            As::Words => format::words(value.as_str()?),
            As::Moment => format::moment(value.as_str()?),
            As::Day => format::day(value.as_str()?),
        })
    }
}

/// A field ready to be shown: in HTML by `Display`, in a chart by [`Shown::svg`].
pub(super) struct Shown {
    way: As,
    at: String,
    /// The number as JSON has it; empty for strings.
    value: String,
    text: String,
}

impl Shown {
    /// Returns the piece for use inside an SVG `text`.
    pub(super) fn svg(&self) -> String {
        self.element("tspan", "data-value")
    }

    /// Returns how many characters it takes.
    pub(super) fn width(&self) -> usize {
        self.text.chars().count()
    }

    fn element(&self, tag: &str, value: &str) -> String {
        let (at, way, text) = (format::escape(&self.at), self.way.name(), mark_hidden(&self.text, tag));
        if self.value.is_empty() {
            format!(r#"<{tag} data-from="{at}" data-as="{way}">{text}</{tag}>"#)
        } else {
            format!(r#"<{tag} {value}="{}" data-at="{at}" data-as="{way}">{text}</{tag}>"#, self.value)
        }
    }
}

/// Sets characters that were written out apart from the text around them.
fn mark_hidden(text: &str, tag: &str) -> String {
    let text = format::escape(text);
    if tag == "tspan" {
        return text;
    }
    text.replace('⟦', r#"<span class="hidden-sign">⟦"#).replace('⟧', "⟧</span>")
}

impl Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = match (self.value.is_empty(), self.way) {
            (false, _) => "data",
            (true, As::Text | As::Words) => "bdi",
            (true, _) => "span",
        };
        f.write_str(&self.element(tag, "value"))
    }
}

impl HtmlSafe for Shown {}

impl At<'_, u64> {
    /// Shows a count.
    pub(super) fn n(&self) -> Shown {
        Shown { way: As::Count, at: self.at.clone(), value: self.v.to_string(), text: format::count(*self.v) }
    }
}

impl At<'_, u32> {
    /// Shows a small number.
    pub(super) fn n(&self) -> Shown {
        Shown { way: As::Count, at: self.at.clone(), value: self.v.to_string(), text: format::count((*self.v).into()) }
    }
}

impl At<'_, f64> {
    /// Shows a share of 1 in per cent.
    pub(super) fn percent(&self) -> Shown {
        self.number(As::Percent, format::percent(*self.v))
    }

    /// Shows a statistic.
    pub(super) fn decimal(&self) -> Shown {
        self.number(As::Decimal, format::decimal(*self.v))
    }

    fn number(&self, way: As, text: String) -> Shown {
        Shown { way, at: self.at.clone(), value: serde_json::json!(self.v).to_string(), text }
    }
}

impl At<'_, [f64; 2]> {
    /// Shows an interval of a statistic.
    pub(super) fn span(&self) -> Html {
        let [low, high] = [0, 1].map(|i| At { v: &self.v[i], at: format!("{}/{i}", self.at) }.decimal());
        Html(format!("{low} to {high}"))
    }
}

impl At<'_, String> {
    /// Shows a string as it is, hostile or not.
    pub(super) fn q(&self) -> Shown {
        self.string(As::Text, format::visible(self.v))
    }

    /// Shows a code as words.
    pub(super) fn words(&self) -> Shown {
        self.string(As::Words, format::words(self.v))
    }

    /// Shows a date or time in words.
    pub(super) fn moment(&self) -> Shown {
        self.string(As::Moment, format::moment(self.v))
    }

    /// Shows a date, short.
    pub(super) fn day(&self) -> Shown {
        self.string(As::Day, format::day(self.v))
    }

    /// Shows a verdict as a badge.
    pub(super) fn badge(&self) -> Html {
        badge(tone(self.v), &self.words().to_string())
    }

    fn string(&self, way: As, text: String) -> Shown {
        Shown { way, at: self.at.clone(), value: String::new(), text }
    }
}

impl At<'_, DataElement> {
    /// Shows the words for the element.
    pub(super) fn label(&self) -> &'static str {
        self.v.label()
    }

    /// Shows the code of the element.
    pub(super) fn code(&self) -> Shown {
        let code = self.v.as_str().to_owned();
        Shown { way: As::Text, at: self.at.clone(), value: String::new(), text: code }
    }
}

impl At<'_, YesNo> {
    /// Shows the answer as a badge with the words given for yes and no.
    pub(super) fn badge(&self, yes: &str, no: &str) -> Html {
        match self.v {
            YesNo::Yes => badge(Tone::Yes, yes),
            YesNo::No => badge(Tone::No, no),
            YesNo::CannotTell => badge(Tone::Unknown, "cannot tell"),
        }
    }
}

impl At<'_, Interval> {
    /// Shows likely, and the bounds where they differ.
    pub(super) fn range(&self) -> Html {
        let node = self;
        let likely = at!(node.likely).n();
        if self.exact() {
            return Html(format!(r#"<span class="likely">{likely}</span>"#));
        }
        let (low, high) = (at!(node.low).n(), at!(node.high).n());
        Html(format!(
            r#"<span class="likely">{likely}</span> <span class="bounds"><span>at least {low},</span> <span>at most {high}</span></span>"#
        ))
    }

    /// Shows likely people, and the bounds where they differ.
    pub(super) fn people(&self) -> Html {
        Html(self.range().0.replacen("</span>", r#"</span> <span class="unit">people</span>"#, 1))
    }

    /// Tells whether the bounds meet.
    pub(super) fn exact(&self) -> bool {
        self.v.low == self.v.high
    }
}

impl At<'_, ElementSet> {
    /// Shows the elements of a set as a list.
    pub(super) fn chips(&self) -> Html {
        chips(self.v.iter())
    }
}

impl At<'_, Vec<DataElement>> {
    /// Shows the elements of a list.
    pub(super) fn chips(&self) -> Html {
        chips(self.v.iter().copied())
    }
}

impl At<'_, ProblemKind> {
    /// Shows the kind of a problem in words.
    pub(super) fn label(&self) -> &'static str {
        match self.v {
            ProblemKind::Absent => "absent",
            ProblemKind::Unreadable => "unreadable",
            ProblemKind::LinkLeavesCase => "link leaves the case",
            ProblemKind::Empty => "empty",
            ProblemKind::Truncated => "cut off",
            ProblemKind::Corrupt => "corrupt",
            ProblemKind::LimitReached => "limit reached",
            ProblemKind::Unsupported => "not supported",
            ProblemKind::Encrypted => "encrypted",
            ProblemKind::BadEncoding => "bad encoding",
            ProblemKind::Contradicted => "contradicted",
            ProblemKind::Outdated => "outdated",
            ProblemKind::Doubtful => "doubtful",
        }
    }
}

fn chips(elements: impl Iterator<Item = DataElement>) -> Html {
    let items: String = elements.map(|element| format!("<li>{}</li>", format::escape(element.label()))).collect();
    if items.is_empty() {
        return Html(r#"<span class="none">none</span>"#.into());
    }
    Html(format!(r#"<ul class="chips">{items}</ul>"#))
}

/// How a verdict looks: filled, outlined or dashed, so that it is told apart without colour too.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Yes,
    Bad,
    No,
    Unknown,
    Plain,
}

/// Returns the look of a verdict word of the contract.
pub(super) fn tone(word: &str) -> Tone {
    match word {
        "yes" | "holds" | "passes" => Tone::Yes,
        "open" | "very_high" | "fails" => Tone::Bad,
        "no" | "shut" => Tone::No,
        "cannot_tell" | "cannot tell" | "INCONCLUSIVE" | "NO CLAIM" => Tone::Unknown,
        _ => Tone::Plain,
    }
}

/// Wraps words (HTML already) as a badge.
pub(super) fn badge(tone: Tone, words: &str) -> Html {
    let (class, sign) = match tone {
        Tone::Yes => ("yes", "■"),
        Tone::Bad => ("bad", "▲"),
        Tone::No => ("no", "□"),
        Tone::Unknown => ("unknown", "?"),
        Tone::Plain => ("plain", "◆"),
    };
    Html(format!(r#"<span class="badge {class}"><span aria-hidden="true">{sign}</span> {words}</span>"#))
}
