//! JSON lines and arrays.

use super::{Evidence, check, everything};
use intake::open::Limits;
use proptest::prelude::*;

#[test]
fn lines_with_growing_keys_in_any_order() {
    let text = "{\"id\":1,\"name\":{\"first\":\"Ann\",\"last\":\"L\\u00e9e\"}}\n\
                {\"name\":{\"last\":\"Diaz\",\"first\":\"Bo\"},\"id\":2,\"tags\":[\"a\",\"b\"]}\n\
                {\"id\":3.50,\"ok\":true,\"name\":null,\"city\":null}\n";
    let (file, all) = check("a.json", text.as_bytes());
    assert_eq!(file.format, "ndjson");
    let names: Vec<&str> = file.tables[0].columns.iter().map(|name| name.as_deref().unwrap_or("")).collect();
    assert_eq!(names, ["id", "name.first", "name.last", "tags.0", "tags.1", "ok", "name", "city"]);
    assert_eq!(all.cells()[0][..3], ["1", "Ann", "Lée"]);
    assert_eq!(all.cells()[1][..5], ["2", "Bo", "Diaz", "a", "b"]);
    assert_eq!(all.cells()[2][..6], ["3.50", "<null>", "<null>", "<null>", "<null>", "true"]);
    assert_eq!(all.totals.unplaced, 0);
}

#[test]
fn arrays_of_objects_pretty_printed() {
    let text = "[\n  {\n    \"id\": 1,\n    \"note\": \"a } b\"\n  },\n  {\n    \"id\": 2,\n    \"note\": \"\\\"q\\\"\"\n  }\n]\n";
    let (file, all) = check("a.json", text.as_bytes());
    assert_eq!(file.format, "json");
    assert_eq!(all.cells(), [["1", "a } b"], ["2", "\"q\""]]);
}

#[test]
fn an_array_inside_an_object() {
    let text = r#"{"status":"ok","data":[{"phone":"2065550101"},{"phone":"2065550102"}]}"#;
    let (_, all) = check("api.json", text.as_bytes());
    assert_eq!(all.cells(), [["2065550101"], ["2065550102"]]);
}

#[test]
fn broken_records_are_set_aside() {
    let text = "{\"a\":1}\n{\"a\":2\n{\"a\":tru}\n{\"a\":4}\n\n{\"a\":5} x\n{\"a\":6}\n{\"a\":7}\n{\"a\":8}\n{\"a\":9}\n{\"a\":10}\n{\"a\":11}\n{\"a\":12}\n{\"a\":13}\n{\"a\":14}\n{\"a\":15}\n{\"a\":16}\n";
    let (_, all) = check("b.json", text.as_bytes());
    assert_eq!(all.aside(), [("broken_record", 3)]);
    assert_eq!(all.totals.rows_parsed, 13);
}

#[test]
fn deep_nesting_is_set_aside_not_a_crash() {
    let deep = format!("{{\"a\":{}1{}}}\n", "[".repeat(100_000), "]".repeat(100_000));
    let text = format!("{{\"a\":1}}\n{{\"a\":2}}\n{{\"a\":3}}\n{{\"a\":4}}\n{{\"a\":5}}\n{deep}{{\"a\":6}}\n");
    let evidence = Evidence::new(&[("deep.json", text.as_bytes())]);
    let file = &evidence.survey(&Limits::default()).files[0];
    let all = everything(file, &Limits::default(), 2);
    assert_eq!(all.aside(), [("broken_record", 1)]);
    assert_eq!(all.totals.rows_parsed, 6);
}

#[test]
fn values_beyond_the_column_limit_are_counted() {
    let limits = Limits { columns: 2, ..Limits::default() };
    let evidence = Evidence::new(&[("w.json", b"{\"a\":1,\"b\":2,\"c\":3}\n{\"a\":1,\"b\":2,\"d\":3}\n")]);
    let file = &evidence.survey(&limits).files[0];
    let all = everything(file, &limits, 1);
    assert_eq!(all.totals.unplaced, 2);
    assert_eq!(all.cells(), [["1", "2"], ["1", "2"]]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Second method: serde_json reads the same strings.
    #[test]
    fn strings_are_those_of_serde_json(rows in prop::collection::vec(("\\PC{0,12}", "[ -~\n\t\u{1}\u{7f}😀é]{0,12}"), 1..10), chunk in 1usize..100) {
        let lines: Vec<String> =
            rows.iter().map(|(a, b)| serde_json::json!({"a": a, "b": {"c": b}}).to_string()).collect();
        let array: Vec<serde_json::Value> = rows.iter().map(|(a, b)| serde_json::json!({"a": a, "b": {"c": b}})).collect();
        let pretty = serde_json::to_string_pretty(&array).expect("JSON");
        let expected: Vec<Vec<String>> = rows.iter().map(|(a, b)| vec![a.clone(), b.clone()]).collect();
        for text in [lines.join("\n"), pretty] {
            let evidence = Evidence::new(&[("t.json", text.as_bytes())]);
            let file = &evidence.survey(&Limits::default()).files[0];
            let limits = Limits { chunk_bytes: chunk, ..Limits::default() };
            let all = everything(file, &limits, 2);
            prop_assert_eq!(all.cells(), expected.clone());
        }
    }
}

#[test]
fn exports_of_mongodb_and_elasticsearch() {
    let mongo = "{\"_id\":{\"$oid\":\"5f01\"},\"born\":{\"$date\":{\"$numberLong\":\"641520000000\"}},\"n\":{\"$numberLong\":\"2065550101\"}}\n{\"_id\":{\"$oid\":\"5f02\"},\"born\":{\"$date\":\"1990-05-01T00:00:00Z\"},\"n\":5}\n";
    let (file, all) = check("c.json", mongo.as_bytes());
    let names: Vec<_> = file.tables[0].columns.iter().flatten().map(String::as_str).collect();
    assert_eq!(names, ["_id", "born", "n"]);
    assert_eq!(all.cells(), [["5f01", "641520000000", "2065550101"], ["5f02", "1990-05-01T00:00:00Z", "5"]]);
    let hit = |i: u32| {
        format!("{{\"_index\":\"people\",\"_id\":\"{i}\",\"_source\":{{\"name\":\"Ann {i}\",\"tags\":[\"a\"]}}}}")
    };
    let dumped = format!("{}\n{}\n", hit(1), hit(2));
    let searched = format!("{{\"took\":3,\"hits\":{{\"total\":{{\"value\":2}},\"hits\":[{},{}]}}}}", hit(1), hit(2));
    for text in [dumped, searched] {
        let (file, all) = check("e.json", text.as_bytes());
        let names: Vec<_> = file.tables[0].columns.iter().flatten().map(String::as_str).collect();
        assert_eq!(names, ["_index", "_id", "name", "tags.0"]);
        assert_eq!(all.cells()[1], ["people", "2", "Ann 2", "a"]);
        assert_eq!(all.totals.rows_in, 2);
    }
    let bulk: String = (0..4).map(|i| format!("{{ \"index\" : {{ \"_index\" : \"people\", \"_id\" : \"{i}\" }} }}\n{{\"name\":\"Ann {i}\",\"index\":\"x\"}}\n")).collect();
    let (file, all) = check("b.ndjson", bulk.as_bytes());
    assert_eq!(file.tables[0].columns.len(), 2);
    assert_eq!((all.totals.rows_in, all.cells()[3].clone()), (4, vec!["Ann 3", "x"]));
}
