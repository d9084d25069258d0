//! Detectors of the user's own: a pattern or a list of words, perhaps a checksum, and words around.
//!
//! Enters: detector rules; cells, and stretches of text that begin at line starts. Leaves: verdicts on cells, and matches in
//! text. Never: a pattern that can take more than linear time, a match across the end of a line.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};
use regex_automata::{meta, util::syntax};
use rulebook::detectors::DetectorRule;
use rulebook::identifiers::{BareState, Examples, Scheme, SchemeCheck};
use rulebook::{RuleError, Rulebook};
use vocab::DataElement::{self, *};
use vocab::assessment::FindingState;

use super::check::names;
use super::column::Column;
use super::context::{Around, Context, Meaning, Phrases};
use super::evidence::Case;
use super::rules::Identifiers;
use super::text::{Match, state_of};
use super::validator::Validator;
use super::values::{Checked, Note, Verdict, checksum, is_missing, trim};
use super::wrapped::scan_text;

/// Most bytes that a compiled pattern may take.
const LARGEST_PATTERN: usize = 1 << 20;

/// Most bytes that matching a pattern may keep between bytes of text.
const LARGEST_CACHE: usize = 4 << 20;

/// Deepest nesting of a pattern.
const DEEPEST_PATTERN: u32 = 50;

/// Longest cell that is held against a detector.
const LONGEST_CELL: usize = 4096;

/// Elements whose values prove themselves.
const HAVE_A_CHECKSUM: [DataElement; 9] = [PaymentCard, Iban, BankRouting, Imei, Iccid, Vin, Npi, Dea, CryptoAddress];

/// Share of the distinct values of a column that must have a detector's form, and of those that must pass its check.
const FITTING: f64 = 0.6;

/// A detector ready to be applied.
#[derive(Debug)]
pub struct Detector {
    /// The rule as written.
    pub rule: DetectorRule,
    /// The file of the rulebook it comes from.
    pub file: String,
    form: Form,
    check: Option<Check>,
    phrases: Phrases,
}

/// How values look.
#[derive(Debug)]
enum Form {
    /// One expression for running text, one for whole cells.
    Pattern {
        within: Box<meta::Regex>,
        whole: Box<meta::Regex>,
    },
    Words(AhoCorasick),
}

/// How values are checked.
#[derive(Debug)]
enum Check {
    Sum(Box<Scheme>),
    /// A scheme of identity numbers, by its place in the rulebook's list.
    Scheme(usize),
    Element(DataElement),
}

/// A place in a line that has a detector's form.
pub(super) struct Formed {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) passes: bool,
    pub(super) context: Context,
}

/// Compiles the detectors of a rulebook. `schemes` are the codes of the schemes of identity numbers.
pub(super) fn load(book: &Rulebook, schemes: &[&str]) -> Result<Vec<Detector>, RuleError> {
    let rules = DetectorRule::load_all(book)?;
    rules.into_iter().map(|(file, rule)| Detector::new(file, rule, schemes)).collect()
}

impl Detector {
    fn new(file: String, rule: DetectorRule, schemes: &[&str]) -> Result<Self, RuleError> {
        let wrong = |cause: String| RuleError { file: file.clone(), cause };
        let form = match &rule.pattern {
            Some(pattern) => pattern_form(pattern).map_err(wrong)?,
            None => Form::Words(words(&rule.words).map_err(wrong)?),
        };
        let check = check_of(&rule, schemes).map_err(wrong)?;
        let text = rule.text.as_ref();
        let labels = text.into_iter().flat_map(|text| &text.labels).map(|word| (word, Meaning::For(rule.element)));
        let against =
            text.into_iter().flat_map(|text| &text.against).map(|word| (word, Meaning::Against(rule.element)));
        let phrases = Phrases::new(labels.chain(against).map(|(word, meaning)| (word.as_str(), meaning)));
        Ok(Detector { form, check, phrases, rule, file })
    }

    /// Checks a cell: damaged without the form, impossible if the checksum fails.
    pub fn check(&self, ids: &Identifiers, cell: &[u8]) -> Checked<()> {
        let value = trim(cell);
        let formed = !value.is_empty() && value.len() <= LONGEST_CELL && self.is_whole(value);
        let verdict = match formed {
            true if self.passes(ids, value, true) => Verdict::Valid,
            true => Verdict::Impossible,
            false if is_missing(cell) => Verdict::Missing,
            false => Verdict::Damaged,
        };
        Checked { verdict, value: None, note: Note::None }
    }

    /// Share of random strings of the shapes of some values that are valid, by trying; the same every time. Letters stay
    /// letters and digits digits: a pattern that asks for no more than that says nothing.
    fn random_pass(&self, ids: &Identifiers, values: &[&[u8]]) -> f64 {
        const VALUES: usize = 100;
        const DRAWS: usize = 10;
        let mut state = 0x2545_F491_4F6C_DD1Du64;
        let mut below = |limit: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            ((state >> 11) % limit) as u8
        };
        let mut random = |byte: &u8| match byte {
            b'0'..=b'9' => b'0' + below(10),
            b'a'..=b'z' => b'a' + below(26),
            b'A'..=b'Z' => b'A' + below(26),
            other => *other,
        };
        let tried = values.iter().step_by(values.len().div_ceil(VALUES).max(1)).flat_map(|value| [*value; DRAWS]);
        let (mut all, mut passed) = (0, 0);
        for value in tried {
            let drawn: Vec<u8> = value.iter().map(&mut random).collect();
            all += 1;
            passed += usize::from(self.check(ids, &drawn).is_valid());
        }
        passed as f64 / f64::from(all.max(1))
    }

    fn is_whole(&self, value: &[u8]) -> bool {
        match &self.form {
            Form::Pattern { whole, .. } => whole.is_match(value),
            Form::Words(words) => {
                words.find(Input::new(value).anchored(Anchored::Yes)).is_some_and(|found| found.end() == value.len())
            }
        }
    }

    /// Whether a value passes the checksum: that of the pattern's first group, if it has one.
    fn passes(&self, ids: &Identifiers, value: &[u8], whole: bool) -> bool {
        let Some(check) = &self.check else { return true };
        let part = match &self.form {
            Form::Pattern { within, whole: entire } => {
                let regex = if whole { entire } else { within };
                let mut groups = regex.create_captures();
                regex.captures(value, &mut groups);
                groups.get_group(1).map_or(value, |group| &value[group.range()])
            }
            Form::Words(_) => value,
        };
        match check {
            Check::Sum(scheme) => {
                let signs: Vec<u8> =
                    part.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase).collect();
                checksum(scheme, &signs)
            }
            Check::Scheme(at) => ids.schemes.get(*at).is_some_and(|(_, scheme, _)| scheme.check(part).is_valid()),
            Check::Element(element) => Validator::plain(*element).verdict(ids, part) == Verdict::Valid,
        }
    }

    /// The examples that do not hold.
    fn wrong_examples(&self, ids: &Identifiers, at: u16) -> Vec<String> {
        let Examples { valid, impossible, damaged, headers, not_headers, text, not_text } = &self.rule.examples;
        let mut wrong = Vec::new();
        for (key, cells, verdict) in [
            ("valid", valid, Verdict::Valid),
            ("impossible", impossible, Verdict::Impossible),
            ("damaged", damaged, Verdict::Damaged),
        ] {
            for cell in cells {
                let got = self.check(ids, cell.as_bytes()).verdict;
                if got != verdict {
                    let got = format!("{got:?}").to_lowercase();
                    wrong.push(format!(
                        "examples.{key}: `{cell}` is {got}; mend the example, or the pattern, words or check"
                    ));
                }
            }
        }
        for (key, all, expected) in [("headers", headers, true), ("not_headers", not_headers, false)] {
            for header in all.iter().filter(|header| names(ids, header, self.rule.element) != expected) {
                let does = if expected { "does not name" } else { "names" };
                wrong.push(format!("examples.{key}: `{header}` {does} `{}`; mend it, or [header]", self.rule.element));
            }
        }
        let reports = |example: &str| {
            let mut found = false;
            let own = |hit: &Match| hit.detector == Some(at) && hit.state == FindingState::Report;
            scan_text(ids, example.as_bytes(), 0, &mut |hit| found |= own(&hit));
            found
        };
        for (key, all, expected) in [("text", text, true), ("not_text", not_text, false)] {
            for example in all.iter().filter(|example| reports(example) != expected) {
                let is = if expected { "not found" } else { "found" };
                wrong.push(format!("examples.{key}: in `{example}` it is {is}; mend the example, or [text]"));
            }
        }
        wrong
    }

    /// Finds the places of a text that have the form, line by line, with what stands around them.
    pub(super) fn each(&self, ids: &Identifiers, text: &[u8], found: &mut dyn FnMut(Formed)) {
        let mut around = Around::new(&self.phrases, text);
        let mut line_start = 0;
        while line_start < text.len() {
            let line_end = memchr::memchr2(b'\n', b'\r', &text[line_start..]).map_or(text.len(), |at| line_start + at);
            let line = &text[line_start..line_end];
            let mut take = |start: usize, end: usize| {
                if stands_alone(line, start, end) {
                    let passes = self.passes(ids, &line[start..end], false);
                    let (start, end) = (line_start + start, line_start + end);
                    found(Formed { start, end, passes, context: around.context(self.rule.element, start, end) });
                }
            };
            match &self.form {
                Form::Pattern { within, .. } => within.find_iter(line).for_each(|hit| take(hit.start(), hit.end())),
                Form::Words(words) => words.find_iter(line).for_each(|hit| take(hit.start(), hit.end())),
            }
            line_start = line_end + 1;
        }
    }

    /// Probability of a place that has the form and passes; `None` where it fails the checksum.
    pub(super) fn probability(&self, formed: &Formed) -> Option<f64> {
        let bare = self.rule.text.as_ref()?.bare;
        formed.passes.then_some(match (formed.context, bare) {
            (Context::Label, _) => 0.95,
            (Context::For, _) => 0.9,
            (Context::Bare, BareState::Report) => 0.8,
            (Context::Bare, BareState::Review) => 0.5,
            (Context::Bare, BareState::Discarded) => 0.1,
            (Context::Against, BareState::Report) => 0.4,
            (Context::Against, _) => 0.1,
        })
    }
}

/// Adds what the detectors say of a column.
pub(super) fn weigh(ids: &Identifiers, column: &Column<'_>, cases: &mut Vec<Case>) {
    /// Detectors find what is rare until values or a header speak.
    const PRIOR: f64 = -2.0;
    for detector in &ids.detectors {
        let tally = column.tally(|cell| detector.check(ids, cell));
        if tally.form() < FITTING || tally.valid() < FITTING {
            continue;
        }
        let random = detector.random_pass(ids, &column.distinct);
        let score = tally.ratio(random.clamp(0.001, 0.98)).clamp(-8.0, 9.0) - 10.0 * (1.0 - tally.form());
        let words = format!(
            "{:.1} % of {} distinct values fit the detector `{}`; {:.1} % of random ones of their shape would",
            tally.valid as f64 * 100.0 / tally.all.max(1) as f64,
            tally.all,
            detector.rule.name,
            random * 100.0
        );
        let case = Case::new(detector.rule.element, PRIOR).with(score, words);
        match cases.iter_mut().find(|other| other.element == case.element) {
            Some(other) if other.by_name || other.score < case.score => *other = case,
            Some(_) => {}
            None => cases.push(case),
        }
    }
}

/// The detector for an element that most values of a column fit.
pub(super) fn of_column(ids: &Identifiers, column: &Column<'_>, element: DataElement) -> Option<u16> {
    let fits = |(at, detector): (usize, &Detector)| {
        let tally = (detector.rule.element == element).then(|| column.tally(|cell| detector.check(ids, cell)))?;
        (tally.form() >= FITTING && tally.valid() >= FITTING).then_some((tally.valid, std::cmp::Reverse(at)))
    };
    let (_, std::cmp::Reverse(at)) = ids.detectors.iter().enumerate().filter_map(fits).max()?;
    Some(at as u16)
}

/// Proves the examples of the detectors.
pub(super) fn prove(ids: &Identifiers) -> Vec<RuleError> {
    let rules: Vec<(String, DetectorRule)> =
        ids.detectors.iter().map(|detector| (detector.file.clone(), detector.rule.clone())).collect();
    let mut errors = rulebook::detectors::check(&rules, &ids.rules);
    for (at, detector) in ids.detectors.iter().enumerate() {
        let wrong = |cause: String| RuleError { file: detector.file.clone(), cause };
        errors.extend(detector.wrong_examples(ids, at as u16).into_iter().map(wrong));
    }
    errors
}

/// Finds the matches of all detectors that look at text, in order of their places.
pub(super) fn matches(ids: &Identifiers, text: &[u8], base: u64) -> Vec<Match> {
    let mut out = Vec::new();
    for (at, detector) in ids.detectors.iter().enumerate().filter(|(_, detector)| detector.rule.text.is_some()) {
        detector.each(ids, text, &mut |formed| {
            let Some(probability) = detector.probability(&formed) else { return };
            out.push(Match {
                element: detector.rule.element,
                start: base + formed.start as u64,
                end: base + formed.end as u64,
                probability,
                state: state_of(probability),
                detector: Some(at as u16),
            });
        });
    }
    out
}

/// Puts matches of detectors among the others: of two that overlap the more probable stays, of equal ones the user's.
pub(super) fn merged(others: Vec<Match>, own: Vec<Match>) -> Vec<Match> {
    let mut all: Vec<Match> = own.into_iter().chain(others).collect();
    all.sort_by(|a, b| {
        let rank = |found: &Match| (found.detector.is_none(), found.detector, found.start, found.end);
        b.probability.total_cmp(&a.probability).then_with(|| rank(a).cmp(&rank(b)))
    });
    let mut kept: std::collections::BTreeMap<u64, Match> = std::collections::BTreeMap::new();
    for found in all {
        let before = kept.range(..found.end).next_back();
        if before.is_none_or(|(_, other)| other.end <= found.start) {
            kept.insert(found.start, found);
        }
    }
    kept.into_values().collect()
}

/// Whether no letter or digit goes on where the place begins or ends with one.
fn stands_alone(line: &[u8], start: usize, end: usize) -> bool {
    let word =
        |at: usize| line.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
    let cut = |before: Option<usize>, at: usize| before.is_some_and(word) && word(at);
    end > start && !cut(start.checked_sub(1), start) && !cut(Some(end - 1), end)
}

fn pattern_form(pattern: &str) -> Result<Form, String> {
    let within = compiled(&format!("(?:{pattern})"))?;
    let whole = compiled(&format!(r"\A(?:{pattern})\z"))?;
    if within.is_match(b"") {
        return Err(
            "pattern: it matches nothing at all, and so everything; let it ask for at least one sign".to_owned()
        );
    }
    Ok(Form::Pattern { within: Box::new(within), whole: Box::new(whole) })
}

fn compiled(pattern: &str) -> Result<meta::Regex, String> {
    let config = meta::Config::new()
        .utf8_empty(false)
        .nfa_size_limit(Some(LARGEST_PATTERN))
        .onepass_size_limit(Some(LARGEST_PATTERN))
        .hybrid_cache_capacity(LARGEST_CACHE);
    // Bytes, not characters: evidence is not always UTF-8.
    let syntax = syntax::Config::new().utf8(false).nest_limit(DEEPEST_PATTERN);
    meta::Builder::new().configure(config).syntax(syntax).build(pattern).map_err(|error| match error.size_limit() {
        Some(_) => "pattern: too large once compiled; make its repetitions shorter (`{1,200}`) or its classes smaller"
            .to_owned(),
        None => {
            let why = error.syntax_error().map_or_else(|| error.to_string(), ToString::to_string);
            let last = why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("pattern: {last}; it is a regular expression without look-around and back-references")
        }
    })
}

fn words(list: &[String]) -> Result<AhoCorasick, String> {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .start_kind(StartKind::Both)
        .build(list)
        .map_err(|_| "words: too many to hold; split the list over several detectors".to_owned())
}

fn check_of(rule: &DetectorRule, schemes: &[&str]) -> Result<Option<Check>, String> {
    if let Some(sum) = &rule.sum {
        return Ok(Some(Check::Sum(Box::new(Scheme {
            check: SchemeCheck::Weighted,
            weights: sum.weights.clone(),
            modulus: sum.modulus,
            remainder: sum.remainder.clone(),
            ten: sum.ten.clone(),
            check_at: sum.check_at,
            ..Scheme::default()
        }))));
    }
    let Some(name) = &rule.check else { return Ok(None) };
    let method = match name.as_str() {
        "luhn" => Some(SchemeCheck::Luhn),
        "verhoeff" => Some(SchemeCheck::Verhoeff),
        "mod_11_10" => Some(SchemeCheck::Mod1110),
        "mod_11_2" => Some(SchemeCheck::Mod112),
        _ => None,
    };
    if let Some(check) = method {
        return Ok(Some(Check::Sum(Box::new(Scheme { check, ..Scheme::default() }))));
    }
    if let Some(at) = schemes.iter().position(|code| code == name) {
        return Ok(Some(Check::Scheme(at)));
    }
    match name.parse() {
        Ok(element) if HAVE_A_CHECKSUM.contains(&element) => Ok(Some(Check::Element(element))),
        _ => {
            let elements: Vec<&str> = HAVE_A_CHECKSUM.iter().map(|element| element.as_str()).collect();
            Err(format!(
                "check: there is no `{name}`; write luhn, verhoeff, mod_11_10, mod_11_2, {}, the code of a scheme of \
                 identity numbers (as nl_bsn), or a [sum]",
                elements.join(", ")
            ))
        }
    }
}
