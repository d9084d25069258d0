//! Finds the files below the given paths, in sorted order, without leaving the case.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use vocab::{ForensicPath, Problem, ProblemKind};

use super::container::unreadable;
use super::limits::Limits;

/// A file found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Path for addresses.
    pub(super) path: String,
    /// Path to open.
    pub(super) disk_path: PathBuf,
    /// Size.
    pub(super) bytes: u64,
}

/// Finds files; each is named once even if several paths lead to it.
pub(super) fn find(root: &Path, paths: &[PathBuf], limits: &Limits) -> (Vec<Found>, Vec<Problem>) {
    let root = plain(&std::path::absolute(root).unwrap_or_else(|_| root.to_path_buf()));
    let mut search = Search { root: &root, limits, walked: BTreeSet::new(), found: Vec::new(), problems: Vec::new() };
    for path in paths {
        let absolute = plain(&root.join(path));
        // What lies below the root may not lead out of it; what was named elsewhere, not out of its own folder.
        let bounds = if absolute.starts_with(&root) { root.as_path() } else { absolute.parent().unwrap_or(&absolute) };
        let bounds = fs::canonicalize(bounds).unwrap_or_else(|_| bounds.to_path_buf());
        search.visit(&absolute, &bounds);
    }
    let Search { mut found, problems, .. } = search;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found.dedup_by(|a, b| a.path == b.path);
    (found, problems)
}

/// Resolves `.` and `..` in the text of the path alone.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

struct Search<'a> {
    root: &'a Path,
    limits: &'a Limits,
    walked: BTreeSet<PathBuf>,
    found: Vec<Found>,
    problems: Vec<Problem>,
}

impl Search<'_> {
    fn visit(&mut self, path: &Path, bounds: &Path) {
        let name = self.name(path);
        let address = ForensicPath::file(&name);
        let (meta, real) = match fs::metadata(path).and_then(|meta| Ok((meta, fs::canonicalize(path)?))) {
            Ok(both) => both,
            Err(error) => return self.problems.push(unreadable(&address, &error)),
        };
        if !real.starts_with(bounds) {
            let cause = "a link leads out of the case folder";
            let hint = "copy the file into the case, or name its real path as evidence";
            return self.problem(&address, ProblemKind::LinkLeavesCase, cause, hint);
        }
        if meta.is_dir() {
            return self.folder(path, &real, &address, bounds);
        }
        if !meta.is_file() {
            let cause = "a device, pipe or socket is not evidence";
            return self.problem(&address, ProblemKind::Unsupported, cause, "give a copy as a regular file");
        }
        if self.found.len() >= self.limits.files {
            let cause = "more files than the limit";
            return self.problem(&address, ProblemKind::LimitReached, cause, "assess the folders one by one");
        }
        self.found.push(Found { path: name, disk_path: path.to_path_buf(), bytes: meta.len() });
    }

    fn folder(&mut self, path: &Path, real: &Path, address: &ForensicPath, bounds: &Path) {
        // Whatever way leads there, a folder is walked once: links in a circle would be walked for ever.
        if !self.walked.insert(real.to_path_buf()) {
            return;
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.problems.push(unreadable(address, &error)),
        };
        let mut inside: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        inside.sort();
        for path in inside {
            self.visit(&path, bounds);
        }
    }

    fn name(&self, path: &Path) -> String {
        let name = path.strip_prefix(self.root).ok().filter(|rest| !rest.as_os_str().is_empty()).unwrap_or(path);
        let parts: Vec<_> = name.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts.join("/").replace("//", "/")
    }

    fn problem(&mut self, address: &ForensicPath, kind: ProblemKind, cause: &str, hint: &str) {
        let path = address.to_string();
        self.problems.push(Problem { kind, path, cause: cause.to_owned(), hint: hint.to_owned() });
    }
}
