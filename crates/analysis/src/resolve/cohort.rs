//! How common a given name is among people born at the same time: `JENNIFER` of 1973 says less than `JENNIFER` of 1935.
//!
//! Enters: the given names and dates of birth of the rows. Leaves: the frequency of a name in a span of years. Never: a
//! guess for a row without a date of birth.

use vocab::Records;

use super::names::NameTable;
use super::weigh::{Weight, bits};

/// First year of birth with a span of its own, and years in a span.
const FIRST_YEAR: u32 = 1900;
const SPAN_YEARS: u32 = 5;
/// Spans, the last one up to 2039.
const SPANS: usize = 28;
/// Rows of a name below which its years say nothing.
const LEAST_ROWS: u32 = 8;
/// The share of a name over all years counts as much as this many rows of the span: few rows say little.
const PRIOR_ROWS: f64 = 4_000.0;

/// Weights of agreement on a given name, by name and span of years.
pub(crate) struct Cohorts {
    /// Place of a name in the table plus one, 0 for names with too few rows.
    slots: Vec<u32>,
    weights: Vec<i16>,
}

impl Cohorts {
    pub(crate) fn new(records: &Records, names: &NameTable, rows: &[u32], total: f64, m: f64, floor: f64) -> Self {
        let mut slots = vec![0u32; records.names.len()];
        let mut used = 0;
        for (code, slot) in slots.iter_mut().enumerate().skip(1) {
            if names.given_count(code as u32) >= LEAST_ROWS {
                used += 1;
                *slot = used;
            }
        }
        let mut counts = vec![0u32; used as usize * SPANS];
        let mut of_span = [0u32; SPANS];
        for record in rows.iter().map(|row| &records.records[*row as usize]).filter(|record| record.given != 0) {
            let Some(span) = span(record.dob) else { continue };
            of_span[span] += 1;
            if let Some(slot) = slots[record.given as usize].checked_sub(1) {
                counts[slot as usize * SPANS + span] += 1;
            }
        }
        let mut weights = vec![0i16; counts.len()];
        for (code, slot) in slots.iter().enumerate().filter(|(_, slot)| **slot != 0) {
            let start = (*slot as usize - 1) * SPANS;
            let overall = f64::from(names.given_count(code as u32)) / total;
            for span in 0..SPANS {
                // The row itself does not show that others have its name.
                let others = f64::from(counts[start + span].saturating_sub(1));
                let share = (others + PRIOR_ROWS * overall) / (f64::from(of_span[span]) + PRIOR_ROWS);
                weights[start + span] = bits(m / share.max(floor)) as i16;
            }
        }
        Cohorts { slots, weights }
    }

    /// Returns the weight of agreement on a name by two people born about this date, if it is known.
    pub(crate) fn weight(&self, given: u32, dob: u32) -> Option<Weight> {
        let slot = self.slots[given as usize].checked_sub(1)?;
        Some(Weight::from(self.weights[slot as usize * SPANS + span(dob)?]))
    }
}

fn span(dob: u32) -> Option<usize> {
    let years = (dob / 10_000).checked_sub(FIRST_YEAR)?;
    let span = (years / SPAN_YEARS) as usize;
    (dob != 0 && span < SPANS).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_fall_into_spans() {
        assert_eq!(span(19000101), Some(0));
        assert_eq!(span(20391231), Some(SPANS - 1));
        assert_eq!((span(18991231), span(20400101), span(0)), (None, None, None));
    }
}
