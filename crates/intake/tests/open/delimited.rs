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

#[test]
fn lists_of_logins() {
    let passwords = ["pa:ss\"w,ord", "hunter2;x", "Tr0ub4dor&3", "qwerty|1", "aB3$ 9z", "'quoted", "back\\slash"];
    for delimiter in [":", ";", "|"] {
        let text: String =
            (0..70).map(|i| format!("ann.lee{i}@example.com{delimiter}{}\n", passwords[i % 7])).collect();
        let (file, all) = check("combo.txt", text.as_bytes());
        let names: Vec<_> = file.tables[0].columns.iter().map(Option::as_deref).collect();
        assert_eq!(names, [Some("email"), Some("password")], "{delimiter}");
        assert!(!file.tables[0].header);
        assert_eq!(all.totals.rows_set_aside, 0);
        for (i, row) in all.cells().iter().enumerate() {
            assert_eq!(row[1], passwords[i % 7]);
        }
    }
    let sites = [
        "https://shop.example/login",
        "http://intra.example:8080/a?b=c",
        "https://mail.example:8443",
        "android://hash==@com.app/",
    ];
    let text: String = (0..40).map(|i| format!("{}:ann{i}:{}\r\n", sites[i % 4], passwords[i % 7])).collect();
    let (file, all) = check("ulp.txt", text.as_bytes());
    let names: Vec<_> = file.tables[0].columns.iter().map(Option::as_deref).collect();
    assert_eq!(names, [Some("url"), Some("username"), Some("password")]);
    assert_eq!(all.cells()[1], ["http://intra.example:8080/a?b=c", "ann1", passwords[1]]);
    assert_eq!(all.cells()[2], ["https://mail.example:8443", "ann2", passwords[2]]);
    assert_eq!(all.cells()[3][0], "android://hash==@com.app/");
    // An odd line is set aside; more cells than two are a table.
    let odd =
        "no login here\n".to_owned() + &(0..40).map(|i| format!("a{i}@example.com:s3cret{i}\n")).collect::<String>();
    let (_, all) = check("odd.txt", odd.as_bytes());
    assert_eq!(all.aside(), [("ragged_row", 1)]);
    let table: String = (0..40).map(|i| format!("a{i}@example.com:203.0.113.{i}:s3cret{i}\n")).collect();
    let (file, _) = check("table.txt", table.as_bytes());
    assert_eq!(file.tables[0].columns.len(), 3);
    let names: String = (0..40).map(|i| format!("a{i}@example.com;{}\n", ["Smith", "Lee", "Diaz"][i % 3])).collect();
    let (file, _) = check("names.txt", names.as_bytes());
    assert_eq!(file.tables[0].columns, [None, None], "what follows a login need not be a password");
}

#[test]
fn rows_of_two_encodings() {
    let mut text = b"id;name;city\n".to_vec();
    for i in 0..60 {
        text.extend(format!("{i};").as_bytes());
        if i % 4 == 3 {
            text.extend(encoding_rs::WINDOWS_1251.encode("Иван Петров;Москва").0.iter());
        } else {
            text.extend("Zoë Müller;Köln".as_bytes());
        }
        text.push(b'\n');
    }
    let (file, all) = check("mixed.csv", &text);
    assert_eq!(file.encodings, ["utf-8+windows-1251"]);
    assert_eq!(all.cells()[0], ["0", "Zoë Müller", "Köln"]);
    assert_eq!(all.cells()[3], ["3", "Иван Петров", "Москва"]);
    assert_eq!(all.totals.replaced, 0);
    let russian = (0..40).map(|i| format!("{i};Мария Иванова;Санкт-Петербург\n")).collect::<String>();
    let (file, all) = check("r.csv", &encoding_rs::WINDOWS_1251.encode(&russian).0);
    assert_eq!(file.encodings, ["windows-1251"]);
    assert_eq!(all.cells()[7], ["7", "Мария Иванова", "Санкт-Петербург"]);
}
