//! The inputs that are kept in the repository: one for each kind of outcome, as small as it goes.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::Target;

/// Inputs kept for one target.
const KEPT: usize = 48;
/// Bytes of an input that is kept.
const KEPT_BYTES: usize = 8 << 10;
/// Cuts tried to make one input smaller.
const CUTS: usize = 400;

/// Returns what is kept for a target, in the order of the names.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    paths(&folder).iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Adds what was found, made small, until there is enough.
pub fn add(target: &Target, found: &BTreeMap<u64, Vec<u8>>, folder: &Path) -> ExitCode {
    let folder = folder.join(target.name);
    std::fs::create_dir_all(&folder).expect("the folder of the corpus can be made");
    let mut room = KEPT.saturating_sub(paths(&folder).len());
    let mut small: Vec<(Vec<u8>, u64)> =
        found.iter().map(|(signature, input)| (smaller(target, *signature, input), *signature)).collect();
    small.sort_by_key(|(input, signature)| (input.len(), *signature));
    for (input, signature) in small {
        if room > 0 && input.len() <= KEPT_BYTES {
            let path = folder.join(format!("{signature:016x}.bin"));
            std::fs::write(path, input).expect("the folder of the corpus can be written");
            room -= 1;
        }
    }
    ExitCode::SUCCESS
}

/// Cuts pieces out as long as the outcome stays the same, large ones first.
fn smaller(target: &Target, signature: u64, input: &[u8]) -> Vec<u8> {
    let same = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| (target.run)(input))).is_ok_and(|got| got == signature);
    let mut kept = input.to_vec();
    let (mut piece, mut cuts) = (kept.len() / 2, 0);
    while piece > 0 && cuts < CUTS {
        let mut at = 0;
        while at < kept.len() && cuts < CUTS {
            let without = [&kept[..at], &kept[(at + piece).min(kept.len())..]].concat();
            cuts += 1;
            if same(&without) {
                kept = without;
            } else {
                at += piece;
            }
        }
        piece /= 2;
    }
    kept
}
