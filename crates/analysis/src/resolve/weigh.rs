//! Weighs the levels of a pair: Fellegi-Sunter with term frequencies, in hundredths of a bit so that every sum is exact.
//!
//! Enters: [`Levels`] and the two rows. Leaves: a weight and what it allows. Never: a cluster.

use rulebook::Comparisons;
use rustc_hash::FxHashMap;
use vocab::{Record, Records};

use super::cohort::Cohorts;
use super::compare::{DOB_SLOTS, Level, Levels, dob_slot, issued_together, levels, ssn_edits};
use super::keys::Key;
use super::kind::may_be_same;
use super::names::NameTable;
use super::residence::Residences;

/// Hundredths of a bit.
pub(crate) type Weight = i32;
/// One bit.
pub(crate) const BIT: f64 = 100.0;
/// Bits by which two dates a generation apart are less likely one mistaken date than any two dates are.
const GENERATION_BITS: f64 = 1.0;
/// Bits that are asked of a wrong given name beyond those of any mistake: the odds are guessed from few pairs, and where they are
/// wrong, twins become one person. Above what registers of households with twins gave (1.4 bits at most, with the threshold of 1).
const TWINS_BITS: f64 = 0.75;
/// Years between births from which two people of one name at one address may be parent and child.
const GENERATION_YEARS: u32 = 14;
/// Rows assumed behind a shared identifier that is not listed as common.
const USUAL_ROWS: f64 = 4.0;
/// Least number of values an identifier is drawn from: in a small case too, two strangers rarely share one.
const LEAST_VALUES: f64 = 100_000.0;
/// Rows above which an identifier's own frequency is used.
pub(crate) const COMMON_FROM: u32 = 8;

/// How often a value stands in the case, and whether too many names share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Common {
    pub(crate) rows: u32,
    pub(crate) generic: bool,
}

/// Values that are common or generic, by kind and hash; all others are rare.
pub(crate) type CommonValues = FxHashMap<(Key, u64), Common>;

/// One comparison's contribution to a pair, for the waterfall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Comparison, as in the rulebook.
    pub comparison: &'static str,
    /// Level that holds.
    pub level: Level,
    /// Weight in hundredths of a bit, as it counts in the sum.
    pub weight: i32,
}

/// What a pair of rows may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) weight: Weight,
    /// Enough person-level agreement to say "same".
    pub(crate) may_be_same: bool,
    /// A whole name is all they share, and a date of birth is missing; or a given name and a date, under two surnames.
    /// Only rarity can say "same".
    pub(crate) thin: bool,
    /// Exact agreement that needs no probability.
    pub(crate) exact: bool,
    /// An SSN, licence or other identity number in common that identifies.
    pub(crate) hard: bool,
    /// One whole name at one address, born less than a generation apart: a wrong date, not father and son.
    pub(crate) one_generation: bool,
    /// All agrees but one value, and the case has more mistakes than such people.
    pub(crate) mistaken: bool,
    /// The person-level conflict of the pair, if any.
    pub(crate) conflict: Option<Conflict>,
}

/// Why two rows or clusters are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Conflict {
    /// Given names that are not forms of one name.
    Given,
    /// Dates of birth further apart than a slip.
    Dob,
    /// SSNs further apart than a slip.
    Ssn,
    /// Junior against senior.
    Suffix,
    /// Two or more of these at once.
    Several,
    /// The cluster would pass the size at which only exact identifiers may join.
    Size,
    /// Somebody decided so.
    Decided,
}

impl Conflict {
    /// Returns the conflict as a phrase for the report.
    pub const fn phrase(self) -> &'static str {
        match self {
            Conflict::Given => "different given names",
            Conflict::Dob => "different dates of birth",
            Conflict::Ssn => "different social security numbers",
            Conflict::Suffix => "junior against senior",
            Conflict::Several => "two or more person-level conflicts",
            Conflict::Size => "cluster too large for other than exact identifiers",
            Conflict::Decided => "a decision that keeps them apart",
        }
    }
}

/// Comparisons in the order in which they are shown.
pub(crate) const COMPARISONS: [&str; 15] = [
    "given", "surname", "middle", "suffix", "dob", "ssn", "licence", "identity", "phone", "email", "address", "imei",
    "imsi", "account", "state",
];

/// Places of the comparisons of addresses and of states in [`COMPARISONS`].
pub(crate) const ADDRESS: usize = 10;
pub(crate) const STATE: usize = 14;

/// Weights of the levels that do not depend on the value, by comparison and level.
struct Fixed([[Weight; Level::COUNT]; COMPARISONS.len()]);

/// Everything needed to weigh any pair of rows of one case.
pub(crate) struct Weigher<'a> {
    pub(crate) records: &'a Records,
    pub(crate) names: NameTable<'a>,
    pub(crate) common: CommonValues,
    /// Whether any social security number is shared by too many names.
    generic_ssns: bool,
    prior: Weight,
    residences: Residences<'a>,
    cohorts: Cohorts,
    given: Vec<i16>,
    surname: Vec<i16>,
    /// Weight of different surnames, by code of the given name.
    renamed: Vec<i16>,
    dob: Vec<i16>,
    dob_rare: Weight,
    identifiers: [Weight; Key::COUNT],
    totals: [f64; Key::COUNT],
    exact_m: [f64; Key::COUNT],
    group_rest_percent: i32,
    mistaken: [Weight; 3],
    fixed: Fixed,
}

/// What pairs that share two parts of name and date of birth, and differ in the third, can weigh at most.
pub(crate) struct TwoOfThree {
    least_known: Weight,
    middle: Weight,
    suffix: Weight,
    /// The most that a different middle initial or suffix can add, should the rulebook let them add anything.
    other: Weight,
}

impl TwoOfThree {
    pub(crate) fn of(&self, left: &Record, right: &Record, state: Weight) -> Weight {
        let agreed = |a: u8, b: u8, weight: Weight| if a != 0 && a == b { weight } else { 0 };
        let middle = agreed(left.initial, right.initial, self.middle);
        self.least_known + middle + agreed(left.suffix, right.suffix, self.suffix) + self.other + state.max(0)
    }
}

impl<'a> Weigher<'a> {
    pub(crate) fn new(records: &'a Records, comparisons: &'a Comparisons, rows: &[u32]) -> Self {
        let names = NameTable::new(records, comparisons, rows);
        let n = rows.len().max(2) as f64;
        let m = |comparison| comparisons.level(comparison, "exact").m;
        let present = |has: &dyn Fn(usize) -> bool| rows.iter().filter(|row| has(**row as usize)).count().max(1) as f64;
        let frequency = |count: u32, total: f64| (f64::from(count) / total).max(comparisons.frequency_floor);
        let by_code = |m: f64, total: f64, count: &dyn Fn(u32) -> u32| -> Vec<i16> {
            let weights = (0..records.names.len() as u32).map(|code| bits(m / frequency(count(code), total)) as i16);
            weights.collect()
        };
        let given_total = present(&|row| records.records[row].given != 0);
        let surname_total = present(&|row| records.records[row].surname != 0);
        let dob_total = present(&|row| records.records[row].dob != 0);
        let dob = dob_weights(records, rows, m("dob"), dob_total, comparisons.frequency_floor);
        let mistaken = comparisons.mistaken;
        Weigher {
            records,
            given: by_code(m("given"), given_total, &|code| names.given_count(code)),
            residences: Residences::new(records, comparisons, rows),
            cohorts: Cohorts::new(records, &names, rows, given_total, m("given"), comparisons.frequency_floor),
            renamed: renamed(records, comparisons),
            surname: by_code(m("surname"), surname_total, &|code| names.surname_count(code)),
            dob,
            dob_rare: bits(m("dob") / (1.0 / dob_total).max(comparisons.frequency_floor)),
            names,
            common: CommonValues::default(),
            generic_ssns: false,
            prior: bits(2.0 * comparisons.rows_with_partner / n),
            identifiers: [0; Key::COUNT],
            totals: [1.0; Key::COUNT],
            exact_m: exact_shares(comparisons),
            group_rest_percent: (comparisons.group_share_of_rest * 100.0).round() as i32,
            mistaken: [mistaken.given, mistaken.dob, mistaken.number].map(|bits| (bits * BIT).round() as Weight),
            fixed: Fixed::new(comparisons),
        }
    }

    /// Takes in how often the values of an identifier occur.
    pub(crate) fn learn(&mut self, key: Key, rows_with_value: u64, common: impl IntoIterator<Item = (u64, Common)>) {
        let slot = key as usize;
        self.totals[slot] = (rows_with_value as f64).max(LEAST_VALUES);
        self.identifiers[slot] = bits(self.exact_m[slot] * self.totals[slot] / USUAL_ROWS).max(0);
        for (hash, common) in common {
            self.generic_ssns |= key == Key::Ssn && common.generic;
            self.common.insert((key, hash), common);
        }
    }

    /// Returns the social security number of a row, unless it is one that stands for none: it neither joins nor parts.
    pub(crate) fn own_ssn(&self, row: usize) -> Option<u32> {
        let ssn = self.records.records[row].ssn_full()?;
        (!self.generic_ssns || !self.is_generic(Key::Ssn, row)).then_some(ssn)
    }

    /// Tells whether the value of an identifier is so common that its block may have been compared in parts only.
    pub(crate) fn is_common(&self, key: Key, row: usize) -> bool {
        self.common(key, row).is_some()
    }

    fn common(&self, key: Key, row: usize) -> Option<Common> {
        let hash = key.hash(self.records, row)?;
        self.common.get(&(key, hash)).copied()
    }

    pub(crate) fn is_generic(&self, key: Key, row: usize) -> bool {
        self.common(key, row).is_some_and(|common| common.generic)
    }

    fn exact_identifier(&self, key: Key, row: usize) -> Weight {
        match self.common(key, row) {
            None => self.identifiers[key as usize],
            Some(common) => {
                let slot = key as usize;
                bits(self.exact_m[slot] * self.totals[slot] / f64::from(common.rows)).max(0)
            }
        }
    }

    fn surname_weight(&self, level: Level, left: &Record, right: &Record) -> Weight {
        let (a, b) = (left.surname as usize, right.surname as usize);
        match level {
            Level::Exact => i32::from(self.surname[a].min(self.surname[b])),
            Level::Other => {
                let renamed = |given: u32| i32::from(self.renamed[given as usize]);
                renamed(left.given).max(renamed(right.given))
            }
            level => self.fixed.get(1, level),
        }
    }

    /// Two people born at about the same time share the names of their time.
    fn given_weight(&self, levels: &Levels, left: &Record, right: &Record) -> Weight {
        if levels.given != Level::Exact {
            return self.fixed.get(0, levels.given);
        }
        let overall = Weight::from(self.given[left.given as usize].min(self.given[right.given as usize]));
        let of_age = levels.dob_agrees() || matches!(levels.dob, Level::YearAndPart | Level::Year);
        let cohort = of_age && left.given == right.given;
        // Of two dates, the time in which the name was more common counts, whichever row stands first.
        let times = [left.dob, right.dob].into_iter().filter(|_| cohort);
        times.filter_map(|dob| self.cohorts.weight(left.given, dob)).min().unwrap_or(overall)
    }

    fn dob_weight(&self, level: Level, dob: u32) -> Weight {
        match level {
            Level::Exact => dob_slot(dob).map_or(self.dob_rare, |slot| i32::from(self.dob[slot])),
            level => self.fixed.get(4, level),
        }
    }

    /// Weighs a pair comparison by comparison, household and line evidence already counted as one fact.
    fn weights(&self, levels: &Levels, state: Weight, a: usize, b: usize) -> [Weight; COMPARISONS.len()] {
        let (left, right) = (&self.records.records[a], &self.records.records[b]);
        let identifier = |index: usize, key: Key, level: Level| match level {
            Level::Exact => self.exact_identifier(key, a),
            level => self.fixed.get(index, level),
        };
        let mut weights = [
            self.given_weight(levels, left, right),
            self.surname_weight(levels.surname, left, right),
            self.fixed.get(2, levels.middle),
            self.fixed.get(3, levels.suffix),
            self.dob_weight(levels.dob, left.dob),
            identifier(5, Key::Ssn, levels.ssn),
            identifier(6, Key::Licence, levels.licence),
            identifier(7, Key::Identity, levels.identity),
            identifier(8, Key::Phone, levels.phone),
            identifier(9, Key::Email, levels.email),
            identifier(10, Key::Address, levels.address),
            identifier(11, Key::Imei, levels.imei),
            identifier(12, Key::Imsi, levels.imsi),
            identifier(13, Key::Account, levels.account),
            0,
        ];
        self.discount_group(&mut weights);
        self.weigh_state(levels, &mut weights, state);
        weights
    }

    /// Returns the weight of a pair and every part of it, as it counts.
    pub(crate) fn waterfall(&self, a: usize, b: usize) -> (Weight, Vec<Part>) {
        let (levels, state) = self.levels(a, b);
        let weights = self.weights(&levels, state, a, b);
        let prior = Part { comparison: "prior", level: Level::Missing, weight: self.prior };
        let parts = COMPARISONS.iter().zip(levels.in_order()).zip(weights);
        let parts = parts.map(|((comparison, level), weight)| Part { comparison, level, weight });
        let shown = parts.filter(|part| part.level != Level::Missing);
        (self.prior + weights.iter().sum::<Weight>(), std::iter::once(prior).chain(shown).collect())
    }

    /// Weighs a pair, prior aside, as if the rows had nothing in some of the comparisons.
    pub(crate) fn without(&self, a: usize, b: usize, left_out: &[usize]) -> (Levels, Weight) {
        let (mut levels, mut state) = self.levels(a, b);
        for comparison in left_out {
            levels.leave_out(*comparison);
        }
        if levels.state == Level::Missing {
            state = 0;
        }
        let weight = self.weights(&levels, state, a, b).iter().sum();
        (levels, weight)
    }

    /// Compares two rows; with the weight of agreeing on a state.
    fn levels(&self, a: usize, b: usize) -> (Levels, Weight) {
        let mut levels = levels(&self.names, a, b);
        let stands_for_none = |row: usize| self.generic_ssns && self.is_generic(Key::Ssn, row);
        if levels.ssn != Level::Missing && (stands_for_none(a) || stands_for_none(b)) {
            levels.ssn = Level::Missing;
        }
        let (state, weight) = self.residences.level(a, b);
        levels.state = state;
        (levels, weight)
    }

    /// Adds what the states say, unless an address or a line said it already.
    fn weigh_state(&self, levels: &Levels, weights: &mut [Weight; COMPARISONS.len()], agreement: Weight) {
        const GROUP: std::ops::Range<usize> = 8..14;
        let weight = match levels.state {
            Level::Exact | Level::Town | Level::Line => agreement,
            level => self.fixed.get(STATE, level),
        };
        let placed = weights[GROUP].iter().copied().max().unwrap_or(0) > 0;
        let against = weights[GROUP].iter().copied().min().unwrap_or(0);
        weights[STATE] = match weight {
            weight if weight > 0 && placed => 0,
            weight if weight < 0 => (weight - against).min(0),
            weight => weight,
        };
    }

    /// Counts household and line evidence as one fact: the strongest part in full, the rest by a share. What speaks
    /// against is one fact too, but a different surname counts in full: it is no household then.
    fn discount_group(&self, weights: &mut [Weight; COMPARISONS.len()]) {
        const SURNAME: usize = 1;
        const GROUP: [usize; 7] = [SURNAME, 8, 9, 10, 11, 12, 13];
        let (mut best, mut worst) = (0, 0);
        for index in GROUP {
            best = best.max(weights[index]);
            worst = worst.min(if index == SURNAME { 0 } else { weights[index] });
        }
        let (mut kept_best, mut kept_worst) = (false, false);
        for index in GROUP {
            let weight = weights[index];
            let against = index != SURNAME && weight == worst && !kept_worst;
            match weight {
                _ if weight > 0 && weight == best && !kept_best => kept_best = true,
                _ if weight < 0 && (index == SURNAME || against) => kept_worst |= against,
                _ => weights[index] = weight * self.group_rest_percent / 100,
            }
        }
    }

    /// Weighs a pair and says what it may lead to.
    pub(crate) fn judge(&self, a: usize, b: usize) -> (Levels, Judged) {
        let (levels, state) = self.levels(a, b);
        let weight = self.prior + self.weights(&levels, state, a, b).iter().sum::<Weight>();
        let identifies = |key: Key, level: Level| level == Level::Exact && !self.is_generic(key, a);
        let ssn = identifies(Key::Ssn, levels.ssn);
        let licence = identifies(Key::Licence, levels.licence);
        let hard = ssn || licence || identifies(Key::Identity, levels.identity);
        let line = identifies(Key::Phone, levels.phone)
            || identifies(Key::Imei, levels.imei)
            || identifies(Key::Imsi, levels.imsi)
            || identifies(Key::Account, levels.account);
        let email = identifies(Key::Email, levels.email);
        let conflict = self.conflict(&levels, a, b);
        let whole_name = levels.given == Level::Exact && levels.surname == Level::Exact;
        let one_generation = conflict == Some(Conflict::Dob)
            && whole_name
            && matches!(levels.suffix, Level::Missing | Level::Exact)
            && levels.is_housed()
            && self.years_apart(a, b) < GENERATION_YEARS;
        let by_evidence =
            one_generation || may_be_same(&levels, hard, email, line, self.years_apart(a, b) == 0, conflict);
        // What the case shows of mistakes is asked only where nothing else can decide: it never weakens an identity number.
        let mistake = self.mistake(&levels, hard, conflict, a, b).filter(|_| !by_evidence);
        let mistaken = mistake.is_some();
        let weight = mistake.map_or(weight, |odds| weight.min(odds));
        let may_be_same = by_evidence || mistaken;
        let named_alike = levels.given_agrees() || (levels.given == Level::Missing && levels.surname != Level::Other);
        let exact = may_be_same
            && conflict.is_none()
            && ((hard || email) && named_alike || whole_name && (levels.dob == Level::Exact || line));
        let undated = matches!(levels.dob, Level::Missing | Level::Year);
        let renamed = may_be_same && levels.surname == Level::Other && !(hard || email || line || levels.is_placed());
        let name_alone = conflict.is_none() && whole_name && undated && levels.state != Level::Other;
        (
            levels,
            Judged {
                weight,
                may_be_same: may_be_same && !renamed,
                // Under two surnames at two homes, a given name and a birthday are too little.
                thin: name_alone || renamed && levels.address != Level::Other,
                exact,
                hard,
                one_generation,
                mistaken,
                conflict,
            },
        )
    }

    /// Returns how likely it is that the only contradiction of a pair is a value entered wrong, where the case shows that
    /// this is likelier than two people.
    fn mistake(&self, levels: &Levels, hard: bool, conflict: Option<Conflict>, a: usize, b: usize) -> Option<Weight> {
        let [given, dob, number] = self.mistaken;
        // Two people of one name at one place, or of one number, are a generation apart more often than one date mistaken.
        let generation = if self.years_apart(a, b) < GENERATION_YEARS { 0 } else { (GENERATION_BITS * BIT) as Weight };
        let unmarked = matches!(levels.suffix, Level::Missing | Level::Exact);
        let odds = match conflict {
            Some(Conflict::Given) if levels.dob == Level::Exact && (levels.surname_agrees() || levels.is_housed()) => {
                given - (TWINS_BITS * BIT) as Weight
            }
            Some(Conflict::Given | Conflict::Several)
                if hard && levels.ssn != Level::Other && levels.surname_agrees() =>
            {
                number - if levels.dob == Level::Missing { 0 } else { generation }
            }
            // What two people of one name at one place are: father and son. The odds are those of any two dates.
            Some(Conflict::Dob) if levels.given_agrees() && levels.surname_agrees() => dob - generation,
            Some(Conflict::Dob) if hard && levels.given_agrees() => number - generation,
            _ => return None,
        };
        (odds > 0 && unmarked && levels.is_in_place()).then_some(odds)
    }

    /// Tells whether two rows seem to speak of one household: the house or the street agrees, or where there is no more to
    /// compare, the postcode or the town. Strangers of one surname and one birthday live in every large postcode.
    pub(crate) fn is_one_home(&self, a: usize, b: usize) -> bool {
        let (left, right) = (&self.records.records[a], &self.records.records[b]);
        let housed = left.has_address() && right.has_address();
        match levels(&self.names, a, b).address {
            Level::Exact | Level::NoUnit | Level::Street => true,
            Level::Zip => !housed,
            Level::Missing => left.town != 0 && left.town == right.town,
            _ => false,
        }
    }

    fn years_apart(&self, a: usize, b: usize) -> u32 {
        let year = |row: usize| self.records.records[row].dob / 10_000;
        year(a).abs_diff(year(b))
    }

    fn conflict(&self, levels: &Levels, a: usize, b: usize) -> Option<Conflict> {
        let ssns = self.own_ssn(a).zip(self.own_ssn(b));
        let ssn_apart = ssns.map_or(levels.ssn == Level::Other, |(x, y)| ssn_edits(x, y) > 2);
        // Names that are alike, of two children of one day whose numbers were issued one after the other: MARC and MARK.
        let twins = levels.given != Level::Exact && ssns.is_some_and(|(x, y)| issued_together(x, y));
        let found = [
            (levels.given == Level::Other || twins && levels.dob == Level::Exact, Conflict::Given),
            (levels.dob == Level::Other, Conflict::Dob),
            (ssn_apart, Conflict::Ssn),
            (levels.suffix == Level::Other, Conflict::Suffix),
        ];
        let mut found = found.iter().filter(|(holds, _)| *holds).map(|(_, conflict)| *conflict);
        match (found.next(), found.next()) {
            (_, Some(_)) => Some(Conflict::Several),
            (first, None) => first,
        }
    }

    /// Tells how much agreement of name and state alone could weigh: keys that can never reach the threshold are not made.
    pub(crate) fn name_weight(&self, row: usize) -> Weight {
        let record = &self.records.records[row];
        let name = i32::from(self.given[record.given as usize]) + i32::from(self.surname[record.surname as usize]);
        self.prior + name + self.residences.most(row)
    }

    /// Returns the most that agreement on a state of this row can weigh.
    pub(crate) fn most_of_state(&self, row: usize) -> Weight {
        self.residences.most(row)
    }

    /// Says how much two rows of this date of birth can weigh at most that share the given name and differ in the surname, or
    /// the reverse, and share no other value: agreement on a middle initial, a suffix or a state is all that can be added.
    pub(crate) fn most_under(&self, record: &Record, given: Level, surname: Level) -> TwoOfThree {
        let levels = Levels { given, surname, dob: Level::Exact, ..Levels::default() };
        let names = self.given_weight(&levels, record, record) + self.surname_weight(surname, record, record);
        let suffixes = [Level::OneMissing, Level::Other].map(|level| self.fixed.get(3, level));
        TwoOfThree {
            least_known: self.prior + names + self.dob_weight(Level::Exact, record.dob),
            middle: self.fixed.get(2, Level::Exact).max(0),
            suffix: self.fixed.get(3, Level::Exact).max(0),
            other: self.fixed.get(2, Level::Other).max(0) + suffixes.into_iter().max().unwrap_or(0).max(0),
        }
    }

    /// Tells whether the states of two rows leave it open that they are one person's.
    pub(crate) fn may_be_neighbours(&self, a: u32, b: u32) -> bool {
        self.residences.level(a as usize, b as usize).0 != Level::Other
    }
}

/// Returns log2 of a ratio in hundredths of a bit.
pub(crate) fn bits(ratio: f64) -> Weight {
    (ratio.log2() * BIT).round() as Weight
}

/// Weighs different surnames by how often bearers of a given name change theirs.
fn renamed(records: &Records, comparisons: &Comparisons) -> Vec<i16> {
    let other = comparisons.level("surname", "other");
    // The level `other` has a u: loading checked that it speaks against the pair.
    let u = other.u.unwrap_or(1.0);
    let share = |name: &[u8]| std::str::from_utf8(name).ok().and_then(|name| comparisons.renamed(name));
    records.names.iter().map(|name| bits(share(name).unwrap_or(other.m) / u) as i16).collect()
}

fn dob_weights(records: &Records, rows: &[u32], m: f64, total: f64, floor: f64) -> Vec<i16> {
    let mut counts = vec![0u32; DOB_SLOTS];
    for &row in rows {
        if let Some(slot) = dob_slot(records.records[row as usize].dob) {
            counts[slot] += 1;
        }
    }
    // At least the share it has over ninety years of birth; and about half the rows of a date are second rows of a
    // person, which say nothing about how many people share it.
    let spread = total / (90.0 * 365.25);
    let frequency = |count: u32| ((f64::from(count) / 2.0).max(spread) / total).max(floor);
    counts.into_iter().map(|count| bits(m / frequency(count)) as i16).collect()
}

fn exact_shares(comparisons: &Comparisons) -> [f64; Key::COUNT] {
    let mut shares = [0.5; Key::COUNT];
    for (key, name) in [
        (Key::Ssn, "ssn"),
        (Key::Licence, "licence"),
        (Key::Identity, "identity"),
        (Key::Phone, "phone"),
        (Key::Email, "email"),
        (Key::Address, "address"),
        (Key::Imei, "imei"),
        (Key::Imsi, "imsi"),
        (Key::Account, "account"),
    ] {
        shares[key as usize] = comparisons.level(name, "exact").m;
    }
    shares
}

impl Fixed {
    fn new(comparisons: &Comparisons) -> Self {
        let mut table = [[0; Level::COUNT]; COMPARISONS.len()];
        for (row, comparison) in table.iter_mut().zip(COMPARISONS) {
            let known = rulebook::comparisons::LEVELS.iter().find(|(name, _)| *name == comparison);
            for code in known.into_iter().flat_map(|(_, codes)| codes.iter()) {
                let rule = comparisons.level(comparison, code);
                if let (Some(level), Some(u)) = (Level::from_code(code), rule.u) {
                    row[level as usize] = bits(rule.m / u);
                }
            }
        }
        Fixed(table)
    }

    fn get(&self, comparison: usize, level: Level) -> Weight {
        self.0[comparison][level as usize]
    }
}
