//! The report on assessments that look like real ones, that say nothing, that are huge, and that attack the reader.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vocab::assessment::{Assessment, Totals};

use crate::report::{check, html, json as json_output, terminal};

const REAL: &str = include_str!("../../../testdata/report/assessment.json");

fn real() -> Value {
    serde_json::from_str(REAL).unwrap()
}

/// Returns the assessment of a changed value, with its sums made anew.
fn assessment(value: &Value) -> Assessment {
    let mut assessment: Assessment = serde_json::from_value(value.clone()).unwrap();
    assessment.totals =
        Totals::of(&assessment.evidence, &assessment.elements, &assessment.people.profiles, &assessment.duties);
    assessment
}

/// Renders and holds the page to what holds of every page: well-formed, and every number a field.
fn page(assessment: &Assessment) -> String {
    let page = html::render(assessment).unwrap();
    let json: Value = serde_json::from_str(&json_output::render(assessment)).unwrap();
    assert_eq!(check::numbers(&page, &json), [""; 0]);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    assert_eq!(page.matches("<h1>").count(), 1);
    headings_are_in_order(&page);
    ids_are_unique_and_links_arrive(&page);
    page
}

fn headings_are_in_order(page: &str) {
    let mut last = 0;
    for (at, _) in page.match_indices("<h") {
        if let Some(level) = page[at + 2..].chars().next().and_then(|c| c.to_digit(10)) {
            assert!(level <= last + 1, "h{level} after h{last}");
            last = level;
        }
    }
}

fn ids_are_unique_and_links_arrive(page: &str) {
    let values = |attribute: &str| -> Vec<String> {
        let parts = page.split(attribute).skip(1);
        parts.map(|rest| rest.split('"').next().unwrap_or_default().to_owned()).collect()
    };
    let ids = values(" id=\"");
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "an id is used twice");
    for target in values(" href=\"#") {
        assert!(unique.contains(&target), "no place `{target}` on the page");
    }
    for owners in values(" aria-labelledby=\"") {
        assert!(owners.split(' ').all(|id| unique.contains(&id.to_owned())), "no label `{owners}`");
    }
}

/// Changes every string below a value.
fn change_strings(value: &mut Value, change: &mut dyn FnMut(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| change_strings(item, change)),
        Value::Object(fields) => fields.values_mut().for_each(|field| change_strings(field, change)),
        _ => {}
    }
}

#[test]
fn a_real_case_is_told_whole() {
    let assessment = assessment(&real());
    let page = page(&assessment);
    assert_eq!(
        serde_json::from_str::<Assessment>(REAL).unwrap(),
        assessment,
        "the sums of the fixture are not its own"
    );
    for id in ["answers", "cannot-say", "data", "people", "claim", "door", "harm", "duties", "evidence", "method"] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id} is missing");
    }
    for chart in ["elements", "blends", "overlaps", "states", "extents", "snapshot", "deadlines", "bands", "duties"] {
        assert!(page.contains(&format!("aria-labelledby=\"chart-{chart}-title chart-{chart}-about\"")), "{chart}");
    }
    for duty in &assessment.duties {
        assert!(page.contains(&format!(">{}</bdi>", duty.regime)), "{} is not on the page", duty.regime);
    }
    for file in &assessment.evidence {
        assert!(page.contains(&file.sha256), "no digest of {}", file.path);
    }
    assert!(!page.contains("First answer, from a sample"));
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = page(&assessment(&real()));
    assert!(page.contains("default-src 'none'"));
    for word in ["<script", "src=", "@import", "url(", "http-equiv=\"refresh", "<iframe", "<form", "<link", "<object"] {
        assert!(!page.contains(word), "{word}");
    }
    for tag in page_tags(&page) {
        assert!(!tag.contains(" on"), "a handler: {tag}");
    }
    let tags = page.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    for tag in tags.filter(|tag| !tag.starts_with('/')) {
        assert!(!tag.contains(" style="), "a style in <{tag}>");
        if let Some((_, href)) = tag.split_once("href=\"") {
            assert!(href.starts_with('#'), "a link out: <{tag}>");
        }
    }
}

#[test]
fn every_table_has_a_caption_and_scopes() {
    let page = page(&assessment(&real()));
    for table in page.split("<table").skip(1) {
        let table = table.split("</table>").next().unwrap();
        let start = &table[table.find('>').unwrap() + 1..];
        assert!(start.starts_with("<caption"), "{}", &start[..80.min(start.len())]);
        assert!(!table.contains("<th>"), "a head without scope");
    }
}

#[test]
fn the_same_assessment_gives_the_same_bytes() {
    let (one, other) = (assessment(&real()), assessment(&real()));
    assert_eq!(html::render(&one).unwrap(), html::render(&other).unwrap());
    assert_eq!(json_output::render(&one), json_output::render(&other));
    assert!(json_output::render(&one).ends_with("}\n"));
    assert_eq!(serde_json::from_str::<Assessment>(&json_output::render(&one)).unwrap(), one);
}

#[test]
fn markup_in_the_evidence_stays_text() {
    let attacks = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "javascript:alert(1)",
        "</style><style>*{display:none}",
        "</title><svg/onload=alert(1)>",
        "{{ 7*7 }} {% raw %} ${7*7}",
        "invoice\u{202e}fdp.exe\u{2066}\u{200b}\u{0}\u{7}\u{1b}[31m",
        "]]> --> <!-- &lt;b&gt; &#60;i&#62;",
        "a\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
    ];
    let mut n = 0;
    let mut value = real();
    // Codes that types or dates are read from stay; every other string becomes an attack with its old text behind it.
    let kept =
        ["schema", "element", "elements", "state", "jurisdiction", "jurisdictions", "present", "trigger", "kind"];
    let spare = |fields: &mut serde_json::Map<String, Value>| {
        let names: Vec<String> = fields.keys().filter(|name| !kept.contains(&name.as_str())).cloned().collect();
        names
    };
    fn walk(
        value: &mut Value,
        spare: &dyn Fn(&mut serde_json::Map<String, Value>) -> Vec<String>,
        attack: &mut dyn FnMut(&str) -> String,
    ) {
        match value {
            Value::String(_) => change_strings(value, attack),
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, spare, attack)),
            Value::Object(fields) => {
                for name in spare(fields) {
                    let listed =
                        ["claimed_and_found", "claimed_not_found", "found_not_claimed"].contains(&name.as_str());
                    if listed || ["yes", "no", "cannot_tell"].iter().any(|word| fields[&name] == *word) {
                        continue;
                    }
                    if let Some(field) = fields.get_mut(&name) {
                        walk(field, spare, attack);
                    }
                }
            }
            _ => {}
        }
    }
    walk(&mut value, &spare, &mut |text| {
        n += 1;
        format!("{}{text}", attacks[n % attacks.len()])
    });
    assert!(n > 1_000, "only {n} strings were attacked");
    let hostile = assessment(&value);
    let page = page(&hostile);
    let clean = page_tags(&html::render(&assessment(&real())).unwrap());
    assert!(page_tags(&page).is_subset(&clean), "{:?}", page_tags(&page).difference(&clean).collect::<Vec<_>>());
    for sign in ['\u{202e}', '\u{2066}', '\u{200b}', '\u{0}', '\u{7}', '\u{1b}'] {
        assert!(!page.contains(sign), "{:04X} reached the page", sign as u32);
    }
    assert!(page.contains("⟦U+202E⟧") && page.contains("⟦U+0303⟧"));
    let screen = terminal::screenful(&hostile, "/tmp/\u{1b}[2Jreport.html");
    assert!(!screen.chars().any(|c| c.is_control() && c != '\n'));
}

/// Names of elements and of their attributes.
fn page_tags(page: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let mut quoted = false;
        let bare: String = tag
            .chars()
            .filter(|c| {
                let keep = !quoted && *c != '"';
                quoted ^= *c == '"';
                keep
            })
            .collect();
        let words: Vec<&str> = bare.split_whitespace().collect();
        let name = words.first().copied().unwrap_or_default().to_owned();
        names.extend(words.iter().skip(1).map(|attribute| format!("{name} {attribute}")));
        names.insert(name);
    }
    names
}

#[test]
fn an_empty_case_cannot_tell_and_never_says_zero_people() {
    let empty = assessment(&empty());
    let page = page(&empty);
    assert!(page.contains("cannot tell"));
    assert!(
        !page.contains("data-at=\"/people/count/likely\""),
        "an unknown count was shown as a number in the answers"
    );
    let screen = terminal::screenful(&empty, "report.html");
    assert!(screen.contains("people         CANNOT TELL"), "{screen}");
    assert!(screen.contains("duties         CANNOT TELL"), "{screen}");
}

fn empty() -> Value {
    let mut value = real();
    let axis = json!({"answer": "cannot tell", "strength": "none", "grounds": ["nothing was given"], "would_change": "evidence"});
    for name in ["evidence", "elements", "duties", "receipts"] {
        value[name] = json!([]);
    }
    value["personal_data"] = json!({"present": "cannot_tell", "reasons": ["no evidence could be read"]});
    value["people"] = json!({"rows": 0, "accounts": null, "count": {"low": 0, "likely": 0, "high": 0}, "bounds": [],
        "households": 0, "devices": 0, "unresolvable": 0, "by_jurisdiction": [], "several_jurisdictions": 0, "by_class": [],
        "class_combinations": [], "rows_per_person": [], "merge_weights": [], "profiles": [], "generic_values": [], "merges": [], "refusals": []});
    for name in ["readable", "kind", "controller", "snapshot", "novelty", "extent", "elements", "path"] {
        value["claim"]["axes"][name] = axis.clone();
    }
    value["claim"]["headline"] = json!("INCONCLUSIVE");
    for name in ["extents", "claimed_and_found", "claimed_not_found", "found_not_claimed", "tests", "snapshot_curve"] {
        value["claim"][name] = json!([]);
    }
    value["harm"] = json!({"bands": [], "attacks": [], "profiles": []});
    value["access"]["doors"] = json!([]);
    value["case"]["discovered"] = json!(null);
    value
}

#[test]
fn a_sample_is_marked_as_one() {
    let mut value = real();
    value["run"]["sampled"] = json!(true);
    let sampled = assessment(&value);
    assert!(page(&sampled).contains("First answer, from a sample"));
    assert!(terminal::screenful(&sampled, "r").contains("FROM A SAMPLE"));
}

#[test]
fn a_passed_deadline_says_so() {
    let mut value = real();
    value["run"]["as_of"] = json!("2026-09-20T09:00:00Z");
    let late = assessment(&value);
    assert!(page(&late).contains("passed</strong>"));
    assert!(terminal::screenful(&late, "r").contains("(PASSED)"));
    assert!(!page(&assessment(&real())).contains("passed</strong>"));
}

#[test]
fn access_is_told_where_logs_speak() {
    let mut value = real();
    value["access"] = json!({"answer": "yes", "grounds": ["the query log names the rows"],
        "coverage": [{"system": "crm-db-02", "from": "2026-07-01T00:00:00Z", "to": null, "gaps": ["a gap of 3 hours"]}],
        "sessions": [{"system": "crm-db-02", "account": "svc_report", "first": "2026-07-18T02:11:00Z",
            "last": "2026-07-18T04:40:31Z", "events": 4312}],
        "doors": [{"name": "gprs-gateway-07", "verdict": "shut", "grounds": ["refused after closing"]},
            {"name": "lab-vpn", "verdict": "open", "grounds": ["a session after closing"]}],
        "tables": [{"table": "customers", "rows": {"lower": 1200, "upper": null}}],
        "people": {"lower": 1100, "upper": 5400}});
    let page = page(&assessment(&value));
    for shown in ["svc_report", "4,312", "18 July 2026, 02:11 UTC", "not bounded", "5,400", "lab-vpn"] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[test]
fn long_lists_are_cut_and_say_where_the_rest_is() {
    let mut value = real();
    let file = value["evidence"][0].clone();
    value["evidence"] = json!(vec![file; 700]);
    let class = value["people"]["by_class"][0].clone();
    value["people"]["by_class"] = json!(vec![class; 700]);
    value["people"]["class_combinations"] = json!([{"classes": (0..700).collect::<Vec<_>>(), "people": 5}]);
    value["case"]["name"] = json!("long ".repeat(10_000));
    value["case"]["controller"] = json!("x".repeat(1_000_000));
    let page = page(&assessment(&value));
    for pointer in ["/evidence", "/people/by_class"] {
        assert!(page.contains(&format!("under <code>{pointer}</code>")), "{pointer}");
    }
    assert!(page.contains("cut here"));
    assert!(page.len() < 20_000_000, "{} bytes", page.len());
}

#[test]
fn the_screenful_fits_a_terminal() {
    let mut sampled = real();
    sampled["run"]["sampled"] = json!(true);
    sampled["case"]["name"] = json!("a name that goes on ".repeat(40));
    for value in [real(), empty(), sampled] {
        let screen = terminal::screenful(&assessment(&value), "/cases/northwind/assessment/report.html");
        assert!(screen.lines().count() <= 23, "{screen}");
        assert!(screen.lines().all(|line| line.chars().count() <= 80), "{screen}");
        assert!(screen.ends_with("/cases/northwind/assessment/report.html\n"), "{screen}");
        for answer in ["personal data", "people", "claim", "door", "harm", "duties"] {
            assert!(screen.contains(&format!("\n{answer:<15}")), "{answer}: {screen}");
        }
    }
}

#[test]
fn the_check_finds_a_number_that_is_no_field() {
    let assessment = assessment(&real());
    let json: Value = serde_json::from_str(&json_output::render(&assessment)).unwrap();
    let page = html::render(&assessment).unwrap();
    let likely = r#"data-at="/people/count/likely" data-as="count">191,400<"#;
    assert!(page.contains(likely));
    let broken = [
        page.replacen(likely, r#"data-at="/people/count/likely" data-as="count">191,401<"#, 1),
        page.replacen(likely, r#"data-at="/people/count/high" data-as="count">191,400<"#, 1),
        page.replacen(likely, r#"data-at="/people/counted" data-as="count">191,400<"#, 1),
        page.replacen("<data value=\"191400\"", "<data value=\"191401\"", 1),
        page.replacen("<h2 id=\"people-h\">People", "<h2 id=\"people-h\">People: 7", 1),
        page.replacen("<h2 id=\"people-h\">People", "<h2 id=\"people-h\">People²", 1),
        page.replacen("aria-label=\"Contents\"", "aria-label=\"12 contents\"", 1),
        page.replacen(">SHA-256<", ">SHA-512<", 1),
        page.replacen("</main>", "", 1),
        page.replacen("Northwind Mobile USA", "Northwind Mobile CAN", 1),
        page.replacen("17 August 2026, 09:00 UTC", "18 August 2026, 09:00 UTC", 1),
        page.replacen("<main id=\"main\">", "<main id=\"main\"><!-- 5 -->", 1),
    ];
    for (i, broken) in broken.iter().enumerate() {
        assert_ne!(*broken, page, "case {i} changed nothing");
        assert!(!check::numbers(broken, &json).is_empty(), "case {i} was not noticed");
    }
}
