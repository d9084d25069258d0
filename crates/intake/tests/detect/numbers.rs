//! Identity numbers of states against numbers that python-stdnum made and calls valid.

use intake::detect::Validator;
use intake::detect::values::Verdict;
use vocab::DataElement;

use super::{IDS, Numbers};

fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../../../../testdata/detect/ids.tsv").lines().map(|line| line.split_once('\t').unwrap())
}

#[test]
fn every_scheme_takes_what_a_second_method_made_and_refuses_most_of_the_rest() {
    let mut numbers = Numbers::new(21);
    for (_, scheme, random) in &IDS.schemes {
        let code = scheme.rule().code.as_str();
        let own: Vec<&str> = samples()
            .filter(|(of, _)| *of == code || (code, *of) == ("es_dni", "es_nie"))
            .map(|(_, value)| value)
            .collect();
        for value in &own {
            assert_eq!(scheme.check(value.as_bytes()).verdict, Verdict::Valid, "{code} {value}");
        }
        // One digit changed: what a check is for. Schemes without one are known by their random share.
        let changed = own.iter().filter(|value| {
            let mut bytes = value.as_bytes().to_vec();
            let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            let at = places[numbers.below(places.len() as u64) as usize];
            bytes[at] = b'0' + (bytes[at] - b'0' + 1 + numbers.below(8) as u8) % 10;
            scheme.check(&bytes).verdict == Verdict::Valid
        });
        let (passed, all) = (changed.count(), own.len());
        if *random < 0.12 && all > 0 {
            assert!(passed * 100 <= all * 20, "{code}: {passed} of {all} pass with one digit wrong");
        }
    }
}

#[test]
fn numbers_of_the_united_states_agree_with_the_second_method() {
    for (code, element) in [
        ("us_ssn", DataElement::Ssn),
        ("us_itin", DataElement::Itin),
        ("us_ein", DataElement::Ein),
        ("us_rtn", DataElement::BankRouting),
        ("card", DataElement::PaymentCard),
        ("imei", DataElement::Imei),
        ("iban", DataElement::Iban),
        ("bitcoin", DataElement::CryptoAddress),
    ] {
        for (_, value) in samples().filter(|(of, _)| *of == code) {
            let verdict = Validator::plain(element).verdict(&IDS, value.as_bytes());
            assert_eq!(verdict, Verdict::Valid, "{code} {value}");
        }
    }
}
