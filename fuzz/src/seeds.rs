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
    vec![mysql.into(), postgres.into()]
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
    all
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
