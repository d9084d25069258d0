//! Every reader with a structure of its own, fed with changed inputs: what must hold for every input holds.
//!
//! A few hundred changes in an ordinary run; `LEAKASSAY_MUTATE_SECONDS=120` tries as many as fit into that time for each seed.

use std::time::{Duration, Instant};

use intake::open::Limits;

use super::{Evidence, everything, small_limits};

const SEEDS: [(&str, &[u8]); 33] = [
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
    ("pg.sql", b"-- PostgreSQL database dump\nCREATE TABLE public.p (\n  id int,\n  note text\n);\nCOPY public.p (id, note) FROM stdin;\n1\ta\\tb\n2\t\\N\n3\tplain\n\\.\n\n/* a; b */\nINSERT INTO public.q VALUES (1, E'x\\'y'), (2, 'z'::text);\n"),
    ("oracle.sql", b"REM INSERTING into P\nSET DEFINE OFF;\nInsert into P (ID,NAME,D) values (1,'Ann',to_date('01.05.1990','DD.MM.YYYY'));\nInsert into P (ID,NAME,D) values (2,'O''B; x',null);\nINSERT ALL INTO P VALUES (3,'Bo') INTO P VALUES (4,'Cy') SELECT 1 FROM dual;\n"),
    ("backslash.tsv", b"id\tname\tnote\n1\tAnn\ta\\\tb\n2\tBo\t\\N\n3\t\"C\\\"y\"\tx\\\ny\n4\tDi\tz\n"),
    ("bars.txt", b"id||name||note\r\n1||Ann||x\r\n2||\"B||o\"||y\r\n3||Cy||\r\n4||\"two\r\nlines\"||z\r\n"),
    ("returns.csv", b"id;name;note\r1;\"Ann;a\";x\r2;Bo;y\r3;Cy\r4;Di;z;\r"),
    ("combo.txt", b"ann@example.com:pa:ss\nbo@example.org:x\ncy@example.net:word,1\nhttps://s.example:8443/a:di@example.com:p\n"),
    ("lines.ndjson", b"{\"a\":\"Ann\",\"n\":{\"x\":1}}\n{\"a\":\"B\\u00f6\",\"t\":[1,2]}\n\n{\"a\":null}\n"),
    ("array.json", b"{\"data\":[{\"a\":\"Ann\",\"b\":\"x{\"},\n {\"a\":\"Bo\",\"b\":[{\"c\":1}]},\n {\"a\":\"C\\\"y\"}]}\n"),
    ("bulk.json", b"{\"index\":{\"_id\":1}}\n{\"a\":\"Ann\"}\n{\"create\":{}}\n{\"a\":\"Bo\"}\n"),
    ("fixed.txt", b"1001 Ann Alvarez      1950-01-02 518112001\n1002 Bo Tanaka        1961-11-30 521122002\n1003 Cy Okafor        1971-10-20 518112003\n1004 Di Lee           1981-09-10 518112004\n1005 Ed Poe           1991-08-01 518112005\n"),
    ("notes.txt", b"Dear sir, the number is 518-11-2001.\nCall (208) 234-1000 \xe2\x82\xac5\r\nyours \xe9\xe9\n"),
    ("people.7z", include_bytes!("data/people.7z")),
    ("people.rar", include_bytes!("data/people.rar")),
    ("letter.pdf", include_bytes!("data/letter.pdf")),
    ("unicode.pdf", include_bytes!("data/unicode.pdf")),
    ("people.xls", include_bytes!("data/people.xls")),
    ("rows.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xffK\xd4I\xd2I\xe62\xd41\xd21\xe62\xd11\xd51\xe32\xd7\xb1\xd0\xb1\xe4\x02\x00l\x98\xcb\xd9\x18\x00\x00\x00"),
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
        match dice.below(8) {
            0 => bytes.truncate(at),
            // Long enough to reach the limits.
            7 => {
                let piece = bytes[at..to].repeat(1 + dice.below(24));
                bytes.splice(at..at, piece);
            }
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

/// Limits that a few hundred bytes reach.
fn tight_limits(chunk_bytes: usize) -> Limits {
    Limits { record_bytes: 300, quoted_bytes: 120, quoted_lines: 4, ..small_limits(chunk_bytes) }
}

/// Whatever is in the bytes: nothing panics, and rows, addresses, what is set aside and why are the same however the
/// member is cut into chunks and shared among threads.
fn holds(name: &str, bytes: &[u8], limits: fn(usize) -> Limits) {
    let evidence = Evidence::new(&[(name, bytes)]);
    let survey = evidence.survey(&limits(1 << 20));
    for file in &survey.files {
        let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
        assert_eq!(unforeseen, None, "a reader panics");
        let mut whole = everything(file, &limits(1 << 20), 1);
        // Text may be cut anywhere; rows and totals may not change.
        whole.text.clear();
        for (chunk_bytes, threads) in [(1, 1), (7, 1), (100, 3), (333, 1), (1000, 2)] {
            let mut small = everything(file, &limits(chunk_bytes), threads);
            small.text.clear();
            assert_eq!(whole, small, "what is read depends on chunks of {chunk_bytes} or {threads} threads");
        }
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
                    None => tried < if name.ends_with(".sql") { 200 } else { 40 },
                };
                let mut tried = 0;
                while more(tried) {
                    let bytes = changed(seed, &mut Dice(tried));
                    let limits = if tried % 2 == 0 { tight_limits } else { small_limits };
                    let outcome = std::panic::catch_unwind(|| holds(name, &bytes, limits));
                    assert!(outcome.is_ok(), "{name}, change {tried}: see above");
                    tried += 1;
                }
            });
        }
    });
}
