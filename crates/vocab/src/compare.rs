//! Comparators of normalised values: plain functions that decide the same in a kernel, in SQL and on a cluster.

/// Tells whether two byte strings differ by exactly one insertion, deletion, substitution or swap of neighbours.
pub fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    match (a, b) {
        ([], []) => false,
        ([_] | [], [_] | []) => true,
        ([x, y], [p, q]) => x == q && y == p,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_knows_the_four_kinds() {
        assert!(is_one_edit(b"123456789", b"123456798"));
        assert!(is_one_edit(b"abc", b"abd"));
        assert!(is_one_edit(b"abc", b"ab"));
        assert!(is_one_edit(b"abc", b"aabc"));
        assert!(!is_one_edit(b"abc", b"abc"));
        assert!(!is_one_edit(b"abcd", b"badc"));
    }
}
