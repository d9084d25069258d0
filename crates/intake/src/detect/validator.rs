//! The validator of a typed column, run over whole blocks.

use vocab::DataElement::{self, *};
use vocab::Jurisdiction;

use super::rules::Identifiers;
use super::typing::{ColumnTyping, NORTH_AMERICA};
use super::values::{self, BorneWords, CallingCode, Checked, DateOrder, Verdict};
use crate::open::RowBlock;

/// How the values of a column are checked.
#[derive(Clone, Copy, Debug)]
pub struct Validator {
    element: DataElement,
    order: DateOrder,
    home: CallingCode,
    license_state: Option<usize>,
    postal: Option<[u8; 2]>,
    borne: BorneWords,
    scheme: Scheme,
    detector: Option<u16>,
}

/// Which scheme of identity numbers a column follows.
#[derive(Clone, Copy, Debug)]
enum Scheme {
    /// Nothing is known: any will do.
    Any,
    /// None that the rulebook knows.
    Unknown,
    /// This one.
    Is(u16),
}

impl Validator {
    /// Returns the validator of a column, `None` if it holds no element and is not expected to.
    pub fn of(typing: &ColumnTyping) -> Option<Self> {
        Some(Validator {
            element: typing.element.or(typing.expected)?,
            order: typing.date_order,
            home: typing.home,
            license_state: typing.license_state,
            postal: typing.postal_country,
            borne: typing.borne,
            scheme: typing.scheme.map_or(Scheme::Unknown, Scheme::Is),
            detector: typing.detector,
        })
    }

    /// Returns the validator of an element without anything known of the column.
    pub fn plain(element: DataElement) -> Self {
        Validator {
            element,
            order: DateOrder::MonthFirst,
            home: NORTH_AMERICA,
            license_state: None,
            postal: None,
            borne: BorneWords::default(),
            scheme: Scheme::Any,
            detector: None,
        }
    }

    /// Checks one cell on its own.
    pub fn verdict(&self, ids: &Identifiers, cell: &[u8]) -> Verdict {
        let mut verdict = Verdict::Missing;
        self.each(ids, std::iter::once((0, Some(cell))), None, &mut Telling(|_, got| verdict = got));
        verdict
    }

    /// Checks a column of a block; `told` receives row and verdict, in order.
    pub fn run(&self, ids: &Identifiers, block: &RowBlock, column: usize, told: impl FnMut(usize, Verdict)) {
        self.walk(ids, block, column, &mut Telling(told));
    }

    /// Walks a column of a block; `taker` gets every cell with its check.
    pub(super) fn walk(&self, ids: &Identifiers, block: &RowBlock, column: usize, taker: &mut impl Taker) {
        self.each(ids, block.column(column).enumerate(), Some(block), taker);
    }

    /// Returns the validator of a column without element: only what is missing is told from what is not.
    pub(super) fn of_anything() -> Self {
        Validator::plain(PersonId)
    }

    fn each<'a>(
        &self,
        ids: &Identifiers,
        cells: impl Iterator<Item = (usize, Option<&'a [u8]>)>,
        block: Option<&RowBlock>,
        taker: &mut impl Taker,
    ) {
        if let Some(detector) = self.detector.and_then(|at| ids.detectors.get(usize::from(at))) {
            return every(cells, taker, |cell| detector.check(ids, cell));
        }
        // One loop an element: the choice is made once a block, not once a cell.
        match self.element {
            Ssn => every(cells, taker, values::ssn),
            SsnLast4 => every(cells, taker, values::ssn_last4),
            Itin => every(cells, taker, values::itin),
            Phone => every(cells, taker, |cell| values::phone_at_home(cell, &self.home)),
            Imei => every(cells, taker, values::imei),
            Imeisv => every(cells, taker, values::imeisv),
            Imsi => every(cells, taker, |cell| imsi(ids, cell)),
            Iccid => every(cells, taker, values::iccid),
            Meid => every(cells, taker, values::meid),
            Dob => every(cells, taker, |cell| values::date(cell, self.order)),
            Email => every(cells, taker, |cell| values::email(cell).map(|_| ())),
            Zip => every(cells, taker, |cell| self.postal(ids, cell)),
            State => every(cells, taker, values::state),
            Country => every(cells, taker, |cell| values::country(cell, &|cell| ids.is_country(cell))),
            DriverLicense => self.licenses(ids, cells, block, taker),
            PaymentCard => every(cells, taker, |cell| values::payment_card(cell, &ids.card_ranges, &ids.card_samples)),
            BankRouting => every(cells, taker, values::aba),
            Iban => every(cells, taker, |cell| values::iban(cell, &ids.iban_forms)),
            NationalId | TaxId | HealthInsurance => every(cells, taker, |cell| self.identity(ids, cell)),
            Ein => every(cells, taker, |cell| values::ein(cell, &ids.unassigned_eins)),
            _ => self.by_form(cells, taker),
        }
    }

    fn by_form<'a>(&self, cells: impl Iterator<Item = (usize, Option<&'a [u8]>)>, taker: &mut impl Taker) {
        match self.element {
            Ip => every(cells, taker, values::ip),
            Mac => every(cells, taker, values::mac),
            Vin => every(cells, taker, values::vin),
            Mbi => every(cells, taker, values::mbi),
            Npi => every(cells, taker, values::npi),
            Dea => every(cells, taker, values::dea),
            CryptoAddress => every(cells, taker, values::crypto_address),
            ApiKey => every(cells, taker, values::api_key),
            AdvertisingId => every(cells, taker, values::advertising_id),
            LicensePlate => every(cells, taker, values::license_plate),
            Geolocation => every(cells, taker, values::geolocation),
            StateId | MilitaryId | TribalId => every(cells, taker, values::account_number),
            Passport => every(cells, taker, values::passport),
            AccountNumber => every(cells, taker, values::account_number),
            AccountPin => every(cells, taker, values::account_pin),
            BankAccount => every(cells, taker, values::bank_account),
            CardExpiry => every(cells, taker, values::card_expiry),
            CardCvv => every(cells, taker, values::card_cvv),
            Bic => every(cells, taker, values::bic),
            PasswordHash => every(cells, taker, values::password_hash),
            Username => every(cells, taker, values::username),
            Gender => every(cells, taker, values::gender),
            Suffix => every(cells, taker, values::suffix),
            GivenName | MiddleName | Surname => every(cells, taker, |cell| self.borne.name(cell)),
            Name | MothersMaidenName | City => every(cells, taker, values::name),
            Address => every(cells, taker, address),
            Password => every(cells, taker, password),
            _ => every(cells, taker, anything),
        }
    }

    fn postal(&self, ids: &Identifiers, cell: &[u8]) -> Checked<()> {
        match self.postal.and_then(|country| ids.postal_forms.iter().find(|form| form.country == country)) {
            Some(form) => values::postal_code(cell, form),
            None => values::zip(cell).map(|_| ()),
        }
    }

    /// A number of the column's scheme; of a scheme nobody wrote down, anything that could be a number of a person.
    fn identity(&self, ids: &Identifiers, cell: &[u8]) -> Checked<()> {
        let schemes = ids.schemes.iter().filter(|(element, _, _)| *element == self.element);
        match self.scheme {
            Scheme::Is(at) => {
                ids.schemes.get(usize::from(at)).map_or_else(|| values::account_number(cell), |s| s.1.check(cell))
            }
            Scheme::Unknown => values::account_number(cell),
            Scheme::Any => schemes
                .map(|(_, scheme, _)| scheme.check(cell))
                .min_by_key(|checked| checked.verdict)
                .unwrap_or_else(|| values::account_number(cell)),
        }
    }

    fn licenses<'a>(
        &self,
        ids: &Identifiers,
        cells: impl Iterator<Item = (usize, Option<&'a [u8]>)>,
        block: Option<&RowBlock>,
        taker: &mut impl Taker,
    ) {
        for (row, cell) in cells {
            let state =
                || self.license_state.zip(block).and_then(|(at, block)| values::state(block.cell(row, at)?).value);
            let check = |cell: &[u8]| {
                values::driver_license(cell, state().unwrap_or(Jurisdiction::UNKNOWN), &ids.licenses).verdict
            };
            if self.license_state.is_some() {
                taker.take_beside_others(row, cell, check);
            } else {
                taker.take(row, cell, check);
            }
        }
    }
}

/// What a validator hands its cells to.
pub(super) trait Taker {
    /// Takes the cell of a row; the verdict depends on the cell alone.
    fn take(&mut self, row: usize, cell: Option<&[u8]>, check: impl FnOnce(&[u8]) -> Verdict);

    /// Takes the cell of a row; the verdict depends on other cells of the row, too.
    fn take_beside_others(&mut self, row: usize, cell: Option<&[u8]>, check: impl FnOnce(&[u8]) -> Verdict) {
        self.take(row, cell, check);
    }
}

/// Checks every cell and tells row and verdict.
struct Telling<F>(F);

impl<F: FnMut(usize, Verdict)> Taker for Telling<F> {
    #[inline]
    fn take(&mut self, row: usize, cell: Option<&[u8]>, check: impl FnOnce(&[u8]) -> Verdict) {
        (self.0)(row, cell.map_or(Verdict::Missing, check));
    }
}

fn every<'a, T>(
    cells: impl Iterator<Item = (usize, Option<&'a [u8]>)>,
    taker: &mut impl Taker,
    check: impl Fn(&[u8]) -> Checked<T>,
) {
    for (row, cell) in cells {
        taker.take(row, cell, |cell| check(cell).verdict);
    }
}

/// An IMSI's country code must be assigned.
fn imsi(ids: &Identifiers, cell: &[u8]) -> Checked<u64> {
    let checked = values::imsi(cell);
    let code =
        |value: u64| if value >= 100_000_000_000_000 { value / 1_000_000_000_000 } else { value / 100_000_000_000 };
    match (checked.verdict, checked.value) {
        (Verdict::Valid, Some(value)) if !ids.is_country_code(code(value)) => {
            Checked { verdict: Verdict::Impossible, ..checked }
        }
        _ => checked,
    }
}

/// A part of an address may be a bare house number or a unit.
fn address(cell: &[u8]) -> Checked<()> {
    let whole = values::street(cell);
    let short = values::trim(cell);
    let part = short.len() <= 30 && short.iter().any(u8::is_ascii_alphanumeric) && !short.contains(&b'@');
    if whole.verdict == Verdict::Damaged && part {
        return Checked { verdict: Verdict::Valid, ..whole };
    }
    whole
}

fn password(cell: &[u8]) -> Checked<()> {
    let form = (2..=128).contains(&values::trim(cell).len());
    let verdict = match (values::is_missing(cell), form) {
        (true, _) => Verdict::Missing,
        (false, true) => Verdict::Valid,
        (false, false) => Verdict::Damaged,
    };
    Checked { verdict, value: None, note: values::Note::None }
}

fn anything(cell: &[u8]) -> Checked<()> {
    let verdict = if values::is_missing(cell) { Verdict::Missing } else { Verdict::Valid };
    Checked { verdict, value: None, note: values::Note::None }
}
