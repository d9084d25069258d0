//! What the values of one column say for each element, as log-odds against "no personal data", with the reason.
//!
//! The figures are log-likelihood ratios in nats, capped because neighbouring assumptions fail together; a validator's
//! share counts by its random pass rate, which stands in the rulebook.

use vocab::DataElement::{self, *};

use super::column::{Column, Tally};
use super::detectors;
use super::named;
use super::rules::Identifiers;
use super::values::{self, DateOrder, Verdict};

/// The case for one element.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) element: DataElement,
    pub(super) score: f64,
    pub(super) reasons: Vec<(f64, String)>,
    /// Has no form of its own: nothing without a header that names it.
    pub(super) by_name: bool,
}

impl Case {
    pub(super) fn new(element: DataElement, prior: f64) -> Self {
        Case { element, score: prior, reasons: Vec::new(), by_name: false }
    }

    pub(super) fn by_name(element: DataElement, prior: f64) -> Self {
        Case { by_name: true, ..Case::new(element, prior) }
    }

    /// The case for what a user's map says: stronger than anything the values or neighbours could say against it.
    pub(super) fn told(element: DataElement) -> Self {
        Case::new(element, 30.0).with(10.0, "the user's map says so")
    }

    pub(super) fn add(&mut self, score: f64, reason: impl Into<String>) {
        self.score += score;
        self.reasons.push((score, reason.into()));
    }

    pub(super) fn with(mut self, score: f64, reason: impl Into<String>) -> Self {
        self.add(score, reason);
        self
    }

    fn when(self, condition: bool, score: f64, reason: &str) -> Self {
        if condition { self.with(score, reason) } else { self }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Returns the cases for every element whose form the values have.
pub(super) fn cases(ids: &Identifiers, column: &Column<'_>) -> Vec<Case> {
    if column.values.is_empty() {
        return Vec::new();
    }
    let mut cases = Vec::new();
    numbers(ids, column, &mut cases);
    devices(ids, column, &mut cases);
    identities(ids, column, &mut cases);
    health(ids, column, &mut cases);
    tokens(ids, column, &mut cases);
    networks(column, &mut cases);
    dates(column, &mut cases);
    people(ids, column, &mut cases);
    places(ids, column, &mut cases);
    named::offer(ids, column, &mut cases);
    detectors::weigh(ids, column, &mut cases);
    // Few values say little, whatever they are.
    let doubt = if column.distinct.len() < 3 { 2.0 } else { 0.0 };
    // Suffixes, genders and countries are few by nature.
    let many = |case: &&mut Case| !matches!(case.element, Suffix | Gender | Country);
    cases.iter_mut().filter(many).for_each(|case| case.score -= doubt);
    cases
}

/// Log-likelihood ratio of a tally against its random pass rate, and the sentence that goes with it.
fn ratio(ids: &Identifiers, element: DataElement, tally: &Tally, low: f64, high: f64) -> (f64, String) {
    let random = ids.rules.of(element).and_then(|rule| rule.random_pass).unwrap_or(0.5).clamp(0.001, 0.999);
    let score = tally.ratio(random).clamp(low, high);
    let words = format!(
        "{} of {} distinct values of the form pass its check; {} of random ones would",
        percent(tally.valid()),
        tally.valid + tally.impossible,
        percent(random)
    );
    (score, words)
}

fn numbers(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    ssn(ids, column, cases);
    phone(ids, column, cases);
    let itin = column.tally(values::itin);
    if itin.form() > 0.5 && itin.valid() > 0.7 {
        let (score, words) = ratio(ids, Itin, &itin, -12.0, 9.0);
        cases.push(Case::new(Itin, -3.0).with(score, words).when(column.counter, -9.0, "the numbers count up"));
    }
    let aba = column.tally(values::aba);
    if aba.form() > 0.5 {
        let (score, words) = ratio(ids, BankRouting, &aba, -12.0, 9.0);
        cases.push(Case::new(BankRouting, -3.0).with(score, words));
    }
    let card = column.tally(|cell| values::payment_card(cell, &ids.card_ranges, &ids.card_samples));
    if card.form() > 0.5 {
        let (score, words) = ratio(ids, PaymentCard, &card, -12.0, 10.0);
        cases.push(Case::new(PaymentCard, -2.0).with(score, words).when(
            column.length == 15 && card.valid() < 0.9,
            -4.0,
            "15 digits",
        ));
    }
    let iban = column.tally(|cell| values::iban(cell, &ids.iban_forms));
    if iban.form() > 0.5 {
        let (score, words) = ratio(ids, Iban, &iban, -8.0, 11.0);
        cases.push(Case::new(Iban, -1.0).with(score, words));
    }
    let bic = column.tally(values::bic);
    if bic.form() > 0.8 {
        let countries = column.distinct_share(|cell| cell.len() >= 6 && ids.is_country(&cell[4..6]));
        let real = (countries - 0.85) * 20.0;
        cases.push(
            Case::new(Bic, -2.0)
                .with(real.clamp(-4.0, 2.0), format!("{} have a country in place 5 and 6", percent(countries))),
        );
    }
    let passport = column.tally(values::passport);
    if passport.form() > 0.7 {
        let lettered = column.distinct_share(|cell| cell[0].is_ascii_alphabetic());
        let score = if lettered > 0.8 { 1.5 } else { 0.0 };
        cases.push(Case::new(Passport, -3.5).with(score, "form of a passport number").when(
            column.counter,
            -5.0,
            "the numbers count up",
        ));
    }
    let last4 = column.tally(values::ssn_last4);
    if last4.form() > 0.8 {
        let masked = column.share(|cell| cell.len() > 4);
        cases.push(Case::new(SsnLast4, -3.5).when(
            masked > 0.8,
            9.0,
            "an SSN of which only the last four digits are shown",
        ));
    }
}

fn ssn(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let tally = column.tally(values::ssn);
    let lost = column.distinct_share(|cell| values::ssn(cell).note == values::Note::LostZeros);
    if tally.form() < 0.5 || tally.form() + lost < 0.7 {
        return;
    }
    let (score, words) = ratio(ids, Ssn, &tally, -10.0, 5.0);
    let mut case = Case::new(Ssn, -3.0).with(score, words);
    let hyphens = column.share(|cell| cell.len() == 11 && cell[3] == cell[6] && cell[3] == b'-');
    let plain = column.share(|cell| cell.len() == 9 && cell.iter().all(u8::is_ascii_digit));
    if hyphens > 0.5 {
        case.add(6.0, format!("{} are written 3-2-4 with hyphens", percent(hyphens)));
    } else if plain > 0.5 && column.distinct.len() >= 20 {
        let numbers: Vec<u32> = column.distinct.iter().filter_map(|cell| values::ssn(cell).value).collect();
        let n = numbers.len().max(1) as f64;
        let mut areas: Vec<u32> = numbers.iter().map(|value| value / 1_000_000).collect();
        let low = areas.iter().filter(|area| **area < 100).count() as f64 / n;
        let high = areas.iter().filter(|area| **area > 772).count() as f64 / n;
        areas.sort_unstable();
        areas.dedup();
        let spread = areas.len() as f64 / n.min(350.0);
        case.add(if spread > 0.4 { 2.0 } else { -5.0 }, format!("{} different area numbers", areas.len()));
        let zeros = if low > 0.01 && low < 0.35 {
            3.0
        } else if n > 80.0 {
            -2.5
        } else {
            0.0
        };
        case.add(zeros, format!("{} begin with a zero, as issued numbers do", percent(low)));
        // Before 2011 no area above 772 was issued.
        case.add(if high < 0.08 { 1.0 } else { -1.5 }, format!("{} lie above area 772", percent(high)));
    }
    if column.distinct_ratio() < 0.5 && column.len() > 20 {
        case.add(-2.0, "values repeat");
    }
    if column.counter && hyphens < 0.5 {
        case.add(-9.0, "the numbers count up");
    }
    let routing = column.tally(values::aba);
    if routing.all >= 5 && routing.valid() > 0.9 {
        case.add(-9.0, "nearly all pass the check of a routing number");
    }
    cases.push(case);
}

/// A case for American numbers that is weaker than this gives way to one for those of another country.
const UNLIKELY: f64 = -3.0;

fn phone(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let plus = |cell: &[u8]| {
        cell[0] == b'+' || cell.starts_with(b"(+") || cell.starts_with(b"00") || cell.starts_with(b"tel:")
    };
    // Long bare numbers could be anything; they count only if they all begin with one calling code (below).
    let digits = |cell: &[u8]| values::without_extension(cell).iter().filter(|byte| byte.is_ascii_digit()).count();
    let bare_long = |cell: &[u8]| digits(cell) > 11 && !plus(cell);
    let tally = column.tally(|cell| if bare_long(cell) { values::phone(b"x") } else { values::phone(cell) });
    let grouped = |cell: &[u8]| {
        let signs = cell.iter().filter(|byte| !byte.is_ascii_digit()).count();
        (1..=8).contains(&signs) && cell.len() >= 8 && !cell.contains(&b':')
    };
    let written = column.share(grouped);
    let zero = column.share(|cell| cell[0] == b'0' || cell.starts_with(b"(0") || plus(cell));
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
fn is_decimal(cell: &[u8]) -> bool {
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
    let code = |cell: &[u8]| {
        let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
        let fits = |code: &values::CallingCode| {
            let text = code.code.to_string();
            let rest = digits.saturating_sub(text.len());
            code.code != 1
                && cell.starts_with(text.as_bytes())
                && (usize::from(code.shortest)..=usize::from(code.longest)).contains(&rest)
        };
        ids.calling_codes.iter().find(|(code, _)| fits(code)).map_or(0, |(code, _)| code.code)
    };
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
    let case = Case::new(Phone, -4.0)
        .with(
            if zero > 0.6 { 3.5 } else { zero * 2.0 },
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
        .when(column.one_length > 0.98 && written < 0.1 && zero < 0.5 && same < 0.97, -3.0, "one length without signs")
        .when(column.distinct_ratio() < 0.3 && column.len() > 30, -3.0, "values repeat");
    Some(case)
}

fn devices(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let fifteen =
        column.share(|cell| cell.iter().filter(|byte| byte.is_ascii_digit()).count() == 15 || cell.ends_with(b".0"));
    let imei = column.tally(values::imei);
    imeis(ids, column, &imei, fifteen, cases);
    imsis(ids, column, imei.valid(), fifteen, cases);
    let iccid = column.tally(values::iccid);
    if iccid.form() > 0.7 {
        let share = iccid.valid();
        cases.push(Case::new(Iccid, 0.0).with(
            if share > 0.9 { 8.0 } else { -6.0 },
            format!("{} begin with 89, the industry of SIM cards", percent(share)),
        ));
    }
    let imeisv = column.tally(values::imeisv);
    if imeisv.form() > 0.7 {
        let known = column.distinct_share(|cell| begins_with_body(ids, cell));
        let branded =
            column.distinct_share(|cell| cell.len() == 16 && cell.iter().all(u8::is_ascii_digit) && values::luhn(cell));
        let case = Case::new(Imeisv, -2.0).with(
            if known > 0.95 && column.distinct.len() >= 8 { 5.0 } else { -2.0 },
            format!("16 digits, {} begin with a reporting body", percent(known)),
        );
        cases.push(case.when(branded > 0.5, -9.0, "they have a check digit"));
    }
    let meid = column.tally(values::meid);
    if meid.form() > 0.8 {
        cases.push(Case::new(Meid, -1.0).with(if meid.valid() > 0.95 { 7.0 } else { -4.0 }, "form of a MEID"));
    }
    let vin = column.tally(values::vin);
    if vin.form() > 0.8 {
        let (score, words) = ratio(ids, Vin, &vin, -10.0, 10.0);
        cases.push(Case::new(Vin, -2.0).with(score, words));
    }
}

/// Tells whether a device number begins with the code of a reporting body.
fn begins_with_body(ids: &Identifiers, cell: &[u8]) -> bool {
    cell.len() >= 14
        && ids.is_reporting_body(u64::from(cell[0].wrapping_sub(b'0')) * 10 + u64::from(cell[1].wrapping_sub(b'0')))
}

fn imeis(ids: &Identifiers, column: &Column<'_>, imei: &Tally, fifteen: f64, cases: &mut Vec<Case>) {
    if imei.form() > 0.7 && fifteen > 0.5 {
        let (score, words) = ratio(ids, Imei, imei, -12.0, 10.0);
        let known = column.distinct_share(|cell| begins_with_body(ids, cell));
        let case = Case::new(Imei, -3.0).with(score, words);
        cases.push(
            case.with(
                ((known - 0.6) * 8.0).clamp(-3.0, 3.0),
                format!("{} begin with a reporting body", percent(known)),
            ),
        );
    } else if imei.form() > 0.7 {
        let known = column.distinct_share(|cell| begins_with_body(ids, cell));
        let case = Case::new(Imei, -4.0).with(
            if known > 0.95 { 3.0 } else { -2.0 },
            format!("14 digits, {} begin with a reporting body", percent(known)),
        );
        cases.push(case.when(column.counter, -5.0, "the numbers count up"));
    }
}

/// `luhn` is the share that has the check digit of an IMEI.
fn imsis(ids: &Identifiers, column: &Column<'_>, luhn: f64, fifteen: f64, cases: &mut Vec<Case>) {
    let imsi = column.tally(values::imsi);
    if imsi.form() > 0.7 && (column.digits > 0.7 || fifteen > 0.7) {
        let code = |cell: &[u8]| {
            values::imsi(cell).value.map(|value| {
                if value >= 100_000_000_000_000 { value / 1_000_000_000_000 } else { value / 100_000_000_000 }
            })
        };
        let assigned = column.distinct_share(|cell| code(cell).is_some_and(|code| ids.is_country_code(code)));
        let mut codes: Vec<u64> = column.distinct.iter().filter_map(|cell| code(cell)).collect();
        codes.sort_unstable();
        codes.dedup();
        let few = codes.len() <= 1 + column.distinct.len() / 10;
        let score = if assigned > 0.95 { 2.0 } else { (assigned - 0.95) * 40.0 };
        let case = Case::new(Imsi, -1.5)
            .with(score.max(-8.0), format!("{} begin with an assigned country code", percent(assigned)));
        let case = case.with(if few { 4.0 } else { -2.0 }, format!("{} country codes in all", codes.len()));
        cases.push(case.when(
            luhn > 0.8 && column.distinct.len() > 4,
            -9.0,
            "nearly all have a check digit, which an IMSI has not",
        ));
    }
}

/// Identity numbers of states: of each element the scheme that fits best.
fn identities(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    /// Values on which a scheme must fit before all are looked at.
    const PROBE: usize = 40;
    /// A check that more than this share of random strings passes proves little, however many values pass.
    const WEAK: f64 = 0.12;
    let probe = &column.distinct[..column.distinct.len().min(PROBE)];
    let mut best: Vec<Case> = Vec::new();
    for (element, scheme, random) in &ids.schemes {
        let form = |cell: &&&[u8]| matches!(scheme.check(cell).verdict, Verdict::Valid | Verdict::Impossible);
        if probe.iter().filter(form).count() * 10 < probe.len() * 8 {
            continue;
        }
        let tally = column.tally(|cell| scheme.check(cell));
        // Letters in fixed places are evidence of their own.
        let lettered = column.digits < 0.1 && column.no_digits < 0.1 && column.length >= 9;
        let most = match (*random > WEAK, lettered) {
            (false, _) => 10.0,
            (true, true) => 6.0,
            (true, false) => 2.0,
        };
        let proof = tally.ratio(*random).clamp(-12.0, most);
        let words = format!(
            "{} have the form of a {} and pass its check; {} of random ones would",
            percent(tally.valid()),
            scheme.rule().name,
            percent(*random)
        );
        // Of schemes with one form the rarer proof is the better one.
        let rare = if proof > 9.0 { (0.1 / random).ln().clamp(0.0, 3.0) } else { 0.0 };
        let case =
            Case::new(*element, -3.5 + rare).with(proof, words).when(column.counter, -6.0, "the numbers count up");
        match best.iter_mut().find(|other| other.element == *element) {
            Some(other) if other.score < case.score => *other = case,
            Some(_) => {}
            None => best.push(case),
        }
    }
    cases.append(&mut best);
    let number = column.share(|cell| values::account_number(cell).verdict != Verdict::Damaged);
    for element in [NationalId, TaxId, HealthInsurance] {
        if number > 0.8 && !cases.iter().any(|case| case.element == element) {
            cases.push(Case::by_name(element, -3.5));
        }
    }
}

fn health(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let ein = column.tally(|cell| values::ein(cell, &ids.unassigned_eins));
    if ein.form() > 0.8 {
        let hyphened = column.share(|cell| cell.len() == 10 && cell[2] == b'-');
        if hyphened > 0.8 {
            let (score, words) = ratio(ids, Ein, &ein, -8.0, 2.0);
            cases.push(Case::new(Ein, -3.0).with(score, words).with(4.5, "written 2-7 with a hyphen"));
        } else if ein.valid() > 0.9 {
            cases.push(Case::by_name(Ein, -3.5));
        }
    }
    for (element, tally, most) in [
        (Mbi, column.tally(values::mbi), 10.0),
        (Npi, column.tally(values::npi), 10.0),
        (Dea, column.tally(values::dea), 9.0),
    ] {
        if tally.form() > 0.8 {
            let (score, words) = ratio(ids, element, &tally, -12.0, most);
            cases.push(Case::new(element, -3.0).with(score, words).when(column.counter, -6.0, "the numbers count up"));
        }
    }
    let coded = column.share(|cell| values::diagnosis(cell).is_valid());
    let dotted = column.distinct_share(|cell| cell.get(3) == Some(&b'.'));
    if coded > 0.9 && dotted > 0.5 && column.distinct.len() >= 5 {
        let words = format!("{} have the form of diagnosis codes, most with a dot", percent(coded));
        cases.push(Case::new(Medical, -4.0).with(4.0, words));
    } else if column.distinct.len() > 3 && column.share(values::is_blood_group) > 0.9 {
        cases.push(Case::new(Medical, -1.0).with(6.0, "blood groups"));
    } else {
        cases.push(Case::by_name(Medical, -3.5));
    }
}

fn tokens(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let crypto = column.tally(values::crypto_address);
    // Tokens that count time begin with one sign for years; addresses with one of three.
    let begin_with = |sign: &&u8| column.distinct_share(|cell| cell[0] == **sign) > 0.1;
    let alike = || {
        column.distinct.len() >= 10
            && column.distinct_share(values::is_like_crypto_address) > 0.95
            && b"13b".iter().filter(begin_with).count() > 1
    };
    if crypto.valid() < 0.5 && alike() {
        // Made up or cut off, hardly somebody's: a person should look.
        cases
            .push(Case::new(CryptoAddress, -2.0).with(2.6, "written as addresses of Bitcoin, but they fail its check"));
    } else if crypto.form() > 0.8 {
        let (score, words) = ratio(ids, CryptoAddress, &crypto, -2.5, 10.0);
        cases.push(Case::new(CryptoAddress, -2.0).with(score, words));
    }
    let known = column.share(values::known_key);
    if known > 0.7 {
        cases.push(Case::new(ApiKey, 0.0).with(8.0, format!("{} begin as an issuer's tokens do", percent(known))));
    } else if column.share(|cell| values::api_key(cell).is_valid()) > 0.8 {
        cases.push(Case::by_name(ApiKey, -3.5));
    }
    let degrees = column.tally(values::geolocation);
    if degrees.form() > 0.9 {
        let pairs = column.share(|cell| cell.iter().filter(|byte| **byte == b'.').count() == 2);
        let fine = column.share(|cell| cell.rsplit(|byte| *byte == b'.').next().is_some_and(|part| part.len() >= 4));
        if pairs > 0.9 && fine > 0.7 {
            let words = "two numbers of degrees with four or more decimals";
            cases.push(Case::new(Geolocation, -2.0).with(5.0, words));
        } else {
            let alone = if fine > 0.7 { Case::new(Geolocation, -4.0) } else { Case::by_name(Geolocation, -3.5) };
            cases.push(alone.with(0.0, "degrees"));
        }
    }
    if column.tally(values::advertising_id).form() > 0.9 {
        cases.push(Case::by_name(AdvertisingId, -2.5));
    }
    if column.share(|cell| values::license_plate(cell).is_valid()) > 0.8 {
        cases.push(plates(ids, column));
    }
    let number = column.share(|cell| values::account_number(cell).verdict != Verdict::Damaged);
    if number > 0.8 {
        cases.extend([StateId, MilitaryId, TribalId].map(|element| Case::by_name(element, -3.0)));
    }
    let dna = column.distinct_share(values::is_dna);
    cases.push(match column.distinct.len() >= 5 && dna > 0.95 {
        true => Case::new(Genetic, -1.5).with(6.0, format!("{} are bases of DNA", percent(dna))),
        false => Case::by_name(Genetic, -3.0),
    });
    cases.extend([SecurityAnswer, Biometric, Cpni].map(|element| Case::by_name(element, -3.0)));
}

/// Licence plates: where all are written alike and hardly one stands twice, a person should look.
fn plates(ids: &Identifiers, column: &Column<'_>) -> Case {
    const FEWEST: usize = 20;
    let n = column.distinct.len();
    let by_name = Case::by_name(LicensePlate, -3.0);
    if n < FEWEST || column.distinct_ratio() <= 0.9 || column.counter {
        return by_name;
    }
    // Numbers of orders and staff begin alike.
    let mut beginnings: Vec<&[u8]> = column.distinct.iter().map(|cell| &cell[..cell.len().min(2)]).collect();
    beginnings.sort_unstable();
    let commonest = beginnings.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
    let alike = ids.plates.most_of_one(&column.distinct) as f64 / n as f64;
    if commonest * 3 >= n || alike <= 0.95 {
        return by_name;
    }
    let words = format!("{} are written as one country writes its plates", percent(alike));
    Case::new(LicensePlate, -3.0).with(3.9, words)
}

fn networks(column: &Column<'_>, cases: &mut Vec<Case>) {
    let email = column.tally(values::email);
    if email.form() > 0.5 {
        cases.push(
            Case::new(Email, 0.0).with(10.0 * email.form(), format!("{} are e-mail addresses", percent(email.form()))),
        );
    }
    let ip = column.tally(values::ip);
    if ip.form() > 0.8 {
        let small = column.distinct_share(|cell| cell.split(|byte| *byte == b'.').all(|part| part.len() <= 2));
        let case = Case::new(Ip, 0.0).with(8.0 * ip.valid(), format!("{} are IP addresses", percent(ip.form())));
        cases.push(case.when(small > 0.6, -8.0, "all four numbers are small, as in versions"));
    }
    let mac = column.tally(values::mac);
    if mac.form() > 0.8 {
        cases.push(Case::new(Mac, 0.0).with(9.0, format!("{} are MAC addresses", percent(mac.form()))));
    }
    let hash = column.tally(values::password_hash);
    if hash.form() > 0.8 {
        let tagged = column.share(|cell| cell[0] == b'$' || cell[0] == b'{' || cell.starts_with(b"pbkdf2"));
        let case = Case::new(PasswordHash, -3.5).when(tagged > 0.7, 10.0, "form of a password hash with its method");
        cases.push(case.when(tagged <= 0.7, 0.5, "hexadecimal of the length of a digest"));
    }
    let username = column.tally(values::username);
    if username.form() > 0.9 && column.digits < 0.5 && column.spaced < 0.1 {
        let mixed = column.share(|cell| {
            cell.iter().any(u8::is_ascii_lowercase)
                && cell.iter().any(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))
        });
        let hexadecimal =
            column.share(|cell| cell.len() >= 16 && cell.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-'));
        let case = Case::new(Username, -4.0).when(
            column.distinct_ratio() > 0.9 && mixed > 0.3 && hexadecimal < 0.1,
            2.0,
            "distinct words with digits or dots",
        );
        cases.push(case.when(hexadecimal > 0.5, -4.0, "long hexadecimal"));
    }
}

fn dates(column: &Column<'_>, cases: &mut Vec<Case>) {
    let order = date_order(column);
    let tally = column.tally(|cell| values::date(cell, order));
    if tally.form() < 0.7 {
        return;
    }
    let mut years: Vec<u32> = column
        .values
        .iter()
        .filter_map(|(_, cell)| Some(values::date(cell, order)).filter(values::Checked::is_valid)?.value)
        .map(|packed| packed >> 9)
        .collect();
    if years.is_empty() {
        return;
    }
    years.sort_unstable();
    let at = |share: f64| years[((years.len() - 1) as f64 * share) as usize];
    let (p5, median, p95) = (at(0.05), at(0.5), at(0.95));
    let born = years.iter().filter(|year| (1500..=2024).contains(*year)).count() as f64 / years.len() as f64;
    let timed = column
        .share(|cell| memchr::memmem::find(cell, b":").is_some_and(|_| memchr::memmem::find(cell, b"00:00").is_none()));
    let range = p95 - p5;
    let spread: f64 = match range {
        35.. => 4.0,
        20..35 => 2.5,
        10..20 => -0.5,
        _ => -5.0,
    };
    let adult = (1930..=2006).contains(&median);
    let mut case = Case::new(Dob, -6.0);
    case.add(
        if tally.all < 8 { spread.clamp(-5.0, 1.5) } else { spread },
        format!("years {p5} to {p95} hold nine in ten values"),
    );
    case.add(if adult { 1.0 } else { -2.5 }, format!("median year {median}"));
    case.add((born - 0.97) * 40.0, format!("{} could be births", percent(born)));
    // Of random groups of two digits one in twenty is a day.
    if tally.valid() < 0.8 {
        case.add(-8.0, format!("only {} are days of the calendar", percent(tally.valid())));
    }
    if timed > 0.3 {
        case.add(-5.0, "the dates have a time of day");
    }
    if column.distinct_ratio() < 0.1 && column.len() > 200 && column.distinct.len() < 50 {
        case.add(-3.0, "few different days");
    }
    cases.push(case);
}

/// Decides on the whole column whether the day or the month comes first.
pub(super) fn date_order(column: &Column<'_>) -> DateOrder {
    let valid = |order| column.distinct.iter().filter(|cell| values::date(cell, order).is_valid()).count();
    let dotted = column.share(|cell| matches!(cell, [_, _, b'.', _, _, b'.', ..] | [_, b'.', ..]));
    let (month_first, day_first) = (valid(DateOrder::MonthFirst), valid(DateOrder::DayFirst));
    if day_first > month_first || (day_first == month_first && dotted > 0.5) {
        DateOrder::DayFirst
    } else {
        DateOrder::MonthFirst
    }
}

/// Most different words of a column of genders.
const MOST_GENDERS: usize = 12;

fn people(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let gender = column.tally(values::gender);
    let has = |code: u8| column.distinct.iter().any(|cell| values::gender(cell).value == Some(code));
    let both = gender.all <= MOST_GENDERS && has(b'F') && has(b'M');
    let mostly = both && column.share(|cell| values::gender(cell).is_valid()) > 0.6;
    if mostly || (gender.form() > 0.99 && gender.all <= 6) {
        let words = column.distinct.iter().any(|cell| cell.len() > 3);
        let score = if has(b'F') && has(b'M') { if words { 7.0 } else { 4.5 } } else { -1.0 };
        cases.push(Case::new(Gender, -1.0).with(score, "only words for genders"));
    }
    let suffix = column.tally(values::suffix);
    let share = column.share(|cell| values::suffix(cell).verdict == Verdict::Valid);
    if suffix.form() > 0.9 || share > 0.9 {
        let junior = column.distinct_share(|cell| matches!(cell.len(), 2 | 3) && cell[0].eq_ignore_ascii_case(&b'j'));
        cases.push(Case::new(Suffix, 0.0).with(if junior > 0.0 { 5.0 } else { -1.0 }, "only generational suffixes"));
    } else if share > 0.5 {
        // Few have one, so that a shifted row or two weighs much; the header must say what the column is for.
        cases.push(Case::by_name(Suffix, 0.0).with(-1.0, format!("{} are generational suffixes", percent(share))));
    }
    let form = column.tally(values::name);
    if form.form() < 0.85 || column.mean_length > 45.0 {
        return;
    }
    let initials = column.share(|cell| matches!(cell, [a] | [a, b'.'] if a.is_ascii_alphabetic()));
    if column.mean_length < 12.0 {
        let many = column.distinct.iter().filter(|cell| cell.len() <= 2).count() >= 8;
        cases.push(
            Case::new(MiddleName, -3.5)
                .with(if initials > 0.6 && many { 4.0 } else { -0.5 }, format!("{} are initials", percent(initials)))
                .when(initials < 0.3 && unknown_given(ids, column), -3.0, "hardly any is a given name"),
        );
    }
    if initials > 0.6 {
        return;
    }
    // Of scripts that no list holds the header says what they are.
    if column.distinct_share(named::in_other_script) < 0.6 {
        names(ids, column, cases);
    }
}

/// Tells whether fewer than three in ten words are given names, in a script of which there are lists.
fn unknown_given(ids: &Identifiers, column: &Column<'_>) -> bool {
    let known = |cell: &[u8]| ids.name_frequency(cell).0.is_some() || ids.names_abroad.is_given(cell);
    column.distinct_share(known) < 0.3 && column.distinct_share(named::in_other_script) < 0.3
}

/// How the distinct values of a column fare with the lists of names, as shares of all.
#[derive(Default)]
struct Listed {
    given: f64,
    surname: f64,
    /// How much more often the single words are given names than surnames, in nats.
    lean: f64,
    /// Of values of several words: the first a given name and the last a surname, half each.
    whole: f64,
    city: f64,
    single: f64,
    company: f64,
}

impl Listed {
    fn of(ids: &Identifiers, column: &Column<'_>) -> Self {
        let mut listed = Listed::default();
        for cell in &column.distinct {
            listed.add(ids, cell);
        }
        let n = column.distinct.len() as f64;
        listed.lean /= listed.single.max(1.0);
        for sum in [
            &mut listed.given,
            &mut listed.surname,
            &mut listed.whole,
            &mut listed.city,
            &mut listed.single,
            &mut listed.company,
        ] {
            *sum /= n;
        }
        listed
    }

    fn add(&mut self, ids: &Identifiers, cell: &[u8]) {
        /// What a word says that only the lists of other countries hold.
        const ABROAD: f64 = 3.0;
        let one = |is: bool| f64::from(u8::from(is));
        self.city += one(ids.is_city(cell));
        let words = || cell.split(|byte| matches!(byte, b' ' | b'-')).filter(|word| !word.is_empty());
        let count = words().count();
        if count == 1 || (count == 2 && cell.contains(&b'-')) {
            self.single += 1.0;
            let word = cell.split(|byte| *byte == b'-').next().unwrap_or(cell);
            let (as_given, as_surname) = ids.name_frequency(word);
            let (given, surname) = (ids.names_abroad.is_given(word), ids.names_abroad.is_surname(word));
            self.given += one(as_given.is_some() || given);
            self.surname += one(as_surname.is_some() || surname || ids.names_abroad.ends_as_surname(word));
            self.lean += match (as_given, as_surname) {
                (None, None) => ABROAD * (one(given) - one(surname)),
                _ => f64::from(as_given.unwrap_or(-16.0) - as_surname.unwrap_or(-16.0)).clamp(-4.0, 4.0),
            };
            return;
        }
        self.company += one(ids.names_a_company(cell) || cell.contains(&b'&'));
        let parts = values::name_parts(cell);
        let last = parts.surname.rsplit(|byte| matches!(byte, b' ' | b'-')).next().unwrap_or(parts.surname);
        let first = ids.name_frequency(parts.given).0.is_some() || ids.names_abroad.is_given(parts.given);
        let last = ids.name_frequency(last).1.is_some()
            || ids.names_abroad.is_surname(last)
            || ids.names_abroad.ends_as_surname(last);
        self.whole += one(first) * 0.5 + one(last) * 0.5;
    }
}

/// Names by the lists of given names and surnames; which of the two by frequency.
fn names(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let Listed { given, surname, lean, whole, city, single, company } = Listed::of(ids, column);
    let varied = match column.distinct.len() {
        0..3 => -8.0,
        3..8 if column.len() > 2 * column.distinct.len() => -5.0,
        // A short list, gone through again and again: colours, makes, grades. There are more surnames.
        8..60 if column.distinct_ratio() < 0.3 => -3.0,
        _ => 0.0,
    };
    if single > 0.6 {
        let score = |share: f64| ((share - 0.35) * 14.0).clamp(-4.0, 7.0);
        let case = Case::new(GivenName, -2.5).with(score(given), format!("{} are known given names", percent(given)));
        cases.push(
            case.with((lean * 1.6).clamp(-6.0, 3.0), "how often the words are given names rather than surnames")
                .with(varied * 0.7, "variety of values"),
        );
        let case = Case::new(Surname, -2.5).with(score(surname), format!("{} are known surnames", percent(surname)));
        let maiden = Case::by_name(MothersMaidenName, -2.5).with(score(surname).max(-1.0), "words that are surnames");
        cases.push(maiden);
        let case = case
            .with((-lean * 1.6).clamp(-6.0, 3.0), "how often the words are surnames rather than given names")
            .with(varied, "variety of values");
        let small = column.share(|cell| cell.iter().all(|byte| !byte.is_ascii_uppercase()));
        let case = case.when(small > 0.9, -3.0, "written in small letters");
        cases.push(case.when(city > 0.7 && city > surname + 0.15, -5.0, "they are cities"));
    } else if surname > 0.2 || given > 0.2 || whole > 0.0 {
        cases.push(Case::new(Surname, -4.0).with(0.0, "several words"));
        cases.push(Case::new(GivenName, -4.0).with(0.0, "several words"));
    }
    let comma = column.share(|cell| cell.contains(&b','));
    let score = ((whole - 0.4) * 14.0).clamp(-5.0, 7.0);
    let case =
        Case::new(Name, -2.0).with(score, format!("{} of the words stand in the lists of names", percent(whole)));
    let case = case.with(varied, "variety of values").when(city > 0.3, -5.0, "they are cities");
    let case = case.when(company > 0.2, -8.0, "names of companies");
    cases.push(case.when(comma > 0.8, 1.0, "written with the surname first"));
}

fn places(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let n = column.distinct.len();
    let state = column.tally(values::state);
    let fits = column.share(|cell| values::state(cell).is_valid());
    if fits > 0.9 {
        let score = match n {
            0..=2 => 0.5,
            3..=5 => 2.0,
            _ => 6.0,
        };
        let doubt = if state.valid() < 0.8 { -4.0 } else { 0.0 };
        cases.push(
            Case::new(State, 0.0).with(score + doubt, format!("{} are states, {n} different ones", percent(fits))),
        );
    } else if column.no_digits > 0.95 && column.mean_length < 40.0 {
        regions(ids, column, cases);
    }
    zip(ids, column, cases);
    let country = column.share(|cell| ids.is_country(cell));
    if country > 0.9 || (country > 0.7 && column.mean_length > 3.5) {
        let words = column.share(|cell| cell.len() > 3);
        let score = if words > 0.5 {
            4.5
        } else if n == 1 && column.len() >= 20 {
            0.8
        } else {
            1.0
        };
        let small = column.share(|cell| cell.iter().any(u8::is_ascii_lowercase)) > 0.5;
        // "no" is Norway, and no.
        let unsure = if words < 0.5 && small {
            -4.0
        } else if country > 0.9 {
            0.0
        } else {
            -1.5
        };
        cases.push(Case::new(Country, unsure).with(score, format!("{} are countries", percent(country))).when(
            fits > 0.95 && n > 4,
            -5.0,
            "all are states",
        ));
    }
    if column.no_digits > 0.9 && column.mean_length < 35.0 && column.mean_length > 2.0 && values_are_words(column) {
        let city = column.distinct_share(|cell| ids.is_city(cell));
        let score = ((city - 0.35) * 14.0).clamp(-0.8, 7.0);
        let case = Case::new(City, -2.0).with(score, format!("{} are names of cities", percent(city)));
        let case = case.when(n < 8 && column.len() > 3 * n, -4.0, "few values, often repeated");
        cases.push(case.when(fits > 0.9 || country > 0.7, -6.0, "all are states or countries"));
    }
    street(ids, column, cases);
}

/// Provinces and counties of other countries; a handful of other words is something else.
fn regions(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let n = column.distinct.len();
    let known = column.share(|cell| ids.is_region(cell) || values::state(cell).is_valid());
    let codes = column.mean_length < 3.5;
    let few = if n < 5 { -4.0 } else { 0.0 };
    if known > 0.7 && n >= 3 {
        let score = if codes { 2.5 } else { 6.0 };
        let words = format!("{} are states or provinces, {n} different ones", percent(known));
        cases.push(Case::new(State, -1.0).with(score + few * 0.5, words));
    } else {
        cases.push(Case::new(State, -4.6).with(few + known * 3.0, "words"));
    }
}

fn values_are_words(column: &Column<'_>) -> bool {
    column.tally(values::name).form() > 0.85
}

fn zip(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let tally = column.tally(values::zip);
    let lost = column.distinct_share(|cell| values::zip(cell).note == values::Note::LostZeros);
    let nine = column.share(|cell| cell.len() == 9);
    if tally.form() + lost > 0.8 && tally.form() > 0.5 && nine < 0.5 {
        let used =
            column.distinct.iter().filter(|cell| values::zip(cell).value.is_some_and(|zip| ids.is_zip(zip))).count();
        let used_tally = Tally { all: n_of(column), valid: used, impossible: n_of(column) - used };
        let plus4 = column.share(|cell| cell.len() == 10);
        let share = used_tally.valid();
        // 41 of 100 five-digit numbers are in use. A third to two thirds is what another country's codes give.
        let score = if (0.2..0.75).contains(&share) { -0.5 } else { used_tally.ratio(0.41).clamp(-2.0, 6.0) };
        let case = Case::new(Zip, -3.5)
            .with(score, format!("{} are ZIP codes in use; 41 % of random ones would be", percent(share)));
        let case = case.when(plus4 > 0.3, 5.0, "some are written with the four digits behind");
        cases.push(case.when(column.counter, -7.0, "the numbers count up"));
        return;
    }
    if column.tally(|cell| values::date(cell, DateOrder::MonthFirst)).valid * 10 > column.distinct.len() * 7 {
        return;
    }
    let best = ids.postal_forms.iter().map(|form| {
        let fitting = column.share(|cell| values::postal_code(cell, form).is_valid());
        let lettered = form.forms.iter().any(|form| form.iter().any(|sign| !sign.is_ascii_digit()));
        (fitting, lettered, form)
    });
    if let Some((share, lettered, form)) = best.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|best| best.0 > 0.8) {
        let signed = lettered && column.digits < 0.5;
        let country = String::from_utf8_lossy(&form.country).into_owned();
        cases.push(Case::new(Zip, -3.0).with(
            match (signed, form.forms.iter().all(|form| form.len() == 4)) {
                (true, _) => 6.0,
                (false, false) => 1.5,
                // Four digits are anything.
                (false, true) => 0.0,
            },
            format!("{} have the form of postal codes of {country}", percent(share)),
        ));
    }
}

fn n_of(column: &Column<'_>) -> usize {
    column.distinct.len()
}

fn street(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let form = column.tally(values::street);
    if form.form() < 0.7 {
        let numbers = column.share(|cell| cell.len() <= 6 && cell[0].is_ascii_digit());
        if numbers > 0.9 {
            cases.push(Case::new(Address, -5.0).with(0.0, "short numbers"));
        }
        return;
    }
    let numbered = column.distinct_share(|cell| cell.iter().any(u8::is_ascii_digit));
    let worded = column
        .distinct_share(|cell| cell.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| ids.is_street_word(word)));
    let abroad = column.distinct_share(|cell| {
        cell.split(|byte| matches!(byte, b' ' | b',')).any(|word| ids.streets.names_a_street(word))
    });
    let units = column.distinct_share(|cell| {
        let first = cell.split(|byte| *byte == b' ').next().unwrap_or(cell).to_ascii_lowercase();
        matches!(
            first.as_slice(),
            b"apt"
                | b"apt."
                | b"unit"
                | b"ste"
                | b"suite"
                | b"#"
                | b"lot"
                | b"fl"
                | b"rm"
                | b"bldg"
                | b"apartment"
                | b"room"
                | b"trlr"
                | b"spc"
        )
    });
    let ends = column.distinct_share(|cell| cell[0].is_ascii_digit() || cell.last().is_some_and(u8::is_ascii_digit));
    let mut case = Case::new(Address, -3.0);
    let streets = worded.max(abroad);
    case.add(((streets - 0.25) * 12.0).clamp(-2.0, 6.0), format!("{} have a word for streets", percent(streets)));
    case.add(if numbered > 0.6 && ends > 0.5 { 3.0 } else { -1.5 }, format!("{} have a number", percent(numbered)));
    let phrase = |cell: &[u8]| cell.split(|byte| *byte == b' ').filter(|word| word.len() > 1).count() >= 2;
    if numbered > 0.6
        && column.distinct_ratio() > 0.8
        && (10.0..50.0).contains(&column.mean_length)
        && column.distinct_share(phrase) > 0.6
    {
        case.add(1.5, "a number and words, hardly one twice");
    }
    if units > 0.7 {
        case.add(5.0, "units of a building");
    }
    if column.mean_length > 70.0 {
        case.add(-3.0, "long texts");
    }
    if column.distinct.len() < 8 && column.len() > 40 {
        case.add(-4.0, "few values, often repeated");
    }
    cases.push(case);
}
