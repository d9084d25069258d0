//! Places of the United States: states with their numbering, ZIP codes with city, streets.
//!
//! Enters: `places/` of the rulebook. Leaves: facts to look up. Never: judgement about a value in evidence.

use std::ops::RangeInclusive;

use serde::Deserialize;
use vocab::Jurisdiction;

use crate::{RuleError, Rulebook};

const STATES: &str = "places/us.toml";
const ZIPS: &str = "places/us_zips.txt";
const STREETS: &str = "places/us_streets.toml";

/// What kind of jurisdiction a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// One of the fifty states.
    State,
    /// The District of Columbia.
    District,
    /// Puerto Rico, Guam, US Virgin Islands, Northern Mariana Islands, American Samoa.
    Territory,
    /// Military mail: AA, AE, AP.
    Military,
}

/// A state, district, territory or military mail region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Postal code.
    pub code: Jurisdiction,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: PlaceKind,
    /// Residents in 2020; 0 for military mail.
    pub population: u64,
    /// First three digits of its ZIP codes.
    pub zip3: Vec<RangeInclusive<u16>>,
    /// Its telephone area codes.
    pub area_codes: Vec<u16>,
    /// SSN areas from which numbers were issued there before 25 June 2011.
    pub ssn_areas: Vec<RangeInclusive<u16>>,
    /// Template of its driver licence numbers, for making them; the file explains the letters.
    pub licence: Option<String>,
}

/// A ZIP code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZipCode {
    /// The five digits as a number.
    pub zip: u32,
    /// Index into [`Places::states`].
    pub state: u8,
    /// Index of the city, for [`Places::city`].
    pub city: u32,
    /// Rough number of residents; 0 for post office boxes, single receivers and military mail.
    pub residents: u32,
}

/// Streets: what they are called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Streets {
    #[serde(rename = "sources")]
    _sources: std::collections::BTreeMap<String, String>,
    /// Abbreviation, full word, weight.
    pub suffixes: Vec<(String, String, u32)>,
    /// Abbreviation, full word, weight of secondary units.
    pub units: Vec<(String, String, u32)>,
    /// Directions as abbreviated.
    pub directions: Vec<String>,
    /// Street names with weights.
    pub names: Vec<(String, u32)>,
}

/// All places, with look-ups.
#[derive(Clone, Debug)]
pub struct Places {
    states: Vec<Place>,
    zips: Vec<ZipCode>,
    cities: Vec<String>,
    streets: Streets,
    /// State index + 1 by area code; 0 is not assigned.
    state_of_area: Vec<u8>,
    /// States by three-digit prefix, as bits over state indices.
    states_of_zip3: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatesFile {
    #[serde(rename = "sources")]
    _sources: std::collections::BTreeMap<String, String>,
    state: Vec<StateEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateEntry {
    code: String,
    name: String,
    kind: PlaceKind,
    #[serde(default)]
    population: u64,
    zip3: Vec<String>,
    area_codes: Vec<u16>,
    ssn_areas: Vec<String>,
    licence: Option<String>,
}

/// Returns the state of every telephone area code, by code.
pub(crate) fn states_of_area_codes(rules: &Rulebook) -> Result<Vec<Option<Jurisdiction>>, RuleError> {
    let file: StatesFile = rules.parse(STATES)?;
    let mut states = vec![None; 1000];
    for entry in file.state {
        let state = place(entry)?;
        for code in &state.area_codes {
            *states.get_mut(*code as usize).ok_or_else(|| wrong(STATES, "area code above 999"))? = Some(state.code);
        }
    }
    Ok(states)
}

impl Places {
    /// Reads `places/` of the rulebook.
    pub fn load(rules: &Rulebook) -> Result<Self, RuleError> {
        let file: StatesFile = rules.parse(STATES)?;
        let states = file.state.into_iter().map(place).collect::<Result<Vec<_>, _>>()?;
        if states.len() > 64 {
            return Err(wrong(STATES, "more than 64 states do not fit the look-up by ZIP"));
        }
        let (zips, cities) = zips(rules.text(ZIPS)?, &states)?;
        let mut state_of_area = vec![0; 1000];
        let mut states_of_zip3 = vec![0u64; 1000];
        for (index, state) in states.iter().enumerate() {
            for code in &state.area_codes {
                let slot: &mut u8 =
                    state_of_area.get_mut(*code as usize).ok_or_else(|| wrong(STATES, "area code above 999"))?;
                *slot = index as u8 + 1;
            }
            for prefix in state.zip3.iter().cloned().flatten() {
                let slot = states_of_zip3.get_mut(prefix as usize).ok_or_else(|| wrong(STATES, "zip3 above 999"))?;
                *slot |= 1 << index;
            }
        }
        Ok(Places { states, zips, cities, streets: rules.parse(STREETS)?, state_of_area, states_of_zip3 })
    }

    /// Returns the states, districts, territories and military regions, in the order of the file.
    pub fn states(&self) -> &[Place] {
        &self.states
    }

    /// Returns the ZIP codes in rising order.
    pub fn zips(&self) -> &[ZipCode] {
        &self.zips
    }

    /// Returns the name of a city by its index.
    pub fn city(&self, city: u32) -> &str {
        self.cities.get(city as usize).map_or("", String::as_str)
    }

    /// Returns the names of all cities, each once a state, in the order of the file.
    pub fn cities(&self) -> &[String] {
        &self.cities
    }

    /// Returns what streets are called.
    pub fn streets(&self) -> &Streets {
        &self.streets
    }

    /// Returns the place of a postal code.
    pub fn state(&self, code: Jurisdiction) -> Option<&Place> {
        self.states.iter().find(|state| state.code == code)
    }

    /// Returns the state of a five-digit ZIP code that is in use.
    pub fn zip(&self, zip: u32) -> Option<&ZipCode> {
        self.zips.binary_search_by_key(&zip, |entry| entry.zip).ok().map(|at| &self.zips[at])
    }

    /// Returns the states that have ZIP codes with these first three digits; mostly one.
    pub fn states_of_zip3(&self, prefix: u16) -> impl Iterator<Item = Jurisdiction> {
        let mut bits = self.states_of_zip3.get(prefix as usize).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let index = bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
            self.states.get(index as usize).map(|state| state.code)
        })
    }

    /// Tells whether a state has ZIP codes with these first three digits.
    pub fn zip3_fits(&self, prefix: u16, state: Jurisdiction) -> bool {
        self.states_of_zip3(prefix).any(|other| other == state)
    }

    /// Returns the state of a telephone area code, if it is assigned to one.
    pub fn state_of_area_code(&self, area_code: u16) -> Option<Jurisdiction> {
        let slot = *self.state_of_area.get(area_code as usize)?;
        self.states.get((slot as usize).checked_sub(1)?).map(|state| state.code)
    }
}

fn wrong(file: &str, cause: &str) -> RuleError {
    RuleError { file: file.to_owned(), cause: cause.to_owned() }
}

fn place(entry: StateEntry) -> Result<Place, RuleError> {
    let code = Jurisdiction::from_code(&entry.code).ok_or_else(|| wrong(STATES, "a code has two letters"))?;
    Ok(Place {
        code,
        name: entry.name,
        kind: entry.kind,
        population: entry.population,
        zip3: entry.zip3.iter().map(|text| range(text)).collect::<Result<_, _>>()?,
        area_codes: entry.area_codes,
        ssn_areas: entry.ssn_areas.iter().map(|text| range(text)).collect::<Result<_, _>>()?,
        licence: entry.licence,
    })
}

/// Reads `350-352` or `520`.
fn range(text: &str) -> Result<RangeInclusive<u16>, RuleError> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse(), last.parse()) {
        (Ok(first), Ok(last)) if first <= last && last <= 999 => Ok(first..=last),
        _ => Err(wrong(STATES, "a range is written `350-352`")),
    }
}

fn zips(text: &str, states: &[Place]) -> Result<(Vec<ZipCode>, Vec<String>), RuleError> {
    let mut zips = Vec::with_capacity(45_000);
    let mut cities = Vec::with_capacity(32_000);
    let mut state = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(code) = line.strip_prefix('=') {
            let code = Jurisdiction::from_code(code);
            state = Some(
                states
                    .iter()
                    .position(|place| Some(place.code) == code)
                    .ok_or_else(|| wrong(ZIPS, "a section names no state of us.toml"))? as u8,
            );
            continue;
        }
        let (Some(state), Some((city, codes))) = (state, line.split_once('\t')) else {
            return Err(wrong(ZIPS, "a line is `City<tab>ZIP ZIP`, below a `=CODE`"));
        };
        for code in codes.split(' ') {
            zips.push(zip(code, state, cities.len() as u32)?);
        }
        cities.push(city.to_owned());
    }
    zips.sort_unstable_by_key(|entry| (entry.zip, entry.state));
    zips.dedup_by_key(|entry| entry.zip);
    Ok((zips, cities))
}

/// Reads `36310n`: the ZIP code, and the letter for its number of residents.
fn zip(code: &str, state: u8, city: u32) -> Result<ZipCode, RuleError> {
    let (digits, letter) = code.split_at_checked(5).ok_or_else(|| wrong(ZIPS, "a ZIP code has five digits"))?;
    let residents = match letter.as_bytes() {
        [] => 0,
        // Half powers of two: 64, 91, 128, ...
        [letter @ b'a'..=b'z'] => {
            let step = u32::from(letter - b'a');
            (64u32 << (step / 2)) * if step % 2 == 1 { 1414 } else { 1000 } / 1000
        }
        _ => return Err(wrong(ZIPS, "one letter may follow a ZIP code")),
    };
    let zip = digits.parse().map_err(|_| wrong(ZIPS, "a ZIP code has five digits"))?;
    Ok(ZipCode { zip, state, city, residents })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        Places::load(&Rulebook::embedded()).unwrap()
    }

    fn code(text: &str) -> Jurisdiction {
        Jurisdiction::from_code(text).unwrap()
    }

    #[test]
    fn the_states_sum_to_the_census() {
        let places = places();
        let sum: u64 = places
            .states()
            .iter()
            .filter(|state| matches!(state.kind, PlaceKind::State | PlaceKind::District))
            .map(|state| state.population)
            .sum();
        assert_eq!(sum, 331_449_281);
        assert_eq!(places.states().len(), 59);
    }

    #[test]
    fn known_places_are_found() {
        let places = places();
        assert_eq!(places.state_of_area_code(212), Some(code("NY")));
        assert_eq!(places.state_of_area_code(787), Some(code("PR")));
        assert_eq!(places.state_of_area_code(416), None, "Toronto");
        assert_eq!(places.state_of_area_code(555), None);
        assert!(places.zip3_fits(981, code("WA")));
        assert!(!places.zip3_fits(981, code("OR")));
        let seattle = places.zip(98_101).unwrap();
        assert_eq!(places.city(seattle.city), "Seattle");
        assert_eq!(places.states()[seattle.state as usize].code, code("WA"));
        assert_eq!(places.states_of_zip3(63).count(), 2, "Connecticut and Fishers Island");
        assert!(places.zip(0).is_none());
    }

    #[test]
    fn every_place_has_its_numbering() {
        let places = places();
        for (index, state) in places.states().iter().enumerate() {
            assert!(!state.zip3.is_empty(), "{}", state.name);
            if state.kind != PlaceKind::Military {
                assert!(!state.area_codes.is_empty(), "{}", state.name);
                assert!(!state.ssn_areas.is_empty(), "{}", state.name);
                assert!(places.zips().iter().any(|zip| zip.state as usize == index && zip.residents > 0));
            }
        }
    }

    #[test]
    fn every_zip_lies_in_the_prefixes_of_its_state() {
        let places = places();
        for zip in places.zips() {
            let state = places.states()[zip.state as usize].code;
            assert!(places.zip3_fits((zip.zip / 100) as u16, state), "{}", zip.zip);
        }
    }

    #[test]
    fn a_broken_line_is_an_error() {
        let states: [Place; 0] = [];
        assert!(zips("=ZZ\n", &states).is_err());
        assert!(zips("Nowhere\t12345\n", &states).is_err());
        assert!(zip("1234", 0, 0).is_err());
        assert!(zip("12345aa", 0, 0).is_err());
        assert!(range("9-1").is_err());
    }
}
