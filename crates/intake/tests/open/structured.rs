//! Formats with a structure of their own: expected cells, replay, and bad input of each.

use std::io::Write;

use intake::open::{Limits, replay};
use vocab::{Place, ProblemKind};

use super::containers::zip;
use super::{Everything, Evidence, check_and_keep, everything};

const SQLITE: &[u8] = include_bytes!("data/people.sqlite");
const SQLITE_UTF16: &[u8] = include_bytes!("data/people16.sqlite");

/// Every stretch and every beginning of a file can be met without a panic, and rows balance.
fn damage(name: &str, bytes: &[u8]) {
    let limits = Limits { spool_bytes: 1 << 20, record_bytes: 1 << 16, ..Limits::default() };
    let read = |bytes: &[u8]| {
        let evidence = Evidence::new(&[(name, bytes)]);
        let file = &evidence.survey(&limits).files[0];
        let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
        assert_eq!(unforeseen, None, "a reader of {name} panics");
        everything(file, &limits, 2);
    };
    let step = (bytes.len() / 23).max(1);
    for at in (0..bytes.len()).step_by(step) {
        read(&bytes[..at]);
        let mut broken = bytes.to_vec();
        let end = (at + 9).min(bytes.len());
        broken[at..end].fill(if at % 2 == 0 { 0xff } else { b'0' });
        read(&broken);
    }
    let mut garbage = bytes[..bytes.len().min(24)].to_vec();
    garbage.extend((0..5_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8));
    read(&garbage);
}

fn names(columns: &[Option<String>]) -> Vec<&str> {
    columns.iter().map(|name| name.as_deref().unwrap_or("")).collect()
}

fn row(all: &Everything, table: u32, number: u64) -> Vec<&str> {
    let found = all.rows.iter().find(|(of, row, ..)| (*of, *row) == (table, number)).expect("the row is there");
    found.3.iter().map(super::shown).collect()
}

#[test]
fn sqlite_tables() {
    for bytes in [SQLITE, SQLITE_UTF16] {
        let (_evidence, file, all) = check_and_keep("app.db", bytes);
        assert_eq!(file.format, "sqlite");
        assert_eq!(file.problems, []);
        let tables: Vec<&str> = file.tables.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(tables, ["people", "by phone"], "the empty table, the index and the view are none");
        assert_eq!(names(&file.tables[0].columns), ["id", "name", "ssn", "balance", "note", "later"]);
        assert!(!file.tables[0].header);
        assert_eq!(row(&all, 0, 1), ["1", "Ann 1", "518-11-2001", "0.25", "<null>", "<null>"]);
        assert_eq!(row(&all, 0, 4)[2], "<null>");
        assert_eq!(row(&all, 0, 5)[1], "Zoë Tab\tLine\nBack\\");
        assert_eq!(row(&all, 0, 3)[4], "ff0001");
        assert_eq!(row(&all, 0, 6)[4], "plain");
        assert_eq!(row(&all, 0, 7)[4], "long text ".repeat(200));
        assert_eq!(row(&all, 0, 60)[0], "60000");
        assert_eq!(row(&all, 0, 61), ["60001", "Last", "<null>", "<null>", "<null>", "x"]);
        assert_eq!(names(&file.tables[1].columns), ["phone", "carrier", "n"]);
        assert_eq!(row(&all, 1, 60), ["2065550160", "<null>", "60"]);
        let phones: Vec<&str> =
            all.rows.iter().filter(|row| row.0 == 1).map(|row| row.3[0].as_deref().unwrap_or("")).collect();
        assert!(phones.is_sorted() && phones.len() == 60, "inner rows of the tree stand in order: {phones:?}");
        assert_eq!(file.tables[0].row(2).to_string(), "app.db::people::row/2");
        let found = replay(&file, &file.tables[0].row(2), &Limits::default()).expect("there");
        assert_eq!(found.reveal(), b"2\tAnn 2\t518-11-2002\t0.5\t\\N\t\\N");
    }
}

#[test]
fn sqlite_with_a_broken_page_gives_the_other_rows() {
    let mut bytes = SQLITE.to_vec();
    let at = memchr::memmem::find(&bytes, b"Ann 30").expect("a row") / 512 * 512;
    bytes[at] = 0x77;
    let (_evidence, file, all) = check_and_keep("app.db", &bytes);
    assert!(all.totals.rows_parsed > 100, "{}", all.totals.rows_parsed);
    assert_eq!(all.aside(), [("ragged_row", 1)], "a page that cannot be read counts as one row");
    assert_eq!(file.tables.len(), 2);
    let half = &SQLITE[..SQLITE.len() / 2];
    let (_evidence, file, all) = check_and_keep("half.db", half);
    assert!(!file.tables.is_empty() && all.totals.rows_set_aside > 0);
}

#[test]
fn sqlite_whose_pages_go_in_circles_ends() {
    // Every page number of the first tree leads to its root.
    let mut bytes = SQLITE.to_vec();
    for page in 1..bytes.len() / 512 {
        let at = page * 512;
        if bytes[at] == 5 {
            let root = (page as u32 + 1).to_be_bytes();
            bytes[at + 8..at + 12].copy_from_slice(&root);
            let first = usize::from(u16::from_be_bytes([bytes[at + 12], bytes[at + 13]]));
            bytes[at + first..at + first + 4].copy_from_slice(&root);
        }
    }
    let (_evidence, _, all) = check_and_keep("circle.db", &bytes);
    assert!(all.totals.rows_in < 1_000);
}

const BOOK: [(&str, &str); 6] = [
    ("[Content_Types].xml", "<Types/>"),
    (
        "xl/workbook.xml",
        r#"<workbook><sheets><sheet name="Customers &amp; co" sheetId="1" r:id="rId1"/><sheet name="Blank" sheetId="2" r:id="rId2"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>"#,
    ),
    (
        "xl/styles.xml",
        r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#,
    ),
    (
        "xl/sharedStrings.xml",
        r#"<sst><si><t>Name</t></si><si><t>SSN</t></si><si><r><t>Ann </t></r><r><t>Lee</t></r><rPh><t>no</t></rPh></si><si><t>Born</t></si><si><t>Export of August</t></si></sst>"#,
    ),
    ("xl/worksheets/sheet2.xml", "<worksheet><sheetData/></worksheet>"),
];

fn book(sheet: &str) -> Vec<u8> {
    let members: Vec<(&str, &[u8])> = BOOK
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .chain([("xl/worksheets/sheet1.xml", sheet.as_bytes())])
        .collect();
    zip(&members)
}

fn sheet() -> String {
    let mut rows = String::from(
        r#"<worksheet><dimension ref="A1:C9"/><sheetData><row r="1"><c r="A1" t="s"><v>4</v></c></row><row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="D3" t="s"><v>3</v></c></row>"#,
    );
    for i in 0..5 {
        rows += &format!(
            r#"<row><c r="A{r}" t="s"><v>2</v></c><c r="B{r}" t="inlineStr"><is><t>518-11-200{i}</t></is></c><c r="D{r}" s="1"><v>{}</v></c></row>"#,
            36526 + i,
            r = i + 4
        );
    }
    rows + r#"<row><c t="str"><f>1+1</f><v>Bo</v></c><c><v>5.1811200E8</v></c></row></sheetData></worksheet>"#
}

#[test]
fn xlsx_sheets() {
    let (_evidence, file, all) = check_and_keep("book.xlsx", &book(&sheet()));
    assert_eq!(file.format, "xlsx");
    assert_eq!(file.problems, []);
    assert_eq!(file.tables.len(), 1, "a blank sheet is none");
    assert_eq!(file.tables[0].name, "Customers & co");
    assert_eq!(names(&file.tables[0].columns), ["Name", "SSN", "", "Born"]);
    assert_eq!(row(&all, 0, 1), ["Ann Lee", "518-11-2000", "", "2000-01-01"]);
    assert_eq!(row(&all, 0, 6), ["Bo", "518112000", "", ""]);
    let found = replay(&file, &file.tables[0].row(2), &Limits::default()).expect("there");
    assert_eq!(found.reveal(), b"Ann Lee\t518-11-2001\t\t2000-01-02");
    // In another archive, and packed again.
    let outer = super::containers::gz(&zip(&[("deep/book.xlsx", &book(&sheet()))]));
    let (_evidence, file, all) = check_and_keep("x", &outer);
    assert_eq!((file.format.as_str(), all.totals.rows_parsed), ("gz/zip/xlsx", 6));
}

#[test]
fn xlsx_that_lies() {
    // A string that many cells repeat is a bomb; a cell far to the right is none.
    let limits = Limits { expansion_grace_bytes: 1 << 20, decoded_bytes: 64 << 20, ..Limits::default() };
    let cells: String = (0..20_000).map(|i| format!(r#"<row r="{i}"><c t="s"><v>0</v></c></row>"#)).collect();
    let sheet = format!("<worksheet><sheetData>{cells}</sheetData></worksheet>");
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000));
    let members: Vec<(&str, &[u8])> = BOOK
        .iter()
        .map(|(name, text)| (*name, if name.contains("shared") { long.as_bytes() } else { text.as_bytes() }))
        .chain([("xl/worksheets/sheet1.xml", sheet.as_bytes())])
        .collect();
    let evidence = Evidence::new(&[("bomb.xlsx", &zip(&members))]);
    let file = &evidence.survey(&limits).files[0];
    assert!(file.problems.iter().any(|problem| problem.kind == ProblemKind::LimitReached), "{:?}", file.problems);
    let far = r#"<worksheet><sheetData><row><c r="XFD1"><v>1</v></c><c r="A1"><v>2</v></c><c r="ZZZZ1"><v>3</v></c></row><row><c><v>4</v>"#;
    let (_evidence, file, all) = check_and_keep("far.xlsx", &book(far));
    assert!(all.totals.rows_in <= 2);
    assert!(file.problems.iter().any(|problem| problem.kind == ProblemKind::Truncated), "{:?}", file.problems);
}

#[test]
fn ods_sheets() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
    let body: String = (0..4)
        .map(|i| {
            row(&format!(
                "{}<table:table-cell office:value-type=\"float\" office:value=\"206555010{i}\"><text:p>2,065E9</text:p></table:table-cell><table:table-cell office:value-type=\"date\" office:date-value=\"1990-05-0{}\"/>",
                cell(&format!("Ann<text:s/>{i}")),
                i + 1
            ))
        })
        .collect();
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:body><table:table table:name=\"People\">{}{body}<table:table-row table:number-rows-repeated=\"2\">{}<table:table-cell table:number-columns-repeated=\"16000\"/></table:table-row><table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell/></table:table-row></table:table></office:body></office:document-content>",
        row(&[cell("Name"), cell("Phone"), cell("Born")].concat()),
        cell("Bo")
    );
    let bytes =
        zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", content.as_bytes())]);
    let (_evidence, file, all) = check_and_keep("people.ods", &bytes);
    assert_eq!((file.format.as_str(), file.problems.as_slice()), ("ods", &[][..]));
    assert_eq!(names(&file.tables[0].columns), ["Name", "Phone", "Born"]);
    assert_eq!(super::shown(&all.rows[0].3[0]), "Ann 0");
    assert_eq!(all.cells()[1], ["Ann 1", "2065550101", "1990-05-02"]);
    assert_eq!(all.cells()[4..], [["Bo", "", ""], ["Bo", "", ""]]);
    damage("people.ods", &bytes);
}

#[test]
fn text_of_documents() {
    let word = "<w:document><w:body><w:p><w:r><w:t>Dear Ann &amp; Bo,</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>SSN</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>518-11-</w:t></w:r><w:r><w:t>2001</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>";
    let docx = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/footnotes.xml", b"<w:footnotes><w:p><w:t>see below</w:t></w:p></w:footnotes>"),
        ("word/document.xml", word.as_bytes()),
        ("word/media/image1.png", b"\x89PNG"),
        ("word/embeddings/list.csv", b"a,b,c\n1,2,3\n4,5,6\n"),
    ]);
    let (_evidence, file, all) = check_and_keep("letter.docx", &docx);
    assert_eq!(file.format, "docx+docx/delimited");
    assert_eq!(all.text[0], "Dear Ann & Bo,\nSSN\t518-11-2001\t\nsee below\n");
    assert_eq!(all.totals.rows_parsed, 2);
    assert_eq!(file.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::Unsupported]);
    let place = file.texts[0].path.at(Place::Bytes { offset: 19, length: 11 });
    assert_eq!(replay(&file, &place, &Limits::default()).expect("there").reveal(), b"518-11-2001");
    let slide = |text: &str| format!("<p:sld><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
    let (one, two, ten) = (slide("first"), slide("second"), slide("tenth"));
    let pptx = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("ppt/presentation.xml", b"<p/>"),
        ("ppt/slides/slide10.xml", ten.as_bytes()),
        ("ppt/slides/slide2.xml", two.as_bytes()),
        ("ppt/slides/slide1.xml", one.as_bytes()),
    ]);
    let (_evidence, file, all) = check_and_keep("talk.pptx", &pptx);
    assert_eq!((file.format.as_str(), all.text[0].as_str()), ("pptx", "first\nsecond\ntenth\n"));
    let odt = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            b"<office:text><text:h>Title</text:h><text:p>Call <text:span>Ann</text:span></text:p></office:text>",
        ),
    ]);
    let (_evidence, file, all) = check_and_keep("note.odt", &odt);
    assert_eq!((file.format.as_str(), all.text[0].as_str()), ("odt", "Title\nCall Ann\n"));
    damage("letter.docx", &docx);
}

/// A document of BSON: kind, name, bytes of the value.
fn document(elements: &[(u8, &str, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, name, value) in elements {
        body.push(*kind);
        body.extend_from_slice(name.as_bytes());
        body.push(0);
        body.extend_from_slice(value);
    }
    body.push(0);
    [&(body.len() as u32 + 4).to_le_bytes()[..], &body].concat()
}

fn bson_text(text: &str) -> Vec<u8> {
    [&(text.len() as u32 + 1).to_le_bytes()[..], text.as_bytes(), b"\0"].concat()
}

fn bson_people() -> Vec<u8> {
    (0..12_u8)
        .flat_map(|i| {
            document(&[
                (7, "_id", vec![0x5f, i, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
                (2, "name", bson_text(&format!("Ann \"{i}\"\n"))),
                (3, "home", document(&[(2, "city", bson_text("Kent")), (1, "lat", 47.5_f64.to_le_bytes().to_vec())])),
                (9, "born", 641_520_000_000_i64.to_le_bytes().to_vec()),
                (18, "phone", 2_065_550_101_i64.to_le_bytes().to_vec()),
                (4, "tags", document(&[(16, "0", 7_i32.to_le_bytes().to_vec()), (8, "1", vec![1])])),
                (5, "raw", vec![2, 0, 0, 0, 0, 0xff, 0x00]),
                (10, "gone", Vec::new()),
            ])
        })
        .collect()
}

#[test]
fn bson_documents() {
    let bytes = bson_people();
    let (_evidence, file, all) = check_and_keep("customers.bson", &bytes);
    assert_eq!((file.format.as_str(), file.problems.as_slice()), ("bson", &[][..]));
    assert_eq!(
        names(&file.tables[0].columns),
        ["_id", "name", "home.city", "home.lat", "born", "phone", "tags.0", "tags.1", "raw", "gone"]
    );
    assert_eq!(all.totals.rows_parsed, 12);
    assert_eq!(
        row(&all, 0, 3),
        [
            "5f0202030405060708090a0b",
            "Ann \"2\"\n",
            "Kent",
            "47.5",
            "1990-05-01T00:00:00Z",
            "2065550101",
            "7",
            "true",
            "ff00",
            "<null>"
        ]
    );
    assert_eq!(file.tables[0].row(3).to_string(), "customers.bson::bson::row/3");
    assert!(replay(&file, &file.tables[0].row(3), &Limits::default()).is_ok());
    let (_evidence, file, all) = check_and_keep("cut.bson", &bytes[..bytes.len() - 20]);
    assert_eq!((all.totals.rows_parsed, file.problems[0].kind), (11, ProblemKind::Truncated));
    // An archive of mongodump: a head, then stretches, each with a head of its own.
    let head = document(&[(2, "version", bson_text("0.1"))]);
    let stretch = document(&[(2, "db", bson_text("shop")), (2, "collection", bson_text("customers"))]);
    let archive = [&[0x6d, 0xe2, 0x99, 0x81][..], &head, &[0xff; 4], &stretch, &bytes, &[0xff; 4]].concat();
    let (_evidence, _, all) = check_and_keep("dump.archive", &archive);
    assert_eq!(all.totals.rows_parsed, 12);
    damage("customers.bson", &bytes);
}

fn avro(codec: &str, pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let schema = r#"{"type":"record","name":"p","fields":[{"name":"id","type":"long"},{"name":"name","type":["null","string"]},{"name":"born","type":{"type":"int","logicalType":"date"}},{"name":"kind","type":{"type":"enum","name":"k","symbols":["a","b"]}},{"name":"tags","type":{"type":"array","items":"string"}},{"name":"next","type":["null","p"],"default":null}]}"#;
    let long = |value: i64| {
        let mut value = ((value << 1) ^ (value >> 63)) as u64;
        let mut out = Vec::new();
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
        out
    };
    let text = |text: &str| [long(text.len() as i64), text.as_bytes().to_vec()].concat();
    let mut out = b"Obj\x01".to_vec();
    out.extend([long(2), text("avro.schema"), text(schema), text("avro.codec"), text(codec), long(0)].concat());
    out.extend([7; 16]);
    for block in 0..3 {
        let mut objects = Vec::new();
        for i in 0..4_i64 {
            let name = if i == 3 { long(0) } else { [long(1), text(&format!("Zoë {i}"))].concat() };
            objects.extend(
                [long(block * 4 + i), name, long(11_016), long(1), long(1), text("x"), long(0), long(0)].concat(),
            );
        }
        let packed = pack(&objects);
        out.extend([long(4), long(packed.len() as i64), packed, vec![7; 16]].concat());
    }
    out
}

#[test]
fn avro_objects() {
    let deflate = |bytes: &[u8]| {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("written");
        encoder.finish().expect("finished")
    };
    let plain = avro("null", <[u8]>::to_vec);
    let zstandard = avro("zstandard", |bytes| zstd::encode_all(bytes, 1).expect("encoded"));
    // Snappy of literals alone, and four bytes of a checksum.
    let snappy =
        avro("snappy", |bytes| [&[bytes.len() as u8, 60 << 2, bytes.len() as u8 - 1][..], bytes, &[0; 4]].concat());
    for bytes in [&plain, &avro("deflate", deflate), &zstandard, &snappy] {
        let (_evidence, file, all) = check_and_keep("people.avro", bytes);
        assert_eq!((file.format.as_str(), file.problems.as_slice()), ("avro", &[][..]));
        assert_eq!(names(&file.tables[0].columns), ["id", "name", "born", "kind", "tags.0", "next"]);
        assert_eq!(all.totals.rows_parsed, 12);
        assert_eq!(row(&all, 0, 6), ["5", "Zoë 1", "2000-02-29", "b", "x", "<null>"]);
        assert_eq!(row(&all, 0, 4)[1], "<null>");
    }
    let (_evidence, file, all) = check_and_keep("cut.avro", &plain[..plain.len() - 20]);
    assert_eq!((all.totals.rows_parsed, file.problems[0].kind), (8, ProblemKind::Truncated));
    damage("people.avro", &plain);
}

fn dbf() -> Vec<u8> {
    let fields =
        [("NAME", b'C', 12_u8), ("BORN", b'D', 8), ("PHONE", b'N', 10), ("COUNT", b'I', 4), ("MEMO", b'M', 10)];
    let record: u16 = 1 + fields.iter().map(|field| u16::from(field.2)).sum::<u16>();
    let header: u16 = 32 + 32 * fields.len() as u16 + 1;
    let mut out = vec![0x03, 121, 8, 17, 3, 0, 0, 0];
    out.extend(header.to_le_bytes());
    out.extend(record.to_le_bytes());
    out.resize(32, 0);
    for (name, kind, length) in fields {
        let mut field = name.as_bytes().to_vec();
        field.resize(11, 0);
        field.extend([kind, 0, 0, 0, 0, length]);
        field.resize(32, 0);
        out.extend(field);
    }
    out.push(0x0d);
    for (mark, name, born, count) in
        [(b' ', "Ann Lee", "19900501", 7_i32), (b'*', "Bo\tDiaz", "        ", -1), (b' ', "J\u{f6}", "20000229", 0)]
    {
        out.push(mark);
        let mut name: Vec<u8> = name.chars().map(|c| c as u8).collect();
        name.resize(12, b' ');
        out.extend(name);
        out.extend(born.as_bytes());
        out.extend(b"2065550101");
        out.extend(count.to_le_bytes());
        out.extend(b"0000000001");
    }
    out.push(0x1a);
    out
}

#[test]
fn dbase_tables() {
    let bytes = dbf();
    let (_evidence, file, all) = check_and_keep("PEOPLE.DBF", &bytes);
    assert_eq!((file.format.as_str(), file.problems.len()), ("dbf", 1));
    assert!(file.problems[0].cause.starts_with("1 memo fields"), "{:?}", file.problems);
    assert_eq!(names(&file.tables[0].columns), ["NAME", "BORN", "PHONE", "COUNT", "MEMO"]);
    assert_eq!(
        all.cells(),
        [
            vec!["Ann Lee", "1990-05-01", "2065550101", "7", "<null>"],
            vec!["Bo\tDiaz", "<null>", "2065550101", "-1", "<null>"],
            vec!["Jö", "2000-02-29", "2065550101", "0", "<null>"],
        ]
    );
    let (_evidence, file, all) = check_and_keep("CUT.DBF", &bytes[..bytes.len() - 10]);
    assert_eq!(all.totals.rows_parsed, 2);
    assert!(file.problems.iter().any(|problem| problem.kind == ProblemKind::Truncated), "{:?}", file.problems);
    damage("PEOPLE.DBF", &bytes);
}

#[test]
fn damaged_databases_and_books() {
    damage("app.db", SQLITE);
    damage("book.xlsx", &book(&sheet()));
}
