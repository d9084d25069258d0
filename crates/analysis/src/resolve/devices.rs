//! Attaches device rows to people: a line is somebody's only where the evidence ties it to one person.
//!
//! Enters: device rows and the people so far. Leaves: for each device row the row of the person it belongs to, or the
//! device it is. Never: a person made from a device.

use rustc_hash::FxHashMap;
use vocab::{Records, parallel};

use super::cluster::Partition;
use super::rows::Rows;

/// No row.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Where the device rows went.
pub(crate) struct Attached {
    /// For each device row, in order, the person's row it is attached to, or [`NOBODY`].
    pub(crate) to: Vec<u32>,
    /// Devices or lines that belong to nobody named.
    pub(crate) devices: u64,
}

/// Person rows a thread looks up at a time.
const ROWS_A_TASK: usize = 65_536;

/// Attaches device rows by telephone together with IMEI or IMSI, or by a telephone that only one person has.
pub(crate) fn attach(records: &Records, rows: &Rows, roots: &[u32], threads: usize) -> Attached {
    let holders = Holders::find(records, rows, roots, threads);
    let tasks: Vec<&[u32]> = rows.devices.chunks(ROWS_A_TASK).collect();
    let owners = parallel::in_order(tasks.len(), threads, |task| {
        tasks[task].iter().map(|row| holders.owner(records, *row).unwrap_or(NOBODY)).collect::<Vec<u32>>()
    });
    drop(holders);
    let to = owners.concat();
    let devices = count_devices(records, rows, &to);
    Attached { to, devices }
}

/// Who among the people has a value.
#[derive(Clone, Copy)]
struct Holder {
    /// The first row with it.
    first: u32,
    /// Whether all rows with it are one person's.
    alone: bool,
}

impl Holder {
    const NONE: Holder = Holder { first: NOBODY, alone: true };

    fn take(&mut self, row: u32, roots: &[u32]) {
        match self.first {
            NOBODY => self.first = row,
            first => self.alone &= roots[first as usize] == roots[row as usize],
        }
    }

    fn only_one(self) -> Option<u32> {
        (self.alone && self.first != NOBODY).then_some(self.first)
    }
}

/// People by the values that device rows have. However many rows share a value, two numbers are kept of it.
struct Holders {
    lines: Lines,
    pairs: Pairs,
}

/// Who has a telephone number or a SIM.
#[derive(Default)]
struct Lines {
    phones: FxHashMap<u64, Holder>,
    imsis: FxHashMap<u64, Holder>,
}

/// First row with a telephone together with a handset (IMEI) or a SIM (IMSI).
#[derive(Default)]
struct Pairs {
    handsets: FxHashMap<(u64, u64), u32>,
    sims: FxHashMap<(u64, u64), u32>,
}

impl Holders {
    fn find(records: &Records, rows: &Rows, roots: &[u32], threads: usize) -> Self {
        let (mut lines, mut pairs) = parallel::both(
            threads,
            || Lines::of_nobody(records, &rows.devices),
            || Pairs::of_nobody(records, &rows.devices),
        );
        let tasks: Vec<&[u32]> = rows.persons.chunks(ROWS_A_TASK).collect();
        let concerned = parallel::in_order(tasks.len(), threads, |task| {
            let rows = tasks[task].iter().copied();
            rows.filter(|row| lines.concern(records, *row as usize)).collect::<Vec<u32>>()
        });
        let concerned = concerned.concat();
        parallel::both(threads, || lines.take(records, &concerned, roots), || pairs.take(records, &concerned));
        Holders { lines, pairs }
    }

    /// Finds whose the line of a device row is. A SIM that only one person has is that person's line even where the
    /// telephone number is missing.
    fn owner(&self, records: &Records, row: u32) -> Option<u32> {
        let (record, imsi) = (&records.records[row as usize], records.facts.imsi(row as usize));
        let handset = self.pairs.handsets.get(&(record.phone, record.imei)).copied().unwrap_or(NOBODY);
        let sim = self.pairs.sims.get(&(record.phone, imsi)).copied().unwrap_or(NOBODY);
        match handset.min(sim) {
            NOBODY if record.phone != 0 => self.lines.phones.get(&record.phone)?.only_one(),
            NOBODY => self.lines.imsis.get(&imsi)?.only_one(),
            holder => Some(holder),
        }
    }
}

impl Lines {
    /// Lists the values of device rows.
    fn of_nobody(records: &Records, devices: &[u32]) -> Self {
        let mut lines = Lines::default();
        for row in devices.iter().map(|row| *row as usize) {
            let (phone, imsi) = (records.records[row].phone, records.facts.imsi(row));
            if phone != 0 {
                lines.phones.insert(phone, Holder::NONE);
            }
            if imsi != 0 {
                lines.imsis.insert(imsi, Holder::NONE);
            }
        }
        lines
    }

    fn concern(&self, records: &Records, row: usize) -> bool {
        let (phone, imsi) = (records.records[row].phone, records.facts.imsi(row));
        phone != 0 && self.phones.contains_key(&phone) || imsi != 0 && self.imsis.contains_key(&imsi)
    }

    fn take(&mut self, records: &Records, rows: &[u32], roots: &[u32]) {
        for row in rows.iter().copied() {
            let (phone, imsi) = (records.records[row as usize].phone, records.facts.imsi(row as usize));
            self.phones.entry(phone).and_modify(|holder| holder.take(row, roots));
            self.imsis.entry(imsi).and_modify(|holder| holder.take(row, roots));
        }
    }
}

impl Pairs {
    /// Lists the values of device rows.
    fn of_nobody(records: &Records, devices: &[u32]) -> Self {
        let mut pairs = Pairs::default();
        for row in devices.iter().map(|row| *row as usize) {
            let (record, imsi) = (&records.records[row], records.facts.imsi(row));
            if record.phone != 0 && record.imei != 0 {
                pairs.handsets.insert((record.phone, record.imei), NOBODY);
            }
            if record.phone != 0 && imsi != 0 {
                pairs.sims.insert((record.phone, imsi), NOBODY);
            }
        }
        pairs
    }

    fn take(&mut self, records: &Records, rows: &[u32]) {
        for row in rows.iter().copied() {
            let (record, imsi) = (&records.records[row as usize], records.facts.imsi(row as usize));
            // Rows come in rising order, so the first to come is the first.
            let keep = |first: &mut u32| *first = row.min(*first);
            self.handsets.entry((record.phone, record.imei)).and_modify(keep);
            self.sims.entry((record.phone, imsi)).and_modify(keep);
        }
    }
}

/// Counts the lines among the rows nobody owns: rows that share a telephone or a SIM are one line, rows that share
/// only a handset too.
fn count_devices(records: &Records, rows: &Rows, to: &[u32]) -> u64 {
    let orphans: Vec<usize> =
        rows.devices.iter().zip(to).filter(|(_, owner)| **owner == NOBODY).map(|(row, _)| *row as usize).collect();
    let mut partition = Partition::new(orphans.len());
    let fields: [&dyn Fn(usize) -> u64; 3] =
        [&|row| records.records[row].phone, &|row| records.facts.imsi(row), &|row| records.records[row].imei];
    for field in fields {
        let mut first: FxHashMap<u64, u32> = FxHashMap::default();
        for (index, row) in orphans.iter().enumerate() {
            let value = field(*row);
            if value != 0 {
                let seen = *first.entry(value).or_insert(index as u32);
                partition.join(seen, index as u32);
            }
        }
    }
    let roots = partition.roots();
    roots.iter().enumerate().filter(|(index, root)| *index as u32 == **root).count() as u64
}
