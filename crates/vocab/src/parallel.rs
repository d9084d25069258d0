//! The same work for several things, on several threads.
//!
//! Enters: how many things, how many threads. Leaves: the results. Never: an order of threads in a result.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does `work` for each of the first `tasks` numbers on `threads` threads, each thread with a state of its own, and returns
/// the states. Which numbers a state has seen depends on chance: what is made of them must not.
///
/// # Panics
/// If a piece of work panics.
pub fn fold<S: Send>(
    tasks: usize,
    threads: usize,
    new: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) + Sync,
) -> Vec<S> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut state = new();
        let taken = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|task| *task < tasks));
        taken.for_each(|task| work(&mut state, task));
        state
    };
    if threads <= 1 || tasks <= 1 {
        return vec![run()];
    }
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(tasks)).map(|_| scope.spawn(run)).collect();
        let mut states = vec![run()];
        states.extend(others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic))));
        states
    })
}

/// Does `work` for each of the first `tasks` numbers on `threads` threads and returns the results in their order.
///
/// # Panics
/// If a piece of work panics.
pub fn in_order<R: Send>(tasks: usize, threads: usize, work: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let done = fold(tasks, threads, Vec::new, |done, task| done.push((task, work(task))));
    let mut done: Vec<(usize, R)> = done.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(task, _)| *task);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does two things, side by side where there are threads for both.
///
/// # Panics
/// If either panics.
pub fn both<A, B: Send>(threads: usize, one: impl FnOnce() -> A, other: impl FnOnce() -> B + Send) -> (A, B) {
    if threads <= 1 {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        (one, other.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_order_on_any_number_of_threads() {
        let expected: Vec<usize> = (0..100).map(|at| at * at).collect();
        for threads in [0, 1, 2, 8, 200] {
            assert_eq!(in_order(100, threads, |at| at * at), expected, "{threads} threads");
            let sums = fold(100, threads, || 0, |sum, at| *sum += at);
            assert_eq!(sums.iter().sum::<usize>(), 4_950, "{threads} threads");
        }
        assert!(in_order(0, 4, |at| at).is_empty());
        for threads in [0, 1, 2] {
            assert_eq!(both(threads, || 3, || "x"), (3, "x"));
        }
    }
}
