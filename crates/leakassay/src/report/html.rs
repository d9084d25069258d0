//! `report.html`: one file that loads nothing, answers first.

use askama::Template;
use vocab::assessment::{
    Assessment, AttackCount, BandCount, Changes, ClassCombination, ColumnReport, ElementCount, FileReport,
    FindingState, JurisdictionCount, TableReport, YesNo,
};
use vocab::{DataElement, Problem, SetAside};

use super::at::{At, at};
use super::select::{BLENDS_LIMIT, DueDay, GROUNDS_LIMIT, Grounds, ROWS_LIMIT, Regime};
use super::show::{Html, Tone, badge};
use super::{chart, format, select};

/// Most tables of evidence whose columns are listed.
const TABLES_LIMIT: usize = 200;
/// Most columns of elements beside the people of a place.
const KEY_ELEMENTS: usize = 4;
/// Most elements with a number, and without one, in the first answer.
const GRAVE_LIMIT: usize = 6;
const OTHERS_LIMIT: usize = 14;
/// Most days, and regimes of a day, in the last answer.
const NEXT_DAYS: usize = 4;
const NEXT_REGIMES: usize = 8;
/// The elements that most breach laws name, in the order in which they are shown beside places.
const GRAVE: [DataElement; 14] = [
    DataElement::Ssn,
    DataElement::DriverLicense,
    DataElement::PaymentCard,
    DataElement::BankAccount,
    DataElement::AccountPin,
    DataElement::Password,
    DataElement::Passport,
    DataElement::StateId,
    DataElement::Itin,
    DataElement::Medical,
    DataElement::HealthInsurance,
    DataElement::Biometric,
    DataElement::Iban,
    DataElement::Dob,
];

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

    /// What is new against the version before.
    fn changes(&self) -> Option<At<'a, Changes>> {
        let a = &self.a;
        at!(a.changes).some()
    }

    fn grounds(&self, lines: At<Vec<String>>, limit: usize) -> Html {
        self.list(&lines.first(limit))
    }

    /// Shows lines of grounds as a list.
    fn list(&self, lines: &[At<String>]) -> Html {
        if lines.is_empty() {
            return Html(String::new());
        }
        let items: String = lines.iter().map(|line| format!("<li>{}</li>", line.q())).collect();
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

    /// Returns the elements that breach laws and fraud turn on, with their people.
    fn grave_elements(&self) -> Vec<At<'a, ElementCount>> {
        let mut grave = select::elements(&self.a);
        grave.retain(|count| GRAVE.contains(&count.v.element));
        grave.sort_by_key(|count| GRAVE.iter().position(|element| *element == count.v.element));
        grave.truncate(GRAVE_LIMIT);
        grave
    }

    fn other_elements(&self) -> Vec<At<'a, ElementCount>> {
        let grave = self.grave_elements();
        let mut others = select::elements(&self.a);
        others.retain(|count| !grave.iter().any(|named| named.v.element == count.v.element));
        others.truncate(OTHERS_LIMIT);
        others
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

    /// Says why there is no number of people.
    fn nobody(&self) -> &'static str {
        match self.a.v.personal_data.present {
            YesNo::No => "The evidence was read and holds no personal data.",
            YesNo::Yes | YesNo::CannotTell => {
                "No person could be told from the evidence. That is not the same as nobody being affected."
            }
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

    /// Returns the first band that holds people; bands come most harmed first.
    fn worst_band(&self) -> Option<At<'a, BandCount>> {
        let a = &self.a;
        at!(a.harm.bands).items().into_iter().find(|band| band.v.people.likely > 0)
    }

    fn band_class(&self, band: &At<BandCount>) -> &'static str {
        chart::band_class(&band.v.band)
    }

    fn attacks(&self, limit: usize) -> Vec<At<'a, AttackCount>> {
        let mut attacks = select::attacks(&self.a);
        attacks.truncate(limit);
        attacks
    }

    fn next_days(&self) -> Vec<DueDay<'a>> {
        let mut days = select::due_days(&self.a);
        days.truncate(NEXT_DAYS);
        days.into_iter().map(|day| day.short(NEXT_REGIMES)).collect()
    }

    /// Shows the code of a place, and its name where a law of that place gives it.
    fn place_name(&self, place: &At<JurisdictionCount>) -> Html {
        let (a, code) = (&self.a, place.v.jurisdiction.as_str());
        if !place.v.jurisdiction.is_known() {
            return Html("unknown".into());
        }
        let law = at!(a.duties).items().into_iter().find(|duty| duty.v.regime == code);
        // Names of places are short; what is longer comes from a rulebook of the user's and may wrap.
        let class = if law.as_ref().is_some_and(|duty| duty.v.name.len() > 40) { "" } else { "place" };
        let name = law.map_or_else(String::new, |duty| format!(" {}", at!(duty.name).q()));
        Html(format!(r#"<span class="{class}"><span class="code">{code}</span>{name}</span>"#))
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
        let found = |element: &DataElement| {
            self.a.v.people.by_jurisdiction.iter().any(|place| place.elements.contains_key(element))
        };
        GRAVE.into_iter().filter(found).take(KEY_ELEMENTS).collect()
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

    fn grounds_of(&self, regime: &Regime<'a>) -> Vec<Grounds<'a>> {
        select::grounds(regime)
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
