//! Containers, one in another, whole and broken.

use std::io::{Cursor, Write};

use intake::open::{Limits, replay};
use vocab::{ForensicPath, Place, ProblemKind};

use super::{Evidence, check, check_and_keep, everything};

const CSV: &[u8] = b"id,name,phone\n1,Ann Lee,2065550101\n2,Bo Diaz,2065550102\n3,Cy Orr,2065550103\n";

pub(crate) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
    encoder.write_all(bytes).expect("written");
    encoder.finish().expect("finished")
}

/// The rows of `CSV`, as the xz program packs them: the library here has no encoder.
const XZ: &[u8] = include_bytes!("data/rows.csv.xz");

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("encoded")
}

pub(crate) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("started");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

pub(crate) fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.as_gnu_mut().expect("gnu").name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        builder.append(&header, *bytes).expect("appended");
    }
    builder.into_inner().expect("finished")
}

#[test]
fn every_decoder_gives_the_same_rows() {
    let (_, plain) = check("a.csv", CSV);
    for (kind, bytes) in [("gz", gz(CSV)), ("bz2", bz2(CSV)), ("xz", XZ.to_vec()), ("zst", zst(CSV))] {
        // The name lies on purpose: what it is shows in the bytes.
        let (_evidence, file, all) = check_and_keep("a.jpg", &bytes);
        assert_eq!(file.format, format!("{kind}/delimited"));
        assert_eq!(file.problems, []);
        assert_eq!(all, plain, "{kind}");
        assert_eq!(file.tables[0].row(2).to_string(), format!("a.jpg::{kind}::row/2"));
        assert_eq!(
            replay(&file, &file.tables[0].row(2), &Limits::default()).expect("there").reveal(),
            b"2,Bo Diaz,2065550102"
        );
    }
}

#[test]
fn gzip_of_several_members_is_read_to_its_end() {
    let (head, tail) = CSV.split_at(30);
    let (_, plain) = check("a.csv", CSV);
    let (_, all) = check("a.gz", &[gz(head), gz(tail)].concat());
    assert_eq!(all.rows, plain.rows);
}

#[test]
fn archives_within_archives() {
    let parquet = super::columnar::sample(4);
    let inner = zip(&[("deep/a.csv", CSV), ("p.bin", &parquet)]);
    let archive = gz(&tar(&[
        ("x/inner.zip", &inner),
        ("notes.txt", b"Call Ann Lee about the invoice.\nShe will know what to do.\n"),
    ]));
    let (_evidence, file, all) = check_and_keep("all", &archive);
    assert_eq!(file.format, "gz/tar/text+gz/tar/zip/delimited+gz/tar/zip/parquet");
    let addresses: Vec<String> = file.tables.iter().map(|table| table.label()).collect();
    assert_eq!(addresses, ["all::gz::x/inner.zip::deep/a.csv", "all::gz::x/inner.zip::p.bin"]);
    assert_eq!(all.totals.rows_parsed, 7);
    assert!(all.text[0].starts_with("Call Ann"));
    let bytes = file.texts[0].path.at(Place::Bytes { offset: 5, length: 7 });
    assert_eq!(replay(&file, &bytes, &Limits::default()).expect("there").reveal(), b"Ann Lee");
    let row = replay(&file, &file.tables[1].row(2), &Limits::default()).expect("there");
    assert!(row.reveal().starts_with("1\tNé 1\t".as_bytes()));
}

#[test]
fn a_truncated_gzip_gives_what_comes_before_the_break() {
    let rows: String =
        (0..20_000).map(|i| format!("{i},{},{}\n", i * 7919 % 10_007, i * 104_729 % 1_000_003)).collect();
    let whole = gz(rows.as_bytes());
    let (file, all) = check("t.gz", &whole[..whole.len() / 2]);
    assert_eq!(file.problems[0].kind, ProblemKind::Truncated);
    assert!(all.totals.rows_parsed > 5_000 && all.totals.rows_parsed < 15_000);
    assert_eq!(all.totals.problems, [], "the survey told it");
}

#[test]
fn a_zip_without_its_directory_gives_what_is_there() {
    let whole = zip(&[("a.csv", CSV), ("b.csv", CSV)]);
    let (file, all) = check("t.zip", &whole[..whole.len() - 60]);
    assert_eq!(file.problems[0].kind, ProblemKind::Truncated);
    assert_eq!(all.totals.rows_parsed, 6);
}

#[test]
fn a_damaged_member_does_not_hide_the_others() {
    let text: Vec<u8> = (0..2_000u64)
        .flat_map(|i| format!("{i},{},Kent\n", i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
        .collect();
    let mut archive = zip(&[("a.csv", &text), ("b.csv", CSV)]);
    archive[9_000..9_500].fill(0xFF);
    let (file, all) = check("d.zip", &archive);
    assert!(
        file.problems.iter().any(|p| p.kind == ProblemKind::Corrupt && p.path.contains("a.csv")),
        "{:?}",
        file.problems
    );
    assert!(all.totals.rows_parsed >= 3);
    assert!(all.totals.readable_share < 1.0, "what the header promises and the member lacks is lost");
}

#[test]
fn a_bomb_stops_at_the_ratio_and_other_members_go_on() {
    let limits = Limits { expansion_grace_bytes: 1 << 20, ..Limits::default() };
    let archive = zip(&[("a-bomb.txt", &vec![b'0'; 8 << 20]), ("b.csv", CSV)]);
    let evidence = Evidence::new(&[("bomb.zip", &archive)]);
    let file = &evidence.survey(&limits).files[0];
    assert!(file.problems.iter().any(|p| p.kind == ProblemKind::LimitReached && p.path.contains("a-bomb")));
    assert_eq!(everything(file, &limits, 2).totals.rows_parsed, 3);
}

#[test]
fn decoded_bytes_of_a_file_are_limited() {
    let limits = Limits { decoded_bytes: 1 << 20, ..Limits::default() };
    let evidence = Evidence::new(&[("big.zst", &zst(&b"some words of text\n".repeat(200_000)))]);
    let file = &evidence.survey(&limits).files[0];
    assert_eq!(file.problems[0].kind, ProblemKind::LimitReached);
}

#[test]
fn nesting_is_limited() {
    let mut bytes = CSV.to_vec();
    for _ in 0..10 {
        bytes = gz(&bytes);
    }
    let evidence = Evidence::new(&[("deep.gz", &bytes), ("b.csv", CSV)]);
    let survey = evidence.survey(&Limits::default());
    assert_eq!(survey.files[1].problems[0].kind, ProblemKind::LimitReached);
    assert!(survey.files[1].tables.is_empty());
    assert_eq!(survey.files[0].tables.len(), 1);
}

#[test]
fn members_are_limited_and_their_names_harmless() {
    let limits = Limits { members: 2, ..Limits::default() };
    for archive in [
        zip(&[("../../etc/a.csv", CSV), ("b.csv", CSV), ("c.csv", CSV)]),
        tar(&[("../../etc/a.csv", CSV), ("b.csv", CSV), ("c.csv", CSV)]),
    ] {
        let evidence = Evidence::new(&[("many", &archive)]);
        let file = &evidence.survey(&limits).files[0];
        let kinds: Vec<ProblemKind> = file.problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [ProblemKind::Corrupt, ProblemKind::LimitReached]);
        assert_eq!(everything(file, &limits, 2).totals.rows_parsed, 6);
    }
}

#[test]
fn windows_larger_than_the_limit_are_refused() {
    let limits = Limits { decoder_bytes: 64 << 10, ..Limits::default() };
    let text = CSV.repeat(50_000);
    for bytes in [XZ.to_vec(), zst(&text)] {
        let evidence = Evidence::new(&[("w", &bytes)]);
        let file = &evidence.survey(&limits).files[0];
        assert_eq!(file.problems[0].kind, ProblemKind::LimitReached, "{:?}", file.problems);
    }
}

#[test]
fn an_archive_in_a_container_is_held_only_up_to_the_limit() {
    let limits = Limits { spool_bytes: 10, ..Limits::default() };
    let evidence = Evidence::new(&[("z.gz", &gz(&zip(&[("a.csv", CSV)])))]);
    assert_eq!(evidence.survey(&limits).files[0].problems[0].kind, ProblemKind::LimitReached);
}

#[test]
fn members_of_the_same_name_have_their_own_addresses() {
    let (_evidence, file, _) = check_and_keep("same.tar", &tar(&[("a.csv", CSV), ("a.csv", CSV)]));
    assert_eq!(file.tables[1].label(), "same.tar::a.csv#2");
    let address: ForensicPath = "same.tar::a.csv#2::row/1".parse().expect("an address");
    assert_eq!(replay(&file, &address, &Limits::default()).expect("there").reveal(), b"1,Ann Lee,2065550101");
}

#[test]
fn of_very_many_members_little_is_kept() {
    let text = "some words of a letter that goes on and on\n".repeat(1_000);
    let names: Vec<String> = (0..400).map(|i| format!("{i}.txt")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), text.as_bytes())).collect();
    let evidence = Evidence::new(&[("many.tar", &tar(&members))]);
    let file = &evidence.survey(&Limits::default()).files[0];
    let limits = Limits { sample_bytes: 64 << 10, ..Limits::default() };
    assert_eq!(file.texts.len(), 400);
    let file = &evidence.survey(&limits).files[0];
    let kept: usize = file.texts.iter().map(|text| text.sample.bytes.len()).sum();
    assert!(kept < 400 * text.len() / 3, "{kept} bytes are kept of {}", 400 * text.len());
    assert!(file.texts.iter().all(|text| !text.sample.bytes.is_empty()), "of each something is seen");
}
