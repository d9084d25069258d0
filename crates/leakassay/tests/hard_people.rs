//! Hand-made people who are hard to tell apart or to put together, alone and among a crowd of ordinary ones.
//!
//! The files of `data/people` have three columns of their own: the case, what is expected of it, whose row it is. `exact`:
//! rows are joined if and only if they are one person's. `apart`: no two people are joined. `open`: the rows do not tell,
//! only the interval must hold the truth. A row of `?` may be anybody's.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::session::{Case, leakassay};

/// Most frequent names from which the crowd is drawn.
const GIVEN: usize = 1_500;
const SURNAMES: usize = 4_000;
/// Share of the crowd with a second row, one in so many.
const SECOND_ROW: u64 = 3;

/// A repeatable source of numbers.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// One of a list, the first far more often than the last, as names are.
    fn name<'a>(&mut self, names: &[&'a str]) -> &'a str {
        let share = self.below(1 << 20) as f64 / f64::from(1u32 << 20);
        names[((names.len() as f64).powf(share) as usize - 1).min(names.len() - 1)]
    }
}

fn names(list: &'static str, most: usize) -> Vec<&'static str> {
    let lines = list.lines().filter(|line| !line.starts_with(['#', '=']));
    let mut seen = BTreeSet::new();
    lines.filter_map(|line| line.split_whitespace().next()).filter(|name| seen.insert(*name)).take(most).collect()
}

/// Rows of ordinary people, in the columns asked for; a third have a second row that lacks something.
fn crowd(columns: &[&str], people: usize) -> Vec<Vec<String>> {
    const PLACES: [(&str, &str, &str); 5] = [
        ("98102", "WA", "206"),
        ("10001", "NY", "212"),
        ("60601", "IL", "312"),
        ("94110", "CA", "415"),
        ("77002", "TX", "713"),
    ];
    let given = names(include_str!("../../../rulebook/names/given.txt"), GIVEN);
    let surnames = names(include_str!("../../../rulebook/names/surnames.txt"), SURNAMES);
    let mut draw = Draw(11);
    let mut rows = Vec::new();
    for number in 0..people {
        let (first, last) = (draw.name(&given), draw.name(&surnames));
        let (zip, state, area) = PLACES[draw.below(5) as usize];
        let dob = format!("{}-{:02}-{:02}", 1935 + draw.below(74), 1 + draw.below(12), 1 + draw.below(28));
        let address =
            format!("{} {} St", 1 + draw.below(9_999), ["Oak", "Main", "Walnut", "Sunset"][draw.below(4) as usize]);
        let fields = BTreeMap::from([
            ("given", first.to_owned()),
            ("surname", last.to_owned()),
            ("name", if columns.contains(&"age") { format!("{last} {first}") } else { format!("{first} {last}") }),
            ("dob", dob),
            ("ssn", format!("{:03}-{:02}-{:04}", 1 + draw.below(665), 1 + draw.below(99), 1 + draw.below(9_999))),
            ("phone", format!("{area}-{}-{:04}", 230 + draw.below(700), draw.below(10_000))),
            ("email", format!("{first}.{last}{number}@posthaus-mail.net").to_lowercase()),
            ("address", address),
            ("state", state.to_owned()),
            ("zip", zip.to_owned()),
            ("age", draw.below(90).to_string()),
        ]);
        let row = |without: &str| -> Vec<String> {
            let cell = |column: &&str| fields.get(*column).filter(|_| *column != without).cloned().unwrap_or_default();
            columns.iter().map(cell).collect()
        };
        rows.push(row(""));
        if draw.below(SECOND_ROW) == 0 {
            rows.push(row(["email", "phone", "ssn"][draw.below(3) as usize]));
        }
    }
    rows
}

/// A hand-made row: case, expectation, whose, and the cells.
type Row<'a> = (&'a str, &'a str, &'a str, Vec<String>);

fn hand_made(text: &str) -> (Vec<&str>, Vec<Row<'_>>) {
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().unwrap()[3..].to_vec();
    let row = |cells: Vec<&'_ str>| cells[3..].iter().map(|cell| (*cell).to_owned()).collect();
    (
        columns,
        text.lines()
            .skip(1)
            .map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                (cells[0], cells[1], cells[2], row(cells))
            })
            .collect(),
    )
}

/// Counts the hand-made rows of a file among a crowd, and checks every case, the interval, and how far off the count is:
/// a name and a postcode are often all there is of two people.
fn check(text: &str, people: usize, off_percent: u64) {
    let (columns, rows) = hand_made(text);
    let crowd = crowd(&columns, people);
    let cells = rows.iter().map(|row| &row.3).chain(&crowd);
    let lines: Vec<String> = cells.map(|cells| cells.join(",")).collect();
    let case = Case::of(&[("rows.csv", format!("{}\n{}\n", columns.join(","), lines.join("\n")).as_bytes())]);
    let (path, out) = (case.path("rows.csv"), case.path("ids.csv"));
    let words = ["people", path.to_str().unwrap(), "--out", out.to_str().unwrap(), "--json", "-q"];
    let counted = leakassay(&words).ends_with(0).json();
    let ids = fs::read_to_string(out).unwrap();
    let ids: Vec<&str> = ids.lines().skip(1).map(|line| line.rsplit(',').next().unwrap()).collect();
    let mut wrong = Vec::new();
    for (index, (name, expected, who, _)) in rows.iter().enumerate().filter(|(_, row)| row.1 != "open" && row.2 != "?")
    {
        for (other, (_, _, other_who, _)) in
            rows.iter().enumerate().take(index).filter(|(_, row)| row.0 == *name && row.2 != "?")
        {
            let joined = ids[index] == ids[other] && !ids[index].is_empty();
            if joined && who != other_who {
                wrong.push(format!("{name}: two people were joined"));
            } else if !joined && who == other_who && *expected == "exact" {
                wrong.push(format!("{name}: one person was taken for two"));
            }
        }
    }
    assert!(wrong.is_empty(), "among {people}: {wrong:#?}");
    check_interval(&counted, &rows, people, off_percent);
}

fn check_interval(counted: &Value, rows: &[Row], people: usize, off_percent: u64) {
    let known: BTreeSet<(&str, &str)> = rows.iter().filter(|row| row.2 != "?").map(|row| (row.0, row.2)).collect();
    let known = (known.len() + people) as u64;
    let bound = |name: &str| counted["people"][name].as_u64().unwrap();
    // A row that may be anybody's is somebody's at most.
    let most = known + rows.iter().filter(|row| row.2 == "?").count() as u64;
    assert!(bound("low") <= known && most <= bound("high"), "{known} to {most}: {counted}");
    assert!(bound("likely").abs_diff(known) <= known * off_percent / 100 + 3, "{known}: {counted}");
}

#[test]
fn customers_are_told_apart_and_put_together() {
    let text = include_str!("data/people/customers.csv");
    check(text, 2_000, 1);
    check(text, 30_000, 1);
}

#[test]
fn few_fields_and_households_are_not_joined_by_what_they_share() {
    check(include_str!("data/people/few.csv"), 3_000, 6);
    check(include_str!("data/people/census.csv"), 3_000, 6);
}
