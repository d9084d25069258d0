//! Every number has one source, and every total is the sum of its parts.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::session::simulated;

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("not a count: {value}"))
}

fn sum<'a>(list: &'a Value, part: impl Fn(&'a Value) -> u64) -> u64 {
    list.as_array().unwrap().iter().map(part).sum()
}

#[test]
fn rows_balance_in_every_file_and_every_receipt() {
    let assessment = simulated().assessment();
    for file in assessment["evidence"].as_array().unwrap() {
        let (met, read, aside) = (count(&file["rows_in"]), count(&file["rows_parsed"]), count(&file["rows_set_aside"]));
        assert_eq!(met, read + aside, "{}", file["path"]);
        assert_eq!(aside, sum(&file["set_aside"], |reason| count(&reason["rows"])), "{}", file["path"]);
        assert_eq!(read, sum(&file["tables"], |table| count(&table["rows"])), "{}", file["path"]);
        for table in file["tables"].as_array().unwrap() {
            for column in table["columns"].as_array().unwrap().iter().filter(|column| !column["element"].is_null()) {
                let cells: u64 =
                    ["valid", "impossible", "damaged", "missing"].iter().map(|kind| count(&column[*kind])).sum();
                assert_eq!(cells, count(&table["rows"]), "{} column {}", file["path"], column["index"]);
            }
        }
    }
    let receipts = assessment["receipts"].as_array().unwrap();
    assert!(!receipts.is_empty());
    for receipt in receipts {
        let aside = sum(&receipt["set_aside"], |reason| count(&reason["rows"]));
        assert_eq!(count(&receipt["rows_in"]), count(&receipt["rows_out"]) + aside, "{}", receipt["stage"]);
    }
}

#[test]
fn people_reconcile_over_profiles_classes_places_and_bands() {
    let assessment = simulated().assessment();
    let people = &assessment["people"];
    let likely = count(&people["count"]["likely"]);
    assert!(likely > 0);
    assert_eq!(likely, sum(&people["profiles"], |profile| count(&profile["people"]["likely"])));
    assert_eq!(likely, sum(&people["class_combinations"], |combination| count(&combination["people"])));
    assert_eq!(likely, sum(&people["rows_per_person"], |group| count(&group["people"])));
    let places = sum(&people["by_jurisdiction"], |place| count(&place["people"]["likely"]));
    assert_eq!(likely, places - count(&people["several_jurisdictions"]));
    assert_eq!(likely, sum(&assessment["harm"]["bands"], |band| count(&band["people"]["likely"])));
    assert_eq!(likely, sum(&assessment["harm"]["profiles"], |profile| count(&profile["people"]["likely"])));
}

#[test]
fn classes_are_sums_of_their_combinations() {
    let people = &simulated().assessment()["people"];
    for (index, class) in people["by_class"].as_array().unwrap().iter().enumerate() {
        let with = |combination: &&Value| {
            combination["classes"].as_array().unwrap().iter().any(|member| member.as_u64() == Some(index as u64))
        };
        let combinations = people["class_combinations"].as_array().unwrap().iter().filter(with);
        let total: u64 = combinations.map(|combination| count(&combination["people"])).sum();
        assert_eq!(total, count(&class["people"]["likely"]), "{}", class["class"]);
    }
}

#[test]
fn elements_are_sums_over_profiles() {
    let assessment = simulated().assessment();
    for element in assessment["elements"].as_array().unwrap() {
        let holds = |profile: &&Value| profile["elements"].as_array().unwrap().contains(&element["element"]);
        let profiles = assessment["people"]["profiles"].as_array().unwrap().iter().filter(holds);
        let total: u64 = profiles.map(|profile| count(&profile["people"]["likely"])).sum();
        assert_eq!(total, count(&element["people"]["likely"]), "{}", element["element"]);
    }
}

#[test]
fn every_interval_is_in_order() {
    let mut intervals = 0;
    walk(&simulated().assessment(), &mut |value| {
        if let (Some(low), Some(likely), Some(high)) =
            (value["low"].as_u64(), value["likely"].as_u64(), value["high"].as_u64())
        {
            assert!(low <= likely && likely <= high, "{value}");
            intervals += 1;
        }
    });
    assert!(intervals > 50, "only {intervals} intervals");
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(fields) => fields.values().for_each(|field| walk(field, visit)),
        _ => {}
    }
}

#[test]
fn nobody_lives_where_no_duty_speaks() {
    let assessment = simulated().assessment();
    let regimes: BTreeSet<&str> =
        assessment["duties"].as_array().unwrap().iter().filter_map(|duty| duty["regime"].as_str()).collect();
    for place in assessment["people"]["by_jurisdiction"].as_array().unwrap() {
        let code = place["jurisdiction"].as_str().unwrap();
        if code == "unknown" || count(&place["people"]["likely"]) == 0 {
            continue;
        }
        let said = regimes.iter().any(|regime| *regime == code || regime.starts_with(&format!("{code}-")))
            || assessment["cannot_say"].to_string().contains(code);
        assert!(said, "people live in {code} and nothing is said of it");
    }
}

#[test]
fn every_duty_has_its_grounds() {
    for duty in simulated().assessment()["duties"].as_array().unwrap() {
        let name = &duty["regime"];
        assert!(duty["citation"].as_str().is_some_and(|text| !text.is_empty()), "{name} cites nothing");
        if duty["trigger"] == "cannot_tell" {
            assert!(
                !duty["missing_facts"].as_array().unwrap().is_empty(),
                "{name} cannot tell and does not say what is missing"
            );
        }
        if duty["trigger"] == "yes" {
            assert!(!duty["facts_used"].as_array().unwrap().is_empty(), "{name} is triggered by nothing");
        }
    }
}

#[test]
fn what_cannot_be_said_says_why_and_what_would_help() {
    let assessment = simulated().assessment();
    for question in assessment["cannot_say"].as_array().unwrap() {
        for part in ["question", "because", "would_help"] {
            assert!(question[part].as_str().is_some_and(|text| text.len() > 3), "{question}");
        }
    }
    for axis in assessment["claim"]["axes"].as_object().unwrap().values() {
        assert!(!axis["grounds"].as_array().unwrap().is_empty(), "{axis}");
    }
}

#[test]
fn every_number_of_the_report_is_in_the_assessment() {
    let shared = simulated();
    let json = fs::read_to_string(shared.root.join("assessment/assessment.json")).unwrap();
    let known = numbers(&json);
    let report = fs::read_to_string(shared.root.join("assessment/report.html")).unwrap();
    let text = visible_text(&report);
    let unknown: Vec<u64> =
        numbers(&text).into_iter().filter(|number| *number >= 100 && !known.contains(number)).collect();
    assert!(unknown.is_empty(), "numbers of report.html that are not in assessment.json: {unknown:?}");
    let likely = count(&shared.assessment()["people"]["count"]["likely"]);
    assert!(numbers(&text).contains(&likely), "the report does not say how many people");
}

/// Whole numbers of a text; `1,234` is one number.
fn numbers(text: &str) -> BTreeSet<u64> {
    let bytes = text.as_bytes();
    let mut found = BTreeSet::new();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let begun = at;
        let thousands = |at: usize| {
            bytes[at] == b','
                && bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count() == 3
                && at > begun
        };
        while at < bytes.len() && (bytes[at].is_ascii_digit() || thousands(at)) {
            at += 1;
        }
        found.extend(text[begun..at].replace(',', "").parse::<u64>());
    }
    found
}

/// What a reader sees of a page: no tags, no styles, no scripts, no drawings (their axes have numbers of their own).
fn visible_text(page: &str) -> String {
    let mut text = page.to_owned();
    for hidden in ["style", "script", "svg"] {
        while let Some(begun) = text.find(&format!("<{hidden}")) {
            let close = format!("</{hidden}>");
            let end = text[begun..].find(&close).map_or(text.len(), |end| begun + end + close.len());
            text.replace_range(begun..end, " ");
        }
    }
    let mut visible = String::new();
    let mut inside = false;
    for sign in text.chars() {
        match sign {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                visible.push(' ');
            }
            sign if !inside => visible.push(sign),
            _ => {}
        }
    }
    // Character references are not numbers.
    visible
        .split('&')
        .map(|part| part.split_once(';').map_or(part, |(name, rest)| if name.starts_with('#') { rest } else { part }))
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn numbers_are_read_as_people_write_them() {
    assert_eq!(numbers("1,234 of 56,789,012 and 3,45 or 7"), [1234, 56_789_012, 3, 45, 7].into());
    assert_eq!(numbers(&visible_text("<p title=\"99\">12<style>5</style>&#8211;34</p>")), [12, 34].into());
}

#[test]
fn the_calendar_and_the_sheet_say_what_the_assessment_says() {
    let shared = simulated();
    let assessment = shared.assessment();
    let duties = assessment["duties"].as_array().unwrap();
    let sheet = fs::read_to_string(shared.root.join("assessment/duties.csv")).unwrap();
    let calendar = fs::read_to_string(shared.root.join("assessment/duties.ics")).unwrap();
    for duty in duties {
        assert!(sheet.contains(duty["regime"].as_str().unwrap()), "{} is not in duties.csv", duty["regime"]);
    }
    let dated = duties.iter().filter(|duty| duty["trigger"] == "yes" && !duty["due"].is_null()).count();
    assert!(dated > 0, "no duty has a deadline");
    assert!(calendar.matches("BEGIN:VEVENT").count() >= dated, "deadlines are missing from duties.ics");
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n"), "not a calendar by RFC 5545");
    let long = calendar.split("\r\n").find(|line| line.len() > 75);
    assert!(long.is_none(), "a line of more than 75 octets: {long:?}");
}
