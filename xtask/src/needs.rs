//! Programs that some tests drive and a Rust toolchain does not bring: installed where that can be done, named where not.

use std::process::{Command, Stdio};

use crate::shell;

/// A program that tests need.
struct Need {
    /// Word in `LEAKASSAY_WITHOUT`, and what the tests that need it ask for.
    name: &'static str,
    /// Programs, any of which will do.
    programs: &'static [&'static str],
    /// Folders searched after PATH; Debian keeps some programs out of it.
    folders: &'static [&'static str],
    /// Debian packages that bring it.
    packages: &'static [&'static str],
    /// What is not tested without it.
    tests: &'static str,
}

const NEEDS: &[Need] = &[
    Need {
        name: "postgresql",
        programs: &["initdb"],
        folders: &["/usr/lib/postgresql/*/bin"],
        packages: &["postgresql"],
        tests: "reading the dumps of a real pg_dump",
    },
    Need {
        name: "chromium",
        programs: &["chromium", "chromium-browser", "google-chrome"],
        folders: &[],
        packages: &["chromium"],
        tests: "the report as a browser draws and prints it",
    },
];

/// Variable that names, with commas, the programs whose tests are left out. Tests fail where a program is missing and
/// not named here, so nothing is left out by accident.
pub(crate) const WITHOUT: &str = "LEAKASSAY_WITHOUT";

/// What could not be had.
pub(crate) struct Missing {
    /// Word for the variable.
    pub(crate) name: &'static str,
    /// What is not tested.
    pub(crate) tests: &'static str,
}

/// Installs what is missing and returns what still is.
pub(crate) fn provide() -> Vec<Missing> {
    let absent: Vec<&Need> = NEEDS.iter().filter(|need| !present(need)).collect();
    if !absent.is_empty() {
        install(&absent);
    }
    let still = absent.into_iter().filter(|need| !present(need));
    still.map(|need| Missing { name: need.name, tests: need.tests }).collect()
}

fn present(need: &Need) -> bool {
    let in_folder = |folder: &&str| match folder.split_once("/*") {
        Some((parent, rest)) => std::fs::read_dir(parent).into_iter().flatten().flatten().any(|entry| {
            let folder = entry.path().join(rest.trim_start_matches('/'));
            need.programs.iter().any(|program| folder.join(program).is_file())
        }),
        None => need.programs.iter().any(|program| std::path::Path::new(folder).join(program).is_file()),
    };
    need.programs.iter().any(|program| shell::installed(program)) || need.folders.iter().any(in_folder)
}

/// Asks apt-get, as root or through sudo without a password. A failure is not fatal: the caller looks again.
fn install(needs: &[&Need]) {
    if !shell::installed("apt-get") {
        println!("needs: no apt-get on this machine");
        return;
    }
    apt_get(&["update", "-q"]);
    for need in needs {
        println!("needs: installing {} for: {}", need.packages.join(" "), need.tests);
        let mut words = vec!["install", "-y", "-q", "--no-install-recommends"];
        words.extend(need.packages);
        apt_get(&words);
    }
}

fn apt_get(words: &[&str]) {
    let as_root = shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = if as_root { Command::new("env") } else { Command::new("sudo") };
    if !as_root {
        command.args(["-n", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(words);
    let done = command.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let complaint = match done {
        Ok(done) if done.status.success() => return,
        Ok(done) => String::from_utf8_lossy(&done.stderr).lines().last().unwrap_or("no reason given").to_owned(),
        Err(error) => error.to_string(),
    };
    println!("needs: apt-get {} failed: {complaint}", words.first().unwrap_or(&""));
}
