//! `schema`: the form of every output for machines, and the list of element codes.

use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use vocab::DataElement;
use vocab::assessment::{Assessment, DutyReport};
use vocab::truth::Truth;

use super::Outcome;
use super::people::PeopleOutput;
use super::people_review::ReviewOutput;
use super::people_why::WhyOutput;
use super::scan::ScanOutput;
use crate::args::Schema;
use crate::failure::Failure;
use crate::output;

/// Prints the schema that was asked for.
pub(crate) fn run(schema: &Schema) -> Result<Outcome, Failure> {
    let text = match schema.output.as_str() {
        "assessment" => of::<Assessment>()?,
        "scan" => of::<ScanOutput>()?,
        "people" => of::<PeopleOutput>()?,
        "people-why" => of::<WhyOutput>()?,
        "people-review" => of::<ReviewOutput>()?,
        "duties" => of::<Vec<DutyReport>>()?,
        "truth" => of::<Truth>()?,
        "elements" => elements()?,
        _ => {
            return Err(Failure::wrong_use(
                "there is no such output",
                "use assessment, scan, people, people-why, people-review, duties, truth or elements",
            ));
        }
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}

fn of<T: JsonSchema>() -> Result<String, Failure> {
    output::to_json(&schema_for!(T))
}

#[derive(Serialize)]
struct Element {
    element: DataElement,
    label: &'static str,
}

fn elements() -> Result<String, Failure> {
    let list: Vec<Element> =
        DataElement::ALL.iter().map(|element| Element { element: *element, label: element.label() }).collect();
    output::to_json(&list)
}
