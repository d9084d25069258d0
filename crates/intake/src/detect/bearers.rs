//! Names of people, genders and suffixes in columns.
//!
//! Enters: a column. Leaves: cases for what its words could be. Never: evidence of the header or of other columns.

use vocab::DataElement::*;

use super::column::Column;
use super::evidence::{Case, percent};
use super::named;
use super::rules::Identifiers;
use super::values::{self, Verdict};

/// Most different words of a column of genders.
const MOST_GENDERS: usize = 12;

/// Makes the cases for names, genders and suffixes.
pub(super) fn weigh(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    genders(column, cases);
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

/// Genders as words or single letters.
fn genders(column: &Column<'_>, cases: &mut Vec<Case>) {
    let gender = column.tally(values::spelled_gender);
    let has = |code: u8| column.distinct.iter().any(|cell| values::spelled_gender(cell).value == Some(code));
    let both = gender.all <= MOST_GENDERS && has(b'F') && has(b'M');
    let known = column.share(|cell| values::spelled_gender(cell).is_valid());
    let letters = column.distinct.iter().filter(|cell| cell.len() == 1).count() * 2 > gender.all;
    let mostly = both && known > if letters { 0.97 } else { 0.6 };
    if mostly || (gender.form() > 0.99 && gender.all <= 6) {
        let words = column.distinct.iter().any(|cell| cell.len() > 3);
        let score = match has(b'F') && has(b'M') {
            true if words => 7.0,
            true if !letters || is_pair(column) => 4.5,
            _ => -1.0,
        };
        cases.push(Case::new(Gender, -1.0).with(score, "only words for genders"));
    } else if is_pair(column) && column.share(|cell| cell.len() == 1) > 0.97 {
        cases.push(Case::new(Gender, -1.0).with(1.5, "two letters for genders"));
    }
}

/// Whether the letters for women and men are those of one language. W and M beside S and D are marriages, W and H beside B races.
fn is_pair(column: &Column<'_>) -> bool {
    const PAIRS: [[u8; 2]; 6] = [*b"FM", *b"WM", *b"FH", *b"VM", *b"KM", *b"KE"];
    /// What else such a column holds: other, unknown, not said.
    const OTHERS: &[u8] = b"XOUDN";
    let share = |letters: &[u8]| {
        column.share(|cell| matches!(cell, [letter] if letters.contains(&letter.to_ascii_uppercase())))
    };
    let one = |letter: u8| share(&[letter]) > 0.0;
    PAIRS.iter().any(|[woman, man]| one(*woman) && one(*man) && share(&[*woman, *man]) + share(OTHERS) > 0.97)
        // Letters of other scripts are not looked at one by one.
        || column.distinct.iter().any(|cell| cell[0] >= 0x80)
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
    /// The same with the surname first: `ROBERTS GEORGE C`.
    turned: f64,
    /// Of values of several words: those that begin with a given name.
    begins: f64,
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
            &mut listed.turned,
            &mut listed.begins,
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
        let words = || cell.split(|byte| matches!(byte, b' ' | b'-' | b',')).filter(|word| !word.is_empty());
        let count = words().count();
        if count == 1 || (count == 2 && cell.contains(&b'-') && !cell.contains(&b',')) {
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
        let (person, couple) = of_couple(ids, cell);
        self.company += one(ids.names_a_company(cell) || (cell.contains(&b'&') && !couple));
        let parts = values::name_parts(person);
        let is_given = |word: &[u8]| ids.name_frequency(word).0.is_some() || ids.names_abroad.is_given(word);
        let is_surname = |word: &[u8]| {
            ids.name_frequency(word).1.is_some()
                || ids.names_abroad.is_surname(word)
                || ids.names_abroad.ends_as_surname(word)
        };
        let last = parts.surname.rsplit(|byte| matches!(byte, b' ' | b'-')).next().unwrap_or(parts.surname);
        self.whole += one(is_given(parts.given)) * 0.5 + one(is_surname(last)) * 0.5;
        self.begins += one(is_given(parts.given));
        if !person.contains(&b',') {
            let mut words = person.split(|byte| *byte == b' ').filter(|word| word.len() > 1);
            let (first, second) = (words.next().unwrap_or(b""), words.next().unwrap_or(b""));
            self.turned += one(is_surname(first)) * 0.5 + one(is_given(second)) * 0.5;
        }
    }
}

/// Tells whether the whole names of a column are written with the surname first and no comma behind it: `ROBERTS GEORGE C`.
pub(super) fn surname_first(ids: &Identifiers, column: &Column<'_>) -> bool {
    /// Fewest names that the lists must know.
    const FEWEST: usize = 5;
    /// How much more the first words must be surnames than the second ones, in nats a name.
    const LEANING: f64 = -1.0;
    let lean = |word: &[u8]| match ids.name_frequency(word) {
        (None, None) => 0.0,
        (given, surname) => f64::from(given.unwrap_or(-16.0) - surname.unwrap_or(-16.0)).clamp(-4.0, 4.0),
    };
    let (mut known, mut sum) = (0usize, 0.0);
    for cell in column.distinct.iter().filter(|cell| !cell.contains(&b',')) {
        let mut words = cell.split(|byte| *byte == b' ').filter(|word| word.len() > 1);
        let (Some(first), Some(second)) = (words.next(), words.next()) else { continue };
        let difference = lean(first) - lean(second);
        known += usize::from(difference != 0.0);
        sum += difference;
    }
    known >= FEWEST && sum < LEANING * known as f64
}

/// Of `ROBERTS GEORGE & ANN` and `George & Ann Roberts` the part that is one person's name, and whether it is such.
fn of_couple<'a>(ids: &Identifiers, cell: &'a [u8]) -> (&'a [u8], bool) {
    let Some(at) = memchr::memchr(b'&', cell) else { return (cell, false) };
    let (before, behind) = (cell[..at].trim_ascii(), cell[at + 1..].trim_ascii());
    let given = |word: &[u8]| match ids.name_frequency(word) {
        (Some(given), Some(surname)) => given > surname,
        (given, _) => given.is_some() || ids.names_abroad.is_given(word),
    };
    let words = |part: &[u8]| part.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count();
    let first = |part: &'a [u8]| part.split(|byte| *byte == b' ').next().unwrap_or(part);
    let couple = words(before) + words(behind) >= 3 && given(first(behind));
    (if words(before) > 1 { before } else { behind }, couple)
}

/// What given names in front weigh beside whole names of which all parts are known.
const BEGINS: f64 = 0.9;

/// Names by the lists of given names and surnames; which of the two by frequency.
fn names(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    let listed = Listed::of(ids, column);
    let Listed { given, surname, lean, city, single, company, .. } = listed;
    let whole = listed.whole.max(listed.turned);
    let (n, often) = (column.distinct.len(), column.len() as f64 / column.distinct.len().max(1) as f64);
    // A short list, gone through again and again: colours, makes, grades. There are more surnames.
    let varied = match n {
        0..8 if often > 4.0 => -12.0,
        0..3 => -8.0,
        3..8 if often > 2.0 => -5.0,
        8..20 if often > 10.0 => -7.0,
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
        // Dishes are called "nom", too.
        let unknown = if whole < 0.25 && given.max(surname) < 0.25 { -3.0 } else { 0.0 };
        for element in [Surname, GivenName] {
            cases.push(Case::new(element, -4.0).with(unknown, "several words, few of which are names"));
        }
    }
    let comma = column.share(|cell| cell.contains(&b','));
    // Many surnames stand in no list; what begins with given names all over is people all the same.
    let score = ((whole.max(BEGINS * listed.begins) - 0.4) * 14.0).clamp(-5.0, 7.0);
    let case =
        Case::new(Name, -2.0).with(score, format!("{} of the words stand in the lists of names", percent(whole)));
    let case = case.with(varied.max(-5.0), "variety of values").when(city > 0.3, -5.0, "they are cities");
    let case = case.when(company > 0.2, -8.0, "names of companies");
    cases.push(case.when(comma > 0.8, 1.0, "written with the surname first"));
}
