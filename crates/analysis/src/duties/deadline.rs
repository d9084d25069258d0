//! Runs the clocks: from the event a law names, by calendar days, business days, hours or months.
//!
//! A clock whose event has no stated time yields no date; where the event cannot lie before discovery, the earliest
//! date is named beside the missing fact. Dates are never moved off a weekend: that is for counsel, and said.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};
use rulebook::duties::{Calendar, Clock, Event, Recipient, Relative};
use vocab::facts::{Facts, When};

use super::calendar::{add_business_days, holiday_on, is_business_day, year_end};

/// A deadline with its grounds.
#[derive(Debug, Default)]
pub(super) struct Deadline {
    /// Date or date-time, RFC 3339.
    pub(super) due: Option<String>,
    /// The clock in words.
    pub(super) clock: String,
    /// The event it starts from, with its time.
    pub(super) starts: String,
    pub(super) used: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) conditions: Vec<String>,
}

/// All that clocks need.
pub(super) struct Clockwork<'a> {
    facts: &'a Facts,
    calendar: &'a Calendar,
    zone: TimeZone,
}

impl<'a> Clockwork<'a> {
    /// Takes the zone from the facts; an unknown zone counts as UTC, and the facts' contradictions name it.
    pub(super) fn new(facts: &'a Facts, calendar: &'a Calendar) -> Self {
        Clockwork { facts, calendar, zone: facts.zone().unwrap_or(TimeZone::UTC) }
    }

    /// Runs one clock.
    pub(super) fn of(&self, clock: &Clock, words: Option<&str>) -> Deadline {
        let mut deadline = Deadline { clock: self.words(clock, words), ..Deadline::default() };
        let Some(event) = clock.starts else {
            deadline.starts = "no event is named".to_owned();
            return deadline;
        };
        let when = self.when(event);
        deadline.starts = match when {
            Some(when) => format!("{}: {}", name(event), self.shown(when)),
            None => format!("{}: not stated", name(event)),
        };
        if !has_length(clock) {
            return deadline;
        }
        match when {
            Some(when) => self.run(clock, event, when, &mut deadline),
            None => deadline.missing.push(self.missing(clock, event)),
        }
        deadline
    }

    /// Sets a recipient's deadline beside that of the individuals where the law ties them together.
    pub(super) fn beside(
        &self,
        mut own: Deadline,
        recipient: &Recipient,
        individuals: &Clock,
        individuals_due: Option<&str>,
    ) -> Deadline {
        let Some(relative) = recipient.relative else { return own };
        let words = match relative {
            Relative::With => "together with the notice to individuals",
            Relative::Before => "before the notice to individuals",
            Relative::After => "after the notice to individuals",
            Relative::NoLaterThan => "not later than the notice to individuals",
        };
        own.clock = if own.clock == NO_NUMBER { words.to_owned() } else { format!("{}; {words}", own.clock) };
        if has_length(&recipient.clock) {
            if recipient.clock.starts == Some(Event::IndividualNotice) && own.due.is_none() {
                self.latest_after(&mut own, &recipient.clock, individuals_due);
            }
            return own;
        }
        own.due = individuals_due.map(str::to_owned);
        if let Some(event) = individuals.starts {
            own.starts = match self.when(event) {
                Some(when) => format!("{} (as for individuals): {}", name(event), self.shown(when)),
                None => format!("{} (as for individuals): not stated", name(event)),
            };
        }
        if let Some(due) = individuals_due {
            own.used.push(format!("the last day for individuals is {due}; this notice may not come later"));
        }
        own
    }

    /// Adds the day before which the notice may not go out.
    pub(super) fn not_before(&self, mut deadline: Deadline, business_days: u32, event: Event) -> Deadline {
        let earliest = self.when(event).and_then(|when| {
            let last = add_business_days(self.calendar, when.day(&self.zone), business_days)?;
            last.tomorrow().ok()
        });
        match earliest {
            Some(day) => deadline.clock = format!("{}; not before {day}", deadline.clock),
            None => deadline.missing.push(format!(
                "{}: the notice may go out only after {business_days} full business days from it",
                key(event)
            )),
        }
        deadline
    }

    /// Computes the date of a clock whose event has a time.
    fn run(&self, clock: &Clock, event: Event, when: When, deadline: &mut Deadline) {
        deadline.used.push(format!("{}: {}", key(event), self.shown(when)));
        if let Some(hours) = clock.hours {
            if matches!(when, When::Day(_)) {
                deadline.used.push(format!(
                    "the time of day of `{}` is not stated: counted from the start of the day, the earliest it can be",
                    key(event)
                ));
            }
            let moment = when.moment(&self.zone);
            let due = moment.and_then(|moment| moment.checked_add(SignedDuration::from_hours(i64::from(hours))).ok());
            deadline.due = due.map(|due| due.to_string());
            self.past(due.map(When::Moment), deadline);
            return;
        }
        let start = when.day(&self.zone);
        let start = if event == Event::YearEnd { year_end(start) } else { start };
        let day = match (clock.days, clock.business_days, clock.months) {
            (Some(days), _, _) => start.checked_add(Span::new().days(days)).ok(),
            (_, Some(days), _) => add_business_days(self.calendar, start, days),
            (_, _, Some(months)) => start.checked_add(Span::new().months(months)).ok(),
            _ => None,
        };
        match day {
            Some(day) => {
                deadline.due = Some(day.to_string());
                self.last_day(day, deadline);
                self.past(Some(When::Day(day)), deadline);
            }
            None => deadline.missing.push(format!(
                "a calendar for {}: holidays are known from {} on",
                start.year(),
                self.calendar.valid_from_year
            )),
        }
        if let (When::Moment(_), None) = (when, &self.facts.time_zone) {
            deadline.used.push("time_zone: not stated, days are counted in UTC".to_owned());
        }
    }

    /// Writes a time; of a moment also its day, where a zone other than UTC decides it.
    fn shown(&self, when: When) -> String {
        match (when, &self.facts.time_zone) {
            (When::Moment(_), Some(zone)) => format!("{when} ({} in {zone})", when.day(&self.zone)),
            _ => when.to_string(),
        }
    }

    /// Says when the last day is none on which offices are open.
    fn last_day(&self, day: Date, deadline: &mut Deadline) {
        if is_business_day(self.calendar, day) {
            return;
        }
        let what = match holiday_on(self.calendar, day) {
            Some(holiday) => holiday.to_owned(),
            None => format!("a {:?}", day.weekday()),
        };
        deadline.conditions.push(format!(
            "the last day, {day}, is {what}; it is not moved, whether the law on computing time moves it is for counsel"
        ));
    }

    fn past(&self, due: Option<When>, deadline: &mut Deadline) {
        if let Some((due, as_of)) = due.zip(self.facts.as_of)
            && as_of.is_after(due, &self.zone)
        {
            deadline.conditions.push(format!("the deadline lies before the stated time, {as_of}"));
        }
    }

    /// Says which fact is missing and, where discovery bounds it, the earliest the deadline can be.
    fn missing(&self, clock: &Clock, event: Event) -> String {
        let head = format!("{}: the time of the {}; without it there is no date", key(event), name(event));
        let Some(discovered) = self.facts.discovered.filter(|_| follows_discovery(event)) else { return head };
        let mut earliest = Deadline::default();
        self.run(clock, Event::Discovery, discovered, &mut earliest);
        match earliest.due {
            Some(due) => {
                format!("{head}. If it was on the day of discovery, the deadline is {due}; it cannot be earlier")
            }
            None => head,
        }
    }

    /// Where a clock starts from a notice not yet given: the date if the notice goes out on its last day.
    fn latest_after(&self, own: &mut Deadline, clock: &Clock, individuals_due: Option<&str>) {
        let Some(last) = individuals_due.and_then(When::from_text) else { return };
        let mut latest = Deadline::default();
        self.run(clock, Event::IndividualNotice, last, &mut latest);
        if let Some(due) = latest.due {
            own.missing.push(format!("if individuals are told on their last day, {last}, the deadline is {due}"));
        }
    }

    fn when(&self, event: Event) -> Option<When> {
        match event {
            Event::Discovery | Event::YearEnd => self.facts.discovered,
            Event::Determination => self.facts.determined,
            Event::Awareness => self.facts.aware,
            Event::Detection => self.facts.detected,
            Event::Belief => self.facts.believed,
            Event::Materiality => self.facts.materiality_determined,
            Event::IndividualNotice => self.facts.individuals_notified,
            Event::LawEnforcementNotice => self.facts.law_enforcement_notified,
            Event::FirstNotification => self.facts.first_notification,
            Event::IncidentNotice => self.facts.incident_notified,
        }
    }

    /// The clock in words: its number, then what else the law says.
    fn words(&self, clock: &Clock, words: Option<&str>) -> String {
        let from = clock.starts.map_or("the event", name);
        let number = match (clock.days, clock.business_days, clock.hours, clock.months) {
            (Some(days), _, _, _) => Some(format!("{} from {from}", plural(days, "day"))),
            (_, Some(days), _, _) => Some(format!("{} from {from}", plural(days, "business day"))),
            (_, _, Some(hours), _) => Some(format!("{} from {from}", plural(hours, "hour"))),
            (_, _, _, Some(months)) => Some(format!("{} from {from}", plural(months, "month"))),
            _ => None,
        };
        match (number, words) {
            (Some(number), Some(words)) => format!("{number}; {words}"),
            (Some(number), None) => number,
            (None, Some(words)) => words.to_owned(),
            (None, None) => NO_NUMBER.to_owned(),
        }
    }
}

const NO_NUMBER: &str = "the law sets no number";

fn plural(number: u32, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

const fn has_length(clock: &Clock) -> bool {
    clock.days.is_some() || clock.business_days.is_some() || clock.hours.is_some() || clock.months.is_some()
}

/// Tells whether an event cannot lie before discovery.
const fn follows_discovery(event: Event) -> bool {
    matches!(event, Event::Determination | Event::Awareness | Event::Detection | Event::Belief | Event::Materiality)
}

/// The event in words.
const fn name(event: Event) -> &'static str {
    match event {
        Event::Discovery => "discovery",
        Event::Determination => "determination",
        Event::Awareness => "awareness",
        Event::Detection => "detection",
        Event::Belief => "reasonable belief",
        Event::Materiality => "materiality determination",
        Event::IndividualNotice => "notice to individuals",
        Event::LawEnforcementNotice => "notice to Secret Service and FBI",
        Event::FirstNotification => "first notification",
        Event::IncidentNotice => "incident notification",
        Event::YearEnd => "end of the calendar year of discovery",
    }
}

/// The key of the fact that says when the event was.
const fn key(event: Event) -> &'static str {
    match event {
        Event::Discovery | Event::YearEnd => "discovered",
        Event::Determination => "determined",
        Event::Awareness => "aware",
        Event::Detection => "detected",
        Event::Belief => "believed",
        Event::Materiality => "materiality_determined",
        Event::IndividualNotice => "individuals_notified",
        Event::LawEnforcementNotice => "law_enforcement_notified",
        Event::FirstNotification => "first_notification",
        Event::IncidentNotice => "incident_notified",
    }
}
