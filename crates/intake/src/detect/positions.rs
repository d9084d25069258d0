//! Latitudes and longitudes in two columns.
//!
//! Enters: the columns of a table. Leaves: what a pair of columns of decimal numbers says for positions. Never: two measurements
//! taken for a place because they stand beside each other.

use vocab::DataElement::Geolocation;

use super::column::Column;
use super::typing::Weighed;

/// How numbers of degrees lie.
struct Spread {
    /// Where one in twenty lies below, and one in twenty above.
    low: f64,
    high: f64,
    /// Largest without its sign.
    most: f64,
}

impl Spread {
    fn of(column: &Column<'_>) -> Option<Spread> {
        let number = |cell: &&[u8]| std::str::from_utf8(cell).ok()?.parse::<f64>().ok();
        let mut numbers: Vec<f64> =
            column.distinct.iter().filter_map(number).filter(|value| value.is_finite()).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| numbers.get(((numbers.len().max(1) - 1) as f64 * share) as usize).copied();
        let (low, high) = (at(0.05)?, at(0.95)?);
        let most = numbers.iter().map(|value| value.abs()).fold(0.0, f64::max);
        Some(Spread { low, high, most })
    }

    /// All on one side of zero, and far from it as seen from each other: 47 to 55 degrees. A measurement begins near zero.
    fn is_region(&self, nearest: f64) -> bool {
        let (near, far) = (self.low.abs().min(self.high.abs()), self.low.abs().max(self.high.abs()));
        self.low * self.high > 0.0 && near >= nearest * far
    }

    /// From one side of the world to the other.
    fn is_world(&self) -> bool {
        self.low < -30.0 && self.high > 30.0
    }
}

/// Two columns of degrees with many decimals beside each other, and no third, are latitude and longitude where they lie as
/// positions do: all over the world, or in a region west of Greenwich or south of the equator. In other regions they could be
/// two measurements of a thing: a person should look.
pub(super) fn weigh(weighed: &mut [Weighed<'_>]) {
    let fine: Vec<bool> =
        weighed.iter().map(|at| at.cases.iter().any(|case| case.element == Geolocation && !case.by_name)).collect();
    let far = |column: &Column<'_>| {
        column.distinct_share(|cell| cell.iter().position(|byte| *byte == b'.').is_some_and(|dot| dot >= 2)) > 0.6
    };
    for at in 1..weighed.len() {
        let third = (at >= 2 && fine[at - 2]) || fine.get(at + 1).copied().unwrap_or(false);
        let beside = fine[at - 1] && fine[at] && !third;
        if !beside || !far(&weighed[at - 1].column) || !far(&weighed[at].column) {
            continue;
        }
        let (score, words) = match likeness(&weighed[at - 1].column, &weighed[at].column) {
            Likeness::Positions => (6.0, "beside another column of degrees, and they lie as positions do"),
            Likeness::Perhaps => (4.0, "beside another column of degrees with many decimals"),
            Likeness::No => continue,
        };
        for column in &mut weighed[at - 1..=at] {
            column.add(Geolocation, score, words);
        }
    }
}

enum Likeness {
    Positions,
    Perhaps,
    No,
}

fn likeness(one: &Column<'_>, other: &Column<'_>) -> Likeness {
    /// Nobody lives farther from the equator.
    const FARTHEST: f64 = 72.0;
    let (Some(one), Some(other)) = (Spread::of(one), Spread::of(other)) else { return Likeness::No };
    let (latitude, longitude) = if one.most <= other.most { (one, other) } else { (other, one) };
    if latitude.most > 90.0 || longitude.most > 180.0 {
        return Likeness::No;
    }
    let abroad = |spread: &Spread| spread.high < 0.0 && spread.is_region(0.3);
    let region = latitude.is_region(0.35) && longitude.is_region(0.35);
    let everywhere = latitude.is_world() && longitude.is_world() && longitude.most > 90.0;
    if everywhere || (region && (abroad(&latitude) || abroad(&longitude))) {
        Likeness::Positions
    } else if latitude.is_region(0.6) && latitude.most <= FARTHEST {
        Likeness::Perhaps
    } else {
        Likeness::No
    }
}
