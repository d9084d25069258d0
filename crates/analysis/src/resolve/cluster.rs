//! Joins links into clusters, strongest first, and refuses to join clusters that contradict each other.
//!
//! Enters: links. Leaves: a [`Partition`] of the rows, the forest that explains it, the refusals. Never: a refusal
//! without a reason; a result that depends on the order of the links.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use vocab::Record;

use super::compare::{Level, dob_level, issued_together, neighbouring_years, ssn_edits, suffix_level};
use super::decide::Decided;
use super::pairs::Link;
use super::weigh::{Conflict, Weigher};

/// Rows of a cluster looked at when two clusters are compared: as many as one may have that is joined by other than exact
/// identifiers, so that the order of the rows does not decide which are seen.
const LOOKED_AT: usize = 50;

/// Disjoint sets of rows.
pub(crate) struct Partition {
    parent: Vec<u32>,
}

impl Partition {
    pub(crate) fn new(rows: usize) -> Self {
        Partition { parent: (0..rows as u32).collect() }
    }

    pub(crate) fn root(&mut self, row: u32) -> u32 {
        let mut row = row;
        while self.parent[row as usize] != row {
            let above = self.parent[self.parent[row as usize] as usize];
            self.parent[row as usize] = above;
            row = above;
        }
        row
    }

    /// Joins two sets; the smaller row becomes the root, so that roots do not depend on the order of unions.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return false;
        }
        self.parent[a.max(b) as usize] = a.min(b);
        true
    }

    /// Returns the root of every row.
    pub(crate) fn roots(mut self) -> Vec<u32> {
        // Parents have smaller numbers than their children, so one pass from the left settles every row.
        for row in 0..self.parent.len() {
            self.parent[row] = self.parent[self.parent[row] as usize];
        }
        self.parent
    }
}

/// A guarded clustering.
pub(crate) struct Clustering {
    pub(crate) roots: Vec<u32>,
    /// Indices of the links that joined two clusters.
    pub(crate) forest: Vec<u32>,
    /// Indices of the links that were refused, with the reason.
    pub(crate) refused: Vec<(u32, Conflict)>,
}

impl Clustering {
    /// Counts the refusals by reason.
    pub(crate) fn refusals(&self) -> BTreeMap<Conflict, u64> {
        let mut counts = BTreeMap::new();
        self.refused.iter().for_each(|(_, conflict)| *counts.entry(*conflict).or_default() += 1);
        counts
    }
}

/// What people decided, beside the rows as they are joined.
struct Obeyed<'a> {
    decided: &'a Decided,
    /// Roots of groups that nothing may join.
    locked: FxHashSet<u32>,
    /// Roots of groups with a row that some other row must stay apart from.
    marked: FxHashSet<u32>,
}

impl<'a> Obeyed<'a> {
    /// Takes the groups as they are after the decided unions.
    fn new(decided: &'a Decided, partition: &mut Partition) -> Self {
        let locked = decided.locked.iter().map(|row| partition.root(*row)).collect();
        let marked = decided.apart.iter().flat_map(|(a, b)| [*a, *b]).map(|row| partition.root(row)).collect();
        Obeyed { decided, locked, marked }
    }

    /// Tells whether a decision keeps two groups apart.
    fn forbids(&self, partition: &mut Partition, left: u32, right: u32) -> bool {
        if self.locked.contains(&left) || self.locked.contains(&right) {
            return true;
        }
        let both = self.marked.contains(&left) && self.marked.contains(&right);
        both && self.decided.apart.iter().any(|(a, b)| {
            let (a, b) = (partition.root(*a), partition.root(*b));
            (a, b) == (left, right) || (b, a) == (left, right)
        })
    }

    fn note(&mut self, left: u32, right: u32) {
        if self.marked.contains(&left.max(right)) {
            self.marked.insert(left.min(right));
        }
    }
}

/// Joins the links for which `accept` holds, in their order (strongest first), unless the clusters conflict.
pub(crate) fn guarded(
    weigher: &Weigher,
    links: &[Link],
    limit: usize,
    decided: &Decided,
    accept: impl Fn(&Link) -> bool,
) -> Clustering {
    let rows = weigher.records.len();
    let mut guard = Guard {
        weigher,
        partition: Partition::new(rows),
        next: (0..rows as u32).collect(),
        size: vec![1; rows],
        limit,
    };
    for (a, b) in &decided.united {
        let (left, right) = (guard.partition.root(*a), guard.partition.root(*b));
        if left != right {
            guard.unite(left, right);
        }
    }
    let mut obeyed = Obeyed::new(decided, &mut guard.partition);
    let (mut forest, mut refused) = (Vec::new(), Vec::new());
    for (index, link) in links.iter().enumerate().filter(|(_, link)| accept(link)) {
        let (left, right) = (guard.partition.root(link.left), guard.partition.root(link.right));
        if left == right {
            continue;
        }
        let forbidden = obeyed.forbids(&mut guard.partition, left, right).then_some(Conflict::Decided);
        match forbidden.or_else(|| guard.conflict(left, right, link)) {
            None => {
                guard.unite(left, right);
                obeyed.note(left, right);
                forest.push(index as u32);
            }
            Some(conflict) => refused.push((index as u32, conflict)),
        }
    }
    Clustering { roots: guard.partition.roots(), forest, refused }
}

/// Joins every link without a guard, but for what people decided: the fewest people the evidence allows.
pub(crate) fn unguarded(rows: usize, links: &[Link], decided: &Decided) -> Vec<u32> {
    let mut partition = Partition::new(rows);
    for (a, b) in &decided.united {
        partition.join(*a, *b);
    }
    let mut obeyed = Obeyed::new(decided, &mut partition);
    for link in links {
        let (left, right) = (partition.root(link.left), partition.root(link.right));
        if left != right && !obeyed.forbids(&mut partition, left, right) {
            partition.join(left, right);
            obeyed.note(left, right);
        }
    }
    partition.roots()
}

struct Guard<'a, 'b> {
    weigher: &'a Weigher<'b>,
    partition: Partition,
    /// The rows of a cluster as a ring.
    next: Vec<u32>,
    size: Vec<u32>,
    limit: usize,
}

impl Guard<'_, '_> {
    fn unite(&mut self, left: u32, right: u32) {
        let (root, other) = (left.min(right), left.max(right));
        self.partition.join(root, other);
        self.next.swap(root as usize, other as usize);
        self.size[root as usize] += self.size[other as usize];
    }

    fn members(&self, root: u32) -> ([u32; LOOKED_AT], usize) {
        let mut rows = [root; LOOKED_AT];
        let (mut count, mut row) = (1, self.next[root as usize]);
        while row != root && count < LOOKED_AT {
            rows[count] = row;
            count += 1;
            row = self.next[row as usize];
        }
        (rows, count)
    }

    fn row(&self, row: u32) -> &Record {
        &self.weigher.records.records[row as usize]
    }

    /// Compares the given names of two clusters.
    fn given(&self, a: &[u32], b: &[u32]) -> Option<bool> {
        let names = &self.weigher.names;
        // Alone in its row, and the surname of the others: the wrong column, and nothing is known of the given name.
        let strays = |x: u32, others: &[u32]| {
            let misplaced = |y: &u32| names.misplaced(self.row(x), self.row(*y));
            self.row(x).surname == 0 && others.iter().any(|y| matches!(misplaced(y), Some((Level::Missing, _))))
        };
        let twins = self.are_twins(a, b);
        let level = |x: &u32, y: &u32| match names.given_of_rows(self.row(*x), self.row(*y)) {
            Level::Other if strays(*x, b) || strays(*y, a) => Level::Missing,
            Level::Nickname | Level::Close | Level::Near if twins => Level::Other,
            level => level,
        };
        let written_out = agreement(a, b, |x, y| match level(x, y) {
            Level::Missing | Level::Initial => None,
            level => Some(level != Level::Other),
        });
        // An initial agrees with many names: it decides only where no two written-out names can be compared.
        written_out.or_else(|| {
            agreement(a, b, |x, y| match level(x, y) {
                Level::Missing => None,
                level => Some(level != Level::Other),
            })
        })
    }

    /// Tells whether two clusters have no number in common and two that were issued one after the other.
    fn are_twins(&self, a: &[u32], b: &[u32]) -> bool {
        let number = |row: &u32| self.weigher.own_ssn(*row as usize);
        let of = |rows: &[u32]| rows.iter().filter_map(number).collect::<Vec<u32>>();
        let (here, there) = (of(a), of(b));
        let together = |x: &u32| there.iter().any(|y| issued_together(*x, *y));
        here.iter().any(together) && !here.iter().any(|x| there.contains(x))
    }

    /// Compares the dates of birth of two clusters. A day or a month in common is a slip where one of the two dates stands
    /// alone or all else agrees, and no second date.
    fn dob(&self, a: &[u32], b: &[u32], link: &Link) -> Option<bool> {
        let date = |row: &u32| self.row(*row).dob;
        let level = |x: &u32, y: &u32| dob_level(date(x), date(y));
        let agrees = agreement(a, b, |x, y| match level(x, y) {
            Level::Missing | Level::Year => None,
            level => Some(matches!(level, Level::Exact | Level::Swapped | Level::OneEdit)),
        });
        let dated = |rows: &[u32]| rows.iter().filter(|row| date(row) != 0).count();
        let lone_date = dated(a).min(dated(b)) == 1;
        let is_slip = |x: &u32, y: &u32| match level(x, y) {
            Level::Year => true,
            Level::YearAndPart => lone_date || link.is_exact() || neighbouring_years(date(x), date(y)),
            _ => false,
        };
        let slips = || a.iter().any(|x| b.iter().any(|y| is_slip(x, y)));
        agrees.filter(|agrees| *agrees || !slips())
    }

    fn conflict(&self, left: u32, right: u32, link: &Link) -> Option<Conflict> {
        let size = self.size[left as usize] as usize + self.size[right as usize] as usize;
        if size > self.limit && !link.is_exact() {
            return Some(Conflict::Size);
        }
        let ((a, a_count), (b, b_count)) = (self.members(left), self.members(right));
        let (a, b) = (&a[..a_count], &b[..b_count]);
        if let ([_], [_]) = (a, b) {
            // Two single rows were judged as a pair already.
            return None;
        }
        let row = |row: &u32| self.row(*row);
        let alone = a.len().min(b.len()) == 1;
        let (given, dob) = (self.given(a, b), self.dob(a, b, link));
        let number = |row: &u32| self.weigher.own_ssn(*row as usize);
        let ssn = agreement(a, b, |x, y| Some(ssn_edits(number(x)?, number(y)?) <= 2));
        let suffix = agreement(a, b, |x, y| match suffix_level(row(x).suffix, row(y).suffix) {
            Level::Missing | Level::OneMissing => None,
            level => Some(level != Level::Other),
        });
        let all = [(given, Conflict::Given), (dob, Conflict::Dob), (ssn, Conflict::Ssn), (suffix, Conflict::Suffix)];
        let mut found = all.iter().filter(|(agrees, _)| *agrees == Some(false)).map(|(_, conflict)| *conflict);
        match (found.next(), found.next()) {
            (None, _) => None,
            // A row entered wrong in both, under the identity number: one row, as below.
            (Some(Conflict::Given), Some(Conflict::Dob))
                if link.is_hard() && link.is_mistaken() && alone && found.next().is_none() =>
            {
                None
            }
            (Some(_), Some(_)) => Some(Conflict::Several),
            // One conflict is outvoted by an identity number in common; a suffix never is, and a name only by the
            // date of birth as well.
            (Some(Conflict::Suffix), None) => Some(Conflict::Suffix),
            // A value entered wrong stands on one row; two rows that agree on it speak of somebody.
            (Some(Conflict::Given | Conflict::Dob), None) if link.is_mistaken() && alone => None,
            (Some(Conflict::Given), None) if link.is_hard() && dob == Some(true) => None,
            (Some(Conflict::Dob | Conflict::Ssn), None) if link.is_hard() => None,
            (Some(Conflict::Ssn), None) if link.has_two_numbers() => None,
            (Some(Conflict::Dob), None) if link.is_one_generation() => None,
            (Some(conflict), None) => Some(conflict),
        }
    }
}

/// Compares two clusters in one field: `Some(true)` if any two values agree, `Some(false)` if there are values on both
/// sides and none agree, `None` where one side has none.
fn agreement(a: &[u32], b: &[u32], agrees: impl Fn(&u32, &u32) -> Option<bool>) -> Option<bool> {
    let mut seen = None;
    for x in a {
        for y in b {
            match agrees(x, y) {
                Some(true) => return Some(true),
                Some(false) => seen = Some(false),
                None => {}
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_the_first_rows_whatever_the_order() {
        let mut one = Partition::new(6);
        for (a, b) in [(4, 5), (1, 4), (3, 2)] {
            one.join(a, b);
        }
        let mut two = Partition::new(6);
        for (a, b) in [(2, 3), (5, 1), (4, 1)] {
            two.join(a, b);
        }
        assert_eq!(one.roots(), [0, 1, 2, 2, 1, 1]);
        assert_eq!(two.roots(), [0, 1, 2, 2, 1, 1]);
    }
}
