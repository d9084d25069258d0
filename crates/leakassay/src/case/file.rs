//! What `case.toml` may say. Unknown keys are refused: a mistyped key must not silently limit what is assessed.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use intake::detect::{Decision, unmatched};
use intake::open::EvidenceFile;
use jiff::Timestamp;
use serde::Deserialize;
use vocab::claim::Assertion;
use vocab::facts::Facts;

use crate::failure::Failure;
use crate::output::visible;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseFile {
    pub(crate) case: CaseSection,
    pub(crate) claim: Option<Assertion>,
    #[serde(default)]
    pub(crate) evidence: Vec<Evidence>,
    #[serde(default)]
    pub(crate) reference: Vec<Reference>,
    #[serde(default)]
    pub(crate) column: Vec<Decision>,
    #[serde(default)]
    pub(crate) log: Vec<Log>,
    #[serde(default)]
    pub(crate) indicator: Vec<Indicator>,
    #[serde(default)]
    pub(crate) door: Vec<Door>,
    /// Facts that breach laws ask for and data cannot show.
    pub(crate) facts: Option<Facts>,
}

/// `[case]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CaseSection {
    pub(crate) name: String,
    pub(crate) controller: Option<String>,
    #[serde(default)]
    pub(crate) regimes: Vec<String>,
    pub(crate) as_of: Timestamp,
    pub(crate) discovered: Option<Timestamp>,
    /// Tried on encrypted archives and documents.
    #[serde(default)]
    pub(crate) passwords: Vec<String>,
    /// Hash lists of files that are no evidence.
    #[serde(default)]
    pub(crate) known_files: Vec<PathBuf>,
}

/// `[[evidence]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    pub(crate) path: PathBuf,
    pub(crate) obtained: Option<String>,
}

impl Evidence {
    /// Returns the paths meant, relative to `root`. A file that is really called so comes before a pattern.
    pub(super) fn expanded(&self, root: &Path) -> Vec<PathBuf> {
        let written = self.path.to_string_lossy();
        let pattern = format!("{}/{written}", Pattern::escape(&root.to_string_lossy()));
        if !written.contains(['*', '?', '[']) || root.join(&self.path).symlink_metadata().is_ok() {
            return vec![self.path.clone()];
        }
        let found = glob::glob_with(&pattern, LIKE_A_SHELL).into_iter().flatten().filter_map(Result::ok);
        // A root of "." is not repeated in what is found.
        let mut paths: Vec<PathBuf> =
            found.map(|path| path.strip_prefix(root).map(Path::to_path_buf).unwrap_or(path)).collect();
        paths.sort();
        if paths.is_empty() { vec![self.path.clone()] } else { paths }
    }

    /// Tells whether a file of the case lies under this path or pattern.
    pub(super) fn covers(&self, path: &Path) -> bool {
        let pattern = Pattern::new(&self.path.to_string_lossy()).ok();
        let matches = |path: &Path| pattern.as_ref().is_some_and(|it| it.matches_path_with(path, LIKE_A_SHELL));
        path.starts_with(&self.path) || path.ancestors().any(matches)
    }
}

/// A star stays within a folder and leaves out hidden files.
const LIKE_A_SHELL: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// `[[reference]]`: the controller's own records.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) source: String,
    pub(crate) key: Option<String>,
    pub(crate) valid_from: Option<String>,
    pub(crate) valid_to: Option<String>,
}

/// `[[log]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub(crate) source: String,
    pub(crate) path: String,
    pub(crate) system: String,
}

/// `[[indicator]]`: what is known of the intruder.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read so that a mistyped key is refused; access reconstruction will use them")]
pub(crate) struct Indicator {
    pub(crate) ip: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) to: Option<Timestamp>,
}

/// `[[door]]`: an entry point believed closed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Door {
    pub(crate) name: String,
    pub(crate) closed: Option<Timestamp>,
}

/// Most decisions on columns.
const MOST_COLUMN_DECISIONS: usize = 10_000;

/// Decisions about columns in a file of their own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DecisionsFile {
    column: Vec<Decision>,
}

/// Reads a file of decisions.
pub(crate) fn decisions(path: &Path) -> Result<Vec<Decision>, Failure> {
    let hint = "write for each column `[[column]]`, `file`, `column` and `element` (a code or \"none\")";
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::wrong_use(format!("cannot read {}: {}", path.display(), error.kind()), hint))?;
    Ok(parse::<DecisionsFile>(&text, path, hint)?.column)
}

/// Refuses decisions that fit no column: the user would take them for applied. A file that was seen in part only may hold the
/// table further on.
pub(crate) fn check_decisions(decisions: &[Decision], files: &[EvidenceFile]) -> Result<(), Failure> {
    let hint = "name file, table and column (or `#` and its number) as `leakassay scan` prints them; a file with several tables \
                needs `table`, a file with the same bytes as an earlier one is named by the earlier";
    if decisions.len() > MOST_COLUMN_DECISIONS {
        return Err(Failure::wrong_use(
            format!("more than {MOST_COLUMN_DECISIONS} decisions on columns"),
            "leave some out",
        ));
    }
    let seen_in_part =
        |decision: &Decision| files.iter().any(|file| file.path == decision.file && file.seen_share < 1.0);
    match unmatched(decisions, files).into_iter().find(|decision| !seen_in_part(decision)) {
        None => Ok(()),
        Some(Decision { file, column, .. }) => Err(Failure::wrong_use(
            format!("the decision on column `{}` of {} fits no column", visible(column), visible(file)),
            hint,
        )),
    }
}

/// Reads TOML. Only the parser's own words and the line are said; it would quote the line itself otherwise.
fn parse<T: serde::de::DeserializeOwned>(text: &str, path: &Path, hint: &str) -> Result<T, Failure> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let words = error.message().lines().next().unwrap_or("not valid TOML").to_owned();
        Failure::wrong_use(format!("{}, line {line}: {words}", path.display()), format!("mend the line; {hint}"))
    })
}

impl CaseFile {
    /// Reads the text of a case file.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, Failure> {
        let file: CaseFile = parse(text, path, "the README lists every key of case.toml with an example")?;
        file.check(path)?;
        Ok(file)
    }

    fn check(&self, path: &Path) -> Result<(), Failure> {
        let wrong = |what: String, hint: &str| Err(Failure::wrong_use(format!("{}: {what}", path.display()), hint));
        if self.evidence.is_empty() && self.log.is_empty() {
            return wrong(
                "neither [[evidence]] nor [[log]] is given, so there is nothing to assess".into(),
                "add an [[evidence]] with the path of the dump or sample",
            );
        }
        let mut paths: Vec<&Path> = self.evidence.iter().map(|evidence| evidence.path.as_path()).collect();
        paths.extend(self.log.iter().map(|log| Path::new(&log.path)));
        for evidence in paths {
            let leaves = evidence.components().any(|part| matches!(part, std::path::Component::ParentDir));
            if evidence.is_absolute() || leaves {
                return wrong(
                    format!("the path {} leads out of the case folder", evidence.display()),
                    "put the evidence into the case folder, so that the case is complete and can be verified elsewhere",
                );
            }
        }
        if let Some(discovered) = self.case.discovered
            && discovered > self.case.as_of
        {
            return wrong(
                "`discovered` lies after `as_of`".into(),
                "as_of is the stated time of the assessment; set it to now or later than the discovery",
            );
        }
        Ok(())
    }
}
