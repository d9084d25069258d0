//! The verdict of each answer in one screenful of plain text.

use vocab::Interval;
use vocab::assessment::{Assessment, YesNo};

use super::at::At;
use super::{format, select};

/// Columns of the screen.
const COLUMNS: usize = 80;
/// Lines of the screen; the last stays free for the prompt.
const LINES: usize = 23;
/// Column where the answers begin.
const INDENT: usize = 15;

/// Returns at most 23 lines of at most 80 columns; the last names the report.
pub(crate) fn screenful(assessment: &Assessment, report_path: &str) -> String {
    let mut screen = Screen { lines: Vec::new() };
    let case = &assessment.case;
    let head = format!("{}, as of {}", format::visible(&case.name), format::moment(&assessment.run.as_of));
    screen.lines.push(cut(&head, COLUMNS));
    if assessment.run.sampled {
        screen.lines.push("FIRST ANSWER FROM A SAMPLE: every count below is an estimate".into());
    }
    screen.lines.push(String::new());
    screen.answer("personal data", &personal_data(assessment), 2);
    screen.answer("people", &people(assessment), 3);
    screen.answer("claim", &claim(assessment), 3);
    screen.answer("door", &door(assessment), 3);
    screen.answer("harm", &harm(assessment), 3);
    screen.answer("duties", &duties(assessment), 3);
    screen.answer("cannot say", &cannot_say(assessment), 2);
    screen.lines.truncate(LINES - 2);
    screen.lines.push(String::new());
    // The path is not cut: it is there to be opened.
    screen.lines.push(format!("report         {}", format::visible(report_path)));
    screen.lines.join("\n") + "\n"
}

struct Screen {
    lines: Vec<String>,
}

impl Screen {
    /// Writes the answer beside its name in at most `limit` lines, broken between words.
    fn answer(&mut self, name: &str, answer: &str, limit: usize) {
        let width = COLUMNS - INDENT;
        let mut lines: Vec<String> = Vec::new();
        for word in answer.split_whitespace() {
            let word = cut(word, width);
            match lines.last_mut().filter(|line| length(line) + 1 + length(&word) <= width) {
                Some(line) => *line = format!("{line} {word}"),
                None => lines.push(word),
            }
        }
        if lines.len() > limit {
            lines.truncate(limit);
            if let Some(line) = lines.last_mut() {
                *line = format!("{} ...", cut(line, width - 4).trim_end_matches("..."));
            }
        }
        for (i, line) in lines.iter().enumerate() {
            self.lines.push(format!("{:<INDENT$}{line}", if i == 0 { name } else { "" }));
        }
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn cut(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    text.chars().take(width - 3).collect::<String>() + "..."
}

fn range(count: &Interval) -> String {
    if count.low == count.high {
        return format::count(count.likely);
    }
    let [low, likely, high] = [count.low, count.likely, count.high].map(format::count);
    format!("{likely} (at least {low}, at most {high})")
}

fn first(grounds: &[String]) -> String {
    grounds.first().map_or_else(String::new, |ground| format!(": {}", format::visible(ground)))
}

fn personal_data(a: &Assessment) -> String {
    let elements: Vec<&str> = select::elements(&At::root(a)).iter().map(|count| count.v.element.label()).collect();
    match a.personal_data.present {
        YesNo::Yes => format!("YES: {}", elements.join(", ")),
        YesNo::No => format!("NO{}", first(&a.personal_data.reasons)),
        YesNo::CannotTell => format!("CANNOT TELL{}", first(&a.personal_data.reasons)),
    }
}

fn people(a: &Assessment) -> String {
    if a.people.count.high == 0 {
        return if a.personal_data.present == YesNo::No {
            "NONE FOUND".into()
        } else {
            "CANNOT TELL: no person could be told from the evidence".into()
        };
    }
    let accounts =
        a.people.accounts.map_or("accounts cannot be told".into(), |n| format!("{} accounts", format::count(n)));
    let [rows, households, devices] = [a.people.rows, a.people.households, a.people.devices].map(format::count);
    let people = range(&a.people.count);
    format!("{people} people; {rows} rows, {accounts}, {households} households, {devices} devices of nobody named")
}

fn claim(a: &Assessment) -> String {
    format!("{}. {}", format::visible(&a.claim.headline), format::visible(&a.claim.summary))
}

fn door(a: &Assessment) -> String {
    let doors: Vec<String> = a
        .access
        .doors
        .iter()
        .take(5)
        .map(|door| format!("{} {}", format::visible(&door.name), format::words(&door.verdict).to_uppercase()))
        .collect();
    let word = match a.access.answer {
        YesNo::CannotTell => "CANNOT TELL",
        YesNo::Yes => "KNOWN FROM LOGS",
        YesNo::No => "NO ACCESS FOUND",
    };
    let grounds = first(&a.access.grounds);
    if doors.is_empty() { format!("{word}{grounds}") } else { format!("{word}{grounds}; {}", doors.join(", ")) }
}

fn harm(a: &Assessment) -> String {
    if a.harm.bands.is_empty() {
        return "CANNOT TELL: no blend of elements was assessed".into();
    }
    let bands: Vec<String> = a
        .harm
        .bands
        .iter()
        .map(|band| format!("{} {}", format::words(&band.band), format::count(band.people.likely)))
        .collect();
    let attacks: Vec<String> = select::attacks(&At::root(a))
        .iter()
        .take(3)
        .map(|attack| format!("{} ({})", format::visible(&attack.v.name), format::count(attack.v.people.likely)))
        .collect();
    let worst = if attacks.is_empty() { String::new() } else { format!("; heaviest: {}", attacks.join(", ")) };
    format!("{} people{worst}", bands.join(", "))
}

fn duties(a: &Assessment) -> String {
    let regimes = &a.totals.regimes;
    if a.duties.is_empty() {
        return "CANNOT TELL: no regime was examined".into();
    }
    let [yes, no, unknown] = [regimes.yes, regimes.no, regimes.cannot_tell].map(format::count);
    let counts = format!("{yes} regimes triggered, {unknown} cannot be told, {no} not triggered");
    match select::due_days(&At::root(a)).first() {
        Some(day) => {
            let names: Vec<String> = day.duties.iter().take(3).map(|duty| format::visible(&duty.v.regime)).collect();
            let passed = if day.passed { " (PASSED)" } else { "" };
            format!("{counts}; first deadline {}{passed}: {}", format::moment(day.due.v), names.join(", "))
        }
        None => format!("{counts}; no fixed date"),
    }
}

fn cannot_say(a: &Assessment) -> String {
    let questions: Vec<String> = a.cannot_say.iter().map(|item| format::visible(&item.question)).collect();
    questions.join(" ")
}
