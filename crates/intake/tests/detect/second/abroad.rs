//! Letters in the languages and forms of thirteen countries: how many telephone numbers, names and addresses are found.

use std::collections::BTreeMap;

use super::super::Numbers;
use super::fields::vary;
use super::pools::{PEOPLE, Sample};
use super::score::{Tally, wilson};
use super::texts::{Marked, score};

/// Country, and the pieces of its letters: what comes before the number in several wordings, what comes between number and
/// mail, the end, and whether the postal code stands before the town.
type Wording = (&'static str, [&'static str; 4], &'static str, &'static str, bool);

const WORDINGS: &[Wording] = &[
    (
        "DE",
        ["Rückfragen bitte telefonisch: ", "Bitte rufen Sie mich an, Telefon ", "Mobil: ", "Tel. "],
        "\noder per Mail an ",
        "Mit freundlichen Grüßen",
        true,
    ),
    (
        "FR",
        ["Vous pouvez me joindre au ", "Mon portable : ", "Tél. ", "Téléphone : "],
        "\nou par courriel : ",
        "Cordialement,",
        true,
    ),
    (
        "ES",
        ["Pueden llamarme al ", "Mi teléfono es el ", "Móvil: ", "Tfno. "],
        "\no escribirme a ",
        "Un cordial saludo",
        true,
    ),
    (
        "IT",
        ["Mi può chiamare allo ", "Il mio cellulare: ", "Tel: ", "Telefono "],
        "\no scrivere a ",
        "Cordiali saluti",
        true,
    ),
    (
        "NL",
        ["Ik ben bereikbaar op ", "Mijn mobiele nummer is ", "Tel: ", "Telefoon "],
        "\nof per mail ",
        "Met vriendelijke groet,",
        true,
    ),
    (
        "PL",
        ["Proszę o telefon pod numer ", "Mój numer telefonu to ", "tel. kom. ", "Telefon: "],
        "\nalbo mail na ",
        "Z poważaniem",
        true,
    ),
    (
        "SE",
        ["Jag nås på ", "Mitt telefonnummer är ", "Mobil: ", "Tel. "],
        "\neller mejla ",
        "Med vänlig hälsning",
        true,
    ),
    (
        "DK",
        ["Jeg kan træffes på ", "Mit mobilnummer er ", "Mobil: ", "Tlf. "],
        "\neller skriv til ",
        "Venlig hilsen",
        true,
    ),
    (
        "BR",
        ["Podem me ligar no ", "Meu celular é ", "Celular: ", "Telefone: "],
        "\nou escrever para ",
        "Atenciosamente",
        false,
    ),
    ("MX", ["Me pueden llamar al ", "Mi celular es ", "Celular: ", "Tel. "], "\no escribir a ", "Atentamente", false),
    ("GB", ["You can ring me on ", "My mobile is ", "Tel: ", "Phone "], "\nor write to ", "Yours sincerely", false),
    ("IN", ["Kindly call me on ", "My mobile no. is ", "Mob: ", "Contact No: "], "\nor mail ", "Thanking you", false),
    ("AU", ["Give me a call on ", "My mobile is ", "Ph: ", "Phone: "], "\nor email ", "Kind regards", false),
];

fn letter(n: &mut Numbers, wording: &Wording, who: &Sample, out: &mut Marked) {
    let (_, before, between, end, code_first) = wording;
    let call = vary(n, who.phone, 4);
    out.say(n.of(before)).put("phone", &call);
    out.say(between).put("email", &format!("{}@{}", who.user, who.mail_domain)).say(".\n\n");
    out.say(end).say("\n").put("name", &format!("{} {}", who.given, who.surname)).say("\n");
    out.put("address", who.street).say("\n");
    match code_first {
        true => out.say(who.postal).say(" ").say(who.city),
        false => out.say(who.city).say(" ").say(who.postal),
    };
    out.say("\n\n");
}

/// Hits by country and element.
fn figures_of(seed: u64, letters: usize) -> BTreeMap<(&'static str, &'static str), Tally> {
    let mut all = BTreeMap::new();
    for wording in WORDINGS {
        let mut n = Numbers::new(seed);
        let mut out = Marked::default();
        let people = &PEOPLE[wording.0];
        for _ in 0..letters {
            let who = &people[n.below(people.len() as u64) as usize];
            letter(&mut n, wording, who, &mut out);
        }
        let found = score(&out, &mut Vec::new());
        all.extend(found.into_iter().map(|(element, tally)| ((element, wording.0), tally)));
    }
    all
}

fn total(all: &BTreeMap<(&'static str, &'static str), Tally>, element: &str) -> Tally {
    let mut sum = Tally::default();
    for tally in all.iter().filter(|((of, _), _)| *of == element).map(|(_, tally)| tally) {
        sum.right += tally.right;
        sum.wrong += tally.wrong;
        sum.missed += tally.missed;
    }
    sum
}

#[test]
fn letters_from_abroad_are_read() {
    let all = figures_of(61, 300);
    for (element, recall, precision) in
        [("phone", 0.9, 0.98), ("name", 0.48, 0.97), ("address", 0.55, 0.98), ("email", 0.99, 0.99)]
    {
        let tally = total(&all, element);
        assert!(tally.recall() >= recall && tally.precision() >= precision, "{element}: {tally:?} {all:?}");
    }
}

/// Prints the figures of letters from abroad: `cargo test --release -p intake second::abroad::figures -- --ignored --nocapture`.
#[test]
#[ignore = "prints the figures of docs/accuracy.md"]
#[allow(clippy::print_stdout)]
fn figures() {
    let all = figures_of(161, 1_000);
    for element in ["phone", "name", "address", "email"] {
        let sum = total(&all, element);
        let (least, most) = wilson(sum.right, sum.right + sum.missed);
        let countries: Vec<String> = all
            .iter()
            .filter(|((of, _), _)| *of == element)
            .map(|((_, country), tally)| format!("{country} {:.2}", tally.recall()))
            .collect();
        println!(
            "| {element} | {:.3} | {:.3} ({least:.3}-{most:.3}) | {} |",
            sum.precision(),
            sum.recall(),
            countries.join(", ")
        );
    }
}
