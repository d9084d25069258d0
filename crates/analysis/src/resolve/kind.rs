//! Which agreement is of the kind that can mean one person, however much it weighs: evidence of a person, not only of a household.
//!
//! Enters: the levels of a pair, and whether what it shares identifies. Leaves: yes or no. Never: a weight.

use super::compare::{Level, Levels};
use super::weigh::Conflict;

/// Decides whether the agreement is of the kind that can mean "same": person-level evidence, not only a household's.
pub(crate) fn may_be_same(
    levels: &Levels,
    hard: bool,
    email: bool,
    line: bool,
    one_year: bool,
    conflict: Option<Conflict>,
) -> bool {
    let dob_open = matches!(levels.dob, Level::Missing | Level::YearAndPart | Level::Year) || levels.dob_agrees();
    let nothing_to_ask = levels.given == Level::Missing;
    match conflict {
        // A hard identifier outvotes one conflict, but a name only where the date of birth agrees too.
        // Whoever lives under another's number brings a name of their own and often borrows the date as well.
        Some(Conflict::Given) => {
            let tied = levels.surname_agrees() || email || line || levels.is_placed();
            // Twins have two numbers: the last digits in common are no more a matter of the family than the whole number.
            let numbered = hard
                || levels.ssn == Level::LastFour && levels.surname_agrees() && (line || email || levels.is_housed());
            numbered && levels.dob == Level::Exact && tied
        }
        Some(Conflict::Dob) => hard && (levels.given_agrees() || nothing_to_ask) && levels.surname_agrees(),
        // One name, one birthday and one home or line under two numbers: somebody else's number, or a wrong one.
        Some(Conflict::Ssn) => {
            let one_name = levels.given == Level::Exact && levels.surname == Level::Exact && levels.dob == Level::Exact;
            hard && levels.given_agrees() && levels.dob_agrees() || one_name && (line || email || levels.is_housed())
        }
        Some(_) => false,
        None if nothing_to_ask => {
            // The part before the @ is one person's where the birthday is, or nearly is under the surname.
            let dated = levels.dob != Level::Missing && levels.surname_agrees() && dob_open;
            let local = levels.email == Level::Local && (levels.dob == Level::Exact || dated);
            let numbered = hard && dob_open || email || local;
            // A surname and a birthday: how rare both are decides.
            let near_home = line || levels.is_in_place();
            let born = levels.surname_agrees() && (levels.dob == Level::Exact || levels.dob_agrees() && near_home);
            // A surname at a house, of a list that has no more: the household's name stands for whoever is listed.
            let listed = levels.surname == Level::Exact && levels.is_housed() && levels.dob == Level::Missing;
            let numbered_birth = (hard || levels.ssn == Level::LastFour) && levels.dob == Level::Exact;
            levels.surname != Level::Other && (numbered || numbered_birth)
                || born
                || listed
                || hard && levels.dob == Level::Exact
        }
        None if !levels.given_agrees() => {
            // Near names need both a number and a date, or a birthday under the surname in the same place: twins have names
            // of their own, and two such names are different ones.
            // A slip in the day or month will do in one house: brothers are a year apart.
            let slip = levels.dob_agrees() && one_year && levels.is_housed();
            let born = levels.dob == Level::Exact && levels.is_in_place() || slip;
            hard && levels.dob_agrees() || levels.given == Level::Near && levels.surname == Level::Exact && born
        }
        None => dob_open && is_one_person(levels, hard, email, line),
    }
}

/// Tells whether given names that agree stand beside enough of anything else, the dates of birth apart from each other or not.
fn is_one_person(levels: &Levels, hard: bool, email: bool, line: bool) -> bool {
    let person = hard || levels.ssn == Level::OneEdit && levels.dob_agrees() || levels.ssn == Level::LastFour;
    let whole_name = levels.given == Level::Exact && levels.surname == Level::Exact;
    let in_town = levels.state == Level::Town;
    let named = levels.surname_agrees() || levels.surname == Level::Missing;
    let one_exact = levels.given == Level::Exact || levels.surname == Level::Exact;
    let half_dated = levels.dob == Level::YearAndPart && levels.surname_agrees() && one_exact;
    let near_date = levels.dob_agrees() && named || half_dated;
    // A near date or a year of birth will do beside the place of birth or the town: how rare it all is decides.
    let born_there = in_town && (levels.dob_agrees() || levels.dob == Level::Year);
    let dated = levels.dob == Level::Exact || near_date || born_there;
    let by_town = in_town && levels.surname_agrees();
    let placed = match levels.address {
        Level::Exact | Level::NoUnit => levels.surname_agrees(),
        // A whole name within one postcode: its rarity decides; and so it does where the year of birth agrees too.
        Level::Street | Level::Zip => whole_name || by_town || levels.dob == Level::Year && levels.surname_agrees(),
        // A name within one town: how rare both are decides.
        _ => by_town,
    };
    let mailed = email || levels.email == Level::Local && (levels.surname_agrees() || levels.dob != Level::Missing);
    let lined = line && (levels.surname_agrees() || levels.dob_agrees());
    person || dated || placed || mailed || lined
}
