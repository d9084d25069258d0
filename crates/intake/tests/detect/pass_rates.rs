//! How little a form proves: the share of random strings that pass, against closed formulas and measured figures.

use intake::detect::values::{self, Verdict};

use super::{IDS, Numbers};

const DRAWS: usize = 200_000;

#[track_caller]
fn check(digits: usize, expected: f64, passes: impl Fn(&[u8]) -> bool) {
    let mut numbers = Numbers::new(7);
    let passed = (0..DRAWS).filter(|_| passes(numbers.digits(digits).as_bytes())).count() as f64 / DRAWS as f64;
    let deviation = (expected * (1.0 - expected) / DRAWS as f64).sqrt();
    assert!((passed - expected).abs() < 5.0 * deviation + 0.001, "{passed} instead of {expected}");
}

#[test]
fn random_numbers_pass_as_often_as_the_rules_say() {
    // Areas 001-899 without 666, groups without 00, serials without 0000.
    check(9, 0.898 * 0.99 * 0.9999, |cell| values::ssn(cell).is_valid());
    check(9, 0.044, |cell| values::itin(cell).is_valid());
    check(9, 0.038, |cell| values::aba(cell).is_valid());
    // 712 areas and 792 exchanges of a thousand.
    check(10, 0.712 * 0.792, |cell| values::phone(cell).is_valid());
    check(15, 0.1, |cell| values::imei(cell).is_valid());
    check(16, 0.1, values::luhn);
    check(16, 0.0316, |cell| values::payment_card(cell, &IDS.card_ranges, &IDS.card_samples).is_valid());
}

#[test]
fn the_rulebook_names_the_rates_that_the_validators_have() {
    use intake::detect::Validator;
    for (element, digits) in
        [("ssn", 9), ("itin", 9), ("bank_routing", 9), ("phone", 10), ("imei", 15), ("imsi", 15), ("payment_card", 16)]
    {
        let element = element.parse().unwrap();
        let stated = IDS.rules.of(element).unwrap().random_pass.unwrap();
        let mut numbers = Numbers::new(11);
        let validator = Validator::plain(element);
        let valid = |cell: String| validator.verdict(&IDS, cell.as_bytes()) == Verdict::Valid;
        let passed = (0..DRAWS).filter(|_| valid(numbers.digits(digits))).count() as f64 / DRAWS as f64;
        assert!((passed - stated).abs() < 0.006, "{element}: {passed}, the rule says {stated}");
    }
}

#[test]
fn unix_seconds_are_no_phone_numbers() {
    for seconds in (1_000_000_000u64..2_000_000_000).step_by(7_654_321) {
        assert!(!values::phone(seconds.to_string().as_bytes()).is_valid());
    }
}
