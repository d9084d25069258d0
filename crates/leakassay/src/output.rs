//! Data to stdout, words to stderr. A reader that closes the pipe early is no error.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::{fs, io};

use vocab::Problem;

use crate::failure::Failure;

/// Writes a result to stdout.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::ours(
            format!("cannot write to stdout: {}", error.kind()),
            "redirect the output to a place with room",
        )),
        _ => Ok(()),
    }
}

/// Writes words to stderr; if nobody listens, nothing is lost.
pub(crate) fn say(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Writes an error to stderr.
pub(crate) fn error(text: &str) {
    say(text);
}

/// Names a problem with a piece of evidence on stderr, whether quiet or not: an input that was not used is never silent.
pub(crate) fn problem(problem: &Problem) {
    say(&format!("problem: {}: {}\n  next: {}", problem.path, problem.cause, problem.hint));
}

/// Serialises a result for machines: pretty, with a trailing newline.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value)
        .map_err(|_| Failure::ours("a result could not be written as JSON", "please report it"))?;
    text.push('\n');
    Ok(text)
}

/// Returns what evidence or a file of the case says, fit for a terminal: control characters are shown, not obeyed.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// Writes a file so that it is there whole or not at all: a temporary name, flushed to disk, then renamed.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    stream_atomically(path, |file| file.write_all(bytes))
}

/// As [`write_atomically`], for what is too large to be made before it is written. A device or a pipe (`/dev/null`,
/// `/dev/stdout`) is written to as it is: a rename would put a file in its place.
pub(crate) fn stream_atomically(
    path: &Path,
    fill: impl FnOnce(&mut io::BufWriter<fs::File>) -> io::Result<()>,
) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        const BUFFER: usize = 1 << 20;
        if fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            let mut device = io::BufWriter::with_capacity(BUFFER, fs::OpenOptions::new().write(true).open(path)?);
            fill(&mut device)?;
            return device.flush();
        }
        let temporary = path.with_extension("part");
        let mut file = io::BufWriter::with_capacity(BUFFER, fs::File::create(&temporary)?);
        fill(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| Failure::cannot_write(path, &error))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::FileTypeExt;

    use super::*;

    #[test]
    fn a_pipe_is_written_to_and_stays_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || fs::read(pipe).unwrap()
        });
        write_atomically(&pipe, b"row").unwrap();
        assert_eq!(reader.join().unwrap(), b"row");
        assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert!(!folder.path().join("pipe.part").exists());
    }
}
