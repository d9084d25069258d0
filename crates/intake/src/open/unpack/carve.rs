//! Text carved out of binary data: disk images, old documents, databases without a reader.
//!
//! Enters: bytes of a kind whose text lies at places nobody tells. Leaves: text of the same length, in which everything
//! that is no run of characters is blank, so that every place keeps its offset. Runs of UTF-16 are pulled together at
//! their beginning. Never: claims to have read the structure; the problem says so.

use std::io::{self, Read};

use vocab::ProblemKind;

use super::super::container::Input;
use super::super::leaf::refusal;
use super::{Content, Given, Made, Part, Sink};

/// Characters of a run from which on it is text.
const SHORTEST: usize = 6;
/// Bytes looked at together; a run is cut there.
const WINDOW: usize = 64 << 10;

/// Recognises what is worth carving.
pub(super) fn of(head: &[u8]) -> Option<&'static str> {
    const SIGNS: [(&[u8], &str); 3] = [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE document (XLS, DOC, PPT, MSG)"),
        (b"\0\x01\0\0Standard Jet DB", "Access database"),
        (b"\0\x01\0\0Standard ACE DB", "Access database"),
    ];
    let found = SIGNS.iter().find(|(sign, _)| head.starts_with(sign)).map(|(_, what)| *what);
    found.or_else(|| is_disk(head).then_some("disk image"))
}

/// A boot record with a table of partitions or a file system.
fn is_disk(head: &[u8]) -> bool {
    if head.get(510..512) != Some(&[0x55, 0xaa]) {
        return false;
    }
    let system = [(3, &b"NTFS    "[..]), (54, b"FAT1"), (82, b"FAT32"), (3, b"EXFAT   ")];
    if system.iter().any(|(at, name)| head[*at..].starts_with(name)) {
        return true;
    }
    // Four entries: each begins with 0x00 or 0x80, at least one has a kind and a length.
    let entries = head[446..510].chunks(16);
    let good = entries.clone().all(|entry| matches!(entry[0], 0 | 0x80));
    good && entries.into_iter().any(|entry| entry[4] != 0 && entry[12..16] != [0; 4])
}

pub(super) fn unpack(input: &mut Input<'_>, what: &str, sink: &mut dyn Sink) -> Given {
    let cause = format!("{what}: its structure is not read; runs of text were carved out of it");
    sink.problem(refusal(ProblemKind::Unsupported, cause, "export it as text, CSV or single files for a full answer"));
    let mut window = Vec::new();
    let mut make = |out: &mut Vec<u8>| -> io::Result<bool> {
        window.clear();
        (&mut *input).take(WINDOW as u64).read_to_end(&mut window)?;
        carve(&window, out);
        Ok(!window.is_empty())
    };
    Ok(sink.part(Part { name: None, content: Content::Text, reader: &mut Made::new(&mut make) }))
}

/// Appends as many bytes as it is given.
fn carve(bytes: &[u8], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < bytes.len() {
        let narrow = narrow_run(&bytes[at..]);
        if narrow >= SHORTEST {
            out.extend_from_slice(&bytes[at..at + narrow]);
            at += narrow;
            continue;
        }
        let wide = wide_run(&bytes[at..]);
        if wide >= SHORTEST {
            out.extend(bytes[at..at + wide * 2].iter().step_by(2));
            out.push(b'\n');
            out.extend(std::iter::repeat_n(b' ', wide - 1));
            at += wide * 2;
            continue;
        }
        // Not a whole short run: the last of its bytes may be the first of a wide one.
        let blank = narrow.max(1) - usize::from(narrow > 1);
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', blank - 1));
        at += blank;
    }
}

/// Bytes of text at the beginning: printable ASCII and whole UTF-8 characters.
fn narrow_run(bytes: &[u8]) -> usize {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t');
    let mut length = 0;
    loop {
        length += bytes[length..].iter().take_while(|byte| plain(byte)).count();
        let wide = match bytes.get(length) {
            Some(0xC3..=0xDF) => 2,
            Some(0xE1..=0xEC) => 3,
            _ => return length,
        };
        match bytes.get(length..length + wide) {
            Some(sequence) if length > 0 && std::str::from_utf8(sequence).is_ok() => length += wide,
            _ => return length,
        }
    }
}

/// Characters of UTF-16 at the beginning that are printable ASCII.
fn wide_run(bytes: &[u8]) -> usize {
    bytes.chunks_exact(2).take_while(|pair| pair[1] == 0 && matches!(pair[0], b' '..=b'~' | b'\t')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_its_place() {
        let mut bytes = b"\0\x01ann@example.com\0\xff".to_vec();
        let wide: Vec<u8> = "Ann Lee 518".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let at = bytes.len();
        bytes.extend_from_slice(&wide);
        bytes.extend_from_slice(b"\x02ab\x03");
        let mut out = Vec::new();
        carve(&bytes, &mut out);
        assert_eq!(out.len(), bytes.len());
        assert_eq!(&out[2..17], b"ann@example.com");
        assert_eq!(&out[at..at + 12], b"Ann Lee 518\n");
        assert!(!String::from_utf8(out).expect("text").contains("ab"));
    }
}
