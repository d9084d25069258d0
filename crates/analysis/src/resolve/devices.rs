//! Attaches device rows to people: a line is somebody's only where the evidence ties it to one person.
//!
//! Enters: device rows and the people so far. Leaves: for each device row the row of the person it belongs to, or the
//! device it is. Never: a person made from a device.

use rustc_hash::FxHashMap;
use vocab::Records;

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

/// Attaches device rows by telephone together with IMEI or IMSI, or by a telephone that only one person has.
pub(crate) fn attach(records: &Records, rows: &Rows, roots: &[u32]) -> Attached {
    let phones: FxHashMap<u64, Vec<u32>> = holders(records, rows, roots, |row| records.records[row].phone);
    let imsis: FxHashMap<u64, Vec<u32>> = holders(records, rows, roots, |row| records.facts.imsi[row]);
    let owner = |row: u32| {
        let row = row as usize;
        let record = &records.records[row];
        let holders = phones.get(&record.phone).map_or(&[][..], Vec::as_slice);
        let same_handset = |holder: &&u32| {
            let other = **holder as usize;
            let imei = record.imei != 0 && record.imei == records.records[other].imei;
            imei || records.facts.imsi[row] != 0 && records.facts.imsi[row] == records.facts.imsi[other]
        };
        let first = holders.first().copied();
        let alone = holders.iter().all(|holder| roots[*holder as usize] == roots[holders[0] as usize]);
        match holders.iter().find(same_handset) {
            Some(holder) => *holder,
            None if alone => first.or_else(|| by_imsi(records, &imsis, roots, row)).unwrap_or(NOBODY),
            None => NOBODY,
        }
    };
    let to: Vec<u32> = rows.devices.iter().map(|row| owner(*row)).collect();
    let devices = count_devices(records, rows, &to);
    Attached { to, devices }
}

/// Lists the person rows that hold each value, for values that device rows hold too.
fn holders(records: &Records, rows: &Rows, roots: &[u32], value: impl Fn(usize) -> u64) -> FxHashMap<u64, Vec<u32>> {
    let wanted = rows.devices.iter().map(|row| value(*row as usize)).filter(|value| *value != 0);
    let mut holders: FxHashMap<u64, Vec<u32>> = wanted.map(|value| (value, Vec::new())).collect();
    for &row in &rows.persons {
        if let Some(list) = holders.get_mut(&value(row as usize)) {
            let record = &records.records[row as usize];
            // One row a person is enough, unless the handset differs.
            let known = list.iter().any(|other| {
                roots[*other as usize] == roots[row as usize]
                    && records.records[*other as usize].imei == record.imei
                    && records.facts.imsi[*other as usize] == records.facts.imsi[row as usize]
            });
            if !known {
                list.push(row);
            }
        }
    }
    holders
}

/// A SIM that only one person has is that person's line even where the telephone number is missing.
fn by_imsi(records: &Records, imsis: &FxHashMap<u64, Vec<u32>>, roots: &[u32], row: usize) -> Option<u32> {
    if records.records[row].phone != 0 {
        return None;
    }
    let holders = imsis.get(&records.facts.imsi[row])?;
    let first = *holders.first()?;
    holders.iter().all(|holder| roots[*holder as usize] == roots[first as usize]).then_some(first)
}

/// Counts the lines among the rows nobody owns: rows that share a telephone or a SIM are one line, rows that share
/// only a handset too.
fn count_devices(records: &Records, rows: &Rows, to: &[u32]) -> u64 {
    let orphans: Vec<usize> =
        rows.devices.iter().zip(to).filter(|(_, owner)| **owner == NOBODY).map(|(row, _)| *row as usize).collect();
    let mut partition = Partition::new(orphans.len());
    let fields: [&dyn Fn(usize) -> u64; 3] =
        [&|row| records.records[row].phone, &|row| records.facts.imsi[row], &|row| records.records[row].imei];
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
