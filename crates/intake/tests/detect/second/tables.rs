//! Labelled tables: any theme, order, size, country and way of naming columns, the same for the same seed.

use intake::open::RowBlock;

use super::super::Numbers;
use super::super::columns::block;
use super::fields::{FIELDS, Field, Who, from, ssn};
use super::pools::PEOPLE;
use super::themes::{FOREIGN, THEMES};

/// What the header row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// What the columns hold.
    Honest,
    /// There is none.
    Absent,
    /// Nothing, or something else.
    Lying,
}

/// A table and what its columns hold.
pub(super) struct Labelled {
    pub(super) block: RowBlock,
    pub(super) headers: Vec<Option<String>>,
    pub(super) truth: Vec<Option<&'static str>>,
    pub(super) codes: Vec<&'static str>,
}

struct Column {
    code: &'static str,
    element: Option<&'static str>,
    headers: &'static [&'static str],
    field: Option<&'static Field>,
}

/// Makes one table.
pub(super) fn table(seed: u64, naming: Naming) -> Labelled {
    let mut n = Numbers::new(seed.wrapping_mul(2_654_435_761) ^ 0x5EED);
    (0..4).for_each(|_| _ = n.next());
    let theme = &THEMES[seed as usize % THEMES.len()];
    let countries: Vec<&str> = PEOPLE.keys().copied().collect();
    let country = if theme.american || (!theme.foreign_ids && n.below(2) == 0) { "US" } else { n.of(&countries) };
    let columns = columns(&mut n, theme.groups, country, theme.foreign_ids);
    let rows = [50, 80, 150, 300, 600, 1200, 2500, 5000][n.below(8) as usize];
    let style = n.next();
    let missing: Vec<u64> = columns.iter().map(|_| [0, 0, 0, 2, 10, 30][n.below(6) as usize]).collect();
    let null = n.of(&["", "", "NULL", "N/A", "-"]);
    let cells: Vec<Vec<String>> = (0..rows)
        .map(|row| {
            let sample = &PEOPLE[country];
            let who = Who {
                sample: &sample[n.below(sample.len() as u64) as usize],
                country,
                style,
                row,
                year: n.within(1938, 2006),
                ssn: ssn(&mut n, style >> 6 & 1),
                female: n.below(2) == 0,
            };
            let cell = |(column, missing): (&Column, &u64)| {
                if n.below(100) < *missing {
                    return null.to_owned();
                }
                match column.field {
                    Some(field) => (field.make)(&mut n, &who),
                    None => from(&mut n, column.code),
                }
            };
            columns.iter().zip(&missing).map(cell).collect()
        })
        .collect();
    let case = n.below(5);
    let headers = columns.iter().map(|column| name(&mut n, column, naming, case)).collect();
    Labelled {
        block: block(&cells),
        headers,
        truth: columns.iter().map(|column| column.element).collect(),
        codes: columns.iter().map(|column| column.code).collect(),
    }
}

fn columns(n: &mut Numbers, groups: &[&[&'static str]], country: &str, foreign: bool) -> Vec<Column> {
    let mut kept: Vec<Vec<Column>> = Vec::new();
    for group in groups {
        let stays = n.below(10) < 8 || kept.is_empty();
        let known = group.iter().filter(|code| country == "US" || **code != "state").filter_map(|code| {
            let field = FIELDS.iter().find(|field| field.code == *code)?;
            let optional = matches!(*code, "middle" | "suffix" | "unit" | "phone2" | "email2");
            (!optional || n.below(2) == 0).then_some(Column {
                code: field.code,
                element: field.element,
                headers: field.headers,
                field: Some(field),
            })
        });
        let group: Vec<Column> = known.collect();
        if stays && !group.is_empty() {
            kept.push(group);
        }
    }
    let schemes: Vec<_> = FOREIGN.iter().filter(|scheme| foreign && scheme.0 == country).collect();
    if !schemes.is_empty() {
        let (_, code, element, headers) = schemes[n.below(schemes.len() as u64) as usize];
        kept.push(vec![Column { code, element: Some(element), headers, field: None }]);
    }
    if n.below(2) == 0 {
        for at in (1..kept.len()).rev() {
            kept.swap(at, n.below(at as u64 + 1) as usize);
        }
    }
    kept.into_iter().flatten().collect()
}

/// Honest headers in the table's own case; lying ones are vague words, or words for something that is not personal.
fn name(n: &mut Numbers, column: &Column, naming: Naming, case: u64) -> Option<String> {
    const VAGUE: &[&str] = &["id", "value", "code", "field_7", "col3", "data", "key", "number", "ref", "attr"];
    const FOREIGN: &[&str] = &["tracking_number", "order_id", "batch_no", "item", "serial_number"];
    let written = match naming {
        Naming::Absent => return None,
        Naming::Honest => n.of(column.headers),
        Naming::Lying if column.element.is_some() => n.of(VAGUE),
        Naming::Lying if n.below(2) == 0 => n.of(VAGUE),
        Naming::Lying => n.of(FOREIGN),
    };
    Some(match case {
        0 => written.to_uppercase(),
        1 => written.replace('_', " "),
        2 => format!("t_{written}"),
        _ => written.to_owned(),
    })
}

/// A table of subscribers with many columns, for measuring speed.
pub(in super::super) fn wide_table(rows: usize) -> (RowBlock, Vec<Option<String>>) {
    const CODES: &[&str] = &[
        "account", "given", "surname", "dob", "ssn", "street", "city", "state", "postal", "phone", "email", "license",
        "imei", "imsi", "iccid", "card", "ip", "pin", "gender", "full",
    ];
    let mut n = Numbers::new(9);
    let fields: Vec<&Field> =
        CODES.iter().map(|code| FIELDS.iter().find(|field| field.code == *code).unwrap()).collect();
    let people = &PEOPLE["US"];
    let cells: Vec<Vec<String>> = (0..rows)
        .map(|row| {
            let who = Who {
                sample: &people[n.below(people.len() as u64) as usize],
                country: "US",
                style: 0x0500_0501_0401_0005,
                row,
                year: n.within(1938, 2006),
                female: n.below(2) == 0,
                ssn: ssn(&mut n, 0),
            };
            fields.iter().map(|field| (field.make)(&mut n, &who)).collect()
        })
        .collect();
    (block(&cells), fields.iter().map(|field| Some(field.headers[0].to_owned())).collect())
}
