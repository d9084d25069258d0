//! Second method: the `csv` crate reads the same cells from undamaged input, whatever the chunks and threads.

use intake::open::Limits;
use proptest::prelude::*;

use super::{Evidence, everything};

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 .@é-]{0,10}",
        1 => "[a-z,\"\n\r;|\t ]{0,8}",
        1 => Just("\"\"".to_owned()),
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (2usize..6).prop_flat_map(|columns| prop::collection::vec(prop::collection::vec(cell(), columns), 3..20))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_same_cells_as_the_csv_crate(
        table in table(),
        delimiter in prop::sample::select(vec![b',', b'\t', b'|', b';']),
        crlf in any::<bool>(),
        always in any::<bool>(),
        chunk in 1usize..300,
        threads in prop::sample::select(vec![1usize, 2, 8]),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer =
            csv::WriterBuilder::new().delimiter(delimiter).quote_style(style).terminator(terminator).from_writer(Vec::new());
        // Enough plain rows that the dialect is plain; a header that is one.
        let columns = table[0].len();
        let header: Vec<String> = (0..columns).map(|i| format!("column_name_{i}")).collect();
        writer.write_record(&header).expect("written");
        for i in 0..60 {
            // Some with the delimiter in a cell, so that the file shows that it quotes: a lone pair of quotes around a line
            // break can be read both ways.
            let sign = if i % 8 == 0 { char::from(delimiter).to_string() } else { String::new() };
            writer.write_record((0..columns).map(|column| format!("{}{sign}", 1000 + i * 7 + column))).expect("written");
        }
        for row in &table {
            writer.write_record(row).expect("written");
        }
        let text = writer.into_inner().expect("whole");
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_slice());
        let expected: Vec<Vec<String>> =
            reader.records().map(|row| row.expect("well-formed").iter().map(str::to_owned).collect()).collect();
        let evidence = Evidence::new(&[("t.csv", &text)]);
        let file = &evidence.survey(&Limits::default()).files[0];
        prop_assert_eq!(file.tables.len(), 1);
        prop_assert!(file.tables[0].header);
        let limits = Limits { chunk_bytes: chunk, ..Limits::default() };
        let all = everything(file, &limits, threads);
        prop_assert_eq!(all.aside(), vec![]);
        prop_assert_eq!(all.cells(), expected);
    }

    /// Damaged input: nothing is lost from the balance, and the result does not depend on chunks or threads.
    #[test]
    fn any_bytes_balance_and_do_not_depend_on_threads(
        bytes in prop::collection::vec(prop_oneof![3 => prop::sample::select(b"a1,\"\n|'();\\{}[]: ".to_vec()), 1 => any::<u8>()], 0..400),
        beginning in prop::sample::select(vec!["", "id,name,zip\n1,a,2\n2,b,3\n", "INSERT INTO `t` VALUES (1,'a'),(", "{\"a\":1}\n{\"a\":2}\n", "[{\"a\":1},"]),
        chunk in 1usize..64,
    ) {
        let bytes = [beginning.as_bytes(), &bytes].concat();
        let evidence = Evidence::new(&[("x", &bytes)]);
        let survey = evidence.survey(&Limits::default());
        for file in &survey.files {
            let limits = Limits { chunk_bytes: chunk, ..Limits::default() };
            let one = everything(file, &limits, 1);
            prop_assert_eq!(&everything(file, &limits, 8), &one);
            let share = one.totals.readable_share;
            prop_assert!((0.0..=1.0).contains(&share));
        }
    }
}
