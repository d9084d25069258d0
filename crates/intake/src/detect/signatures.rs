//! Names that stand alone on a line, as under a letter, behind a greeting or a title.
//!
//! Enters: the lines of a text in which nothing else was found to look at. Leaves: names, where the lists of names know both
//! parts, or a title stands before them. What stands within a sentence is left to `prose`.

use rulebook::abroad;
use rustc_hash::FxHashSet;
use vocab::DataElement::Name;

use super::prose;
use super::rules::{Identifiers, fold};
use super::text::Hit;

/// Longest line that is looked at.
const LONGEST_LINE: usize = 48;

/// Most words of a name.
const MOST_WORDS: usize = 6;

/// Least sum of the logarithms of both parts' frequencies. What is rarer as a name is mostly something else.
const KNOWN: f32 = -21.0;

/// Least logarithm of the frequency of a given name that goes with a surname of another country.
const COMMON: f32 = -11.0;

/// Letters that a surname has before its ending.
const LEAST_BEFORE: usize = 2;

/// Names and titles of other countries, folded.
#[derive(Debug)]
pub(super) struct NamesAbroad {
    given: FxHashSet<Vec<u8>>,
    surnames: FxHashSet<Vec<u8>>,
    endings: Vec<Vec<u8>>,
    /// As written, each with whether it is a title and nothing else.
    titles: Vec<(Vec<u8>, bool)>,
    greetings: Vec<Vec<u8>>,
    /// First bytes of titles and greetings.
    first: [bool; 256],
    particles: FxHashSet<Vec<u8>>,
}

impl NamesAbroad {
    pub(super) fn new(rules: &abroad::Names) -> Self {
        let set = |all: Vec<&String>| all.into_iter().map(|name| fold(name.as_bytes())).collect::<FxHashSet<_>>();
        let title = |sure: bool| move |title: &String| (title.clone().into_bytes(), sure);
        let titles: Vec<_> =
            rules.titles.iter().map(title(true)).chain(rules.titles_weak.iter().map(title(false))).collect();
        let mut first = [false; 256];
        for word in rules.greetings.iter().chain(&rules.titles).chain(&rules.titles_weak) {
            word.bytes().take(1).for_each(|byte| first[usize::from(byte)] = true);
        }
        NamesAbroad {
            given: set(rules.countries.iter().flat_map(|country| &country.given).collect()),
            surnames: set(rules.countries.iter().flat_map(|country| &country.surnames).collect()),
            endings: rules.endings.iter().map(|ending| fold(ending.as_bytes())).collect(),
            titles,
            greetings: rules.greetings.iter().map(|greeting| greeting.clone().into_bytes()).collect(),
            first,
            particles: rules.particles.iter().map(|word| word.clone().into_bytes()).collect(),
        }
    }

    /// Whether a word is one of the commonest given names.
    pub(super) fn is_given(&self, word: &[u8]) -> bool {
        self.given.contains(&fold(word))
    }

    /// Whether a word, or the last of some, is one of the commonest surnames.
    pub(super) fn is_surname(&self, words: &[u8]) -> bool {
        let words = fold(words);
        let last = words.rsplit(|byte| *byte == b' ').next().unwrap_or(&words);
        self.surnames.contains(&words) || self.surnames.contains(last)
    }

    /// Whether a word ends as surnames do.
    pub(super) fn ends_as_surname(&self, word: &[u8]) -> bool {
        let word = fold(word);
        self.endings.iter().any(|ending| word.ends_with(ending) && word.len() >= ending.len() + LEAST_BEFORE)
    }

    /// Whether a word is a small one within names: `van`, `de`.
    pub(super) fn is_particle(&self, word: &[u8]) -> bool {
        self.particles.contains(word)
    }

    /// Length of the greeting at the beginning of a line.
    fn greeting(&self, line: &[u8]) -> usize {
        self.greetings.iter().filter_map(|greeting| behind(line, greeting)).max().unwrap_or(0)
    }

    /// Length of the titles at the beginning, and whether one of them is nothing else.
    pub(super) fn title(&self, line: &[u8]) -> (usize, bool) {
        let (mut length, mut sure) = (0, false);
        while let Some((more, nothing_else)) =
            self.titles.iter().filter_map(|(title, sure)| Some((behind(&line[length..], title)?, *sure))).max()
        {
            length += more;
            sure |= nothing_else;
        }
        (length, sure)
    }
}

/// Where the next word begins, if the line begins with these.
fn behind(line: &[u8], words: &[u8]) -> Option<usize> {
    (line.starts_with(words) && line.get(words.len()) == Some(&b' ')).then_some(words.len() + 1)
}

/// The lines of a text, looked at in order: names that fill a line, and names within it.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Where the next line begins.
    next: usize,
    /// Up to here sentences were read.
    read: usize,
}

impl Lines {
    /// Returns the next name in the lines that end before `until`, where something else stands.
    #[inline]
    pub(super) fn name_before(&mut self, ids: &Identifiers, text: &[u8], until: usize) -> Option<Hit> {
        if self.next < until { self.look(ids, text, until) } else { None }
    }

    /// Returns the next name of the line begun, before `until`.
    pub(super) fn name_within(&mut self, ids: &Identifiers, text: &[u8], until: usize) -> Option<Hit> {
        let until = until.min(self.next);
        if self.read >= until {
            return None;
        }
        match prose::next(ids, text, self.read, until) {
            Ok(hit) => {
                self.read = hit.end;
                Some(hit)
            }
            Err(end) => {
                self.read = end;
                None
            }
        }
    }

    /// Reads over what belongs to something else.
    pub(super) fn skip_to(&mut self, end: usize) {
        self.read = self.read.max(end);
    }

    fn look(&mut self, ids: &Identifiers, text: &[u8], until: usize) -> Option<Hit> {
        loop {
            // The line before is left behind.
            if let Some(hit) = self.name_within(ids, text, until) {
                return Some(hit);
            }
            if self.next >= until {
                return None;
            }
            let start = self.next;
            let end = memchr::memchr2(b'\n', b'\r', &text[start..]).map_or(text.len(), |at| start + at);
            self.next = end + 1;
            if end > until {
                return None;
            }
            if end - start <= LONGEST_LINE
                && let Some(hit) = name(ids, text, start, end)
            {
                self.read = end;
                return Some(hit);
            }
        }
    }
}

fn name(ids: &Identifiers, text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let line = &text[start..end];
    let lead = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'-' | b'~' | b'>'))?;
    if !(line[lead].is_ascii_uppercase() || line[lead] >= 0x80) {
        return None;
    }
    let value = line[lead..].trim_ascii_end();
    let value = value.strip_suffix(b",").or_else(|| value.strip_suffix(b".")).unwrap_or(value);
    let abroad = &ids.names_abroad;
    let (greeted, titled, sure) = match abroad.first[usize::from(line[lead])] {
        true => {
            let greeting = abroad.greeting(value);
            let (title, sure) = abroad.title(&value[greeting..]);
            (greeting, title, sure)
        }
        false => (0, 0, false),
    };
    let addressed = greeted + titled;
    let value = if addressed > 0 { value[addressed..].trim_ascii_end() } else { value };
    let value = if addressed > 0 { value.strip_suffix(b"!").unwrap_or(value) } else { value };
    let mut words = [&value[..0]; MOST_WORDS];
    let mut count = 0;
    for word in value.split(|byte| *byte == b' ') {
        *words.get_mut(count)? = word;
        count += 1;
        if !is_part(word) && (count == 1 && titled == 0 || !abroad.particles.contains(word)) {
            return None;
        }
    }
    let words = &words[..count];
    let probability = if titled > 0 { addressed_name(ids, words, sure)? } else { whole_name(ids, words, value)? };
    let start = start + lead + addressed;
    Some(Hit { element: Name, start, end: start + value.len(), probability })
}

/// A name of which the lists know the given name and the surname.
fn whole_name(ids: &Identifiers, words: &[&[u8]], value: &[u8]) -> Option<f64> {
    let (first, last) = (*words.first()?, *words.last()?);
    if words.len() < 2 || first.len() < 2 || last.len() < 2 || !is_part(last) || ids.is_city(value) {
        return None;
    }
    let (given, surname) = (ids.name_frequency(first).0, ids.name_frequency(last).1);
    let american = words.len() <= 4 && words.iter().all(|word| is_part(word));
    let american = american && given.zip(surname).is_some_and(|(given, surname)| given + surname >= KNOWN);
    let abroad = &ids.names_abroad;
    let known_given = || abroad.is_given(first);
    let common_given = || given.is_some_and(|given| given >= COMMON);
    let listed = || {
        let surname = surname.is_some() || abroad.is_surname(last);
        (known_given() && surname) || (common_given() && abroad.is_surname(last))
    };
    let probability = if american || listed() {
        0.8
    } else if known_given() && abroad.ends_as_surname(last) {
        0.77
    } else {
        return None;
    };
    // "Grace Hall" and "Jordan Lane" are somebody, or somewhere.
    Some(if ids.is_street_word(last) || ids.is_country(last) { 0.5 } else { probability })
}

/// A name behind a title: a surname is enough, and behind a title that is nothing else any.
pub(super) fn addressed_name(ids: &Identifiers, words: &[&[u8]], sure: bool) -> Option<f64> {
    let (first, last) = (*words.first()?, *words.last()?);
    if words.len() > 4 || last.len() < 2 || !is_part(last) {
        return None;
    }
    let abroad = &ids.names_abroad;
    let (given, surname) = (ids.name_frequency(first).0, ids.name_frequency(last).1);
    let known_surname = surname.is_some() || abroad.is_surname(last) || abroad.ends_as_surname(last);
    let known_given = given.is_some() || abroad.is_given(first);
    match (sure, known_surname || (known_given && words.len() > 1)) {
        (true, true) => Some(0.85),
        (true, false) => Some(0.76),
        (false, true) => Some(0.78),
        (false, false) => None,
    }
}

/// A capital and small letters, capitals throughout, or an initial.
pub(super) fn is_part(word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else { return false };
    let rest = rest.strip_suffix(b".").unwrap_or(rest);
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte >= 0x80 || matches!(byte, b'\'' | b'-');
    (first.is_ascii_uppercase() || *first >= 0x80) && word.len() <= 20 && rest.iter().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rulebook::Rulebook;

    fn names(text: &str) -> Vec<(String, bool)> {
        let ids = Identifiers::load(&Rulebook::embedded()).expect("the embedded rules are whole");
        let mut lines = Lines::default();
        std::iter::from_fn(|| lines.name_before(&ids, text.as_bytes(), text.len()))
            .map(|hit| (text[hit.start..hit.end].to_owned(), hit.probability >= 0.75))
            .collect()
    }

    #[test]
    fn a_name_alone_on_its_line() {
        let text = "Kind regards,\nJustin Moyer\n\n-- \nMary J. Thompson,\r\n  ROBERT SMITH\n";
        let found = [("Justin Moyer", true), ("Mary J. Thompson", true), ("ROBERT SMITH", true)];
        assert_eq!(names(text), found.map(|(name, report)| (name.to_owned(), report)));
    }

    #[test]
    fn a_name_behind_a_greeting_or_a_title() {
        let text = "Sehr geehrter Herr Müller,\nDear Ms. Okonkwo,\nEstimada Sra. García López,\nHerrn\nDr. Jürgen Weiß\n\
            Chère Madame Dupont,\nJoão da Silva\nKatarzyna Wiśniewska\nGiulia De Luca\nMehmet Yılmaz\n";
        let found = [
            "Müller",
            "Okonkwo",
            "García López",
            "Jürgen Weiß",
            "Dupont",
            "João da Silva",
            "Katarzyna Wiśniewska",
            "Giulia De Luca",
            "Mehmet Yılmaz",
        ];
        assert_eq!(names(text), found.map(|name| (name.to_owned(), true)));
        let none =
            "Dear Customer\nLiebe Grüße\nDear All,\nDr. Xqvz\nHerr\nMr.\nM. F. T. Z\nSehr geehrte Damen und Herren,\n";
        assert_eq!(names(none), vec![]);
    }

    #[test]
    fn other_lines_are_none() {
        let text = "Thank you\nJustin\nNew York\nTable Of Contents\njustin moyer\nBest Regards\n\
            Virginia Beach\nLicense Agreement\nApache License\nSan Francisco\n";
        assert_eq!(names(text), vec![]);
    }
}
