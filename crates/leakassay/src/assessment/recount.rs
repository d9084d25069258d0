//! Counts again, in SQL over the tables that were written, what the kernels counted: a second method for every total.

use std::collections::BTreeMap;

use vocab::assessment::Assessment;
use vocab::plan::Step;

/// A question in SQL whose answer is a list of key and count, and the answer that the assessment gives.
pub(crate) struct Question {
    pub(crate) step: Step,
    /// Whether a key is a list of codes; it then counts for each of them.
    pub(crate) codes: bool,
    pub(crate) expected: BTreeMap<String, i64>,
}

/// Returns the questions, with the answers an assessment gives.
pub(crate) fn questions(assessment: &Assessment) -> Vec<Question> {
    let people = &assessment.people;
    let bands = assessment.harm.bands.iter().filter(|band| band.people.likely > 0);
    let classes = people.by_class.iter().filter(|class| class.people.likely > 0);
    vec![
        ask(
            "people",
            "How many people?",
            &["people"],
            "select 'people', count(*) from people",
            [("people".into(), people.count.likely)],
        ),
        ask(
            "people_by_element",
            "How many people have each element?",
            &["people"],
            "select elements, count(*) from people group by elements",
            assessment
                .elements
                .iter()
                .filter(|entry| entry.people.likely > 0)
                .map(|entry| (entry.element.to_string(), entry.people.likely)),
        ),
        ask(
            "people_by_jurisdiction",
            "How many people live in each place?",
            &["people"],
            "select jurisdictions, count(*) from people group by jurisdictions",
            people
                .by_jurisdiction
                .iter()
                .filter(|place| place.people.likely > 0)
                .map(|place| (place.jurisdiction.to_string(), place.people.likely)),
        ),
        ask(
            "people_by_class",
            "How many people are in each class?",
            &["rows"],
            "select \"table\", count(distinct person) from rows where kind = 'person' group by \"table\"",
            classes.map(|class| (class.class.clone(), class.people.likely)),
        ),
        ask(
            "people_by_band",
            "How many people are in each band of harm?",
            &["people"],
            "select harm, count(*) from people group by harm",
            bands.map(|band| (band.band.clone(), band.people.likely)),
        ),
        ask(
            "rows_by_class",
            "How many rows has each class?",
            &["rows"],
            "select \"table\", count(*) from rows where \"table\" in (select distinct \"table\" from rows where kind <> 'nothing') group by \"table\"",
            people.by_class.iter().filter(|class| class.rows > 0).map(|class| (class.class.clone(), class.rows)),
        ),
    ]
}

fn ask(
    name: &'static str,
    answers: &'static str,
    reads: &'static [&'static str],
    sql: &str,
    expected: impl IntoIterator<Item = (String, u64)>,
) -> Question {
    let expected = expected.into_iter().map(|(key, count)| (key, i64::try_from(count).unwrap_or(i64::MAX))).collect();
    let codes = matches!(name, "people_by_element" | "people_by_jurisdiction");
    Question { step: Step { name, answers, reads, sql: sql.to_owned() }, codes, expected }
}
