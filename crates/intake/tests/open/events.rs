//! Event logs of Windows, made here byte by byte after the format's documentation.

use intake::open::{Limits, replay};
use vocab::ProblemKind;

use super::{Evidence, check_and_keep, everything, small_limits};

/// A chunk that is being written. Places are counted from its beginning.
struct Chunk {
    bytes: Vec<u8>,
    events: u64,
    /// Where the template lies, once it has been written.
    template: Option<u32>,
}

impl Chunk {
    fn new() -> Self {
        let mut bytes = b"ElfChnk\0".to_vec();
        bytes.resize(512, 0);
        Chunk { bytes, events: 0, template: None }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn name(&mut self, name: &str) {
        let here = self.bytes.len() as u32 + 4;
        self.add(&here.to_le_bytes());
        self.add(&[0; 6]);
        self.add(&(name.len() as u16).to_le_bytes());
        self.add(&wide(name));
        self.add(&[0; 2]);
    }

    fn open(&mut self, name: &str, attributes: bool) {
        self.add(&[if attributes { 0x41 } else { 0x01 }, 0xff, 0xff, 0, 0, 0, 0]);
        self.name(name);
        if attributes {
            self.add(&[0; 4]);
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.add(&[0x06]);
        self.name(name);
        self.add(&[0x05, 0x01]);
        self.add(&(value.len() as u16).to_le_bytes());
        self.add(&wide(value));
    }

    fn substitution(&mut self, value: u16, kind: u8) {
        self.add(&[0x0e]);
        self.add(&value.to_le_bytes());
        self.add(&[kind]);
    }

    /// `<Event><System><Provider Name="Src"/><EventID>0</EventID>..</System><EventData><Data Name="..">..</Data></EventData></Event>`
    fn body(&mut self, names: &[&str]) {
        self.add(&[0x0f, 1, 1, 0]);
        self.open("Event", false);
        self.add(&[0x02]);
        self.open("System", false);
        self.add(&[0x02]);
        self.open("Provider", true);
        self.attribute("Name", "Src");
        self.add(&[0x03]);
        self.open("EventID", false);
        self.add(&[0x02]);
        self.substitution(0, 0x06);
        self.add(&[0x04]);
        self.open("TimeCreated", true);
        self.add(&[0x06]);
        self.name("SystemTime");
        self.substitution(1, 0x11);
        self.add(&[0x03, 0x04]);
        self.open("EventData", false);
        self.add(&[0x02]);
        for (index, name) in names.iter().enumerate() {
            self.open("Data", true);
            self.attribute("Name", name);
            self.add(&[0x02]);
            self.substitution(2 + index as u16, 0x01);
            self.add(&[0x04]);
        }
        self.add(&[0x04, 0x04, 0x00]);
    }

    /// An event whose content is written by `body`.
    fn event(&mut self, body: impl FnOnce(&mut Self)) {
        let start = self.bytes.len();
        self.events += 1;
        self.add(b"**\0\0\0\0\0\0");
        self.add(&self.events.to_le_bytes());
        self.add(&[0; 8]);
        body(self);
        let size = (self.bytes.len() + 4 - start) as u32;
        self.add(&size.to_le_bytes());
        self.bytes[start + 4..start + 8].copy_from_slice(&size.to_le_bytes());
    }

    /// An event of a template that stands where it is met first.
    fn of_template(&mut self, names: &[&str], values: &[(u8, Vec<u8>)]) {
        self.event(|chunk| {
            chunk.add(&[0x0f, 1, 1, 0, 0x0c, 1, 7, 0, 0, 0]);
            let here = chunk.bytes.len() as u32 + 4;
            let place = *chunk.template.get_or_insert(here);
            chunk.add(&place.to_le_bytes());
            if place == here {
                chunk.add(&[0; 24]);
                let start = chunk.bytes.len();
                chunk.body(names);
                let size = (chunk.bytes.len() - start) as u32;
                chunk.bytes[start - 4..start].copy_from_slice(&size.to_le_bytes());
            }
            chunk.values(values);
            chunk.add(&[0x00]);
        });
    }

    fn values(&mut self, values: &[(u8, Vec<u8>)]) {
        self.add(&(values.len() as u32).to_le_bytes());
        for (kind, bytes) in values {
            self.add(&(bytes.len() as u16).to_le_bytes());
            self.add(&[*kind, 0]);
        }
        values.iter().for_each(|(_, bytes)| self.add(bytes));
    }

    fn done(mut self) -> Vec<u8> {
        let free = self.bytes.len() as u32;
        self.bytes[48..52].copy_from_slice(&free.to_le_bytes());
        self.bytes.resize(64 << 10, 0);
        self.bytes
    }
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn log(chunks: Vec<Vec<u8>>) -> Vec<u8> {
    let mut head = b"ElfFile\0".to_vec();
    head.resize(4_096, 0);
    [vec![head], chunks].concat().concat()
}

const NAMES: [&str; 2] = ["TargetUserName", "IpAddress"];

fn values(id: u16, user: &str, address: &str) -> Vec<(u8, Vec<u8>)> {
    let time = 133_500_000_000_000_000_u64.to_le_bytes().to_vec();
    vec![(0x06, id.to_le_bytes().to_vec()), (0x11, time), (0x01, wide(user)), (0x01, wide(address))]
}

fn chunk(users: &[&str]) -> Vec<u8> {
    let mut chunk = Chunk::new();
    for (number, user) in users.iter().enumerate() {
        chunk.of_template(&NAMES, &values(4_624 + number as u16, user, "198.51.100.7"));
    }
    chunk.done()
}

#[test]
fn events_are_rows_with_the_names_they_give() {
    let bytes = log(vec![chunk(&["m.alvarez", "j.okafor"]), vec![0; 64 << 10], chunk(&["a.tanaka"])]);
    let (_evidence, file, all) = check_and_keep("security.evtx", &bytes);
    assert_eq!(file.problems, []);
    assert_eq!(file.format, "evtx");
    let columns: Vec<&str> = file.tables[0].columns.iter().flatten().map(String::as_str).collect();
    assert_eq!(columns, ["Provider.Name", "EventID", "TimeCreated.SystemTime", "TargetUserName", "IpAddress"]);
    let cells = all.cells();
    assert_eq!(cells.len(), 3);
    assert_eq!(cells[1], ["Src", "4625", "2024-01-17T21:20:00Z", "j.okafor", "198.51.100.7"]);
    assert_eq!(cells[2][3], "a.tanaka");
    let row = replay(&file, &file.tables[0].row(3), &Limits::default()).expect("a row");
    assert!(row.reveal().windows(8).any(|bytes| bytes == b"a.tanaka"));
}

#[test]
fn a_value_may_hold_elements_of_its_own() {
    // `<UserData><Login>..</Login></UserData>` within a value: elements without a number before their size.
    let mut chunk = Chunk::new();
    chunk.event(|chunk| {
        chunk.add(&[0x0f, 1, 1, 0, 0x0c, 1, 9, 0, 0, 0]);
        let place = chunk.bytes.len() as u32 + 4;
        chunk.add(&place.to_le_bytes());
        chunk.add(&[0; 24]);
        let start = chunk.bytes.len();
        chunk.open("Event", false);
        chunk.add(&[0x02]);
        chunk.substitution(0, 0x21);
        chunk.add(&[0x04, 0x00]);
        let size = (chunk.bytes.len() - start) as u32;
        chunk.bytes[start - 4..start].copy_from_slice(&size.to_le_bytes());
        let size_at = chunk.bytes.len() + 4;
        chunk.add(&[1, 0, 0, 0, 0, 0, 0x21, 0]);
        let value = chunk.bytes.len();
        chunk.add(&[0x0f, 1, 1, 0, 0x01, 0, 0, 0, 0]);
        chunk.name("Login");
        chunk.add(&[0x02, 0x05, 0x01, 3, 0]);
        chunk.add(&wide("Ann"));
        chunk.add(&[0x04, 0x00]);
        let size = (chunk.bytes.len() - value) as u16;
        chunk.bytes[size_at..size_at + 2].copy_from_slice(&size.to_le_bytes());
        chunk.add(&[0x00]);
    });
    let (_, all) = super::check("a.evtx", &log(vec![chunk.done()]));
    assert_eq!(all.cells(), [["Ann"]]);
}

#[test]
fn damage_costs_what_it_hits_and_is_counted() {
    let mut bytes = log(vec![chunk(&["one", "two", "three"]), chunk(&["four"])]);
    let second = bytes.windows(4).enumerate().filter(|(_, bytes)| bytes == b"**\0\0").nth(1).expect("an event").0;
    // The sign behind the head of the event is none.
    bytes[second + 24] = 0x1e;
    let evidence = Evidence::new(&[("a.evtx", &bytes)]);
    let limits = Limits::default();
    let file = &evidence.survey(&limits).files[0];
    let all = everything(file, &limits, 1);
    assert_eq!((all.totals.rows_in, all.totals.rows_parsed, all.totals.rows_set_aside), (4, 3, 1));
    // An event as long as nothing is: all behind it in its chunk is lost.
    bytes[second + 4..second + 8].copy_from_slice(&u32::MAX.to_le_bytes());
    let evidence = Evidence::new(&[("a.evtx", &bytes)]);
    let file = &evidence.survey(&limits).files[0];
    assert_eq!(everything(file, &limits, 1).totals.rows_in, 2);
    assert!(file.problems.iter().any(|problem| problem.cause.starts_with("1 chunks")), "{:?}", file.problems);
    assert_eq!(file.problems[0].kind, ProblemKind::Corrupt);
}

#[test]
fn templates_that_multiply_are_cut_short() {
    let mut chunk = Chunk::new();
    // Each level writes the next one 500 times.
    chunk.event(|chunk| {
        chunk.add(&[0x0f, 1, 1, 0]);
        for level in 0..6 {
            chunk.add(&[0x0c, 1, level, 0, 0, 0]);
            let place = chunk.bytes.len() as u32 + 4;
            chunk.add(&place.to_le_bytes());
            chunk.add(&[0; 20]);
            chunk.add(&(500_u32 * 4 + 1).to_le_bytes());
            (0..500).for_each(|_| chunk.substitution(0, 0x21));
            chunk.add(&[0x00]);
            chunk.add(&[1, 0, 0, 0, 0xff, 0x7f, 0x21, 0]);
        }
        chunk.add(&[0; 64]);
    });
    let started = std::time::Instant::now();
    let evidence = Evidence::new(&[("a.evtx", &log(vec![chunk.done()]))]);
    let limits = small_limits(1 << 20);
    let all = everything(&evidence.survey(&limits).files[0], &limits, 1);
    assert_eq!((all.totals.rows_in, all.totals.rows_set_aside), (1, 1));
    assert!(started.elapsed().as_secs() < 5);
}

#[test]
fn whatever_is_changed_in_a_log_is_named() {
    let bytes = log(vec![chunk(&["one", "two"])]);
    let limits = small_limits(1 << 20);
    for at in (0..8).chain(4_096..4_160).chain(4_600..5_600) {
        let mut broken = bytes.clone();
        broken[at] = broken[at].wrapping_add(0x41);
        for bytes in [&broken, &bytes[..at].to_vec()] {
            let evidence = Evidence::new(&[("a.evtx", bytes)]);
            let file = &evidence.survey(&limits).files[0];
            let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
            assert_eq!(unforeseen, None, "byte {at}");
            everything(file, &limits, 1);
        }
    }
}
