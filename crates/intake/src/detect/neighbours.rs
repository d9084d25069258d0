//! What the other columns of a table say for a reading of one.

use vocab::DataElement::{self, *};
use vocab::Jurisdiction;

use super::column::Column;
use super::days;
use super::evidence::Case;
use super::logins;
use super::positions;
use super::rules::Identifiers;
use super::typing::Weighed;
use super::values::{self, Verdict};
use crate::open::RowBlock;

/// Most rows that are compared across columns.
const MOST_ROWS: usize = 1500;

/// The first reading of each column, by which the others are judged.
pub(super) struct First {
    by_column: Vec<Vec<(DataElement, f64)>>,
}

impl First {
    fn of(weighed: &[Weighed<'_>]) -> Self {
        let readings = |column: &Weighed<'_>| {
            column.cases.iter().map(|case| (case.element, column.probability(case.element))).collect()
        };
        First { by_column: weighed.iter().map(readings).collect() }
    }

    pub(super) fn probability(&self, column: usize, element: DataElement) -> f64 {
        let readings = self.by_column.get(column).map_or(&[][..], Vec::as_slice);
        readings.iter().filter(|(other, _)| *other == element).map(|(_, probability)| *probability).sum()
    }

    /// Highest probability that a column within `distance` of `at` holds one of the elements.
    pub(super) fn near(&self, at: usize, distance: usize, elements: &[DataElement]) -> f64 {
        let columns = at.saturating_sub(distance)..=at + distance;
        let of = |column| elements.iter().map(|element| self.probability(column, *element)).sum::<f64>();
        columns.filter(|column| *column != at).map(of).fold(0.0, f64::max)
    }

    pub(super) fn anywhere(&self, at: usize, elements: &[DataElement]) -> f64 {
        self.near(at, self.by_column.len(), elements)
    }
}

/// Weight of "no personal data" for a column without a name in a table about people; measured on tables of three origins.
const AMONG_PEOPLE: f64 = 0.85;

/// Rounds: what one makes plain helps the next.
const ROUNDS: usize = 3;

/// Adds the evidence of neighbours, in rounds.
pub(super) fn weigh(ids: &Identifiers, weighed: &mut [Weighed<'_>], sample: &RowBlock) {
    let before: Vec<Vec<Case>> = weighed.iter().map(|column| column.cases.clone()).collect();
    let nearly_all = |test: &dyn Fn(&[u8]) -> bool| -> Vec<usize> {
        (0..weighed.len()).filter(|at| weighed[*at].column.share(test) > 0.9).collect()
    };
    let brands = nearly_all(&|cell| ids.is_card_brand(cell));
    let numbers = if brands.is_empty() { Vec::new() } else { nearly_all(&is_like_card) };
    for round in 0..ROUNDS {
        let first = First::of(weighed);
        for (column, cases) in weighed.iter_mut().zip(&before) {
            column.cases.clone_from(cases);
        }
        for (at, column) in weighed.iter_mut().enumerate() {
            adjacent(&first, at, column);
            beside_brands(&brands, &numbers, at, column);
            logins::beside(ids, &first, at, column);
            numbers_of_customers(&first, at, column);
        }
        across_rows(ids, &first, weighed, sample);
        if round + 1 == ROUNDS {
            place_roles(weighed);
        }
    }
}

/// Fixed companions: name parts, parts of an address, a card and its extras.
fn adjacent(first: &First, at: usize, weighed: &mut Weighed<'_>) {
    /// Element, how near, companions, weight, reason.
    type Rule = (DataElement, usize, &'static [DataElement], f64, &'static str);
    const RULES: &[Rule] = &[
        (GivenName, 2, &[Surname], 3.0, "beside a surname"),
        (Surname, 2, &[GivenName], 3.0, "beside a given name"),
        (MiddleName, 2, &[GivenName, Surname], 4.0, "beside a name"),
        (Suffix, 3, &[Surname, Name], 2.5, "beside a surname"),
        (City, 2, &[State, Zip], 3.5, "beside the rest of an address"),
        (Zip, 3, &[Address], 3.5, "near a street"),
        (State, 2, &[City, Zip], 3.0, "beside the rest of an address"),
        (Zip, 2, &[City, State], 3.5, "beside the rest of an address"),
        (Address, 2, &[City, Zip, Address], 2.5, "beside the rest of an address"),
        (Country, 3, &[City, Zip, State], 3.0, "beside the rest of an address"),
        (Phone, 2, &[Email, Address, City, Zip, Country], 1.2, "beside an address"),
        (Imei, 2, &[Imsi, Phone, Iccid], 1.0, "beside other device numbers"),
        (Imsi, 2, &[Imei, Phone, Iccid], 1.0, "beside other device numbers"),
        (CardExpiry, 3, &[PaymentCard], 6.0, "beside a card number"),
        (CardCvv, 3, &[PaymentCard], 6.0, "beside a card number"),
        (BankAccount, 2, &[BankRouting, Bic], 6.4, "beside a routing number"),
        (Bic, 2, &[Iban], 4.0, "beside an IBAN"),
    ];
    for (element, distance, companions, score, reason) in RULES {
        let near = first.near(at, *distance, companions);
        if near > 0.3 {
            weighed.add(*element, score * near, reason);
        }
    }
    beside_street(first, at, weighed);
    if !weighed.header.present && first.near(at, 1, &[City, Address]) > 0.3 {
        weighed.add(SsnLast4, -3.0, "beside an address");
        weighed.add(AccountPin, -3.0, "beside an address");
    }
    last_four(first, at, weighed);
    between_names(first, at, weighed);
    name_beside_surname(first, at, weighed);
    stray_surname(first, at, weighed);
    let person = first.anywhere(at, &[Name, Surname, GivenName, Email, Ssn, Dob]);
    // Beside what is known of people more is known of them, even where it cannot be told what.
    weighed.nothing = if person > 0.5 && !weighed.header.present { AMONG_PEOPLE } else { 1.0 };
    let by_name = |element| weighed.cases.iter().any(|case| case.element == element && case.by_name);
    // A number or a month under a header that names births is no likelier to be one for the names beside it.
    let dates = if by_name(Dob) { 0.0 } else { 6.0 };
    if person > 0.5 {
        for (element, score) in [
            (Dob, dates),
            (Gender, 2.0),
            (Ssn, 1.5),
            (Phone, 1.5),
            (Name, 1.0),
            (DriverLicense, 1.0),
            (Itin, 1.0),
            (AccountNumber, 0.7),
            (AccountPin, 0.7),
            (PersonId, 0.7),
            (Passport, 1.0),
            (Medical, 2.0),
            (Geolocation, 0.7),
            (Country, 0.7),
        ] {
            weighed.add(element, score * person, "in a table about people");
        }
    }
}

/// Beside cards, with their brands and what looks like their numbers, stand when they expire and their verification values,
/// whatever became of the numbers themselves.
fn beside_brands(brands: &[usize], numbers: &[usize], at: usize, weighed: &mut Weighed<'_>) {
    const NEAR: usize = 3;
    let near = |columns: &[usize]| columns.iter().any(|other| *other != at && other.abs_diff(at) <= NEAR);
    if near(brands) && near(numbers) {
        for element in [CardExpiry, CardCvv] {
            weighed.add(element, 5.0, "beside the brands of cards");
        }
    }
}

/// Whether a cell has the form of a card number, masked or in a spreadsheet's notation.
fn is_like_card(cell: &[u8]) -> bool {
    let sign = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'*' | b'X' | b'x');
    let signs = cell.iter().filter(|byte| sign(byte)).count();
    let plain = cell.iter().all(|byte| sign(byte) || matches!(byte, b' ' | b'-'));
    let exponent = [&b"E+14"[..], b"E+15", b"E+16"].iter().any(|end| cell.ends_with(end));
    plain && (13..=19).contains(&signs) || exponent && values::is_scientific(cell)
}

/// Cities stand behind streets; what stands in front of one is as often somebody's name.
fn beside_street(first: &First, at: usize, weighed: &mut Weighed<'_>) {
    let behind = at.checked_sub(1).map_or(0.0, |before| first.probability(before, Address));
    let before = first.probability(at + 1, Address);
    if behind > 0.3 {
        weighed.add(City, 3.0 * behind, "behind a street");
    } else if before > 0.3 {
        weighed.add(City, 1.5 * before, "in front of a street");
    }
}

/// "Last four" of somebody are those of the SSN, or of a card where there are cards.
fn last_four(first: &First, at: usize, weighed: &mut Weighed<'_>) {
    let loosely = (0.1..4.0).contains(&weighed.header.weight(SsnLast4));
    if !loosely {
        return;
    }
    if first.anywhere(at, &[PaymentCard, CardExpiry, CardCvv]) > 0.3 {
        weighed.add(SsnLast4, -4.0, "beside payment cards");
    } else {
        let person = first.anywhere(at, &[Name, Surname, GivenName, Dob]);
        weighed.add(SsnLast4, 3.0 * person, "in a table about people, none of cards");
    }
}

/// Given names between given names and surnames are middle names.
fn between_names(first: &First, at: usize, weighed: &mut Weighed<'_>) {
    let before = at.checked_sub(1).is_some_and(|column| first.probability(column, GivenName) > 0.6);
    let between = before && first.probability(at + 1, Surname) > 0.6;
    if between && !weighed.header.present {
        weighed.add(MiddleName, 5.0, "between given name and surname");
        weighed.add(GivenName, -6.0, "between given name and surname");
    }
}

/// "Name" beside a column of surnames is the given name, where the values are single words.
fn name_beside_surname(first: &First, at: usize, weighed: &mut Weighed<'_>) {
    let named = weighed.header.elements.first().is_some_and(|(element, _)| *element == Name);
    let surname = first.near(at, 2, &[Surname]);
    if named && surname > 0.5 && weighed.column.spaced < 0.2 {
        weighed.add(GivenName, 8.0 * surname, "called a name, beside the surnames");
        weighed.add(Name, -5.0 * surname, "single words beside the surnames");
    }
}

/// Words that could be surnames, away from the given names that another surname stands beside, are mostly places.
fn stray_surname(first: &First, at: usize, weighed: &mut Weighed<'_>) {
    let beside_given = |column: usize| first.near(column, 2, &[GivenName]) > 0.5;
    let taken = (0..first.by_column.len())
        .any(|other| other != at && first.probability(other, Surname) > 0.8 && beside_given(other));
    let whole = first.anywhere(at, &[Name]) > 0.8 && !beside_given(at);
    if whole && !weighed.header.present {
        weighed.add(Surname, -8.0, "another column holds the whole names");
    } else if taken && !beside_given(at) && !weighed.header.present {
        if weighed.probability(Surname) > 0.8 {
            // The commonest second surname of a register, and a secret: a person should look.
            weighed.cases.push(Case::new(MothersMaidenName, 0.4).with(0.0, "a second column of surnames"));
        }
        weighed.add(Surname, -5.5, "another column beside the given names holds the surnames");
    } else if first.near(at, 3, &[GivenName]) < 0.3 && !weighed.header.present {
        weighed.add(Surname, -3.0, "no given names near");
    }
}

/// Account numbers and PINs have no form; among people a unique key is one, and a skewed short number the other.
fn numbers_of_customers(first: &First, at: usize, weighed: &mut Weighed<'_>) {
    if weighed.header.present {
        return;
    }
    let person = first.anywhere(at, &[Name, Surname, GivenName, Phone, Email, Ssn]);
    let column = &weighed.column;
    if person < 0.5 || column.values.len() < 10 {
        return;
    }
    let lettered = column.length == 9
        && column.share(|cell| cell[0].is_ascii_alphabetic() && cell[1..].iter().all(u8::is_ascii_digit)) > 0.8;
    let seconds = column.share(|cell| matches!(cell.len(), 10 | 13) && cell[0] == b'1') > 0.95;
    let key = !lettered
        && !seconds
        && column.distinct_ratio() > 0.97
        && column.one_length > 0.85
        && (6..=16).contains(&column.length)
        && !column.counter;
    let decimal = column.share(|cell| cell.contains(&b'.')) > 0.5;
    let compact = column.spaced < 0.02 && column.no_digits < 0.02 && !decimal;
    let short = column.digits > 0.97 && column.one_length > 0.9 && (4..=8).contains(&column.length);
    let counted = column.counter && column.distinct_ratio() > 0.97;
    if key && compact {
        weighed.add(AccountNumber, 3.3 * person, "a unique key of one length among people");
        weighed.add(PersonId, 2.9 * person, "a unique key among people");
    }
    if counted {
        weighed.add(PersonId, 1.2 * person, "counts the rows of people");
    }
    if short && skewed(&weighed.column) {
        weighed.add(AccountPin, 6.0 * person, "short numbers among people, some chosen far more often than chance");
    }
    if short && weighed.column.length == 4 && !skewed(&weighed.column) {
        let spread = weighed.column.distinct_ratio() > 0.5 || weighed.column.distinct.len() > 500;
        if spread {
            weighed.add(SsnLast4, 3.0 * person, "four even digits among people");
            weighed.add(AccountPin, 2.2 * person, "four digits among people");
        }
    }
}

/// Whether the favourites of people (1234, 0000, years) are far more frequent than among random numbers.
fn skewed(column: &Column<'_>) -> bool {
    let favourite = |cell: &[u8]| {
        let same = cell.iter().all(|byte| byte == &cell[0]);
        let rising = cell.windows(2).all(|pair| pair[1] == pair[0] + 1);
        let paired = cell.len() == 4 && cell[..2] == cell[2..];
        same || rising || paired
    };
    // Of random four-digit numbers about 1.1 % are of these kinds.
    let year = |cell: &[u8]| cell.len() == 4 && (cell.starts_with(b"19") || cell.starts_with(b"20"));
    column.share(favourite) > 0.04 && column.share(year) < 0.8
}

/// Evidence that needs two columns row by row: ZIP against state, licence against state, last four against SSN.
fn across_rows(ids: &Identifiers, first: &First, weighed: &mut [Weighed<'_>], sample: &RowBlock) {
    let likely = |element: DataElement, least: f64| -> Vec<usize> {
        (0..weighed.len()).filter(|at| first.probability(*at, element) > least).collect()
    };
    let (states, zips, ssns) = (
        likely(State, 0.3),
        (0..weighed.len()).filter(|at| weighed[*at].cases.iter().any(|case| case.element == Zip)).collect::<Vec<_>>(),
        likely(Ssn, 0.5),
    );
    for zip in &zips {
        for state in &states {
            let agree = agreement(sample, *zip, *state, |zip, state| {
                Some(ids.zip_fits(values::zip(zip).value?, values::state(state).value?))
            });
            if let Some(share) = agree.filter(|share| *share > 0.7) {
                weighed[*zip].add(Zip, 6.0 * share, "the first three digits agree with the state of the row");
                weighed[*state].add(State, 5.0 * share, "the ZIP code of the row agrees");
            }
        }
    }
    positions::weigh(weighed);
    days::earlier_in_rows(weighed, sample);
    for at in 0..weighed.len() {
        licenses(ids, at, &states, weighed, sample);
        for ssn in &ssns {
            let agree = agreement(sample, at, *ssn, |last4, ssn| {
                Some(u32::from(values::ssn_last4(last4).value?) == values::ssn(ssn).value? % 10_000)
            });
            if agree.is_some_and(|share| share > 0.9) {
                weighed[at].add(SsnLast4, 12.0, "equal to the last four digits of the SSN in the row");
            }
        }
    }
}

/// Share of rows in which two cells agree; `None` if fewer than five rows can be compared.
fn agreement(sample: &RowBlock, a: usize, b: usize, agree: impl Fn(&[u8], &[u8]) -> Option<bool>) -> Option<f64> {
    let step = sample.rows().div_ceil(MOST_ROWS).max(1);
    let compared: Vec<bool> =
        (0..sample.rows()).step_by(step).filter_map(|row| agree(sample.cell(row, a)?, sample.cell(row, b)?)).collect();
    (compared.len() >= 5).then(|| compared.iter().filter(|agree| **agree).count() as f64 / compared.len() as f64)
}

/// Scores a licence column against each state column: the share that fits the state of the row, and how much better
/// that is than the state of another row.
fn licenses(ids: &Identifiers, at: usize, states: &[usize], weighed: &mut [Weighed<'_>], sample: &RowBlock) {
    let Some(case) = weighed[at].cases.iter().position(|case| case.element == DriverLicense) else { return };
    let column = &weighed[at].column;
    let any = column.tally(|cell| values::driver_license(cell, Jurisdiction::UNKNOWN, &ids.licenses)).valid();
    if any < 0.6 {
        return;
    }
    weighed[at].cases[case].add(if any > 0.9 { 0.7 } else { -1.0 }, "has the form of a licence of some state");
    let mut best: Option<(f64, f64, usize)> = None;
    for state in states.iter().filter(|state| **state != at) {
        let Some((fit, chance)) = fit_by_state(ids, sample, at, *state) else { continue };
        let distance = |column: usize| at.abs_diff(column);
        let better = best.is_none_or(|(old, _, old_state)| {
            fit > old + 0.02 || (fit > old - 0.02 && distance(*state) < distance(old_state))
        });
        if better {
            best = Some((fit, chance, *state));
        }
    }
    let Some((fit, chance, state)) = best else { return };
    weighed[at].license_state = (fit > 0.6).then_some(state);
    let gain = fit - chance;
    let score = if fit > 0.8 && gain > 0.1 { (gain * 20.0).min(8.0) } else { 0.0 };
    let words =
        format!("{:.0} % have the form of the state in the row; {:.0} % would by chance", fit * 100.0, chance * 100.0);
    weighed[at].cases[case].add(score, words);
}

/// Share of rows whose licence fits the state of the row, and of the next row.
fn fit_by_state(ids: &Identifiers, sample: &RowBlock, license: usize, state: usize) -> Option<(f64, f64)> {
    let step = sample.rows().div_ceil(MOST_ROWS).max(1);
    let pairs: Vec<(&[u8], Jurisdiction)> = (0..sample.rows())
        .step_by(step)
        .filter_map(|row| {
            let cell = sample.cell(row, license).filter(|cell| !values::is_missing(cell))?;
            Some((cell, values::state(sample.cell(row, state)?).value?))
        })
        .collect();
    if pairs.len() < 5 {
        return None;
    }
    let valid = |cell: &[u8], state| values::driver_license(cell, state, &ids.licenses).verdict == Verdict::Valid;
    let fit = pairs.iter().filter(|(cell, state)| valid(cell, *state)).count();
    let chance =
        (0..pairs.len()).filter(|at| valid(pairs[*at].0, pairs[(at + pairs.len() / 2) % pairs.len()].1)).count();
    Some((fit as f64 / pairs.len() as f64, chance as f64 / pairs.len() as f64))
}

/// A state column without a telling header issued the licence if it stands beside one and no address is near.
fn place_roles(weighed: &mut [Weighed<'_>]) {
    let likely = |column: &Weighed<'_>, element| column.probability(element) > 0.5;
    let states: Vec<usize> = (0..weighed.len()).filter(|at| likely(&weighed[*at], State)).collect();
    let issuing: Vec<usize> = (0..weighed.len())
        .filter(|at| likely(&weighed[*at], DriverLicense))
        .filter_map(|at| weighed[at].license_state)
        .collect();
    let addressed = weighed.iter().any(|column| likely(column, Zip) || likely(column, City) || likely(column, Address));
    for at in states.iter().copied() {
        if weighed[at].header.present {
            continue;
        }
        let beside_address = (at.saturating_sub(2)..(at + 3).min(weighed.len()))
            .any(|other| other != at && (likely(&weighed[other], Zip) || likely(&weighed[other], City)));
        weighed[at].license_role = issuing.contains(&at) && !beside_address && (states.len() > 1 || !addressed);
    }
}
