//! `report.html`: one file that loads nothing, answers first.

use askama::Template;
use vocab::assessment::{
    Assessment, AttackCount, BandCount, ClassCombination, ColumnReport, DutyReport, FileReport, FindingState,
    JurisdictionCount, TableReport, YesNo,
};
use vocab::{DataElement, Problem, SetAside};

use super::at::{At, at};
use super::select::{BLENDS_LIMIT, GROUNDS_LIMIT, ROWS_LIMIT, Regime};
use super::show::{Html, Tone, badge};
use super::{chart, format, select};

/// Most tables of evidence whose columns are listed.
const TABLES_LIMIT: usize = 200;
/// Most columns of elements beside the people of a place.
const KEY_ELEMENTS: usize = 4;

/// The page could not be put together. Holds no value.
#[derive(Debug)]
pub(crate) struct PageError;

impl std::fmt::Display for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the report could not be put together; this is a fault of the program, please report it")
    }
}

impl std::error::Error for PageError {}

/// Returns the page of an assessment.
pub(crate) fn render(assessment: &Assessment) -> Result<String, PageError> {
    let page = Page { a: At::root(assessment) };
    page.render().map_err(|_| PageError)
}

#[derive(Template)]
#[template(path = "report/page.html")]
struct Page<'a> {
    a: At<'a, Assessment>,
}

impl<'a> Page<'a> {
    fn title(&self) -> String {
        format!("{} · breach assessment", format::visible(&self.a.v.case.name))
    }

    fn style(&self) -> Html {
        Html(include_str!("../../templates/report/style.css").to_owned())
    }

    /// Shows lines of grounds as a list, at most `limit`.
    fn grounds(&self, lines: At<Vec<String>>, limit: usize) -> Html {
        if lines.is_empty() {
            return Html(String::new());
        }
        let items: String = lines.first(limit).iter().map(|line| format!("<li>{}</li>", line.q())).collect();
        Html(format!(r#"<ul class="grounds">{items}</ul>"#))
    }

    /// Says where the rest of a long list is.
    fn more<T>(&self, list: At<Vec<T>>, limit: usize) -> Html {
        if list.v.len() <= limit {
            return Html(String::new());
        }
        Html(format!(
            r#"<p class="more">The list is longer; the rest is in <code>assessment.json</code> under <code>{}</code>.</p>"#,
            list.at
        ))
    }

    fn top_elements(&self) -> Vec<At<'a, vocab::assessment::ElementCount>> {
        let mut elements = select::elements(&self.a);
        elements.truncate(12);
        elements
    }

    /// Tells whether a number of people is an answer: none found is one only where nothing was left open.
    fn people_known(&self) -> bool {
        self.a.v.people.count.high > 0
    }

    fn people_badge(&self) -> Html {
        match self.a.v.personal_data.present {
            YesNo::No => badge(Tone::No, "none found"),
            YesNo::Yes | YesNo::CannotTell => badge(Tone::Unknown, "cannot tell"),
        }
    }

    fn nothing_badge(&self) -> Html {
        badge(Tone::Unknown, "cannot tell")
    }

    fn due_badge(&self) -> Html {
        badge(Tone::Yes, "due without delay")
    }

    fn not_due_badge(&self) -> Html {
        badge(Tone::No, "no duty triggered")
    }

    fn unknown_axes(&self) -> Vec<&'static str> {
        let axes = select::axes(&self.a).into_iter();
        axes.filter(|(_, axis)| axis.v.answer.replace('_', " ") == "cannot tell")
            .map(|(question, _)| question)
            .collect()
    }

    fn band_class(&self, band: &At<BandCount>) -> &'static str {
        chart::band_class(&band.v.band)
    }

    fn attacks(&self, limit: usize) -> Vec<At<'a, AttackCount>> {
        let mut attacks = select::attacks(&self.a);
        attacks.truncate(limit);
        attacks
    }

    fn first_due_duties(&self) -> Vec<At<'a, DutyReport>> {
        let first = select::due_days(&self.a).into_iter().next();
        first.map_or_else(Vec::new, |mut day| {
            day.duties.truncate(6);
            day.duties
        })
    }

    fn first_due_passed(&self) -> bool {
        select::due_days(&self.a).first().is_some_and(|day| day.passed)
    }

    fn overlaps(&self) -> Vec<At<'a, ClassCombination>> {
        select::overlaps(&self.a)
    }

    fn letter(&self, index: &usize) -> String {
        select::class_letter(*index)
    }

    fn letters(&self, overlap: &At<ClassCombination>) -> String {
        let letters: Vec<String> =
            overlap.v.classes.iter().map(|class| select::class_letter(*class as usize)).collect();
        letters.join(" + ")
    }

    fn places(&self) -> Vec<At<'a, JurisdictionCount>> {
        let mut places = select::places(&self.a);
        places.truncate(ROWS_LIMIT);
        places
    }

    /// Returns the elements worth a column beside each place: those that most breach laws name.
    fn key_elements(&self) -> Vec<DataElement> {
        use DataElement::{
            AccountPin, BankAccount, Dob, DriverLicense, Medical, Passport, Password, PaymentCard, Ssn, StateId,
        };
        let named =
            [Ssn, DriverLicense, PaymentCard, BankAccount, AccountPin, Password, Passport, StateId, Medical, Dob];
        let found = |element: &DataElement| {
            self.a.v.people.by_jurisdiction.iter().any(|place| place.elements.contains_key(element))
        };
        named.into_iter().filter(found).take(KEY_ELEMENTS).collect()
    }

    fn place_element(&self, place: &At<JurisdictionCount>, element: &DataElement) -> Html {
        let found = at!(place.elements).entries().into_iter().find(|(key, _)| *key == element);
        Html(match found {
            Some((_, people)) => people.n().to_string(),
            None => r#"<span class="none">none</span>"#.into(),
        })
    }

    fn answer_badge(&self, regime: &Regime) -> Html {
        At { v: &regime.answer, at: String::new() }.badge("triggered", "not triggered")
    }

    fn set_aside(&self) -> Vec<(At<'a, FileReport>, At<'a, SetAside>)> {
        let a = &self.a;
        let files = at!(a.evidence).first(ROWS_LIMIT).into_iter();
        let pairs =
            files.flat_map(|file| at!(file.set_aside).items().into_iter().map(move |aside| (file.clone(), aside)));
        pairs.take(ROWS_LIMIT).collect()
    }

    fn problems(&self) -> Vec<At<'a, Problem>> {
        let a = &self.a;
        let of_files = at!(a.evidence).items().into_iter().flat_map(|file| at!(file.problems).items());
        let of_stages = at!(a.receipts).items().into_iter().flat_map(|receipt| at!(receipt.problems).items());
        let mut problems: Vec<At<Problem>> = Vec::new();
        for problem in of_files.chain(of_stages).take(ROWS_LIMIT) {
            // A stage repeats what it met in a file.
            if !problems.iter().any(|known| known.v == problem.v) {
                problems.push(problem);
            }
        }
        problems
    }

    fn tables(&self) -> Vec<(At<'a, FileReport>, At<'a, TableReport>)> {
        let a = &self.a;
        let files = at!(a.evidence).items().into_iter();
        let pairs = files.flat_map(|file| at!(file.tables).items().into_iter().map(move |table| (file.clone(), table)));
        pairs.take(TABLES_LIMIT).collect()
    }

    fn state(&self, column: &At<ColumnReport>) -> Html {
        Html(match column.v.state {
            FindingState::Report => String::new(),
            FindingState::Review => r#" <strong class="late">review</strong>"#.into(),
            FindingState::Discarded if column.v.element.is_some() => r#" <span class="dim">discarded</span>"#.into(),
            FindingState::Discarded => String::new(),
        })
    }

    fn text_matches(&self) -> Vec<(At<'a, FileReport>, &'a DataElement, At<'a, u64>)> {
        let a = &self.a;
        let files = at!(a.evidence).items().into_iter();
        let matches = files.flat_map(|file| {
            at!(file.text).entries().into_iter().map(move |(element, matches)| (file.clone(), element, matches))
        });
        matches.take(ROWS_LIMIT).collect()
    }

    fn file_use(&self, name: &str) -> String {
        format::visible(name)
    }
}
