//! How a command fails: what, on what, what to do next, and the exit code that scripts see.

use std::fmt;

use intake::normalize::TooManyRows;
use vocab::Problem;

/// Who has to act. Decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command, a case file or a rule is wrong: the user can mend it.
    Use,
    /// A piece of evidence could not be used.
    Evidence,
    /// Our fault, or the machine's.
    Ours,
}

/// A failure that ends a command. Holds no personal value and no library's error text that could quote one.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    what: String,
    hint: String,
}

impl Failure {
    /// The user can mend it: `what` failed, `hint` says how to go on.
    pub(crate) fn wrong_use(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure { kind: Kind::Use, what: what.into(), hint: hint.into() }
    }

    /// A piece of evidence could not be used.
    pub(crate) fn evidence(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure { kind: Kind::Evidence, what: what.into(), hint: hint.into() }
    }

    /// Our fault, or the machine's.
    pub(crate) fn ours(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure { kind: Kind::Ours, what: what.into(), hint: hint.into() }
    }

    /// A file of ours could not be written: usually a full disk or a missing permission, so the system's reason is said.
    pub(crate) fn cannot_write(path: &std::path::Path, error: &std::io::Error) -> Self {
        Failure::ours(
            format!("cannot write {}: {}", path.display(), error.kind()),
            "make room or choose a writable folder, then run the command again; finished stages are kept",
        )
    }

    /// Returns the exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Use => 2,
            Kind::Evidence => 3,
            Kind::Ours => 4,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  next: {}", self.what, self.hint)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::evidence(format!("{}: {}", problem.path, problem.cause), problem.hint)
    }
}

impl From<rulebook::RuleError> for Failure {
    fn from(error: rulebook::RuleError) -> Self {
        Failure::wrong_use(
            error.to_string(),
            "mend the rule file, or leave out --rulebook to use the embedded rulebook",
        )
    }
}

impl From<TooManyRows> for Failure {
    fn from(refusal: TooManyRows) -> Self {
        Failure::evidence(
            refusal.to_string(),
            "split the files into several cases; people are then counted case by case",
        )
    }
}
