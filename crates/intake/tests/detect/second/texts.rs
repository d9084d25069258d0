//! Labelled texts: letters, chats, forms and logs that hold personal data, and how much of it is found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use intake::detect::{Match, scan_text};
use vocab::assessment::FindingState;

use super::super::{IDS, Numbers};
use super::fields::{FIELDS, Who, card, hex, imei, npi, phone, ssn, uuid};
use super::logs;
use super::pools::PEOPLE;
use super::score::{Tally, wilson};

/// A text and where in it which element stands.
#[derive(Default)]
pub(super) struct Marked {
    pub(super) text: String,
    pub(super) truth: Vec<(&'static str, usize, usize)>,
}

impl Marked {
    pub(super) fn say(&mut self, words: &str) -> &mut Self {
        self.text.push_str(words);
        self
    }

    pub(super) fn put(&mut self, element: &'static str, value: &str) -> &mut Self {
        self.truth.push((element, self.text.len(), self.text.len() + value.len()));
        self.say(value)
    }
}

/// A cell of a kind of column, for an American.
fn cell(n: &mut Numbers, who: &Who<'_>, code: &str) -> String {
    (FIELDS.iter().find(|field| field.code == code).unwrap().make)(n, who)
}

fn american<'a>(n: &mut Numbers) -> Who<'a> {
    let people = &PEOPLE["US"];
    Who {
        sample: &people[n.below(people.len() as u64) as usize],
        country: "US",
        // Mixed case, dates with slashes or hyphens, telephone numbers in groups.
        style: n.below(2) << 4 | n.below(4) << 8 | 4,
        row: n.below(90_000) as usize,
        year: n.within(1940, 2004),
        female: n.below(2) == 0,
        ssn: ssn(n, 1),
    }
}

fn grouped_phone(n: &mut Numbers, who: &Who<'_>) -> String {
    phone(n, who)
}

fn letter(n: &mut Numbers, out: &mut Marked) {
    let who = american(n);
    let name = format!("{} {}", who.sample.given, who.sample.surname);
    let (mail, call) = (cell(n, &who, "email"), grouped_phone(n, &who));
    out.say("Dear ").say(n.of(&["Sir or Madam", "support team", "colleagues"])).say(",\n\n");
    match n.below(4) {
        0 => {
            let number = ssn(n, 1);
            out.say("As asked, my social security number is ").put("ssn", &number);
            out.say(" and I was charged twice in March.\n");
        }
        1 => {
            let number = card(n, 0);
            out.say("Please refund the card ").put("payment_card", &number).say(", which was billed on May 4.\n");
        }
        2 => {
            let born = cell(n, &who, "dob");
            out.say("For your records my date of birth is ").put("dob", &born).say(".\n");
        }
        _ => _ = out.say("I have been waiting for 3 weeks and 2 letters, order 4471 has not come.\n"),
    }
    out.say("You can reach me at ").put("phone", &call).say(" or write to ").put("email", &mail);
    out.say(n.of(&[".", " any time.", ", thank you."])).say("\n\nKind regards,\n").put("name", &name).say("\n");
    let street = cell(n, &who, "street");
    out.put("address", &street).say("\n").say(who.sample.city).say(", ").say(who.sample.state).say(" ");
    out.say(who.sample.postal).say("\n\n");
}

fn chat(n: &mut Numbers, out: &mut Marked) {
    let who = american(n);
    let stamp = format!("[{:02}:{:02}:{:02}] ", n.below(24), n.below(60), n.below(60));
    out.say(&stamp).say(who.sample.user).say(": ");
    match n.below(9) {
        0 => _ = out.say("my ssn is ").put("ssn", &ssn(n, 1)),
        1 => _ = out.say("ssn ").put("ssn", &ssn(n, 0)).say(" ok?"),
        2 => _ = out.say("call me ").put("phone", &grouped_phone(n, &who)),
        3 => _ = out.say("here is the card ").put("payment_card", &card(n, 2)),
        4 => _ = out.say("imei of the phone: ").put("imei", &imei(n)),
        5 => _ = out.say("mail it to ").put("email", &cell(n, &who, "email")).say(" pls"),
        6 => _ = out.say("ordered 3 of them on 2026-03-04, no 7300412, still 12.50 each"),
        7 => _ = out.say("VIN is ").put("vin", &cell(n, &who, "vin")),
        _ => _ = out.say("ok thanks, room 415 at 2:30 then"),
    }
    out.say("\n");
}

fn form(n: &mut Numbers, out: &mut Marked) {
    let who = american(n);
    let name = format!("{} {}", who.sample.given, who.sample.surname);
    out.say("APPLICATION FORM 1040-B rev 3.2\n");
    out.say("Name: ").put("name", &name).say("\n");
    out.say("Date of Birth: ").put("dob", &cell(n, &who, "dob")).say("\n");
    out.say("SSN: ").put("ssn", &ssn(n, n.0 % 2)).say("\n");
    out.say("Phone (home): ").put("phone", &grouped_phone(n, &who)).say("\n");
    out.say("E-mail: ").put("email", &cell(n, &who, "email")).say("\n");
    out.say("Address: ").put("address", &cell(n, &who, "street")).say("\n");
    match n.below(8) {
        0 => _ = out.say("Driver License No: ").put("driver_license", &cell(n, &who, "license")).say("\n"),
        1 => _ = out.say("Passport No: ").put("passport", &cell(n, &who, "passport")).say("\n"),
        2 => _ = out.say("Routing number: ").put("bank_routing", &cell(n, &who, "routing")).say("\n"),
        3 => _ = out.say("IBAN: ").put("iban", &cell(n, &who, "iban")).say("\n"),
        4 => _ = out.say("EIN: ").put("ein", &cell(n, &who, "ein")).say("\n"),
        5 => _ = out.say("Medicare (MBI): ").put("mbi", &cell(n, &who, "mbi")).say("\n"),
        6 => _ = out.say("NPI: ").put("npi", &npi(n)).say("\n"),
        _ => _ = out.say("DEA number: ").put("dea", &cell(n, &who, "dea")).say("\n"),
    }
    let _ = write!(out.text, "Case no: {}  Page 1 of {}\n\n", n.within(100_000, 999_999), n.within(2, 9));
}

fn json(n: &mut Numbers, out: &mut Marked) {
    let who = american(n);
    let head = format!(
        "{{\"ts\":{},\"level\":\"info\",\"trace\":\"{}\",\"duration_us\":{},\"ip\":\"",
        n.within(1_600_000_000_000, 1_790_000_000_000),
        uuid(n),
        n.below(9_999_999)
    );
    out.say(&head).put("ip", &cell(n, &who, "ip")).say("\",\"user\":{");
    match n.below(4) {
        0 => _ = out.say("\"email\":\"").put("email", &cell(n, &who, "email")),
        1 => _ = out.say("\"ssn\":\"").put("ssn", &ssn(n, 0)),
        2 => _ = out.say("\"phone\":\"").put("phone", &grouped_phone(n, &who)),
        _ => _ = out.say("\"card_number\":\"").put("payment_card", &card(n, 3)),
    }
    out.say("\"},\"sha\":\"").say(&hex(n, 40)).say("\",\"build\":\"4.12.0.");
    let _ = writeln!(out.text, "{}\"}}", n.below(900));
}

fn secrets(n: &mut Numbers, out: &mut Marked) {
    let who = american(n);
    match n.below(4) {
        0 => {
            _ = out.say("export AWS_ACCESS_KEY_ID=").put(
                "api_key",
                &format!("AKIA{}", "QX7ZB3")
                    .replace("QX7ZB3", &hex(n, 16).to_uppercase().replace(['0', '1', '8', '9'], "Q")),
            )
        }
        1 => _ = out.say("donate: ").put("crypto_address", &super::fields::from(n, "bitcoin")).say(" thanks"),
        2 => _ = out.say("eth0: link/ether ").put("mac", &cell(n, &who, "mac")).say(" brd ff:ff:ff:ff:ff:ff"),
        _ => _ = out.say("login from ").put("ip", &cell(n, &who, "ip")).say(" port 51322 accepted"),
    }
    out.say("\n");
}

/// Texts of all kinds.
pub(super) fn corpus(seed: u64, pieces: usize) -> Marked {
    let mut n = Numbers::new(seed);
    let mut out = Marked::default();
    for _ in 0..pieces {
        match n.below(10) {
            0 => letter(&mut n, &mut out),
            1..=3 => chat(&mut n, &mut out),
            4 => form(&mut n, &mut out),
            5 | 6 => json(&mut n, &mut out),
            7 => secrets(&mut n, &mut out),
            _ => {
                let (line, truth) = logs::marked(&mut n);
                let at = out.text.len();
                out.truth.extend(truth.into_iter().map(|(element, start, end)| (element, at + start, at + end)));
                out.say(&line).say("\n");
            }
        }
    }
    out
}

/// Hits, false alarms and misses by element, at "report".
pub(super) fn score(marked: &Marked, examples: &mut Vec<String>) -> BTreeMap<&'static str, Tally> {
    let mut found: Vec<(&'static str, usize, usize)> = Vec::new();
    scan_text(&IDS, marked.text.as_bytes(), 0, &mut |hit: Match| {
        if hit.state == FindingState::Report {
            found.push((hit.element.as_str(), hit.start as usize, hit.end as usize));
        }
    });
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let overlap = |a: &(&str, usize, usize), b: &(&str, usize, usize)| a.0 == b.0 && a.1 < b.2 && b.1 < a.2;
    let mut from = 0;
    for truth in &marked.truth {
        while from < found.len() && found[from].2 + 200 < truth.1 {
            from += 1;
        }
        let hit = found[from..].iter().take_while(|hit| hit.1 < truth.2).any(|hit| overlap(truth, hit));
        let tally = tallies.entry(truth.0).or_default();
        if hit {
            tally.right += 1
        } else {
            tally.missed += 1
        }
        if !hit {
            let (start, end) = (truth.1.saturating_sub(30), (truth.2 + 10).min(marked.text.len()));
            examples.push(format!("missed {}: {:?}", truth.0, marked.text.get(start..end)));
        }
    }
    for hit in &found {
        let known = marked.truth.partition_point(|truth| truth.2 + 200 < hit.1);
        let right = marked.truth[known..].iter().take_while(|truth| truth.1 < hit.2).any(|truth| overlap(truth, hit));
        if !right {
            tallies.entry(hit.0).or_default().wrong += 1;
            let (start, end) = (hit.1.saturating_sub(30), (hit.2 + 10).min(marked.text.len()));
            examples.push(format!("wrong {}: {:?}", hit.0, marked.text.get(start..end)));
        }
    }
    tallies
}

/// Values with the form of an SSN where the word before says that they are something else.
fn under_foreign_words(seed: u64) -> (u64, u64) {
    const WORDS: &[&str] = &[
        "tracking",
        "Order No",
        "invoice",
        "part",
        "serial",
        "case",
        "ticket",
        "ref",
        "PO",
        "model",
        "batch",
        "lot",
        "permit",
        "docket",
        "parcel",
        "catalog",
        "container",
        "asset",
        "meter",
        "contract",
        "batch id",
        "reservation",
    ];
    let mut n = Numbers::new(seed);
    let (mut reported, mut all) = (0, 0);
    for _ in 0..2_000 {
        let text = format!("{}{}{}\n", n.of(WORDS), n.of(&[": ", " ", " # ", "="]), ssn(&mut n, 1));
        let mut hit = false;
        scan_text(&IDS, text.as_bytes(), 0, &mut |found| {
            hit |= found.element.as_str() == "ssn" && found.state == FindingState::Report;
        });
        all += 1;
        reported += u64::from(hit);
    }
    (reported, all)
}

/// False alarms on 8,000 lines of logs in which nobody's SSN, card or telephone stands.
fn alarms(seed: u64, lines: usize, examples: &mut Vec<String>) -> BTreeMap<&'static str, u64> {
    let mut n = Numbers::new(seed);
    let mut counts = BTreeMap::new();
    for _ in 0..lines {
        let line = logs::line(&mut n);
        scan_text(&IDS, line.as_bytes(), 0, &mut |found| {
            if found.state == FindingState::Report {
                *counts.entry(found.element.as_str()).or_default() += 1;
                if !matches!(found.element.as_str(), "ip" | "mac" | "email") {
                    examples.push(format!("{} in {line}", found.element));
                }
            }
        });
    }
    counts
}

#[test]
fn identifiers_in_text_are_found_and_other_things_are_not() {
    let mut examples = Vec::new();
    let tallies = score(&corpus(41, 12_000), &mut examples);
    for (element, recall, precision) in [
        ("ssn", 0.99, 0.98),
        ("payment_card", 0.99, 0.99),
        ("email", 0.995, 0.995),
        ("phone", 0.93, 0.95),
        ("ip", 0.99, 0.99),
        ("name", 0.9, 0.98),
        ("address", 0.9, 0.98),
    ] {
        let tally = &tallies[element];
        let text = format!("{element}: {tally:?} {:#?}", &examples[..examples.len().min(20)]);
        assert!(tally.recall() >= recall && tally.precision() >= precision, "{text}");
    }
}

#[test]
fn logs_raise_hardly_any_alarm() {
    for seed in [42, 43] {
        let mut examples = Vec::new();
        let counts = alarms(seed, 8_000, &mut examples);
        for (element, most) in [("ssn", 1), ("payment_card", 1), ("phone", 20)] {
            assert!(counts.get(element).is_none_or(|count| *count <= most), "{counts:?} {examples:#?}");
        }
    }
}

#[test]
fn a_foreign_word_before_it_speaks_against_an_ssn() {
    let (reported, all) = under_foreign_words(44);
    assert!(reported * 100 <= all * 5, "{reported} of {all}");
}

/// Prints the figures of text: `cargo test --release -p intake second::texts::figures -- --ignored --nocapture`.
#[test]
#[ignore = "prints the figures of docs/accuracy.md"]
#[allow(clippy::print_stdout)]
fn figures() {
    let mut examples = Vec::new();
    let tallies = score(&corpus(141, 40_000), &mut examples);
    println!("| element | values | precision | recall |\n|---|---:|---|---|");
    for (element, tally) in &tallies {
        let (low, high) = wilson(tally.right, tally.right + tally.wrong);
        let (least, most) = wilson(tally.right, tally.right + tally.missed);
        println!(
            "| {element} | {} | {:.3} ({low:.3}-{high:.3}) | {:.3} ({least:.3}-{most:.3}) |",
            tally.right + tally.missed,
            tally.precision(),
            tally.recall()
        );
    }
    println!("\nforeign words: {:?}", under_foreign_words(144));
    let mut noise = Vec::new();
    println!("alarms on 8,000 lines: {:?}", alarms(142, 8_000, &mut noise));
    let mut kinds: BTreeMap<String, (u32, String)> = BTreeMap::new();
    for example in examples.into_iter().chain(noise) {
        let kind = example.split([':', '{', '[']).next().unwrap_or("").chars().take(40).collect();
        let slot = kinds.entry(kind).or_insert((0, String::new()));
        slot.0 += 1;
        if slot.0 <= 6 {
            slot.1 += &format!("\n    {example}");
        }
    }
    kinds.iter().for_each(|(kind, (count, text))| println!("{count} {kind}{text}"));
}

/// Letters, chat, forms and JSON, for measuring speed.
pub(in super::super) fn corpus_text(pieces: usize) -> String {
    corpus(7, pieces).text
}

/// Lines of logs, for measuring speed.
pub(in super::super) fn log_text(lines: usize) -> String {
    let mut n = Numbers::new(8);
    (0..lines).map(|_| logs::line(&mut n) + "\n").collect()
}
