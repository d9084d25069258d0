//! Small, whole inputs of each kind. Everybody in them is fictional.

use std::io::Write;

const CSV: &str = "first_name,last_name,dob,ssn,phone\n\
    Maria,Alvarez,1950-01-02,518-11-2001,(208) 234-1000\n\
    \"James\",\"O\"\"Connor, Jr\",1961-11-30,521-12-2002,918-555-1001\n\
    Aiko,Tanaka,,,\n";

/// Addresses of evidence.
pub fn addresses() -> Vec<Vec<u8>> {
    ["evidence/a.zip::prepaid.csv::row/12", "a%3Ab::gz::table/dbo%2Fx/row/7", "notes.txt::bytes/100+11", "x"]
        .map(|text| text.as_bytes().to_vec())
        .to_vec()
}

/// Cells.
pub fn values() -> Vec<Vec<u8>> {
    let cells = [
        "518-11-2001",
        "(208) 234-1000",
        "+44 20 7946 0958",
        "1950-01-02",
        "02/01/1950",
        "490154203237518",
        "310260738291045",
        "4539 5787 6362 1486",
        "m.alvarez@example.com",
        "2001:db8::1",
        "198.51.100.7",
        "O'Connor, Maria Q. Jr",
        "123 N Maple St Apt 4",
        "83702-1234",
        "ID",
        "8901260123456789012",
        "$2b$10$abcdefghijklmnopqrstuv",
        "N/A",
        "1.234E+14",
        "1HGCM82633A004352",
    ];
    cells.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Facts of a breach, in TOML.
pub fn facts() -> Vec<Vec<u8>> {
    vec![b"as_of = \"2026-08-17T09:00:00Z\"\ndiscovered = \"2026-08-12\"\n".to_vec()]
}

/// Rule files: the real ones, each as small as it is.
pub fn rules() -> Vec<Vec<u8>> {
    let book = rulebook::Rulebook::embedded();
    let small = book.files().filter(|(_, text)| text.len() < 8 << 10);
    small.map(|(_, text)| text.as_bytes().to_vec()).take(40).collect()
}

/// Delimited text in several dialects and encodings.
pub fn delimited() -> Vec<Vec<u8>> {
    let utf16 = CSV.encode_utf16().flat_map(u16::to_le_bytes);
    vec![
        CSV.as_bytes().to_vec(),
        CSV.replace(',', "|").replace('\n', "\r\n").into_bytes(),
        CSV.replace(',', "\t").replace('"', "").into_bytes(),
        CSV.replace(',', ";").replace('\n', "\r").into_bytes(),
        [0xff, 0xfe].into_iter().chain(utf16).collect(),
        b"Jos\xe9|Mu\xf1oz|1950-01-02\nLuc\xeda|P\xe9rez|1961-11-30\n".repeat(6),
        CSV.repeat(40).into_bytes(),
    ]
}

/// Dumps of two database servers.
pub fn sql_dumps() -> Vec<Vec<u8>> {
    let mysql = "-- MySQL dump 10.13\nCREATE TABLE `customers` (\n  `id` int NOT NULL,\n  `name` varchar(40) DEFAULT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n\
        INSERT INTO `customers` VALUES (1,'Maria Alvarez'),(2,'O\\'Connor'),(3,NULL),(4,'a''b\\n');\n\
        INSERT INTO `orders` (`id`,`total`) VALUES (1,2.50),(2,-3e4);\n";
    let postgres = "--\n-- PostgreSQL database dump\n--\nCREATE TABLE public.customers (\n    id bigint,\n    name text\n);\n\
        COPY public.customers (id, name) FROM stdin;\n1\tMaria\\tAlvarez\n2\t\\N\n\\.\n\nINSERT INTO public.orders VALUES (1, E'x\\'y', $$z$$);\n";
    // What fuzzing found before: a tuple that breaks off, a COPY within a COPY.
    let broken = include_bytes!("../../crates/intake/tests/open/data/fuzz/sql-1-14729.bin");
    let nested = include_bytes!("../../crates/intake/tests/open/data/fuzz/sql-copy-in-copy.sql");
    vec![mysql.into(), postgres.into(), broken.to_vec(), nested.to_vec()]
}

/// JSON lines and arrays.
pub fn json_lines() -> Vec<Vec<u8>> {
    vec![
        b"{\"first\":\"Maria\",\"ssn\":\"518-11-2001\",\"tags\":[1,2]}\n{\"first\":null,\"a\":{\"b\":\"c\"}}\n"
            .to_vec(),
        b"[{\"first\":\"Maria\",\"age\":71.5},\n {\"first\":\"Jos\\u00e9\",\"age\":1e3}]".to_vec(),
    ]
}

/// Text without tables.
pub fn texts() -> Vec<Vec<u8>> {
    vec![b"Dear sir,\nthe SSN is 518-11-2001, call (208) 234-1000 or write to m@example.com.\n".repeat(3)]
}

/// Databases with deep trees, long values and a table in the tree of an index.
pub fn sqlite() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("../../crates/intake/tests/open/data/people.sqlite").to_vec(),
        include_bytes!("../../crates/intake/tests/open/data/people16.sqlite").to_vec(),
    ]
}

/// Office documents whose members are stored as they are, so that changes reach the markup.
pub fn office() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("../seeds/book.xlsx").to_vec(),
        include_bytes!("../seeds/people.ods").to_vec(),
        include_bytes!("../seeds/letter.docx").to_vec(),
    ]
}

/// Binary records.
pub fn binary() -> Vec<Vec<u8>> {
    let mut image = vec![0; 1_024];
    image[3..11].copy_from_slice(b"NTFS    ");
    image[510..512].copy_from_slice(&[0x55, 0xaa]);
    image[600..615].copy_from_slice(b"ann@example.com");
    vec![
        include_bytes!("../seeds/people.bson").to_vec(),
        include_bytes!("../seeds/dump.archive").to_vec(),
        include_bytes!("../seeds/people.dbf").to_vec(),
        include_bytes!("../seeds/people-null.avro").to_vec(),
        include_bytes!("../seeds/people-deflate.avro").to_vec(),
        include_bytes!("../seeds/people-snappy.avro").to_vec(),
        image,
    ]
}

/// Messages.
pub fn mail() -> Vec<Vec<u8>> {
    let message = "Received: from a.example\n\tby b.example\nFrom: =?utf-8?B?Wm/Dqw==?= <z@example.com>\nTo: b@example.org\n\
        Subject: =?iso-8859-1?q?=E9?=\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b1\"\n\n--b1\n\
        Content-Type: multipart/alternative; boundary=b2\n\n--b2\nContent-Type: text/plain; charset=koi8-r\n\
        Content-Transfer-Encoding: quoted-printable\n\n518-=\n11-2001 =C3\n--b2\nContent-Type: text/html\n\n<p>x</p>\n--b2--\n--b1\n\
        Content-Disposition: attachment; filename*=utf-8''p%C3%A9.csv\nContent-Transfer-Encoding: base64\n\n\
        YSxiLGMKMSwyLDMKNCw1LDYK\n--b1--\n";
    vec![message.into(), format!("From a@b Mon Jun 1\n{message}\nFrom a@b Mon Jun 1\n{message}").into()]
}

/// Pages and documents.
pub fn markup() -> Vec<Vec<u8>> {
    let page = "<!DOCTYPE html><html><head><style>a{}</style><script>x='<table>'</script></head><body><table><tr><td>menu<td>\
        <table><tr><th>Name<th>SSN</tr><tr><td>Ann</td><td>518-11-2001</td></tr></table></table><p>a&#64;b.example &eacute;</body></html>";
    let xml = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x \"y\">]><a at='1'><by>bo</by><c id=\"1\"><n>Ann &lt;</n><field name=\"p\">1</field></c>\
        <c id=\"2\"><n><![CDATA[<Bo>]]></n></c></a>";
    let wide = [0xff, 0xfe].into_iter().chain(xml.encode_utf16().flat_map(u16::to_le_bytes));
    vec![page.into(), xml.into(), wide.collect()]
}

/// Records of lines.
pub fn blocks() -> Vec<Vec<u8>> {
    let fixed: String = (0..20).map(|i| format!("{:<12}{:<8}51811{i:04}\n", "Ann Lee", "Kent")).collect();
    vec![
        b"BEGIN:VCARD\nVERSION:3.0\nN:Lee;Ann;;;\nitem1.TEL;TYPE=CELL:+1206\nADR:;;1 Main\\, St;Kent;WA;98030;\nNOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9=\nx\nEND:VCARD\n".repeat(2),
        b"version: 1\n\ndn: uid=a,dc=x\nuid: a\ncn:: Wm/DqyBMZWU=\nmail: a@ex\n ample.com\n\ndn: uid=b,dc=x\nuid: b\n".to_vec(),
        b"URL: https://s.example\nUsername: ann\nPassword: pa:ss\n========\n".repeat(4),
        fixed.into(),
        b"ann@example.com:pa:ss\"w,ord\nbo@example.com:s3cret\n".repeat(4),
        b"https://s.example:8443/x:ann:pa:ss\nandroid://h==@com.app/:bo:s3cret\n".repeat(4),
        b"INSERT [dbo].[t] ([a],[b]) VALUES (N'x''y', CAST(N'1990-05-01' AS Date))\nGO\n".repeat(3),
    ]
}

/// Wrapped text.
pub fn encoded() -> Vec<Vec<u8>> {
    let texts = [
        "ann&#64;example.com %40 =40=2E =\r\nx \\u0040 a\u{200b}b\u{ff11}",
        "id=YW5uLmxlZUBleGFtcGxlLmNvbQ==; x YmVmb3JlIG1haWwlM0Rhbm4lMjYlMjM2NCUzQmV4YW1wbGUuY29t y",
    ];
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// Containers around the others.
pub fn archives() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for inner in delimited().into_iter().take(1).chain(sql_dumps()).chain(json_lines()) {
        let zipped = zip_of(&inner);
        all.extend([
            gzip(&inner),
            gzip(&tar_of(&inner)),
            gzip(&zipped),
            zipped,
            tar_of(&inner),
            bzip2(&inner),
            zstd(&inner),
        ]);
    }
    all.extend(
        [
            &include_bytes!("../../crates/intake/tests/open/data/people.7z")[..],
            include_bytes!("../../crates/intake/tests/open/data/locked.7z"),
            include_bytes!("../../crates/intake/tests/open/data/locked-names.7z"),
            include_bytes!("../../crates/intake/tests/open/data/people.rar"),
            include_bytes!("../../crates/intake/tests/open/data/aes.zip"),
            include_bytes!("../../crates/intake/tests/open/data/zipcrypto.zip"),
        ]
        .map(<[u8]>::to_vec),
    );
    all
}

/// 7z archives: packed, encrypted, a bomb, and one whose directory is not packed.
pub fn seven_zip() -> Vec<Vec<u8>> {
    let mut all = [
        &include_bytes!("../../crates/intake/tests/open/data/people.7z")[..],
        include_bytes!("../../crates/intake/tests/open/data/locked.7z"),
        include_bytes!("../../crates/intake/tests/open/data/locked-names.7z"),
        include_bytes!("../../crates/intake/tests/open/data/zeros.7z"),
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    all.push(plain_seven_zip());
    all
}

/// One stored member and a plain directory, after the format's own description (7zFormat.txt).
fn plain_seven_zip() -> Vec<u8> {
    let name: Vec<u8> = "a.csv".encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let size = CSV.len() as u8;
    let streams = [&[4, 6, 0, 1, 9, size, 0, 7, 11, 1, 0, 1, 1, 0, 12, size, 0][..], &[8, 0, 0]].concat();
    let mut files = vec![5, 1, 17, name.len() as u8 + 1, 0];
    files.extend(name);
    files.extend([0, 0]);
    let directory = [vec![1], streams, files].concat();
    let mut all = b"7z\xbc\xaf\x27\x1c\0\x04\0\0\0\0".to_vec();
    all.extend((CSV.len() as u64).to_le_bytes());
    all.extend((directory.len() as u64).to_le_bytes());
    all.extend([0; 4]);
    all.extend(CSV.as_bytes());
    all.extend(directory);
    all
}

/// RAR archives: packed, a bomb, and one of the older kind.
pub fn rar() -> Vec<Vec<u8>> {
    let mut older = b"Rar!\x1a\x07\0\0\0\x73\0\0\x0d\0\0\0\0\0\0\0".to_vec();
    // A stored member: packed and whole size, system, checksum, time, version, method, name, attributes.
    let size = (CSV.len() as u32).to_le_bytes();
    older.extend([0, 0, 0x74, 0, 0x80, 37, 0]);
    older.extend(size.iter().chain(&size));
    older.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0x30, 5, 0, 0, 0, 0, 0]);
    older.extend(b"a.csv");
    older.extend(CSV.as_bytes());
    older.extend([0, 0, 0x7b, 0, 0, 7, 0]);
    let made = [
        &include_bytes!("../../crates/intake/tests/open/data/people.rar")[..],
        include_bytes!("../../crates/intake/tests/open/data/zeros.rar"),
        include_bytes!("../../crates/intake/tests/open/data/volumes.part1.rar"),
    ];
    made.map(<[u8]>::to_vec).into_iter().chain([older]).collect()
}

/// Files in parts: how they are named, in how many, and what is cut.
pub fn volumes() -> Vec<Vec<u8>> {
    let zipped = gzip(CSV.as_bytes());
    let packed = include_bytes!("../../crates/intake/tests/open/data/people.7z").to_vec();
    let spanned = [b"PK\x07\x08".to_vec(), zip_of(CSV.as_bytes())].concat();
    let rar = include_bytes!("../../crates/intake/tests/open/data/people.rar").to_vec();
    let several = [
        &include_bytes!("../../crates/intake/tests/open/data/volumes.part1.rar")[..],
        include_bytes!("../../crates/intake/tests/open/data/volumes.part2.rar"),
    ]
    .concat();
    let whole: [(u8, Vec<u8>); 7] =
        [(0, CSV.into()), (1, zipped), (2, packed), (3, images().remove(0)), (4, rar), (4, several), (5, spanned)];
    let cut = whole.iter().flat_map(|(way, bytes)| [1, 4, 12, 20].map(|cut| [&[*way, cut][..], bytes].concat()));
    cut.collect()
}

/// A disk image of two chunks, one of them deflated.
pub fn images() -> Vec<Vec<u8>> {
    let mut disk = vec![0; 1_024];
    disk[3..11].copy_from_slice(b"NTFS    ");
    disk[510..512].copy_from_slice(&[0x55, 0xaa]);
    disk[600..615].copy_from_slice(b"ann@example.com");
    let mut out = b"EVF\x09\x0d\x0a\xff\0\x01\x01\0\0\0".to_vec();
    let section = |out: &mut Vec<u8>, kind: &str, data: &[u8]| {
        let next = if kind == "done" { out.len() } else { out.len() + 76 + data.len() };
        let mut head = kind.as_bytes().to_vec();
        head.resize(16, 0);
        head.extend((next as u64).to_le_bytes());
        head.extend((76 + data.len() as u64).to_le_bytes());
        head.resize(76, 0);
        out.extend(head);
        out.extend(data);
    };
    section(&mut out, "volume", &[1, 2, 1, 512].map(u32::to_le_bytes).concat());
    let start = out.len() as u32 + 76;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&disk[..512]).expect("memory takes every write");
    let packed = encoder.finish().expect("memory takes every write");
    section(&mut out, "sectors", &[&packed, &disk[512..], &[0; 4]].concat());
    let mut table = 2_u32.to_le_bytes().to_vec();
    table.resize(24, 0);
    table.extend((start | 1 << 31).to_le_bytes());
    table.extend((start + packed.len() as u32).to_le_bytes());
    section(&mut out, "table", &table);
    section(&mut out, "done", &[]);
    vec![out]
}

/// A chunk of an event log: two events of one template, one of their values with an element of its own.
pub fn evtx() -> Vec<Vec<u8>> {
    vec![include_bytes!("../seeds/events.chunk").to_vec()]
}

/// Documents of pages.
pub fn pdf() -> Vec<Vec<u8>> {
    let plain = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n\
        3 0 obj\n<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/Annots[6 0 R]>>\nendobj\n\
        4 0 obj\n<</Length 70>>\nstream\nBT /F1 12 Tf 72 700 Td (Maria Alvarez) Tj 0 -14 Td [(518-)-250(11)] TJ ET\nendstream\nendobj\n\
        5 0 obj\n<</Type/Font/Subtype/Type0/BaseFont/X/ToUnicode 7 0 R/Encoding/Identity-H>>\nendobj\n\
        6 0 obj\n<</Subtype/Widget/FT/Tx/T(ssn)/V(518-11-2001)>>\nendobj\n\
        7 0 obj\n<</Length 90>>\nstream\n1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <41> <5a> <0041> endbfrange\nendstream\nendobj\n\
        trailer\n<</Root 1 0 R/Size 8>>\n%%EOF\n";
    [
        &include_bytes!("../../crates/intake/tests/open/data/letter.pdf")[..],
        include_bytes!("../../crates/intake/tests/open/data/unicode.pdf"),
        include_bytes!("../../crates/intake/tests/open/data/locked.pdf"),
        plain,
    ]
    .map(<[u8]>::to_vec)
    .to_vec()
}

/// Binary workbooks of old.
pub fn xls() -> Vec<Vec<u8>> {
    let made = [
        &include_bytes!("../../crates/intake/tests/open/data/people.xls")[..],
        include_bytes!("../../crates/intake/tests/open/data/sparse.xls"),
    ];
    made.map(<[u8]>::to_vec).to_vec()
}

/// The members of a binary workbook, one behind the other.
pub fn xlsb() -> Vec<Vec<u8>> {
    vec![include_bytes!("../seeds/people.xlsb-members").to_vec()]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory takes every write");
    encoder.finish().expect("memory takes every write")
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).expect("memory takes every write");
    encoder.finish().expect("memory takes every write")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).expect("memory takes every write")
}

fn zip_of(bytes: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["a.csv", "folder/b.txt"] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory takes every write");
        writer.write_all(bytes).expect("memory takes every write");
    }
    writer.finish().expect("memory takes every write").into_inner()
}

fn tar_of(bytes: &[u8]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append_data(&mut header, "a.csv", bytes).expect("memory takes every write");
    builder.into_inner().expect("memory takes every write")
}
