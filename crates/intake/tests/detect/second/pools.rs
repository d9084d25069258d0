//! The committed samples.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One person of `people.tsv`.
pub(super) struct Sample {
    pub(super) given: &'static str,
    pub(super) surname: &'static str,
    pub(super) street: &'static str,
    pub(super) city: &'static str,
    /// Postal code of the state, in the United States only.
    pub(super) state: &'static str,
    pub(super) postal: &'static str,
    pub(super) phone: &'static str,
    pub(super) user: &'static str,
    pub(super) mail_domain: &'static str,
    pub(super) company: &'static str,
    pub(super) job: &'static str,
}

/// People by country.
pub(super) static PEOPLE: LazyLock<BTreeMap<&'static str, Vec<Sample>>> = LazyLock::new(|| {
    let mut people: BTreeMap<&str, Vec<Sample>> = BTreeMap::new();
    for line in include_str!("../../../../../testdata/detect/people.tsv").lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [country, given, surname, street, city, state, postal, phone, user, mail_domain, company, job] = cells[..]
        else {
            panic!("twelve cells a line");
        };
        let sample = Sample { given, surname, street, city, state, postal, phone, user, mail_domain, company, job };
        people.entry(country).or_default().push(sample);
    }
    people
});

/// Identity numbers by scheme.
pub(super) static NUMBERS: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut numbers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in include_str!("../../../../../testdata/detect/ids.tsv").lines() {
        let (code, value) = line.split_once('\t').unwrap();
        numbers.entry(code).or_default().push(value);
    }
    numbers
});
