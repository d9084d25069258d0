//! Text with a structure of its own: mail, cards, directories, markup, fixed width.

use intake::open::{Limits, replay};
use vocab::{Place, ProblemKind};

use super::containers::zip;
use super::{Evidence, check, check_and_keep, everything};

fn names(columns: &[Option<String>]) -> Vec<&str> {
    columns.iter().map(|name| name.as_deref().unwrap_or("")).collect()
}

const MESSAGE: &str = "Received: from mail.example.com ([203.0.113.5])\r\n\tby mx.example.org; Mon, 1 Jun 2026 10:00:00 +0000\r\n\
From: =?utf-8?B?Wm/DqyBMZWU=?= <zoe@example.com>\r\nTo: bo@example.org\r\nSubject: the =?iso-8859-1?q?list_=E9?=\r\n\
MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\npreamble\r\n--b1\r\n\
Content-Type: multipart/alternative; boundary=b2\r\n\r\n--b2\r\nContent-Type: text/plain; charset=windows-1251\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\n=CF=F0=E8=E2=E5=F2, my SSN is 518-=\r\n11-2001\r\n--b2\r\n\
Content-Type: text/html\r\n\r\n<p>the same</p>\r\n--b2--\r\n--b1\r\nContent-Type: text/csv; name=\"people.csv\"\r\n\
Content-Disposition: attachment; filename=\"people.csv\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
bmFtZSxwaG9uZSxjaXR5CkFubiBMZWUsMjA2NTU1MDEwMSxLZW50CkJvIERpYXosMjA2NTU1MDEwMixF\r\nbHkK\r\n--b1\r\n\
Content-Type: image/png\r\n\r\nxx\r\n--b1--\r\n";

#[test]
fn a_message_with_its_attachment() {
    let (_evidence, file, all) = check_and_keep("m.eml", MESSAGE.as_bytes());
    assert_eq!(file.format, "eml+eml/delimited");
    assert!(all.text[0].contains("from: Zoë Lee <zoe@example.com>\n"), "{}", all.text[0]);
    assert!(all.text[0].contains("subject: the list é\n"));
    assert!(all.text[0].contains("Привет, my SSN is 518-11-2001"));
    assert!(!all.text[0].contains("the same"), "one form of a body is enough");
    assert_eq!(all.cells(), [["Ann Lee", "2065550101", "Kent"], ["Bo Diaz", "2065550102", "Ely"]]);
    assert_eq!(file.tables[0].row(1).to_string(), "m.eml::people.csv::row/1");
    assert_eq!(file.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ProblemKind::Unsupported]);
    let at = all.text[0].find("518-").expect("there") as u64;
    let place = file.texts[0].path.at(Place::Bytes { offset: at, length: 11 });
    assert_eq!(replay(&file, &place, &Limits::default()).expect("there").reveal(), b"518-11-2001");
    assert_eq!(
        replay(&file, &file.tables[0].row(2), &Limits::default()).expect("there").reveal(),
        b"Bo Diaz,2065550102,Ely"
    );
}

#[test]
fn a_mailbox() {
    let many: String = (0..5)
        .map(|i| format!("From a@example.com Mon Jun  1 10:0{i}:00 2026\n{}\n", MESSAGE.replace("\r\n", "\n")))
        .collect();
    let (_evidence, file, all) = check_and_keep("inbox", many.as_bytes());
    assert_eq!(file.format, "mbox+mbox/delimited");
    assert_eq!(all.text[0].matches("Привет").count(), 5);
    assert_eq!((file.tables.len(), all.totals.rows_parsed), (5, 10));
    assert_eq!(file.tables[4].row(1).to_string(), "inbox::5%2Fpeople.csv::row/1".replace("%2F", "/"));
    for cut in [100, 700, 1_500] {
        check("cut", &many.as_bytes()[..many.len() - cut]);
    }
}

#[test]
fn a_message_that_nests_without_end() {
    let mut body = String::from("text");
    for level in 0..200 {
        body = format!("Content-Type: multipart/mixed; boundary=x{level}\n\n--x{level}\n{body}\n--x{level}--\n");
    }
    let text = format!("From: a@example.com\nTo: b@example.com\nSubject: deep\n{body}");
    let (file, _) = check("deep.eml", text.as_bytes());
    assert!(file.format.starts_with("eml"));
}

#[test]
fn address_cards() {
    let card = |name: &str, given: &str, phone: &str| {
        format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nN:{name};{given};;;\r\nFN:{given} {name}\r\nitem1.TEL;TYPE=CELL:{phone}\r\nEMAIL:{given}@example\r\n .com\r\nADR;TYPE=HOME:;;1 Main\\, St;Kent;WA;98030;USA\r\nNOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9=\r\n bar\r\nEND:VCARD\r\n"
        )
    };
    let text = card("Lee", "Ann", "+1 206 555 0101") + &card("Diaz", "Bo", "+1 206 555 0102");
    let (_evidence, file, all) = check_and_keep("contacts.vcf", text.as_bytes());
    assert_eq!(file.format, "vcard");
    let columns = names(&file.tables[0].columns);
    assert_eq!(
        columns,
        ["last_name", "first_name", "full_name", "phone", "email", "street", "city", "state", "zip", "country", "note"]
    );
    assert_eq!(
        all.cells()[1],
        [
            "Diaz",
            "Bo",
            "Bo Diaz",
            "+1 206 555 0102",
            "Bo@example.com",
            "1 Main, St",
            "Kent",
            "WA",
            "98030",
            "USA",
            "café bar"
        ]
    );
    assert!(replay(&file, &file.tables[0].row(2), &Limits::default()).is_ok());
    check("cut.vcf", &text.as_bytes()[..text.len() / 2]);
}

#[test]
fn directory_entries() {
    let text = "version: 1\n\ndn: uid=ann,ou=people,dc=example,dc=com\nuid: ann\ncn:: Wm/DqyBMZWU=\nmail: ann@ex\n ample.com\ntelephoneNumber: 2065550101\ntelephoneNumber: 2065550102\n\n# a remark\ndn: uid=bo,ou=people,dc=example,dc=com\nuid: bo\nmail: bo@example.com\n";
    let (_evidence, file, all) = check_and_keep("dir.ldif", text.as_bytes());
    assert_eq!(file.format, "ldif");
    assert_eq!(names(&file.tables[0].columns), ["dn", "uid", "cn", "mail", "telephoneNumber", "telephoneNumber.2"]);
    assert_eq!(all.cells()[0][1..], ["ann", "Zoë Lee", "ann@example.com", "2065550101", "2065550102"]);
    assert_eq!(all.cells()[1][3], "bo@example.com");
}

#[test]
fn blocks_of_keys_and_values() {
    let block = |i: u32| {
        format!(
            "URL: https://shop{i}.example/login\nUsername: ann{i}@example.com\nPassword: pa:ss{i}\nApplication: Chrome [Default]\n===============\n"
        )
    };
    let text: String = (0..6).map(block).collect();
    let (_evidence, file, all) = check_and_keep("Passwords.txt", text.as_bytes());
    assert_eq!(file.format, "keyvalue");
    assert_eq!(names(&file.tables[0].columns), ["URL", "Username", "Password", "Application"]);
    assert_eq!(all.cells()[5], ["https://shop5.example/login", "ann5@example.com", "pa:ss5", "Chrome [Default]"]);
    let equals: String = (0..4).map(|i| format!("name=Ann {i}\nphone = 206555010{i}\n\n")).collect();
    let (_, all) = check("kv", equals.as_bytes());
    assert_eq!(all.cells()[3], ["Ann 3", "2065550103"]);
}

#[test]
fn web_pages() {
    let rows: String = (0..4)
        .map(|i| format!("<tr><td>Ann <b>{i}</b></td><td>518-11-200{i}</td><td>a&#64;example.com</td></tr>"))
        .collect();
    let page = format!(
        "<!DOCTYPE html><html><head><title>Staff</title><style>td {{ color: red }}</style><script>var x = '<table>';</script></head><body><table><tr><td>menu</td><td><table><tr><th>Name</th><th>SSN</th><th>Mail</th></tr>{rows}</table></td></tr></table><p>Call&nbsp;<i>Ann</i>: 206-555-0101</body></html>"
    );
    let (_evidence, file, all) = check_and_keep("staff.html", page.as_bytes());
    assert_eq!(file.format, "html");
    assert_eq!(names(&file.tables[0].columns), ["Name", "SSN", "Mail"]);
    assert_eq!(all.cells()[2], ["Ann 2", "518-11-2002", "a@example.com"]);
    assert_eq!(file.tables[0].row(1).to_string(), "staff.html::table 1::row/1");
    assert!(all.text[0].contains("206-555-0101") && all.text[0].contains("menu"), "{}", all.text[0]);
    assert!(!all.text[0].contains("518-11") && !all.text[0].contains("color"), "{}", all.text[0]);
    for cut in [20, 200, 400] {
        check("cut.html", &page.as_bytes()[..page.len() - cut]);
    }
}

#[test]
fn xml_records() {
    let rows: String = (0..4).map(|i| format!("<customer id=\"{i}\"><name>Ann &lt;{i}&gt;</name><phone kind=\"cell\">206555010{i}</phone><home><city>Kent</city></home></customer>\n")).collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<export at=\"now\"><by><user>bo</user></by><customers>\n{rows}</customers></export>"
    );
    let (_evidence, file, all) = check_and_keep("e.xml", text.as_bytes());
    assert_eq!(file.format, "xml");
    assert_eq!(names(&file.tables[0].columns), ["by.user", "id", "name", "phone.kind", "phone", "home.city"]);
    assert_eq!(
        all.cells()[0],
        ["bo", "<null>", "<null>", "<null>", "<null>", "<null>"],
        "what stands beside the records is one"
    );
    assert_eq!(all.cells()[4], ["<null>", "3", "Ann <3>", "cell", "2065550103", "Kent"]);
    // As mysqldump --xml writes it, in UTF-16.
    let rows: String =
        (0..3).map(|i| format!("<row><field name=\"id\">{i}</field><field name=\"name\">Zoë</field></row>")).collect();
    let text = format!(
        "<?xml version=\"1.0\"?><mysqldump><database name=\"shop\"><table_data name=\"customers\">{rows}</table_data></database></mysqldump>"
    );
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let (_, all) = check("m.xml", &wide);
    assert_eq!(all.cells()[2], ["2", "Zoë"]);
    let (file, all) = check("cut.xml", &text.as_bytes()[..text.len() - 70]);
    assert_eq!((all.totals.rows_parsed, file.problems[0].kind), (2, ProblemKind::Truncated));
    let deep = format!("<?xml version=\"1.0\"?><a>{}{}</a>", "<b>".repeat(5_000), "</b>".repeat(5_000));
    let (file, _) = check("deep.xml", deep.as_bytes());
    assert!(file.problems.iter().any(|problem| problem.kind == ProblemKind::LimitReached), "{:?}", file.problems);
}

#[test]
fn fixed_width() {
    let line = |name: &str, city: &str, i: usize| {
        format!("{name:<14}{city:<10}5181120{:02} 2065550{:03}\n", i % 100, i % 100 * 7)
    };
    let mut text = line("NAME", "CITY", 0).replace("518112000 2065550000", "SSN       PHONE     ");
    (1..260).for_each(|i| text += &line(["Ann Lee", "Bo Diaz", "Cyril Orr"][i % 3], ["Kent", "Ely"][i % 2], i));
    let (_evidence, file, all) = check_and_keep("spool.txt", text.as_bytes());
    assert_eq!(file.format, "fixed");
    assert_eq!(names(&file.tables[0].columns), ["NAME", "CITY", "SSN", "PHONE"]);
    assert_eq!(all.cells()[4], ["Cyril Orr", "Ely", "518112005", "2065550035"]);
    let torn = text.clone() + "an odd line that does not keep to the places of the others\n";
    let (_, all) = check("torn.txt", torn.as_bytes());
    assert_eq!(all.aside(), [("ragged_row", 1)]);
}

#[test]
fn text_is_carved_out_of_what_is_not_read() {
    let mut image = vec![0_u8; 4_096];
    image[3..11].copy_from_slice(b"NTFS    ");
    image[510..512].copy_from_slice(&[0x55, 0xaa]);
    image[2_000..2_030].copy_from_slice(b"ann.lee@example.com 206555010\x01");
    let (_evidence, file, all) = check_and_keep("disk.img", &image);
    assert_eq!(file.format, "carved");
    assert_eq!(file.problems[0].kind, ProblemKind::Unsupported);
    assert_eq!(all.text[0].len(), image.len());
    assert_eq!(&all.text[0][2_000..2_019], "ann.lee@example.com");
    let place = file.texts[0].path.at(Place::Bytes { offset: 2_000, length: 7 });
    assert_eq!(replay(&file, &place, &Limits::default()).expect("there").reveal(), b"ann.lee");
}

#[test]
fn parts_are_limited_as_members_are() {
    let tables = "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>".repeat(30);
    let page = format!("<html>{tables}</html>");
    let limits = Limits { members: 5, ..Limits::default() };
    let evidence = Evidence::new(&[("many.html", page.as_bytes())]);
    let file = &evidence.survey(&limits).files[0];
    assert_eq!((file.tables.len(), file.problems[0].kind), (5, ProblemKind::LimitReached));
    // A message in a message in an archive.
    let limits = Limits { nesting: 2, ..Limits::default() };
    let evidence = Evidence::new(&[("m.zip", &zip(&[("m.eml", MESSAGE.as_bytes())]))]);
    let file = &evidence.survey(&limits).files[0];
    assert_eq!(everything(file, &limits, 2).totals.rows_parsed, 2);
    let limits = Limits { spool_bytes: 100, ..Limits::default() };
    let file = &evidence.survey(&limits).files[0];
    assert_eq!(file.problems[0].kind, ProblemKind::LimitReached);
}
