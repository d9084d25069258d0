//! The fixed points of the scenario: the carrier, its dates, the shares of its classes.
//!
//! The shape is that of the published case: 7.8 M current postpaid accounts with SSN and licence, 5.3 M without, about
//! 40 M records of former customers and prospects who once asked for credit, 667,000 former customers with address,
//! 850,000 prepaid with PIN, 26 M people with name, birth date and address, and device files.

use crate::days;
use crate::dice::{Dice, Stream};
use crate::dirt::{Dirt, Dirtiness};

/// First day of the reference's history: five years before the stated time.
pub(crate) const HISTORY_FROM: i32 = days::number(2021, 8, 17);
/// Day of the stated time; the reference ends here.
pub(crate) const AS_OF: i32 = days::number(2026, 8, 17);
/// First day on which the dump can have been taken.
const FIRST_SNAPSHOT: i32 = days::number(2026, 7, 10);
/// Days among which the seed chooses the snapshot.
const SNAPSHOT_DAYS: u64 = 24;

/// Share of people by the file that is mainly theirs; adults, then minors. Sums to 1.
/// Order: postpaid A, postpaid B, credit applicants, former, prepaid, compiled (name, birth date and address).
pub(crate) const ADULT_SHARES: [u64; 6] = [1170, 755, 5797, 100, 128, 2050];
pub(crate) const MINOR_SHARES: [u64; 6] = [0, 900, 0, 0, 100, 9000];

/// Chance that an adult of a class has a credit application on file beside it, in the order of the shares.
pub(crate) const ALSO_CREDIT: [f64; 6] = [0.20, 0.05, 0.0, 0.10, 0.15, 0.0];
/// Chance that a person of a class is in the compiled file beside it.
pub(crate) const ALSO_COMPILED: [f64; 6] = [0.20, 0.25, 0.12, 0.30, 0.10, 0.0];
/// Chance that a postpaid customer has a second line with a row of its own.
pub(crate) const SECOND_LINE: f64 = 0.07;
/// Chance that a postpaid customer has a tablet or watch: a line in the device files only.
pub(crate) const TABLET: f64 = 0.10;
/// Chance that a member follows the head of the household into the same file.
pub(crate) const FAMILY_PLAN: f64 = 0.45;
/// Chance that an adult member gives the head's number as contact.
pub(crate) const BORROWS_PHONE: f64 = 0.07;
/// Chance that the number of a former customer is a current customer's by now.
pub(crate) const RECYCLED_PHONE: f64 = 0.15;

/// Changes a year, for the reference's history.
pub(crate) const MOVES: f64 = 0.12;
pub(crate) const PLAN_CHANGES: f64 = 0.30;
pub(crate) const DEVICE_CHANGES: f64 = 0.35;
pub(crate) const PHONE_CHANGES: f64 = 0.05;

/// Customers in the reference who are not in the dump, as a share of people: they joined later, or lay elsewhere.
pub(crate) const REFERENCE_ONLY: f64 = 0.03;

/// Share of device lines that the device files hold: postpaid A, postpaid B, prepaid.
pub(crate) const LINES_IN_DEVICE_FILES: [f64; 3] = [0.75, 0.60, 0.90];

/// What the seed and the number of people decide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) seed: u64,
    pub(crate) people: u64,
    /// Day of which the dump is a picture.
    pub(crate) snapshot: i32,
    pub(crate) dirt: Dirt,
}

impl Scenario {
    pub(crate) fn new(people: u64, seed: u64, dirtiness: Dirtiness) -> Self {
        let snapshot = FIRST_SNAPSHOT + Dice::new(seed, Stream::Scenario, 0).below(SNAPSHOT_DAYS) as i32;
        Scenario { seed, people, snapshot, dirt: Dirt::of(dirtiness, seed) }
    }

    /// People and the customers that only the reference knows.
    pub(crate) fn customers(&self) -> u64 {
        self.people + (self.people as f64 * REFERENCE_ONLY).ceil() as u64
    }

    /// What the seller claims: a round number well above the people.
    pub(crate) fn claimed(&self) -> u64 {
        let wanted = (self.people as f64 * 1.3).ceil() as u64;
        let unit = 10u64.pow(wanted.ilog10().saturating_sub(1));
        wanted.div_ceil(unit) * unit
    }
}
