//! The facts people are made from, prepared for drawing: states, ZIP codes, streets, names.
//!
//! Enters: the rulebook's places and names. Leaves: urns and ready-made spellings. Never: a person.

use rulebook::names::{DECADES, FIRST_DECADE, Names, Sex};
use rulebook::places::{PlaceKind, Places};
use rulebook::{RuleError, Rulebook};
use rustc_hash::FxHashMap;
use vocab::Jurisdiction;

use crate::dice::{Dice, Urn, scatter};

/// A name, spelled in every way files spell it.
#[derive(Clone, Debug)]
pub(crate) struct Spelling {
    /// `McDonald`.
    pub(crate) title: String,
    /// `MCDONALD`.
    pub(crate) upper: String,
    /// `García`, where bearers write it so.
    pub(crate) accented: Option<String>,
    /// `GARCÍA`.
    pub(crate) accented_upper: Option<String>,
}

/// A state with what is drawn from it.
pub(crate) struct StateFacts {
    pub(crate) code: Jurisdiction,
    /// Indices into [`World::zips`] where people live.
    homes: Vec<u32>,
    homes_urn: Urn,
    /// ZIP codes of post office boxes and military mail.
    pub(crate) boxes: Vec<u32>,
    pub(crate) area_codes: Vec<u16>,
    /// Template of its driver licence numbers; see `identifiers`.
    pub(crate) licence: Option<String>,
    /// SSN areas by the order in which they were opened.
    pub(crate) ssn_blocks: Vec<(u16, u16)>,
}

/// A ZIP code ready to print.
pub(crate) struct ZipFacts {
    pub(crate) zip: u32,
    pub(crate) state: u8,
    pub(crate) residents: u32,
    pub(crate) city: String,
    pub(crate) city_upper: String,
}

/// Everything people are made from.
pub(crate) struct World {
    pub(crate) states: Vec<StateFacts>,
    states_urn: Urn,
    military: Vec<u8>,
    pub(crate) zips: Vec<ZipFacts>,
    pub(crate) surnames: Vec<Spelling>,
    surnames_urn: Urn,
    pub(crate) given: Vec<Spelling>,
    /// Short forms by index of the given name; indices into `short`.
    short_of: FxHashMap<u32, Vec<u32>>,
    pub(crate) short: Vec<Spelling>,
    /// Indices of given names by sex, with an urn for each decade.
    women: GivenBySex,
    men: GivenBySex,
    pub(crate) street_names: Vec<(String, String)>,
    streets_urn: Urn,
    pub(crate) suffixes: Vec<StreetSuffix>,
    suffixes_urn: Urn,
    pub(crate) units: Vec<(String, String)>,
    units_urn: Urn,
    pub(crate) directions: Vec<String>,
    /// Telephone exchanges (NXX) in use, scattered.
    pub(crate) exchanges: Vec<u16>,
}

struct GivenBySex {
    names: Vec<u32>,
    decades: Vec<Urn>,
}

/// A street suffix, spelled in every way files spell it.
pub(crate) struct StreetSuffix {
    pub(crate) short: String,
    pub(crate) short_upper: String,
    pub(crate) full: String,
}

/// Share of homes with a military address: about 0.15 % of the population serves abroad or afloat, with family.
const MILITARY_SHARE: f64 = 0.0015;

impl World {
    pub(crate) fn load(rules: &Rulebook) -> Result<Self, RuleError> {
        let places = Places::load(rules)?;
        let names = Names::load(rules)?;
        let zips: Vec<ZipFacts> = places
            .zips()
            .iter()
            .map(|zip| ZipFacts {
                zip: zip.zip,
                state: zip.state,
                residents: zip.residents,
                city: places.city(zip.city).to_owned(),
                city_upper: places.city(zip.city).to_uppercase(),
            })
            .collect();
        let streets = places.streets();
        let (short, short_of) = short_forms(&names);
        let military = |(_, state): &(usize, &rulebook::places::Place)| state.kind == PlaceKind::Military;
        Ok(World {
            states: states(&places, &zips),
            states_urn: Urn::new(places.states().iter().map(|state| state.population)),
            military: places.states().iter().enumerate().filter(military).map(|(index, _)| index as u8).collect(),
            zips,
            surnames: names.surnames.iter().map(|name| surname_spelling(&name.name, &names)).collect(),
            surnames_urn: Urn::new(names.surnames.iter().map(|name| u64::from(name.weight))),
            given: names.given.iter().map(|name| given_spelling(&name.name, &names)).collect(),
            women: GivenBySex::new(&names, Sex::Female),
            men: GivenBySex::new(&names, Sex::Male),
            street_names: streets.names.iter().map(|(name, _)| (name.clone(), name.to_uppercase())).collect(),
            streets_urn: Urn::new(streets.names.iter().map(|(_, weight)| u64::from(*weight))),
            suffixes: streets
                .suffixes
                .iter()
                .map(|(short, full, _)| StreetSuffix {
                    short: title(short),
                    short_upper: short.clone(),
                    full: full.clone(),
                })
                .collect(),
            suffixes_urn: Urn::new(streets.suffixes.iter().map(|(_, _, weight)| u64::from(*weight))),
            units: streets.units.iter().map(|(short, _, _)| (title(short), short.clone())).collect(),
            units_urn: Urn::new(streets.units.iter().map(|(_, _, weight)| u64::from(*weight))),
            directions: streets.directions.clone(),
            short_of,
            short,
            exchanges: exchanges(),
        })
    }

    /// Draws a state by population, military mail by its small share.
    pub(crate) fn draw_state(&self, dice: &mut Dice) -> u8 {
        if dice.chance(MILITARY_SHARE) && !self.military.is_empty() {
            return *dice.pick(&self.military);
        }
        self.states_urn.draw(dice) as u8
    }

    /// Draws a ZIP code where people of the state live.
    pub(crate) fn draw_zip(&self, state: u8, dice: &mut Dice) -> u32 {
        let facts = &self.states[state as usize];
        if facts.homes.is_empty() { *dice.pick(&facts.boxes) } else { facts.homes[facts.homes_urn.draw(dice)] }
    }

    pub(crate) fn draw_surname(&self, dice: &mut Dice) -> u32 {
        self.surnames_urn.draw(dice) as u32
    }

    /// Draws a given name by sex and year of birth.
    pub(crate) fn draw_given(&self, male: bool, year: i32, dice: &mut Dice) -> u32 {
        let names = if male { &self.men } else { &self.women };
        let decade = ((year - i32::from(FIRST_DECADE)) / 10).clamp(0, DECADES as i32 - 1) as usize;
        names.names[names.decades[decade].draw(dice)]
    }

    /// Draws a short form of a given name, as an index into `short`.
    pub(crate) fn draw_short(&self, given: u32, dice: &mut Dice) -> Option<u32> {
        self.short_of.get(&given).map(|forms| *dice.pick(forms))
    }

    pub(crate) fn draw_street(&self, dice: &mut Dice) -> (u16, u8) {
        (self.streets_urn.draw(dice) as u16, self.suffixes_urn.draw(dice) as u8)
    }

    pub(crate) fn draw_unit(&self, dice: &mut Dice) -> u8 {
        self.units_urn.draw(dice) as u8
    }

    pub(crate) fn code(&self, state: u8) -> Jurisdiction {
        self.states[state as usize].code
    }
}

fn states(places: &Places, zips: &[ZipFacts]) -> Vec<StateFacts> {
    let mut facts: Vec<StateFacts> = places
        .states()
        .iter()
        .map(|state| StateFacts {
            code: state.code,
            homes: Vec::new(),
            homes_urn: Urn::new([]),
            boxes: Vec::new(),
            area_codes: state.area_codes.clone(),
            licence: state.licence.clone(),
            ssn_blocks: state.ssn_areas.iter().map(|areas| (*areas.start(), *areas.end())).collect(),
        })
        .collect();
    for (index, zip) in zips.iter().enumerate() {
        let state = &mut facts[zip.state as usize];
        if zip.residents > 0 { &mut state.homes } else { &mut state.boxes }.push(index as u32);
    }
    for state in &mut facts {
        state.homes_urn = Urn::new(state.homes.iter().map(|at| u64::from(zips[*at as usize].residents)));
    }
    facts
}

impl GivenBySex {
    fn new(names: &Names, sex: Sex) -> Self {
        let listed: Vec<usize> = (0..names.given.len()).filter(|at| names.given[*at].sex == sex).collect();
        let decades = (0..DECADES)
            .map(|decade| Urn::new(listed.iter().map(|at| u64::from(names.given[*at].births[decade]))))
            .collect();
        GivenBySex { names: listed.into_iter().map(|at| at as u32).collect(), decades }
    }
}

type ShortForms = (Vec<Spelling>, FxHashMap<u32, Vec<u32>>);

fn short_forms(names: &Names) -> ShortForms {
    let mut short = Vec::new();
    let mut short_of = FxHashMap::default();
    for (index, given) in names.given.iter().enumerate() {
        if let Some(forms) = names.nicknames.get(&given.name) {
            let first = short.len() as u32;
            short.extend(forms.iter().map(|form| given_spelling(form, names)));
            short_of.insert(index as u32, (first..short.len() as u32).collect());
        }
    }
    (short, short_of)
}

/// `MCDONALD` -> `McDonald`, `OBRIEN` -> `O'Brien`, `SMITH` -> `Smith`.
fn surname_spelling(census: &str, names: &Names) -> Spelling {
    const IRISH: [&str; 16] = [
        "BRIEN", "CONNOR", "CONNELL", "NEAL", "NEIL", "NEILL", "HARA", "LEARY", "MALLEY", "KEEFE", "ROURKE", "DONNELL",
        "SULLIVAN", "GRADY", "REILLY", "SHEA",
    ];
    let spelled = match (census.strip_prefix("MC"), census.strip_prefix('O')) {
        (Some(rest), _) if rest.len() > 2 => format!("Mc{}", title(rest)),
        (_, Some(rest)) if IRISH.contains(&rest) => format!("O'{}", title(rest)),
        _ => title(census),
    };
    spelling(spelled, names.accented_surnames.get(census))
}

fn given_spelling(census: &str, names: &Names) -> Spelling {
    spelling(title(census), names.accented_given.get(census))
}

fn spelling(title: String, accented: Option<&String>) -> Spelling {
    Spelling {
        upper: title.to_uppercase(),
        title,
        accented: accented.cloned(),
        accented_upper: accented.map(|text| text.to_uppercase()),
    }
}

fn title(capitals: &str) -> String {
    let mut text = capitals.to_lowercase();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Exchanges that may be assigned: not N11, not those kept for services (555, 950, 958, 959, 976).
fn exchanges() -> Vec<u16> {
    let usable = |code: &u16| code % 100 != 11 && ![555, 950, 958, 959, 976].contains(code);
    let mut codes: Vec<u16> = (200..1000).filter(usable).collect();
    codes.sort_by_key(|code| scatter(u64::from(*code)));
    codes
}
