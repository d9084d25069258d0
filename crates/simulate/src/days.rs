//! Days as numbers, for speed: days since 1970-01-01 in the Gregorian calendar.

/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: i32,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

/// Days since 1970-01-01 (Howard Hinnant, days_from_civil, public domain).
pub(crate) const fn number(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year as i32 - 719_468
}

/// The date of a day number.
pub(crate) const fn date(number: i32) -> Date {
    let number = number + 719_468;
    let era = number.div_euclid(146_097);
    let of_era = number.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = (of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100)) as u32;
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    Date { year, month, day: of_year - (153 * shifted + 2) / 5 + 1 }
}

/// The ISO form of a day.
pub(crate) fn iso(day: i32) -> String {
    let Date { year, month, day } = date(day);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whole years from `birth` to `day`.
pub(crate) fn age(birth: i32, day: i32) -> i32 {
    let (born, now) = (date(birth), date(day));
    now.year - born.year - i32::from((now.month, now.day) < (born.month, born.day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_go_there_and_back() {
        assert_eq!(number(1970, 1, 1), 0);
        assert_eq!(number(2000, 3, 1), 11_017);
        for day in (-40_000..40_000).step_by(13) {
            let Date { year, month, day: of_month } = date(day);
            assert_eq!(number(year, month, of_month), day);
            let civil = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(day);
            assert_eq!(iso(day), civil.to_string());
        }
    }

    #[test]
    fn people_age_on_their_birthday() {
        assert_eq!(age(number(2008, 8, 18), number(2026, 8, 17)), 17);
        assert_eq!(age(number(2008, 8, 17), number(2026, 8, 17)), 18);
    }
}
