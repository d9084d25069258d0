//! Character references of HTML and XML.

use std::borrow::Cow;

use memchr::memchr;

use super::Edit;

/// Longest reference, from `&` to `;`.
const LONGEST: usize = 12;

/// Names with what they stand for: those of XML, and those that text of names, mail and money uses.
const NAMED: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("commat", "@"),
    ("period", "."),
    ("colon", ":"),
    ("comma", ","),
    ("semi", ";"),
    ("hyphen", "-"),
    ("dash", "-"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lowbar", "_"),
    ("plus", "+"),
    ("num", "#"),
    ("sol", "/"),
    ("lpar", "("),
    ("rpar", ")"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("middot", "·"),
    ("bull", "•"),
    ("hellip", "…"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("deg", "°"),
    ("euro", "€"),
    ("pound", "£"),
    ("yen", "¥"),
    ("cent", "¢"),
    ("sect", "§"),
    ("shy", ""),
    ("zwnj", ""),
    ("zwj", ""),
    ("lrm", ""),
    ("rlm", ""),
    ("iexcl", "¡"),
    ("iquest", "¿"),
    ("ordf", "ª"),
    ("ordm", "º"),
    ("szlig", "ß"),
    ("AElig", "Æ"),
    ("aelig", "æ"),
    ("OElig", "Œ"),
    ("oelig", "œ"),
    ("Oslash", "Ø"),
    ("oslash", "ø"),
    ("Aring", "Å"),
    ("aring", "å"),
    ("Ccedil", "Ç"),
    ("ccedil", "ç"),
    ("Ntilde", "Ñ"),
    ("ntilde", "ñ"),
    ("Atilde", "Ã"),
    ("atilde", "ã"),
    ("Otilde", "Õ"),
    ("otilde", "õ"),
    ("Agrave", "À"),
    ("agrave", "à"),
    ("Egrave", "È"),
    ("egrave", "è"),
    ("Igrave", "Ì"),
    ("igrave", "ì"),
    ("Ograve", "Ò"),
    ("ograve", "ò"),
    ("Ugrave", "Ù"),
    ("ugrave", "ù"),
    ("Aacute", "Á"),
    ("aacute", "á"),
    ("Eacute", "É"),
    ("eacute", "é"),
    ("Iacute", "Í"),
    ("iacute", "í"),
    ("Oacute", "Ó"),
    ("oacute", "ó"),
    ("Uacute", "Ú"),
    ("uacute", "ú"),
    ("Yacute", "Ý"),
    ("yacute", "ý"),
    ("Acirc", "Â"),
    ("acirc", "â"),
    ("Ecirc", "Ê"),
    ("ecirc", "ê"),
    ("Icirc", "Î"),
    ("icirc", "î"),
    ("Ocirc", "Ô"),
    ("ocirc", "ô"),
    ("Ucirc", "Û"),
    ("ucirc", "û"),
    ("Auml", "Ä"),
    ("auml", "ä"),
    ("Euml", "Ë"),
    ("euml", "ë"),
    ("Iuml", "Ï"),
    ("iuml", "ï"),
    ("Ouml", "Ö"),
    ("ouml", "ö"),
    ("Uuml", "Ü"),
    ("uuml", "ü"),
    ("yuml", "ÿ"),
    ("Scaron", "Š"),
    ("scaron", "š"),
    ("Zcaron", "Ž"),
    ("zcaron", "ž"),
    ("ETH", "Ð"),
    ("eth", "ð"),
    ("THORN", "Þ"),
    ("thorn", "þ"),
];

/// Finds the references of a text.
pub(super) fn find(text: &[u8]) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr(b'&', &text[at..]).map(|found| at + found) {
        at = found + 1;
        if let Some((meaning, length)) = reference(&text[found..]) {
            edits.push(Edit { source: found..found + length, text: meaning });
            at = found + length;
        }
    }
    edits
}

/// Reads the reference that the bytes begin with; returns what it stands for and its length.
fn reference(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let end = memchr(b';', &bytes[..bytes.len().min(LONGEST)])?;
    let name = std::str::from_utf8(&bytes[1..end]).ok()?;
    let character = |code: Result<u32, _>| {
        let character = char::from_u32(code.ok()?)?;
        (character != '\0').then(|| character.to_string().into_bytes())
    };
    let meaning = match name.strip_prefix('#') {
        Some(code) => match code.strip_prefix(['x', 'X']) {
            Some(digits) => character(u32::from_str_radix(digits, 16))?,
            None => character(code.parse::<u32>())?,
        },
        None => NAMED.iter().find(|(known, _)| *known == name)?.1.as_bytes().to_vec(),
    };
    Some((meaning, end + 1))
}

/// Resolves the references of a text.
pub fn entities(text: &[u8]) -> Cow<'_, [u8]> {
    let edits = find(text);
    if edits.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(super::apply(text, &edits).0) }
}
