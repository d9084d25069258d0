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
        }
    }

    /// Checks one cell on its own.
    pub fn verdict(&self, ids: &Identifiers, cell: &[u8]) -> Verdict {
        let mut verdict = Verdict::Missing;
        self.each(ids, std::iter::once((0, Some(cell))), None, |_, got| verdict = got);
        verdict
    }

    /// Checks a column of a block; `told` receives row and verdict, in order.
    pub fn run(&self, ids: &Identifiers, block: &RowBlock, column: usize, told: impl FnMut(usize, Verdict)) {
        let cells = (0..block.rows()).map(|row| (row, block.cell(row, column)));
        self.each(ids, cells, Some(block), told);
    }

    fn each<'a>(
        &self,
        ids: &Identifiers,
        cells: impl Iterator<Item = (usize, Option<&'a [u8]>)>,
        block: Option<&RowBlock>,
        told: impl FnMut(usize, Verdict),
    ) {
        // One loop an element: the choice is made once a block, not once a cell.
        match self.element {
            Ssn => every(cells, told, values::ssn),
            SsnLast4 => every(cells, told, values::ssn_last4),
            Itin => every(cells, told, values::itin),
            Phone => every(cells, told, |cell| values::phone_at_home(cell, &self.home)),
            Imei => every(cells, told, values::imei),
            Imeisv => every(cells, told, values::imeisv),
            Imsi => every(cells, told, |cell| imsi(ids, cell)),
            Iccid => every(cells, told, values::iccid),
            Meid => every(cells, told, values::meid),
            Dob => every(cells, told, |cell| values::date(cell, self.order)),
            Email => every(cells, told, values::email),
            Zip => every(cells, told, |cell| self.postal(ids, cell)),
            State => every(cells, told, values::state),
            Country => every(cells, told, |cell| values::country(cell, &|cell| ids.is_country(cell))),
            DriverLicense => self.licenses(ids, cells, block, told),
            PaymentCard => every(cells, told, |cell| values::payment_card(cell, &ids.card_ranges, &ids.card_samples)),
            BankRouting => every(cells, told, values::aba),
            Iban => every(cells, told, |cell| values::iban(cell, &ids.iban_forms)),
            NationalId | TaxId | HealthInsurance => every(cells, told, |cell| self.identity(ids, cell)),
            Ein => every(cells, told, |cell| values::ein(cell, &ids.unassigned_eins)),
            _ => self.by_form(cells, told),
        }
    }

    fn by_form<'a>(&self, cells: impl Iterator<Item = (usize, Option<&'a [u8]>)>, told: impl FnMut(usize, Verdict)) {
        match self.element {
            Ip => every(cells, told, values::ip),
            Mac => every(cells, told, values::mac),
            Vin => every(cells, told, values::vin),
            Mbi => every(cells, told, values::mbi),
            Npi => every(cells, told, values::npi),
            Dea => every(cells, told, values::dea),
            CryptoAddress => every(cells, told, values::crypto_address),
            ApiKey => every(cells, told, values::api_key),
            AdvertisingId => every(cells, told, values::advertising_id),
            LicensePlate => every(cells, told, values::license_plate),
            Geolocation => every(cells, told, values::geolocation),
            StateId | MilitaryId | TribalId => every(cells, told, values::account_number),
            Passport => every(cells, told, values::passport),
            AccountNumber => every(cells, told, values::account_number),
            AccountPin => every(cells, told, values::account_pin),
            BankAccount => every(cells, told, values::bank_account),
            CardExpiry => every(cells, told, values::card_expiry),
            CardCvv => every(cells, told, values::card_cvv),
            Bic => every(cells, told, values::bic),
            PasswordHash => every(cells, told, values::password_hash),
            Username => every(cells, told, values::username),
            Gender => every(cells, told, values::gender),
            Suffix => every(cells, told, values::suffix),
            GivenName | MiddleName | Surname => every(cells, told, |cell| self.borne.name(cell)),
            Name | MothersMaidenName | City => every(cells, told, values::name),
            Address => every(cells, told, address),
            Password => every(cells, told, password),
            _ => every(cells, told, anything),
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
        mut told: impl FnMut(usize, Verdict),
    ) {
        for (row, cell) in cells {
            let state =
                self.license_state.zip(block).and_then(|(column, block)| values::state(block.cell(row, column)?).value);
            let state = state.unwrap_or(Jurisdiction::UNKNOWN);
            told(row, cell.map_or(Verdict::Missing, |cell| values::driver_license(cell, state, &ids.licenses).verdict));
        }
    }
}

fn every<'a, T>(
    cells: impl Iterator<Item = (usize, Option<&'a [u8]>)>,
    mut told: impl FnMut(usize, Verdict),
    check: impl Fn(&'a [u8]) -> Checked<T>,
) {
    for (row, cell) in cells {
        told(row, cell.map_or(Verdict::Missing, |cell| check(cell).verdict));
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
