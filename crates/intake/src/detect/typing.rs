//! Column typing: header, values, distribution and neighbours weighed together.
//!
//! Enters: the head and the sample of a table. Leaves: for each column the most probable element with its probability,
//! the reasons in words and the next best readings. Never: a single row's verdict, or an element without a reason.

use serde::{Deserialize, Serialize};
use vocab::DataElement::{self, *};
use vocab::assessment::{Alternative, FindingState};
use vocab::parallel::in_order;

use super::bearers::surname_first;
use super::cells::InCells;
use super::column::Column;
use super::days;
use super::detectors;
use super::dialled::{self, american_groups};
use super::evidence::{Case, cases};
use super::header::HeaderReading;
use super::neighbours;
use super::parts;
use super::rules::Identifiers;
use super::values::{self, BorneWords, CallingCode, DateOrder, WordCounts};
use super::wrapped::scan_text;
use crate::decode::Signs;
use crate::open::{RowBlock, TableHead};

/// From this probability on a reading is reported.
const REPORT: f64 = 0.75;

/// From this probability on a person should look.
const REVIEW: f64 = 0.35;

/// Most reasons kept.
const MOST_REASONS: usize = 5;

/// Most other readings kept.
const MOST_ALTERNATIVES: usize = 3;

/// Which of several uses of an element a column serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// The only use.
    #[default]
    Plain,
    /// A state in which somebody lives.
    AddressState,
    /// A state that issued a driver's licence.
    LicenseState,
    /// A year of birth: no date of birth, but it tells people apart.
    BirthYear,
    /// Whole names with the surname first and no comma behind it.
    SurnameFirst,
}

/// What a column holds, and how its values are to be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnTyping {
    /// The element; `None` for a column without personal data.
    pub element: Option<DataElement>,
    /// Probability of that reading.
    pub probability: f64,
    /// Report, review or discarded. Only reported elements count.
    pub state: FindingState,
    /// Why, in words, strongest first.
    pub reasons: Vec<String>,
    /// The next best readings.
    pub alternatives: Vec<Alternative>,
    /// Which use of the element.
    pub role: Role,
    /// How dates are written.
    pub date_order: DateOrder,
    /// Where telephone numbers without country code are from.
    pub home: CallingCode,
    /// For a licence: the column with the issuing state.
    pub license_state: Option<usize>,
    /// For postal codes: the country whose forms fit, if not the United States.
    pub postal_country: Option<[u8; 2]>,
    /// For a part of a name: the words for nothing that are names here.
    pub borne: BorneWords,
    /// For identity numbers of states: the scheme, as index into the rulebook's list.
    #[serde(default)]
    pub scheme: Option<u16>,
    /// The user's detector that most values fit, by its place among them.
    #[serde(default)]
    pub detector: Option<u16>,
    /// For a column that is empty in the sample: what its header names plainly. The whole file decides.
    #[serde(default)]
    pub expected: Option<DataElement>,
    /// Numbers that its header names plainly and of which a spreadsheet left the first digits only: `4.2E+9`.
    #[serde(default)]
    pub cut: Option<DataElement>,
    /// Which of its cells the text path reads.
    pub text: InCells,
}

impl ColumnTyping {
    /// Returns the element if it is reported.
    pub fn reported(&self) -> Option<DataElement> {
        self.element.filter(|_| self.state == FindingState::Report)
    }
}

/// The typings of all columns of a table, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableTyping {
    /// One a column.
    pub columns: Vec<ColumnTyping>,
}

impl TableTyping {
    /// Returns the columns reported as an element, in order.
    pub fn columns_of(&self, element: DataElement) -> impl Iterator<Item = usize> {
        self.columns.iter().enumerate().filter(move |(_, typing)| typing.reported() == Some(element)).map(|(at, _)| at)
    }
}

/// A column while it is weighed.
pub(super) struct Weighed<'a> {
    pub(super) column: Column<'a>,
    pub(super) header: HeaderReading,
    pub(super) cases: Vec<Case>,
    pub(super) license_state: Option<usize>,
    pub(super) license_role: bool,
    /// How much speaks for no personal data, beside which the cases are weighed.
    pub(super) nothing: f64,
}

impl Weighed<'_> {
    /// Probability of an element as things stand.
    pub(super) fn probability(&self, element: DataElement) -> f64 {
        let total: f64 = self.nothing + self.cases.iter().map(|case| case.score.exp()).sum::<f64>();
        self.cases.iter().filter(|case| case.element == element).map(|case| case.score.exp()).sum::<f64>() / total
    }

    pub(super) fn add(&mut self, element: DataElement, score: f64, reason: &str) {
        if let Some(case) = self.cases.iter_mut().find(|case| case.element == element) {
            case.add(score, reason);
        }
    }
}

/// Types the columns of a table from its head.
pub fn type_table(ids: &Identifiers, table: &TableHead, threads: usize) -> TableTyping {
    typed(ids, &table.columns, &table.sample, threads)
}

/// Types the columns of a table as a user's map says; columns the map does not name hold nothing that counts.
pub fn type_as_told(ids: &Identifiers, table: &TableHead, told: &[Option<DataElement>]) -> TableTyping {
    type_weighed(ids, &table.sample, 1, |at, _| {
        let element = told.get(at).copied().flatten();
        (HeaderReading::default(), element.map(Case::told).into_iter().collect())
    })
}

/// Types the columns of a table from its header (if any) and a sample of its rows.
pub fn type_columns(ids: &Identifiers, headers: &[Option<String>], sample: &RowBlock) -> TableTyping {
    typed(ids, headers, sample, 1)
}

fn typed(ids: &Identifiers, headers: &[Option<String>], sample: &RowBlock, threads: usize) -> TableTyping {
    let mut typing = type_weighed(ids, sample, threads, |at, column| {
        let header = ids.headers.read(headers.get(at).and_then(Option::as_deref));
        let mut cases = cases(ids, column);
        // "Name" may be the given name, where the next column is called the surname.
        let named = |case: &Case| header.weight(if case.element == GivenName { Name } else { case.element });
        cases.retain(|case| !case.by_name || header.weight(case.element).max(named(case)) > 0.0);
        weigh_header(&header, &mut cases);
        (header, cases)
    });
    parts::mark(ids, headers, sample, &mut typing);
    typing
}

fn type_weighed<'a>(
    ids: &Identifiers,
    sample: &'a RowBlock,
    threads: usize,
    weigh: impl Fn(usize, &Column<'a>) -> (HeaderReading, Vec<Case>) + Sync,
) -> TableTyping {
    let weigh_column = |at| {
        let column = Column::of(sample, at);
        let (header, cases) = weigh(at, &column);
        let license_role = header.license_role;
        Weighed { column, header, cases, license_state: None, license_role, nothing: 1.0 }
    };
    let mut weighed = in_order(sample.columns, threads, weigh_column);
    neighbours::weigh(ids, &mut weighed, sample);
    TableTyping { columns: weighed.iter().map(|weighed| decide(ids, weighed)).collect() }
}

/// Adds what the column's name says.
fn weigh_header(header: &HeaderReading, cases: &mut [Case]) {
    if !header.present {
        return;
    }
    for case in cases {
        let weight = match case.element {
            // A column named for passwords mostly holds their hashes.
            PasswordHash if header.of_a_thing => 0.0,
            PasswordHash => header.weight(PasswordHash).max(header.weight(Password)),
            element => header.weight(element),
        };
        if weight > 0.0 && !header.ordinary {
            if let Some(least) = case.as_named.filter(|least| weight > 4.0 && *least > case.score) {
                case.add(least - case.score, "of a form that such numbers have");
            }
            case.add(weight, format!("the header names it {}", if weight > 4.0 { "plainly" } else { "loosely" }));
        } else if case.element == PasswordHash && header.of_a_thing {
            case.add(-4.5, "the header names what it is a digest of");
        } else if case.element == Dob && header.other_date {
            // Other dates are as common as those of birth, and written alike.
            case.add(-8.0, "the header names another date");
        } else if header.ordinary {
            case.add(-4.5, "the header names something else");
        } else if is_name_part(case.element)
            && header.elements.first().is_some_and(|(named, _)| is_name_part(*named) || *named == MothersMaidenName)
        {
            // The parts of a name have the same values: a middle name is somebody's given name. The header decides.
            case.add(-9.0, "the header names another part of the name");
        } else if case.element == State && header.elements.first().is_some_and(|(named, _)| *named == City) {
            case.add(-9.0, "the header names a town: many provinces are named for theirs");
        } else if header.strongest() >= 2.0 {
            case.add(-3.0, "the header names another element");
        } else {
            // A form speaks for itself; what is known by its name or place only would have been named.
            let formless =
                matches!(case.element, PasswordHash | Password | Username | AccountNumber | BankAccount | Geolocation);
            let weight = match case.element {
                _ if formless => -3.0,
                Dob => -5.5,
                _ => -0.5,
            };
            case.add(weight, "the header says nothing");
        }
    }
}

pub(super) fn is_name_part(element: DataElement) -> bool {
    matches!(element, GivenName | MiddleName | Surname)
}

fn decide(ids: &Identifiers, weighed: &Weighed<'_>) -> ColumnTyping {
    let none = {
        let total: f64 = weighed.nothing + weighed.cases.iter().map(|case| case.score.exp()).sum::<f64>();
        weighed.nothing / total
    };
    let mut readings: Vec<(Option<&Case>, f64)> = vec![(None, none)];
    readings.extend(weighed.cases.iter().map(|case| (Some(case), weighed.probability(case.element))));
    // Contract order breaks ties, so that equal evidence gives equal answers.
    readings.sort_by(|a, b| {
        b.1.total_cmp(&a.1).then_with(|| a.0.map(|case| case.element).cmp(&b.0.map(|case| case.element)))
    });
    let (best, probability) = readings[0];
    let round = |probability: f64| (probability * 1e4).round() / 1e4;
    let state = match (best, probability) {
        (Some(_), REPORT..) => FindingState::Report,
        (Some(_), REVIEW..) => FindingState::Review,
        _ => FindingState::Discarded,
    };
    let alternatives = readings[1..]
        .iter()
        .filter(|(_, probability)| *probability >= 0.01)
        .take(MOST_ALTERNATIVES)
        .map(|(case, probability)| Alternative {
            element: case.map(|case| case.element),
            probability: round(*probability),
        })
        .collect();
    let element = best.map(|case| case.element);
    let column = &weighed.column;
    let text = in_cells(ids, weighed, element.filter(|_| state == FindingState::Report));
    if element == Some(Address) && text == InCells::All {
        return unlike_its_words(weighed, days::date_order(column), round(none));
    }
    ColumnTyping {
        element,
        probability: round(probability),
        state,
        reasons: reasons(best, weighed),
        alternatives,
        role: match element {
            Some(State) if weighed.license_role => Role::LicenseState,
            Some(State) => Role::AddressState,
            Some(Name) if surname_first(ids, column) => Role::SurnameFirst,
            _ => Role::Plain,
        },
        date_order: if element == Some(Dob) { days::order_of_births(column) } else { days::date_order(column) },
        home: if element == Some(Phone) { home_of(ids, column) } else { NORTH_AMERICA },
        license_state: weighed.license_state.filter(|_| element == Some(DriverLicense)),
        postal_country: if element == Some(Zip) { postal_country(ids, column) } else { None },
        borne: borne_words(ids, element, &column.null_words, column.len() as u64),
        scheme: element.and_then(|element| scheme(ids, column, element)),
        detector: element.and_then(|element| detectors::of_column(ids, column, element)),
        expected: expected(weighed),
        cut: cut(weighed),
        text,
    }
}

/// Cells that name what they hold, or that hold something beside what the column is.
fn in_cells(ids: &Identifiers, weighed: &Weighed<'_>, reported: Option<DataElement>) -> InCells {
    /// Cells of a reported column that are read as text on trial.
    const TRIED: usize = 40;
    let column = &weighed.column;
    let Some(element) = reported else {
        let whole = weighed.cases.iter().any(|case| weighed.probability(case.element) >= REVIEW);
        return match InCells::of(column, is_mixed(column) || is_wrapped(column)) {
            // What is empty in the sample is typed once the whole file is read; what is for review was judged by its values.
            InCells::Spots if whole || expected(weighed).is_some() => InCells::Beyond,
            of => of,
        };
    };
    let step = (column.distinct.len() / TRIED).max(1);
    let tried = || column.distinct.iter().step_by(step).filter(|cell| InCells::Beyond.reads(cell));
    let speaks = |cell: &&&[u8]| {
        let mut other = false;
        scan_text(ids, cell, 0, &mut |found| {
            let plain = found.state == FindingState::Report && !matches!(found.element, Name | Address);
            other |= plain && found.element != element && found.start > 0;
        });
        other
    };
    let all = column.distinct.len().div_ceil(step);
    // Few columns have such cells at all.
    let most = |count: usize| count * 2 > all;
    if most(tried().count()) && most(tried().filter(speaks).count()) { InCells::All } else { InCells::Nothing }
}

/// "SSN 219-45-6783" has words and a number, as streets have; what the text path reads in most cells of a column is no street.
fn unlike_its_words(weighed: &Weighed<'_>, date_order: DateOrder, none: f64) -> ColumnTyping {
    ColumnTyping {
        element: None,
        probability: none,
        state: FindingState::Discarded,
        reasons: vec!["its cells name what they hold: they are read as text".to_owned()],
        alternatives: Vec::new(),
        role: Role::Plain,
        date_order,
        home: NORTH_AMERICA,
        license_state: None,
        postal_country: None,
        borne: BorneWords::default(),
        scheme: None,
        detector: None,
        expected: expected(weighed),
        cut: cut(weighed),
        text: InCells::All,
    }
}

/// The words for nothing that are names in a column of parts of names.
pub(super) fn borne_words(
    ids: &Identifiers,
    element: Option<DataElement>,
    counts: &WordCounts,
    names: u64,
) -> BorneWords {
    let share = |word: &[u8]| {
        let (given, surname) = ids.name_frequency(word);
        let logarithm = if element == Some(Surname) { surname } else { given };
        logarithm.map(|logarithm| f64::from(logarithm).exp())
    };
    match element {
        Some(element) if is_name_part(element) => BorneWords::decide(counts, names, share),
        _ => BorneWords::default(),
    }
}

fn reasons(best: Option<&Case>, weighed: &Weighed<'_>) -> Vec<String> {
    let Some(case) = best else {
        let why = match cut(weighed) {
            _ if weighed.column.values.is_empty() => "no values".to_owned(),
            Some(element) => {
                format!("the header names {element}; a spreadsheet dropped the last digits of the numbers")
            }
            None => "no element explains the values better than chance".to_owned(),
        };
        return vec![why];
    };
    let mut reasons: Vec<&(f64, String)> = case.reasons.iter().filter(|(score, _)| score.abs() > 0.2).collect();
    reasons.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then_with(|| a.1.cmp(&b.1)));
    let word =
        |(score, reason): &&(f64, String)| if *score < 0.0 { format!("against it: {reason}") } else { reason.clone() };
    reasons.iter().take(MOST_REASONS).map(word).collect()
}

/// The North American plan.
pub const NORTH_AMERICA: CallingCode = CallingCode { code: 1, shortest: 10, longest: 10, trunk_zero: false };

/// The country whose numbers written without country code fit best: North America unless it fits clearly worse.
fn home_of(ids: &Identifiers, column: &Column<'_>) -> CallingCode {
    // Other countries write 3-3-4 too, but not with the first three in brackets.
    if american_groups(column) && column.share(|cell| cell[0] == b'(') > 0.5 {
        return NORTH_AMERICA;
    }
    let fit = |home: &CallingCode| column.tally(|cell| values::phone_at_home(cell, home)).valid;
    let american = fit(&NORTH_AMERICA);
    let mut codes = vec![0usize; 1000];
    for cell in column.distinct.iter().filter(|cell| cell[0] == b'+' || cell.starts_with(b"00")) {
        if let Some(value) = values::phone(cell).value
            && let Some((code, _)) = ids.calling_codes.iter().find(|(code, _)| starts_with(value, code.code))
        {
            codes[usize::from(code.code)] += 1;
        }
    }
    // Of countries whose numbers are as long, the one whose numbers begin so.
    let plan = dialled::plan_of(ids, column).map(|plan| plan.country);
    let best = ids
        .calling_codes
        .iter()
        .map(|(code, country)| (fit(code) + codes[usize::from(code.code)], plan == Some(country), code))
        .max_by_key(|(fits, planned, code)| (*fits, *planned, std::cmp::Reverse(code.code)));
    match best {
        Some((fits, _, code)) if fits > american + american / 5 => *code,
        _ => NORTH_AMERICA,
    }
}

fn starts_with(value: u64, code: u16) -> bool {
    let mut head = value;
    while head > u64::from(code) {
        head /= 10;
    }
    head == u64::from(code)
}

/// Free text, or several values packed into one cell: JSON, `key=value`, lists of labels.
fn is_mixed(column: &Column<'_>) -> bool {
    let packed = |cell: &[u8]| {
        let pairs = cell.iter().filter(|byte| matches!(byte, b'=' | b':')).count();
        cell.len() >= 12 && pairs >= 1 && cell.iter().any(|byte| matches!(byte, b'{' | b';' | b',' | b'&' | b'|'))
    };
    (column.mean_length >= 25.0 && column.spaced > 0.6) || (column.mean_length >= 16.0 && column.share(packed) > 0.5)
}

/// Values in another writing: `ann&#64;mail.net`, base64. What they are is told by the text path, which decodes.
fn is_wrapped(column: &Column<'_>) -> bool {
    column.mean_length >= 8.0 && column.distinct_share(|cell| Signs::of(cell).next(0).is_some()) > 0.3
}

/// What the header of an empty column names plainly.
fn expected(weighed: &Weighed<'_>) -> Option<DataElement> {
    let header = &weighed.header;
    let plain = weighed.column.values.is_empty() && !header.ordinary && header.strongest() >= 4.0;
    header.elements.first().filter(|_| plain).map(|(element, _)| *element)
}

/// The numbers that a header names plainly, where nearly all values are in a spreadsheet's notation for long ones.
fn cut(weighed: &Weighed<'_>) -> Option<DataElement> {
    const LONG: [DataElement; 13] =
        [Ssn, Itin, Ein, Phone, PaymentCard, Imei, Imeisv, Imsi, Iccid, BankAccount, NationalId, TaxId, AccountNumber];
    let header = &weighed.header;
    let (element, weight) = header.elements.first().copied()?;
    let plain = weight >= 4.0 && !header.ordinary && LONG.contains(&element);
    (plain && weighed.column.share(values::is_scientific) > 0.7).then_some(element)
}

/// The scheme whose numbers the values are; of several the one with the rarest form of proof.
fn scheme(ids: &Identifiers, column: &Column<'_>, element: DataElement) -> Option<u16> {
    let fits = |(at, (of, scheme, random)): (usize, &(DataElement, values::IdentityScheme, f64))| {
        let tally = (*of == element).then(|| column.tally(|cell| scheme.check(cell)))?;
        (tally.form() > 0.6 && tally.valid() > 0.6).then_some((tally.valid, *random, at))
    };
    let better =
        |a: &(usize, f64, usize), b: &(usize, f64, usize)| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(b.2.cmp(&a.2));
    ids.schemes.iter().enumerate().filter_map(fits).max_by(better).map(|(_, _, at)| at as u16)
}

fn postal_country(ids: &Identifiers, column: &Column<'_>) -> Option<[u8; 2]> {
    let american = column.tally(values::zip).form();
    if american > 0.7 {
        return None;
    }
    let fits = |form: &values::PostalForm| column.tally(|cell| values::postal_code(cell, form)).valid;
    ids.postal_forms.iter().max_by_key(|form| (fits(form), std::cmp::Reverse(form.country))).map(|form| form.country)
}
