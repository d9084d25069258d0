//! Puts right what only guards against accidents: checksums and packing. A change behind a checksum would never be read.

use std::io::Write;

/// What stands between the members of a workbook.
pub const BETWEEN: &[u8] = b"\0next member\0";
/// The members of a binary workbook, in the order in which they stand.
pub const MEMBERS: [&str; 5] = [
    "[Content_Types].xml",
    "xl/workbook.bin",
    "xl/_rels/workbook.bin.rels",
    "xl/sharedStrings.bin",
    "xl/worksheets/sheet1.bin",
];

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?);
    usize::try_from(number).ok()
}

/// A 7z archive with the checksums of its beginning and of its directory.
pub fn seven_zip(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    if let (Some(from), Some(count)) = (long(&bytes, 12), long(&bytes, 20))
        && let Some(start) = from.checked_add(32)
        && let Some(directory) = start.checked_add(count).and_then(|end| bytes.get(start..end))
    {
        let crc = crc32(directory);
        bytes[28..32].copy_from_slice(&crc.to_le_bytes());
    }
    if bytes.len() >= 32 {
        let crc = crc32(&bytes[12..32]);
        bytes[8..12].copy_from_slice(&crc.to_le_bytes());
    }
    bytes
}

/// A RAR archive with the checksums of its headers.
pub fn rar(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    if bytes.starts_with(b"Rar!\x1a\x07\x01\0") {
        let mut at = 8;
        while let Some(next) = newer_header(&mut bytes, at) {
            at = next;
        }
    } else if bytes.starts_with(b"Rar!\x1a\x07\0") {
        let mut at = 7;
        while let Some(next) = older_header(&mut bytes, at) {
            at = next;
        }
    }
    bytes
}

/// A number of RAR 5, seven bits a byte, and where it ends.
fn varied(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let mut number = 0;
    for index in 0..10 {
        let byte = usize::from(*bytes.get(at + index)?);
        number |= (byte & 0x7f).checked_shl(7 * index as u32).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Some((number, at + index + 1));
        }
    }
    None
}

fn newer_header(bytes: &mut [u8], at: usize) -> Option<usize> {
    let (size, body) = varied(bytes, at + 4)?;
    let end = body.checked_add(size)?;
    let crc = crc32(bytes.get(at + 4..end)?);
    bytes[at..at + 4].copy_from_slice(&crc.to_le_bytes());
    let (_, flags_at) = varied(bytes, body)?;
    let (flags, mut next) = varied(bytes, flags_at)?;
    if flags & 1 != 0 {
        next = varied(bytes, next)?.1;
    }
    let data = if flags & 2 != 0 { varied(bytes, next)?.0 } else { 0 };
    end.checked_add(data).filter(|next| *next > at)
}

fn older_header(bytes: &mut [u8], at: usize) -> Option<usize> {
    let half = |bytes: &[u8], at: usize| Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let (flags, size) = (half(bytes, at + 3)?, half(bytes, at + 5)?);
    let crc = crc32(bytes.get(at + 2..at.checked_add(size.max(7))?)?);
    bytes[at..at + 2].copy_from_slice(&crc.to_le_bytes()[..2]);
    let data = if flags & 0x8000 != 0 { half(bytes, at + 7)? | half(bytes, at + 9)? << 16 } else { 0 };
    at.checked_add(size)?.checked_add(data).filter(|next| *next > at)
}

/// A binary workbook of members that stand one behind the other.
pub fn workbook(data: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut rest = data;
    for name in MEMBERS {
        let end = rest.windows(BETWEEN.len()).position(|bytes| bytes == BETWEEN);
        let member = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&[], |end| &rest[end + BETWEEN.len()..]);
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory takes every write");
        writer.write_all(member).expect("memory takes every write");
    }
    writer.finish().expect("memory takes every write").into_inner()
}
