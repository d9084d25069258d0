//! `rules preview`: what detectors of the user's own would find on a case. Shapes and addresses, never values.

use std::path::{Path, PathBuf};

use intake::detect::{self, DetectorPreview, HitExample, Identifiers, TextHits};
use intake::open::{self, Depth, EvidenceFile, Limits};
use serde::Serialize;
use vocab::DataElement;
use vocab::progress::Progress;

use super::Outcome;
use crate::args::{Common, Preview};
use crate::assessment::evidence::may_be_a_value;
use crate::case::Case;
use crate::failure::Failure;
use crate::output;
use crate::progress::StageLines;

/// Most examples and most columns shown of a detector.
const MOST_EXAMPLES: usize = 5;
const MOST_COLUMNS: usize = 20;

#[derive(Serialize)]
struct PreviewOutput {
    schema: &'static str,
    files: usize,
    rules: Vec<RulePreview>,
}

/// What one detector would find.
#[derive(Serialize)]
struct RulePreview {
    rule: String,
    element: DataElement,
    /// Values of columns that have the form, and those that pass the checksum as well.
    cells: u64,
    cells_passed: u64,
    columns: Vec<ColumnPreview>,
    text: TextPreview,
    /// Hits where other rules know the element: the same one, another one.
    known_same: u64,
    known_other: u64,
    /// Share of the same among them; null where other rules know none of the places.
    precision: Option<f64>,
    examples: Vec<ExamplePreview>,
}

#[derive(Serialize)]
struct ColumnPreview {
    file: String,
    table: String,
    column: String,
    values: u64,
    formed: u64,
    passed: u64,
    /// What the other rules report there.
    known: Option<DataElement>,
    /// Whether the column would be reported by this detector.
    reported: bool,
}

#[derive(Default, Serialize)]
struct TextPreview {
    formed: u64,
    passed: u64,
    spoken_for: u64,
    spoken_against: u64,
    reported: u64,
}

#[derive(Serialize)]
struct ExamplePreview {
    address: String,
    shape: String,
    passes: bool,
}

/// Previews the detectors of the rulebook that was named.
pub(crate) fn run(preview: &Preview, common: &Common) -> Result<Outcome, Failure> {
    let book = super::rulebook(common)?;
    let mut ids = Identifiers::load(&book)?;
    if ids.detectors.is_empty() {
        return Err(Failure::wrong_use(
            "the rulebook has no detectors of your own",
            "write one to DIR/detectors/NAME.toml and name the folder: --rulebook DIR; docs/detectors.md shows how",
        ));
    }
    if let Some(name) = &preview.rule {
        ids.detectors.retain(|detector| detector.rule.name == *name);
        if ids.detectors.is_empty() {
            let what = format!("there is no detector `{}` in the rulebook", output::visible(name));
            return Err(Failure::wrong_use(what, "name a detector by the `name` in its file"));
        }
    }
    let known = Identifiers::load(&book.without_detectors())?;
    let (root, paths, limits) = evidence(preview)?;
    let progress = StageLines::new(common.quiet);
    let survey = open::survey(&root, &paths, &limits, Depth::Full, common.threads(), &progress);
    let mut rules: Vec<RulePreview> = ids.detectors.iter().map(RulePreview::new).collect();
    progress.start("preview", "bytes", Some(survey.files.iter().map(|file| file.bytes).sum()));
    for file in &survey.files {
        let found = detect::preview(file, &known, &ids, &limits, common.threads(), &progress);
        rules.iter_mut().zip(found).for_each(|(rule, found)| rule.add(file, found));
    }
    progress.finish(&format!("{} files", survey.files.len()));
    rules.iter_mut().for_each(RulePreview::close);
    let printed = PreviewOutput { schema: "leakassay/rules-preview/1", files: survey.files.len(), rules };
    output::print(&if common.json { output::to_json(&printed)? } else { to_text(&printed) })?;
    survey.problems.iter().for_each(output::problem);
    Ok(if survey.problems.is_empty() { Outcome::Done } else { Outcome::InputUnusable })
}

/// The paths to look at, what they are relative to, and how they are opened: those of a case, or as they were typed.
fn evidence(preview: &Preview) -> Result<(PathBuf, Vec<PathBuf>, Limits), Failure> {
    let is_case = |path: &Path| path.join("case.toml").is_file() || path.ends_with("case.toml");
    match preview.paths.as_slice() {
        [path] if is_case(path) => {
            let case = Case::open(path)?;
            Ok((case.root.clone(), case.evidence_paths(), case.limits()?))
        }
        paths => Ok((PathBuf::from("."), paths.to_vec(), preview.opening.limits()?)),
    }
}

impl RulePreview {
    fn new(detector: &detect::Detector) -> Self {
        RulePreview {
            rule: detector.rule.name.clone(),
            element: detector.rule.element,
            cells: 0,
            cells_passed: 0,
            columns: Vec::new(),
            text: TextPreview::default(),
            known_same: 0,
            known_other: 0,
            precision: None,
            examples: Vec::new(),
        }
    }

    fn add(&mut self, file: &EvidenceFile, found: DetectorPreview) {
        for hits in found.columns {
            let head = &file.tables[hits.table];
            self.cells += hits.formed;
            self.cells_passed += hits.passed;
            match hits.known {
                Some(known) if known == self.element => self.known_same += hits.passed,
                Some(_) => self.known_other += hits.passed,
                None => {}
            }
            let recognised = hits.known.is_some() || hits.typed || !file.format.contains("json");
            let name = head.columns.get(hits.column).cloned().flatten();
            let name = name.filter(|name| recognised && !may_be_a_value(name));
            self.columns.push(ColumnPreview {
                file: file.path.clone(),
                table: head.name.clone(),
                column: name.unwrap_or_else(|| format!("#{}", hits.column)),
                values: hits.values,
                formed: hits.formed,
                passed: hits.passed,
                known: hits.known,
                reported: hits.typed,
            });
        }
        let TextHits { formed, passed, spoken_for, spoken_against, reported, same, other } = found.text;
        let text = &mut self.text;
        text.formed += formed;
        text.passed += passed;
        text.spoken_for += spoken_for;
        text.spoken_against += spoken_against;
        text.reported += reported;
        self.known_same += same;
        self.known_other += other;
        let shown = |HitExample { address, shape, passes }: HitExample| ExamplePreview {
            address: address.to_string(),
            shape: output::visible(&shape),
            passes,
        };
        let room = MOST_EXAMPLES - self.examples.len();
        self.examples.extend(found.examples.into_iter().take(room).map(shown));
    }

    fn close(&mut self) {
        let known = self.known_same + self.known_other;
        self.precision = (known > 0).then(|| (self.known_same as f64 / known as f64 * 1e4).round() / 1e4);
    }
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

fn to_text(preview: &PreviewOutput) -> String {
    let mut text = String::new();
    for rule in &preview.rules {
        text.push_str(&format!("{}  ({})\n", rule.rule, rule.element.as_str()));
        text.push_str(&format!(
            "  columns: {} values have the form, {} pass the check\n",
            rule.cells,
            share(rule.cells_passed, rule.cells)
        ));
        for column in rule.columns.iter().take(MOST_COLUMNS) {
            let known = column.known.map_or_else(|| "no other rule knows it".to_owned(), |e| format!("known as {e}"));
            text.push_str(&format!(
                "    {} {} {}: {} of {} values, {} pass; {known}{}\n",
                column.file,
                column.table,
                output::visible(&column.column),
                column.formed,
                column.values,
                share(column.passed, column.formed),
                if column.reported { "; would be reported" } else { "" }
            ));
        }
        if rule.columns.len() > MOST_COLUMNS {
            text.push_str(&format!(
                "    and {} more columns; --json has them all\n",
                rule.columns.len() - MOST_COLUMNS
            ));
        }
        let found = &rule.text;
        text.push_str(&format!(
            "  text: {} places have the form, {} pass the check; of these {} have a word for it near, {} a word against it; {} \
             would be reported\n",
            found.formed,
            share(found.passed, found.formed),
            share(found.spoken_for, found.passed),
            share(found.spoken_against, found.passed),
            found.reported
        ));
        let known = rule.known_same + rule.known_other;
        text.push_str(&match rule.precision {
            Some(precision) => format!(
                "  precision {precision:.3}, where other rules know the element ({known} hits); the others cannot be told\n"
            ),
            None => "  precision cannot be told: no other rule knows the places of its hits\n".to_owned(),
        });
        for example in &rule.examples {
            let fails = if example.passes { "" } else { "  fails the check" };
            text.push_str(&format!("    {}  {}{fails}\n", example.address, example.shape));
        }
    }
    text
}
