//! One line a stage: a bar with its rate on a terminal, a plain line at the end otherwise. No invented time to go.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use vocab::progress::Progress;

use crate::output;

/// Draws stages on stderr.
pub(crate) struct StageLines {
    quiet: bool,
    current: Mutex<Option<Stage>>,
}

struct Stage {
    name: String,
    unit: &'static str,
    bar: ProgressBar,
    begun: Instant,
}

impl StageLines {
    /// Draws on stderr unless `quiet`.
    pub(crate) fn new(quiet: bool) -> Self {
        StageLines { quiet, current: Mutex::new(None) }
    }

    fn stage(&self) -> std::sync::MutexGuard<'_, Option<Stage>> {
        // A poisoned lock only means that a drawing thread panicked; the line it holds is still good.
        self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Progress for StageLines {
    fn start(&self, stage: &str, unit: &'static str, total: Option<u64>) {
        let shown = !self.quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target).with_style(style(unit, total.is_some()));
        bar.set_prefix(format!("{stage:<12}"));
        bar.enable_steady_tick(Duration::from_millis(200));
        *self.stage() = Some(Stage { name: stage.to_owned(), unit, bar, begun: Instant::now() });
    }

    fn advance(&self, units: u64) {
        if let Some(stage) = self.stage().as_ref() {
            stage.bar.inc(units);
        }
    }

    fn finish(&self, outcome: &str) {
        let Some(stage) = self.stage().take() else { return };
        stage.bar.finish_and_clear();
        if self.quiet {
            return;
        }
        let seconds = stage.begun.elapsed().as_secs_f64();
        output::say(&format!("{:<12} {outcome}  [{}]", stage.name, pace(stage.bar.position(), stage.unit, seconds)));
    }
}

fn pace(done: u64, unit: &str, seconds: f64) -> String {
    if done == 0 || seconds < 0.01 {
        return format!("{seconds:.1} s");
    }
    let rate = (done as f64 / seconds) as u64;
    match unit {
        "bytes" => format!("{seconds:.1} s, {}/s", HumanBytes(rate)),
        _ => format!("{seconds:.1} s, {} {unit}/s", HumanCount(rate)),
    }
}

fn style(unit: &str, bounded: bool) -> ProgressStyle {
    let counts = match (unit, bounded) {
        ("bytes", true) => "{bar:30} {bytes}/{total_bytes} {bytes_per_sec}",
        ("bytes", false) => "{spinner} {bytes} {bytes_per_sec}",
        (_, true) => "{bar:30} {human_pos}/{human_len} {per_sec}",
        (_, false) => "{spinner} {human_pos} {per_sec}",
    };
    ProgressStyle::with_template(&format!("{{prefix}} {counts}")).unwrap_or_else(|_| ProgressStyle::default_bar())
}
