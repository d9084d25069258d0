//! One way to run the program and one way to make a case.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// How a run of the program ended.
pub(crate) struct Session {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    words: String,
}

impl Session {
    /// Asserts the exit code; shows all that was said if it is another.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Session {
        let Session { code: ended, stdout, stderr, words } = &self;
        assert_eq!(*ended, code, "leakassay {words}\n-- stdout\n{stdout}\n-- stderr\n{stderr}");
        self
    }

    /// Asserts that the words to the user contain `part`.
    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Session {
        let Session { stderr, words, .. } = &self;
        assert!(stderr.contains(part), "leakassay {words} does not say {part:?}\n-- stderr\n{stderr}");
        self
    }

    /// Reads stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_str(&self.stdout) {
            Ok(value) => value,
            Err(error) => panic!("leakassay {}: {error}\n-- stdout\n{}", self.words, self.stdout),
        }
    }
}

/// The program as built for these tests.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_leakassay"))
}

/// The program with its arguments, ready to be changed and run.
pub(crate) fn command(words: &[&str]) -> Command {
    let mut command = Command::new(program());
    command.args(words).env_remove("NO_COLOR");
    command
}

/// Runs the program to its end.
#[track_caller]
pub(crate) fn leakassay(words: &[&str]) -> Session {
    finish(&mut command(words))
}

/// Runs a prepared command to its end.
#[track_caller]
pub(crate) fn finish(command: &mut Command) -> Session {
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
    let Output { status, stdout, stderr } = command.output().unwrap();
    Session {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
        words,
    }
}

/// A case folder that is removed with its handle.
pub(crate) struct Case {
    folder: TempDir,
}

impl Case {
    /// Makes an empty folder.
    pub(crate) fn empty() -> Case {
        Case { folder: TempDir::new().unwrap() }
    }

    /// Makes a case of these evidence files.
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Case {
        let case = Case::empty();
        for (name, bytes) in files {
            case.add(name, bytes);
        }
        let paths: Vec<&str> = files.iter().map(|(name, _)| *name).collect();
        case.describe(&paths);
        case
    }

    /// Writes a file of the case.
    pub(crate) fn add(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Writes a case.toml that names these paths as evidence.
    pub(crate) fn describe(&self, paths: &[&str]) {
        let mut text = String::from(
            "[case]\nname = \"Test\"\ncontroller = \"Northwind\"\nregimes = [\"telecom-carrier\"]\n\
             as_of = \"2026-08-17T09:00:00Z\"\ndiscovered = \"2026-08-12T15:00:00Z\"\n",
        );
        for path in paths {
            text.push_str(&format!("\n[[evidence]]\npath = {path:?}\n"));
        }
        self.add("case.toml", text.as_bytes());
    }

    /// Copies a case with its evidence, without what was made from it.
    pub(crate) fn copy_of(other: &Path) -> Case {
        let case = Case::empty();
        copy_folder(other, case.root());
        case
    }

    /// Returns the folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the folder as a word of a command.
    pub(crate) fn word(&self) -> &str {
        self.root().to_str().unwrap()
    }

    /// Returns the path of a file of the case.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Runs `assess` on it.
    #[track_caller]
    pub(crate) fn assess(&self) -> Session {
        leakassay(&["assess", self.word(), "--quiet"])
    }

    /// Reads assessment.json.
    #[track_caller]
    pub(crate) fn assessment(&self) -> Value {
        read_json(&self.path("assessment/assessment.json"))
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name() == "assessment" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Reads a JSON file.
#[track_caller]
pub(crate) fn read_json(path: &Path) -> Value {
    let text = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every file below a folder, in order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// A simulated case, assessed; made once for all tests that only read it.
pub(crate) struct Shared {
    pub(crate) root: PathBuf,
    /// What `assess` printed.
    pub(crate) session: Session,
}

impl Shared {
    /// Returns the folder as a word of a command.
    pub(crate) fn word(&self) -> &str {
        self.root.to_str().unwrap()
    }

    /// Reads assessment.json.
    pub(crate) fn assessment(&self) -> Value {
        read_json(&self.root.join("assessment/assessment.json"))
    }
}

/// People in the simulated case: enough for every file and state, few enough to take seconds.
const PEOPLE: &str = "4000";

/// Returns the simulated case.
pub(crate) fn simulated() -> &'static Shared {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    SHARED.get_or_init(|| {
        let root = scratch("simulated");
        let word = root.to_str().unwrap();
        leakassay(&["simulate", "full-dump", "--people", PEOPLE, "--seed", "11", "--out", word, "-q"]).ends_with(0);
        let session = leakassay(&["assess", word]).ends_with(0);
        Shared { root, session }
    })
}

/// A folder below the target folder for this process; those of processes that are gone are removed.
fn scratch(name: &str) -> PathBuf {
    let base = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(base).unwrap();
    for entry in fs::read_dir(base).unwrap().flatten() {
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let process = file_name.strip_prefix(&format!("{name}-")).map(str::to_owned);
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    base.join(format!("{name}-{}", std::process::id()))
}

/// A table of people that no part of the program made: fictional, structurally valid, in the given order of columns.
pub(crate) fn hand_made(rows: usize) -> Vec<[String; 8]> {
    const GIVEN: [&str; 12] =
        ["Maria", "James", "Aiko", "Dmitri", "Fatima", "Liam", "Chloe", "Kwame", "Ingrid", "Rafael", "Noor", "Tomasz"];
    const SURNAME: [&str; 11] = [
        "Alvarez",
        "Whitfield",
        "Tanaka",
        "Petrov",
        "Rahman",
        "O'Connor",
        "Dubois",
        "Mensah",
        "Lindqvist",
        "Moreau",
        "Kowalski",
    ];
    const PLACE: [(&str, &str, &str, &str); 5] = [
        ("Boise", "ID", "83702", "208"),
        ("Tulsa", "OK", "74103", "918"),
        ("Madison", "WI", "53703", "608"),
        ("Tacoma", "WA", "98402", "253"),
        ("Albany", "NY", "12207", "518"),
    ];
    (0..rows)
        .map(|index| {
            let (city, state, zip, area) = PLACE[index % PLACE.len()];
            let given = GIVEN[index % GIVEN.len()];
            let surname = format!("{}{}", SURNAME[index % SURNAME.len()], ["", "-Hale", "son"][index / 132 % 3]);
            [
                given.to_owned(),
                surname,
                format!("{:04}-{:02}-{:02}", 1941 + index * 7 % 60, 1 + index * 5 % 12, 1 + index * 11 % 28),
                format!("{:03}-{:02}-{:04}", 518 + index * 3 % 120, 10 + index * 13 % 80, 1000 + index * 37 % 8999),
                format!("({area}) {:03}-{:04}", 234 + index * 17 % 700, 1000 + index * 31 % 8999),
                format!("{} {} St", 100 + index * 19 % 9000, ["Maple", "Second", "Orchard", "Hill"][index % 4]),
                format!("{city}, {state}"),
                zip.to_owned(),
            ]
        })
        .collect()
}

/// The same table as CSV with a header.
pub(crate) fn hand_made_csv(rows: usize) -> String {
    let mut text = String::from("first_name,last_name,birth_date,ssn,mobile,street,city_state,zip\n");
    for row in hand_made(rows) {
        let cells: Vec<String> = row.iter().map(|cell| format!("\"{cell}\"")).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}
