//! The same work for several things, on several threads.
//!
//! Enters: how many things, how many threads. Leaves: the results in the order of the things. Never: an order of
//! threads in a result.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` for each of the first `count` numbers; a panic of one is the caller's.
pub(crate) fn in_order<R: Send>(count: usize, threads: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    if threads <= 1 || count <= 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let turn = || {
        let taken = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < count));
        taken.map(|at| (at, work(at))).collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(count)).map(|_| scope.spawn(turn)).collect();
        let mut done = turn();
        others.into_iter().for_each(|other| done.extend(other.join().unwrap_or_else(|it| resume_unwind(it))));
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_are_in_order_on_any_number_of_threads() {
        let expected: Vec<usize> = (0..100).map(|at| at * at).collect();
        for threads in [0, 1, 2, 8, 200] {
            assert_eq!(in_order(100, threads, |at| at * at), expected, "{threads} threads");
        }
        assert!(in_order(0, 4, |at| at).is_empty());
    }
}
