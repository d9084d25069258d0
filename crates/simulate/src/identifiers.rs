//! Numbers of people, lines and devices: structurally valid, true to the rules of their time, and nobody's.
//!
//! All are synthetic. They follow public rules of form and issuance; a real holder of one of them is a coincidence.

use crate::days::{self, Date};
use crate::dice::{Dice, Stream, rearrange, scatter};
use crate::people::{Person, Suffix};
use crate::scenario::Scenario;
use crate::world::World;

/// Social Security numbers were randomised on this day.
const RANDOMISED: i32 = days::number(2011, 6, 25);
/// Numbers that were printed in public: wallet inserts, pamphlets, advertisements, the obvious sequence.
const PUBLISHED_SSN: [u32; 4] = [78_051_120, 219_099_999, 457_555_462, 123_456_789];
/// Home network of the fictional carrier: US country code, and a network code no operator is known to use.
pub(crate) const HOME_NETWORK: &str = "313990";
/// Prefix of the carrier's account numbers: two letters, nine digits, a Luhn digit.
pub(crate) const ACCOUNT_PREFIX: &str = "NM";

/// Exchanges by use: those of first lines, of numbers taken later, of further lines.
const FIRST_LINES: u64 = 600;
const CHANGED_LINES: u64 = 90;
const FURTHER_LINES: u64 = 90;

/// Which line of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum LineKind {
    First = 0,
    Second = 1,
    Tablet = 2,
}

/// The nine digits of a person's Social Security number.
pub(crate) fn ssn(world: &World, seed: u64, person: &Person) -> u32 {
    let mut dice = Dice::new(seed, Stream::Ssn, person.index);
    for _ in 0..person.ssn_tries {
        dice = Dice::new(dice.next(), Stream::Ssn, person.index);
    }
    loop {
        let issued = day_of_issue(person, &mut dice);
        let prefix = if issued < RANDOMISED {
            historic_prefix(world, person, issued, &mut dice)
        } else {
            random_prefix(&mut dice)
        };
        let number = prefix * 10_000 + dice.between(1, 9_999) as u32;
        let digits_equal = number.is_multiple_of(111_111_111);
        if !digits_equal && !PUBLISHED_SSN.contains(&number) {
            return number;
        }
    }
}

/// At birth since enumeration at birth (1987), before that when work, tax or school asked for it; on arrival otherwise.
fn day_of_issue(person: &Person, dice: &mut Dice) -> i32 {
    let born = days::date(person.birth).year;
    let year = match (person.arrived, born) {
        (Some(arrived), _) => arrived,
        (None, 1987..) => return person.birth + dice.between(10, 120),
        (None, 1970..1987) => (born + dice.between(2, 16)).min(1992),
        (None, _) => (born + dice.between(13, 20)).max(1937),
    };
    days::number(year.max(1937), 1, 1) + dice.between(0, 364)
}

fn random_prefix(dice: &mut Dice) -> u32 {
    loop {
        let area = dice.between(1, 899) as u32;
        if area != 666 {
            return area * 100 + dice.between(1, 99) as u32;
        }
    }
}

/// Area by state, group by the order of issue: odd 01-09, even 10-98, even 02-08, odd 11-99. A state's first areas ran
/// from 1936; areas added later were opened about 1985. How far a state had come in a year is a straight line, not
/// the Administration's monthly list.
fn historic_prefix(world: &World, person: &Person, issued: i32, dice: &mut Dice) -> u32 {
    let blocks = &world.states[person.birth_state as usize].ssn_blocks;
    let year = f64::from(issued) / 365.2425 + 1970.0;
    let late = &blocks[1.min(blocks.len())..];
    let (block, progress) = if late.is_empty() || year < 1985.0 {
        let last = if late.is_empty() { 2011.0 } else { 1985.0 };
        let reach = 60.0 + (scatter(u64::from(blocks[0].0)) % 36) as f64;
        (blocks[0], (year - 1936.0) / (last - 1936.0) * reach)
    } else {
        (*dice.pick(late), (year - 1985.0) / (2011.5 - 1985.0) * 70.0)
    };
    let area = dice.between(i32::from(block.0), i32::from(block.1)) as u32;
    let step = (progress as i32 - dice.between(0, 2) - i32::from(person.ssn_tries)).clamp(0, 97);
    area * 100 + group_at(step as u32)
}

/// The group at a step of the order of issue, from 0.
pub(crate) const fn group_at(step: u32) -> u32 {
    match step {
        0..5 => 1 + 2 * step,
        5..50 => 10 + 2 * (step - 5),
        50..54 => 2 + 2 * (step - 50),
        _ => 11 + 2 * (step - 54),
    }
}

/// A telephone number of ten digits: an area code of the state of the line, an exchange, four digits. First lines never
/// collide below six million people an area code; numbers taken later by a change of number have exchanges of their own.
pub(crate) fn phone(world: &World, seed: u64, person: &Person, kind: LineKind, change: u8) -> u64 {
    let codes = &world.states[person.line_state as usize].area_codes;
    let area = codes
        [(scatter(seed ^ person.index.wrapping_mul(0x9e37_79b9) ^ u64::from(change)) % codes.len() as u64) as usize];
    let (first, exchanges, index) = match (kind, change) {
        (LineKind::First, 0) => (0, FIRST_LINES, person.index),
        (LineKind::First, change) => (FIRST_LINES, CHANGED_LINES, person.index * 8 + u64::from(change)),
        (kind, _) => (FIRST_LINES + CHANGED_LINES, FURTHER_LINES, person.index * 2 + kind as u64 - 1),
    };
    let number = rearrange(index, exchanges * 10_000, scatter(seed ^ first));
    let exchange = world.exchanges[(first + number / 10_000) as usize];
    u64::from(area) * 10_000_000 + u64::from(exchange) * 10_000 + number % 10_000
}

/// Device models: reporting body, first digits of the type code, share, year of launch. The bodies are real (35 BABT,
/// 01 PTCRB, 86 TAF, 99 global hexadecimal administrator); the type codes below them are made up.
const MODELS: [(u64, u64, u32, i32); 24] = [
    (35, 310, 4, 2016),
    (35, 328, 6, 2017),
    (35, 341, 8, 2018),
    (35, 392, 10, 2019),
    (35, 404, 14, 2020),
    (35, 415, 16, 2021),
    (35, 467, 18, 2022),
    (35, 520, 20, 2023),
    (35, 588, 22, 2024),
    (35, 612, 22, 2025),
    (35, 690, 10, 2026),
    (35, 733, 9, 2019),
    (35, 748, 11, 2021),
    (35, 781, 12, 2023),
    (35, 826, 9, 2025),
    (35, 905, 5, 2020),
    (86, 203, 3, 2018),
    (86, 411, 4, 2020),
    (86, 536, 4, 2022),
    (86, 718, 4, 2024),
    (1, 145, 3, 2016),
    (1, 391, 3, 2019),
    (1, 602, 2, 2022),
    (99, 126, 2, 2021),
];

/// An IMEI of fifteen digits. `generation` counts the devices the line has had; `bought` is the year of this one.
pub(crate) fn imei(seed: u64, person: &Person, kind: LineKind, generation: u8, bought: i32) -> u64 {
    let id = (person.index * 3 + kind as u64) * 8 + u64::from(generation.min(7));
    let mut dice = Dice::new(seed ^ 0x1ae1, Stream::Line, id);
    let fits = |model: &&(u64, u64, u32, i32)| model.3 <= bought && model.3 + 4 >= bought;
    let total: u32 = MODELS.iter().filter(fits).map(|model| model.2).sum();
    let mut throw = dice.below(u64::from(total.max(1))) as u32;
    let (body, model, ..) = MODELS
        .iter()
        .filter(fits)
        .find(|model| {
            let found = throw < model.2;
            throw = throw.wrapping_sub(model.2);
            found
        })
        .unwrap_or(&MODELS[0]);
    let serial = rearrange(id % 1_000_000, 1_000_000, scatter(seed ^ (id / 1_000_000)));
    let body = (body * 1_000_000 + model * 1_000 + (id / 1_000_000) % 1_000) * 1_000_000 + serial;
    body * 10 + u64::from(luhn_digit(body))
}

/// The nine digits of the subscriber behind the network code.
pub(crate) fn msin(seed: u64, person: &Person, kind: LineKind) -> u64 {
    rearrange(person.index * 3 + kind as u64, 1_000_000_000, scatter(seed ^ 0x1351))
}

/// The nine digits of an account and their check digit, as ten digits. `owner` is the index of the account's holder.
pub(crate) fn account(seed: u64, owner: u64) -> u64 {
    let number = rearrange(owner, 1_000_000_000, scatter(seed ^ 0xacc0));
    number * 10 + u64::from(luhn_digit(number))
}

/// The Luhn digit that completes a number.
pub(crate) const fn luhn_digit(mut number: u64) -> u8 {
    let (mut sum, mut double) = (0, true);
    while number > 0 {
        let digit = number % 10;
        sum += if double { digit * 2 / 10 + digit * 2 % 10 } else { digit };
        double = !double;
        number /= 10;
    }
    ((10 - sum % 10) % 10) as u8
}

/// Most frequent four-digit PINs with their shares in ten thousand, after the analysis of 3.4 million leaked codes by
/// DataGenetics (2012): twenty codes are 26.8 % of all.
const COMMON_PINS: [(u16, u64); 20] = [
    (1234, 1071),
    (1111, 602),
    (0, 188),
    (1212, 120),
    (7777, 75),
    (1004, 62),
    (2000, 61),
    (4444, 53),
    (2222, 52),
    (6969, 51),
    (9999, 45),
    (3333, 42),
    (5555, 40),
    (6666, 39),
    (1122, 37),
    (1313, 30),
    (8888, 30),
    (4321, 29),
    (2001, 29),
    (1010, 29),
];

/// A four-digit account PIN as people choose them.
pub(crate) fn pin(seed: u64, person: &Person) -> u16 {
    let mut dice = Dice::new(seed ^ 0x919, Stream::Line, person.index);
    let mut throw = dice.below(10_000);
    for (pin, share) in COMMON_PINS {
        if throw < share {
            return pin;
        }
        throw -= share;
    }
    let Date { year, month, day } = days::date(person.birth);
    match dice.below(100) {
        0..9 => year as u16,
        9..16 => (month * 100 + day) as u16,
        16..20 => (day * 100 + month) as u16,
        20..28 => (dice.below(100) * 101) as u16,
        _ => dice.below(10_000) as u16,
    }
}

/// Writes a driver licence number by the template of a state (the letters are explained in `places/us.toml`).
pub(crate) fn licence(template: &str, scenario: &Scenario, person: &Person, name: (&str, &str), out: &mut Vec<u8>) {
    let (given, surname) = name;
    let Date { year, month, day } = days::date(person.birth);
    let space = template.bytes().fold(1u64, |space, symbol| match symbol {
        b'#' => space.saturating_mul(10),
        b'a' => space.saturating_mul(26),
        _ => space,
    });
    // Licences are unique within a state: the person's index is sent one to one into the numbers the template can make.
    let mut serial = rearrange(person.index, space.min(1 << 50), scatter(scenario.seed ^ 0xd1));
    let offset = u32::from(!person.male);
    for symbol in template.bytes() {
        match symbol {
            b'#' => {
                out.push(b'0' + (serial % 10) as u8);
                serial /= 10;
            }
            b'a' => {
                out.push(b'A' + (serial % 26) as u8);
                serial /= 26;
            }
            b'l' => out.push(initial(surname)),
            b'f' => out.push(initial(given)),
            b's' => out.extend(soundex(surname)),
            b'g' => digits(out, (u64::from(initial(given) - b'A') * 20 + given.len() as u64) % 1000, 3),
            b'y' => digits(out, (year % 100) as u64, 2),
            b'm' => digits(out, u64::from(month), 2),
            b'n' => digits(out, u64::from(day), 2),
            b'd' => digits(out, u64::from((month - 1) * 40 + day + 500 * offset), 3),
            b'i' => digits(out, u64::from((month - 1) * 31 + day + 600 * offset), 3),
            literal => out.push(literal),
        }
    }
}

fn initial(name: &str) -> u8 {
    name.bytes().find(u8::is_ascii_alphabetic).unwrap_or(b'X').to_ascii_uppercase()
}

/// Soundex: the initial and three digits (National Archives, General Information Leaflet 55).
pub(crate) fn soundex(name: &str) -> [u8; 4] {
    let class = |letter: u8| match letter.to_ascii_uppercase() {
        b'B' | b'F' | b'P' | b'V' => b'1',
        b'C' | b'G' | b'J' | b'K' | b'Q' | b'S' | b'X' | b'Z' => b'2',
        b'D' | b'T' => b'3',
        b'L' => b'4',
        b'M' | b'N' => b'5',
        b'R' => b'6',
        b'H' | b'W' => b'-',
        _ => b'0',
    };
    let mut code = [initial(name), b'0', b'0', b'0'];
    let (mut at, mut last) = (1, class(code[0]));
    for letter in name.bytes().filter(u8::is_ascii_alphabetic).skip(1) {
        match class(letter) {
            // H and W do not part letters of one class; vowels do.
            b'-' => {}
            found => {
                if found != b'0' && found != last && at < 4 {
                    code[at] = found;
                    at += 1;
                }
                last = found;
            }
        }
    }
    code
}

/// Writes a number with leading zeros.
pub(crate) fn digits(out: &mut Vec<u8>, number: u64, width: usize) {
    let start = out.len();
    out.resize(start + width, b'0');
    let mut rest = number;
    for slot in out[start..].iter_mut().rev() {
        *slot = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
}

/// The letters of a suffix.
pub(crate) const fn suffix_text(suffix: Suffix) -> &'static str {
    match suffix {
        Suffix::None => "",
        Suffix::Jr => "Jr",
        Suffix::Sr => "Sr",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_follow_the_order_of_issue() {
        let order: Vec<u32> = (0..99).map(group_at).collect();
        assert_eq!(&order[..7], &[1, 3, 5, 7, 9, 10, 12]);
        assert_eq!((order[49], order[50], order[53], order[54], order[98]), (98, 2, 8, 11, 99));
        let distinct: std::collections::BTreeSet<u32> = order.into_iter().collect();
        assert_eq!(distinct, (1..=99).collect());
    }

    #[test]
    fn soundex_agrees_with_the_archives() {
        for (name, code) in [
            ("Washington", "W252"),
            ("Lee", "L000"),
            ("Gutierrez", "G362"),
            ("Pfister", "P236"),
            ("Jackson", "J250"),
            ("Tymczak", "T522"),
            ("Ashcraft", "A261"),
            ("O'Brien", "O165"),
        ] {
            assert_eq!(std::str::from_utf8(&soundex(name)), Ok(code), "{name}");
        }
    }

    #[test]
    fn luhn_completes_known_numbers() {
        assert_eq!(luhn_digit(7_992_739_871), 3);
        assert_eq!(luhn_digit(49_015_420_323_751), 8);
    }
}
