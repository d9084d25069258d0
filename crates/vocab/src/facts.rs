//! What a company knows about its breach and the evidence does not say: dates, findings, who the company is.
//!
//! Enters: TOML (`FACTS.toml`, or the facts of a case) through serde. Leaves: typed facts. Never: a default for a fact
//! that was not stated; what is absent stays absent, and the duties say what it would have changed.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ElementSet, ExposureProfile, Interval, Jurisdiction};

/// The facts that duties are decided from. Every one may be absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// Name of the case, for the calendar file.
    pub case: Option<String>,
    /// Stated time: what lies before it is past.
    pub as_of: Option<When>,
    /// IANA time zone in which days are counted (`America/Los_Angeles`); UTC if absent.
    pub time_zone: Option<String>,

    /// When the breach was discovered, or the company was told of it.
    pub discovered: Option<When>,
    /// When the company determined that a breach of personal data took place.
    pub determined: Option<When>,
    /// When the controller became aware with reasonable certainty (GDPR and its kin).
    pub aware: Option<When>,
    /// When a telecom provider detected the breach (Regulation 611/2013).
    pub detected: Option<When>,
    /// When the company had reasonable grounds to believe that an incident took place (CIRCIA, Australia).
    pub believed: Option<When>,
    /// When the incident was determined to be material to investors.
    pub materiality_determined: Option<When>,
    /// When the first notice to individuals went out.
    pub individuals_notified: Option<When>,
    /// When Secret Service and FBI were told through the FCC's facility.
    pub law_enforcement_notified: Option<When>,
    /// When the first notification to the telecom authority was made (Regulation 611/2013).
    pub first_notification: Option<When>,
    /// When the incident notification was made (NIS2).
    pub incident_notified: Option<When>,

    /// Who the controller is, as tags of the rulebook (`telecom-carrier`, `sec-registrant`). A stated list is complete.
    pub regimes: Option<Vec<String>>,
    /// Whether the holder is an information broker or a public body (Georgia asks).
    pub information_broker: Option<bool>,
    /// Whether the incident is material to investors.
    pub material: Option<bool>,
    /// Whether the incident is significant or substantial in the sense of the incident rules (banks, CIRCIA, NIS2).
    pub significant_incident: Option<bool>,
    /// What was found about the risk of harm, if the finding was made.
    pub harm: Option<HarmFinding>,
    /// Whether the data were encrypted.
    pub encryption: Option<Encryption>,
    /// Whether the data were acquired, not only accessed.
    pub acquired: Option<bool>,
    /// In what form the data were.
    pub data_form: Option<DataForm>,
    /// A law-enforcement agency's request to hold back notices.
    pub law_enforcement_hold: Option<Hold>,

    /// People by place and elements, where there is no evidence to count them in.
    pub people: Vec<PeopleFact>,
    /// People who live outside the United States.
    pub abroad: Vec<AbroadFact>,
}

/// A finding about the risk of harm, made by the company and written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HarmFinding {
    /// Harm is not reasonably likely.
    None,
    /// Harm is reasonably likely.
    Likely,
    /// Serious or significant harm is likely; a high risk in the words of the GDPR.
    High,
}

/// Whether the data were encrypted, and whether the key is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Encryption {
    /// All elements that matter were encrypted.
    pub encrypted: bool,
    /// Neither key nor credential went with the data.
    pub key_safe: Option<bool>,
}

/// Form of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataForm {
    /// Computerised.
    Electronic,
    /// On paper.
    Paper,
}

/// A law-enforcement hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Who asked.
    pub agency: String,
    /// Until when, if said.
    pub until: Option<When>,
}

/// People of one place whose elements are known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleFact {
    /// Where they live: `WA`, `unknown`, or several places for people with several addresses.
    pub jurisdiction: OneOrMany,
    /// What of them lies open.
    pub elements: ElementSet,
    /// How many: a number, or `{ low, likely, high }`.
    pub count: Count,
    /// Of them, how many are under 18.
    pub minors: Option<u64>,
}

/// People who live in another region and whose data lie open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbroadFact {
    /// `eu`, `uk`, `ca` (Canada), `au`.
    pub region: Region,
    /// How many.
    pub count: u64,
}

/// Regions outside the United States that the rulebook knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// European Union (and the EEA).
    Eu,
    /// United Kingdom.
    Uk,
    /// Canada.
    Ca,
    /// Australia.
    Au,
}

impl Region {
    /// Returns the region's name.
    pub const fn name(self) -> &'static str {
        match self {
            Region::Eu => "the European Union",
            Region::Uk => "the United Kingdom",
            Region::Ca => "Canada",
            Region::Au => "Australia",
        }
    }
}

/// One place or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a jurisdiction is two letters (`WA`), `unknown`, or a list of them")]
pub enum OneOrMany {
    /// One.
    One(Jurisdiction),
    /// Several: each person may live in any of them.
    Many(Vec<Jurisdiction>),
}

/// A number of people, exact or as an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a count is a number or `{ low, likely, high }`")]
pub enum Count {
    /// Known exactly.
    Exact(u64),
    /// Known between bounds.
    Between(Interval),
}

impl Count {
    /// Returns the interval.
    pub const fn interval(self) -> Interval {
        match self {
            Count::Exact(count) => Interval::exact(count),
            Count::Between(interval) => interval,
        }
    }
}

/// More people than this in one entry is a slip of the pen: nobody lives there.
pub const MAX_PEOPLE: u64 = 20_000_000_000;

/// A fact that contradicts another or cannot be read. Holds codes and keys only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsError(pub String);

impl fmt::Display for FactsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FactsError {}

impl Facts {
    /// Returns the time zone in which days are counted. Zones come from the tables inside the binary, so that the same
    /// facts give the same days on every machine.
    pub fn zone(&self) -> Result<TimeZone, FactsError> {
        match &self.time_zone {
            None => Ok(TimeZone::UTC),
            Some(name) => TimeZoneDatabase::bundled()
                .get(name)
                .map_err(|_| FactsError("time_zone is not an IANA zone; write one like `America/New_York`".to_owned())),
        }
    }

    /// Returns the people as exposure profiles, elements in exposure form; minors apart where their number is stated.
    pub fn profiles(&self) -> Vec<ExposureProfile> {
        self.people.iter().flat_map(PeopleFact::profiles).collect()
    }

    /// Returns the events with their keys, in the order in which they are documented.
    pub fn events(&self) -> [(&'static str, Option<When>); 10] {
        [
            ("discovered", self.discovered),
            ("determined", self.determined),
            ("aware", self.aware),
            ("detected", self.detected),
            ("believed", self.believed),
            ("materiality_determined", self.materiality_determined),
            ("individuals_notified", self.individuals_notified),
            ("law_enforcement_notified", self.law_enforcement_notified),
            ("first_notification", self.first_notification),
            ("incident_notified", self.incident_notified),
        ]
    }

    /// Tells what in the facts cannot be: events after the stated time, bounds in the wrong order, more minors than people.
    pub fn contradictions(&self) -> Vec<FactsError> {
        let mut found = Vec::new();
        let zone = match self.zone() {
            Ok(zone) => zone,
            Err(error) => {
                found.push(error);
                TimeZone::UTC
            }
        };
        if let Some(as_of) = self.as_of {
            for (key, when) in self.events() {
                if when.is_some_and(|when| when.is_after(as_of, &zone)) {
                    found.push(FactsError(format!("`{key}` lies after `as_of`; correct one of them")));
                }
            }
        }
        for (index, people) in self.people.iter().enumerate() {
            let Interval { low, likely, high } = people.count.interval();
            let place = index + 1;
            if low > likely || likely > high {
                found.push(FactsError(format!("people entry {place}: the bounds must be low <= likely <= high")));
            }
            if high > MAX_PEOPLE {
                found.push(FactsError(format!("people entry {place}: more than {MAX_PEOPLE} people")));
            }
            if people.minors.is_some_and(|minors| minors > low) {
                found.push(FactsError(format!("people entry {place}: more minors than people")));
            }
            if matches!(&people.jurisdiction, OneOrMany::Many(places) if places.is_empty()) {
                found.push(FactsError(format!("people entry {place}: `jurisdiction` is empty; write `unknown`")));
            }
        }
        found
    }
}

impl PeopleFact {
    fn profiles(&self) -> Vec<ExposureProfile> {
        let mut jurisdictions = match &self.jurisdiction {
            OneOrMany::One(place) => vec![*place],
            OneOrMany::Many(places) => places.clone(),
        };
        jurisdictions.sort_unstable();
        jurisdictions.dedup();
        let of = |minor, people| ExposureProfile {
            elements: self.elements.to_exposure(),
            jurisdictions: jurisdictions.clone(),
            minor,
            people,
        };
        let all = self.count.interval();
        let Some(minors) = self.minors else { return vec![of(None, all)] };
        let adults = Interval {
            low: all.low.saturating_sub(minors),
            likely: all.likely.saturating_sub(minors),
            high: all.high.saturating_sub(minors),
        };
        vec![of(Some(true), Interval::exact(minors)), of(Some(false), adults)]
    }
}

/// A day, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A day without a time of day.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
}

impl When {
    /// Reads a time; `None` if the text is not one.
    pub fn from_text(text: &str) -> Option<When> {
        text.parse().ok()
    }

    /// Returns the day in `zone`.
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            When::Day(day) => day,
            When::Moment(moment) => Zoned::new(moment, zone.clone()).date(),
        }
    }

    /// Returns the moment; of a day, its first one in `zone`. `None` if the day has none (outside the range of time).
    pub fn moment(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            When::Day(day) => day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp()),
            When::Moment(moment) => Some(moment),
        }
    }

    /// Tells whether this certainly lies after `other`; a day and a moment within it do not exclude each other.
    pub fn is_after(self, other: When, zone: &TimeZone) -> bool {
        match (self, other) {
            (When::Moment(this), When::Moment(that)) => this > that,
            _ => self.day(zone) > other.day(zone),
        }
    }
}

impl From<Timestamp> for When {
    fn from(moment: Timestamp) -> When {
        When::Moment(moment)
    }
}

impl From<Date> for When {
    fn from(day: Date) -> When {
        When::Day(day)
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            When::Day(day) => write!(f, "{day}"),
            When::Moment(moment) => write!(f, "{moment}"),
        }
    }
}

impl FromStr for When {
    type Err = FactsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A date-time must say its offset; jiff would read a date out of one that does not, and drop the time.
        if text.len() <= 10 {
            if let Ok(day) = text.parse::<Date>() {
                return Ok(When::Day(day));
            }
        } else if let Ok(moment) = text.parse::<Timestamp>() {
            return Ok(When::Moment(moment));
        }
        Err(FactsError(
            "a time is a date (`2026-08-12`) or a date-time with offset (`2026-08-12T15:00:00Z`)".to_owned(),
        ))
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WhenVisitor)
    }
}

/// Reads a string, or the map under which a TOML reader hands over a bare date (`discovered = 2026-08-12`).
struct WhenVisitor;

impl<'de> de::Visitor<'de> for WhenVisitor {
    type Value = When;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date (`2026-08-12`) or a date-time with offset (`2026-08-12T15:00:00Z`)")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<When, E> {
        text.parse().map_err(de::Error::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<When, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((key, text)) if key == "$__toml_private_datetime" => text.parse().map_err(de::Error::custom),
            _ => Err(de::Error::invalid_type(de::Unexpected::Map, &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_day_or_a_moment_and_never_guessed() {
        assert!(matches!("2026-08-12".parse(), Ok(When::Day(_))));
        assert!(matches!("2026-08-12T15:00:00Z".parse(), Ok(When::Moment(_))));
        assert!(matches!("2026-08-12T15:00:00-07:00".parse(), Ok(When::Moment(_))));
        for bad in ["", "2026-13-01", "12.08.2026", "2026-08-12T15:00:00", "yesterday", "2026-02-30"] {
            assert!(bad.parse::<When>().is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn the_day_of_a_moment_depends_on_the_zone() {
        let late: When = "2026-08-13T03:00:00Z".parse().unwrap();
        let west = TimeZoneDatabase::bundled().get("America/Los_Angeles").unwrap();
        assert_eq!(late.day(&TimeZone::UTC).to_string(), "2026-08-13");
        assert_eq!(late.day(&west).to_string(), "2026-08-12");
    }

    #[test]
    fn minors_are_a_profile_of_their_own_and_people_are_kept() {
        let people = PeopleFact {
            jurisdiction: OneOrMany::Many(vec![
                Jurisdiction::from_code("WA").unwrap(),
                Jurisdiction::from_code("OR").unwrap(),
            ]),
            elements: ElementSet::EMPTY,
            count: Count::Exact(10),
            minors: Some(3),
        };
        let profiles = Facts { people: vec![people], ..Facts::default() }.profiles();
        assert_eq!(profiles.iter().map(|profile| profile.people.likely).sum::<u64>(), 10);
        assert_eq!(profiles[0].minor, Some(true));
        assert_eq!(profiles[0].jurisdictions[0].as_str(), "OR");
    }

    #[test]
    fn contradictions_are_named() {
        let facts = Facts {
            as_of: "2026-08-17".parse().ok(),
            discovered: "2026-08-18".parse().ok(),
            time_zone: Some("Mars/Olympus".to_owned()),
            ..Facts::default()
        };
        assert_eq!(facts.contradictions().len(), 2);
    }
}
