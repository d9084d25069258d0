//! Columns as strangers' exports have them: what looks like somebody's and is not, and what is somebody's under its plain name.

use intake::detect::values::DateOrder;
use intake::detect::{ColumnTyping, Role, TableTyping, type_columns};
use vocab::DataElement;
use vocab::assessment::FindingState;

use super::columns::{GIVEN, SURNAMES, block, check, imei, ssn};
use super::{IDS, Numbers};

type Cells<'a> = &'a dyn Fn(&mut Numbers, usize) -> String;

/// Rows of which every column has a maker.
fn rows(seed: u64, count: usize, makers: &[Cells<'_>]) -> Vec<Vec<String>> {
    let mut numbers = Numbers::new(seed);
    (0..count).map(|row| makers.iter().map(|make| make(&mut numbers, row)).collect()).collect()
}

fn typed(headers: &[&str], rows: &[Vec<String>]) -> TableTyping {
    let names = |header: &&str| Some((*header).to_owned());
    let headers = if headers.is_empty() { vec![None; rows[0].len()] } else { headers.iter().map(names).collect() };
    type_columns(&IDS, &headers, &block(rows))
}

fn reported(column: &ColumnTyping) -> Option<&'static str> {
    column.reported().map(DataElement::as_str)
}

fn given(numbers: &mut Numbers, _: usize) -> String {
    numbers.of(GIVEN).to_owned()
}

fn surname(numbers: &mut Numbers, _: usize) -> String {
    numbers.of(SURNAMES).to_owned()
}

fn whole(numbers: &mut Numbers, _: usize) -> String {
    format!("{} {}", numbers.of(GIVEN), numbers.of(SURNAMES))
}

fn mail(numbers: &mut Numbers, row: usize) -> String {
    format!("{}{row}@mail{}.net", numbers.of(GIVEN).to_lowercase(), numbers.below(9))
}

fn day(numbers: &mut Numbers, from: u64, to: u64) -> String {
    format!("{}-{:02}-{:02}", numbers.within(from, to), numbers.within(1, 12), numbers.within(1, 28))
}

fn price(numbers: &mut Numbers, _: usize) -> String {
    format!("{}.{}", numbers.within(3, 480), numbers.digits(2))
}

fn hexadecimal(numbers: &mut Numbers, length: usize) -> String {
    (0..length).map(|_| char::from(b"0123456789abcdef"[numbers.below(16) as usize])).collect()
}

#[test]
fn a_place_of_birth_is_a_town() {
    const TOWNS: &[&str] = &["Leeds", "Springfield", "Norwich", "Hamburg", "Portland", "Bristol", "Lyon", "Oxford"];
    for header in ["birth_place", "Birthplace", "geburtsort"] {
        let town = |numbers: &mut Numbers, _: usize| numbers.of(TOWNS).to_owned();
        let birth = |numbers: &mut Numbers, _: usize| day(numbers, 1901, 1989);
        let table = rows(9, 300, &[&given, &surname, &birth, &town]);
        let typing = typed(&["first_name", "last_name", "date_of_birth", header], &table);
        assert_eq!(reported(&typing.columns[3]), Some("city"), "{header}");
    }
}

#[test]
fn whole_numbers_saved_as_decimals_are_no_last_four_digits() {
    let year = |numbers: &mut Numbers, _: usize| format!("{}.0", numbers.within(1988, 2022));
    let shop = |numbers: &mut Numbers, _: usize| format!("{}.0", numbers.within(1000, 9999));
    let masked = |numbers: &mut Numbers, _: usize| format!("***-**-{}", numbers.digits(4));
    let table = rows(1, 200, &[&given, &surname, &year, &shop, &masked]);
    let expected = [Some("given_name"), Some("surname"), None, None, Some("ssn_last4")];
    check(&["first_name", "last_name", "model_year", "shop", "ssn"], &table, &expected);
    check(&[], &table, &expected);
}

#[test]
fn dates_that_a_header_calls_something_else_are_nobodys_births() {
    let hired = |numbers: &mut Numbers, _: usize| day(numbers, 1979, 2012);
    let born = |numbers: &mut Numbers, _: usize| day(numbers, 1935, 1985);
    for header in
        ["hire_date", "member_since", "Release Date", "last_visit", "effective_dt", "died", "doj", "Eintrittsdatum"]
    {
        let typing = typed(&["name", header], &rows(2, 300, &[&whole, &hired]));
        assert_eq!(reported(&typing.columns[1]), None, "{header}: {:#?}", typing.columns[1]);
    }
    for header in ["bdate", "Geburtsdatum", "дата рождения", "出生日期"] {
        let typing = typed(&["name", header], &rows(3, 300, &[&whole, &born]));
        assert_eq!(reported(&typing.columns[1]), Some("dob"), "{header}: {:#?}", typing.columns[1]);
    }
    // Without a header, the later of two dates that lie years apart in every row is another one.
    let started = |numbers: &mut Numbers, _: usize| day(numbers, 1997, 2009);
    check(&[], &rows(4, 300, &[&whole, &born, &started]), &[Some("name"), Some("dob"), None]);
    // Whatever its header says that has nothing to do with dates.
    check(&["name", "sku"], &rows(5, 300, &[&whole, &born]), &[Some("name"), Some("dob")]);
}

#[test]
fn births_written_as_numbers_are_read_under_their_header() {
    let short = |numbers: &mut Numbers, _: usize| {
        format!("{:02}{:02}{}", numbers.within(1, 12), numbers.within(1, 28), numbers.within(40, 99))
    };
    let serial = |numbers: &mut Numbers, _: usize| numbers.within(16_000, 38_000).to_string();
    let seconds = |numbers: &mut Numbers, _: usize| (numbers.within(0, 1_900_000_000) as i64 - 900_000_000).to_string();
    for (make, order) in [
        (&short as Cells<'_>, DateOrder::ShortMonthFirst),
        (&serial, DateOrder::SpreadsheetDays),
        (&seconds, DateOrder::Seconds),
    ] {
        let table = rows(6, 200, &[&whole, make]);
        let typing = typed(&["name", "date_of_birth"], &table);
        assert_eq!((reported(&typing.columns[1]), typing.columns[1].date_order), (Some("dob"), order));
        assert_eq!(reported(&typed(&["name", "balance"], &table).columns[1]), None);
        assert_eq!(reported(&typed(&[], &table).columns[1]), None);
    }
    let month =
        |numbers: &mut Numbers, _: usize| format!("{:02}/{}", numbers.within(1, 12), numbers.within(1940, 1999));
    let typing = typed(&["name", "dob"], &rows(7, 200, &[&whole, &month]));
    assert_eq!((typing.columns[1].element, typing.columns[1].state), (Some(DataElement::Dob), FindingState::Review));
}

#[test]
fn prices_days_orders_and_salts_beside_logins_are_no_names_of_users() {
    let order = |numbers: &mut Numbers, _: usize| format!("ORD-{}", numbers.digits(7));
    let seen = |numbers: &mut Numbers, _: usize| day(numbers, 2016, 2024);
    let code = |numbers: &mut Numbers, _: usize| hexadecimal(numbers, 6).replace('0', "k").replace('1', "w");
    let table = rows(8, 300, &[&mail, &price, &seen, &order, &code]);
    check(&[], &table, &[Some("email"), None, None, None, None]);
    let salt = |numbers: &mut Numbers, _: usize| {
        let signs = ["a", "B", "7", "q", "Z", "!", "m", "K", "3", "#"];
        (0..8).map(|_| numbers.of(&signs)).collect()
    };
    let hash = |numbers: &mut Numbers, _: usize| hexadecimal(numbers, 32);
    let login = |numbers: &mut Numbers, row: usize| format!("{}{}", numbers.of(GIVEN).to_lowercase(), 60 + row);
    let table = rows(9, 300, &[&login, &hash, &salt, &mail]);
    assert_eq!(reported(&typed(&[], &table).columns[2]), None);
    check(
        &["username", "password", "salt", "email"],
        &table,
        &[Some("username"), Some("password_hash"), None, Some("email")],
    );
}

#[test]
fn bare_numbers_of_other_countries_are_telephone_numbers_under_their_header() {
    let italian =
        |numbers: &mut Numbers, _: usize| format!("3{}{}", numbers.of(&["28", "33", "47", "91"]), numbers.digits(7));
    let spanish = |numbers: &mut Numbers, _: usize| format!("{}{}", numbers.of(&["6", "7"]), numbers.digits(8));
    let polish =
        |numbers: &mut Numbers, _: usize| format!("{}{}", numbers.of(&["5", "6", "7", "8"]), numbers.digits(8));
    let dutch = |numbers: &mut Numbers, _: usize| format!("06{}{}", numbers.within(1, 9), numbers.digits(7));
    let brazilian = |numbers: &mut Numbers, _: usize| {
        format!("{}9{}", numbers.of(&["11", "21", "47", "85", "62"]), numbers.digits(8))
    };
    for (header, make) in [
        ("cellulare", &italian as Cells<'_>),
        ("num_movil", &spanish),
        ("nr_telefonu", &polish),
        ("telefoonnr", &dutch),
        ("fone_cel", &brazilian),
    ] {
        let plan = |numbers: &mut Numbers, _: usize| numbers.of(&["A", "B", "C"]).to_owned();
        let typing = typed(&["offer", header], &rows(10, 200, &[&plan, make]));
        assert_eq!(reported(&typing.columns[1]), Some("phone"), "{header}: {:#?}", typing.columns[1]);
    }
}

#[test]
fn counted_and_long_numbers_are_no_telephone_numbers() {
    let eleven = |numbers: &mut Numbers, _: usize| format!("{}{}", numbers.within(2, 9), numbers.digits(10));
    let meter = |numbers: &mut Numbers, _: usize| format!("00{}", numbers.digits(10));
    let serial = |numbers: &mut Numbers, _: usize| format!("2016-{}", numbers.digits(6));
    let order = |numbers: &mut Numbers, _: usize| format!("{}-{}", numbers.within(2021, 2023), numbers.digits(6));
    let seven = |numbers: &mut Numbers, _: usize| {
        format!("{}{}-{}", numbers.within(2, 9), numbers.digits(2), numbers.digits(4))
    };
    let table = rows(11, 300, &[&whole, &eleven, &meter, &serial, &order, &seven, &price]);
    let expected = [Some("name"), None, None, None, None, None, None];
    check(&["name", "asset", "device", "slip", "docket", "p3", "total"], &table, &expected);
    check(&[], &table, &expected);
}

#[test]
fn names_under_foreign_labels_beside_streets_are_no_cities() {
    let towns = ["Glückstadt", "Aidenbach", "Meinerzhagen", "Rheinsberg", "Niebüll", "Zwiesel", "Vacha", "Ilmenau"];
    let street = |numbers: &mut Numbers, _: usize| {
        format!("{} {}", numbers.of(&["Lindenweg", "Bergstraße", "Am Anger", "Ringstraße"]), numbers.within(1, 90))
    };
    let zip = |numbers: &mut Numbers, _: usize| format!("{}{}", numbers.within(1, 8), numbers.digits(4));
    let town = |numbers: &mut Numbers, _: usize| numbers.of(&towns).to_owned();
    let name = |numbers: &mut Numbers, row: usize| {
        let given = ["Julius", "Hannelore", "Dieter", "Gisela", "Lukas", "Heike"];
        format!("{} {}", numbers.of(&given), ["Oestringer", "Pfannkuch", "Zwetkow", "Übelhör", "Quastenberg"][row % 5])
    };
    let table = rows(12, 200, &[&name, &street, &zip, &town]);
    for header in ["Ansprechpartner", "klient", "nominativo", "klantnaam", "namn"] {
        let typing = typed(&[header, "Strasse", "PLZ", "Ort"], &table);
        assert_eq!(reported(&typing.columns[0]), Some("name"), "{header}: {:#?}", typing.columns[0]);
        assert_eq!(reported(&typing.columns[3]), Some("city"));
    }
    assert_ne!(reported(&typed(&["Kontakt", "Strasse", "PLZ", "Ort"], &table).columns[0]), Some("city"));
}

#[test]
fn codes_for_genders_need_their_header_and_other_letters_are_none() {
    let code = |list: &'static [&'static str]| move |numbers: &mut Numbers, _: usize| numbers.of(list).to_owned();
    let (binary, iso, dutch) = (code(&["0", "1"]), code(&["1", "2"]), code(&["M", "V"]));
    let table = rows(13, 200, &[&given, &binary, &iso, &dutch]);
    check(
        &["first_name", "gender", "sex", "geslacht"],
        &table,
        &[Some("given_name"), Some("gender"), Some("gender"), Some("gender")],
    );
    assert_eq!(reported(&typed(&[], &table).columns[1]), None);
    let (married, race, flag) = (code(&["S", "M", "D", "W"]), code(&["W", "B", "H"]), code(&["Y", "N"]));
    let table = rows(14, 200, &[&given, &mail, &married, &race, &flag]);
    let expected = [Some("given_name"), Some("email"), None, None, None];
    check(&["first_name", "email", "marital", "grp", "opt_in"], &table, &expected);
    check(&[], &table, &expected);
}

#[test]
fn digests_of_files_are_no_passwords_and_bare_bytes_machines_under_their_header() {
    let hash = |numbers: &mut Numbers, _: usize| hexadecimal(numbers, 32);
    let path = |numbers: &mut Numbers, row: usize| format!("/srv/data/{}/{row}.bin", numbers.below(9));
    let machine = |numbers: &mut Numbers, _: usize| hexadecimal(numbers, 12);
    let table = rows(15, 200, &[&hash, &hash, &path, &machine]);
    check(&["md5", "content_hash", "path", "mac"], &table, &[None, None, None, Some("mac")]);
    let table = rows(16, 200, &[&mail, &hash, &hash]);
    check(&["email", "password_md5", "avatar_md5"], &table, &[Some("email"), Some("password_hash"), None]);
}

#[test]
fn a_handful_of_words_again_and_again_are_nobodys_names() {
    for words in [
        &["North", "South", "East", "West"][..],
        &["Gold", "Silver", "Platinum", "Basic"],
        &["Brown", "Black", "White", "Green", "Gray"],
        &["Spring", "Summer", "Autumn", "Winter"],
        &["Ruby", "Pearl", "Amber", "Jade", "Opal", "Crystal"],
    ] {
        let word = |numbers: &mut Numbers, _: usize| numbers.of(words).to_owned();
        let table = rows(17, 300, &[&given, &mail, &word]);
        check(&["first_name", "email", "grp"], &table, &[Some("given_name"), Some("email"), None]);
        assert_eq!(reported(&typed(&[], &table).columns[2]), None, "{words:?}");
    }
    let drive = |numbers: &mut Numbers, _: usize| numbers.of(&["All Wheel Drive", "2-Wheel Drive, Rear"]).to_owned();
    check(&["drive", "mpg"], &rows(18, 200, &[&drive, &price]), &[None, None]);
}

#[test]
fn masked_and_cut_numbers_are_said_and_not_counted() {
    let masked = |numbers: &mut Numbers, _: usize| format!("4{}******{}", numbers.digits(5), numbers.digits(4));
    let cut = |numbers: &mut Numbers, _: usize| format!("{}.{}E+08", numbers.within(1, 8), numbers.digits(2));
    let typing = typed(&["cardholder", "card_number", "ssn"], &rows(19, 200, &[&whole, &masked, &cut]));
    let [_, card, ssn] = &typing.columns[..] else { panic!("three columns") };
    assert_eq!((card.element, card.state), (Some(DataElement::PaymentCard), FindingState::Review));
    assert_eq!((ssn.reported(), ssn.cut), (None, Some(DataElement::Ssn)));
    assert!(ssn.reasons[0].contains("spreadsheet"), "{:?}", ssn.reasons);
}

#[test]
fn mailboxes_with_their_owners_and_several_in_a_cell() {
    let owned = |numbers: &mut Numbers, row: usize| format!("{} <{}>", whole(numbers, row), mail(numbers, row));
    let several = |numbers: &mut Numbers, row: usize| format!("{}; {}", mail(numbers, row), mail(numbers, row + 500));
    let table = rows(20, 200, &[&owned, &several]);
    check(&["email", "to"], &table, &[Some("email"); 2]);
    check(&[], &table, &[Some("email"); 2]);
}

#[test]
fn prices_and_counted_numbers_near_streets_are_no_postal_codes() {
    let street = |numbers: &mut Numbers, _: usize| {
        format!("{} {}", numbers.within(1, 9999), numbers.of(&["Oak St", "Mill Rd", "Lake Dr", "Cedar Ave"]))
    };
    let asked = |numbers: &mut Numbers, _: usize| format!("{}000", numbers.within(150, 900));
    let lot = |numbers: &mut Numbers, _: usize| format!("{}{}", numbers.within(1, 9), numbers.digits(7));
    let key = |_: &mut Numbers, row: usize| (7_000_000 + row).to_string();
    let table = rows(21, 300, &[&key, &street, &asked, &lot]);
    for headers in [&["nr", "street", "asked", "lot_code"][..], &[]] {
        let typing = typed(headers, &table);
        assert!(typing.columns.iter().all(|column| reported(column) != Some("zip")), "{:#?}", typing.columns);
    }
}

#[test]
fn numbers_of_books_and_decimal_numbers_are_no_identities() {
    let isbn = |numbers: &mut Numbers, _: usize| {
        let body = format!("0{}", numbers.digits(8));
        let sum: u32 = body.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let check = (11 - sum % 11) % 11;
        if check == 10 { format!("{body}X") } else { format!("{body}{check}") }
    };
    let table = rows(22, 300, &[&isbn, &price]);
    check(&["isbn10", "price"], &table, &[None, None]);
    check(&[], &table, &[None, None]);
    let ratio = |numbers: &mut Numbers, _: usize| format!("0.{}", numbers.digits(4));
    let long = |numbers: &mut Numbers, _: usize| format!("{}.{}", numbers.within(100, 999), numbers.digits(13));
    check(&["ci", "cf", "dx", "reading"], &rows(23, 200, &[&ratio, &price, &ratio, &long]), &[None; 4]);
}

#[test]
fn words_that_could_be_anything_do_not_override_the_values() {
    let spaced = |numbers: &mut Numbers, _: usize| {
        let digits = ssn(numbers);
        format!("{} {} {}", &digits[..3], &digits[3..5], &digits[5..])
    };
    let eight = |numbers: &mut Numbers, _: usize| format!("{}{}", numbers.within(2, 9), numbers.digits(7));
    let table = rows(24, 300, &[&spaced, &whole, &eight]);
    check(&["num", "name", "number"], &table, &[Some("ssn"), Some("name"), None]);
}

#[test]
fn headers_in_other_scripts_name_their_columns() {
    let of = |list: &'static [&'static str]| move |numbers: &mut Numbers, _: usize| numbers.of(list).to_owned();
    let last = of(&["Шакиров", "Минаев", "Горчева", "Лыткина", "Ефимов", "Савин", "Тюрин", "Белых", "Зуев", "Крылов"]);
    let first = of(&["Нестор", "Степан", "Ирина", "Ольга", "Мария", "Кирилл", "Юлия", "Пётр", "Анна", "Глеб"]);
    let born = |numbers: &mut Numbers, _: usize| {
        format!("{:02}.{:02}.{}", numbers.within(1, 28), numbers.within(1, 12), numbers.within(1940, 2001))
    };
    let phone = |numbers: &mut Numbers, _: usize| format!("8916{}", numbers.digits(7));
    let table = rows(25, 200, &[&last, &first, &born, &phone]);
    let expected = [Some("surname"), Some("given_name"), Some("dob"), Some("phone")];
    check(&["Фамилия", "Имя", "Дата рождения", "Телефон"], &table, &expected);
    let name = of(&["李小龙", "王芳", "张伟", "刘洋", "陈静", "杨勇", "赵磊", "黄丽", "周杰", "吴敏"]);
    let mobile = |numbers: &mut Numbers, _: usize| format!("13{}", numbers.digits(9));
    let table = rows(26, 200, &[&name, &mobile, &born]);
    check(&["客户姓名", "手机号", "出生日期"], &table, &[Some("name"), Some("phone"), Some("dob")]);
}

#[test]
fn names_with_the_surname_first_are_known_as_such() {
    let turned =
        |numbers: &mut Numbers, _: usize| format!("{} {}", surname(numbers, 0), given(numbers, 0)).to_uppercase();
    let comma = |numbers: &mut Numbers, _: usize| format!("{},{}", surname(numbers, 0), given(numbers, 0));
    let couple = |numbers: &mut Numbers, _: usize| {
        format!("{} {} & {}", surname(numbers, 0), given(numbers, 0), given(numbers, 0)).to_uppercase()
    };
    let typing =
        typed(&["NAME", "patient", "Owner Name", "agent"], &rows(27, 300, &[&turned, &comma, &couple, &whole]));
    let seen: Vec<_> = typing.columns.iter().map(|column| (reported(column), column.role)).collect();
    assert_eq!(seen[0], (Some("name"), Role::SurnameFirst));
    assert_eq!(seen[1], (Some("name"), Role::Plain));
    assert_eq!(seen[2], (Some("name"), Role::SurnameFirst));
    assert_eq!(typed(&["name"], &rows(28, 300, &[&whole])).columns[0].role, Role::Plain);
}

#[test]
fn pairs_of_measurements_are_no_positions() {
    let wind = |numbers: &mut Numbers, _: usize| format!("{}.{}", numbers.within(1, 38), numbers.digits(5));
    check(&[], &rows(29, 300, &[&wind, &wind]), &[None, None]);
    let north = |numbers: &mut Numbers, _: usize| format!("{}.{}", numbers.within(26, 47), numbers.digits(5));
    let west = |numbers: &mut Numbers, _: usize| format!("-{}.{}", numbers.within(71, 121), numbers.digits(5));
    check(&[], &rows(30, 300, &[&north, &west]), &[Some("geolocation"); 2]);
}

#[test]
fn one_header_may_name_two_kinds_of_numbers() {
    let pan = |numbers: &mut Numbers, _: usize| {
        let letters = |numbers: &mut Numbers, count| {
            (0..count).map(|_| numbers.of(&["A", "K", "R", "Z", "D"])).collect::<String>()
        };
        format!("{}P{}{}{}", letters(numbers, 3), letters(numbers, 1), numbers.digits(4), letters(numbers, 1))
    };
    check(&["name", "pan"], &rows(31, 200, &[&whole, &pan]), &[Some("name"), Some("tax_id")]);
    let four = |numbers: &mut Numbers, _: usize| numbers.digits(4);
    let table = rows(32, 200, &[&given, &surname, &four, &|numbers, _| imei(numbers)]);
    check(
        &["first", "last", "last4", "imei"],
        &table,
        &[Some("given_name"), Some("surname"), Some("ssn_last4"), Some("imei")],
    );
    let card = |numbers: &mut Numbers, _: usize| {
        let body = format!("4{}", numbers.digits(14));
        format!("{body}{}", intake::detect::values::luhn_digit(body.as_bytes()))
    };
    let code = |numbers: &mut Numbers, _: usize| numbers.digits(3);
    let table = rows(33, 200, &[&card, &code, &four]);
    let typing = typed(&["card", "card_code", "last4"], &table);
    assert_eq!([0, 1, 2].map(|at| reported(&typing.columns[at])), [Some("payment_card"), Some("card_cvv"), None]);
}
