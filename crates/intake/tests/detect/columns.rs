//! Column typing on tables of many shapes, with header, with a lying one, and without.

use intake::detect::{Role, TableTyping, type_columns, values};
use intake::open::{Cell, RowBlock};
use vocab::DataElement;
use vocab::assessment::FindingState;

use super::{IDS, Numbers};

/// A table as rows of cells.
pub(crate) fn block(rows: &[Vec<String>]) -> RowBlock {
    let mut block = RowBlock { columns: rows[0].len(), ..RowBlock::default() };
    for (at, row) in rows.iter().enumerate() {
        for cell in row {
            block.cells.push(Cell { start: block.bytes.len() as u32, length: cell.len() as u32 });
            block.bytes.extend_from_slice(cell.as_bytes());
        }
        block.ordinals.push(at as u32);
        block.offsets.push(0);
        block.rows_met += 1;
    }
    block
}

pub(super) const GIVEN: &[&str] = &[
    "Mary", "James", "Linda", "Robert", "Patricia", "Michael", "Susan", "David", "Karen", "Daniel", "Nancy", "Paul",
    "Betty", "Mark", "Sandra", "Steven", "Ashley", "Brian", "Emily", "Kevin",
];
pub(super) const SURNAMES: &[&str] = &[
    "Smith",
    "Johnson",
    "Nguyen",
    "Garcia",
    "Rodriguez",
    "Hernandez",
    "Kowalski",
    "Schmidt",
    "Petersen",
    "Gallagher",
    "Whitaker",
    "Delgado",
    "Ramirez",
    "Sullivan",
    "Fitzgerald",
    "Castillo",
    "Patel",
    "Yamamoto",
    "Olson",
    "McCarthy",
];
/// City, state, ZIP code.
const PLACES: &[(&str, &str, &str)] = &[
    ("Seattle", "WA", "98101"),
    ("Boston", "MA", "02108"),
    ("Miami", "FL", "33101"),
    ("Dallas", "TX", "75201"),
    ("Denver", "CO", "80202"),
    ("Portland", "OR", "97201"),
    ("Chicago", "IL", "60601"),
    ("Albany", "NY", "12203"),
    ("Fresno", "CA", "93701"),
    ("Atlanta", "GA", "30301"),
];
const AREAS: &[&str] = &["206", "617", "305", "214", "303", "503", "312", "518", "559", "404"];

pub(crate) fn ssn(numbers: &mut Numbers) -> String {
    loop {
        let area = numbers.within(1, 772);
        if area != 666 {
            return format!("{area:03}{:02}{:04}", numbers.within(1, 99), numbers.within(1, 9999));
        }
    }
}

pub(crate) fn phone(numbers: &mut Numbers) -> String {
    format!("{}{}{}", numbers.of(AREAS), numbers.within(212, 298), numbers.digits(4))
}

pub(crate) fn imei(numbers: &mut Numbers) -> String {
    let body = format!("{}{}", numbers.of(&["35", "35", "35", "01", "86"]), numbers.digits(12));
    format!("{body}{}", values::luhn_digit(body.as_bytes()))
}

fn license(numbers: &mut Numbers, state: &str) -> String {
    match state {
        "FL" | "IL" => format!("{}{}", numbers.of(&["A", "C", "S"]), numbers.digits(12)),
        "CA" => format!("D{}", numbers.digits(7)),
        "WA" => format!("WDL{}", numbers.digits(9)),
        "TX" | "OR" => format!("{}{}", numbers.within(1, 9), numbers.digits(7)),
        _ => format!("{}{}", numbers.within(1, 9), numbers.digits(8)),
    }
}

#[track_caller]
pub(super) fn check(headers: &[&str], rows: &[Vec<String>], expected: &[Option<&str>]) -> TableTyping {
    let headers: Vec<Option<String>> = if headers.is_empty() {
        vec![None; rows[0].len()]
    } else {
        headers.iter().map(|header| Some((*header).to_owned())).collect()
    };
    let typing = type_columns(&IDS, &headers, &block(rows));
    let got: Vec<Option<&str>> =
        typing.columns.iter().map(|column| column.reported().map(DataElement::as_str)).collect();
    assert_eq!(got, expected, "{:#?}", typing.columns);
    typing
}

fn customers(count: usize) -> Vec<Vec<String>> {
    let mut numbers = Numbers::new(1);
    (0..count)
        .map(|_| {
            let (city, state, zip) = PLACES[numbers.below(10) as usize];
            let issued = PLACES[if numbers.below(10) == 0 {
                numbers.below(10) as usize
            } else {
                PLACES.iter().position(|place| place.1 == state).unwrap()
            }]
            .1;
            vec![
                numbers.of(GIVEN).to_owned(),
                numbers.of(SURNAMES).to_owned(),
                format!("{}-{:02}-{:02}", numbers.within(1935, 2004), numbers.within(1, 12), numbers.within(1, 28)),
                ssn(&mut numbers),
                format!(
                    "{} {} {}",
                    numbers.within(1, 9999),
                    numbers.of(&["Oak", "Main", "Cedar", "Lake"]),
                    numbers.of(&["St", "Ave", "Rd"])
                ),
                city.to_owned(),
                state.to_owned(),
                zip.to_owned(),
                phone(&mut numbers),
                license(&mut numbers, issued),
                issued.to_owned(),
            ]
        })
        .collect()
}

const CUSTOMER_ELEMENTS: [Option<&str>; 11] = [
    Some("given_name"),
    Some("surname"),
    Some("dob"),
    Some("ssn"),
    Some("address"),
    Some("city"),
    Some("state"),
    Some("zip"),
    Some("phone"),
    Some("driver_license"),
    Some("state"),
];

#[test]
fn customers_with_a_header() {
    let headers = ["FNAME", "LNAME", "BIRTH_DT", "SSN", "ADDR1", "CITY", "ST", "ZIP", "HOME_PHONE", "DL_NBR", "DL_ST"];
    let typing = check(&headers, &customers(300), &CUSTOMER_ELEMENTS);
    assert_eq!(typing.columns[10].role, Role::LicenseState);
    assert_eq!(typing.columns[6].role, Role::AddressState);
    assert_eq!(typing.columns[9].license_state, Some(10));
}

#[test]
fn customers_without_header() {
    let typing = check(&[], &customers(300), &CUSTOMER_ELEMENTS);
    assert_eq!((typing.columns[6].role, typing.columns[10].role), (Role::AddressState, Role::LicenseState));
}

#[test]
fn headers_that_lie_are_overruled_by_values() {
    let mut numbers = Numbers::new(2);
    let rows: Vec<Vec<String>> = (0..400)
        .map(|_| {
            let tracking = numbers.within(100_000_000, 999_999_999).to_string();
            vec![
                ssn(&mut numbers),
                tracking,
                imei(&mut numbers),
                phone(&mut numbers),
                format!("{} {}", numbers.of(GIVEN), numbers.of(SURNAMES)),
            ]
        })
        .collect();
    check(
        &["id", "tracking_number", "value", "code", "name"],
        &rows,
        &[Some("ssn"), None, Some("imei"), Some("phone"), Some("name")],
    );
}

#[test]
fn prepaid_with_pin_and_without_header() {
    let mut numbers = Numbers::new(4);
    let rows: Vec<Vec<String>> = (0..400)
        .map(|_| {
            let name = format!("{}, {} {}", numbers.of(SURNAMES), numbers.of(GIVEN), numbers.of(&["A", "M", "J", ""]))
                .to_uppercase();
            let pin = if numbers.below(8) == 0 {
                numbers.of(&["1234", "0000", "1111"]).to_owned()
            } else {
                numbers.digits(4)
            };
            vec![name.trim().to_owned(), phone(&mut numbers), pin]
        })
        .collect();
    check(&[], &rows, &[Some("name"), Some("phone"), Some("account_pin")]);
    check(&["NAME", "MSISDN", "PIN"], &rows, &[Some("name"), Some("phone"), Some("account_pin")]);
}

#[test]
fn devices_without_header_from_fifty_rows() {
    let mut numbers = Numbers::new(6);
    let rows: Vec<Vec<String>> = (0..50)
        .map(|_| {
            let iccid = format!("8901260{}", numbers.digits(12));
            vec![phone(&mut numbers), imei(&mut numbers), format!("310260{}", numbers.digits(9)), iccid]
        })
        .collect();
    check(&[], &rows, &[Some("phone"), Some("imei"), Some("imsi"), Some("iccid")]);
}

/// What a table without header is read as, with whether it is reported or put to review.
fn read(rows: &[Vec<String>]) -> Vec<Option<(&'static str, FindingState)>> {
    let typing = type_columns(&IDS, &vec![None; rows[0].len()], &block(rows));
    let seen = |state: &FindingState| *state != FindingState::Discarded;
    let told = |column: &intake::detect::ColumnTyping| Some((column.element?.as_str(), column.state));
    typing.columns.iter().map(|column| told(column).filter(|(_, state)| seen(state))).collect()
}

fn some_of(numbers: &mut Numbers, signs: &[&str], count: usize) -> String {
    (0..count).map(|_| numbers.of(signs)).collect()
}

#[test]
fn the_brand_of_a_card_says_what_stands_beside_it() {
    let mut numbers = Numbers::new(16);
    let mut rows = |brands: &[&str]| -> Vec<Vec<String>> {
        let mut row = || {
            let month = numbers.of(&["Jan", "May", "Sep", "Dec"]);
            vec![
                numbers.of(GIVEN).to_owned(),
                numbers.of(SURNAMES).to_owned(),
                numbers.of(brands).to_owned(),
                // What a spreadsheet left of it.
                format!("5.{}E+15", numbers.digits(5)),
                numbers.digits(3),
                format!("{month}-{}", numbers.within(24, 29)),
            ]
        };
        (0..100).map(|_| row()).collect()
    };
    let cards = read(&rows(&["Visa", "MasterCard", "amex"]));
    let reported = |element| Some((element, FindingState::Report));
    assert_eq!((cards[4], cards[5]), (reported("card_cvv"), reported("card_expiry")));
    let grades = read(&rows(&["Bronze", "Silver", "Gold"]));
    assert_eq!((grades[4], grades[5]), (None, None));
    let mut sales = rows(&["Visa", "MasterCard", "amex"]);
    sales.iter_mut().for_each(|row| drop(row.remove(3)));
    let sales = read(&sales);
    assert_eq!((sales[3], sales[4]), (None, None), "amounts and dates beside how they were paid");
}

#[test]
fn forms_that_hardly_anything_else_has_need_no_header() {
    let mut numbers = Numbers::new(17);
    let (letters, bases) = (["A", "B", "K", "T", "X"], ["A", "C", "G", "T"]);
    let base58 = ["1", "7", "a", "Z", "k", "Q", "w"];
    let mut row = || {
        let plate = some_of(&mut numbers, &letters, 2) + &numbers.digits(2) + &some_of(&mut numbers, &letters, 3);
        let part = format!("EMP{}", numbers.digits(3));
        let number = format!("({}) 555-{}", numbers.of(&["100", "206", "039"]), numbers.digits(4));
        vec![
            numbers.of(GIVEN).to_owned(),
            numbers.of(SURNAMES).to_owned(),
            some_of(&mut numbers, &bases, 12),
            plate,
            part,
            numbers.of(&["1", "3"]).to_owned() + &some_of(&mut numbers, &base58, 32),
            if numbers.below(2) == 0 { format!("{number} x{}", numbers.digits(4)) } else { number },
        ]
    };
    let rows: Vec<Vec<String>> = (0..200).map(|_| row()).collect();
    let read = read(&rows);
    assert_eq!(read[2], Some(("genetic", FindingState::Report)));
    assert_eq!(read[3], Some(("license_plate", FindingState::Review)));
    assert!(read[4].is_none_or(|(element, _)| element != "license_plate"), "all begin alike");
    assert_eq!(read[5], Some(("crypto_address", FindingState::Review)), "their check fails");
    assert_eq!(read[6], Some(("phone", FindingState::Report)), "half of them cannot be dialled");
}

#[test]
fn a_second_column_of_surnames_is_put_to_review() {
    let mut numbers = Numbers::new(18);
    let mut row = || {
        let name = [numbers.of(GIVEN), numbers.of(SURNAMES)].map(str::to_owned);
        let email = format!("{}{}@example.com", name[0].to_lowercase(), numbers.digits(3));
        let rest = [phone(&mut numbers), email, numbers.of(SURNAMES).to_owned()];
        [&name[..], &rest[..]].concat()
    };
    let rows: Vec<Vec<String>> = (0..200).map(|_| row()).collect();
    let read = read(&rows);
    assert_eq!(read[1], Some(("surname", FindingState::Report)));
    assert_eq!(read[4], Some(("mothers_maiden_name", FindingState::Review)));
}

#[test]
fn tables_of_other_countries() {
    let mut numbers = Numbers::new(8);
    let rows: Vec<Vec<String>> = (0..200)
        .map(|_| {
            vec![
                numbers.of(&["Jürgen", "Anna", "Heike", "Uwe", "Sabine", "Karl", "Ingrid", "Lukas"]).to_owned(),
                numbers.of(&["Müller", "Schmidt", "Weiß", "Köhler", "Fischer", "Hartmann", "Zimmermann"]).to_owned(),
                format!("{:02}.{:02}.{}", numbers.within(1, 28), numbers.within(1, 12), numbers.within(1940, 2004)),
                format!(
                    "{} {}",
                    numbers.of(&["Hauptstraße", "Lindenweg", "Bahnhofstr.", "Am Ring"]),
                    numbers.within(1, 120)
                ),
                numbers.within(10115, 99998).to_string(),
                numbers.of(&["Berlin", "Köln", "München", "Leipzig", "Bremen", "Kassel"]).to_owned(),
                format!("0{} {}", numbers.within(30, 8999), numbers.within(100_000, 9_999_999)),
            ]
        })
        .collect();
    let headers = ["Vorname", "Nachname", "Geburtsdatum", "Straße", "PLZ", "Ort", "Telefon"];
    let expected =
        [Some("given_name"), Some("surname"), Some("dob"), Some("address"), Some("zip"), Some("city"), Some("phone")];
    let typing = check(&headers, &rows, &expected);
    assert_eq!(typing.columns[2].date_order, values::DateOrder::DayFirst);
}

#[test]
fn business_tables_hold_no_element() {
    let mut numbers = Numbers::new(9);
    let rows: Vec<Vec<String>> = (0..400)
        .map(|row| {
            vec![
                (500_000 + row).to_string(),
                format!("2026-{:02}-{:02}", numbers.within(1, 12), numbers.within(1, 28)),
                format!("2026-01-{:02} {:02}:{:02}:11", numbers.within(1, 28), numbers.below(24), numbers.below(60)),
                format!("{}.{:02}", numbers.below(900), numbers.below(100)),
                numbers.of(&["shipped", "open", "cancelled"]).to_owned(),
                numbers.within(1, 9).to_string(),
                numbers.of(&["GOLD", "SILVER", "BASIC-5"]).to_owned(),
                format!(
                    "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
                    numbers.below(1 << 32),
                    numbers.below(1 << 16),
                    numbers.below(1 << 12),
                    numbers.below(1 << 12),
                    numbers.below(1 << 48)
                ),
                format!("{:016x}{:016x}", numbers.next(), numbers.next()),
                (1_700_000_000 + numbers.below(9_999_999)).to_string(),
                numbers.within(1_000_000_000, 9_999_999_999).to_string(),
                numbers.within(100_000_000, 999_999_999).to_string(),
                numbers.digits(15),
                numbers.digits(16),
                format!("{}.{}.{}.{}", numbers.below(5), numbers.below(20), numbers.below(10), numbers.below(10)),
                numbers.of(&["S", "M", "L", "XL"]).to_owned(),
                numbers.of(&["Red Mug", "Blue Shirt", "USB Cable", "Desk Lamp"]).to_owned(),
                numbers.of(&["Y", "N"]).to_owned(),
            ]
        })
        .collect();
    let headers = [
        "order_id",
        "order_date",
        "created_at",
        "price",
        "status",
        "quantity",
        "plan_code",
        "uuid",
        "row_hash",
        "epoch",
        "invoice",
        "batch",
        "n15",
        "n16",
        "version",
        "size",
        "product",
        "flag",
    ];
    check(&headers, &rows, &[None; 18]);
    check(&[], &rows, &[None; 18]);
}

#[test]
fn probabilities_and_reasons_are_given() {
    let typing = type_columns(&IDS, &[], &block(&customers(200)));
    for column in &typing.columns {
        assert!((0.0..=1.0).contains(&column.probability));
        assert!(!column.reasons.is_empty());
        assert_eq!(column.state == FindingState::Report, column.reported().is_some());
    }
    // Nobody's values may stand in the reasons.
    let text = format!("{:?}", typing.columns.iter().map(|column| &column.reasons).collect::<Vec<_>>());
    assert!(!text.contains("Seattle") && !text.contains("Smith"));
}

#[test]
fn an_empty_table_and_empty_columns_are_no_elements() {
    check(&["ssn", "name"], &vec![vec![String::new(), "NULL".to_owned()]; 5], &[None, None]);
    let none = type_columns(&IDS, &[], &RowBlock { columns: 3, ..RowBlock::default() });
    assert!(none.columns.iter().all(|column| column.element.is_none()));
}

#[test]
fn a_state_beside_a_licence_and_far_from_any_address_issued_it() {
    let keep = [0, 1, 2, 3, 9, 10];
    let mut numbers = Numbers::new(14);
    let rows: Vec<Vec<String>> = customers(300)
        .into_iter()
        .map(|row| {
            let mut row: Vec<String> = keep.iter().map(|at| row[*at].clone()).collect();
            row.push(format!("2021{:02}{:02}", numbers.within(1, 12), numbers.within(1, 28)));
            row
        })
        .collect();
    let expected =
        [Some("given_name"), Some("surname"), Some("dob"), Some("ssn"), Some("driver_license"), Some("state"), None];
    let typing = check(&[], &rows, &expected);
    assert_eq!(typing.columns[5].role, Role::LicenseState);
}

#[test]
fn dates_that_nobody_was_born_on_are_no_births() {
    let mut numbers = Numbers::new(15);
    let rows: Vec<Vec<String>> = (0..300)
        .map(|_| {
            let released =
                format!("{}-{:02}-{:02}", numbers.within(1955, 2025), numbers.within(1, 12), numbers.within(1, 28));
            vec![numbers.of(&["Drama", "Comedy", "Western"]).to_owned(), released, numbers.within(60, 240).to_string()]
        })
        .collect();
    check(&["genre", "release_date", "runtime"], &rows, &[None; 3]);
    check(&[], &rows, &[None; 3]);
}

#[test]
fn a_shifted_row_does_not_hide_a_rare_suffix() {
    let mut rows = customers(300);
    for (at, row) in rows.iter_mut().enumerate() {
        let suffix = match at {
            7 | 90 | 150 => "Jr",
            201 => "1950-01-16",
            _ => "",
        };
        row.push(suffix.to_owned());
    }
    let mut headers: Vec<Option<String>> = vec![None; 11];
    headers.push(Some("suffix".to_owned()));
    let typing = type_columns(&IDS, &headers, &block(&rows));
    assert_eq!(typing.columns[11].reported(), Some(DataElement::Suffix), "{:#?}", typing.columns[11]);
}

#[test]
fn numbers_that_nobody_can_have_are_telephone_numbers_by_form_and_name() {
    let mut numbers = Numbers::new(77);
    let rows: Vec<Vec<String>> = (0..400)
        .map(|_| {
            let number = format!("({}) {}-{}", numbers.digits(3), numbers.digits(3), numbers.digits(4));
            vec![number, format!("{:064x}", u128::from(numbers.below(u64::MAX)) * 0x9e37_79b9_7f4a_7c15)]
        })
        .collect();
    check(&["CELL", "pw"], &rows, &[Some("phone"), Some("password_hash")]);
    // Without a name, numbers of which half cannot exist are not claimed to be anything.
    let typing = type_columns(&IDS, &[None, None], &block(&rows));
    assert_ne!(typing.columns[0].reported(), Some(DataElement::Phone));
}

#[test]
fn tickets_are_no_postal_codes_and_measurements_no_positions() {
    let mut numbers = Numbers::new(21);
    let measured = |numbers: &mut Numbers| format!("{}.{}", numbers.within(10, 89), numbers.digits(6));
    let rows: Vec<Vec<String>> = (0..300)
        .map(|_| {
            let (a, b, c) = (measured(&mut numbers), measured(&mut numbers), measured(&mut numbers));
            vec![format!("TK-{}", numbers.digits(5)), a, b, c]
        })
        .collect();
    check(&[], &rows, &[None; 4]);
    let pair: Vec<Vec<String>> = rows.iter().map(|row| row[1..3].to_vec()).collect();
    check(&["lat", "lng"], &pair, &[Some("geolocation"); 2]);
}

#[test]
fn columns_of_other_languages_and_scripts() {
    let names = ["Нестор", "Степан", "Артём", "Павел", "Ирина", "Ольга", "Мария", "Кирилл", "Фёдор", "Юлиан"];
    let places = ["Männlich", "Weiblich", "Divers"];
    let lands = ["Australien", "Aserbaidschan", "Kolumbien", "Liberia", "Brasilien", "Vereinigte Staaten"];
    let regions = ["Bayern", "Hessen", "Sachsen-Anhalt", "Thüringen", "Saarland", "Berlin", "Bremen"];
    let mut numbers = Numbers::new(22);
    let rows: Vec<Vec<String>> = (0..200)
        .map(|_| {
            let phone = format!("01{} {}", numbers.digits(3), numbers.digits(6));
            let expiry = format!("{}-2{}", numbers.of(&["Jan", "Mar", "Mai", "Okt", "Dec"]), numbers.within(3, 9));
            let picked = [&names[..], &places, &lands, &regions].map(|list| numbers.of(list).to_owned());
            picked.into_iter().chain([phone, expiry]).collect()
        })
        .collect();
    let headers = ["Vorname", "Geschlecht", "Land", "Bundesland", "Telefon", "Card expires"];
    let elements = ["given_name", "gender", "country", "state", "phone", "card_expiry"].map(Some);
    check(&headers, &rows, &elements);
    // A name beside a surname is a given name; one of companies is nobody's.
    let people: Vec<Vec<String>> = (0..200)
        .map(|_| [&names[..], &["Шакиров", "Горчева", "Минаев"]].map(|list| numbers.of(list).to_owned()).into())
        .collect();
    check(&["name", "surname"], &people, &[Some("given_name"), Some("surname")]);
    let companies: Vec<Vec<String>> = (0..200)
        .map(|row| vec![format!("{} {} GmbH", numbers.of(&["Müller", "Schneider", "Weber", "Huber"]), row % 90)])
        .map(|row| vec![row[0].replace(char::is_numeric, "")])
        .collect();
    check(&["name"], &companies, &[None]);
}

#[test]
fn a_date_of_birth_in_three_columns_is_one() {
    let rows = |day: &dyn Fn(usize) -> usize| -> Vec<Vec<String>> {
        (0..60)
            .map(|row| {
                let names = [GIVEN[row % 20], SURNAMES[(row * 7) % 20]].map(str::to_owned);
                let date = [1940 + row % 60, 1 + row % 12, day(row)].map(|part| part.to_string());
                names.into_iter().chain(date).collect()
            })
            .collect()
    };
    let typed = |names: [&str; 5], rows: &[Vec<String>]| {
        let headers: Vec<Option<String>> = names.iter().map(|name| Some((*name).to_owned())).collect();
        let typing = type_columns(&IDS, &headers, &block(rows));
        let dated: Vec<usize> = typing.columns_of(DataElement::Dob).collect();
        (dated, typing.columns[2].role)
    };
    let days = rows(&|row| 1 + row % 28);
    assert_eq!(typed(["first", "last", "by", "bm", "bd"], &days).0, [2, 3, 4]);
    assert_eq!(typed(["first", "last", "birthYear", "birthMonth", "birthDay"], &days).0, [2, 3, 4]);
    // Not without one of them, nor where the values are none.
    assert_eq!(typed(["first", "last", "birth_year", "birth_month", "visit_day"], &days), (vec![], Role::BirthYear));
    assert_eq!(typed(["first", "last", "by", "bm", "bd"], &rows(&|row| 40 + row)), (vec![], Role::BirthYear));
    assert_eq!(typed(["first", "last", "hired", "bm", "bd"], &days), (vec![], Role::Plain));
}
