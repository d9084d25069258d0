//! The identifier rules in the form in which they are applied: look-ups instead of lists.

use rulebook::abroad;
use rulebook::identifiers::IdentifierRules;
use rulebook::names::Names;
use rulebook::places::Places;
use rulebook::{RuleError, Rulebook};
use rustc_hash::{FxHashMap, FxHashSet};
use vocab::{DataElement, Jurisdiction};

use super::decisions::Decision;
use super::detectors::{self, Detector};
use super::header::Headers;
use super::prose::Prose;
use super::signatures::NamesAbroad;
use super::streets::Streets;
use super::text::TextRules;
use super::values::{CallingCode, CardRange, IbanForm, IdentityScheme, LicenseFormats, PlateForms, PostalForm};

/// Everything that detection knows, loaded once a run.
#[derive(Debug)]
pub struct Identifiers {
    /// The rules as written.
    pub rules: IdentifierRules,
    /// What the user decided about columns.
    pub decisions: Vec<Decision>,
    /// The user's own detectors.
    pub detectors: Vec<Detector>,
    /// What columns are called.
    pub(super) headers: Headers,
    /// What is looked for in text.
    pub(super) text: TextRules,
    /// Formats of driver's licences.
    pub licenses: LicenseFormats,
    /// Ranges of card brands.
    pub card_ranges: Vec<CardRange>,
    /// Card numbers published for tests, sorted.
    pub card_samples: Vec<u64>,
    /// Lengths of IBANs.
    pub iban_forms: Vec<IbanForm>,
    /// Calling codes with their countries.
    pub calling_codes: Vec<(CallingCode, String)>,
    /// Postal codes by country.
    pub postal_forms: Vec<PostalForm>,
    /// Identity numbers of states: the element, the scheme, and the share of random strings of its form that pass.
    pub schemes: Vec<(DataElement, IdentityScheme, f64)>,
    /// First two digits that no employer's number has.
    pub unassigned_eins: Vec<u8>,
    /// Headers of columns that hold the year, the month, the day of a birth.
    pub(super) birth_parts: [Vec<String>; 3],
    /// How licence plates are written in some countries.
    pub(super) plates: PlateForms,
    card_brands: FxHashSet<Vec<u8>>,
    country_codes: Vec<bool>,
    reporting_bodies: [u32; 100],
    countries: FxHashSet<Vec<u8>>,
    regions: FxHashSet<Vec<u8>>,
    company_words: FxHashSet<Vec<u8>>,
    cities: FxHashSet<Vec<u8>>,
    street_words: FxHashSet<Vec<u8>>,
    pub(super) streets: Streets,
    pub(super) names_abroad: NamesAbroad,
    pub(super) prose: Prose,
    given: FxHashMap<Vec<u8>, f32>,
    surnames: FxHashMap<Vec<u8>, f32>,
    places: Places,
}

impl Identifiers {
    /// Reads the rules, the names and the places of the rulebook. A detector of the user's own proves its examples first.
    pub fn load(book: &Rulebook) -> Result<Self, RuleError> {
        let ids = Identifiers::load_unproven(book)?;
        match detectors::prove(&ids).into_iter().next() {
            Some(error) => Err(error),
            None => Ok(ids),
        }
    }

    /// Like [`Identifiers::load`], for who proves the examples.
    pub(super) fn load_unproven(book: &Rulebook) -> Result<Self, RuleError> {
        let rules = IdentifierRules::load(book)?;
        let names = Names::load(book)?;
        let places = Places::load(book)?;
        let (given, surnames) = name_weights(&names);
        let abroad = abroad::Names::load(book)?;
        let street_words = street_words(&rules, &places);
        let cities = places.cities().iter().map(|city| fold(city.as_bytes())).collect();
        let folded = |element| rule_strings(&rules, element).map(|name| fold(name.as_bytes())).collect();
        let schemes = schemes(&rules)?;
        let codes: Vec<&str> = schemes.iter().map(|(_, scheme, _)| scheme.rule().code.as_str()).collect();
        let detectors = detectors::load(book, &codes)?;
        Ok(Identifiers {
            decisions: Vec::new(),
            headers: Headers::new(&rules, &detectors),
            detectors,
            text: TextRules::new(&rules),
            licenses: licenses(&rules)?,
            card_ranges: card_ranges(&rules),
            card_samples: card_samples(&rules),
            card_brands: folded(DataElement::PaymentCard),
            plates: plates(&rules)?,
            iban_forms: iban_forms(&rules),
            calling_codes: calling_codes(&rules),
            postal_forms: postal_forms(&rules),
            schemes,
            unassigned_eins: rules.of(DataElement::Ein).map_or_else(Vec::new, |rule| rule.unassigned.clone()),
            birth_parts: rules.of(DataElement::Dob).map_or_else(Default::default, |rule| {
                let parts = rule.parts.clone();
                [parts.year, parts.month, parts.day]
            }),
            country_codes: country_codes(&rules),
            reporting_bodies: reporting_bodies(&rules),
            countries: folded(DataElement::Country),
            regions: folded(DataElement::State),
            company_words: folded(DataElement::Name),
            streets: Streets::new(&abroad::Streets::load(book)?),
            names_abroad: NamesAbroad::new(&abroad),
            prose: Prose::new(&abroad, given.keys()),
            cities,
            street_words,
            given,
            surnames,
            places,
            rules,
        })
    }

    /// Tells whether the first three digits of an IMSI are an assigned mobile country code.
    pub fn is_country_code(&self, code: u64) -> bool {
        self.country_codes.get(code as usize).copied().unwrap_or(false)
    }

    /// Tells whether two digits start the type codes of a known reporting body.
    pub fn is_reporting_body(&self, digits: u64) -> bool {
        self.reporting_bodies.get(digits as usize).is_some_and(|weight| *weight > 0)
    }

    /// Tells whether an area code of the North American plan is assigned to a place in the United States.
    pub fn is_area_code(&self, area_code: u64) -> bool {
        self.places.state_of_area_code(area_code as u16).is_some()
    }

    /// Tells whether a ZIP code is in use.
    pub fn is_zip(&self, zip: u32) -> bool {
        self.places.zip(zip).is_some()
    }

    /// Tells whether a state has ZIP codes with the first three digits of this one.
    pub fn zip_fits(&self, zip: u32, state: Jurisdiction) -> bool {
        self.places.zip3_fits((zip / 100) as u16, state)
    }

    /// Tells whether a cell is the name or code of a country.
    pub fn is_country(&self, cell: &[u8]) -> bool {
        self.countries.contains(&fold(cell))
    }

    /// Tells whether a cell is a brand of payment cards.
    pub(super) fn is_card_brand(&self, cell: &[u8]) -> bool {
        self.card_brands.contains(&fold(cell))
    }

    /// Tells whether a cell is a state, province, county or region of a country other than the United States.
    pub(super) fn is_region(&self, cell: &[u8]) -> bool {
        self.regions.contains(&fold(cell))
    }

    /// Tells whether a word is one that companies are named with.
    pub(super) fn is_company_word(&self, word: &[u8]) -> bool {
        self.company_words.contains(&fold(word))
    }

    /// Tells whether a value of several words, or of a script without spaces, holds one that companies are named with.
    pub(super) fn names_a_company(&self, cell: &[u8]) -> bool {
        let word = |word: &[u8]| word.len() < cell.len() && self.is_company_word(word);
        let within = |word: &Vec<u8>| word[0] >= 0xE2 && memchr::memmem::find(cell, word).is_some();
        cell.split(|byte| matches!(byte, b' ' | b'-' | b',')).any(word)
            || (cell.iter().any(|byte| *byte >= 0xE2) && self.company_words.iter().any(within))
    }

    pub(super) fn is_city(&self, cell: &[u8]) -> bool {
        self.cities.contains(&fold(cell))
    }

    pub(super) fn is_street_word(&self, word: &[u8]) -> bool {
        self.street_words.contains(&fold(word))
    }

    /// Returns the logarithms of the frequencies of a word as given name and as surname, `None` where it is not listed.
    pub(super) fn name_frequency(&self, word: &[u8]) -> (Option<f32>, Option<f32>) {
        let key = fold(word);
        (self.given.get(&key).copied(), self.surnames.get(&key).copied())
    }
}

/// Upper case without accents, dots and doubled spaces: the form in which names of people and places are compared.
pub(super) fn fold(cell: &[u8]) -> Vec<u8> {
    if cell.is_ascii() {
        return cell.iter().filter(|byte| !matches!(byte, b'.' | b'\'' | b'`')).map(u8::to_ascii_uppercase).collect();
    }
    use unicode_normalization::UnicodeNormalization as _;
    let text = String::from_utf8_lossy(cell);
    let plain = text.nfd().filter(|c| !matches!(*c, '\u{300}'..='\u{36f}' | '.' | '\'' | '`' | '’'));
    plain.flat_map(char::to_uppercase).collect::<String>().into_bytes()
}

type Weights = FxHashMap<Vec<u8>, f32>;

fn name_weights(names: &Names) -> (Weights, Weights) {
    let mut births: FxHashMap<Vec<u8>, u64> = FxHashMap::default();
    for name in &names.given {
        *births.entry(fold(name.name.as_bytes())).or_default() +=
            name.births.iter().map(|n| u64::from(*n)).sum::<u64>();
    }
    let total: u64 = births.values().sum();
    let given = births.into_iter().map(|(name, n)| (name, (n.max(1) as f32 / total.max(1) as f32).ln())).collect();
    let bearers: f32 = names.surnames.iter().map(|name| name.weight as f32).sum();
    let surnames = names
        .surnames
        .iter()
        .map(|name| (fold(name.name.as_bytes()), (name.weight.max(1) as f32 / bearers.max(1.0)).ln()));
    (given, surnames.collect())
}

fn street_words(rules: &IdentifierRules, places: &Places) -> FxHashSet<Vec<u8>> {
    /// What streets are called where other languages are spoken, and boxes everywhere.
    const ABROAD: &[&str] = &[
        "RUE",
        "AVENIDA",
        "CALLE",
        "VIA",
        "VIALE",
        "RUA",
        "PLAZA",
        "PLACE",
        "STRASSE",
        "STR",
        "WEG",
        "ALLEE",
        "PLATZ",
        "GASSE",
        "BOX",
        "PASEO",
        "CAMINO",
        "CARRERA",
        "CHEMIN",
        "IMPASSE",
        "CORSO",
        "PIAZZA",
        "TRAVESSA",
        "ALAMEDA",
        "STRADA",
        "CLOSE",
        "GARDENS",
        "MEWS",
        "CRESCENT",
        "TERRACE",
        "BOULEVARD",
        "QUAI",
        "RING",
        "UFER",
        "BORGO",
        "ROTONDA",
        "CALLEJON",
        "CUESTA",
        "RONDA",
        "VICOLO",
        "LARGO",
        "CONDOMINIO",
        "CANALE",
        "CONTRADA",
        "URBANIZACION",
        "PASADIZO",
        "PASAJE",
    ];
    let suffixes = places.streets().suffixes.iter().flat_map(|(short, long, _)| [short, long]);
    let listed = rule_strings(rules, DataElement::Address);
    let known = suffixes.chain(listed).map(|word| fold(word.as_bytes()));
    known.chain(ABROAD.iter().map(|word| fold(word.as_bytes()))).collect()
}

fn rule_strings(rules: &IdentifierRules, element: DataElement) -> impl Iterator<Item = &String> {
    rules.of(element).into_iter().flat_map(|rule| &rule.known)
}

fn licenses(rules: &IdentifierRules) -> Result<LicenseFormats, RuleError> {
    let mut formats = LicenseFormats::default();
    for (file, rule) in &rules.rules {
        for (code, written) in &rule.formats {
            let wrong = || RuleError {
                file: file.clone(),
                cause: format!("formats of `{code}` have a sign that means nothing"),
            };
            let state = Jurisdiction::from_code(code).ok_or_else(wrong)?;
            formats.add(state, written).ok_or_else(wrong)?;
        }
    }
    Ok(formats)
}

fn plates(rules: &IdentifierRules) -> Result<PlateForms, RuleError> {
    let rule = rules.rules.iter().find(|(_, rule)| rule.element == DataElement::LicensePlate);
    let Some((file, rule)) = rule else { return Ok(PlateForms::default()) };
    PlateForms::read(&rule.plates).ok_or_else(|| RuleError {
        file: file.clone(),
        cause: "a form of a plate has a sign that means nothing".to_owned(),
    })
}

fn schemes(rules: &IdentifierRules) -> Result<Vec<(DataElement, IdentityScheme, f64)>, RuleError> {
    let mut schemes = Vec::new();
    for (file, rule) in &rules.rules {
        for written in &rule.schemes {
            let scheme = IdentityScheme::new(written).ok_or_else(|| RuleError {
                file: file.clone(),
                cause: format!("forms of scheme `{}` have a sign that means nothing", written.code),
            })?;
            let random = scheme.random_pass().clamp(0.002, 0.98);
            schemes.push((rule.element, scheme, random));
        }
    }
    Ok(schemes)
}

fn card_ranges(rules: &IdentifierRules) -> Vec<CardRange> {
    let ranges = rules.of(DataElement::PaymentCard).map_or(&[][..], |rule| &rule.ranges);
    ranges
        .iter()
        .map(|(first, last, shortest, longest)| CardRange {
            first: *first,
            last: *last,
            shortest: *shortest,
            longest: *longest,
        })
        .collect()
}

fn card_samples(rules: &IdentifierRules) -> Vec<u64> {
    let mut samples = rules.of(DataElement::PaymentCard).map_or_else(Vec::new, |rule| rule.samples.clone());
    samples.sort_unstable();
    samples
}

fn letters(code: &str) -> [u8; 2] {
    match code.as_bytes() {
        [a, b] => [*a, *b],
        _ => *b"??",
    }
}

fn iban_forms(rules: &IdentifierRules) -> Vec<IbanForm> {
    let lengths = rules.of(DataElement::Iban).map(|rule| &rule.lengths);
    lengths.into_iter().flatten().map(|(code, length)| IbanForm { country: letters(code), length: *length }).collect()
}

fn calling_codes(rules: &IdentifierRules) -> Vec<(CallingCode, String)> {
    let countries = rules.of(DataElement::Phone).map_or(&[][..], |rule| &rule.countries);
    let form = |(code, iso, shortest, longest, trunk_zero): &(u16, String, u8, u8, bool)| {
        (CallingCode { code: *code, shortest: *shortest, longest: *longest, trunk_zero: *trunk_zero }, iso.clone())
    };
    countries.iter().map(form).collect()
}

fn postal_forms(rules: &IdentifierRules) -> Vec<PostalForm> {
    let forms = rules.of(DataElement::Zip).map(|rule| &rule.postal_forms);
    let form = |(code, forms): (&String, &Vec<String>)| PostalForm {
        country: letters(code),
        forms: forms.iter().map(|form| form.clone().into_bytes()).collect(),
    };
    forms.into_iter().flatten().map(form).collect()
}

fn country_codes(rules: &IdentifierRules) -> Vec<bool> {
    let mut assigned = vec![false; 1000];
    for (first, last) in rules.of(DataElement::Imsi).map_or(&[][..], |rule| &rule.country_codes) {
        assigned.iter_mut().take(usize::from(*last) + 1).skip(usize::from(*first)).for_each(|slot| *slot = true);
    }
    assigned
}

fn reporting_bodies(rules: &IdentifierRules) -> [u32; 100] {
    let mut weights = [0; 100];
    for (digits, weight) in rules.of(DataElement::Imei).into_iter().flat_map(|rule| &rule.reporting_bodies) {
        if let Some(slot) = digits.parse::<usize>().ok().and_then(|at| weights.get_mut(at)) {
            *slot = *weight;
        }
    }
    weights
}
