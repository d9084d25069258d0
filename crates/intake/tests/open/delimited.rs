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

/// A text of lines made from their numbers.
fn lines(count: usize, line: impl Fn(usize) -> String) -> Vec<u8> {
    (1..=count).map(|at| line(at) + "\n").collect::<String>().into_bytes()
}

#[test]
fn logs_settings_and_sentences_are_no_tables() {
    let texts: [Vec<u8>; 9] = [
        lines(40, |n| {
            format!("2023-05-{:02} 09:12:{:02},3{n:02} WARN [pool-{n}] worker: done, {n} ms, left {n}", n % 28 + 1, n)
        }),
        lines(40, |n| format!("May  4 11:07:{n:02} gate7 kernel[{n}]: port opened by someone: 7: closing")),
        lines(40, |n| format!("[05.14 10:0{}:5{}] app.exe - host{n}.net:443 closed, {n} bytes", n % 10, n % 10)),
        lines(12, |n| format!("2023-05-04T10:00:{n:02}Z api {{\"id\":{n},\"mail\":\"a{n}@mail.net\"}}")),
        lines(20, |n| format!("('Ann Lee','x{n}','y{n}'),")),
        lines(20, |n| format!("allow 10.20.30.{n};")),
        lines(9, |n| format!("HOST_{n}=10.20.30.{n}")),
        b"service:\n  owner: ann@mail.net\n  peers: [10.2.3.4, 10.2.3.5]\n  port: 8080\nlog: yes\n".to_vec(),
        b"If it breaks, call Ann, then wait, please.\n".to_vec(),
    ];
    for text in texts {
        let (file, _) = check("a.txt", &text);
        assert_eq!(file.format, "text", "{}", String::from_utf8_lossy(&text[..text.len().min(80)]));
    }
}

#[test]
fn what_is_a_table_stays_one() {
    let colons =
        |n: usize| format!("user{n}:Ann Lee:a{n}@mail.net:2019-03-0{} 10:12:1{}:10.20.30.{n}", n % 9 + 1, n % 10);
    let spaced = |n: usize| format!("{n}, Ann Lee, {n} Elm Street, Kent, 9810{}", n % 10);
    let brackets = |n: usize| format!("{n},Ann Lee (home),(206) 555-01{n:02},x[{n}]");
    for (text, columns) in [(lines(40, colons), 7), (lines(40, spaced), 5), (lines(40, brackets), 4)] {
        let (file, _) = check("a.txt", &text);
        assert_eq!((file.format.as_str(), file.tables[0].columns.len()), ("delimited", columns));
    }
}

#[test]
fn quotes_count_where_every_row_has_a_delimiter_inside() {
    let (file, all) = check("a.csv", &lines(30, |n| format!("{n},\"Orr, Cy{n}\",98{n:03}")));
    assert_eq!(file.tables[0].columns.len(), 3);
    assert_eq!(all.cells()[4], ["5", "Orr, Cy5", "98005"]);
    let (file, _) = check("b.csv", &lines(30, |n| format!("\"{n} Elm St; Apt {n}\";Cy Orr;x{n}")));
    assert_eq!(file.tables[0].columns.len(), 3);
    // Inches are no quotes.
    let (file, _) = check("c.csv", &lines(30, |n| format!("{n},\"5,7{n}")));
    assert_eq!(file.tables[0].columns.len(), 3);
}

#[test]
fn names_joined_by_capitals_are_a_header_and_an_address_is_none() {
    let (file, _) = check(
        "a.csv",
        &lines(30, |n| if n == 1 { "tel;PlanHolder".into() } else { format!("0182 70618{n:02};Cy Orr") }),
    );
    assert_eq!(file.tables[0].columns[1].as_deref(), Some("PlanHolder"));
    let (file, _) = check("b.csv", &lines(30, |n| format!("name{n},a{n}@mail.net")));
    assert!(!file.tables[0].header);
}
