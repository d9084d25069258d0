//! Proves the examples of the identifier rules.

use rulebook::abroad;
use rulebook::identifiers::{self, Examples, IdentifierRule};
use rulebook::{RuleError, Rulebook};
use vocab::DataElement;
use vocab::assessment::FindingState;

use super::detectors;
use super::rules::Identifiers;
use super::validator::Validator;
use super::values::{IdentityScheme, Verdict};
use super::wrapped::scan_text;

/// Checks the identifier rules: their form, and that every example is taken and every counter-example refused.
pub fn check_rules(book: &Rulebook) -> Vec<RuleError> {
    let mut errors = identifiers::check(book);
    match Identifiers::load_unproven(book) {
        Ok(ids) => {
            errors.extend(detectors::prove(&ids));
            errors.extend(wrong_streets(&ids, book));
            for (file, rule) in &ids.rules.rules {
                let causes = wrong_examples(&ids, rule);
                errors.extend(causes.into_iter().map(|cause| RuleError { file: file.clone(), cause }));
            }
        }
        Err(error) => errors.push(error),
    }
    errors
}

fn wrong_examples(ids: &Identifiers, rule: &IdentifierRule) -> Vec<String> {
    let Examples { valid, impossible, damaged, headers, not_headers, text, not_text } = &rule.examples;
    let element = rule.element;
    let validator = Validator::plain(element);
    let mut wrong = Vec::new();
    for (cells, verdict) in [(valid, Verdict::Valid), (impossible, Verdict::Impossible), (damaged, Verdict::Damaged)] {
        for cell in cells {
            let got = validator.verdict(ids, cell.as_bytes());
            if got != verdict {
                wrong.push(format!("cell `{cell}` should be {verdict:?} and is {got:?}"));
            }
        }
    }
    for header in headers {
        if !names(ids, header, element) {
            wrong.push(format!("header `{header}` should name `{element}`"));
        }
    }
    for header in not_headers {
        if names(ids, header, element) {
            wrong.push(format!("header `{header}` should not name `{element}`"));
        }
    }
    for (texts, expected) in [(text, true), (not_text, false)] {
        for example in texts {
            if reports(ids, example, element) != expected {
                let should = if expected { "should" } else { "should not" };
                wrong.push(format!("text `{example}` {should} hold a reported `{element}`"));
            }
        }
    }
    for scheme in ids.schemes.iter().map(|(_, scheme, _)| scheme).filter(|scheme| is_of(rule, scheme)) {
        let written = scheme.rule();
        for (cells, verdict) in [(&written.valid, Verdict::Valid), (&written.impossible, Verdict::Impossible)] {
            for cell in cells.iter().filter(|cell| scheme.check(cell.as_bytes()).verdict != verdict) {
                wrong.push(format!("number `{cell}` of scheme `{}` should be {verdict:?}", written.code));
            }
        }
    }
    wrong
}

/// The examples of the streets of other countries that do not hold.
fn wrong_streets(ids: &Identifiers, book: &Rulebook) -> Vec<RuleError> {
    let Ok(streets) = abroad::Streets::load(book) else { return Vec::new() };
    let examples = [(&streets.examples.text, true), (&streets.examples.not_text, false)];
    let wrong = examples.into_iter().flat_map(|(texts, expected)| {
        texts.iter().filter(move |text| reports(ids, text, DataElement::Address) != expected).map(move |text| {
            let should = if expected { "should" } else { "should not" };
            RuleError {
                file: abroad::Streets::FILE.to_owned(),
                cause: format!("text `{text}` {should} hold an address"),
            }
        })
    });
    wrong.collect()
}

fn is_of(rule: &IdentifierRule, scheme: &IdentityScheme) -> bool {
    rule.schemes.iter().any(|own| own.code == scheme.rule().code)
}

pub(super) fn names(ids: &Identifiers, header: &str, element: DataElement) -> bool {
    let reading = ids.headers.read(Some(header));
    !reading.ordinary && reading.weight(element) >= 2.0 && reading.weight(element) >= reading.strongest()
}

fn reports(ids: &Identifiers, text: &str, element: DataElement) -> bool {
    let mut found = false;
    scan_text(ids, text.as_bytes(), 0, &mut |hit| found |= hit.element == element && hit.state == FindingState::Report);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_rules_prove_their_examples() {
        let errors: Vec<String> = check_rules(&Rulebook::embedded()).iter().map(ToString::to_string).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}
