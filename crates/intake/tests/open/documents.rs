//! Documents of pages and binary workbooks.
//!
//! `letter.pdf`, `unicode.pdf` (a subset of a TrueType font, with its own table of characters) and `locked.pdf` (password
//! `winter2026`) were made by fpdf2 2.8, `people.xls` and `sparse.xls` (two cells, in opposite corners) by xlwt 1.3.

use std::io::Write;

use intake::open::{Limits, replay};
use vocab::{ForensicPath, Place, ProblemKind};

use super::containers::zip;
use super::{Evidence, check_and_keep, everything, small_limits};

const LETTER: &[u8] = include_bytes!("data/letter.pdf");
const LOCKED: &[u8] = include_bytes!("data/locked.pdf");
const XLS: &[u8] = include_bytes!("data/people.xls");

#[test]
fn the_text_of_pages_stands_in_lines() {
    let (_evidence, file, all) = check_and_keep("letter.pdf", LETTER);
    assert_eq!(file.problems, []);
    assert_eq!(file.format, "pdf");
    let lines: Vec<&str> = all.text[0].lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[..2], ["Customer record", "Name: Maria Alvarez   SSN: 518-11-2001"]);
    assert_eq!(lines[2], "phone\t(208) 234-1000");
    assert!(lines[3].contains("m.alvarez@example.com"), "{lines:?}");
    let at = all.text[0].find("518-11-2001").expect("the number") as u64;
    let place = Place::Bytes { offset: at, length: 11 };
    let address = ForensicPath { place, ..file.texts[0].path.clone() };
    assert_eq!(replay(&file, &address, &Limits::default()).expect("bytes").reveal(), b"518-11-2001");
}

#[test]
fn characters_of_a_font_of_its_own_are_read() {
    let (_evidence, file, all) = check_and_keep("unicode.pdf", include_bytes!("data/unicode.pdf"));
    assert_eq!(file.problems, []);
    assert!(all.text[0].contains("Zoë Ångström, SSN 521-12-2002"), "{:?}", all.text);
}

#[test]
fn a_locked_document_opens_with_a_password_of_the_case() {
    let evidence = Evidence::new(&[("locked.pdf", LOCKED)]);
    let file = &evidence.survey(&Limits::default()).files[0];
    assert_eq!(file.problems[0].kind, ProblemKind::Encrypted);
    let passwords = ["wrong", "winter2026"].map(str::to_owned).into_iter().collect();
    let limits = Limits { passwords, ..Limits::default() };
    let file = &evidence.survey(&limits).files[0];
    assert_eq!(file.problems, []);
    assert!(everything(file, &limits, 1).text[0].contains("SSN: 518-11-2001"));
}

/// A document of one page whose content is packed in the given way.
fn document(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut pdf =
        b"%PDF-1.5\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n\
        3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>/Annots[6 0 R]>> endobj\n\
        5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding<</Differences[65/eacute/uni00E5]>>>> endobj\n\
        6 0 obj <</Type/Annot/Subtype/Widget/FT/Tx/T(ssn)/V(521-12-2002)>> endobj\n"
            .to_vec();
    pdf.extend_from_slice(format!("4 0 obj <<{dictionary}/Length {}>> stream\n", content.len()).as_bytes());
    pdf.extend_from_slice(content);
    pdf.extend_from_slice(b"\nendstream endobj\ntrailer <</Root 1 0 R>>\n");
    pdf
}

#[test]
fn glyphs_forms_and_words_apart() {
    let content = b"BT /F 10 Tf 10 700 Td (AB) Tj [(518)-30(-11)-300(x)] TJ 0 -20 Td (next) Tj ET";
    let (file, all) = super::check("a.pdf", &document("", content));
    assert_eq!(file.problems, []);
    assert_eq!(all.text[0], "éå518-11 x\nnext\nssn: 521-12-2002\n\n");
}

#[test]
fn pages_without_text_are_counted() {
    let (file, _) = super::check("a.pdf", &document("", b"0 0 10 10 re f").replace_all(b"/Annots[6 0 R]", b""));
    assert!(
        file.problems.iter().any(|problem| problem.cause.starts_with("1 pages draw no text")),
        "{:?}",
        file.problems
    );
}

trait ReplaceAll {
    fn replace_all(self, from: &[u8], to: &[u8]) -> Vec<u8>;
}

impl ReplaceAll for Vec<u8> {
    fn replace_all(self, from: &[u8], to: &[u8]) -> Vec<u8> {
        let at = self.windows(from.len()).position(|bytes| bytes == from).expect("it is there");
        [&self[..at], to, &self[at + from.len()..]].concat()
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn bombs_in_documents_are_refused() {
    let limits = Limits { expansion_grace_bytes: 1 << 20, ..Limits::default() };
    let zeros = packed(&vec![b' '; 8 << 20]);
    let twice = packed(&packed(&vec![b' '; 64 << 20]));
    // A dictionary that a look at the bytes before its stream does not see the beginning of.
    let long = |kind: &str| format!("{kind}/Pad({})/Decoy(endobj stream)/Filter/FlateDecode", "x".repeat(20 << 10));
    // Another window than everybody's, and no header at all.
    let odd = [&[0x08, 0x1d], &zeros[2..]].concat();
    for (name, bytes) in [
        ("structure.pdf", document("/Type/Obj#53tm/N 1/First 4/Filter/FlateDecode", &zeros)),
        ("long.pdf", document(&long("/Type/ObjStm/N 1/First 4"), &zeros)),
        ("table.pdf", document(&long("/Type/XRef/Size 9/W[1 2 1]"), &zeros)),
        ("untyped.pdf", document("/Size 9/W[1 2 1]/Filter/Fl", &zeros)),
        ("window.pdf", document("/Type/ObjStm/Filter/FlateDecode", &odd)),
        ("bare.pdf", document("/Type/ObjStm/Filter[/FlateDecode]", &zeros[2..])),
        ("twice.pdf", document("/Type/ObjStm/Filter[/FlateDecode/FlateDecode]", &twice)),
        ("hex.pdf", document("/Type/XRef/W[1 2 1]/Size 9/Filter[/ASCIIHexDecode/FlateDecode]", b"00>")),
        ("elsewhere.pdf", document("/Type/ObjStm/Filter 9 0 R", &zeros)),
        ("lenient.pdf", document("/Type/ObjStm/Filter/FlateDecode", &broken_bomb())),
        ("between.pdf", document("/Type/ObjStm/Filter/FlateDecode", &zeros).replace_all(b"4 0 obj", b"4 0 obj null")),
    ] {
        let evidence = Evidence::new(&[(name, &bytes)]);
        let file = &evidence.survey(&limits).files[0];
        assert_eq!(file.problems[0].kind, ProblemKind::LimitReached, "{name}");
        assert!(file.texts.is_empty(), "{name}");
    }
}

/// Packed data that a strict decoder refuses at once: nothing tells how far a lenient one would go.
fn broken_bomb() -> Vec<u8> {
    // The last block, of a kind whose tables are nonsense.
    [&[0x78, 0x9c, 0xfd, 0xff][..], &[0xff; 64 << 10]].concat()
}

#[test]
fn what_is_drawn_again_and_again_counts_every_time() {
    let limits = Limits { expansion_grace_bytes: 1 << 20, expansion_ratio: 20, ..Limits::default() };
    let content = packed(&[&b"BT /F 10 Tf (AB) Tj ET\n"[..], &vec![b' '; 300 << 10]].concat());
    let again = |times: usize| {
        let list = format!("/Contents [{}]", "4 0 R ".repeat(times));
        document("/Filter/FlateDecode", &content).replace_all(b"/Contents 4 0 R", list.as_bytes())
    };
    let unread = |times: usize| {
        let evidence = Evidence::new(&[("a.pdf", &again(times))]);
        let file = evidence.survey(&limits).files.remove(0);
        file.problems.iter().any(|problem| problem.cause.contains("streams are damaged or larger"))
    };
    assert!(!unread(3));
    assert!(unread(9));
}

#[test]
fn a_holder_that_only_a_table_names_is_a_bomb_as_any_other() {
    let limits = Limits { expansion_grace_bytes: 1 << 20, ..Limits::default() };
    let zeros = packed(&vec![b' '; 8 << 20]);
    // Object 7 lies in the stream that is object 4, says the table.
    let with_table = |entry: &[u8]| {
        let mut pdf = document("/N 1/First 4/Filter/FlateDecode", &zeros);
        pdf.extend_from_slice(b"9 0 obj <</Size 10/W[1 2 1]/Index[7 1]/Root 1 0 R/Length 4>> stream\n");
        pdf.extend_from_slice(entry);
        pdf.extend_from_slice(b"\nendstream endobj\n");
        let evidence = Evidence::new(&[("a.pdf", &pdf)]);
        evidence.survey(&limits).files[0].problems.iter().any(|problem| problem.cause.contains("structure expands"))
    };
    assert!(with_table(&[2, 0, 4, 0]));
    assert!(!with_table(&[2, 0, 5, 0]));
    assert!(!with_table(&[1, 0, 4, 0]));
}

#[test]
fn sheets_of_a_binary_workbook_are_tables() {
    let (_evidence, file, all) = check_and_keep("people.xls", XLS);
    assert_eq!(file.problems, []);
    assert_eq!(file.format, "xls");
    let names: Vec<&str> = file.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["People", "Other"]);
    let cells = all.cells();
    assert_eq!(cells[0], ["Maria Alvarez", "518-11-2001", "1950-01-02", "2082341000", "2.5", "true"]);
    assert_eq!(cells[1][4], "10000000000");
    assert_eq!(cells[2][..2], ["Zoë Tanaka", "518-11-2003"]);
    assert_eq!(cells[4], ["2", "bo@example.org"]);
    let row = replay(&file, &file.tables[1].row(1), &Limits::default()).expect("a row");
    assert_eq!(row.reveal(), b"1\tann@example.com");
}

#[test]
fn a_workbook_that_would_fill_the_memory_is_refused() {
    let evidence = Evidence::new(&[("sparse.xls", include_bytes!("data/sparse.xls"))]);
    let limits = Limits { spool_bytes: 64 << 20, ..Limits::default() };
    let file = &evidence.survey(&limits).files[0];
    assert_eq!(file.problems[0].kind, ProblemKind::LimitReached);
}

#[test]
fn damaged_documents_are_named_and_nothing_else_happens() {
    let xlsb = xlsb();
    for (name, bytes) in [("a.pdf", LETTER), ("b.xls", XLS), ("c.pdf", LOCKED), ("d.xlsb", xlsb.as_slice())] {
        let step = (bytes.len() / 150).max(1);
        for at in (0..bytes.len()).step_by(step) {
            let mut broken = bytes.to_vec();
            broken[at] = broken[at].wrapping_add(0x41);
            for bytes in [&broken, &bytes[..at].to_vec()] {
                let evidence = Evidence::new(&[(name, bytes)]);
                let limits = small_limits(1 << 20);
                let file = &evidence.survey(&limits).files[0];
                let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
                assert_eq!(unforeseen, None, "{name}, byte {at}");
                everything(file, &limits, 1);
            }
        }
    }
}

/// A record of a binary workbook.
fn record(kind: u16, content: &[u8]) -> Vec<u8> {
    let mut out = if kind < 0x80 { vec![kind as u8] } else { vec![kind as u8 | 0x80, (kind >> 7) as u8] };
    out.push(content.len() as u8);
    out.extend_from_slice(content);
    out
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&(units.len() as u32 / 2).to_le_bytes()[..], &units].concat()
}

/// An XLSB workbook of one sheet, after [MS-XLSB]: shared and own strings, numbers, a row left out.
fn xlsb() -> Vec<u8> {
    xlsb_with(None)
}

/// The same with one part replaced.
fn xlsb_with(other: Option<(&str, &[u8])>) -> Vec<u8> {
    let sheet_entry = [&[0; 8][..], &wide("rId1"), &wide("People")].concat();
    let book = [record(0x99, &[0; 8]), record(0x9c, &sheet_entry), record(0x90, &[]), record(0x9d, &[0; 4])].concat();
    let cell = |kind, column: u32, value: &[u8]| record(kind, &[&column.to_le_bytes()[..], &[0; 4], value].concat());
    let mut sheet = [record(0x94, &[0; 16]), record(0x91, &[])].concat();
    for (row, name, number) in [(0_u32, "Ann", 1.0_f64), (1, "Bo", 2.5), (3, "Cy", 1e10)] {
        sheet.extend(record(0x00, &[&row.to_le_bytes()[..], &[0; 12]].concat()));
        sheet.extend(cell(0x06, 0, &wide(name)));
        sheet.extend(cell(0x05, 2, &number.to_le_bytes()));
        sheet.extend(cell(0x07, 3, &0_u32.to_le_bytes()));
    }
    sheet.extend(record(0x92, &[]));
    let strings =
        [record(0x9f, &[3, 0, 0, 0, 1, 0, 0, 0]), record(0x13, &[&[0][..], &wide("shared")].concat())].concat();
    let relations = b"<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    let mut parts: [(&str, &[u8]); 5] = [
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.bin", &book),
        ("xl/_rels/workbook.bin.rels", relations),
        ("xl/sharedStrings.bin", &strings),
        ("xl/worksheets/sheet1.bin", &sheet),
    ];
    if let Some((name, bytes)) = other {
        parts.iter_mut().filter(|part| part.0 == name).for_each(|part| part.1 = bytes);
    }
    zip(&parts)
}

#[test]
fn a_record_of_an_xlsb_workbook_that_claims_more_than_there_can_be_is_refused() {
    let claim = [0x99, 0x01, 0xff, 0xff, 0xff, 0x7f, 0];
    for part in ["xl/workbook.bin", "xl/sharedStrings.bin", "xl/worksheets/sheet1.bin"] {
        let evidence = Evidence::new(&[("people.xlsb", &xlsb_with(Some((part, &claim))))]);
        let problems = &evidence.survey(&Limits::default()).files[0].problems;
        assert!(problems[0].cause.contains("claims more"), "{part}: {problems:?}");
    }
}

#[test]
fn sheets_of_an_xlsb_workbook_are_streamed() {
    let (_evidence, file, all) = check_and_keep("people.xlsb", &xlsb());
    assert_eq!(file.problems, []);
    assert_eq!((file.format.as_str(), file.tables[0].name.as_str()), ("xlsb", "People"));
    assert_eq!(
        all.cells(),
        [["Ann", "", "1", "shared"], ["Bo", "", "2.5", "shared"], ["Cy", "", "10000000000", "shared"]]
    );
    let row = replay(&file, &file.tables[0].row(2), &Limits::default()).expect("a row");
    assert_eq!(row.reveal(), b"Bo\t\t2.5\tshared");
    let limits = Limits { spool_bytes: 800, ..Limits::default() };
    let evidence = Evidence::new(&[("people.xlsb", &xlsb())]);
    assert_eq!(evidence.survey(&limits).files[0].problems[0].kind, ProblemKind::LimitReached);
}
