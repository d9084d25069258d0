//! The run: passes over the people, chunks made on all threads, appended in order on one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::{fs, thread};

use rulebook::Rulebook;
use vocab::progress::Progress;
use vocab::truth::Truth;

use crate::chunk::{CHUNK_BLOCKS, Chunk, ChunkMaker, PASSES, Pass};
use crate::dirt::Dirtiness;
use crate::output::Output;
use crate::people::{BLOCK, Maker};
use crate::rows::RowMaker;
use crate::scenario::Scenario;
use crate::ssn_book::SsnBook;
use crate::tally::Tally;
use crate::world::World;
use crate::{MOST_PEOPLE, SimulateError, case, truth};

/// Chunks that may wait for their turn, for each thread: the memory of a run.
const WAITING: u64 = 3;

pub(crate) fn full_dump(
    people: u64,
    seed: u64,
    dirtiness: Dirtiness,
    out: &Path,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Truth, SimulateError> {
    if people == 0 || people > MOST_PEOPLE {
        return Err(SimulateError::People { people });
    }
    case::check_free(out)?;
    let rules = Rulebook::embedded();
    let world = World::load(&rules)?;
    let scenario = Scenario::new(people, seed, dirtiness);
    let maker = Maker::new(&world, scenario);
    let mut output = Output::create(out)?;
    progress.start("number people", "people", None);
    let ssns = SsnBook::draw_up(&maker);
    progress.finish("Social Security numbers drawn, none twice");
    let mut tally = Tally::default();
    for pass in PASSES {
        let stage = if pass.first { "simulate" } else { "simulate, further tables" };
        progress.start(stage, "people", Some(people));
        run_pass(pass, &maker, &ssns, threads, &mut |chunk| {
            output.append(&chunk)?;
            progress.advance(chunk.people);
            tally.add(chunk.tally);
            Ok(())
        })?;
        progress.finish(&format!("{} tables of {people} people written", pass.tables.len()));
    }
    let root = output.root().to_owned();
    output.finish()?;
    case::write(&root, &scenario)?;
    let truth = truth::draw_up(&scenario, &world, &tally, &rules)?;
    let text = serde_json::to_vec_pretty(&truth)
        .map_err(|_| SimulateError::Broken { invariant: "the truth can be written as JSON" })?;
    fs::write(root.join("truth.json"), text).map_err(|error| SimulateError::write("truth.json", &error))?;
    Ok(truth)
}

/// How far the appending is, so that nobody runs ahead of it.
struct Turn {
    appended: Mutex<u64>,
    moved: Condvar,
    stop: AtomicBool,
}

impl Turn {
    fn lock(&self) -> MutexGuard<'_, u64> {
        // The number stays true whoever panicked while holding it.
        self.appended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a chunk may be made; false if the run has failed.
    fn wait(&self, number: u64, ahead: u64) -> bool {
        let mut appended = self.lock();
        while number >= *appended + ahead && !self.stop.load(Ordering::Relaxed) {
            appended = self.moved.wait(appended).unwrap_or_else(PoisonError::into_inner);
        }
        !self.stop.load(Ordering::Relaxed)
    }

    fn advance(&self) {
        *self.lock() += 1;
        self.moved.notify_all();
    }

    fn stop(&self) {
        let _held = self.lock();
        self.stop.store(true, Ordering::Relaxed);
        self.moved.notify_all();
    }
}

/// Makes all chunks of a pass and hands them over in order.
fn run_pass(
    pass: Pass,
    maker: &Maker,
    ssns: &SsnBook,
    threads: usize,
    append: &mut dyn FnMut(Chunk) -> Result<(), SimulateError>,
) -> Result<(), SimulateError> {
    let everybody = if pass.first { maker.scenario.customers() } else { maker.scenario.people };
    let chunks = everybody.div_ceil(CHUNK_BLOCKS * BLOCK as u64);
    let next = AtomicU64::new(0);
    let turn = Turn { appended: Mutex::new(0), moved: Condvar::new(), stop: AtomicBool::new(false) };
    let (sender, receiver) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let (sender, next, turn) = (sender.clone(), &next, &turn);
            scope.spawn(move || {
                let mut chunk_maker = ChunkMaker::new(RowMaker { maker }, ssns, pass);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= chunks || !turn.wait(number, WAITING * threads.max(1) as u64) {
                        return;
                    }
                    if sender.send((number, chunk_maker.make(number))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let outcome = in_order(receiver, &turn, append);
        turn.stop();
        outcome
    })
}

type Made = (u64, Result<Chunk, arrow::error::ArrowError>);

fn in_order(
    receiver: mpsc::Receiver<Made>,
    turn: &Turn,
    append: &mut dyn FnMut(Chunk) -> Result<(), SimulateError>,
) -> Result<(), SimulateError> {
    let mut waiting = BTreeMap::new();
    let mut wanted = 0;
    for (number, chunk) in receiver {
        let chunk = chunk.map_err(|_| SimulateError::Broken { invariant: "columns of a batch have one length" })?;
        waiting.insert(number, chunk);
        while let Some(chunk) = waiting.remove(&wanted) {
            append(chunk)?;
            wanted += 1;
            turn.advance();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::TableId;

    /// The sums of a scenario, without its files.
    fn tally(people: u64, seed: u64, threads: usize) -> Tally {
        let world = World::load(&Rulebook::embedded()).unwrap();
        let maker = Maker::new(&world, Scenario::new(people, seed, Dirtiness::Usual));
        let ssns = SsnBook::draw_up(&maker);
        let mut tally = Tally::default();
        let add = &mut |chunk: Chunk| {
            tally.add(chunk.tally);
            Ok(())
        };
        run_pass(PASSES[0], &maker, &ssns, threads, add).unwrap();
        tally
    }

    #[test]
    fn one_to_two_rows_in_a_hundred_are_dirty() {
        let tally = tally(50_000, 1, 2);
        let sum = |part: fn(&crate::tally::ClassTally) -> u64| tally.classes.iter().map(part).sum::<u64>() as f64;
        let share = sum(|class| class.dirty) / sum(|class| class.rows);
        assert!((0.01..0.02).contains(&share), "{share}");
        let broken = sum(|class| class.broken) / sum(|class| class.rows);
        assert!((0.0005..0.002).contains(&broken), "{broken}");
        assert_eq!(tally.classes[TableId::Devices as usize].broken, 0, "Parquet has no torn rows");
    }

    #[test]
    fn nobody_runs_ahead_of_the_appending() {
        let turn = Turn { appended: Mutex::new(0), moved: Condvar::new(), stop: AtomicBool::new(false) };
        assert!(turn.wait(2, 3), "three chunks may be under way");
        thread::scope(|scope| {
            let waiting = scope.spawn(|| turn.wait(3, 3));
            turn.advance();
            assert!(waiting.join().unwrap(), "the fourth may start when the first is appended");
            let stopped = scope.spawn(|| turn.wait(9, 3));
            turn.stop();
            assert!(!stopped.join().unwrap(), "nobody waits for a run that has failed");
        });
    }

    #[test]
    fn what_is_kept_of_people_is_next_to_nothing() {
        let world = World::load(&Rulebook::embedded()).unwrap();
        let maker = Maker::new(&world, Scenario::new(100_000, 1, Dirtiness::Usual));
        let kept = SsnBook::draw_up(&maker).len();
        assert!(kept > 0 && kept < 1_000, "{kept} of 100,000");
    }

    #[test]
    fn a_failed_file_ends_the_run() {
        let world = World::load(&Rulebook::embedded()).unwrap();
        let maker = Maker::new(&world, Scenario::new(100_000, 1, Dirtiness::Usual));
        let ssns = SsnBook::draw_up(&maker);
        let full = &mut |_| Err(SimulateError::Write { file: "x".to_owned(), kind: std::io::ErrorKind::StorageFull });
        let outcome = run_pass(PASSES[1], &maker, &ssns, 3, full);
        assert!(matches!(outcome, Err(SimulateError::Write { kind: std::io::ErrorKind::StorageFull, .. })));
    }
}
