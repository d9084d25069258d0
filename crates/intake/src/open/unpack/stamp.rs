//! Days and seconds as ISO text, for formats that store them as numbers.

use crate::calendar;

/// Writes the date of a day counted from 1970-01-01.
pub(super) fn date(days: i64) -> String {
    let (year, month, day) = calendar::date(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Writes a moment given in milliseconds from 1970-01-01.
pub(super) fn moment(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    let (seconds, thousandths) = (rest / 1_000, rest % 1_000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let fraction = if thousandths == 0 { String::new() } else { format!(".{thousandths:03}") };
    format!("{}T{clock}{fraction}Z", date(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(-1), "1969-12-31");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(-25_567), "1900-01-01");
        assert_eq!(moment(951_782_400_123), "2000-02-29T00:00:00.123Z");
        assert_eq!(moment(-1_000), "1969-12-31T23:59:59Z");
    }
}
