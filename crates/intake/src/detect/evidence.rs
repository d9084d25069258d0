//! What the values of one column say for each element, as log-odds against "no personal data", with the reason.
//!
//! The figures are log-likelihood ratios in nats, capped because neighbouring assumptions fail together; a validator's
//! share counts by its random pass rate, which stands in the rulebook.

use vocab::DataElement::{self, *};

use super::bearers;
use super::column::{Column, Tally};
use super::days;
use super::detectors;
use super::dialled::{self, is_decimal};
use super::logins;
use super::named;
use super::rules::Identifiers;
use super::sites;
use super::values::{self, Verdict};

/// The case for one element.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) element: DataElement,
    pub(super) score: f64,
    pub(super) reasons: Vec<(f64, String)>,
    /// Has no form of its own: nothing without a header that names it.
    pub(super) by_name: bool,
    /// The score before the header's weight where the header names it plainly, if it were less.
    pub(super) as_named: Option<f64>,
}

impl Case {
    pub(super) fn new(element: DataElement, prior: f64) -> Self {
        Case { element, score: prior, reasons: Vec::new(), by_name: false, as_named: None }
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

    pub(super) fn when(self, condition: bool, score: f64, reason: &str) -> Self {
        if condition { self.with(score, reason) } else { self }
    }

    /// Sets the least score before the header's weight where the header names it plainly.
    pub(super) fn named(self, least: Option<f64>) -> Self {
        Case { as_named: least, ..self }
    }
}

pub(super) fn percent(share: f64) -> String {
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
    logins::weigh(column, &mut cases);
    masked(column, &mut cases);
    days::weigh(column, &mut cases);
    bearers::weigh(ids, column, &mut cases);
    sites::weigh(ids, column, &mut cases);
    named::offer(ids, column, &mut cases);
    detectors::weigh(ids, column, &mut cases);
    // Few values say little, whatever they are.
    let doubt = if column.distinct.len() < 3 { 2.0 } else { 0.0 };
    // Suffixes, genders and countries are few by nature.
    let many = |case: &&mut Case| !matches!(case.element, Suffix | Gender | Country);
    cases.iter_mut().filter(many).for_each(|case| case.score -= doubt);
    cases
}

/// Log-odds of a case for numbers that are not there: under a header that names them plainly a person should look.
const NOT_THERE: f64 = -5.0;

/// What the source itself left of numbers: they are none, but what a header calls so was one.
fn masked(column: &Column<'_>, cases: &mut Vec<Case>) {
    if column.share(is_masked_card) > 0.7 {
        let words = "card numbers of which only the beginning or the end is shown";
        cases.push(Case::by_name(PaymentCard, NOT_THERE).with(-0.5, words));
    }
}

/// `411111******1111`, `XXXX-XXXX-XXXX-1111`.
fn is_masked_card(cell: &[u8]) -> bool {
    let masks = cell.iter().filter(|byte| matches!(byte, b'*' | b'X' | b'x' | b'#')).count();
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = cell.iter().filter(|byte| matches!(byte, b' ' | b'-')).count();
    masks >= 4
        && (2..=12).contains(&digits)
        && (12..=19).contains(&(masks + digits))
        && masks + digits + signs == cell.len()
}

/// Log-likelihood ratio of a tally against its random pass rate, and the sentence that goes with it.
pub(super) fn ratio(ids: &Identifiers, element: DataElement, tally: &Tally, low: f64, high: f64) -> (f64, String) {
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
    dialled::weigh(ids, column, cases);
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
        let masked = column.share(|cell| values::ssn_last4(cell).note == values::Note::Masked);
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
    let with = |sign: u8| column.share(|cell| cell.len() == 11 && cell[3] == cell[6] && cell[3] == sign);
    let (hyphens, others) = (with(b'-'), with(b' ') + with(b'.'));
    let plain = column.share(|cell| cell.len() == 9 && cell.iter().all(u8::is_ascii_digit));
    if hyphens > 0.5 {
        case.add(6.0, format!("{} are written 3-2-4 with hyphens", percent(hyphens)));
    } else if others > 0.5 {
        case.add(5.0, format!("{} are written 3-2-4", percent(others)));
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
    // One of eleven ISBN and ISSN ends in an X; the other ten pass the check of some state's numbers. Longer numbers with an X
    // are of people: China's have eighteen digits.
    let ends_in_x = column.distinct_share(|cell| {
        matches!(cell, [digits @ .., b'X' | b'x'] if digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
            && digits.iter().filter(|byte| byte.is_ascii_digit()).count() < 10)
    });
    let digits = column.distinct_share(|cell| cell.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-'));
    let lettered_checks = (0.03..0.25).contains(&ends_in_x) && digits + ends_in_x > 0.97;
    let serial = column.share(is_serial) > 0.9;
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
        let case = Case::new(*element, -3.5 + rare)
            .with(proof, words)
            .when(column.counter, -6.0, "the numbers count up")
            .when(lettered_checks, -12.0, "some end in an X, as numbers of books do")
            .when(serial, -8.0, "a year and a number behind it");
        match best.iter_mut().find(|other| other.element == *element) {
            Some(other) if other.score < case.score => *other = case,
            Some(_) => {}
            None => best.push(case),
        }
    }
    cases.append(&mut best);
    let number = column.share(is_number_of_somebody);
    for element in [NationalId, TaxId, HealthInsurance] {
        if number > 0.8 && !cases.iter().any(|case| case.element == element) {
            cases.push(Case::by_name(element, -3.5));
        }
    }
}

/// Whether a cell has the form of a number that an office gives somebody: no decimal number.
pub(super) fn is_number_of_somebody(cell: &[u8]) -> bool {
    values::account_number(cell).verdict != Verdict::Damaged && !is_decimal(cell)
}

/// A year, a sign and a number: `2023-004711`.
fn is_serial(cell: &[u8]) -> bool {
    matches!(cell, [b'1', b'9', a, b, b'-' | b'/' | b'.', rest @ ..] | [b'2', b'0', a, b, b'-' | b'/' | b'.', rest @ ..]
        if a.is_ascii_digit() && b.is_ascii_digit() && rest.len() >= 3 && rest.iter().all(u8::is_ascii_digit))
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
    } else if column.share(is_decimal) < 0.5 {
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
            let decimals = |cell: &[u8]| cell.rsplit(|byte| *byte == b'.').next().is_some_and(|part| part.len() >= 2);
            let coarse = column.distinct.len() >= 8 && column.share(decimals) < 0.3;
            cases.push(alone.with(0.0, "degrees").when(coarse, -3.5, "one decimal: ten kilometres"));
        }
    }
    if column.tally(values::advertising_id).form() > 0.9 {
        cases.push(Case::by_name(AdvertisingId, -2.5));
    }
    if column.share(|cell| values::license_plate(cell).is_valid()) > 0.8 {
        cases.push(plates(ids, column));
    }
    let number = column.share(is_number_of_somebody);
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
    let short = column.mean_length < 3.5 && n >= 8;
    let by_name = Case::by_name(LicensePlate, -3.0).when(short, -4.0, "two or three signs");
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
        let bare = column.share(|cell| cell.len() == 12) > 0.5;
        // Without signs between they are twelve digits of anything.
        let case =
            if bare { Case::by_name(Mac, -3.0) } else { Case::new(Mac, 0.0).with(9.0, "signs between the bytes") };
        cases.push(case.with(if bare { 0.5 } else { 0.0 }, format!("{} are MAC addresses", percent(mac.form()))));
    }
}
