//! Names that stand alone on a line, as under a letter.
//!
//! Enters: the lines of a text in which nothing else was found to look at. Leaves: names, where the lists of names know both
//! parts. Never: a name within a sentence; words that are capitalised there are mostly no names.

use vocab::DataElement::Name;

use super::rules::Identifiers;
use super::text::Hit;

/// Longest line that is looked at.
const LONGEST_LINE: usize = 48;

/// Most words of a name.
const MOST_WORDS: usize = 4;

/// Least sum of the logarithms of both parts' frequencies. What is rarer as a name is mostly something else.
const KNOWN: f32 = -21.0;

/// The lines of a text, looked at in order.
#[derive(Debug, Default)]
pub(super) struct Lines {
    next: usize,
}

impl Lines {
    /// Returns the next name on a line that ends before `until`, where something else stands.
    #[inline]
    pub(super) fn name_before(&mut self, ids: &Identifiers, text: &[u8], until: usize) -> Option<Hit> {
        if self.next < until { self.look(ids, text, until) } else { None }
    }

    fn look(&mut self, ids: &Identifiers, text: &[u8], until: usize) -> Option<Hit> {
        while self.next < until {
            let start = self.next;
            let end = memchr::memchr2(b'\n', b'\r', &text[start..]).map_or(text.len(), |at| start + at);
            self.next = end + 1;
            if end > until || end - start > LONGEST_LINE {
                continue;
            }
            let hit = name(ids, text, start, end);
            if hit.is_some() {
                return hit;
            }
        }
        None
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
    let mut words = [&value[..0]; MOST_WORDS];
    let mut count = 0;
    for word in value.split(|byte| *byte == b' ') {
        *words.get_mut(count)? = word;
        count += 1;
        if !is_part(word) {
            return None;
        }
    }
    let (first, last) = (words[0], words[count - 1]);
    if count < 2 || first.len() < 2 || last.len() < 2 || ids.is_city(value) {
        return None;
    }
    let frequency = ids.name_frequency(first).0? + ids.name_frequency(last).1?;
    // "Grace Hall" and "Jordan Lane" are somebody, or somewhere.
    let probability = match (frequency >= KNOWN, ids.is_street_word(last) || ids.is_country(last)) {
        (true, false) => 0.8,
        (true, true) => 0.5,
        (false, _) => return None,
    };
    let start = start + lead;
    Some(Hit { element: Name, start, end: start + value.len(), probability })
}

/// A capital and small letters, capitals throughout, or an initial.
fn is_part(word: &[u8]) -> bool {
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
    fn other_lines_are_none() {
        let text = "Thank you\nJustin\nNew York\nTable Of Contents\nJustin Moyer said so\njustin moyer\nBest Regards\n\
            Virginia Beach\nLicense Agreement\nApache License\nSan Francisco\n";
        assert_eq!(names(text), vec![]);
    }
}
