//! What a column's name says: phrases of the rulebook found in it, the longest first.

use rulebook::identifiers::IdentifierRules;
use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization as _;
use vocab::DataElement;

use super::detectors::Detector;

/// Longest header that is read, in characters; what follows says nothing.
const LONGEST_HEADER: usize = 80;

/// Longest phrase in words.
const LONGEST_PHRASE: usize = 6;

#[derive(Clone, Debug, Default)]
struct Meaning {
    elements: Vec<(DataElement, f64)>,
    ordinary: bool,
}

impl Meaning {
    /// Whether it says more than a guess: `number` is anything's.
    fn is_plain(&self) -> bool {
        self.ordinary || self.elements.iter().any(|(_, weight)| *weight > FAINT)
    }
}

/// The phrases of all rules by their letters without spaces.
#[derive(Debug)]
pub(super) struct Headers {
    phrases: FxHashMap<String, Meaning>,
    qualifiers: FxHashSet<String>,
    license_role: FxHashSet<String>,
    other_dates: FxHashSet<String>,
}

/// What a header says.
#[derive(Clone, Debug, Default)]
pub(super) struct HeaderReading {
    /// Whether there was a header at all.
    pub(super) present: bool,
    /// Elements it names, with their weight in nats, highest first.
    pub(super) elements: Vec<(DataElement, f64)>,
    /// Whether it names something that is no element.
    pub(super) ordinary: bool,
    /// Whether it names a thing besides, as `file_md5` does.
    pub(super) of_a_thing: bool,
    /// Whether it names a date other than that of birth.
    pub(super) other_date: bool,
    /// Whether it says that a state issued a licence.
    pub(super) license_role: bool,
    /// Whether it names an identifier of unknown kind (`id`, `key`, `uuid`).
    pub(super) id_like: bool,
}

impl HeaderReading {
    pub(super) fn weight(&self, element: DataElement) -> f64 {
        self.elements.iter().find(|(other, _)| *other == element).map_or(0.0, |(_, weight)| *weight)
    }

    pub(super) fn strongest(&self) -> f64 {
        self.elements.first().map_or(0.0, |(_, weight)| *weight)
    }
}

const STRONG: f64 = 6.0;
const WEAK: f64 = 3.0;
const FAINT: f64 = 1.5;

impl Headers {
    pub(super) fn new(rules: &IdentifierRules, detectors: &[Detector]) -> Self {
        let mut phrases: FxHashMap<String, Meaning> = FxHashMap::default();
        for (_, rule) in &rules.rules {
            let words = &rule.header;
            for (list, weight) in [(&words.strong, STRONG), (&words.weak, WEAK), (&words.faint, FAINT)] {
                for phrase in list {
                    phrases.entry(key(phrase)).or_default().elements.push((rule.element, weight));
                }
            }
        }
        for (element, scheme) in rules.rules.iter().flat_map(|(_, rule)| rule.schemes.iter().map(|s| (rule.element, s)))
        {
            for phrase in &scheme.headers {
                let meaning = phrases.entry(key(phrase)).or_default();
                meaning.elements.retain(|(other, _)| *other != element);
                meaning.elements.push((element, STRONG));
            }
        }
        for phrase in &rules.ordinary.phrases {
            phrases.entry(key(phrase)).or_default().ordinary = true;
        }
        // What the user calls a column is not ordinary there.
        for (rule, words) in
            detectors.iter().filter_map(|detector| Some((&detector.rule, detector.rule.header.as_ref()?)))
        {
            for (list, weight) in [(&words.strong, STRONG), (&words.weak, WEAK), (&words.faint, FAINT)] {
                for phrase in list {
                    let meaning = phrases.entry(key(phrase)).or_default();
                    meaning.elements.retain(|(other, _)| *other != rule.element);
                    meaning.elements.push((rule.element, weight));
                    meaning.ordinary = false;
                }
            }
        }
        let state = rules.of(DataElement::State);
        let births = rules.of(DataElement::Dob);
        Headers {
            other_dates: births.into_iter().flat_map(|rule| &rule.other_dates).map(|phrase| key(phrase)).collect(),
            phrases,
            qualifiers: rules.ordinary.qualifiers.iter().map(|word| key(word)).collect(),
            license_role: state.into_iter().flat_map(|rule| rule.license_role.iter().cloned()).collect(),
        }
    }

    /// Reads a header.
    pub(super) fn read(&self, header: Option<&str>) -> HeaderReading {
        let Some(header) = header.filter(|header| !header.trim().is_empty()) else { return HeaderReading::default() };
        let mut tokens = words(header);
        if tokens.len() == 1 && !self.phrases.contains_key(&tokens[0]) {
            tokens = self.segment(&tokens[0]).unwrap_or(tokens);
        }
        let pieces = self.pieces(&tokens);
        let mut reading = self.weigh(&pieces);
        // `value`, `field_7`, `data`: a name that says nothing is none.
        reading.present = pieces.iter().any(|piece| !piece.qualifier || piece.meaning.is_some_and(Meaning::is_plain));
        reading.other_date = (0..tokens.len()).any(|at| {
            let longest = (at + LONGEST_PHRASE).min(tokens.len());
            (at + 1..=longest).any(|end| self.other_dates.contains(&tokens[at..end].concat()))
        });
        reading.license_role = tokens.iter().any(|token| self.license_role.contains(token));
        reading.id_like =
            tokens.last().is_some_and(|last| matches!(last.as_str(), "id" | "key" | "uuid" | "guid" | "no" | "number"));
        reading
    }

    /// Cuts the tokens into the longest known phrases, from the left.
    fn pieces<'a>(&'a self, tokens: &[String]) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let longest = (at + LONGEST_PHRASE).min(tokens.len());
            let found = (at + 1..=longest).rev().find_map(|end| {
                let meaning = self.phrases.get(&tokens[at..end].concat())?;
                Some((end, meaning))
            });
            let qualifier = self.qualifiers.contains(&tokens[at]);
            match found {
                Some((end, meaning)) => {
                    pieces.push(Piece { meaning: Some(meaning), qualifier: qualifier && end == at + 1 });
                    at = end;
                }
                None => {
                    pieces.push(Piece { meaning: None, qualifier });
                    at += 1;
                }
            }
        }
        pieces
    }

    fn weigh(&self, pieces: &[Piece<'_>]) -> HeaderReading {
        let telling: Vec<&Piece<'_>> = match pieces.iter().filter(|piece| !piece.qualifier).collect::<Vec<_>>() {
            none if none.is_empty() => pieces.iter().collect(),
            some => some,
        };
        let mut reading = HeaderReading::default();
        let unknown = telling.iter().filter(|piece| piece.meaning.is_none()).count() as i32;
        let last_is_unknown = telling.last().is_some_and(|piece| piece.meaning.is_none());
        let is_ordinary = |piece: &&&Piece<'_>| piece.meaning.is_some_and(|meaning| meaning.ordinary);
        let ordinary_last = telling.last().filter(is_ordinary).is_some();
        let ordinary = telling.iter().filter(is_ordinary).count();
        let damping = 0.75f64.powi(unknown + ordinary as i32)
            * if last_is_unknown { 0.6 } else { 1.0 }
            * if ordinary_last { 0.1 } else { 1.0 };
        for meaning in telling.iter().filter_map(|piece| piece.meaning) {
            for (element, weight) in &meaning.elements {
                match reading.elements.iter_mut().find(|(other, _)| other == element) {
                    Some((_, known)) => *known = known.max(weight * damping),
                    None => reading.elements.push((*element, weight * damping)),
                }
            }
        }
        reading.of_a_thing = ordinary > 0;
        reading.ordinary = ordinary_last || (ordinary > 0 && reading.elements.is_empty());
        // Several elements in one header ("name email") leave the column open.
        reading.elements.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        reading
    }

    /// Cuts a run-together header (`custfirstname`, `telefoonnr`) into known words.
    fn segment(&self, word: &str) -> Option<Vec<String>> {
        // Bytes of the shortest piece: three letters of an alphabet, two of a script of syllables or words.
        let shortest = if word.is_ascii() { 3 } else { 6 };
        if word.len() < 2 * shortest || word.len() > LONGEST_WORD {
            return None;
        }
        let known = |part: &str| self.phrases.contains_key(part) || self.qualifiers.contains(part);
        // best[i]: fewest pieces for the first i bytes, and where the last piece starts.
        let mut best: Vec<Option<(usize, usize)>> = vec![None; word.len() + 1];
        best[0] = Some((0, 0));
        for end in (shortest..=word.len()).filter(|end| word.is_char_boundary(*end)) {
            let last = end == word.len();
            let long = |start: usize| end - start >= shortest || (last && SHORT_ENDS.contains(&&word[start..]));
            best[end] = (0..end)
                .filter(|start| word.is_char_boundary(*start) && long(*start) && known(&word[*start..end]))
                .filter_map(|start| best[start].map(|(pieces, _)| (pieces + 1, start)))
                .min();
        }
        let mut parts = Vec::new();
        let mut end = word.len();
        while end > 0 {
            let (_, start) = best[end]?;
            parts.push(word[start..end].to_owned());
            end = start;
        }
        parts.reverse();
        Some(parts)
    }
}

/// Longest word that is cut, in bytes.
const LONGEST_WORD: usize = 60;

/// Words of two letters that stand at the end of a run-together header.
const SHORT_ENDS: [&str; 5] = ["nr", "no", "nm", "cd", "id"];

/// The letters of a phrase as headers are read.
fn key(phrase: &str) -> String {
    words(phrase).concat()
}

struct Piece<'a> {
    meaning: Option<&'a Meaning>,
    qualifier: bool,
}

/// A header as words with single blanks between them, as the rulebook writes them.
pub(super) fn phrase(header: &str) -> String {
    words(header).join(" ")
}

/// Splits a header at signs, at changes from lower to upper case, and between letters and digits; lower case, no accents.
fn words(header: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut previous = ' ';
    let plain: Vec<char> =
        header.chars().take(LONGEST_HEADER).nfd().filter(|c| !matches!(*c, '\u{300}'..='\u{36f}')).collect();
    for (at, &c) in plain.iter().enumerate() {
        let next_is_lower = plain.get(at + 1).is_some_and(|next| next.is_lowercase());
        let hump = c.is_uppercase() && (previous.is_lowercase() || (previous.is_uppercase() && next_is_lower));
        let change = previous.is_numeric() != c.is_numeric() && previous.is_alphanumeric();
        if (!c.is_alphanumeric() || hump || change) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c == '#' {
            words.push("number".to_owned());
        } else if c == 'ß' {
            word.push_str("ss");
        } else if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        previous = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_cut_into_words() {
        assert_eq!(words("customerFirstName"), ["customer", "first", "name"]);
        assert_eq!(words("SSNLast4"), ["ssn", "last", "4"]);
        assert_eq!(words("DATE_OF-birth"), ["date", "of", "birth"]);
        assert_eq!(words("Straße"), ["strasse"]);
        assert_eq!(words("Prénom"), ["prenom"]);
        assert_eq!(words("客户姓名"), ["客户姓名"]);
        assert_eq!(words("Телефонный номер"), ["телефонныи", "номер"]);
    }
}
