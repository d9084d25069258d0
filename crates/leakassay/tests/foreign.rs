//! Files that no part of this program made: other headers, other countries, other orders, other people's habits.

use serde_json::Value;

use crate::session::{Case, hand_made, leakassay};

/// Scans one file and returns the elements of the columns of its first table, as reported.
fn typed(name: &str, bytes: &[u8]) -> (Vec<Option<String>>, Value) {
    let case = Case::of(&[(name, bytes)]);
    let path = case.path(name);
    let json = leakassay(&["scan", path.to_str().unwrap(), "--json", "-q"]).ends_with(0).json();
    let columns = json["files"][0]["tables"][0]["columns"].as_array().unwrap_or_else(|| panic!("{json:#}"));
    let reported = columns
        .iter()
        .map(|column| column["element"].as_str().filter(|_| column["state"] == "report").map(str::to_owned));
    (reported.collect(), json)
}

/// Checks the typing of a table against what its columns are; `-` is a column without personal data.
#[track_caller]
fn check(name: &str, text: &str, expected: &str) {
    let (found, json) = typed(name, text.as_bytes());
    let found: Vec<&str> = found.iter().map(|element| element.as_deref().unwrap_or("-")).collect();
    assert_eq!(found.join(" "), expected, "{json:#}");
}

/// People in another order, under the headers of another company.
#[test]
fn headers_of_another_company() {
    let mut text = String::from("cust_zip;tax id;lname;tel_mobile;birthdt;fname;seq;plan\n");
    for (index, [given, surname, dob, ssn, phone, .., zip]) in hand_made(400).iter().enumerate() {
        let plan = ["Gold", "Silver", "Basic"][index % 3];
        text.push_str(&format!("{zip};{ssn};{surname};{phone};{dob};{given};{index};{plan}\n"));
    }
    check("export.csv", &text, "zip ssn surname phone dob given_name - -");
}

#[test]
fn no_header_and_tabs() {
    let mut text = String::new();
    for (index, [given, surname, dob, ssn, ..]) in hand_made(400).iter().enumerate() {
        text.push_str(&format!("{}\t{surname}\t{given}\t{ssn}\t{dob}\n", 90_000 + index));
    }
    let (found, json) = typed("export.txt", text.as_bytes());
    let found: Vec<&str> = found.iter().skip(1).map(|element| element.as_deref().unwrap_or("-")).collect();
    assert_eq!(found, ["surname", "given_name", "ssn", "dob"], "{json:#}");
    assert_eq!(json["files"][0]["rows_in"], 400, "the first row is no header: {json:#}");
}

#[test]
fn german_headers_dates_and_telephones() {
    const GIVEN: [&str; 8] = ["Jürgen", "Anneliese", "Björn", "Käthe", "Wolfgang", "Heike", "Günther", "Silke"];
    const SURNAME: [&str; 7] = ["Müller", "Schäfer", "Weiß", "Krüger", "Hoffmann", "Köhler", "Vogel"];
    let mut text = String::from("Kundennr;Vorname;Nachname;Geburtsdatum;E-Mail;Telefon;Betrag\n");
    for index in 0..400_usize {
        let (given, surname) = (GIVEN[index % 8], SURNAME[index % 7]);
        text.push_str(&format!(
            "K{:07};{given};{surname};{:02}.{:02}.{};kunde{index}@beispiel.example;+49 30 {:08};{},{:02}\n",
            index * 7919 % 9_999_999,
            1 + index * 11 % 28,
            1 + index * 5 % 12,
            1940 + index * 7 % 65,
            20_000_000 + index * 104_729 % 79_999_999,
            index * 13 % 900,
            index * 7 % 100
        ));
    }
    let (found, json) = typed("kunden.csv", text.as_bytes());
    let found: Vec<&str> = found.iter().map(|element| element.as_deref().unwrap_or("-")).collect();
    assert_eq!(&found[1..], ["given_name", "surname", "dob", "email", "phone", "-"], "{json:#}");
    assert_ne!(found[0], "ssn", "{json:#}");
}

#[test]
fn latin1_names_are_read_as_their_letters() {
    let mut bytes = b"nombre|apellido|correo\n".to_vec();
    let names = [
        (&b"Jos\xe9"[..], &b"Mu\xf1oz"[..]),
        (b"Mar\xeda", b"P\xe9rez"),
        (b"\xc1ngel", b"G\xf3mez"),
        (b"Luc\xeda", b"Ib\xe1\xf1ez"),
    ];
    for index in 0..300_usize {
        let (given, surname) = names[index % names.len()];
        bytes.extend(given);
        bytes.push(b'|');
        bytes.extend(surname);
        bytes.extend(format!("|cliente{index}@ejemplo.example\n").into_bytes());
    }
    let (found, json) = typed("clientes.txt", &bytes);
    assert_eq!(found, [Some("given_name".into()), Some("surname".into()), Some("email".into())], "{json:#}");
    assert_eq!(json["files"][0]["rows_set_aside"], 0, "{json:#}");
}

/// A table of things, full of numbers that look like identifiers: nothing in it is about a person.
#[test]
fn a_table_of_things_is_no_personal_data() {
    let mut text = String::from("sku,batch,weight_g,price,stock,updated,ean,description\n");
    for index in 0..500_usize {
        text.push_str(&format!(
            "{:09},{:06},{},{}.{:02},{},2026-{:02}-{:02},{:013},part no {index}\n",
            100_000_007 + index * 1_299_709 % 899_999_993,
            index * 733 % 999_999,
            10 + index * 7 % 5000,
            index % 300,
            index * 3 % 100,
            index * 17 % 1000,
            1 + index % 12,
            1 + index % 28,
            4_006_381_000_000_u64 + index as u64 * 137
        ));
    }
    let (found, json) = typed("stock.csv", text.as_bytes());
    assert!(found.iter().all(Option::is_none), "{json:#}");
}

#[test]
fn people_in_two_files_of_other_forms_are_counted_once() {
    let people = hand_made(600);
    let mut first = String::from("SSN,Full Name,Date of Birth,Phone\n");
    let mut second = String::from("{}\n").replace("{}\n", "");
    for [given, surname, dob, ssn, phone, ..] in &people[..400] {
        let (year, rest) = dob.split_once('-').unwrap();
        let (month, day) = rest.split_once('-').unwrap();
        first.push_str(&format!("{ssn},\"{surname}, {given}\",{month}/{day}/{year},{phone}\n"));
    }
    for [given, surname, dob, ssn, phone, ..] in &people[300..] {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        second.push_str(&format!(
            "{{\"ssn\":\"{}\",\"first\":\"{}\",\"last\":\"{}\",\"dob\":\"{dob}\",\"msisdn\":\"1{}\"}}\n",
            digits(ssn),
            given.to_uppercase(),
            surname.to_uppercase(),
            digits(phone)
        ));
    }
    let case = Case::of(&[("crm.csv", first.as_bytes()), ("app.ndjson", second.as_bytes())]);
    let paths = [case.path("crm.csv"), case.path("app.ndjson")];
    let words = ["people", paths[0].to_str().unwrap(), paths[1].to_str().unwrap(), "--json", "-q"];
    let json = leakassay(&words).ends_with(0).json();
    assert_eq!(json["rows"], 700, "{json}");
    let likely = json["people"]["likely"].as_u64().unwrap();
    assert!((597..=603).contains(&likely), "600 people are in the files: {json}");
}

/// Two people who share a household, a surname, a birthday and a telephone are two.
#[test]
fn twins_are_two_and_a_typing_error_is_none() {
    let mut text = String::from("first_name,last_name,dob,ssn,phone,street,zip\n");
    for (index, [given, surname, dob, ssn, phone, street, _, zip]) in hand_made(200).iter().enumerate() {
        let twin_ssn = format!("{}{:04}", &ssn[..7], 1000 + (index * 53 + 17) % 8999);
        text.push_str(&format!("{given},{surname},{dob},{ssn},{phone},{street},{zip}\n"));
        text.push_str(&format!("Bartholomew,{surname},{dob},{twin_ssn},{phone},{street},{zip}\n"));
        // The first again, with a letter missing.
        text.push_str(&format!("{},{surname},{dob},{ssn},{phone},{street},{zip}\n", &given[..given.len() - 1]));
    }
    let case = Case::of(&[("list.csv", text.as_bytes())]);
    let path = case.path("list.csv");
    let json = leakassay(&["people", path.to_str().unwrap(), "--json", "-q"]).ends_with(0).json();
    let likely = json["people"]["likely"].as_u64().unwrap();
    assert!((396..=404).contains(&likely), "400 people in 600 rows: {json}");
}

#[test]
fn numbers_in_a_letter_are_found_where_they_stand() {
    let letter = "Dear sir,\nthe SSN of the account holder is 518-11-2001, his telephone is (208) 234-1000 and\n\
                  his mail is m.alvarez@northwindmail.net. Order 123456789 was sent on 2026-08-01.\n";
    let case = Case::of(&[("letter.txt", letter.as_bytes())]);
    let (path, out) = (case.path("letter.txt"), case.path("findings.jsonl"));
    let words = ["scan", path.to_str().unwrap(), "--json", "-q", "--findings", out.to_str().unwrap()];
    let json = leakassay(&words).ends_with(0).json();
    let text = &json["files"][0]["text"];
    assert_eq!((&text["ssn"], &text["phone"], &text["email"]), (&1.into(), &1.into(), &1.into()), "{json:#}");
    let findings: Vec<Value> =
        std::fs::read_to_string(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ssn = findings.iter().find(|finding| finding["element"] == "ssn").unwrap();
    let stretch = &letter[ssn["start"].as_u64().unwrap() as usize..ssn["end"].as_u64().unwrap() as usize];
    assert_eq!(stretch, "518-11-2001");
}
