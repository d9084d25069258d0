//! Delimited text.

use super::check;

#[test]
fn a_plain_csv_with_header() {
    let (file, all) =
        check("a.csv", b"id,name,phone\n1,Ann Lee,2065550101\n2,Bo Diaz,2065550102\n3,Cy Orr,2065550103\n");
    assert_eq!(file.format, "delimited");
    assert!(file.tables[0].header);
    assert_eq!(file.tables[0].columns[1].as_deref(), Some("name"));
    assert_eq!(file.tables[0].rows_estimate, 3);
    assert_eq!(all.cells()[1], ["2", "Bo Diaz", "2065550102"]);
    assert_eq!(all.rows[0].1, 1);
    assert_eq!(all.rows[0].2, 14);
}

#[test]
fn pipes_without_header_in_latin_1() {
    let (file, all) = check("b.txt", b"1|Jos\xe9|WA\r\n2|Mu\xf1oz|OR\r\n3|Lee|CA\r\n");
    assert!(!file.tables[0].header);
    assert_eq!(all.cells(), [["1", "José", "WA"], ["2", "Muñoz", "OR"], ["3", "Lee", "CA"]]);
    assert_eq!(all.totals.replaced, 0);
}

#[test]
fn quotes_hold_delimiters_breaks_and_quotes() {
    let (_, all) =
        check("q.csv", b"id,note,zip\n1,\"a, b\",98101\n2,\"line\nbreak, \"\"so\"\"\",98102\n3,5\"11,98103\n");
    assert_eq!(all.cells(), [["1", "a, b", "98101"], ["2", "line\nbreak, \"so\"", "98102"], ["3", "5\"11", "98103"]]);
}

#[test]
fn an_unclosed_quote_costs_one_row() {
    let mut text = String::from("id,name,city\n");
    for row in 0..50 {
        let name = if row == 10 {
            "\"Ann"
        } else if row % 3 == 0 {
            "\"Bo, Jr\""
        } else {
            "Cy"
        };
        text.push_str(&format!("{row},{name},Kent\n"));
    }
    let (_, all) = check("u.csv", text.as_bytes());
    assert_eq!(all.aside(), [("unclosed_quote", 1)]);
    assert_eq!(all.rows.len(), 49);
    assert_eq!(all.rows[10].1, 12, "the row set aside keeps its number");
}

#[test]
fn ragged_rows_are_set_aside_and_counted() {
    let mut text = String::from("id,name,city\n");
    for row in 0..100 {
        text.push_str(&match row {
            7 => "7,Ann\n".to_owned(),
            8 => "8,Ann,Kent,extra\n".to_owned(),
            9 => "9,Ann,Kent,,\n".to_owned(),
            row => format!("{row},Bo,Kent\n"),
        });
    }
    let (_, all) = check("r.csv", text.as_bytes());
    assert_eq!(all.aside(), [("ragged_row", 2)]);
    assert_eq!(all.totals.rows_parsed, 98);
}
