//! Forms of numbers: which kind of sign stands where.
//!
//! Enters: forms as the rulebook writes them, values in upper case without separators. Leaves: whether one has the other.

use super::trim;

/// Longest number that has a form.
pub(super) const LONGEST: usize = 20;

/// Places that are compared at a time.
const WIDTH: usize = 32;

const DIGIT: u8 = 1;
const LETTER: u8 = 2;
const STAR: u8 = 4;
const OTHER: u8 = 8;
/// Behind the last sign, of a form as of a value: different lengths never fit.
const END: u8 = 16;

/// What may stand at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Digit,
    Letter,
    LetterOrDigit,
    /// Letter, digit or `*`.
    Any,
    Exactly(u8),
}

/// A form, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub(super) classes: Vec<Class>,
    kinds: [u8; WIDTH],
    exact: Vec<(usize, u8)>,
}

impl Form {
    /// Reads a form: `9` is a digit, `A` a letter, `N` either, `*` either or a star, `=X` the letter X itself. `None` if it has
    /// another sign or is too long.
    pub(super) fn read(form: &str) -> Option<Self> {
        let mut classes = Vec::new();
        let mut bytes = form.bytes();
        while let Some(byte) = bytes.next() {
            classes.push(match byte {
                b'9' => Class::Digit,
                b'A' => Class::Letter,
                b'N' => Class::LetterOrDigit,
                b'*' => Class::Any,
                b'=' => Class::Exactly(bytes.next()?),
                _ => return None,
            });
        }
        if classes.len() > LONGEST {
            return None;
        }
        let mut kinds = [END; WIDTH];
        let mut exact = Vec::new();
        for (at, class) in classes.iter().enumerate() {
            kinds[at] = match class {
                Class::Digit => DIGIT,
                Class::Letter => LETTER,
                Class::LetterOrDigit => DIGIT | LETTER,
                Class::Any => DIGIT | LETTER | STAR,
                Class::Exactly(sign) => {
                    exact.push((at, *sign));
                    kind(*sign)
                }
            };
        }
        Some(Form { classes, kinds, exact })
    }
}

/// A value with the kinds of its signs.
pub(super) struct Signs<'v> {
    value: &'v [u8],
    kinds: [u8; WIDTH],
}

impl<'v> Signs<'v> {
    /// Takes a value; `None` if it is longer than any form.
    pub(super) fn of(value: &'v [u8]) -> Option<Self> {
        if value.len() > LONGEST {
            return None;
        }
        let mut kinds = [END; WIDTH];
        kinds.iter_mut().zip(value).for_each(|(place, sign)| *place = kind(*sign));
        Some(Signs { value, kinds })
    }

    /// Tells whether the value has a form.
    pub(super) fn fit(&self, form: &Form) -> bool {
        let places = form.kinds.iter().zip(&self.kinds);
        // All places at once: an early end would cost more than it saves.
        let misfits = places.fold(0, |misfits, (allowed, kind)| misfits | u8::from(allowed & kind == 0));
        misfits == 0 && form.exact.iter().all(|(at, sign)| self.value[*at] == *sign)
    }
}

/// Returns a number in upper case without separators, and its length; `None` if it is longer than any form.
pub(super) fn canonical(value: &[u8]) -> Option<([u8; LONGEST], usize)> {
    let mut out = [0; LONGEST];
    let mut length = 0;
    for byte in trim(value) {
        if matches!(byte, b' ' | b'-' | b'.') {
            continue;
        }
        *out.get_mut(length)? = byte.to_ascii_uppercase();
        length += 1;
    }
    Some((out, length))
}

const fn kind(sign: u8) -> u8 {
    match sign {
        b'0'..=b'9' => DIGIT,
        b'A'..=b'Z' => LETTER,
        b'*' => STAR,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_forms_that_are_written_for_them() {
        let fits = |form: &str, value: &str| {
            Signs::of(value.as_bytes()).is_some_and(|signs| signs.fit(&Form::read(form).expect("a form")))
        };
        for (form, value) in [("A9999999", "W5918269"), ("=X9N*", "X1AB"), ("*9", "*1"), ("=-9", "-1"), ("", "")] {
            assert!(fits(form, value), "{form} {value}");
        }
        for (form, value) in
            [("A999", "A99"), ("A99", "A999"), ("9", "A"), ("=X9", "Y1"), ("N", "*"), ("A", "a"), ("", "1"), ("9", "")]
        {
            assert!(!fits(form, value), "{form} {value}");
        }
        assert!(Form::read("9x").is_none() && Form::read(&"9".repeat(LONGEST + 1)).is_none());
        assert!(Signs::of(&[b'1'; LONGEST + 1]).is_none());
    }
}
