//! Telephone numbers in columns: those of the North American plan, with a country code, and as they are written at home.
//!
//! Enters: a column. Leaves: the case for telephone numbers, and the country whose plan the numbers follow. Never: digits alone
//! taken for numbers that somebody answers.

use rulebook::identifiers::PhonePlan;
use vocab::DataElement::Phone;

use super::column::{Column, Tally};
use super::evidence::{Case, percent, ratio};
use super::rules::Identifiers;
use super::values::{self, DateOrder};

/// From this share on the numbers of a column follow a plan.
const FOLLOWS: f64 = 0.95;

/// A case for American numbers that is weaker than this gives way to one for those of another country.
const UNLIKELY: f64 = -3.0;

/// Makes the case for telephone numbers.
pub(super) fn weigh(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let plus = |cell: &[u8]| is_international(ids, cell);
    // Other bare numbers could be anything; they count only where they follow a plan or all begin with one calling code.
    let judge = |cell| if plus(cell) || in_american_places(cell) { values::phone(cell) } else { values::phone(b"x") };
    let tally = column.tally(judge);
    let grouped = |cell: &[u8]| {
        let signs = cell.iter().filter(|byte| !byte.is_ascii_digit()).count();
        (1..=8).contains(&signs) && cell.len() >= 8 && !cell.contains(&b':')
    };
    let written = column.share(grouped);
    let zero = column.share(|cell| has_trunk_zero(cell) || plus(cell));
    let international = column.share(plus);
    let at_home = tally.form() >= 0.6 && (international > 0.5 || tally.valid() > 0.85 || zero < 0.15);
    let case = at_home.then(|| american(ids, column, &tally, international, written));
    // Ten digits in brackets and groups are written elsewhere too, with other area codes.
    let case = match case {
        Some(case) if case.score > UNLIKELY || american_groups(column) => Some(case),
        other => abroad(ids, column, zero, written).or(other),
    };
    cases.extend(case.map(|case| case.when(column.counter, -7.0, "the numbers count up")));
}

/// Tells whether a number is written with its country's code: behind a plus sign, or behind two zeros where a country has the
/// code and numbers of the length.
fn is_international(ids: &Identifiers, cell: &[u8]) -> bool {
    if cell[0] == b'+' || cell.starts_with(b"(+") || cell.starts_with(b"tel:") {
        return true;
    }
    cell.starts_with(b"00") && calling_code(ids, &cell[2..]).is_some()
}

/// The calling code that a bare number begins with, if so many digits follow as that country's numbers have.
fn calling_code(ids: &Identifiers, cell: &[u8]) -> Option<u16> {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let fits = |code: &values::CallingCode| {
        let text = code.code.to_string();
        let rest = digits.saturating_sub(text.len());
        cell.starts_with(text.as_bytes()) && (usize::from(code.shortest)..=usize::from(code.longest)).contains(&rest)
    };
    ids.calling_codes.iter().find(|(code, _)| fits(code)).map(|(code, _)| code.code)
}

/// A zero that is dialled within a country; no area begins with another.
fn has_trunk_zero(cell: &[u8]) -> bool {
    matches!(cell, [b'0', second, ..] if *second != b'0') || matches!(cell, [b'(', b'0', second, ..] if *second != b'0')
}

/// Tells whether a cell has ten digits, or eleven the first of which is 1, and signs only where the plan has them: behind the
/// area code and perhaps behind what follows. "2015-001055" is something else.
fn in_american_places(cell: &[u8]) -> bool {
    let cell = values::without_extension(cell.strip_suffix(b".0").unwrap_or(cell));
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let first = cell.iter().find(|byte| byte.is_ascii_digit());
    let lead = usize::from(digits == 11 && first == Some(&b'1'));
    if digits != 10 + lead {
        return false;
    }
    let (mut at, mut area, mut signs) = (0, false, 0);
    for group in cell.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()) {
        at += group.len();
        match at - lead.min(at) {
            0 | 10 => {}
            3 => area = true,
            6 | 8 => signs += 1,
            _ => return false,
        }
    }
    area || signs == 0
}

/// A national plan that the numbers of a column follow.
pub(super) struct Plan<'a> {
    /// The country.
    pub(super) country: &'a str,
    /// Share of random numbers of the same lengths that would follow it.
    random: f64,
    /// Whether it is told by signs within the numbers, not by those they begin with only: counted numbers begin alike, too.
    formed: bool,
}

/// The country whose plan nearly all numbers follow as they are written at home, with the share of random numbers of their
/// lengths that would: of several the one that fewest would.
pub(super) fn plan_of<'a>(ids: &'a Identifiers, column: &Column<'_>) -> Option<Plan<'a>> {
    const FEWEST: usize = 3;
    const PROBE: usize = 40;
    let plans = ids.rules.of(Phone).map_or(&[][..], |rule| &rule.plans);
    let n = column.distinct.len();
    if n < FEWEST {
        return None;
    }
    let step = n.div_ceil(PROBE);
    let share = |plan: &PhonePlan, cells: &mut dyn Iterator<Item = &&[u8]>| {
        let (mut all, mut fitting, mut random) = (0usize, 0usize, 0.0);
        for cell in cells {
            let (digits, length) = digits_of(cell);
            all += 1;
            let chance = chance_of(plan, length);
            random += chance;
            fitting += usize::from(chance > 0.0 && follows(plan, &digits[..length]));
        }
        (fitting as f64 / all.max(1) as f64, random / all.max(1) as f64)
    };
    let fits = |plan: &'a PhonePlan| {
        let probed = share(plan, &mut column.distinct.iter().step_by(step)).0 >= FOLLOWS - 0.1;
        let (following, random) = probed.then(|| share(plan, &mut column.distinct.iter()))?;
        (following >= FOLLOWS).then_some(Plan { country: &plan.country, random, formed: !plan.forms.is_empty() })
    };
    plans.iter().filter_map(fits).min_by(|a, b| a.random.total_cmp(&b.random).then(a.country.cmp(b.country)))
}

/// Most digits of a number written at home, with what is dialled before it.
const MOST_DIGITS: usize = 15;

/// The digits of a cell; more than any number has count as none.
fn digits_of(cell: &[u8]) -> ([u8; MOST_DIGITS], usize) {
    let cell = values::without_extension(cell.strip_suffix(b".0").unwrap_or(cell));
    let mut digits = [0; MOST_DIGITS];
    let mut length = 0;
    for byte in cell.iter().filter(|byte| byte.is_ascii_digit()) {
        let Some(slot) = digits.get_mut(length) else { return (digits, 0) };
        *slot = *byte;
        length += 1;
    }
    (digits, length)
}

fn follows(plan: &PhonePlan, digits: &[u8]) -> bool {
    let Some(number) = digits.strip_prefix(plan.before.as_bytes()) else { return false };
    let long = |fewest: u8, most: u8| (usize::from(fewest)..=usize::from(most)).contains(&number.len());
    let signed = |form: &String| {
        let fits = |(sign, digit): (u8, &u8)| match sign {
            b'N' => *digit != b'0',
            b'X' => true,
            sign => sign == *digit,
        };
        form.len() == number.len() && form.bytes().zip(number).all(fits)
    };
    plan.forms.iter().any(signed)
        || plan
            .numbers
            .iter()
            .any(|(begins, fewest, most)| long(*fewest, *most) && number.starts_with(begins.as_bytes()))
}

/// Share of random numbers of so many digits that follow a plan.
fn chance_of(plan: &PhonePlan, length: usize) -> f64 {
    let before = plan.before.len();
    let of = |(begins, fewest, most): &(String, u8, u8)| {
        let long = (usize::from(*fewest) + before..=usize::from(*most) + before).contains(&length);
        if long { 0.1f64.powi((before + begins.len()) as i32) } else { 0.0 }
    };
    let signs = |form: &String| -> f64 {
        let chance = |sign: u8| match sign {
            b'N' => 0.9,
            b'X' => 1.0,
            _ => 0.1,
        };
        if form.len() + before == length { form.bytes().map(chance).product() } else { 0.0 }
    };
    plan.numbers.iter().map(of).sum::<f64>() + plan.forms.iter().map(signs).sum::<f64>() * 0.1f64.powi(before as i32)
}

/// Numbers that read as the North American plan, or with a plus sign.
fn american(ids: &Identifiers, column: &Column<'_>, tally: &Tally, international: f64, written: f64) -> Case {
    let mut case = Case::new(Phone, -2.5);
    let nanp =
        column.distinct.iter().filter_map(|cell| values::phone(cell).value).filter(|value| value / 10_000_000_000 == 1);
    let (mut all, mut assigned) = (0usize, 0usize);
    nanp.for_each(|value| {
        all += 1;
        assigned += usize::from(ids.is_area_code(value / 10_000_000 % 1000));
    });
    let grouped = american_groups(column);
    if international > 0.5 {
        case.add(7.0, format!("{} are written with a country code", percent(international)));
    } else {
        // Numbers in the very groups of the plan stay telephone numbers where many cannot be assigned: made-up ones, or
        // masked ones. What they are called decides then, and the impossible are counted as such.
        let (score, words) = ratio(ids, Phone, tally, if grouped { -3.0 } else { -10.0 }, 5.0);
        case.add(score, words);
        if column.share(is_decimal) > 0.7 {
            case.add(-9.0, "decimal numbers");
        }
        if written > 0.6 {
            case.add(4.0, "written in groups as telephone numbers are");
        }
        let extended = column.share(|cell| values::without_extension(cell).len() < cell.len());
        if grouped && extended > 0.1 {
            case.add(4.0, format!("{} have an extension", percent(extended)));
        }
    }
    if all * 2 > column.distinct.len() && all >= 5 {
        let share = assigned as f64 / all as f64;
        // About 400 of the 800 possible area codes are assigned to states.
        let least = if grouped { -2.0 } else { -4.0 };
        case.add(((share - 0.7) * 12.0).clamp(least, 3.0), format!("{} have an area code in service", percent(share)));
    }
    case
}

/// A number with a decimal point.
pub(super) fn is_decimal(cell: &[u8]) -> bool {
    let points = cell.iter().filter(|byte| **byte == b'.').count();
    points == 1 && cell.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'))
}

/// Tells whether nearly all numbers are written 3-3-4, with or without a leading 1.
pub(super) fn american_groups(column: &Column<'_>) -> bool {
    column.share(|cell| in_groups(cell, &[3, 3, 4]) || in_groups(cell, &[1, 3, 3, 4])) > 0.9
}

/// Tells whether a cell is groups of so many digits with other signs between.
fn in_groups(cell: &[u8], lengths: &[usize]) -> bool {
    let cell = values::without_extension(cell);
    let groups = cell.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()).map(<[u8]>::len);
    groups.eq(lengths.iter().copied())
}

/// National numbers of other countries, and bare numbers that begin with a calling code.
fn abroad(ids: &Identifiers, column: &Column<'_>, zero: f64, written: f64) -> Option<Case> {
    let national = column.share(|cell| {
        let cell = values::without_extension(cell);
        let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
        let sign = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+');
        cell.iter().all(sign) && (7..=16).contains(&digits)
    });
    let dated = column.tally(|cell| values::date(cell, DateOrder::DayFirst)).form();
    if national < 0.7 || dated > 0.3 {
        return None;
    }
    let code = |cell: &[u8]| calling_code(ids, cell).filter(|code| *code != 1).unwrap_or(0);
    let mut codes: Vec<u16> = column.distinct.iter().map(|cell| code(cell)).filter(|code| *code != 0).collect();
    codes.sort_unstable();
    let same = codes.chunk_by(|a, b| a == b).map(<[u16]>::len).max().unwrap_or(0) as f64 / column.distinct.len() as f64;
    let bracketed =
        column.share(|cell| cell[0] == b'(' && cell.iter().position(|byte| *byte == b')').is_some_and(|at| at < 7));
    let pairs = column.share(|cell| {
        let mut groups = cell.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty());
        let fits = groups.clone().count() >= 4 && groups.all(|group| (2..=3).contains(&group.len()));
        fits && !cell.contains(&b'.')
    });
    let plan = plan_of(ids, column);
    let bare = column.one_length > 0.98 && written < 0.1;
    // Ten digits that begin with a zero are telephone numbers only if some country has such.
    let trunk = if bare && plan.is_none() { 0.5 } else { 3.5 };
    let case = Case::new(Phone, -4.0)
        .with(
            if zero > 0.6 { trunk } else { zero * 2.0 },
            format!("{} begin with a trunk zero or a plus sign", percent(zero)),
        )
        .when(written > 0.4, 2.0, "written in groups as telephone numbers are")
        .when(
            written > 0.4 && zero > 0.4 && column.one_length < 0.9,
            2.0,
            "of several lengths, as national numbers are",
        )
        .when(same > 0.97 && column.one_length > 0.5, 3.0, "all begin with the same calling code")
        .when(bracketed > 0.5, 3.0, "an area code in brackets")
        .when(pairs > 0.7 && column.distinct_ratio() > 0.8, 2.0, "digits in pairs and threes")
        .when(column.share(is_decimal) > 0.7, -6.0, "decimal numbers")
        .when(bare && zero < 0.5 && same < 0.97, -3.0, "one length without signs")
        .when(
            plan.as_ref().is_some_and(|plan| plan.formed && plan.random < 0.2) && column.distinct_ratio() > 0.5,
            6.0,
            "digits within stand where a country's plan has them",
        )
        .when(column.distinct_ratio() < 0.3 && column.len() > 30, -3.0, "values repeat");
    Some(case.named(plan.map(|_| AS_NAMED)))
}

/// Log-odds, before the header's own weight, of numbers that follow a country's plan under a header that names telephone
/// numbers plainly.
const AS_NAMED: f64 = -2.0;
