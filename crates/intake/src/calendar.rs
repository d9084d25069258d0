//! Days that formats and columns hold as numbers.
//!
//! Enters: days counted from 1970-01-01. Leaves: year, month and day. Never: a judgement of whether anybody was born then.

/// Returns year, month and day of a day counted from 1970-01-01 (proleptic Gregorian; Howard Hinnant's `civil_from_days`). Unlike
/// the dates of a library it has no first and no last year: what a damaged file holds is written as it stands.
pub(crate) fn date(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u32, day as u32)
}
