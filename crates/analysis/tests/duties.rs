//! Duties by statute. Each case names the section it encodes and the date on which the rulebook's entry was checked;
//! the texts themselves are cited in the entry. Dates were counted by hand on a calendar, not by the program.

use analysis::duties::{add_business_days, due, facts_from_toml, holiday_on};
use rulebook::Rulebook;
use rulebook::duties::Duties;
use vocab::assessment::{DutyReport, YesNo};

use YesNo::{CannotTell, No, Yes};

fn duties() -> Duties {
    Duties::load(&Rulebook::embedded()).expect("the embedded duties load")
}

/// Decides the duties of facts written as TOML.
fn decide(facts: &str) -> Vec<DutyReport> {
    let duties = duties();
    let facts = facts_from_toml(facts, &duties).expect("the facts are well formed");
    due(&facts.profiles(), &duties, &facts)
}

/// One `[[people]]` entry.
fn people(place: &str, elements: &str, count: u64) -> String {
    let elements = elements.split_whitespace().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(", ");
    format!("[[people]]\njurisdiction = \"{place}\"\nelements = [{elements}]\ncount = {count}\n")
}

fn of<'a>(reports: &'a [DutyReport], regime: &str, recipient: &str) -> &'a DutyReport {
    let mut found = reports.iter().filter(|duty| duty.regime == regime && duty.recipient.contains(recipient));
    let duty = found.next().unwrap_or_else(|| panic!("{regime} has no {recipient}"));
    assert!(found.next().is_none(), "{regime} has several {recipient}");
    duty
}

/// Checks trigger and deadline of one duty.
fn check(facts: &str, regime: &str, recipient: &str, trigger: YesNo, deadline: Option<&str>) -> DutyReport {
    let reports = decide(facts);
    let duty = of(&reports, regime, recipient);
    assert_eq!((duty.trigger, duty.due.as_deref()), (trigger, deadline), "{duty:#?}");
    duty.clone()
}

const DATES: &str = "as_of = 2026-08-17\ndiscovered = 2026-08-12\ndetermined = 2026-08-14\n";

fn dated(rest: &str) -> String {
    format!("{DATES}{rest}")
}

#[test]
fn california() {
    // Source: Cal. Civ. Code 1798.82(a): 30 calendar days from discovery; (f): Attorney General above 500 residents,
    // within 15 calendar days of notifying consumers (SB 446, in force 2026-01-01). Checked 2026-11-22.
    let at = |count| dated(&people("CA", "name ssn", count));
    check(&at(500), "CA", "individuals", Yes, Some("2026-09-11"));
    check(&at(500), "CA", "Attorney General", No, None);
    let told = check(&at(501), "CA", "Attorney General", Yes, None);
    assert!(told.missing_facts.iter().any(|fact| fact.contains("2026-09-26")), "{told:#?}");
    let notified = format!("{DATES}individuals_notified = 2026-08-17\n{}", people("CA", "name ssn", 501));
    check(&notified, "CA", "Attorney General", Yes, Some("2026-09-01"));
    check(&at(9), "CA", "agencies", No, None);
    // Before 2026 the law asked for no number of days: the entry must not speak for it.
    let early = format!("discovered = 2025-12-31\n{}", people("CA", "name ssn", 9));
    check(&early, "CA", "individuals", CannotTell, Some("2026-01-30"));
    // Credentials stand alone; date of birth is no element.
    check(&dated(&people("CA", "email password", 9)), "CA", "individuals", Yes, Some("2026-09-11"));
    check(&dated(&people("CA", "name dob phone address", 9)), "CA", "individuals", No, None);
}

#[test]
fn washington() {
    // Source: RCW 19.255.005(2), 19.255.010(7), (8): name with full date of birth; 30 days from discovery; Attorney
    // General above 500 residents, same 30 days. Checked 2026-11-22.
    let at = |count| dated(&people("WA", "name dob", count));
    check(&at(1), "WA", "individuals", Yes, Some("2026-09-11"));
    check(&at(500), "WA", "Attorney General", No, None);
    check(&at(501), "WA", "Attorney General", Yes, Some("2026-09-11"));
    // An SSN without a name counts only if it would enable identity theft: counsel's question.
    let nameless = check(&dated(&people("WA", "ssn", 7)), "WA", "individuals", CannotTell, Some("2026-09-11"));
    assert_eq!((nameless.people.low, nameless.people.high), (0, 7));
    // A no-harm finding exempts (19.255.010(1)).
    check(&format!("harm = \"none\"\n{}", at(9)), "WA", "individuals", No, None);
}

#[test]
fn texas() {
    // Source: Tex. Bus. and Com. Code 521.053(b): 60 days from determination; (i): Attorney General at 250 residents or
    // more, 30 days (SB 768 of 2023); (h): agencies above 10,000. Checked 2026-11-22.
    let at = |count| dated(&people("TX", "name driver_license", count));
    check(&at(249), "TX", "individuals", Yes, Some("2026-10-13"));
    check(&at(249), "TX", "Attorney General", No, None);
    let sunday = check(&at(250), "TX", "Attorney General", Yes, Some("2026-09-13"));
    assert!(sunday.conditions.iter().any(|condition| condition.contains("Sunday")), "{sunday:#?}");
    check(&at(10_000), "TX", "agencies", No, None);
    check(&at(10_001), "TX", "agencies", Yes, None);
    // 521.002(a)(2)(B): health information that identifies a person needs no name.
    check(&dated(&people("TX", "phone medical", 9)), "TX", "individuals", Yes, Some("2026-10-13"));
    // Without the day of determination there is no date, only the earliest it can be.
    let undated = format!("discovered = 2026-08-12\n{}", people("TX", "name ssn", 9));
    let undated = check(&undated, "TX", "individuals", Yes, None);
    assert!(undated.missing_facts.iter().any(|fact| fact.contains("2026-10-11")), "{undated:#?}");
}

#[test]
fn florida() {
    // Source: Fla. Stat. 501.171(4)(a): 30 days from determination; (3)(a): Department of Legal Affairs at 500 or more,
    // 30 days; (5): agencies above 1,000; (1)(g): geolocation since 2024-07-01. Checked 2026-11-22.
    let at = |count| dated(&people("FL", "name geolocation", count));
    check(&at(499), "FL", "Legal Affairs", No, None);
    check(&at(500), "FL", "Legal Affairs", Yes, Some("2026-09-13"));
    check(&at(1_000), "FL", "agencies", No, None);
    check(&at(1_001), "FL", "agencies", Yes, None);
    // Access alone is a breach (501.171(1)(a)).
    check(&format!("acquired = false\n{}", at(9)), "FL", "individuals", Yes, Some("2026-09-13"));
    check(&format!("acquired = false\n{}", dated(&people("CA", "name ssn", 9))), "CA", "individuals", No, None);
}

#[test]
fn new_york() {
    // Source: N.Y. Gen. Bus. Law 899-aa(2): 30 days from discovery (in force 2024-12-21); (8)(a): three state bodies at
    // any number, financial services for covered entities only; (8)(b): agencies above 5,000. Checked 2026-11-22.
    let at = |count| dated(&people("NY", "name ssn", count));
    check(&at(1), "NY", "individuals", Yes, Some("2026-09-11"));
    for body in ["Attorney General", "Department of State", "State Police"] {
        check(&at(1), "NY", body, Yes, Some("2026-09-11"));
    }
    check(&at(1), "NY", "Financial Services", CannotTell, Some("2026-09-11"));
    check(&format!("regimes = []\n{}", at(1)), "NY", "Financial Services", No, None);
    check(
        &format!("regimes = [\"dfs-covered-entity\"]\n{}", at(1)),
        "NY",
        "Financial Services",
        Yes,
        Some("2026-09-11"),
    );
    check(&at(5_000), "NY", "agencies", No, None);
    check(&at(5_001), "NY", "agencies", Yes, None);
    // The harm test is for inadvertent disclosure only: a finding alone does not exempt.
    check(&format!("harm = \"none\"\n{}", at(1)), "NY", "individuals", Yes, Some("2026-09-11"));
    // Another identifier may stand for the name, if counsel agrees.
    check(&dated(&people("NY", "phone ssn", 1)), "NY", "individuals", CannotTell, Some("2026-09-11"));
}

#[test]
fn alabama() {
    // Source: Ala. Code 8-38-2(6), 8-38-5(b): 45 days from determination; 8-38-6(a), 8-38-7: Attorney General and agencies
    // above 1,000; credentials only with a name. Checked 2026-11-22.
    check(&dated(&people("AL", "name ssn", 1_000)), "AL", "Attorney General", No, None);
    check(&dated(&people("AL", "name ssn", 1_001)), "AL", "Attorney General", Yes, Some("2026-09-28"));
    check(&dated(&people("AL", "name ssn", 1_001)), "AL", "agencies", Yes, None);
    check(&dated(&people("AL", "email password", 9)), "AL", "individuals", No, None);
    check(&dated(&people("AL", "name email password", 9)), "AL", "individuals", Yes, Some("2026-09-28"));
    check(&dated(&people("AL", "name ssn_last4", 9)), "AL", "individuals", No, None);
}

#[test]
fn indiana() {
    // Source: Ind. Code 24-4.9-2-10(1): an unencrypted SSN alone; 24-4.9-3-3: 45 days from discovery; 24-4.9-3-1(c):
    // Attorney General at any number. Checked 2026-11-22.
    check(&dated(&people("IN", "ssn", 1)), "IN", "individuals", Yes, Some("2026-09-26"));
    check(&dated(&people("IN", "ssn", 1)), "IN", "Attorney General", Yes, Some("2026-09-26"));
    check(&dated(&people("IN", "driver_license", 1)), "IN", "individuals", No, None);
    check(&dated(&people("IN", "name payment_card", 1)), "IN", "individuals", Yes, Some("2026-09-26"));
}

#[test]
fn georgia() {
    // Source: O.C.G.A. 10-1-911(2), (3): only information brokers and data collectors; 10-1-912(d): agencies above
    // 10,000; no regulator. Checked 2026-11-22.
    let at = |count| dated(&people("GA", "name ssn", count));
    let open = check(&at(9), "GA", "individuals", CannotTell, None);
    assert!(open.missing_facts.iter().any(|fact| fact.starts_with("information_broker")), "{open:#?}");
    check(&format!("information_broker = false\n{}", at(9)), "GA", "individuals", No, None);
    check(&format!("information_broker = true\n{}", at(9)), "GA", "individuals", Yes, None);
    check(&format!("information_broker = true\n{}", at(10_001)), "GA", "agencies", Yes, None);
    check(&at(9), "GA", "regulator", No, None);
}

#[test]
fn maine() {
    // Source: 10 M.R.S. 1347(6), 1348(1): 30 days; 1348(4): agencies above 1,000; 1348(5): regulator at any number, with the
    // residents. Elements without a name count if enough to assume the identity. Checked 2026-11-22.
    check(&dated(&people("ME", "name ssn", 1)), "ME", "individuals", Yes, Some("2026-09-11"));
    check(&dated(&people("ME", "name ssn", 1)), "ME", "Attorney General", Yes, Some("2026-09-11"));
    check(&dated(&people("ME", "ssn", 1)), "ME", "individuals", CannotTell, Some("2026-09-11"));
    check(&dated(&people("ME", "name ssn", 1_001)), "ME", "agencies", Yes, None);
}

#[test]
fn district_of_columbia() {
    // Source: D.C. Code 28-3851(3), 28-3852(b-1): Attorney General at 50 residents or more, not later than the residents.
    // Checked 2026-11-22.
    check(&dated(&people("DC", "name ssn", 49)), "DC", "Attorney General", No, None);
    check(&dated(&people("DC", "name ssn", 50)), "DC", "Attorney General", Yes, None);
    // Any other personal identifier may take the place of the name.
    check(&dated(&people("DC", "phone ssn", 50)), "DC", "individuals", CannotTell, None);
}

#[test]
fn puerto_rico() {
    // Source: 10 L.P.R.A. 4051(a), 4052: DACO within ten days of detection, non-extendable; no exemption for lack of harm.
    // Checked 2026-11-22.
    let facts = dated(&people("PR", "name bank_account", 1));
    check(&facts, "PR", "individuals", Yes, None);
    check(&facts, "PR", "DACO", Yes, Some("2026-08-22"));
    check(&format!("harm = \"none\"\n{facts}"), "PR", "DACO", Yes, Some("2026-08-22"));
}

#[test]
fn massachusetts() {
    // Source: M.G.L. c. 93H, s. 1, 3: card number with or without code; both regulators at any number, as soon as practicable;
    // agencies only those the director names; paper counts. Checked 2026-11-22.
    let facts = dated(&people("MA", "name payment_card", 1));
    let letter = check(&facts, "MA", "individuals", Yes, None);
    assert!(letter.content.contains(&"no_nature_of_breach".to_owned()));
    check(&facts, "MA", "Massachusetts Attorney General", Yes, None);
    check(&facts, "MA", "Consumer Affairs", Yes, None);
    check(&facts, "MA", "agencies", CannotTell, None);
    check(&format!("data_form = \"paper\"\n{facts}"), "MA", "individuals", Yes, None);
    check(&format!("data_form = \"paper\"\n{}", dated(&people("CA", "name ssn", 1))), "CA", "individuals", No, None);
    // The second trigger of section 3(b) knows no test of harm.
    check(&format!("harm = \"none\"\n{facts}"), "MA", "individuals", Yes, None);
}

#[test]
fn illinois() {
    // Source: 815 ILCS 530/5, 530/10(e): Attorney General above 500 residents, not later than consumers; no test of harm.
    // Checked 2026-11-22.
    check(&dated(&people("IL", "name biometric", 500)), "IL", "Attorney General", No, None);
    check(&dated(&people("IL", "name biometric", 501)), "IL", "Attorney General", Yes, None);
    check(&format!("harm = \"none\"\n{}", dated(&people("IL", "name ssn", 1))), "IL", "individuals", Yes, None);
}

#[test]
fn thresholds_that_count_individuals_instead_of_residents() {
    // Source: N.D. Cent. Code 51-30-02 and Ark. Code 4-110-105(b)(2) say individuals, not residents. Checked 2026-11-22.
    let facts = |elsewhere| dated(&(people("ND", "name dob", 200) + &people("OR", "name dob", elsewhere)));
    check(&facts(50), "ND", "Attorney General", No, None);
    check(&facts(51), "ND", "Attorney General", Yes, None);
}

#[test]
fn thresholds_compare_with_both_ends_of_the_interval() {
    let facts = |low, likely, high| {
        format!(
            "{DATES}[[people]]\njurisdiction = \"WA\"\nelements = [\"name\", \"ssn\"]\n\
             count = {{ low = {low}, likely = {likely}, high = {high} }}\n"
        )
    };
    check(&facts(400, 450, 500), "WA", "Attorney General", No, None);
    check(&facts(501, 510, 520), "WA", "Attorney General", Yes, Some("2026-09-11"));
    let open = check(&facts(500, 510, 520), "WA", "Attorney General", CannotTell, Some("2026-09-11"));
    assert!(open.threshold.unwrap().contains("cannot tell"));
    // People of unknown residence may be the ones that matter, as long as their elements meet the definition.
    let with_unknown = |elements| facts(400, 450, 500) + &people("unknown", elements, 200);
    check(&with_unknown("name ssn"), "WA", "Attorney General", CannotTell, Some("2026-09-11"));
    check(&with_unknown("name phone"), "WA", "Attorney General", No, None);
    // So may those whom only counsel can count.
    let with_counsel = facts(400, 450, 500) + &people("WA", "ssn", 200);
    check(&with_counsel, "WA", "Attorney General", CannotTell, Some("2026-09-11"));
    // Nobody is proved: the low end is zero.
    check(&facts(0, 1, 2), "WA", "individuals", CannotTell, Some("2026-09-11"));
}

#[test]
fn fcc_2007() {
    // Source: 47 CFR 64.2011(b) (2007 text): Secret Service and FBI within seven business days after reasonable
    // determination; (b)(1): customers not before seven full business days have passed. Checked 2026-11-22.
    // 2026-08-31 is a Monday; Labor Day is 2026-09-07.
    let facts = |rest: &str| {
        format!("regimes = [\"telecom-carrier\"]\ndetermined = 2026-08-31\n{rest}{}", people("WA", "phone cpni", 9))
    };
    check(&facts(""), "US-FCC-2007", "Secret Service", Yes, Some("2026-09-10"));
    check(&facts(""), "US-FCC-2007", "Federal Bureau of Investigation", Yes, Some("2026-09-10"));
    let told = check(&facts("law_enforcement_notified = 2026-09-01\n"), "US-FCC-2007", "individuals", Yes, None);
    assert!(told.clock.contains("not before 2026-09-12"), "{}", told.clock);
    // SSNs, names and licences are no CPNI; device identifiers are a question.
    let no_cpni = format!("regimes = [\"telecom-carrier\"]\n{}", people("WA", "name ssn driver_license", 9));
    check(&no_cpni, "US-FCC-2007", "Secret Service", No, None);
    let devices = format!("regimes = [\"telecom-carrier\"]\n{}", people("WA", "phone imei imsi", 9));
    check(&devices, "US-FCC-2007", "Secret Service", CannotTell, None);
    // Who the controller is: not said, said not to be.
    check(&people("WA", "cpni", 9), "US-FCC-2007", "Secret Service", CannotTell, None);
    check(&format!("regimes = []\n{}", people("WA", "cpni", 9)), "US-FCC-2007", "Secret Service", No, None);
}

#[test]
fn the_silence_of_the_fcc_rule_is_shown_beside_the_states() {
    // Source: 47 CFR 64.2011(b)(1) (2007 text): no disclosure, state law notwithstanding. Checked 2026-11-22.
    let says = |facts: &str, words: &str| {
        let reports = decide(facts);
        let of_states = reports.iter().filter(|duty| duty.regime == "WA" && duty.trigger != No);
        let said: Vec<bool> =
            of_states.map(|duty| duty.conditions.iter().any(|line| line.starts_with(words))).collect();
        assert!(!said.is_empty());
        said.into_iter().all(|said| said)
    };
    let carrier = |elements: &str| format!("regimes = [\"telecom-carrier\"]\n{}", people("WA", elements, 9));
    assert!(says(&carrier("name ssn cpni"), "conflict with US-FCC-2007"));
    assert!(says(&carrier("name ssn imsi"), "possible conflict with US-FCC-2007"));
    assert!(!says(&carrier("name ssn"), "conflict") && !says(&carrier("name ssn"), "possible conflict"));
}

#[test]
fn fcc_2023_is_shown_and_does_not_bind() {
    // Source: 89 Fed. Reg. 9968: effective date of the amended 64.2011 delayed indefinitely. Checked 2026-11-22.
    let facts = format!("regimes = [\"telecom-carrier\"]\ndetermined = 2026-08-31\n{}", people("WA", "name ssn", 900));
    let reports = decide(&facts);
    let rows: Vec<_> = reports.iter().filter(|duty| duty.regime == "US-FCC-2023").collect();
    assert_eq!(rows.len(), 5);
    for row in rows {
        assert_eq!((row.trigger, row.due.as_ref()), (No, None));
        assert!(row.status.starts_with("adopted, not in effect"), "{}", row.status);
        assert_eq!(row.people.likely, 900);
    }
}

#[test]
fn sec() {
    // Source: Form 8-K, Item 1.05 and General Instruction B.1: four business days after the materiality determination;
    // an event on a weekend or holiday starts the period on the next business day. Checked 2026-11-22.
    let facts = |day: &str| format!("regimes = [\"sec-registrant\"]\nmateriality_determined = {day}\n");
    for (determined, due) in [
        ("2026-08-17", "2026-08-21"), // Monday
        ("2026-08-14", "2026-08-20"), // Friday
        ("2026-08-15", "2026-08-20"), // Saturday: Monday is the first of the four
        ("2026-11-25", "2026-12-02"), // the day before Thanksgiving
        ("2026-12-23", "2026-12-30"), // over Christmas Day
        ("2027-12-28", "2028-01-04"), // New Year's Day 2028 is a Saturday: observed on 31 December 2027
    ] {
        check(&facts(determined), "US-SEC-8K", "Securities", Yes, Some(due));
    }
    check("regimes = [\"sec-registrant\"]\n", "US-SEC-8K", "Securities", CannotTell, None);
    check("regimes = [\"sec-registrant\"]\nmaterial = false\n", "US-SEC-8K", "Securities", No, None);
    check("regimes = [\"telecom-carrier\"]\nmaterial = true\n", "US-SEC-8K", "Securities", No, None);
    check("material = true\n", "US-SEC-8K", "Securities", CannotTell, None);
    check("regimes = [\"sec-registrant\"]\n", "US-SEC-8K", "individuals", No, None);
}

#[test]
fn gdpr_and_uk() {
    // Source: Regulation (EU) 2016/679 Articles 33(1), 34(1), 34(3)(a): 72 hours from awareness; individuals only at high
    // risk; unintelligible data only lifts Article 34. UK GDPR the same. Checked 2026-11-22.
    let facts = |rest: &str| {
        format!(
            "regimes = [\"gdpr-controller\", \"uk-gdpr-controller\"]\naware = \"2026-08-12T15:00:00Z\"\n{rest}{}",
            people("WA", "phone imei", 9)
        )
    };
    check(&facts(""), "EU-GDPR", "authority", Yes, Some("2026-08-15T15:00:00Z"));
    check(&facts(""), "UK-GDPR", "Information Commissioner", Yes, Some("2026-08-15T15:00:00Z"));
    check(&facts(""), "EU-GDPR", "individuals", CannotTell, None);
    check(&facts("harm = \"high\"\n"), "EU-GDPR", "individuals", Yes, None);
    check(&facts("harm = \"likely\"\n"), "EU-GDPR", "individuals", CannotTell, None);
    check(&facts("harm = \"none\"\n"), "EU-GDPR", "authority", No, None);
    let sealed = |rest: &str| facts(&format!("{rest}encryption = {{ encrypted = true, key_safe = true }}\n"));
    check(&sealed("harm = \"high\"\n"), "UK-GDPR", "individuals", No, None);
    check(&sealed("harm = \"high\"\n"), "UK-GDPR", "Information", Yes, Some("2026-08-15T15:00:00Z"));
    // Hours do not care for the clock change: 72 hours over 2026-10-25, when Berlin sets clocks back.
    let autumn =
        "regimes = [\"gdpr-controller\"]\ntime_zone = \"Europe/Berlin\"\naware = \"2026-10-24T10:00:00+02:00\"\n";
    let autumn = format!("{autumn}{}", people("WA", "phone", 9));
    check(&autumn, "EU-GDPR", "authority", Yes, Some("2026-10-27T08:00:00Z"));
    // A day without a time of day counts from its start where the company is.
    let day = "regimes = [\"gdpr-controller\"]\ntime_zone = \"Europe/Berlin\"\naware = 2026-08-12\n";
    check(&format!("{day}{}", people("WA", "phone", 9)), "EU-GDPR", "authority", Yes, Some("2026-08-14T22:00:00Z"));
}

#[test]
fn foreign_regimes_follow_what_is_known_of_residence() {
    let us = people("WA", "name ssn", 9);
    for regime in ["EU-GDPR", "UK-GDPR", "CA-PIPEDA", "AU-NDB"] {
        check(&us, regime, "individuals", No, None);
        check(&format!("{us}{}", people("unknown", "phone", 5)), regime, "regulator", CannotTell, None);
    }
    let abroad = format!("{us}[[abroad]]\nregion = \"eu\"\ncount = 40\n");
    check(&abroad, "EU-GDPR", "regulator", CannotTell, None);
    check(&abroad, "UK-GDPR", "regulator", No, None);
    let bound = format!("regimes = [\"gdpr-controller\"]\n{abroad}");
    assert_eq!(check(&bound, "EU-GDPR", "regulator", Yes, None).people.likely, 49);
    // A sector rule is not triggered once the list of tags is stated.
    check(&format!("regimes = []\n{abroad}"), "EU-EPRIVACY-611", "first notification", No, None);
}

#[test]
fn other_federal_and_european_clocks() {
    // Source: 45 CFR 164.404, 164.406, 164.408: 60 days from discovery; HHS below 500 after the end of the year; media
    // above 500 residents of one state. Checked 2026-11-22.
    let hipaa =
        |count| format!("regimes = [\"hipaa-entity\"]\ndiscovered = 2026-08-12\n{}", people("WA", "name mbi", count));
    check(&hipaa(499), "US-HIPAA", "individuals", Yes, Some("2026-10-11"));
    check(&hipaa(499), "US-HIPAA", "fewer than 500", Yes, Some("2027-03-01"));
    check(&hipaa(499), "US-HIPAA", "500 or more", No, None);
    check(&hipaa(500), "US-HIPAA", "500 or more", Yes, Some("2026-10-11"));
    check(&hipaa(500), "US-HIPAA", "fewer than 500", No, None);
    check(&hipaa(500), "US-HIPAA", "media", No, None);
    check(&hipaa(501), "US-HIPAA", "media", Yes, Some("2026-10-11"));
    // Source: 16 CFR 314.4(j): 30 days from discovery at 500 consumers. Checked 2026-11-22.
    let ftc = |count| {
        format!("regimes = [\"ftc-financial-institution\"]\ndiscovered = 2026-08-12\n{}", people("WA", "email", count))
    };
    check(&ftc(499), "US-FTC-SAFEGUARDS", "Trade", No, None);
    check(&ftc(500), "US-FTC-SAFEGUARDS", "Trade", Yes, Some("2026-09-11"));
    // Source: 12 CFR 53.3: 36 hours from determination. Checked 2026-11-22.
    let bank =
        "regimes = [\"banking-organisation\"]\nsignificant_incident = true\ndetermined = \"2026-08-14T20:00:00Z\"\n";
    check(bank, "US-BANK-36H", "banking", Yes, Some("2026-08-16T08:00:00Z"));
    // Source: Directive (EU) 2022/2555 Article 23(4): 24 hours, 72 hours, one month. Checked 2026-11-22.
    let nis2 = "regimes = [\"nis2-entity\"]\nsignificant_incident = true\naware = \"2026-08-12T15:00:00Z\"\nincident_notified = 2026-08-31\n";
    check(nis2, "EU-NIS2", "early warning", Yes, Some("2026-08-13T15:00:00Z"));
    check(nis2, "EU-NIS2", "incident notification", Yes, Some("2026-08-15T15:00:00Z"));
    check(nis2, "EU-NIS2", "final report", Yes, Some("2026-09-30"));
    // Source: 6 U.S.C. 681b: no final rule found, so nothing binds yet. Checked 2026-11-22.
    check(
        "regimes = [\"critical-infrastructure\"]\nsignificant_incident = true\n",
        "US-CIRCIA",
        "Cybersecurity",
        No,
        None,
    );
    // Source: Regulation (EU) No 611/2013 Articles 2, 3: every breach goes to the authority, 24 hours and three days.
    let telecom = format!(
        "regimes = [\"eu-telecom\"]\nharm = \"none\"\ndetected = \"2026-08-12T15:00:00Z\"\nfirst_notification = 2026-08-13\n{}",
        people("WA", "phone", 9)
    );
    check(&telecom, "EU-EPRIVACY-611", "first notification", Yes, Some("2026-08-13T15:00:00Z"));
    check(&telecom, "EU-EPRIVACY-611", "second notification", Yes, Some("2026-08-16"));
    check(&telecom, "EU-EPRIVACY-611", "individuals", No, None);
}

#[test]
fn business_day_clocks_of_states() {
    // Source: Iowa Code 715C.2(8): five business days after the consumers' notice; 9 V.S.A. 2435(b)(3)(B)(i): 14 business
    // days from discovery. Checked 2026-11-22. 2026-11-20 is a Friday; Thanksgiving is 2026-11-26.
    let iowa = format!("discovered = 2026-11-01\nindividuals_notified = 2026-11-20\n{}", people("IA", "name ssn", 501));
    check(&iowa, "IA", "Consumer Protection", Yes, Some("2026-11-30"));
    let vermont = format!("discovered = 2026-12-21\n{}", people("VT", "name ssn", 1));
    check(&vermont, "VT", "Attorney General", Yes, Some("2027-01-12"));
    // Source: Minn. Stat. 325E.61 subd. 2: agencies within 48 hours above 500. Checked 2026-11-22.
    let minnesota = |count| format!("discovered = \"2026-03-07T20:00:00Z\"\n{}", people("MN", "name ssn", count));
    check(&minnesota(500), "MN", "agencies", No, None);
    check(&minnesota(501), "MN", "agencies", Yes, Some("2026-03-09T20:00:00Z"));
}

#[test]
fn calendar_days_are_those_of_the_stated_zone() {
    // Three in the morning in London is still the evening before in Seattle.
    let facts = |zone: &str| format!("{zone}discovered = \"2026-08-13T03:00:00Z\"\n{}", people("WA", "name ssn", 1));
    let utc = check(&facts(""), "WA", "individuals", Yes, Some("2026-09-12"));
    assert!(utc.facts_used.iter().any(|fact| fact.contains("counted in UTC")));
    check(&facts("time_zone = \"America/Los_Angeles\"\n"), "WA", "individuals", Yes, Some("2026-09-11"));
    // Days do not care for clock changes either: 30 days over 2026-11-01.
    let autumn = format!(
        "time_zone = \"America/Los_Angeles\"\ndiscovered = \"2026-10-31T23:30:00-07:00\"\n{}",
        people("WA", "name ssn", 1)
    );
    check(&autumn, "WA", "individuals", Yes, Some("2026-11-30"));
}

#[test]
fn encryption_lifts_the_duty_only_while_the_key_is_safe() {
    let facts = |encryption: &str| format!("{DATES}encryption = {encryption}\n{}", people("TN", "name ssn", 1));
    check(&facts("{ encrypted = true, key_safe = true }"), "TN", "individuals", No, None);
    check(&facts("{ encrypted = true, key_safe = false }"), "TN", "individuals", Yes, Some("2026-09-26"));
    check(&facts("{ encrypted = true }"), "TN", "individuals", CannotTell, Some("2026-09-26"));
    check(&facts("{ encrypted = false }"), "TN", "individuals", Yes, Some("2026-09-26"));
}

#[test]
fn what_is_past_or_held_back_is_said() {
    let facts = format!(
        "as_of = 2026-10-01\ndiscovered = 2026-08-12\nlaw_enforcement_hold = {{ agency = \"FBI\", until = 2026-09-30 }}\n{}",
        people("WA", "name ssn", 1)
    );
    let duty = check(&facts, "WA", "individuals", Yes, Some("2026-09-11"));
    assert!(duty.conditions.iter().any(|condition| condition.contains("before the stated time")));
    assert!(duty.conditions.iter().any(|condition| condition.contains("hold of FBI until 2026-09-30")));
}

#[test]
fn every_regime_answers_whatever_the_input() {
    let duties = duties();
    for facts in ["", "regimes = []\n", &people("WA", "name ssn", 1), &people("unknown", "phone", 1)] {
        let reports = decide(facts);
        for regime in &duties.regimes {
            let rows: Vec<_> = reports.iter().filter(|duty| duty.regime == regime.code).collect();
            assert!(rows.iter().any(|duty| duty.recipient == "individuals"), "{} is silent", regime.code);
            for row in rows {
                assert!(!row.citation.is_empty() && !row.status.is_empty() && !row.verified.is_empty());
                let grounds = row.facts_used.len() + row.missing_facts.len();
                assert!(grounds > 0, "{} {} has no grounds", row.regime, row.recipient);
                assert!(row.trigger != CannotTell || !row.missing_facts.is_empty(), "{row:#?}");
                assert!(row.trigger != No || row.due.is_none());
            }
        }
        let codes: std::collections::BTreeSet<_> = reports.iter().map(|duty| &duty.regime).collect();
        assert!(codes.len() >= 68);
    }
}

#[test]
fn no_place_in_which_people_live_is_passed_over() {
    let places = ["AS", "MP", "AA", "AE", "AP", "FM", "MH", "PW", "ZZ", "ON", "unknown"];
    let facts: String = places.iter().map(|place| people(place, "name ssn", 3)).collect();
    let reports = decide(&facts);
    for place in places {
        let duty = of(&reports, place, "individuals");
        assert_eq!((duty.trigger, duty.people.likely), (CannotTell, 3), "{place}");
        assert!(!duty.missing_facts.is_empty());
    }
    assert_eq!(
        reports.iter().map(|duty| &duty.regime).collect::<std::collections::BTreeSet<_>>().len(),
        68 + places.len()
    );
    // Who may live anywhere keeps a state without known residents open; who lives in Samoa does not.
    check(&people("AE", "name ssn", 3), "WY", "individuals", CannotTell, None);
    check(&people("AS", "name ssn", 3), "WY", "individuals", No, None);
    check(&people("AE", "name phone", 3), "WY", "individuals", No, None);
}

#[test]
fn a_person_with_two_addresses_counts_in_both_states_and_once_at_all() {
    let facts = "[[people]]\njurisdiction = [\"WA\", \"ND\", \"WA\"]\nelements = [\"name\", \"dob\"]\ncount = 251\n";
    let reports = decide(facts);
    assert_eq!(of(&reports, "WA", "individuals").people.likely, 251);
    assert_eq!(of(&reports, "ND", "individuals").people.likely, 251);
    // The Attorney General of North Dakota counts individuals, each once.
    assert_eq!(of(&reports, "ND", "Attorney General").trigger, Yes);
    check(&facts.replace("251", "250"), "ND", "Attorney General", No, None);
}

#[test]
fn the_order_of_profiles_changes_nothing() {
    let duties = duties();
    let text = include_str!("../../../testdata/facts/northwind.toml");
    let facts = facts_from_toml(text, &duties).expect("the example is well formed");
    let mut profiles = facts.profiles();
    let forth = due(&profiles, &duties, &facts);
    profiles.reverse();
    assert_eq!(forth, due(&profiles, &duties, &facts));
}

#[test]
fn holidays_agree_with_a_second_method() {
    let calendar = duties().calendar;
    let listed: std::collections::BTreeMap<_, _> = include_str!("data/federal_holidays_2020_2035.csv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(','))
        .collect();
    assert_eq!(listed.len(), 200);
    let mut day = jiff::civil::date(2020, 1, 1);
    while day <= jiff::civil::date(2035, 12, 31) {
        let ours = holiday_on(&calendar, day);
        let theirs = listed.get(day.to_string().as_str());
        assert_eq!(ours.is_some(), theirs.is_some(), "{day}: {ours:?} against {theirs:?}");
        day = day.tomorrow().unwrap();
    }
}

#[test]
fn business_days_agree_with_stepping_over_the_list() {
    let calendar = duties().calendar;
    let list = include_str!("data/federal_holidays_2020_2035.csv");
    let open = |day: jiff::civil::Date| {
        let weekend = day.weekday().to_monday_one_offset() >= 6;
        !weekend && !list.contains(&format!("\n{day},"))
    };
    let mut start = jiff::civil::date(2024, 11, 1);
    while start < jiff::civil::date(2028, 3, 1) {
        let mut expected = start;
        for business_days in 1..=14 {
            expected = expected.tomorrow().unwrap();
            while !open(expected) {
                expected = expected.tomorrow().unwrap();
            }
            assert_eq!(add_business_days(&calendar, start, business_days), Some(expected), "{start} + {business_days}");
        }
        start = start.tomorrow().unwrap();
    }
    assert_eq!(add_business_days(&calendar, jiff::civil::date(1980, 1, 1), 3), None);
}

#[test]
fn extreme_dates_yield_no_date_and_no_panic() {
    let far = format!("discovered = 9999-12-30\ndetermined = 9999-12-31\n{}", people("WA", "name ssn", 501));
    check(&far, "WA", "individuals", Yes, None);
    let old = "regimes = [\"sec-registrant\"]\nmateriality_determined = 1970-01-01\n";
    check(old, "US-SEC-8K", "Securities", Yes, None);
    let many = people("WA", "name ssn", 20_000_000_000).repeat(5);
    assert_eq!(of(&decide(&many), "WA", "individuals").people.likely, 100_000_000_000);
}

#[test]
fn the_example_of_the_documentation_is_what_it_says() {
    let reports = decide(include_str!("../../../testdata/facts/northwind.toml"));
    assert_eq!(of(&reports, "WA", "individuals").due.as_deref(), Some("2026-09-11"));
    assert_eq!(of(&reports, "WA", "Attorney General").trigger, Yes);
    assert_eq!(of(&reports, "CA", "Attorney General").trigger, CannotTell);
    assert_eq!(of(&reports, "NY", "individuals").trigger, CannotTell);
    assert_eq!(of(&reports, "AS", "individuals").trigger, CannotTell);
    assert_eq!(of(&reports, "US-SEC-8K", "Securities").trigger, CannotTell);
    assert_eq!(of(&reports, "unknown", "individuals").people.likely, 40_000);
}

#[test]
fn wrong_facts_are_refused_with_line_and_key() {
    let duties = duties();
    for (facts, part) in [
        ("as_of = 2026-08-17\ndiscoverd = 2026-08-12\n", "line 2: unknown field `discoverd`"),
        ("discovered = \"yesterday\"\n", "line 1: a time is a date"),
        ("discovered = 2026-08-12T10:00:00\n", "line 1: a time is a date"),
        ("discovered = 5\n", "line 1: invalid type"),
        ("as_of = 2026-08-01\ndiscovered = 2026-08-12\n", "`discovered` lies after `as_of`"),
        ("regimes = [\"telco\"]\n", "`telco` is not a tag"),
        ("time_zone = \"Seattle\"\n", "IANA"),
        ("harm = \"some\"\n", "line 1: unknown variant"),
        ("[[people]]\njurisdiction = \"Washington\"\nelements = []\ncount = 1\n", "two letters"),
        ("[[people]]\njurisdiction = \"WA\"\nelements = [\"shoe_size\"]\ncount = 1\n", "no such data element"),
        ("[[people]]\njurisdiction = \"WA\"\nelements = [\"ssn\"]\ncount = -1\n", "a count is a number"),
        ("[[people]]\njurisdiction = \"WA\"\nelements = [\"ssn\"]\n", "missing field `count`"),
        ("[[people]]\njurisdiction = []\nelements = [\"ssn\"]\ncount = 1\n", "people entry 1: `jurisdiction` is empty"),
        ("[[people]]\njurisdiction = \"WA\"\nelements = [\"ssn\"]\ncount = 1\nminors = 2\n", "more minors than people"),
        ("[[people]]\njurisdiction = \"WA\"\nelements = [\"ssn\"]\ncount = 30000000000\n", "more than 20000000000"),
        (
            "[[people]]\njurisdiction = \"WA\"\nelements = [\"ssn\"]\ncount = { low = 5, likely = 4, high = 9 }\n",
            "low <= likely",
        ),
        ("not toml", "line 1"),
    ] {
        let error = facts_from_toml(facts, &duties).expect_err(facts).to_string();
        assert!(error.contains(part), "{facts}: {error}");
    }
    let large = "#".repeat(analysis::duties::MAX_FACTS_BYTES + 1);
    assert!(facts_from_toml(&large, &duties).expect_err("too large").to_string().contains("larger than"));
}
