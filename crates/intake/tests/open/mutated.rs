//! Every reader with a structure of its own, fed with changed inputs: what must hold for every input holds.
//!
//! A few hundred changes in an ordinary run; `LEAKASSAY_MUTATE_SECONDS=120` tries as many as fit into that time for each seed.

use std::time::{Duration, Instant};

use super::{Evidence, everything, small_limits};

const SEEDS: [(&str, &[u8]); 16] = [
    ("people.sqlite", include_bytes!("data/people.sqlite")),
    ("people16.sqlite", include_bytes!("data/people16.sqlite")),
    ("people.bson", include_bytes!("../../../../fuzz/seeds/people.bson")),
    ("dump.archive", include_bytes!("../../../../fuzz/seeds/dump.archive")),
    ("people.dbf", include_bytes!("../../../../fuzz/seeds/people.dbf")),
    ("people.avro", include_bytes!("../../../../fuzz/seeds/people-null.avro")),
    ("snappy.avro", include_bytes!("../../../../fuzz/seeds/people-snappy.avro")),
    ("book.xlsx", include_bytes!("../../../../fuzz/seeds/book.xlsx")),
    ("people.ods", include_bytes!("../../../../fuzz/seeds/people.ods")),
    ("letter.docx", include_bytes!("../../../../fuzz/seeds/letter.docx")),
    ("page.html", b"<html><table><tr><td>menu<td><table><tr><th>Name<th>SSN</tr><tr><td>Ann</td><td>518-11-2001</td></tr></table></table><p>a&#64;b.example<script>x='<'</script></html>"),
    ("page.xml", b"<?xml version=\"1.0\"?><a at='1'><by>bo</by><c id=\"1\"><n>Ann &lt;</n><field name=\"p\">1</field></c><c id=\"2\"><n><![CDATA[<Bo>]]></n></c></a>"),
    ("m.eml", b"From: a@example.com\nTo: b@example.com\nSubject: =?utf-8?B?Wm/Dqw==?=\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: quoted-printable\n\n518-=\n11 =C3\n--b\nContent-Disposition: attachment; filename=\"a.csv\"\nContent-Transfer-Encoding: base64\n\nYSxiLGMKMSwyLDMKNCw1LDYK\n--b--\n"),
    ("blocks.txt", b"URL: https://s.example\nUser: ann\nPassword: pa:ss\n======\nURL: https://t.example\nUser: bo\nPassword: x\n\ndn: uid=a\nBEGIN:VCARD\nN:Lee;Ann\nEND:VCARD\n"),
    ("quoted.csv", b"\"id\",\"name\",\"note\"\r\n\"1\",\"Ann\",\"a,b\"\r\n\"2\",\"O\"\"Brien\",\"two\r\nlines\"\r\n\"3\",\"Bo\",\"\"\r\n\"4\",\"Cy\",\"plain words to fill a block of bytes\"\r\n\"5\",\"Di\",\"x\"\r\n"),
    ("dump.sql", b"-- MySQL dump\nINSERT INTO `t` VALUES (1,'a),(b',NULL),(2,'it\\'s','x'),(3,'plain words to fill the block','y'),(4,'O''Brien',now()),(5,'z','w'),(6,'more words to go over','v');\nINSERT [t] VALUES (N'x', CAST('1' AS int))\n"),
];

/// Signs that formats give a meaning.
const SIGNS: [&[u8]; 20] = [
    b"\"",
    b"'",
    b"\\",
    b",",
    b";",
    b":",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff\xff",
    b"<",
    b">",
    b"=",
    b"--b",
    b"\x80\x80\x80",
    b"),(",
    b"\"\"",
    b"9999999999",
    b"\xc3",
    b"<td>",
];

/// A source of numbers that can be replayed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) % limit.max(1) as u64) as usize
    }
}

fn changed(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let to = (at + dice.below(40)).min(bytes.len());
        match dice.below(7) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let piece = bytes[at..to].to_vec();
                let into = dice.below(bytes.len() + 1);
                bytes.splice(into..into, piece);
            }
            3 | 4 => {
                let sign = SIGNS[dice.below(SIGNS.len())];
                bytes.splice(at..at, sign.iter().copied());
            }
            _ => bytes[at..to].iter_mut().take(3).for_each(|byte| *byte = dice.below(256) as u8),
        }
    }
    bytes
}

fn holds(name: &str, bytes: &[u8]) {
    let evidence = Evidence::new(&[(name, bytes)]);
    let survey = evidence.survey(&small_limits(1 << 20));
    for file in &survey.files {
        let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
        assert_eq!(unforeseen, None, "a reader panics");
        let mut whole = everything(file, &small_limits(1 << 20), 1);
        let mut small = everything(file, &small_limits(100), 3);
        whole.text.clear();
        small.text.clear();
        assert_eq!(whole, small, "what is read depends on chunks or threads");
    }
}

#[test]
fn whatever_is_changed() {
    let seconds = std::env::var("LEAKASSAY_MUTATE_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    std::thread::scope(|scope| {
        for (name, seed) in SEEDS {
            scope.spawn(move || {
                let start = Instant::now();
                let more = |tried: u64| match seconds {
                    Some(seconds) => start.elapsed() < Duration::from_secs(seconds),
                    // Change 155 of the dump once counted a comma more or less with the size of the chunks.
                    None => tried < if name == "dump.sql" { 200 } else { 25 },
                };
                let mut tried = 0;
                while more(tried) {
                    let bytes = changed(seed, &mut Dice(tried));
                    let outcome = std::panic::catch_unwind(|| holds(name, &bytes));
                    assert!(outcome.is_ok(), "{name}, change {tried}: see above");
                    tried += 1;
                }
            });
        }
    });
}
