//! Dirt as it is found in customer data, each kind on its own dial: as usual, or drawn from the seed over wide ranges, so
//! that many seeds are many kinds of data.

use crate::dice::{Dice, Stream};

/// How dirty the rows of a scenario are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dirtiness {
    /// One to two rows in a hundred, whatever the seed.
    #[default]
    Usual,
    /// Every dial drawn from the seed, from a quarter to eight times the usual; at most four times as many missing fields,
    /// short names, stale addresses and second rows.
    Varied,
}

/// A dial turned all the way down and up, as factors of the usual.
const FAULTS: (f64, f64) = (0.25, 8.0);
const HABITS: (f64, f64) = (0.25, 4.0);
/// Most that a field may be missing by dirt, however high the dials.
const MOST_MISSING: f64 = 0.6;

/// Chance a row of each kind of fault; a kind strikes only rows that have the field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dirt {
    /// Two letters of a name swapped, one lost, one doubled.
    pub(crate) name_typo: f64,
    /// The same in the street.
    pub(crate) address_typo: f64,
    /// Day and month of birth swapped, where that is a date.
    pub(crate) dob_swapped: f64,
    /// A birth date that stands for "unknown".
    pub(crate) dob_placeholder: f64,
    /// An SSN that stands for "unknown".
    pub(crate) ssn_placeholder: f64,
    /// Two neighbouring digits of the SSN swapped.
    pub(crate) ssn_swapped: f64,
    /// An SSN that was never issued (area 000, 666, 9xx).
    pub(crate) ssn_impossible: f64,
    /// An IMEI with a wrong check digit.
    pub(crate) imei_check_digit: f64,
    /// A telephone number that lost a digit.
    pub(crate) phone_short: f64,
    /// Values from one column on stand one column off.
    pub(crate) shifted: f64,
    /// The row ends early.
    pub(crate) truncated: f64,
    /// The compiled file still has the address before the last move.
    pub(crate) stale_address: f64,
    /// A second credit application, some years later.
    pub(crate) second_application: f64,
    /// How often short names stand for given ones, as a factor of what is usual in a file.
    pub(crate) short_names: f64,
    /// How often a field is missing, as a factor of what is usual in a file.
    pub(crate) missing: f64,
}

impl Dirt {
    /// One to two rows in a hundred, over all kinds.
    pub(crate) const USUAL: Dirt = Dirt {
        name_typo: 0.004,
        address_typo: 0.004,
        dob_swapped: 0.003,
        dob_placeholder: 0.0015,
        ssn_placeholder: 0.0015,
        ssn_swapped: 0.0015,
        ssn_impossible: 0.001,
        imei_check_digit: 0.004,
        phone_short: 0.001,
        shifted: 0.0008,
        truncated: 0.0006,
        stale_address: 0.10,
        second_application: 0.04,
        short_names: 1.0,
        missing: 1.0,
    };

    /// The dials of a scenario.
    pub(crate) fn of(dirtiness: Dirtiness, seed: u64) -> Dirt {
        let mut dirt = Dirt::USUAL;
        if dirtiness == Dirtiness::Usual {
            return dirt;
        }
        let mut dice = Dice::new(seed, Stream::Dirt, 0);
        let Dirt { name_typo, address_typo, dob_swapped, dob_placeholder, ssn_placeholder, .. } = &mut dirt;
        for dial in [name_typo, address_typo, dob_swapped, dob_placeholder, ssn_placeholder] {
            *dial *= turn(FAULTS, &mut dice);
        }
        let Dirt { ssn_swapped, ssn_impossible, imei_check_digit, phone_short, .. } = &mut dirt;
        for dial in [ssn_swapped, ssn_impossible, imei_check_digit, phone_short] {
            *dial *= turn(FAULTS, &mut dice);
        }
        let Dirt { shifted, truncated, stale_address, second_application, short_names, missing, .. } = &mut dirt;
        for dial in [shifted, truncated, stale_address, second_application, short_names, missing] {
            *dial *= turn(HABITS, &mut dice);
        }
        dirt
    }

    /// Chance that a field is missing where `usual` is the chance in the file.
    pub(crate) fn missing(&self, usual: f64) -> f64 {
        let most = MOST_MISSING.max(usual);
        (usual * self.missing).min(most)
    }
}

/// Draws a factor; every doubling is as likely as every other.
fn turn((least, most): (f64, f64), dice: &mut Dice) -> f64 {
    const STEPS: u64 = 1 << 20;
    least * (most / least).powf(dice.below(STEPS + 1) as f64 / STEPS as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varied_dirt_stays_in_its_ranges_and_comes_from_the_seed() {
        let typos: Vec<f64> = (0..200).map(|seed| Dirt::of(Dirtiness::Varied, seed).name_typo).collect();
        let usual = Dirt::USUAL.name_typo;
        assert!(typos.iter().all(|typo| (usual * FAULTS.0..=usual * FAULTS.1).contains(typo)));
        assert!(typos.iter().any(|typo| *typo < usual / 2.0) && typos.iter().any(|typo| *typo > usual * 4.0));
        assert_eq!(typos[7].to_bits(), Dirt::of(Dirtiness::Varied, 7).name_typo.to_bits());
        assert_eq!(Dirt::of(Dirtiness::Usual, 7).name_typo.to_bits(), usual.to_bits());
        let dirt = Dirt { missing: 4.0, ..Dirt::USUAL };
        assert_eq!((dirt.missing(0.02), dirt.missing(0.3), dirt.missing(1.0)), (0.08, 0.6, 1.0));
    }
}
