//! User names, passwords and their hashes.
//!
//! Enters: a column, and the first readings of the columns around it. Leaves: cases, and what a login beside it says. Never: a
//! number, a price or a day taken for the name of a user.

use vocab::DataElement::*;

use super::column::Column;
use super::evidence::Case;
use super::neighbours::First;
use super::rules::Identifiers;
use super::typing::Weighed;
use super::values;

/// Makes the cases for hashes and user names.
pub(super) fn weigh(column: &Column<'_>, cases: &mut Vec<Case>) {
    let hash = column.tally(values::password_hash);
    if hash.form() > 0.8 {
        let tagged = column.share(|cell| cell[0] == b'$' || cell[0] == b'{' || cell.starts_with(b"pbkdf2"));
        let case = Case::new(PasswordHash, -3.5).when(tagged > 0.7, 10.0, "form of a password hash with its method");
        cases.push(case.when(tagged <= 0.7, 0.5, "hexadecimal of the length of a digest"));
    }
    let username = column.tally(values::username);
    if username.form() <= 0.9 || column.digits >= 0.5 || column.spaced >= 0.1 {
        return;
    }
    let lettered = column.share(|cell| cell.iter().any(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80));
    if lettered < 0.5 {
        // Days and prices: what names somebody has letters.
        cases.push(Case::by_name(Username, -4.0));
        return;
    }
    let mixed = column.share(|cell| {
        cell.iter().any(u8::is_ascii_lowercase)
            && cell.iter().any(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))
    });
    let hexadecimal =
        column.share(|cell| cell.len() >= 16 && cell.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-'));
    let case = Case::new(Username, -4.0)
        .when(
            column.distinct_ratio() > 0.9 && mixed > 0.3 && hexadecimal < 0.1,
            2.0,
            "distinct words with digits or dots",
        )
        .when(hexadecimal > 0.5, -4.0, "long hexadecimal")
        .when(column.distinct.len() >= 20 && column.one_length > 0.95, -6.0, "all of one length, as codes are")
        .when(column.mean_length > 30.0, -6.0, "longer than anybody types");
    cases.push(case);
}

/// User names, passwords and hashes beside each other or an e-mail address.
pub(super) fn beside(ids: &Identifiers, first: &First, at: usize, weighed: &mut Weighed<'_>) {
    let login = first.anywhere(at, &[Email, Username]);
    let secret = first.near(at, 3, &[PasswordHash, Password]);
    let mail = first.near(at, 3, &[Email]);
    let column = &weighed.column;
    let scattered = column.distinct_ratio() > 0.6;
    let mixed = column.share(|cell| {
        cell.iter().any(u8::is_ascii_alphabetic)
            && cell.iter().any(|byte| !byte.is_ascii_alphabetic())
            && (4..=40).contains(&cell.len())
    });
    let near_unique = column.distinct_ratio() > 0.9;
    if login > 0.5 && near_unique && !weighed.header.ordinary && !weighed.header.of_a_thing {
        let beside = first.near(at, 2, &[Email, Username, Password]);
        let weight = if beside > 0.5 { 4.8 } else { 2.8 };
        weighed.add(PasswordHash, weight * login, "digests beside a login");
    }
    if secret.max(mail) > 0.5 && near_unique {
        let plain = |cell: &[u8]| {
            cell.iter()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-'))
        };
        let lower = weighed.column.share(plain);
        weighed.add(Username, if lower > 0.95 { 5.0 } else { 2.0 }, "beside a login or a secret");
        if first.near(at, 1, &[Password, PasswordHash]) > 0.7 && weighed.column.distinct_share(is_random) < 0.2 {
            weighed.add(Username, 2.0, "beside the passwords");
            weighed.add(Password, -3.0, "the passwords stand beside it");
        }
        weighed.add(Password, if lower > 0.95 { -1.5 } else { 0.0 }, "only small letters, digits and dots");
    }
    let named = || {
        if begin_alike(&weighed.column) {
            0.0
        } else {
            weighed.column.distinct_share(|cell| begins_with_name(ids, cell))
        }
    };
    if secret.max(mail).max(login) > 0.5 && near_unique && mixed > 0.25 && !weighed.header.present && named() > 0.4 {
        weighed.add(Username, 5.0, "made of names");
        weighed.add(Password, -4.0, "made of names");
        return;
    }
    // What is stirred into passwords before they are hashed has one length and stands beside the hashes.
    if first.near(at, 2, &[PasswordHash]) > 0.7 && weighed.column.one_length > 0.98 {
        weighed.add(Password, -6.0, "of one length beside hashes, as salts are");
        return;
    }
    let random = weighed.column.distinct_share(is_random) > 0.6;
    if mail.max(login) > 0.5 && near_unique && random && !weighed.header.present && named() < 0.3 {
        weighed.add(Password, 5.0, "random letters and digits beside a login");
        weighed.add(Username, -5.0, "random letters and digits");
        return;
    }
    if first.near(at, 2, &[Email, Username]) > 0.5 && scattered && mixed > 0.25 && column_is_secretive(&weighed.column)
    {
        let signs =
            |cell: &[u8]| cell.iter().any(|byte| matches!(byte, b'!' | b'@' | b'#' | b'$' | b'%' | b'*' | b'?'));
        let chosen = if weighed.column.share(signs) > 0.03 { 6.0 } else { 4.5 };
        weighed.add(Password, chosen, "scattered words of letters and digits beside a login");
    }
}

/// Whether capitals, small letters and digits (or signs) alternate as nobody would write a word.
fn is_random(cell: &[u8]) -> bool {
    let kind = |byte: &u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    let changes = cell.windows(2).filter(|pair| kind(&pair[0]) != kind(&pair[1])).count();
    (8..=24).contains(&cell.len())
        && changes * 3 >= cell.len()
        && cell.iter().any(u8::is_ascii_lowercase)
        && cell.iter().any(u8::is_ascii_uppercase)
        && !cell.iter().any(|byte| matches!(byte, b' ' | b'.'))
}

/// Whether what stands before the first sign or digit is a name: `ann_lee`, `Rene49`.
fn begins_with_name(ids: &Identifiers, cell: &[u8]) -> bool {
    let letters = cell.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
    let (given, surname) = ids.name_frequency(&cell[..letters]);
    letters >= 3 && (given.is_some() || surname.is_some() || ids.names_abroad.is_given(&cell[..letters]))
}

/// Whether the letters before the first sign or digit are the same few in most values: `ORD-8619395`.
fn begin_alike(column: &Column<'_>) -> bool {
    let head = |cell: &'_ [u8]| cell.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let mut heads: Vec<&[u8]> = column.distinct.iter().map(|cell| &cell[..head(cell)]).collect();
    heads.sort_unstable();
    let most = heads.chunk_by(|a, b| a == b).map(<[_]>::len).max().unwrap_or(0);
    column.distinct.len() >= 10 && most * 3 >= column.distinct.len()
}

/// Few blanks, several lengths, not one pattern: what people type into a password field.
fn column_is_secretive(column: &Column<'_>) -> bool {
    column.spaced < 0.2
        && column.one_length < 0.5
        && column.digits < 0.6
        && column.share(|cell| cell.contains(&b'@')) < 0.05
}
