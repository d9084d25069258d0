//! Every command once, as the README shows it.

use std::fs;

use serde_json::Value;

use crate::session::{Case, command, finish, hand_made_csv, leakassay, simulated};

#[test]
fn help_and_version_are_printed() {
    assert!(leakassay(&["--help"]).ends_with(0).stdout.contains("assess"));
    let version = leakassay(&["--version"]).ends_with(0).stdout;
    assert!(version.contains(env!("CARGO_PKG_VERSION")), "{version}");
}

#[test]
fn every_command_has_a_help_page() {
    let commands = [
        "demo",
        "assess",
        "show",
        "sql",
        "verify",
        "scan",
        "people",
        "duties",
        "simulate",
        "grade",
        "rules",
        "schema",
        "completions",
    ];
    for name in commands {
        let page = leakassay(&[name, "--help"]).ends_with(0).stdout;
        assert!(page.lines().next().is_some_and(|line| line.len() > 10), "{name}: {page}");
    }
}

#[test]
fn wrong_use_ends_with_2_and_says_what_to_do() {
    leakassay(&["assess"]).ends_with(2);
    leakassay(&["no-such-command"]).ends_with(2);
    leakassay(&["assess", "/no/such/folder"]).ends_with(2).says("next:");
    leakassay(&["simulate", "no-such-scenario", "--out", "/tmp/leakassay-never"]).ends_with(2).says("full-dump");
}

#[test]
fn the_demo_grades_itself_and_names_the_report() {
    let case = Case::empty();
    let out = case.path("demo");
    let session = leakassay(&["demo", "--people", "3000", "--seed", "5", "--out", out.to_str().unwrap()]).ends_with(0);
    assert!(session.stdout.contains("report.html"), "{}", session.stdout);
    assert!(session.stdout.lines().count() <= 60, "more than a screenful:\n{}", session.stdout);
    assert!(out.join("assessment/report.html").is_file());
    // A second demo replaces the first; another folder with something in it is left alone.
    leakassay(&["demo", "--people", "300", "--out", out.to_str().unwrap(), "-q"]).ends_with(0);
    let taken = Case::of(&[("mine.txt", b"keep me")]);
    leakassay(&["demo", "--people", "300", "--out", taken.word(), "-q"]).ends_with(2);
    assert_eq!(fs::read(taken.path("mine.txt")).unwrap(), b"keep me");
}

#[test]
fn an_assessment_names_every_file_it_wrote() {
    let shared = simulated();
    let assessment = shared.assessment();
    assert_eq!(assessment["schema"], "leakassay/assessment/1");
    let files = assessment["files"].as_object().unwrap();
    for name in ["report.html", "people.parquet", "duties.csv", "duties.ics", "receipts.jsonl", "custody.jsonl"] {
        assert!(files.values().any(|file| file.as_str().is_some_and(|file| file.ends_with(name))), "{name}: {files:?}");
    }
    for file in files.values().filter_map(Value::as_str) {
        let path = shared.root.join("assessment").join(file);
        assert!(path.is_file() || shared.root.join(file).is_file(), "{file} is named and not there");
    }
    assert!(shared.session.stdout.contains("report.html"), "{}", shared.session.stdout);
}

#[test]
fn the_answer_comes_first_and_fits_a_screen() {
    let text = &simulated().session.stdout;
    assert!(text.lines().count() <= 50, "{text}");
    for word in ["people", "claim", "harm", "duties"] {
        assert!(text.to_lowercase().contains(word), "no {word} in\n{text}");
    }
}

#[test]
fn the_quick_answer_is_marked_as_a_sample() {
    let case = Case::copy_of(&simulated().root);
    leakassay(&["assess", case.word(), "--quick", "-q"]).ends_with(0);
    assert_eq!(case.assessment()["run"]["sampled"], true);
    leakassay(&["assess", case.word(), "-q"]).ends_with(0);
    assert_eq!(case.assessment()["run"]["sampled"], false);
    assert_eq!(case.assessment(), simulated().assessment(), "a quick answer before changes the full one");
}

#[test]
fn a_second_run_resumes_and_changes_nothing() {
    let case = Case::copy_of(&simulated().root);
    case.assess().ends_with(0);
    let first = fs::read(case.path("assessment/assessment.json")).unwrap();
    case.assess().ends_with(0);
    assert_eq!(fs::read(case.path("assessment/assessment.json")).unwrap(), first);
}

#[test]
fn the_case_may_be_named_by_its_file() {
    let shared = simulated();
    leakassay(&["verify", shared.root.join("case.toml").to_str().unwrap()]).ends_with(0);
}

#[test]
fn scan_prints_columns_for_machines_and_people() {
    let case = Case::of(&[("list.csv", hand_made_csv(300).as_bytes())]);
    let path = case.path("list.csv");
    let path = path.to_str().unwrap();
    let json = leakassay(&["scan", path, "--json", "-q"]).ends_with(0).json();
    let file = &json["files"][0];
    assert_eq!(file["rows_in"], 300, "{file}");
    assert_eq!(file["sha256"].as_str().map(str::len), Some(64));
    let columns = file["tables"][0]["columns"].as_array().unwrap();
    assert_eq!(columns.len(), 8);
    let text = leakassay(&["scan", path, "-q"]).ends_with(0).stdout;
    assert!(text.contains("ssn"), "{text}");
    let findings = case.path("findings.jsonl");
    leakassay(&["scan", path, "-q", "--findings", findings.to_str().unwrap()]).ends_with(0);
    assert!(findings.is_file());
}

#[test]
fn people_writes_one_person_a_row() {
    let case = Case::of(&[("list.csv", hand_made_csv(300).as_bytes())]);
    let (path, out) = (case.path("list.csv"), case.path("ids.csv"));
    let words = ["people", path.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json", "-q"];
    let json = leakassay(&words).ends_with(0).json();
    assert_eq!(json["rows"], 300);
    assert_eq!(json["people"]["likely"], 300, "{json}");
    let ids = fs::read_to_string(out).unwrap();
    let mut lines = ids.lines();
    assert_eq!(lines.next(), Some("file,row,person_id"));
    let rows: Vec<&str> = lines.collect();
    assert_eq!(rows.len(), 300);
    assert!(rows[0].split(',').nth(1) == Some("1"), "rows are counted from 1 without the header: {}", rows[0]);
}

#[test]
fn people_takes_a_map_of_columns() {
    let case = Case::of(&[
        ("list.csv", hand_made_csv(200).as_bytes()),
        ("map.toml", b"first_name = \"given_name\"\nlast_name = \"surname\"\nbirth_date = \"dob\"\n"),
    ]);
    let (path, map) = (case.path("list.csv"), case.path("map.toml"));
    let words = ["people", path.to_str().unwrap(), "--map", map.to_str().unwrap(), "--json", "-q"];
    assert_eq!(leakassay(&words).ends_with(0).json()["rows"], 200);
    case.add("bad.toml", b"first_name = \"no_such_element\"\n");
    let bad = case.path("bad.toml");
    leakassay(&["people", path.to_str().unwrap(), "--map", bad.to_str().unwrap(), "-q"]).ends_with(2);
}

#[test]
fn show_masks_unless_asked_and_enters_what_it_reveals() {
    let csv = hand_made_csv(40);
    let case = Case::of(&[("evidence/list.csv", csv.as_bytes())]);
    case.assess().ends_with(0);
    let address = "evidence/list.csv::row/7";
    let masked = leakassay(&["show", case.word(), address]).ends_with(0).stdout;
    let surname = csv.lines().nth(7).unwrap().split('"').nth(3).unwrap();
    assert!(!masked.contains(surname), "{masked}");
    assert!(masked.contains("999-99-9999"), "the shape of row 7 has an SSN in it: {masked}");
    let clear = leakassay(&["show", case.word(), address, "--reveal"]).ends_with(0).stdout;
    assert!(clear.contains(surname), "{clear}");
    let custody = fs::read_to_string(case.path("assessment/custody.jsonl")).unwrap();
    assert!(custody.contains("reveal") && custody.contains(address), "{custody}");
    assert!(!custody.contains(surname));
    leakassay(&["show", case.word(), "evidence/list.csv::row/41"]).ends_with(3);
    leakassay(&["show", case.word(), "not an address"]).ends_with(2);
    leakassay(&["show", case.word(), "/etc/passwd::bytes/0+10"]).ends_with(2);
}

#[test]
fn sql_reads_the_stage_tables_and_nothing_else() {
    let shared = simulated();
    let people = shared.assessment()["people"]["count"]["likely"].as_u64().unwrap();
    let words = ["sql", shared.word(), "select count(*) as n from people", "--json"];
    let session = leakassay(&words).ends_with(0);
    let row: Value = serde_json::from_str(session.stdout.trim()).unwrap();
    assert_eq!(row["n"].as_u64(), Some(people), "people.parquet has one row a person");
    leakassay(&["sql", shared.word(), "drop table people"]).ends_with(2);
    leakassay(&["sql", shared.word(), "select no_such_column from people"]).ends_with(2).says("next:");
    let copy = format!("copy (select 1) to '{}'", shared.root.join("out.csv").display());
    leakassay(&["sql", shared.word(), &copy]).ends_with(2);
    assert!(!shared.root.join("out.csv").exists(), "a statement wrote a file");
    let outside = ["sql", shared.word(), "select * from '/etc/passwd'"];
    leakassay(&outside).ends_with(2);
}

#[test]
fn duties_refuse_facts_that_are_none() {
    let case = Case::empty();
    case.add("wrong.toml", b"people = 3\n");
    leakassay(&["duties", case.path("wrong.toml").to_str().unwrap()]).ends_with(2).says("next:");
    case.add("mistyped.toml", b"discoverd = \"2026-08-12\"\n");
    leakassay(&["duties", case.path("mistyped.toml").to_str().unwrap()]).ends_with(2).says("next:");
    leakassay(&["duties", case.path("absent.toml").to_str().unwrap()]).ends_with(2);
}

/// Duties of Washington for this many residents with these elements, discovered on 12 August 2026 in the morning there.
fn duties_in_washington(residents: u64, elements: &str) -> Vec<Value> {
    let case = Case::empty();
    let facts = format!(
        "as_of = \"2026-08-17T09:00:00Z\"\ntime_zone = \"America/Los_Angeles\"\ndiscovered = \"2026-08-12T15:00:00Z\"\n\
         acquired = true\nharm = \"likely\"\ndata_form = \"electronic\"\n\n\
         [encryption]\nencrypted = false\n\n\
         [[people]]\njurisdiction = \"WA\"\nelements = {elements}\ncount = {residents}\n"
    );
    case.add("facts.toml", facts.as_bytes());
    let json = leakassay(&["duties", case.path("facts.toml").to_str().unwrap(), "--json"]).ends_with(0).json();
    let duties = json.as_array().or_else(|| json["duties"].as_array()).unwrap().clone();
    duties.into_iter().filter(|duty| duty["regime"] == "WA").collect()
}

fn to(duties: &[Value], recipient: &str) -> Value {
    let mut found =
        duties.iter().filter(|duty| duty["recipient"].as_str().is_some_and(|name| name.contains(recipient)));
    found.next().unwrap_or_else(|| panic!("nothing is said of {recipient}: {duties:#?}")).clone()
}

/// Source: RCW 19.255.010(8): no more than thirty calendar days after the breach was discovered.
#[test]
fn individuals_in_washington_are_told_within_thirty_days_of_discovery() {
    let individuals = to(&duties_in_washington(600, r#"["name", "ssn"]"#), "individuals");
    assert_eq!(individuals["trigger"], "yes", "{individuals:#}");
    assert!(individuals["due"].as_str().is_some_and(|due| due.starts_with("2026-09-11")), "{individuals:#}");
    assert_eq!(individuals["people"]["likely"], 600);
}

/// Source: RCW 19.255.010(7): the attorney general is told if more than five hundred residents are.
#[test]
fn the_attorney_general_of_washington_is_told_above_five_hundred() {
    for (residents, trigger) in [(500, "no"), (501, "yes")] {
        let regulator = to(&duties_in_washington(residents, r#"["name", "ssn"]"#), "regulator");
        assert_eq!(regulator["trigger"], trigger, "{residents}: {regulator:#}");
    }
}

/// Source: RCW 19.255.005(2): neither a telephone number nor an IMEI is an element of personal information.
#[test]
fn a_telephone_number_alone_triggers_nothing_in_washington() {
    let individuals = to(&duties_in_washington(600, r#"["name", "phone", "imei"]"#), "individuals");
    assert_eq!(individuals["trigger"], "no", "{individuals:#}");
}

#[test]
fn simulate_gives_the_same_bytes_for_the_same_seed() {
    let cases: Vec<Case> = (0..2).map(|_| Case::empty()).collect();
    for (case, threads) in cases.iter().zip(["1", "2"]) {
        let out = case.path("drill");
        let words = ["simulate", "full-dump", "--people", "500", "--seed", "3", "-q", "--threads", threads, "--out"];
        finish(command(&words).arg(&out)).ends_with(0);
        finish(command(&words).arg(&out)).ends_with(2).says("not empty");
    }
    let [first, second] = [0, 1].map(|index| crate::session::files_below(&cases[index].path("drill")));
    assert_eq!(first.len(), second.len());
    assert!(first.len() >= 7, "dump files, case.toml, truth.json: {first:?}");
    for (a, b) in first.iter().zip(&second) {
        assert_eq!(a.file_name(), b.file_name());
        assert!(fs::read(a).unwrap() == fs::read(b).unwrap(), "{} differs", a.display());
    }
}

#[test]
fn the_grade_of_a_simulated_case_is_clean() {
    let grade = leakassay(&["grade", simulated().word(), "--json"]).ends_with(0).json();
    let failed: Vec<&Value> =
        grade["checks"].as_array().unwrap().iter().filter(|check| check["passed"] != true).collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn a_case_without_truth_cannot_be_graded() {
    let case = Case::of(&[("list.csv", hand_made_csv(30).as_bytes())]);
    case.assess().ends_with(0);
    leakassay(&["grade", case.word()]).ends_with(2).says("next:");
}

#[test]
fn the_rulebook_proves_itself_and_a_broken_one_does_not() {
    leakassay(&["rules", "check"]).ends_with(0);
    let book = Case::empty();
    copy_rulebook(&book);
    leakassay(&["rules", "check", "--rulebook", book.word()]).ends_with(0);
    book.add("harms/sim_swap.toml", b"id = \"sim_swap\"\nnonsense = true\n");
    leakassay(&["rules", "check", "--rulebook", book.word()]).ends_with(2).says("harms/sim_swap.toml");
}

fn copy_rulebook(book: &Case) {
    // cargo runs the tests of a crate in its folder
    let source = std::path::Path::new("../../rulebook");
    for file in crate::session::files_below(source) {
        let name = file.strip_prefix(source).unwrap();
        book.add(name.to_str().unwrap(), &fs::read(&file).unwrap());
    }
}

#[test]
fn schemas_and_completions_are_printed() {
    for output in ["assessment", "scan", "people", "duties", "truth", "elements"] {
        let value = leakassay(&["schema", output]).ends_with(0).json();
        assert!(value.is_object() || value.is_array(), "{output}");
    }
    leakassay(&["schema", "no-such-output"]).ends_with(2);
    for shell in ["bash", "zsh", "fish"] {
        assert!(leakassay(&["completions", shell]).ends_with(0).stdout.contains("leakassay"));
    }
}

#[test]
fn every_field_of_the_answer_is_in_its_schema() {
    let schema = leakassay(&["schema", "assessment"]).ends_with(0).json();
    let fields = schema["properties"].as_object().unwrap();
    let assessment = simulated().assessment();
    for key in assessment.as_object().unwrap().keys() {
        assert!(fields.contains_key(key), "{key} is not in the schema");
    }
    for key in schema["required"].as_array().unwrap().iter().filter_map(Value::as_str) {
        assert!(assessment.get(key).is_some(), "{key} is required and not there");
    }
}

#[test]
fn decisions_show_in_the_exit_code_only_if_asked() {
    let mut csv = hand_made_csv(60);
    csv.push_str("one,two\n");
    let case = Case::of(&[("list.csv", csv.as_bytes())]);
    case.assess().ends_with(0);
    leakassay(&["assess", case.word(), "-q", "--exit-code"]).ends_with(1);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let script = format!("{} schema | head -c 10; exit ${{PIPESTATUS[0]}}", crate::session::program().display());
    let status = std::process::Command::new("bash").arg("-c").arg(script).status().unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn evidence_is_named_by_a_pattern() {
    let toml = r#"
[case]
name = "Patterns"
as_of = "2026-08-17T09:00:00Z"
[[evidence]]
path = "evidence/part-[0-9].csv"
obtained = "forum, in parts"
[[evidence]]
path = "evidence/*.nothing"
"#;
    let csv = hand_made_csv(50);
    let case = Case::of(&[
        ("evidence/part-2.csv", csv.as_bytes()),
        ("evidence/part-1.csv", b"first_name,last_name,city\nAnn,Lee,Boston\nBob,Ray,Denver\n"),
        ("evidence/other.csv", csv.as_bytes()),
        ("evidence/deeper/part-3.csv", csv.as_bytes()),
    ]);
    case.add("case.toml", toml.as_bytes());
    leakassay(&["assess", case.word()]).ends_with(3).says("*.nothing");
    let assessment: Value =
        serde_json::from_slice(&fs::read(case.path("assessment/assessment.json")).unwrap()).unwrap();
    let files: Vec<(&str, &Value)> = assessment["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), &file["obtained"]))
        .collect();
    let paths: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
    assert_eq!(
        paths,
        ["evidence/part-1.csv", "evidence/part-2.csv", "evidence/*.nothing"],
        "the rest is named as absent"
    );
    assert!(files[..2].iter().all(|(_, obtained)| **obtained == "forum, in parts"), "{files:?}");
}

#[test]
fn why_a_person_is_one_and_two_are_not() {
    let case = simulated();
    // Somebody with several rows, whoever it is in this simulation.
    let query = "select person from people where rows >= 2 and joined_by <> '' order by person limit 1";
    let found = leakassay(&["sql", case.word(), query, "--json"]).ends_with(0).json();
    let person = found["person"].as_u64().unwrap().to_string();
    let one = leakassay(&["people", "why", case.word(), &person, "--json"]).ends_with(0).json();
    assert_eq!(one["schema"], "leakassay/people-why/1");
    let pair = &one["pairs"][0];
    assert!(pair["joined_by"].is_string() && pair["finding"] == "one person", "{pair}");
    let keys = pair["keys"].as_array().unwrap();
    assert!(
        keys.iter().any(|key| key["key"] == pair["joined_by"]),
        "the key that joined them is one they share: {pair}"
    );
    let bits = |part: &Value| part["bits"].as_f64().unwrap();
    let sum: f64 = pair["parts"].as_array().unwrap().iter().map(bits).sum();
    assert!((sum - pair["weight"].as_f64().unwrap()).abs() < 0.005, "the parts add up to the weight: {pair}");
    for address in one["people"][0]["addresses"].as_array().unwrap() {
        leakassay(&["show", case.word(), address.as_str().unwrap()]).ends_with(0);
    }
    let other = (found["person"].as_u64().unwrap() + 1).to_string();
    let two = leakassay(&["people", "why", case.word(), &person, &other]).ends_with(0).stdout;
    assert!(two.contains("bits above even odds") && two.contains("not joined"), "{two}");
    leakassay(&["people", "why", case.word(), &person, &person]).ends_with(2).says("next:");
    leakassay(&["people", "why", case.word(), "4000000000"]).ends_with(2).says("people.parquet");
    leakassay(&["people", "why", Case::empty().word(), "0"]).ends_with(2);
}

#[test]
fn what_the_user_decides_about_a_column_holds_everywhere() {
    let case = Case::of(&[("list.csv", hand_made_csv(300).as_bytes())]);
    let path = case.path("list.csv");
    let path = path.to_str().unwrap();
    let decided = |column: &str, element: &str| {
        format!("[[column]]\nfile = \"{path}\"\ncolumn = \"{column}\"\nelement = \"{element}\"\n")
    };
    let text = decided("mobile", "none") + &decided("#7", "account_number");
    case.add("decisions.toml", text.as_bytes());
    let decisions = case.path("decisions.toml");
    let words = ["scan", path, "--json", "-q", "--decisions", decisions.to_str().unwrap()];
    let json = leakassay(&words).ends_with(0).json();
    let columns = json["files"][0]["tables"][0]["columns"].as_array().unwrap();
    assert_eq!((&columns[4]["element"], &columns[4]["state"]), (&Value::Null, &Value::from("discarded")));
    assert_eq!((&columns[7]["element"], &columns[7]["state"]), (&"account_number".into(), &"report".into()));
    assert_eq!(columns[7]["reasons"], serde_json::json!(["decided by the user"]));
    assert_eq!(columns[7]["valid"], 300);
    // The rest is read as ever, and the same again.
    assert_eq!(columns[3]["element"], "ssn");
    assert_eq!(leakassay(&words).ends_with(0).json(), json);
    for (wrong, says) in [
        (decided("no_such_column", "ssn"), "no_such_column"),
        (decided("mobile", "no_such_element"), "line 4"),
        (decided("mobile", "ssn").replace("column =", "colum ="), "line"),
        ("not toml at all [".to_owned(), "decisions.toml"),
    ] {
        case.add("decisions.toml", wrong.as_bytes());
        leakassay(&words).ends_with(2).says(says);
    }
}

#[test]
fn a_case_replays_its_decisions() {
    let case = Case::of(&[("list.csv", hand_made_csv(300).as_bytes())]);
    let assessed = || {
        case.assess().ends_with(0);
        case.assessment()
    };
    let plain = assessed();
    let toml = fs::read_to_string(case.path("case.toml")).unwrap();
    let decision = "\n[[column]]\nfile = \"list.csv\"\ncolumn = \"mobile\"\nelement = \"none\"\n";
    case.add("case.toml", format!("{toml}{decision}").as_bytes());
    let decided = assessed();
    let phones = |assessment: &Value| {
        let elements = assessment["elements"].as_array().unwrap();
        elements.iter().filter(|element| element["element"] == "phone").count()
    };
    assert_eq!((phones(&plain), phones(&decided)), (1, 0));
    assert_ne!(plain["run"]["id"], decided["run"]["id"], "a decision makes another run");
    let column = &decided["evidence"][0]["tables"][0]["columns"][4];
    assert_eq!(column["reasons"], serde_json::json!(["decided by the user"]));
    assert_eq!(assessed(), decided);
}

#[test]
fn a_detector_is_proved_previewed_and_used() {
    const DETECTOR: &str = "name = 'ticket'\nelement = 'person_id'\ndescription = 'tickets'\npattern = 'TKX-[0-9]{5}'\n\
        [header]\nstrong = ['ticket key']\n[text]\nlabels = ['ticket']\nagainst = []\nbare = 'review'\n\
        [examples]\nvalid = ['TKX-12345']\ndamaged = ['TKX-1']\nheaders = ['ticket key']\ntext = ['ticket TKX-12345']\n\
        not_text = ['TKX-123456']\n";
    let rows: String = (0..200).map(|row| format!("p{row}@northwind.example,TKX-{}\n", 10_000 + row * 37)).collect();
    let text = "my ticket TKX-55555 is open\nTKX-12345678\n";
    let case =
        Case::of(&[("list.csv", format!("email,field\n{rows}").as_bytes()), ("notes.txt", text.repeat(9).as_bytes())]);
    case.add("mine/detectors/ticket.toml", DETECTOR.as_bytes());
    let mine = case.path("mine");
    let mine = mine.to_str().unwrap();
    leakassay(&["rules", "check", "--rulebook", mine]).ends_with(0);
    let preview = leakassay(&["rules", "preview", case.word(), "--rulebook", mine, "--json"]).ends_with(0);
    assert!(!preview.stdout.contains("TKX-"), "{}", preview.stdout);
    let rule = &preview.json()["rules"][0];
    assert_eq!((&rule["cells"], &rule["cells_passed"]), (&200.into(), &200.into()));
    assert_eq!(rule["columns"][0]["column"], "field");
    assert_eq!((&rule["text"]["formed"], &rule["text"]["reported"]), (&9.into(), &9.into()));
    assert_eq!(rule["examples"][0]["shape"], "AAA-99999");
    let address = rule["examples"][0]["address"].as_str().unwrap();
    assert_eq!(leakassay(&["show", case.word(), address]).ends_with(0).stdout.trim(), "a9@aaaaaaaaa.aaaaaaa,AAA-99999");
    let page = leakassay(&["rules", "preview", case.word(), "--rulebook", mine, "-q"]).ends_with(0).stdout;
    assert!(page.contains("200 of 200 values") && page.contains("precision cannot be told"), "{page}");
    // Used by the scan, and named.
    let list = case.path("list.csv");
    let findings = case.path("findings.jsonl");
    let notes = case.path("notes.txt");
    let words = ["scan", list.to_str().unwrap(), notes.to_str().unwrap(), "--rulebook", mine, "--json", "-q"];
    let json = leakassay(&[&words[..], &["--findings", findings.to_str().unwrap()]].concat()).ends_with(0).json();
    let column = &json["files"][0]["tables"][0]["columns"][1];
    assert_eq!((&column["element"], &column["state"]), (&"person_id".into(), &"report".into()));
    assert!(column["reasons"].to_string().contains("detector `ticket`"), "{column}");
    assert_eq!(fs::read_to_string(&findings).unwrap().matches("\"detector\":\"ticket\"").count(), 9);
    // What does not hold stops whoever would use it, with file and key.
    leakassay(&["rules", "preview", case.word(), "--rulebook", mine, "--rule", "tick"]).ends_with(2).says("`tick`");
    leakassay(&["rules", "preview", case.word()]).ends_with(2).says("docs/detectors.md");
    for (from, to, says) in [
        ("[0-9]{5}", "[0-9]{5", "pattern:"),
        ("patt", "pat", "line 4"),
        ("'ticket'\nel", "'ssn'\nel", "built-in"),
        ("damaged = ['TKX-1']", "", "damaged"),
        ("['TKX-12345']", "['TKX-1234x']", "examples.valid"),
    ] {
        case.add("mine/detectors/ticket.toml", DETECTOR.replace(from, to).as_bytes());
        for words in [&["rules", "check"][..], &["scan", notes.to_str().unwrap(), "-q"]] {
            leakassay(&[words, &["--rulebook", mine]].concat()).ends_with(2).says(says).says("detectors/ticket.toml");
        }
    }
    case.add("mine/detectors/ticket.toml", b"\xff\xfe");
    leakassay(&["rules", "check", "--rulebook", mine]).ends_with(2).says("detectors/ticket.toml");
}
