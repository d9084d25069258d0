//! What kind of bytes these are, by their beginning, never by a name.

/// What a member's first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Magic {
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// Zstandard.
    Zstd,
    /// ZIP.
    Zip,
    /// tar.
    Tar,
    /// 7z.
    SevenZip,
    /// RAR.
    Rar,
    /// Disk image of an examiner (EWF).
    Image,
    /// Parquet.
    Parquet,
    /// Known, and not read by this program; the word names it.
    Foreign(&'static str),
    /// Known to be encrypted.
    Encrypted,
    /// None of these: text of some kind, or unknown.
    Other,
}

impl Magic {
    /// Tells whether there are members in it.
    pub(super) fn is_container(self) -> bool {
        use Magic::{Bzip2, Gzip, Image, Rar, SevenZip, Tar, Xz, Zip, Zstd};
        matches!(self, Gzip | Bzip2 | Xz | Zstd | Zip | Tar | SevenZip | Rar | Image)
    }
}

/// Bytes that [`magic`] needs to decide.
pub(super) const MAGIC_BYTES: usize = 512;

const SIGNATURES: &[(&[u8], Magic)] = &[
    (b"\x1f\x8b\x08", Magic::Gzip),
    (b"BZh", Magic::Bzip2),
    (b"\xfd7zXZ\0", Magic::Xz),
    (b"\x28\xb5\x2f\xfd", Magic::Zstd),
    (b"PK\x03\x04", Magic::Zip),
    (b"PK\x05\x06", Magic::Zip),
    (b"PK\x07\x08PK\x03\x04", Magic::Zip),
    (b"PAR1", Magic::Parquet),
    (b"PARE", Magic::Encrypted),
    (b"Salted__", Magic::Encrypted),
    (b"age-encryption.org/", Magic::Encrypted),
    (b"-----BEGIN PGP MESSAGE", Magic::Encrypted),
    (b"7z\xbc\xaf\x27\x1c", Magic::SevenZip),
    (b"Rar!\x1a\x07", Magic::Rar),
    (b"PGDMP", Magic::Foreign("PostgreSQL custom-format dump")),
    (b"\x89PNG", Magic::Foreign("PNG image")),
    (b"\xff\xd8\xff", Magic::Foreign("JPEG image")),
    (b"GIF8", Magic::Foreign("GIF image")),
    (b"\x7fELF", Magic::Foreign("ELF program")),
    (b"ORC", Magic::Foreign("ORC file")),
    (b"\x04\x22\x4d\x18", Magic::Foreign("LZ4 stream")),
    (b"!BDN", Magic::Foreign("Outlook store")),
    (b"EVF\x09\x0d\x0a\xff\0", Magic::Image),
    (b"\xff\xfe\0\0", Magic::Foreign("UTF-32 text")),
];

/// Recognises containers and binary formats.
pub(super) fn magic(head: &[u8]) -> Magic {
    if head.len() > 5 && head[0] & 0xF0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18] {
        return Magic::Zstd;
    }
    for (signature, magic) in SIGNATURES {
        if head.starts_with(signature) && confirmed(*magic, head) {
            return *magic;
        }
    }
    if is_tar(head) { Magic::Tar } else { Magic::Other }
}

/// Looks a second time where a signature is short enough to begin a text.
fn confirmed(magic: Magic, head: &[u8]) -> bool {
    match magic {
        Magic::Bzip2 => {
            let block = head.get(4..10);
            head.get(3).is_some_and(|level| (b'1'..=b'9').contains(level))
                && (block == Some(b"1AY&SY") || block == Some(b"\x17\x72\x45\x38\x50\x90"))
        }
        Magic::Foreign("ORC file" | "GIF image") => head.get(3..16).is_some_and(|rest| rest.contains(&0)),
        Magic::Parquet => head.get(4..16).is_some_and(|rest| rest.iter().any(|byte| *byte < b' ')),
        _ => true,
    }
}

/// A tar header: its checksum holds.
fn is_tar(head: &[u8]) -> bool {
    if head.len() < 512 || head[0] == 0 {
        return false;
    }
    let field = &head[148..156];
    let digits: Vec<u8> = field.iter().copied().filter(u8::is_ascii_digit).collect();
    let stated = std::str::from_utf8(&digits).ok().and_then(|text| u32::from_str_radix(text, 8).ok());
    let sum: u32 =
        head[..512].iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) }).sum();
    stated == Some(sum)
}

/// Tells whether the bytes are no text: many control characters (random bytes have 10.5 %), or nothing but zeros.
pub(super) fn is_binary(head: &[u8]) -> bool {
    let odd = head.iter().filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    let separators = [0x01u8, 0x1f, 0x1e, 0x14].map(|s| head.iter().filter(|b| **b == s).count());
    let separators = separators.into_iter().max().unwrap_or(0);
    (odd - separators) * 100 > head.len() * 7 || (odd > 0 && odd == head.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_told_apart_from_words_that_begin_alike() {
        assert_eq!(magic(b"\x1f\x8b\x08\0\0"), Magic::Gzip);
        assert_eq!(magic(b"BZh91AY&SY...."), Magic::Bzip2);
        assert_eq!(magic(b"BZh9,name,city"), Magic::Other);
        assert_eq!(magic(b"PAR1,name,city,street,zip"), Magic::Other);
        assert_eq!(magic(b"ORC,name,city,street,zip"), Magic::Other);
        assert_eq!(magic(b"id,name"), Magic::Other);
        assert_eq!(magic(b""), Magic::Other);
    }

    #[test]
    fn zeros_and_machine_code_are_no_text() {
        assert!(is_binary(&[0; 64]));
        assert!(is_binary(&(0..=255u8).cycle().take(64).map(|b| b % 9).collect::<Vec<_>>()));
        assert!(!is_binary(b"a\x01b\x01c\na\x01b\x01c\n"));
        assert!(!is_binary(b"plain text with one \0 in it, nothing more than that"));
        assert!(!is_binary(b""));
    }
}
