//! Parquet.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, StructArray, TimestampMillisecondArray,
};
use arrow::datatypes::{DataType, Field};
use intake::open::Limits;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use vocab::ProblemKind;

use super::{Evidence, check, everything};

pub(crate) fn sample(rows: i64) -> Vec<u8> {
    let inner: ArrayRef = Arc::new(StringArray::from_iter((0..rows).map(|i| (i % 2 == 0).then(|| format!("c{i}")))));
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int64Array::from_iter_values(0..rows))),
        ("name", Arc::new(StringArray::from_iter_values((0..rows).map(|i| format!("Né {i}"))))),
        ("born", Arc::new(Date32Array::from_iter_values((0..rows).map(|i| i as i32)))),
        ("seen", Arc::new(TimestampMillisecondArray::from_iter_values((0..rows).map(|i| i * 1000)))),
        (
            "paid",
            Arc::new(Decimal128Array::from_iter_values(0..rows as i128).with_precision_and_scale(10, 2).expect("fits")),
        ),
        ("phone", Arc::new(Float64Array::from_iter_values((0..rows).map(|i| 2_065_550_100.0 + i as f64)))),
        ("live", Arc::new(BooleanArray::from_iter((0..rows).map(|i| Some(i % 2 == 0))))),
        (
            "raw",
            Arc::new(BinaryArray::from_iter_values(
                (0..rows).map(|i| if i == 0 { vec![0xff, 1] } else { b"ok".to_vec() }),
            )),
        ),
        ("home", Arc::new(StructArray::from(vec![(Arc::new(Field::new("city", DataType::Utf8, true)), inner)]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(3)).build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    out
}

#[test]
fn all_kinds_of_columns_as_text() {
    let (file, all) = check("p", &sample(7));
    assert_eq!(file.format, "parquet");
    assert_eq!(file.tables[0].rows_estimate, 7);
    assert_eq!(file.tables[0].columns[8].as_deref(), Some("home.city"));
    assert_eq!(file.tables[0].sample.rows(), 7);
    let first = ["0", "Né 0", "1970-01-01", "1970-01-01T00:00:00", "0.00", "2065550100", "true", "ff01", "c0"];
    assert_eq!(all.cells()[0], first);
    assert_eq!(all.cells()[1][7..], ["ok", "<null>"]);
    assert_eq!(all.rows.iter().map(|row| row.1).collect::<Vec<_>>(), (1..=7).collect::<Vec<_>>());
}

#[test]
fn a_truncated_file_is_a_problem() {
    let bytes = sample(7);
    let evidence = Evidence::new(&[("p", &bytes[..bytes.len() - 9])]);
    let file = &evidence.survey(&Limits::default()).files[0];
    assert_eq!(file.problems[0].kind, ProblemKind::Truncated);
    assert_eq!(file.readable_share, 0.0);
}

#[test]
fn a_damaged_row_group_is_set_aside() {
    let mut bytes = sample(9);
    let end = bytes.len() / 6;
    bytes[40..end].fill(0xFF);
    let evidence = Evidence::new(&[("p", &bytes)]);
    let file = &evidence.survey(&Limits::default()).files[0];
    let all = everything(file, &Limits::default(), 2);
    assert_eq!(all.totals.rows_in, 9);
    assert!(all.totals.rows_set_aside >= 3, "{:?}", all.aside());
    assert!(all.totals.readable_share < 1.0);
}

#[test]
fn a_row_group_is_decoded_block_by_block() {
    let rows = 60_000_i64;
    let ids: ArrayRef = Arc::new(StringArray::from_iter_values(
        (0..rows).map(|i| format!("{:016x}", i.wrapping_mul(0x1E37_79B9_7F4A_7C15_i64))),
    ));
    let batch = RecordBatch::try_from_iter([("id", ids)]).expect("a batch");
    let properties =
        WriterProperties::builder().set_data_page_size_limit(8 << 10).set_dictionary_enabled(false).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    let evidence = Evidence::new(&[("one-group.parquet", &bytes)]);
    let file = &evidence.survey(&Limits::default()).files[0];
    // Taken away under the reader after the first block: what was decoded ahead of that would still come.
    let path = file.disk_path.clone();
    let work = |block| {
        std::fs::OpenOptions::new().write(true).open(&path).and_then(|file| file.set_len(0)).expect("cut");
        if let intake::open::Block::Rows(block) = block { block.rows() } else { 0 }
    };
    let mut given = 0;
    let totals = intake::open::stream(file, &Limits::default(), 1, &vocab::progress::Silent, &work, &mut |_, rows| {
        given += rows
    });
    assert!(given > 0 && given < rows as usize / 2, "{given} rows were decoded although the file was gone");
    assert_eq!(totals.rows_in, rows as u64, "what is lost is set aside");
}
