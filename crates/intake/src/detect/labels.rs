//! Values behind a label: `Date of birth: 04/12/1970`, `"iban":"DE89..."`, `pin=2580`.
//!
//! A label is what stands right before a colon or an equals sign; what labels mean is what headers mean. They are looked
//! up from the right, word by word, by a running hash: no allocation, however many `key=value` a log has.

use rulebook::identifiers::IdentifierRules;
use rustc_hash::FxHashMap;
use vocab::DataElement::{self, *};

use super::prose;
use super::rules::Identifiers;
use super::signatures::is_part;
use super::text::Hit;
use super::values::{self, DateOrder, Verdict};

/// Longest label, in letters and digits.
const LONGEST_LABEL: usize = 32;

/// Most words of a given name or a surname.
const MOST_WORDS_OF_A_PART: usize = 2;

/// Longest value that is looked at.
const LONGEST_VALUE: usize = 120;

/// Places of the table that tells whether any label ends in the letters read so far.
const ENDINGS_BITS: u32 = 17;

/// What a label means.
#[derive(Clone, Copy, Debug)]
enum Meaning {
    /// The element, and nothing else.
    Is(DataElement),
    /// Somebody in this role, by name or otherwise: `Patient:`, `Reporter:`.
    Role,
    /// Something that is nobody's.
    Other,
}

/// What labels mean, by the hash of their letters from the right.
#[derive(Debug)]
pub(super) struct Labels {
    meanings: FxHashMap<u64, Meaning>,
    /// Hashes of all endings of all labels: most keys of logs share no more than a few letters with any.
    endings: Vec<u64>,
}

fn step(hash: u64, byte: u8) -> u64 {
    (hash.rotate_left(5) ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x517c_c1b7_2722_0a95)
}

fn ending(hash: u64) -> usize {
    (hash >> (64 - ENDINGS_BITS + 6)) as usize
}

fn ending_bit(hash: u64) -> u64 {
    1 << ((hash >> (64 - ENDINGS_BITS)) & 63)
}

impl Labels {
    pub(super) fn new(rules: &IdentifierRules) -> Self {
        let mut labels: Vec<(&str, Meaning)> = Vec::new();
        let roles = rules.of(Name).and_then(|rule| rule.text.as_ref()).into_iter().flat_map(|text| &text.labels);
        labels.extend(roles.map(|phrase| (phrase.as_str(), Meaning::Role)));
        labels.extend(rules.ordinary.phrases.iter().map(|phrase| (phrase.as_str(), Meaning::Other)));
        for (_, rule) in &rules.rules {
            let schemes = rule.schemes.iter().flat_map(|scheme| scheme.headers.iter().chain(&scheme.labels));
            for phrase in rule.header.strong.iter().chain(schemes).filter(|phrase| phrase.is_ascii()) {
                labels.push((phrase, Meaning::Is(rule.element)));
            }
        }
        let mut out = Labels { meanings: FxHashMap::default(), endings: vec![0; 1 << (ENDINGS_BITS - 6)] };
        for (phrase, meaning) in labels {
            let hash = phrase.bytes().rev().filter(u8::is_ascii_alphanumeric).fold(0, |hash, byte| {
                let hash = step(hash, byte);
                out.endings[ending(hash)] |= ending_bit(hash);
                hash
            });
            out.meanings.insert(hash, meaning);
        }
        out
    }

    fn may_end_in(&self, hash: u64) -> bool {
        self.endings[ending(hash)] & ending_bit(hash) != 0
    }

    /// What the label before `end` means, by the longest phrase that fits, and where the phrase begins.
    fn before(&self, text: &[u8], end: usize) -> Option<(Meaning, usize)> {
        let mut hash = 0;
        let mut letters = 0;
        let mut meaning = None;
        let mut at = end;
        while at > 0 && letters <= LONGEST_LABEL {
            let byte = text[at - 1];
            if byte.is_ascii_alphanumeric() {
                hash = step(hash, byte);
                letters += 1;
                if !self.may_end_in(hash) {
                    break;
                }
                let start = match at.checked_sub(2).map(|before| text[before]) {
                    Some(before) => {
                        !before.is_ascii_alphanumeric() || (before.is_ascii_lowercase() && byte.is_ascii_uppercase())
                    }
                    None => true,
                };
                if start && let Some(found) = self.meanings.get(&hash) {
                    meaning = Some((*found, at - 1));
                }
            } else if !matches!(byte, b' ' | b'_' | b'-' | b'.' | b'#' | b'\'') {
                break;
            }
            at -= 1;
        }
        meaning
    }
}

/// Reads the value behind the colon or equals sign at `sign`, if the label before it names an element and the value can be
/// one.
pub(super) fn labelled(ids: &Identifiers, text: &[u8], sign: usize) -> Option<Hit> {
    let mut end = sign;
    // "Medicare (MBI):" names what stands in the brackets, "\"iban\":" what stands in the quotes.
    while end > 0 && sign - end < 3 && matches!(text[end - 1], b'"' | b'\'' | b' ' | b')') {
        end -= 1;
    }
    if end == 0 || !text[end - 1].is_ascii_alphabetic() && text[end - 1] != b'#' {
        return None;
    }
    let (meaning, label) = ids.text.labels.before(text, end)?;
    let element = match meaning {
        Meaning::Is(element) => element,
        Meaning::Role => Name,
        Meaning::Other => return None,
    };
    // "(MBI):" is a label, "(compute_fname):" a function; "PASS: test-3" is no password.
    let bracketed = text.get(end) == Some(&b')') && label.checked_sub(1).is_none_or(|at| text[at] != b'(');
    if bracketed || (element == Password && text[sign] == b':' && &text[label..end] == b"PASS") {
        return None;
    }
    let (start, below) = value_start(text, sign);
    let quoted = text.get(start.wrapping_sub(1)).is_some_and(|byte| matches!(byte, b'"' | b'\''));
    let rest = text.get(start..(start + LONGEST_VALUE).min(text.len()))?;
    let line = &rest[..memchr::memchr3(b'\n', b'\r', b'\t', rest).unwrap_or(rest.len())];
    let line = if quoted { &line[..memchr::memchr2(b'"', b'\'', line).unwrap_or(line.len())] } else { line };
    let role = matches!(meaning, Meaning::Role);
    let (length, probability) =
        if role { somebody(ids, line)? } else { judge(ids, element, line, text[sign] == b'=')? };
    // "Nom : Sophie Bernard" is all of her name.
    let whole_name = matches!(element, GivenName | Surname) && somebody(ids, &line[..length]).is_some();
    let element = if whole_name { Name } else { element };
    // Below its label a value has the line to itself; what ends in a colon is a label.
    let whole = !below || length == line.trim_ascii_end().len() && !line.trim_ascii_end().ends_with(b":");
    (whole && length > 0 && probability > 0.0).then_some(Hit { element, start, end: start + length, probability })
}

/// Where the value behind the colon or equals sign begins: on its line, or, where nothing but a colon ends that, on the
/// next; tells which.
fn value_start(text: &[u8], sign: usize) -> (usize, bool) {
    let blanks = |from: usize, most: usize, blank: &[u8]| {
        text[from..].iter().take(most).take_while(|byte| blank.contains(byte)).count()
    };
    let start = sign + 1 + blanks(sign + 1, 4, b" \"'\t#");
    let line_end = sign + 1 + blanks(sign + 1, 4, b" \r");
    match text.get(line_end) {
        Some(b'\n') if text[sign] == b':' => (line_end + 1 + blanks(line_end + 1, 4, b" "), true),
        _ => (start, false),
    }
}

/// Length and probability of the value at the beginning of the line.
fn judge(ids: &Identifiers, element: DataElement, line: &[u8], assigned: bool) -> Option<(usize, f64)> {
    let token = token(line);
    let word = &line[..token];
    let passes = |verdict: Verdict, probability: f64| (verdict == Verdict::Valid).then_some((token, probability));
    match element {
        Name | GivenName | Surname | MothersMaidenName => name(ids, element, line, assigned),
        Dob => date(line),
        Address => street(ids, line),
        Password => password(word, line, assigned).then_some((token, 0.85)),
        Itin => passes(values::itin(word).verdict, 0.95),
        Ein => passes(values::ein(word, &ids.unassigned_eins).verdict, 0.95),
        SsnLast4 => passes(values::ssn_last4(word).verdict, 0.85),
        Passport => passes(values::passport(word).verdict, 0.92),
        BankRouting => passes(values::aba(word).verdict, 0.95),
        Imsi => passes(values::imsi(word).verdict, 0.95),
        Iccid => passes(values::iccid(word).verdict, 0.95),
        Meid => passes(values::meid(word).verdict, 0.95),
        Imeisv => passes(values::imeisv(word).verdict, 0.9),
        Mbi => passes(values::mbi(word).verdict, 0.97),
        Npi => passes(values::npi(word).verdict, 0.95),
        Dea => passes(values::dea(word).verdict, 0.95),
        Vin => passes(values::vin(word).verdict, 0.97),
        CryptoAddress => passes(values::crypto_address(word).verdict, 0.97),
        DriverLicense => {
            let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4;
            let verdict = values::driver_license(word, vocab::Jurisdiction::UNKNOWN, &ids.licenses).verdict;
            if digits { passes(verdict, 0.9) } else { None }
        }
        NationalId | TaxId | HealthInsurance => identity(ids, element, line),
        AccountPin => (word.len() >= 4 && word.len() <= 8 && all_digits(word)).then_some((token, 0.8)),
        CardCvv => (matches!(word.len(), 3 | 4) && all_digits(word)).then_some((token, 0.85)),
        BankAccount => ((6..=17).contains(&word.len()) && all_digits(word)).then_some((token, 0.85)),
        SecurityAnswer | LicensePlate | MilitaryId | StateId | TribalId | AccountNumber if assigned => None,
        LicensePlate => passes(values::license_plate(word).verdict, 0.8),
        AccountNumber | MilitaryId | StateId | TribalId => {
            let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count() >= 5;
            if digits { passes(values::account_number(word).verdict, 0.78) } else { None }
        }
        _ => None,
    }
}

fn all_digits(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_digit)
}

/// Up to a blank or a sign that ends values, without a full stop at its end.
fn token(line: &[u8]) -> usize {
    let ends = |byte: &u8| matches!(byte, b' ' | b',' | b';' | b'"' | b'\'' | b'&' | b'|' | b'<' | b')' | b']' | b'}');
    let length = line.iter().position(ends).unwrap_or(line.len());
    line[..length].iter().rposition(|byte| *byte != b'.').map_or(0, |last| last + 1)
}

/// One to five words of letters, of which the lists of names know at least one (of a full name's two).
fn name(ids: &Identifiers, element: DataElement, line: &[u8], assigned: bool) -> Option<(usize, f64)> {
    let sign =
        |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80 || matches!(byte, b' ' | b'\'' | b'-' | b'.' | b',');
    let length = line.iter().position(|byte| !sign(byte)).unwrap_or(line.len());
    if line.get(length).is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'/' | b'=' | b':' | b'@')) {
        return None;
    }
    let double = memchr::memmem::find(&line[..length], b"  ").unwrap_or(length);
    let value = line[..double].trim_ascii_end();
    let value = value.strip_suffix(b",").unwrap_or(value);
    let words: Vec<&[u8]> = value.split(|byte| matches!(byte, b' ' | b',')).filter(|word| !word.is_empty()).collect();
    let fewest = if element == Name { 2 } else { 1 };
    let capital = |word: &&[u8]| word[0].is_ascii_uppercase() || word[0] >= 0x80;
    if !(fewest..=5).contains(&words.len()) || value.len() > 60 || !words.first().is_some_and(capital) {
        return None;
    }
    if [&b"true"[..], b"false"].iter().any(|word| value.eq_ignore_ascii_case(word)) {
        return None;
    }
    let known = words.iter().any(|word| {
        let (given, surname) = ids.name_frequency(word);
        let given = given.is_some() || ids.names_abroad.is_given(word);
        let surname = surname.is_some() || ids.names_abroad.is_surname(word);
        match element {
            GivenName => given,
            Surname | MothersMaidenName => surname,
            _ => given || surname,
        }
    });
    // A part of a name is one word, or few; a sentence is none.
    let part = element == Name || words.len() <= MOST_WORDS_OF_A_PART;
    // "name = 'Julia console'" in source code names a thing.
    let thing = assigned && !words.iter().all(|word| capital(word) || ids.names_abroad.is_particle(word));
    // "Wright Street", "Wright Company": a place or a firm.
    let last = words.last().copied().unwrap_or(b"");
    let place = || ids.is_street_word(last) && !prose::is_surname(ids, words[0], last);
    let other = words.len() > 1 && (ids.is_company_word(last) || place());
    Some((value.len(), if known && part && !thing && !other { 0.9 } else { 0.5 }))
}

/// A whole name of which the lists know both parts: `Kenji Wright`, `WRIGHT, KENJI`.
fn somebody(ids: &Identifiers, line: &[u8]) -> Option<(usize, f64)> {
    let sign =
        |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80 || matches!(byte, b' ' | b'\'' | b'-' | b'.' | b',');
    let length = line.iter().position(|byte| !sign(byte)).unwrap_or(line.len());
    if line.get(length).is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'/' | b'=' | b':' | b'@')) {
        return None;
    }
    let mut words: [&[u8]; 4] = [b""; 4];
    let (mut count, mut end, mut comma) = (0, 0, None);
    for word in line[..length].split(|byte| *byte == b' ') {
        let bare = word.strip_suffix(b",").unwrap_or(word);
        if !is_part(bare) || count == words.len() {
            break;
        }
        words[count] = bare;
        count += 1;
        end += usize::from(count > 1) + bare.len();
        if bare.len() < word.len() {
            // One comma, behind the surname; a second ends the name.
            if comma.is_some() || count > 1 {
                break;
            }
            comma = Some(count);
            end += 1;
        }
    }
    let initial = |word: &[u8]| word.strip_suffix(b".").unwrap_or(word).len() == 1;
    let known = |given: &[u8], surname: &[u8]| prose::is_given(ids, given) && prose::is_surname(ids, given, surname);
    match comma {
        Some(1) => (count > 1 && known(words[1], words[0])).then_some((end, 0.9)),
        _ => {
            // What follows the name may be capitalised as well: the longest that ends in a surname.
            let ends =
                (2..=count).rev().find(|count| !initial(words[count - 1]) && known(words[0], words[count - 1]))?;
            let end = words[..ends].iter().map(|word| word.len() + 1).sum::<usize>() - 1;
            let place = ids.is_street_word(words[ends - 1])
                || ids.is_city(&line[..end])
                || ids.is_company_word(words[ends - 1]);
            (!place && !words[..ends].iter().any(|word| ids.is_company_word(word))).then_some((end, 0.88))
        }
    }
}

/// The longest beginning that is a date on which somebody alive could be born.
pub(super) fn date(line: &[u8]) -> Option<(usize, f64)> {
    const LONGEST: usize = 18;
    let most = line.len().min(LONGEST);
    (6..=most).rev().find_map(|length| {
        let value = &line[..length];
        let whole = line.get(length).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let both = || [DateOrder::MonthFirst, DateOrder::DayFirst].map(|order| values::date(value, order));
        let day = whole.then(both)?.into_iter().find(values::Checked::is_valid)?.value?;
        let ends = value.last().is_some_and(u8::is_ascii_digit);
        (ends && (1900..2024).contains(&(day >> 9))).then_some((length, 0.95))
    })
}

pub(super) fn street(ids: &Identifiers, line: &[u8]) -> Option<(usize, f64)> {
    let length = memchr::memmem::find(line, b"  ").unwrap_or(line.len());
    let value = line[..length].trim_ascii_end();
    let numbered = value.iter().any(u8::is_ascii_digit) && value.contains(&b' ');
    if value.len() > 90 || !numbered || !values::street(value).is_valid() {
        return None;
    }
    let worded = value.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| ids.is_street_word(word));
    // "apt:amd64 2.6.0" is a package.
    let numbered_first = value[0].is_ascii_digit();
    Some((
        value.len(),
        if worded {
            0.93
        } else if numbered_first {
            0.78
        } else {
            0.5
        },
    ))
}

/// Somebody's password, not the word for it: letters with digits or signs, or anything short behind an equals sign.
fn password(word: &[u8], line: &[u8], assigned: bool) -> bool {
    let hidden = word.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.'));
    let letters = word.iter().any(u8::is_ascii_alphabetic);
    let others = word.iter().any(|byte| !byte.is_ascii_alphabetic());
    let code = word.iter().any(|byte| matches!(byte, b'(' | b'{' | b'[' | b'$' | b'%' | b'<' | b'/'));
    // "key_password=self.key_password" hands one on.
    let path = assigned && word.iter().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.'));
    let alone = assigned || word.len() == line.trim_ascii_end().len();
    (5..=40).contains(&word.len())
        && !hidden
        && !code
        && !path
        && letters
        && others
        && alone
        && !values::is_missing(word)
}

/// A number of a scheme, perhaps in groups: the longest beginning that passes.
fn identity(ids: &Identifiers, element: DataElement, line: &[u8]) -> Option<(usize, f64)> {
    const LONGEST: usize = 24;
    let ends: Vec<usize> = (6..=line.len().min(LONGEST))
        .filter(|at| {
            line.get(*at).is_none_or(|byte| !byte.is_ascii_alphanumeric()) && line[at - 1].is_ascii_alphanumeric()
        })
        .collect();
    ends.into_iter().rev().find_map(|length| {
        let fits = |(of, scheme, _): &&(DataElement, values::IdentityScheme, f64)| {
            *of == element && scheme.check(&line[..length]).is_valid()
        };
        ids.schemes.iter().find(fits).map(|(_, _, random)| (length, if *random < 0.12 { 0.95 } else { 0.85 }))
    })
}
