//! Addresses of networks, mail boxes and machines, and the traces of credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Checked, Note, Verdict, is_missing, trim};

/// Checks an e-mail address and gives the trimmed bytes. Local part up to 64, whole up to 254, a domain with a dot.
/// Domains that RFC 2606 reserves for examples are impossible and noted as placeholders. Of `Ann Lee <ann@mail.net>` the
/// address counts, of several addresses in one cell the first.
pub fn email(cell: &[u8]) -> Checked<&[u8]> {
    let cell = trim(cell);
    let cell = cell.strip_prefix(b"mailto:").unwrap_or(cell);
    let Some(at) = memchr::memchr(b'@', cell) else {
        return if is_missing(cell) { Checked::MISSING } else { Checked::DAMAGED };
    };
    let whole = one_email(cell, at);
    if whole.verdict == Verdict::Damaged { first_email(cell).unwrap_or(whole) } else { whole }
}

/// The address of `Ann Lee <ann@mail.net>`, or the first of a list of which every part is one.
fn first_email(cell: &[u8]) -> Option<Checked<&[u8]>> {
    let address = |part: &'_ [u8]| -> Option<std::ops::Range<usize>> {
        let start = part.iter().rposition(|byte| *byte == b'<').map_or(0, |open| open + 1);
        let end = if start > 0 { part.strip_suffix(b">")?.len() } else { part.len() };
        Some(start..end)
    };
    let mut first = None;
    let list = |byte: &u8| matches!(byte, b';' | b',');
    // "Lee, Ann <ann@mail.net>" holds a comma, and one address.
    let several = cell.iter().filter(|byte| **byte == b'@').count() > 1;
    for part in cell.split(|byte| several && list(byte)).map(trim).filter(|part| !part.is_empty()) {
        // Brackets with nobody before them are those of a message's header: the text path reads them.
        if part[0] == b'<' {
            return None;
        }
        let inner = trim(&part[address(part)?]);
        let checked = one_email(inner, memchr::memchr(b'@', inner)?);
        if checked.verdict == Verdict::Damaged {
            return None;
        }
        first = first.or(Some(checked));
    }
    first
}

fn one_email(cell: &[u8], at: usize) -> Checked<&[u8]> {
    let (local, domain) = (&cell[..at], &cell[at + 1..]);
    if !local_part(local) || !domain_name(domain) || cell.len() > 254 {
        return Checked::DAMAGED;
    }
    if is_reserved_domain(domain) {
        return Checked::impossible(cell).noted(Note::Placeholder);
    }
    Checked::valid(cell)
}

fn local_part(local: &[u8]) -> bool {
    let sign = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"._%+-'!#$&*/=?^`{|}~".contains(byte);
    !local.is_empty()
        && local.len() <= 64
        && local.iter().all(sign)
        && local[0] != b'.'
        && local[local.len() - 1] != b'.'
}

fn domain_name(domain: &[u8]) -> bool {
    let Some(dot) = memchr::memrchr(b'.', domain) else { return false };
    let top = &domain[dot + 1..];
    let labels = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-') || *byte >= 0x80;
    let top_form = (2..=24).contains(&top.len())
        && (top.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80) || top.starts_with(b"xn--"));
    top_form
        && domain.iter().all(labels)
        && !matches!(domain[0], b'.' | b'-')
        && domain.len() >= 4
        && !domain.windows(2).any(|pair| pair == b"..")
}

/// Source: RFC 2606 and RFC 6761. Addresses there reach nobody.
fn is_reserved_domain(domain: &[u8]) -> bool {
    const TOPS: [&[u8]; 4] = [b".test", b".invalid", b".example", b".localhost"];
    const DOMAINS: [&[u8]; 3] = [b"example.com", b"example.org", b"example.net"];
    let ends = |end: &&[u8]| domain.len() >= end.len() && domain[domain.len() - end.len()..].eq_ignore_ascii_case(end);
    // Every reserved name holds an x, a t, a v or an l at its end; most domains end in other letters.
    match domain.last() {
        Some(b'm' | b'g' | b't' | b'e' | b'd' | b'M' | b'G' | b'T' | b'E' | b'D') => {
            TOPS.iter().any(&ends) || DOMAINS.iter().any(ends)
        }
        _ => false,
    }
}

/// Checks an IP address, also in brackets, with a prefix length or a port behind an IPv4 address.
pub fn ip(cell: &[u8]) -> Checked<IpAddr> {
    let cell = trim(cell);
    if is_missing(cell) {
        return Checked::MISSING;
    }
    if let Some(v4) = ipv4(cell) {
        return v4;
    }
    let bare = cell.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")).unwrap_or(cell);
    if bare.len() <= 45
        && memchr::memchr(b':', bare).is_some()
        && let Some(address) = std::str::from_utf8(bare).ok().and_then(|text| text.parse::<Ipv6Addr>().ok())
    {
        let empty = address.is_unspecified();
        return Checked::judged(IpAddr::V6(address), !empty);
    }
    Checked::DAMAGED
}

fn ipv4(cell: &[u8]) -> Option<Checked<IpAddr>> {
    let mut parts = [0u16; 4];
    let mut part = 0;
    let mut digits = 0;
    let mut end = cell.len();
    for (at, byte) in cell.iter().enumerate() {
        match byte {
            b'0'..=b'9' if digits < 3 => {
                parts[part] = parts[part] * 10 + u16::from(byte - b'0');
                digits += 1;
            }
            b'.' if digits > 0 && part < 3 => (part, digits) = (part + 1, 0),
            b':' | b'/' if part == 3 && digits > 0 => {
                end = at;
                break;
            }
            _ => return None,
        }
    }
    let tail = &cell[end..];
    if part != 3 || digits == 0 || (tail.len() > 1 && !tail[1..].iter().all(u8::is_ascii_digit)) || tail.len() == 1 {
        return None;
    }
    let fits = parts.iter().all(|part| *part <= 255);
    if !fits {
        return Some(Checked::IMPOSSIBLE);
    }
    let [a, b, c, d] = parts.map(|part| part as u8);
    let address = Ipv4Addr::new(a, b, c, d);
    Some(Checked::judged(IpAddr::V4(address), !address.is_unspecified() && !address.is_broadcast()))
}

/// Tells whether an address can lead to a person from outside: not private, loopback, link-local, shared, multicast or
/// documentation space. Sources: RFC 1918, 6598, 5737, 3849.
pub fn ip_is_personal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xC0 == 64;
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_documentation()
                || shared)
        }
        IpAddr::V6(v6) => {
            let documentation = v6.segments()[0] == 0x2001 && v6.segments()[1] == 0xdb8;
            !(v6.is_loopback()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || documentation)
        }
    }
}

/// Checks a MAC address: six bytes with `:` or `-` between, `aabb.ccdd.eeff`, or twelve hexadecimal digits. All zeros and
/// broadcast are impossible.
pub fn mac(cell: &[u8]) -> Checked<u64> {
    let cell = trim(cell);
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let step = match (cell.len(), cell.get(2), cell.get(4)) {
        (17, Some(b':' | b'-'), _) => 2,
        (14, _, Some(b'.')) => 4,
        // Nothing stands between: no place is one of a separator.
        (12, ..) => 12,
        _ => return Checked::DAMAGED,
    };
    let mut value = 0u64;
    for (at, byte) in cell.iter().enumerate() {
        if at % (step + 1) == step {
            if *byte != cell[step] {
                return Checked::DAMAGED;
            }
            continue;
        }
        let Some(nibble) = char::from(*byte).to_digit(16) else { return Checked::DAMAGED };
        value = value << 4 | u64::from(nibble);
    }
    Checked::judged(value, value != 0 && value != 0xFFFF_FFFF_FFFF)
}

/// Checks a vehicle identification number: 17 characters without I, O, Q; check digit in place 9; model year in place 10.
/// Source: 49 CFR 565.15.
pub fn vin(cell: &[u8]) -> Checked<()> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    const LETTERS: [u32; 26] = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    if cell.len() != 17 || !cell.iter().all(u8::is_ascii_alphanumeric) {
        return Checked::DAMAGED;
    }
    let mut sum = 0;
    for (byte, weight) in cell.iter().zip(WEIGHTS) {
        let upper = byte.to_ascii_uppercase();
        if matches!(upper, b'I' | b'O' | b'Q') {
            return Checked::DAMAGED;
        }
        let value = if upper.is_ascii_digit() { u32::from(upper - b'0') } else { LETTERS[usize::from(upper - b'A')] };
        sum += value * weight;
    }
    let expected = match sum % 11 {
        10 => b'X',
        digit => b'0' + digit as u8,
    };
    let year = cell[9].to_ascii_uppercase();
    let possible = cell[8].to_ascii_uppercase() == expected && !matches!(year, b'0' | b'U' | b'Z') && cell[0] != b'0';
    let all_equal = cell.iter().all(|byte| byte == &cell[0]);
    Checked::judged((), possible && !all_equal)
}

/// Checks a password hash: a crypt form (`$2b$10$...`, `$6$...`, `$argon2id$...`, `pbkdf2_...`, `{SSHA}...`) or hexadecimal
/// of the length of a common digest. Hexadecimal alone also fits other things; the column decides.
pub fn password_hash(cell: &[u8]) -> Checked<()> {
    if is_missing(cell) {
        return Checked::MISSING;
    }
    let cell = trim(cell);
    let tagged = match cell {
        [b'$', b'2', b'a' | b'b' | b'x' | b'y', b'$', ..] => cell.len() == 60,
        [b'$', b'1' | b'5' | b'6' | b'P' | b'H' | b'y' | b'7', b'$', rest @ ..] => rest.len() >= 20,
        _ => {
            const STARTS: [&[u8]; 9] = [
                b"$argon2",
                b"$apr1$",
                b"$scrypt$",
                b"$pbkdf2",
                b"pbkdf2_",
                b"{SSHA",
                b"{SHA",
                b"argon2$",
                b"bcrypt_sha256$",
            ];
            STARTS.iter().any(|start| cell.starts_with(start)) && cell.len() >= 20
        }
    };
    let body = cell.strip_prefix(b"*").unwrap_or(cell);
    let body = body.strip_prefix(b"0x").unwrap_or(body);
    let hexadecimal = matches!(body.len(), 32 | 40 | 56 | 64 | 96 | 128) && body.iter().all(u8::is_ascii_hexdigit);
    if !tagged && !hexadecimal {
        return Checked::DAMAGED;
    }
    Checked::judged((), tagged || !body.iter().all(|byte| byte == &body[0]))
}

#[cfg(test)]
mod tests {
    use super::super::Verdict::*;
    use super::super::tests::check;
    use super::*;

    #[test]
    fn networks() {
        check(
            email,
            &[
                ("ann.lee+x@mail.co.uk", Valid),
                ("ann@example.com", Impossible),
                ("ann@x.test", Impossible),
                ("ann@", Damaged),
                ("ann.lee@localhost", Damaged),
                ("a b@c.de", Damaged),
                ("none", Missing),
                ("josé@correo.es", Valid),
            ],
        );
        check(
            ip,
            &[
                ("8.8.8.8", Valid),
                ("8.8.8.8:443", Valid),
                ("10.0.0.0/8", Valid),
                ("8.8.8.256", Impossible),
                ("1.2.3", Damaged),
                ("1.2.3.4.5", Damaged),
                ("2001:4860::8888", Valid),
                ("12:30:45", Damaged),
            ],
        );
        check(
            mac,
            &[
                ("00:1A:2b:3c:4d:5e", Valid),
                ("001a.2b3c.4d5e", Valid),
                ("ff-ff-ff-ff-ff-ff", Impossible),
                ("12:30:45", Damaged),
            ],
        );
        check(vin, &[("1M8GDM9AXKP042788", Valid), ("1M8GDM9A1KP042788", Impossible), ("1M8GDM9AXKP04278O", Damaged)]);
        check(
            password_hash,
            &[
                ("5f4dcc3b5aa765d61d8327deb882cf99", Valid),
                ("$2b$12$KIXQ0Z1Y2u3v4w5x6y7z8eabcdefghijklmnopqrstuvwxyz01234", Valid),
                ("hunter2", Damaged),
            ],
        );
        assert!(!ip_is_personal("192.168.1.1".parse().unwrap()));
        assert!(ip_is_personal("8.8.8.8".parse().unwrap()));
    }
}
