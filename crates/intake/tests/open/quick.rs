//! The quick survey: bounded, honest about it, and near the truth.

use intake::open::Limits;

use super::Evidence;

fn limits() -> Limits {
    Limits { quick_bytes: 256 << 10, chunk_bytes: 64 << 10, sample_bytes: 64 << 10, ..Limits::default() }
}

#[test]
fn rows_are_extrapolated_from_places_all_over_the_file() {
    let rows = 300_000;
    let text: String = (0..rows)
        .map(|i| format!("{i},{},2065550{:03}\n", if i < rows / 2 { "Ann" } else { "Bartholomew" }, i % 1000))
        .collect();
    let evidence = Evidence::new(&[("a.csv", text.as_bytes())]);
    let file = &evidence.quick(&limits()).files[0];
    let estimate = file.tables[0].rows_estimate as f64 / f64::from(rows);
    assert!((0.8..1.25).contains(&estimate), "{estimate}");
    assert!(file.seen_share < 0.7 && file.seen_share > 0.0);
    let last = file.tables[0].sample.offsets.last().copied().expect("rows");
    assert!(last > text.len() as u64 * 9 / 10, "the sample reaches the end");
    assert_eq!(file.sha256, "");
}

#[test]
fn a_table_far_behind_in_a_dump_is_found() {
    let mut text = String::from("-- MySQL dump\n");
    for i in 0..20_000 {
        text.push_str(&format!("INSERT INTO `first` VALUES ({i},'Ann Lee');\n"));
    }
    for i in 0..20_000 {
        text.push_str(&format!("INSERT INTO `second` VALUES ({i},'2065550101');\n"));
    }
    let evidence = Evidence::new(&[("a.sql", text.as_bytes())]);
    let file = &evidence.quick(&Limits { quick_bytes: 64 << 10, ..limits() }).files[0];
    assert_eq!(file.tables.len(), 2);
}

#[test]
fn the_share_seen_of_a_compressed_file_is_that_of_its_own_bytes() {
    let text: String = (0..300_000u64).map(|i| format!("{i},{}\n", i.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
    let evidence = Evidence::new(&[("a.gz", &super::containers::gz(text.as_bytes()))]);
    let file = &evidence.quick(&limits()).files[0];
    assert!(file.seen_share < 0.5, "{}", file.seen_share);
    assert_eq!(file.tables.len(), 1);
}
