//! What was read, and is the door shut: said as far as the case has grounds for it.

use vocab::assessment::{AccessReport, DoorVerdict, LogCoverage, YesNo};

use crate::case::CaseFile;

/// Says for every log and door of the case what can be told of it. This version reads no logs; it never guesses from
/// their absence.
pub(crate) fn report(case: &CaseFile) -> AccessReport {
    let mut grounds = if case.log.is_empty() {
        vec!["the case names no logs; without them nothing shows which tables and rows were read, or when".to_owned()]
    } else {
        vec![
            "the case names logs, and this version of the program does not reconstruct access from logs yet".to_owned(),
        ]
    };
    if !case.indicator.is_empty() {
        grounds.push(
            "the indicators of the intruder that the case names were not looked up, for want of events".to_owned(),
        );
    }
    let coverage = case.log.iter().map(|log| LogCoverage {
        system: log.system.clone(),
        from: None,
        to: None,
        gaps: vec![format!("{} ({}) was not read", log.path, log.source)],
    });
    let doors = case.door.iter().map(|door| DoorVerdict {
        name: door.name.clone(),
        verdict: "cannot_tell".into(),
        grounds: vec![match door.closed {
            Some(closed) => {
                format!("stated closed at {closed}; no log of the time after was examined, so it is not proved")
            }
            None => "no closing time is stated and no log was examined".into(),
        }],
    });
    AccessReport {
        answer: YesNo::CannotTell,
        grounds,
        coverage: coverage.collect(),
        sessions: Vec::new(),
        doors: doors.collect(),
        tables: Vec::new(),
        people: None,
    }
}
