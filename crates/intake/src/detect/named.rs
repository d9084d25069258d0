//! Columns that are known by what they are called: elements without a form, and values in other languages and scripts.
//!
//! Enters: a column and the cases its values made. Leaves: one more case for each element that the values do not rule out.
//! Never: evidence; a header or a neighbour must bring that.

use vocab::DataElement::{self, *};

use super::column::Column;
use super::evidence::{Case, is_number_of_somebody};
use super::rules::Identifiers;
use super::values;

/// Log-odds of a case that only the header makes.
const BY_NAME: f64 = -3.2;

/// Most different words of a column of genders in a language of which we know none.
const MOST_GENDERS: usize = 8;

/// Most different codes for genders: ISO/IEC 5218 has four.
const MOST_CODES: usize = 5;

/// Tells whether a word begins in a script other than Latin: its names stand in no list of ours.
pub(super) fn in_other_script(cell: &[u8]) -> bool {
    // U+0340 to U+0FFF, and from U+2000 on.
    cell.first().is_some_and(|byte| matches!(byte, 0xCD..=0xE0 | 0xE2..))
}

/// Offers the elements that only a name or neighbours can make the case for.
pub(super) fn offer(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    formless(column, cases);
    let mut add = |element: DataElement, fits: bool| {
        if fits && !cases.iter().any(|case| case.element == element) {
            cases.push(Case::by_name(element, BY_NAME));
        }
    };
    let words = column.no_digits > 0.9 && column.mean_length < 60.0;
    let short = words && column.distinct.len() <= MOST_GENDERS && column.mean_length < 20.0;
    let coded = column.distinct.len() <= MOST_CODES && column.share(|cell| values::gender(cell).is_valid()) > 0.9;
    add(Gender, short || coded);
    add(Country, words);
    add(City, words);
    let other = column.distinct_share(in_other_script);
    let people = words && other > 0.6 && column.distinct_share(|cell| ids.names_a_company(cell)) < 0.2;
    for element in [Name, GivenName, MiddleName, Surname] {
        add(element, people);
    }
    let code = |cell: &[u8]| {
        (3..=10).contains(&cell.len())
            && cell.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-'))
    };
    add(Zip, column.no_digits < 0.1 && column.share(code) > 0.9);
    add(Phone, column.share(is_dialled) > 0.85);
    let token = |cell: &[u8]| (25..=110).contains(&cell.len()) && cell.iter().all(u8::is_ascii_alphanumeric);
    add(CryptoAddress, column.share(token) > 0.85 && column.distinct_ratio() > 0.5);
    let foreign = column.distinct_share(|cell| cell.iter().any(|byte| *byte >= 0xE2)) > 0.5;
    let streets = words && column.mean_length > 6.0 && column.distinct.len() >= 10 && column.distinct_ratio() > 0.3;
    add(Address, column.mean_length < 100.0 && column.digits < 0.1 && (foreign || streets));
}

/// Digits with the signs that telephone numbers are written with.
fn is_dialled(cell: &[u8]) -> bool {
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let sign = |byte: &u8| matches!(byte, b'0'..=b'9' | b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+' | b'x' | b'#');
    let decimal = cell.iter().filter(|byte| **byte == b'.').count() == 1;
    (6..=18).contains(&digits) && cell.iter().all(sign) && !decimal
}

/// Elements without a form of their own.
fn formless(column: &Column<'_>, cases: &mut Vec<Case>) {
    let share = |test: fn(&[u8]) -> bool| column.share(test);
    let mut offer = |element, prior, fits: f64, least: f64| {
        if fits >= least {
            cases.push(Case::new(element, prior));
        }
    };
    offer(AccountNumber, -3.5, share(is_number_of_somebody), 0.8);
    offer(AccountPin, -3.5, share(|cell| values::account_pin(cell).is_valid()), 0.7);
    offer(CardCvv, -3.8, share(|cell| values::card_cvv(cell).is_valid()), 0.8);
    offer(CardExpiry, -3.5, share(|cell| values::card_expiry(cell).is_valid()), 0.8);
    let counted = if column.counter || column.mean_length < 6.5 { -9.0 } else { -3.5 };
    offer(BankAccount, counted, share(|cell| values::bank_account(cell).is_valid()), 0.8);
    offer(
        DriverLicense,
        -3.2,
        share(|cell| {
            (4..=20).contains(&cell.len())
                && cell.iter().any(u8::is_ascii_digit)
                && cell.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b' ' | b'*'))
        }),
        0.8,
    );
    let hashed = column.tally(values::password_hash).form();
    offer(Password, if hashed > 0.8 { -9.0 } else { -3.5 }, share(|cell| (3..=64).contains(&cell.len())), 0.8);
    offer(PersonId, -3.2, share(|cell| cell.len() <= 40 && !cell.contains(&b' ')), 0.9);
}
