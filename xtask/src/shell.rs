//! Running other programs from the root of the repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a task ends with. The message says what failed and what to do.
pub(crate) type Outcome = Result<(), String>;

/// Returns the root of the repository.
///
/// Asked of the cargo that runs us, not of the one that compiled us: clones may share a folder of compiled things, and
/// one clone's tasks must not run in another.
pub(crate) fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from("xtask"), PathBuf::from);
    xtask.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Returns the folder of compiled things, as cargo sees it.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Returns the cargo that runs us, so that one toolchain builds everything.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // What cargo tells a program it runs must not reach the cargo that this program runs: build scripts watch these names,
    // and the query engine would be compiled again for each folder the repository is cloned to.
    let told = |name: &str| ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.starts_with(start));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(told)) {
        command.env_remove(name);
    }
    command
}

/// Runs a program to its end and shows what it prints.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| format!("cannot start {}: {error}", words(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", words(command))) }
}

/// Runs a program and returns what it writes to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let out = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start {}: {error}", words(command)))?;
    if !out.status.success() {
        return Err(format!("{} ended with {}", words(command), out.status));
    }
    String::from_utf8(out.stdout).map_err(|_| format!("{} did not print text", words(command)))
}

/// Tells whether a program of this name can be started.
pub(crate) fn installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Returns the tracked files whose names end so, relative to the root, in order.
pub(crate) fn tracked(endings: &[&str]) -> Result<Vec<String>, String> {
    let mut git = Command::new("git");
    let list = output(git.current_dir(root()).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
    let wanted = |file: &&str| endings.is_empty() || endings.iter().any(|ending| file.ends_with(ending));
    let exists = |file: &&str| root().join(file).is_file();
    Ok(list.split_terminator('\0').filter(wanted).filter(exists).map(str::to_owned).collect())
}

/// Reads a tracked text file.
pub(crate) fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(root().join(file)).map_err(|error| format!("cannot read {file}: {error}"))
}

fn words(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
