//! Rows that share a date of birth and one part of a name: the largest blocks of all, and nearly all strangers to each other.
//! Their number grows with the square of the rows, so what cannot count is left out by a glance at copies that lie together.
//!
//! Enters: a block. Leaves: the pairs worth comparing. Never: a pair left out that could be one person; a test compares.

use vocab::Record;

use super::compare::{Level, ssn_level};
use super::names::Look;
use super::weigh::{Weigher, Weight};

/// Which part of the name the rows share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shared {
    Given,
    Surname,
}

/// Values of a row of which two people rarely share one.
const VALUES: usize = 12;

/// A row with what it takes to see whether it shares anything with another.
struct Namesake {
    /// Account, IMSI, identity number, e-mail address, its local part, licence, telephone, IMEI, street, house, ZIP code, each cut
    /// to half its width; what is missing has a number that no other row of the block is likely to have. Two values that
    /// meet by chance cost a comparison.
    values: [u32; VALUES],
    row: u32,
    record: Record,
    /// What the part of the name looks like that is not shared.
    other: Look,
    /// Whether given name and surname could stand in each other's place in another row of the block.
    may_be_swapped: bool,
    /// The most that agreement on a state can weigh.
    state: Weight,
}

/// Calls `each` with the pairs of a block that could be one person, in the order of the rows. `least` is the weight from
/// which a date of birth with that part of the name is enough.
pub(crate) fn worth_comparing(
    weigher: &Weigher,
    shared: Shared,
    rows: &[u32],
    least: Weight,
    each: &mut dyn FnMut(u32, u32),
) {
    let (given, surname) = match shared {
        Shared::Given => (Level::Exact, Level::Other),
        Shared::Surname => (Level::Other, Level::Exact),
    };
    let block: Vec<Namesake> = rows.iter().map(|row| Namesake::of(weigher, shared, *row)).collect();
    for (index, left) in block.iter().enumerate() {
        let most = weigher.most_under(&left.record, given, surname);
        for right in &block[index + 1..] {
            if most.of(&left.record, &right.record, left.state.min(right.state)) >= least
                || left.shares(right)
                || left.is_named_like(right, shared, weigher)
            {
                each(left.row, right.row);
            }
        }
    }
}

impl Namesake {
    fn of(weigher: &Weigher, shared: Shared, row: u32) -> Self {
        let (at, facts) = (row as usize, &weigher.records.facts);
        let record = weigher.records.records[at];
        let half = |value: u64| ((value ^ value >> 32) as u32).max(u32::from(value != 0));
        let values = [
            half(facts.account(at)),
            half(facts.imsi(at)),
            half(facts.identity(at)),
            half(record.email),
            record.email_local(),
            half(record.licence),
            half(record.phone),
            half(record.imei),
            record.street,
            u32::from(record.house),
            record.zip,
            0,
        ];
        let missing = !row;
        Namesake {
            values: values.map(|value| if value == 0 { missing } else { value }),
            row,
            record,
            other: weigher.names.look(if shared == Shared::Given { record.surname } else { record.given }),
            may_be_swapped: shared == Shared::Surname && weigher.names.may_be_swapped(&record),
            state: weigher.most_of_state(at),
        }
    }

    /// Tells whether two rows share a value beside date of birth and part of the name, or are not of one block at all.
    fn shares(&self, other: &Namesake) -> bool {
        let (a, b) = (&self.record, &other.record);
        // Without a branch, so that the comparisons are made side by side.
        let same = self.values.iter().zip(&other.values).fold(false, |same, (a, b)| same | (a == b));
        same || a.dob != b.dob || !matches!(ssn_level(a, b), Level::Missing | Level::Other)
    }

    /// Tells whether the other part of the name could be the same, written twice, or is not there; and whether the part that is
    /// thought to be shared is not.
    fn is_named_like(&self, other: &Namesake, shared: Shared, weigher: &Weigher) -> bool {
        let (a, b) = (&self.record, &other.record);
        let (part, others) = match shared {
            Shared::Given => ((a.given, b.given), (a.surname, b.surname)),
            Shared::Surname => ((a.surname, b.surname), (a.given, b.given)),
        };
        if part.0 != part.1 || others.0 == others.1 || others.0 == 0 || others.1 == 0 {
            return true;
        }
        self.may_be_swapped && other.may_be_swapped
            || self.other.may_be_one(&other.other)
                && match shared {
                    Shared::Given => weigher.names.surname_level(a.surname, b.surname) != Level::Other,
                    Shared::Surname => weigher.names.given_with_initials(a, b) != Level::Other,
                }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rulebook::{Comparisons, Rulebook};
    use vocab::{Jurisdiction, Records, RowFact};

    use super::super::pairs::Standing;
    use super::*;

    /// Rows of two given names and two dates of birth, with or without everything else, from few values.
    fn crowd() -> Records {
        let mut records = Records::default();
        for name in ["MARIA", "JOHN", "LEE", "LEES", "GARCIA", "GARCIA LOPEZ", "OKAFOR"] {
            records.names.push(name.as_bytes());
        }
        for street in ["OAK ST", "ELM ST"] {
            records.streets.push(street.as_bytes());
        }
        let mut seed = 1u64;
        let mut one_of = |values: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % values
        };
        for row in 0..600 {
            // Most fields are missing in most rows, so that some pairs share nothing.
            let mut rarely = |values: u64| if one_of(4) == 0 { 1 + one_of(values) } else { 0 };
            let fact = RowFact {
                row: row + 1,
                account: rarely(9),
                imsi: rarely(9),
                identity: rarely(20),
                ..RowFact::default()
            };
            let record = Record {
                email: rarely(5) * 0x1_0000_0001,
                licence: rarely(9),
                phone: 12_065_550_100 * rarely(2),
                street: rarely(2) as u32,
                house: rarely(3) as u16,
                zip: rarely(9) as u32,
                ssn: 123_456_780 * rarely(2) as u32 / 2 + rarely(30) as u32,
                initial: b'A' + rarely(3) as u8,
                suffix: rarely(3) as u8,
                ..Record::default()
            };
            let (given, surname) = (1 + one_of(2) as u32, 3 + one_of(5) as u32);
            let record = Record { given, surname, dob: 19_800_512 + 8 * one_of(2) as u32, ..record };
            let state = Jurisdiction::from_code(["WA", "OR", "TX"][one_of(3) as usize]).unwrap();
            records.push(record, RowFact { address_state: state, ..fact });
        }
        records
    }

    #[test]
    fn a_pair_left_out_could_not_have_been_one_person() {
        let records = crowd();
        let comparisons = Comparisons::load(&Rulebook::embedded()).unwrap();
        let rows: Vec<u32> = (0..records.len() as u32).collect();
        let weigher = Weigher::new(&records, &comparisons, &rows);
        for (shared, least) in [(Shared::Given, 100), (Shared::Surname, -400)] {
            let mut kept = BTreeSet::new();
            worth_comparing(&weigher, shared, &rows, least, &mut |left, right| assert!(kept.insert((left, right))));
            let mut left_out = 0;
            for left in rows.iter().copied() {
                for right in left + 1..rows.len() as u32 {
                    if !kept.contains(&(left, right)) {
                        left_out += 1;
                        let (_, judged) = weigher.judge(left as usize, right as usize);
                        assert!(!judged.may_be_same, "{left} {right}");
                        assert_ne!(Standing::of(&judged, &comparisons), Standing::Same, "{left} {right}");
                        assert!(judged.weight < least, "{left} {right}");
                    }
                }
            }
            assert!(left_out > 500, "{shared:?}: {left_out} of {}", kept.len());
        }
    }
}
