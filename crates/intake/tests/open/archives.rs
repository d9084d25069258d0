//! Archives that are locked, cut into parts or packed in other ways, and lists of known files.
//!
//! `people.7z` (LZMA2, solid), `locked.7z` (directory encrypted), `locked-names.7z` (only the content) were made by py7zr
//! 1.0, `aes.zip` by pyzipper, `zipcrypto.zip` by Info-ZIP's `zip -P`, `people.rar` and the
//! volumes by the writer of rars 0.12. The passwords are `winter2026` and, of `zipcrypto.zip`, `infected`.

use std::path::PathBuf;

use intake::open::{Depth, EvidenceFile, KnownFiles, Limits, replay, survey};
use vocab::ProblemKind;
use vocab::progress::Silent;

use super::{Evidence, check_and_keep, everything, small_limits};

const PEOPLE: [&str; 3] = ["Maria", "James", "Aiko"];
const PEOPLE_7Z: &[u8] = include_bytes!("data/people.7z");
const LOCKED_7Z: &[u8] = include_bytes!("data/locked.7z");
const LOCKED_NAMES_7Z: &[u8] = include_bytes!("data/locked-names.7z");
const AES_ZIP: &[u8] = include_bytes!("data/aes.zip");
const ZIPCRYPTO_ZIP: &[u8] = include_bytes!("data/zipcrypto.zip");

fn with_passwords(passwords: &[&str]) -> Limits {
    // Nothing is kept from the survey: what is read again is decoded again.
    let passwords = passwords.iter().map(|word| (*word).to_owned()).collect();
    Limits { passwords, kept_bytes: 0, ..Limits::default() }
}

/// The first cells of the first table, for chunks of several sizes.
fn first_cells(file: &EvidenceFile, limits: &Limits) -> Vec<String> {
    let all = everything(file, limits, 1);
    let small = everything(file, &Limits { chunk_bytes: 7, ..limits.clone() }, 2);
    assert_eq!(all, small);
    all.rows.iter().filter(|(table, ..)| *table == 0).filter_map(|(.., cells)| cells[0].clone()).collect()
}

#[test]
fn members_of_a_7z_archive_are_read_and_replayed() {
    let (_evidence, file, all) = check_and_keep("people.7z", PEOPLE_7Z);
    assert_eq!(file.problems, []);
    assert_eq!(file.format, "7z/delimited+7z/text");
    let names: Vec<&str> = file.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["people.csv", "in/more.csv"]);
    assert_eq!(all.cells().len(), 6);
    assert!(all.text[0].contains("518-11-2001"));
    let row = replay(&file, &file.tables[1].row(2), &Limits::default()).expect("a row");
    assert_eq!(row.reveal(), b"2,bo@example.org");
}

#[test]
fn locked_archives_open_with_the_passwords_of_the_case() {
    let limits = with_passwords(&["wrong", "infected", "also wrong", "winter2026"]);
    for (name, bytes) in [
        ("locked.7z", LOCKED_7Z),
        ("locked-names.7z", LOCKED_NAMES_7Z),
        ("aes.zip", AES_ZIP),
        ("zipcrypto.zip", ZIPCRYPTO_ZIP),
    ] {
        let evidence = Evidence::new(&[(name, bytes)]);
        let file = &evidence.survey(&limits).files[0];
        assert_eq!(file.problems, [], "{name}");
        assert_eq!(first_cells(file, &limits), PEOPLE, "{name}");
        let row = replay(file, &file.tables[0].row(1), &limits).expect("a row");
        assert_eq!(row.reveal(), b"Maria,Alvarez,518-11-2001,(208) 234-1000", "{name}");
        for passwords in [&[][..], &["wrong"]] {
            let limits = with_passwords(passwords);
            let file = &evidence.survey(&limits).files[0];
            assert!(file.tables.is_empty(), "{name}");
            assert!(file.problems.iter().all(|problem| problem.kind == ProblemKind::Encrypted), "{name}");
            let shown = format!("{:?} {limits:?}", file.problems);
            assert!(shown.contains("passwords") && !shown.contains("wrong"), "{name}: {shown}");
        }
    }
}

#[test]
fn parts_are_read_as_one_file() {
    for (name, bytes, numbers) in [
        ("people.7z", PEOPLE_7Z, ["001", "002", "003"]),
        ("people.7z", PEOPLE_7Z, ["aa", "ab", "ac"]),
        ("aes.zip", AES_ZIP, ["part1", "part2", "part3"]),
    ] {
        let cut = bytes.len() / 3 + 1;
        let parts: Vec<(String, &[u8])> =
            numbers.iter().zip(bytes.chunks(cut)).map(|(number, part)| (format!("in/{name}.{number}"), part)).collect();
        let borrowed: Vec<(&str, &[u8])> = parts.iter().map(|(name, part)| (name.as_str(), *part)).collect();
        let evidence = Evidence::new(&borrowed);
        let limits = with_passwords(&["winter2026"]);
        let survey = evidence.survey(&limits);
        let [first, second, third] = survey.files.as_slice() else { panic!("three files") };
        assert_eq!(first.problems, []);
        assert_eq!(first_cells(first, &limits), PEOPLE);
        let row = replay(first, &first.tables[0].row(3), &limits).expect("a row");
        assert!(row.reveal().starts_with(b"Aiko,"));
        for part in [second, third] {
            assert_eq!(part.part_of.as_deref(), Some(format!("in/{name}.{}", numbers[0]).as_str()));
            assert!(part.tables.is_empty() && part.problems.is_empty() && !part.sha256.is_empty());
        }
    }
}

#[test]
fn a_missing_part_is_named() {
    let parts: Vec<&[u8]> = PEOPLE_7Z.chunks(100).collect();
    let evidence = Evidence::new(&[("x.7z.001", parts[0]), ("x.7z.003", parts[2]), ("y.gz.002", b"\x01\x02\x03")]);
    let survey = evidence.survey(&Limits::default());
    let said =
        |index: usize| survey.files[index].problems.iter().map(|p| p.cause.clone()).collect::<Vec<_>>().join("; ");
    assert!(said(0).contains("x.7z.002 is missing"), "{}", said(0));
    assert!(said(2).contains("y.gz.001, which is missing"), "{}", said(2));
    let alone = Evidence::new(&[("x.7z.001", parts[0]), ("x.7z.002", parts[1])]);
    let limits = Limits::default();
    let given = [PathBuf::from("x.7z.002")];
    let survey = survey_of(&alone, &given, &limits);
    assert!(survey.files[0].problems[0].cause.contains("x.7z.001, which is not among the files"));
}

fn survey_of(evidence: &Evidence, paths: &[PathBuf], limits: &Limits) -> intake::open::Survey {
    survey(evidence.path(), paths, limits, Depth::Full, 1, &Silent)
}

/// What `zip -s` makes of an archive: a mark before it, places counted from the beginning of a part.
fn spanned(archive: &[u8], cut: usize) -> Vec<Vec<u8>> {
    let mut whole = b"PK\x07\x08".to_vec();
    whole.extend_from_slice(archive);
    let word = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("a word")) as usize;
    let end = whole.len() - 22;
    let directory = word(&whole, end + 16) + 4;
    let place = |at: usize| ((at / cut) as u16, (at % cut) as u32);
    let mut at = directory;
    while at < end {
        let (part, offset) = place(word(&whole, at + 42) + 4);
        let half = |at: usize| usize::from(u16::from_le_bytes([whole[at], whole[at + 1]]));
        let length = 46 + half(at + 28) + half(at + 30) + half(at + 32);
        whole[at + 34..at + 36].copy_from_slice(&part.to_le_bytes());
        whole[at + 42..at + 46].copy_from_slice(&offset.to_le_bytes());
        at += length;
    }
    let (part, offset) = place(directory);
    let (last, _) = place(end);
    whole[end + 4..end + 6].copy_from_slice(&last.to_le_bytes());
    whole[end + 6..end + 8].copy_from_slice(&part.to_le_bytes());
    whole[end + 16..end + 20].copy_from_slice(&offset.to_le_bytes());
    whole.chunks(cut).map(<[u8]>::to_vec).collect()
}

#[test]
fn spanned_zip_archives_are_put_together() {
    let limits = with_passwords(&["infected"]);
    for cut in [150, 200, 300] {
        let parts = spanned(ZIPCRYPTO_ZIP, cut);
        let last = parts.len() - 1;
        let name = |index: usize| if index == last { "x.zip".to_owned() } else { format!("x.z{:02}", index + 1) };
        let named: Vec<(String, &[u8])> =
            parts.iter().enumerate().map(|(i, part)| (name(i), part.as_slice())).collect();
        let files: Vec<(&str, &[u8])> = named.iter().map(|(name, part)| (name.as_str(), *part)).collect();
        let evidence = Evidence::new(&files);
        let survey = evidence.survey(&limits);
        let file = survey.files.iter().find(|file| file.path == "x.zip").expect("the whole");
        assert_eq!(file.problems, [], "parts of {cut}");
        assert_eq!(first_cells(file, &limits), PEOPLE);
        assert!(survey.files.iter().filter(|file| file.path != "x.zip").all(|file| file.part_of.is_some()));
    }
}

#[test]
fn damaged_archives_are_named_and_nothing_else_happens() {
    for (name, bytes) in [("a.7z", PEOPLE_7Z), ("b.7z", LOCKED_7Z), ("c.zip", AES_ZIP), ("d.rar", RAR)] {
        for cut in [7, 33, bytes.len() / 2, bytes.len() - 3] {
            let evidence = Evidence::new(&[(name, &bytes[..cut])]);
            let file = &evidence.survey(&with_passwords(&["winter2026"])).files[0];
            assert!(!file.problems.is_empty(), "{name} cut at {cut}");
            assert!(file.problems.iter().all(|problem| !problem.cause.contains("unforeseen")), "{name} cut at {cut}");
        }
        // Each try derives a key, which is slow on purpose.
        for at in (8..bytes.len()).step_by(11) {
            let mut broken = bytes.to_vec();
            broken[at] ^= 0x41;
            let evidence = Evidence::new(&[(name, &broken)]);
            let limits = Limits { passwords: with_passwords(&["winter2026"]).passwords, ..small_limits(1 << 20) };
            let file = &evidence.survey(&limits).files[0];
            let unforeseen = file.problems.iter().find(|problem| problem.cause.contains("unforeseen"));
            assert_eq!(unforeseen, None, "{name}, byte {at}");
            everything(file, &limits, 1);
        }
    }
}

#[test]
fn what_expands_like_a_bomb_is_not_unpacked() {
    let limits = Limits { expansion_ratio: 2, expansion_grace_bytes: 100, ..Limits::default() };
    for (name, bytes) in
        [("bomb.7z", &include_bytes!("data/zeros.7z")[..]), ("bomb.rar", include_bytes!("data/zeros.rar"))]
    {
        let evidence = Evidence::new(&[(name, bytes)]);
        let file = &evidence.survey(&limits).files[0];
        assert!(file.problems.iter().any(|problem| problem.kind == ProblemKind::LimitReached), "{:?}", file.problems);
    }
    let narrow = Limits { decoder_bytes: 64 << 10, ..Limits::default() };
    let evidence = Evidence::new(&[("wide.7z", PEOPLE_7Z)]);
    let file = &evidence.survey(&narrow).files[0];
    assert!(file.problems.iter().any(|problem| problem.kind == ProblemKind::LimitReached), "{:?}", file.problems);
}

const RAR: &[u8] = include_bytes!("data/people.rar");
const VOLUMES: [&[u8]; 3] = [
    include_bytes!("data/volumes.part1.rar"),
    include_bytes!("data/volumes.part2.rar"),
    include_bytes!("data/volumes.part3.rar"),
];

#[test]
fn members_of_a_rar_archive_are_read_and_replayed() {
    let (_evidence, file, all) = check_and_keep("people.rar", RAR);
    assert_eq!(file.problems, []);
    assert_eq!(file.format, "rar/delimited+rar/text");
    assert_eq!(all.cells().len(), 6);
    let row = replay(&file, &file.tables[1].row(2), &Limits::default()).expect("a row");
    assert_eq!(row.reveal(), b"2,bo@example.org");
}

/// A 7z archive of one member whose decoder asks for a dictionary of this kind, after the format's own description.
fn lzma2(dictionary: u8) -> Vec<u8> {
    let text = b"a,b,c\n1,2,3\n4,5,6\n";
    // One piece that is not packed, and the end.
    let packed = [&[1, 0, text.len() as u8 - 1][..], text, &[0]].concat();
    let name: Vec<u8> = "a.csv".encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let folder = [1, 0x21, 0x21, 1, dictionary];
    let streams =
        [&[4, 6, 0, 1, 9, packed.len() as u8, 0, 7, 11, 1, 0][..], &folder, &[12, text.len() as u8, 0, 8, 0, 0]];
    let files = [&[5, 1, 17, name.len() as u8 + 1, 0][..], &name, &[0, 0]];
    let directory = [vec![1], streams.concat(), files.concat()].concat();
    let crc = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let sizes = [packed.len() as u64, directory.len() as u64].map(u64::to_le_bytes).concat();
    let start = [&sizes[..], &crc(&directory)].concat();
    [&b"7z\xbc\xaf\x27\x1c\0\x04"[..], &crc(&start), &start, &packed, &directory].concat()
}

#[test]
fn a_member_that_asks_for_too_large_a_dictionary_is_refused() {
    let evidence = Evidence::new(&[("small.7z", &lzma2(16)), ("large.7z", &lzma2(38))]);
    let survey = evidence.survey(&Limits::default());
    let [large, small] = survey.files.as_slice() else { panic!("two files") };
    assert_eq!((small.problems.as_slice(), small.tables.len()), (&[][..], 1));
    assert_eq!(large.problems[0].kind, ProblemKind::LimitReached, "{:?}", large.problems);
    assert!(large.tables.is_empty());
}

#[test]
fn members_that_lie_across_volumes_are_read_and_replayed() {
    for names in [["v.part1.rar", "v.part2.rar", "v.part3.rar"], ["v.rar", "v.r00", "v.r01"]] {
        let files: Vec<(&str, &[u8])> = names.into_iter().zip(VOLUMES).collect();
        let evidence = Evidence::new(&files);
        let limits = Limits { kept_bytes: 0, ..Limits::default() };
        let survey = evidence.survey(&limits);
        let first = survey.files.iter().find(|file| file.path == names[0]).expect("the first volume");
        assert_eq!(first.problems, [], "{names:?}");
        assert_eq!(first.format, "rar/delimited");
        assert_eq!(first_cells(first, &limits), ["Maria", "James", "Aiko"].repeat(10));
        let row = replay(first, &first.tables[0].row(29), &limits).expect("a row");
        assert!(row.reveal().starts_with(b"James,"));
        assert!(survey.files.iter().all(|file| file.path == names[0] || file.part_of.as_deref() == Some(names[0])));
        // Without its middle, the archive breaks off, and what is missing is named.
        let evidence = Evidence::new(&[files[0], files[2]]);
        let survey = evidence.survey(&limits);
        let said: Vec<&str> =
            survey.files.iter().flat_map(|file| &file.problems).map(|problem| problem.cause.as_str()).collect();
        assert!(said.iter().any(|cause| cause.contains(names[1])), "{said:?}");
        assert!(said.iter().any(|cause| cause.contains("not read")), "{said:?}");
    }
}

#[test]
fn known_files_are_counted_and_not_read() {
    let evidence = Evidence::new(&[("a.csv", b"a,b,c\n1,2,3\n4,5,6\n"), ("b.csv", b"a,b,c\n7,8,9\n1,1,1\n")]);
    let survey = evidence.survey(&Limits::default());
    let list = format!("\"{}\",\"a.csv\"\n", survey.files[0].sha256.to_uppercase());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("known.csv");
    std::fs::write(&path, list).expect("a list");
    let mut known = KnownFiles::default();
    known.add(&path).expect("a list");
    let survey = evidence.survey(&Limits { known, ..Limits::default() });
    let [a, b] = survey.files.as_slice() else { panic!("two files") };
    assert!(a.known && a.tables.is_empty() && a.bytes == 18 && !a.sha256.is_empty());
    assert!(!b.known && b.tables.len() == 1);
}

/// A disk image in segments of two chunks each: the first chunk deflated, the second one not.
fn image(disk: &[u8]) -> Vec<Vec<u8>> {
    const CHUNK: usize = 1024;
    let chunks: Vec<&[u8]> = disk.chunks(CHUNK).collect();
    let count = chunks.len().div_ceil(2);
    let section = |out: &mut Vec<u8>, kind: &str, data: &[u8]| {
        let next = if matches!(kind, "next" | "done") { out.len() } else { out.len() + 76 + data.len() };
        let mut head = kind.as_bytes().to_vec();
        head.resize(16, 0);
        head.extend_from_slice(&(next as u64).to_le_bytes());
        head.extend_from_slice(&(76 + data.len() as u64).to_le_bytes());
        head.resize(76, 0);
        out.extend_from_slice(&head);
        out.extend_from_slice(data);
    };
    let segment = |(number, pair): (usize, &[&[u8]])| {
        let mut out = b"EVF\x09\x0d\x0a\xff\0\x01".to_vec();
        out.extend_from_slice(&[number as u8 + 1, 0, 0, 0]);
        if number == 0 {
            let volume = [1, chunks.len() as u32, 2, CHUNK as u32 / 2].map(u32::to_le_bytes).concat();
            section(&mut out, "volume", &volume);
        }
        let (mut data, mut entries) = (Vec::new(), Vec::new());
        for (index, chunk) in pair.iter().enumerate() {
            let place = (out.len() + 76 + data.len()) as u32;
            if index == 0 {
                entries.extend_from_slice(&(place | 1 << 31).to_le_bytes());
                let mut encoder = flate2::write::ZlibEncoder::new(&mut data, flate2::Compression::fast());
                std::io::Write::write_all(&mut encoder, chunk).expect("memory");
                encoder.finish().expect("memory");
            } else {
                entries.extend_from_slice(&place.to_le_bytes());
                data.extend_from_slice(chunk);
                data.extend_from_slice(&[0; 4]);
            }
        }
        section(&mut out, "sectors", &data);
        let mut table = (pair.len() as u32).to_le_bytes().to_vec();
        table.resize(24, 0);
        table.extend_from_slice(&entries);
        section(&mut out, "table", &table);
        section(&mut out, if number + 1 == count { "done" } else { "next" }, &[]);
        out
    };
    chunks.chunks(2).enumerate().map(segment).collect()
}

/// A disk with a boot record and a few words far behind it.
fn disk() -> Vec<u8> {
    let mut disk = vec![0; 5 * 1024];
    disk[3..11].copy_from_slice(b"NTFS    ");
    disk[510..512].copy_from_slice(&[0x55, 0xaa]);
    disk[4000..4036].copy_from_slice(b"Maria Alvarez, the SSN is 518-11-200");
    disk
}

#[test]
fn text_is_carved_out_of_a_disk_image_in_segments() {
    let segments = image(&disk());
    let evidence = Evidence::new(&[("d.E01", &segments[0]), ("d.E02", &segments[1]), ("d.E03", &segments[2])]);
    let limits = Limits::default();
    let survey = evidence.survey(&limits);
    let file = &survey.files[0];
    assert_eq!(file.format, "ewf/carved");
    let text = &everything(file, &limits, 1).text[0];
    assert_eq!(&text[4000..4036], "Maria Alvarez, the SSN is 518-11-200");
    assert_eq!(text.len(), 5 * 1024);
    assert_eq!(survey.files[1].part_of.as_deref(), Some("d.E01"));

    let evidence = Evidence::new(&[("d.E01", &segments[0]), ("d.E03", &segments[2])]);
    let file = &evidence.survey(&limits).files[0];
    assert!(file.problems.iter().any(|problem| problem.cause.contains("d.E02 is missing")), "{:?}", file.problems);
    assert!(file.problems.iter().any(|problem| problem.kind == ProblemKind::Truncated), "{:?}", file.problems);
}

#[test]
fn a_damaged_chunk_of_an_image_is_zeros_and_counted() {
    let whole: Vec<u8> = disk()[..2048].to_vec();
    let mut segments = image(&whole);
    let at = segments[0].windows(2).position(|bytes| bytes == [0x78, 0x01]).expect("a deflated chunk");
    segments[0][at + 2] ^= 0xff;
    let evidence = Evidence::new(&[("d.E01", &segments[0])]);
    let file = &evidence.survey(&Limits::default()).files[0];
    assert!(file.problems.iter().any(|problem| problem.cause.starts_with("1 chunks")), "{:?}", file.problems);
}
