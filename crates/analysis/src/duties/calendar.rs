//! Business days of the United States: Monday to Friday without the legal public holidays of the rulebook.

use jiff::civil::{Date, Weekday as Day, date};
use rulebook::duties::{Calendar, Holiday, Weekday};

/// Returns the name of the legal public holiday that is kept on `day` (on it or, from a weekend, observed on it).
pub fn holiday_on(calendar: &Calendar, day: Date) -> Option<&str> {
    // New Year's Day of the next year may be observed on 31 December.
    let years = [day.year(), day.year().saturating_add(1)];
    let kept = |holiday: &&Holiday| {
        years
            .iter()
            .filter_map(|year| falls_on(holiday, *year))
            .any(|falls| falls == day || observed(falls) == Some(day))
    };
    calendar.holidays.iter().find(kept).map(|holiday| holiday.name.as_str())
}

/// Returns the day on which `business_days` whole business days after `start` have run; the day of the event does not
/// count. `None` beyond the years for which the calendar speaks.
pub fn add_business_days(calendar: &Calendar, start: Date, business_days: u32) -> Option<Date> {
    if start.year() < calendar.valid_from_year {
        return None;
    }
    let mut day = start;
    let mut left = business_days;
    while left > 0 {
        day = day.tomorrow().ok()?;
        if is_business_day(calendar, day) {
            left -= 1;
        }
    }
    Some(day)
}

/// Tells whether `day` is neither on a weekend nor a holiday.
pub(super) fn is_business_day(calendar: &Calendar, day: Date) -> bool {
    !matches!(day.weekday(), Day::Saturday | Day::Sunday) && holiday_on(calendar, day).is_none()
}

/// Returns the day a holiday falls on in a year, by its rule.
fn falls_on(holiday: &Holiday, year: i16) -> Option<Date> {
    if holiday.since.is_some_and(|since| year < since) {
        return None;
    }
    match (holiday.day, holiday.weekday, holiday.nth) {
        (Some(day), _, _) => Date::new(year, holiday.month, day).ok(),
        (None, Some(weekday), Some(nth)) => date_of(year, holiday.month)?.nth_weekday_of_month(nth, of(weekday)).ok(),
        _ => None,
    }
}

fn date_of(year: i16, month: i8) -> Option<Date> {
    Date::new(year, month, 1).ok()
}

/// A holiday on a Saturday is observed on the Friday before, one on a Sunday on the Monday after.
fn observed(falls: Date) -> Option<Date> {
    match falls.weekday() {
        Day::Saturday => falls.yesterday().ok(),
        Day::Sunday => falls.tomorrow().ok(),
        _ => Some(falls),
    }
}

const fn of(weekday: Weekday) -> Day {
    match weekday {
        Weekday::Monday => Day::Monday,
        Weekday::Tuesday => Day::Tuesday,
        Weekday::Wednesday => Day::Wednesday,
        Weekday::Thursday => Day::Thursday,
        Weekday::Friday => Day::Friday,
    }
}

/// The last day of the year of `day`.
pub(super) fn year_end(day: Date) -> Date {
    date(day.year(), 12, 31)
}
