//! The text path: what is found, what is not, and that cutting does not matter.

use intake::detect::{Match, scan_text};
use vocab::assessment::FindingState;

use super::{IDS, Numbers};

fn reported(text: &str) -> Vec<(&'static str, String)> {
    let mut out = Vec::new();
    scan_text(&IDS, text.as_bytes(), 0, &mut |found: Match| {
        if found.state == FindingState::Report {
            out.push((found.element.as_str(), text[found.start as usize..found.end as usize].to_owned()));
        }
    });
    out
}

#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> = expected.iter().map(|(element, value)| (*element, (*value).to_owned())).collect();
    assert_eq!(reported(text), expected, "{text}");
}

/// The matches of a text that is scanned so many lines at a time.
fn in_parts(text: &str, every: usize) -> Vec<Match> {
    let (mut parts, mut offset) = (Vec::new(), 0);
    for lines in text.split_inclusive('\n').collect::<Vec<_>>().chunks(every) {
        let part = lines.concat();
        scan_text(&IDS, part.as_bytes(), offset, &mut |found| parts.push(found));
        offset += part.len() as u64;
    }
    parts
}

#[test]
fn values_are_found_where_words_speak_for_them() {
    check(
        "Customer Ann Lee, SSN 536-22-8145, phone (425) 234-5678, mail ann.lee@mail.net.",
        &[("name", "Ann Lee"), ("ssn", "536-22-8145"), ("phone", "(425) 234-5678"), ("email", "ann.lee@mail.net")],
    );
    check("then Mrs. Okonkwo spoke to Robert J. Smith", &[("name", "Okonkwo"), ("name", "Robert J. Smith")]);
    check("Desk: 97 376 431", &[("phone", "97 376 431")]);
    check("PSC 8571, Box 2512, APO AA 70572", &[("address", "APO AA 70572")]);
    check("card: 4539 5787 6362 1486 exp 04/27", &[("payment_card", "4539 5787 6362 1486")]);
    check("IMEI=490154203237518;", &[("imei", "490154203237518")]);
    check("login from 8.8.8.8:51322 ok", &[("ip", "8.8.8.8")]);
    check("eth0 00:1a:2b:3c:4d:5e up", &[("mac", "00:1a:2b:3c:4d:5e")]);
    check("call +44 20 7946 0958 now", &[("phone", "+44 20 7946 0958")]);
    check("tel. 425.234.5678 x12", &[("phone", "425.234.5678")]);
    check("the SSN of the account holder is 536-22-8145", &[("ssn", "536-22-8145")]);
    check("pass: hunter2", &[("password", "hunter2")]);
    check(
        "2016 Main Street, and 1.1.1.1 or 1.2.3.4:53",
        &[("address", "2016 Main Street"), ("ip", "1.1.1.1"), ("ip", "1.2.3.4")],
    );
}

#[test]
fn numbers_and_streets_are_found_as_other_countries_write_them() {
    check("Tel.: 030/1234567, Fax 030 - 1234568.", &[("phone", "030/1234567"), ("phone", "030 - 1234568")]);
    check("Mon portable : 06 12 34 56 78", &[("phone", "06 12 34 56 78")]);
    check("joindre au +33 (0)1 42 68 53 00.", &[("phone", "+33 (0)1 42 68 53 00")]);
    check("llamarme al 612 34 56 78 por favor", &[("phone", "612 34 56 78")]);
    check("gsm +90(212)4460247", &[("phone", "+90(212)4460247")]);
    check("Celular: (11) 91234-5678", &[("phone", "(11) 91234-5678")]);
    check("(0191) 498 0123\n", &[("phone", "(0191) 498 0123")]);
    check("Hauptstraße 12a, 10115 Berlin", &[("address", "Hauptstraße 12a")]);
    check("vive en Calle de Alcalá 45, Madrid", &[("address", "Calle de Alcalá 45")]);
    check("12 bis, rue de l'Église\n", &[("address", "12 bis, rue de l'Église")]);
    check("ul. Marszałkowska 12/5\n", &[("address", "ul. Marszałkowska 12/5")]);
    for text in [
        "Rechnung Nr. 030/1234567 vom 05.11.2024",
        "05.11.2024 10:12:11 INFO 0123 456789",
        "01 02 03 04 05 06 07 08 09",
        "Pedido 612 345 678",
        "copyright 2007-2009, Torch Mobile Inc",
        "Version 5, Kapitel 12, Seite 7",
        "String 5\nBrigade 5\nvia port 22\nPlace 12",
    ] {
        check(text, &[]);
    }
}

#[test]
fn what_only_resembles_them_is_left_alone() {
    check("name = 'Julia console'", &[]);
    for text in [
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "536-22-8145-536-22-8145",
        "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "2026-11-22 10:15:33.536228145 INFO took 4252345678 ns",
        "kernel: [1234567.890123] version 4.15.0.112",
        "order 4252345678 shipped, tracking 536228145",
        "ratio 0.536228145 and 1234.5678",
        "uuid 536228145abc, part 425-234-5678-99",
        "oid 1.3.6.1.4.1",
        "at 12:34:56 on 10:11:12",
        "SSN: 000-12-3456, 666-12-3456",
        "isbn 978-3-16-148410-0",
        "pid 4252345678 uid 536228145",
        "status unpacked librtmp1:amd64 2.4+20151223.gitfa8646d.1-2+b2",
        "configure libkmod2:amd64 30+20221128-1",
        "in Clause 252.227-7013 (c) (1) of DFARs",
        "status half-installed python3-apt:amd64 2.6.0",
        "Created symlink getty.target.wants/getty@tty1.service",
        "Copyright (C) 2004 David Lodge <dave@cirt>",
        "dpkg (1.4.0.14) unstable; netmask 255.255.255.0",
        "PASS: build-id-2 (compute_fname): Allow for it",
    ] {
        check(text, &[]);
    }
}

#[test]
fn lines_can_be_cut_anywhere_between_them() {
    let mut numbers = Numbers::new(3);
    let mut text = String::new();
    for line in 0..400 {
        text += &match line % 6 {
            0 => {
                format!("ssn {}-{}-{}\n", numbers.within(100, 600), numbers.within(10, 99), numbers.within(1000, 9999))
            }
            1 => format!("{} request took {} ms\r\n", numbers.digits(10), numbers.digits(3)),
            2 => format!("a{}@mail.org wrote to b@post.de\n", numbers.digits(2)),
            3 => "phone, then\n".to_owned(),
            4 => format!("{}-{}-{}\n", numbers.within(201, 610), numbers.within(212, 998), numbers.digits(4)),
            _ => format!("10.1.{}.{} :: ok\n", numbers.below(256), numbers.below(256)),
        };
    }
    let mut whole = Vec::new();
    scan_text(&IDS, text.as_bytes(), 0, &mut |found| whole.push(found));
    assert!(whole.len() > 200);
    for every in [1, 2, 7, 50] {
        assert_eq!(in_parts(&text, every), whole, "{every} lines at a time");
    }
}

#[test]
fn any_bytes_are_survived() {
    let mut numbers = Numbers::new(5);
    let alphabet: Vec<u8> = b"0123456789-.:@()+ axE\n\xc3\xa9".to_vec();
    for _ in 0..3_000 {
        let length = numbers.below(60);
        let text: Vec<u8> = (0..length).map(|_| alphabet[numbers.below(alphabet.len() as u64) as usize]).collect();
        let mut last = 0;
        scan_text(&IDS, &text, 0, &mut |found| {
            assert!(found.start >= last && found.end > found.start && found.end <= text.len() as u64);
            last = found.end;
        });
    }
}

#[test]
fn names_and_streets_stand_alone_on_lines_as_under_letters() {
    check(
        "Kind regards,\nJustin Moyer\n481 julia island\nDallas, TX 75201\n",
        &[("name", "Justin Moyer"), ("address", "481 julia island")],
    );
    check("12 files in place\n3 of the way\nshe lives at 12 park hill\nTerms Of Service\n", &[]);
}

/// Standard base64.
fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks(3).map(|three| {
        let word = (0..3).fold(0u32, |word, at| word << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        let sign = |at: usize| char::from(SIGNS[(word >> (18 - 6 * at) & 63) as usize]);
        (0..4).map(|at| if at <= three.len() { sign(at) } else { '=' }).collect::<String>()
    });
    groups.collect()
}

#[test]
fn wrapped_values_are_found_at_the_bytes_that_hold_them() {
    check("write to ann.lee&#64;mail.net now", &[("email", "ann.lee&#64;mail.net")]);
    check("GET /u?mail=ann.lee%40mail.net&x=1", &[("email", "ann.lee%40mail.net")]);
    check("{\"mail\":\"ann.lee\\u0040mail.net\"}", &[("email", "ann.lee\\u0040mail.net")]);
    check("ssn 536\u{2010}22\u{2010}8145", &[("ssn", "536\u{2010}22\u{2010}8145")]);
    check("SSN: \u{ff15}36-22-81\u{200b}45", &[("ssn", "\u{ff15}36-22-81\u{200b}45")]);
    check(
        "to ann.lee=40mail=2Enet and bob=40mail=2Enet",
        &[("email", "ann.lee=40mail=2Enet"), ("email", "bob=40mail=2Enet")],
    );
    let hidden = base64(b"customer ann.lee@mail.net, ssn 536-22-8145");
    check(&format!("id={hidden};"), &[("email", hidden.as_str()), ("ssn", hidden.as_str())]);
    // Base64 of a URL-encoded reference.
    let nested = base64(b"before mail%3Dann.lee%26%2364%3Bmail.net");
    check(&format!("x {nested} y"), &[("email", nested.as_str())]);
}

#[test]
fn a_value_is_counted_once_however_the_line_around_it_is_encoded() {
    check("a%20b ann.lee@mail.net SSN: 536-22-8145 c%20d", &[("email", "ann.lee@mail.net"), ("ssn", "536-22-8145")]);
    check("x%3Dann.lee@mail.net", &[("email", "ann.lee@mail.net")]);
    let token = format!(
        "eyJhbGciOiJIUzI1NiJ9.{}.{}",
        base64(b"{\"sub\":\"1\",\"mail\":\"ann.lee@mail.net\"}").trim_end_matches('='),
        "x3K_".repeat(8)
    );
    let found: Vec<&str> = reported(&format!("auth {token} end")).into_iter().map(|(element, _)| element).collect();
    assert_eq!(found, ["api_key", "email"], "the token is a secret, and holds an address");
}

#[test]
fn what_only_looks_encoded_changes_nothing() {
    check("SRC=8.8.8.8 LEN=40 TTL=64 ID=40 DF=2E SPT=4052", &[("ip", "8.8.8.8")]);
    check("50%25 of da39a3ee5e6b4b0d3255bfef95601890afd80709 &c; C:\\users\\x1", &[]);
    check("costs 20%A4 and =C3 =A9, R&D; 536228145", &[]);
}

#[test]
fn encoded_lines_can_be_cut_anywhere_between_them() {
    let mut numbers = Numbers::new(6);
    let mut text = String::new();
    for line in 0..300 {
        let mail = format!("a{}@mail.org", numbers.digits(3));
        text += &match line % 5 {
            0 => format!("m={}\n", mail.replace('@', "%40")),
            1 => format!("{}\r\n", base64(format!("the address is {mail}").as_bytes())),
            2 => format!("{mail} plain\n"),
            3 => format!("{}\n", mail.replace('@', "&#x40;")),
            _ => "ssn\n".to_owned(),
        };
    }
    let mut whole = Vec::new();
    scan_text(&IDS, text.as_bytes(), 0, &mut |found| whole.push(found));
    assert_eq!(whole.iter().filter(|found| found.state == FindingState::Report).count(), 240);
    for every in [1, 3, 64] {
        assert_eq!(in_parts(&text, every), whole, "{every} lines at a time");
    }
}

#[test]
fn layers_upon_layers_end() {
    let mut text = "ann.lee%40mail.net ".repeat(2_000);
    for _ in 0..12 {
        text = text.replace('%', "%25");
    }
    // More layers than are taken off: nothing is found, and it does not take forever.
    check(&text, &[]);
    let bomb = (0..6).fold("ann.lee@mail.net and more".to_owned(), |text, _| base64(text.as_bytes()));
    check(&bomb, &[]);
    let wrapped = (0..3).fold("ann.lee@mail.net and more".to_owned(), |text, _| base64(text.as_bytes()));
    check(&wrapped, &[("email", wrapped.as_str())]);
}

#[test]
fn labels_joined_by_capitals_or_escaped_are_labels() {
    check("customerSsn=536228145", &[("ssn", "536228145")]);
    check(
        r#"body: {\"socialSecurityNumber\":\"536228145\",\"phoneNumber\":\"4252345678\"}"#,
        &[("ssn", "536228145"), ("phone", "4252345678")],
    );
    check(
        "\"homePhone\": \"4252345678\", \"phone2\": \"4252345679\"",
        &[("phone", "4252345678"), ("phone", "4252345679")],
    );
    // Somewhere in the line such a word says nothing.
    check("MobileDataUsage of 4252345678 and so on", &[]);
    check("callId=4252345678", &[]);
    check("card_number: 476293377, validTo: 4252345678, \"c\": 123.456, \"c\": 4252345678", &[]);
}

#[test]
fn some_words_name_a_number_right_behind_them_only() {
    for label in
        ["TN:", "BTN", "CTN", "Home:", "Work:", "From:", "To:", "caller id", "callback", "C:", "my new number is"]
    {
        check(&format!("{label} 4252345678"), &[("phone", "4252345678")]);
    }
    check("from Kent to Orem 4252345678 items", &[]);
    check(
        "number to port 425-234-5678, port number 425-234-5679",
        &[("phone", "425-234-5678"), ("phone", "425-234-5679")],
    );
    check("Phone: (425) 555-0123, or +14255550124", &[("phone", "(425) 555-0123"), ("phone", "+14255550124")]);
    check("425-555-0123", &[]);
}

#[test]
fn ssns_are_found_however_they_are_called_and_joined() {
    for text in ["SSN 536 - 22 - 8145", "SSN: 536–22–8145", "SSN: 536−22−8145", "Ssn No 536.22.8145", "SOC 536-22-8145"]
    {
        let value = &text[text.find("536").unwrap()..];
        check(text, &[("ssn", value)]);
    }
    check("SSN____536-22-8145____", &[("ssn", "536-22-8145")]);
    check("version 536.22.8145, 536.22.8145", &[]);
    check("set ssn='036-22-8145', phone='4252345678'", &[("ssn", "036-22-8145"), ("phone", "4252345678")]);
    check("ssn = '036228145'", &[("ssn", "036228145")]);
}

#[test]
fn cards_are_found_in_tracks_and_groups_and_not_in_rows() {
    check("%B4539578763621486^DOE/JANE^2709101", &[("payment_card", "4539578763621486")]);
    check("<T2>4539578763621486D27091010</T2>", &[("payment_card", "4539578763621486")]);
    check("Card:4539578763621486Exp:0927", &[("payment_card", "4539578763621486")]);
    check("gave the card number as 4539.5787.6362.1486.", &[("payment_card", "4539.5787.6362.1486")]);
    check("[.4539.5787.6362.1486]", &[]);
    check("used “4539 5787 6362 1486” here", &[("payment_card", "4539 5787 6362 1486")]);
    check("Diners 3841-827364-5523", &[("payment_card", "3841-827364-5523")]);
    check("0x0060: 5909 4539 5787 6362 1486 7537", &[]);
    check("trace_id=4539578763621486 spanId=4539578763621486", &[]);
}

#[test]
fn addresses_of_machines_are_found_behind_names_and_in_lists() {
    check("ssh root@83.12.44.9 now", &[("ip", "83.12.44.9")]);
    check("IP 83.12.44.9.51022 > 91.44.12.8.443: Flags", &[("ip", "83.12.44.9"), ("ip", "91.44.12.8")]);
    check(
        "83.12.44.9,91.144.12.8,91.144.112.81",
        &[("ip", "83.12.44.9"), ("ip", "91.144.12.8"), ("ip", "91.144.112.81")],
    );
    check("Old: gate-41/83.12.44.9:9000", &[("ip", "83.12.44.9")]);
    check("url(icon@2x.png) and logo@3x.webp", &[]);
    check("_83.12.44.9_ \u{1b}[1m425-234-5678\u{1b}[0m", &[("ip", "83.12.44.9"), ("phone", "425-234-5678")]);
}

#[test]
fn names_behind_roles_are_found_in_capitals_and_reversed() {
    check("Patient: WRIGHT, KENJI", &[("name", "WRIGHT, KENJI")]);
    check("Customer: MARVIN CASTILLO, called", &[("name", "MARVIN CASTILLO")]);
    check("Nom : Sophie Bernard", &[("name", "Sophie Bernard")]);
    check("Owner: Wright Street\nAgent: Service Desk", &[]);
}

#[test]
fn births_are_found_behind_short_words_and_without_signs() {
    check("D.O.B 05-16-1996", &[("dob", "05-16-1996")]);
    check("BD 04/22/1989, x", &[("dob", "04/22/1989")]);
    check("geb. am 30.07.1942", &[("dob", "30.07.1942")]);
    check("Né(e) le 30/07/1942", &[("dob", "30/07/1942")]);
    check("dob 03271945", &[("dob", "03271945")]);
    check("DOB/03201963.", &[("dob", "03201963")]);
    check("id 03271945", &[]);
}
