//! SQL dumps.

use super::{Evidence, check, everything};
use intake::open::Limits;
use proptest::prelude::*;

const MYSQL: &str = r#"mysqldump: [Warning] Using a password on the command line interface can be insecure.
-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `customers`;
CREATE TABLE `customers` (
  `id` int NOT NULL AUTO_INCREMENT COMMENT 'a, (b)',
  `full name` varchar(80) DEFAULT 'x,y',
  `ssn` char(9) DEFAULT NULL,
  `balance` decimal(10,2) DEFAULT '0.00',
  PRIMARY KEY (`id`),
  KEY `k` (`ssn`,`id`)
) ENGINE=InnoDB;
LOCK TABLES `customers` WRITE;
INSERT INTO `customers` VALUES (1,'O\'Brien, Ann','123456789',-1.50),(2,'Bo ''Jr'' Diaz',NULL,0),(3,'line\nbreak; INSERT INTO',_binary 'x',1e3);
INSERT INTO `customers` VALUES (4,'tab\there',0x4A6F,2);
UNLOCK TABLES;
CREATE TABLE `empty` (`a` int);
CREATE TABLE `devices` (`imei` char(15), `phone` varchar(20));
INSERT INTO `devices` (`phone`, `imei`) VALUES ('2065550101','350000000000006'),
('2065550102', '350000000000014')
ON DUPLICATE KEY UPDATE phone=phone;
INSERT INTO `customers` VALUES (5,'Cy',NULL,3);
-- Dump completed
"#;

#[test]
fn mysqldump_with_several_tables() {
    let (file, all) = check("dump", MYSQL.as_bytes());
    assert_eq!(file.format, "mysqldump");
    let names: Vec<&str> = file.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["customers", "devices"]);
    assert_eq!(file.tables[0].columns[1].as_deref(), Some("full name"));
    assert_eq!(file.tables[0].rows_estimate, 5);
    assert_eq!(
        all.cells(),
        [
            vec!["1", "O'Brien, Ann", "123456789", "-1.50"],
            vec!["2", "Bo 'Jr' Diaz", "<null>", "0"],
            vec!["3", "line\nbreak; INSERT INTO", "x", "1e3"],
            vec!["4", "tab\there", "Jo", "2"],
            vec!["350000000000006", "2065550101"],
            vec!["350000000000014", "2065550102"],
            vec!["5", "Cy", "<null>", "3"],
        ]
    );
    assert_eq!(all.rows[6].1, 5, "rows are counted by table");
    assert_eq!(file.tables[0].label(), "dump::table/customers");
    let offset = all.rows[1].2 as usize;
    assert!(MYSQL[offset..].starts_with("(2,'Bo"), "offsets lead to the tuple");
}

const POSTGRES: &str = "--
-- PostgreSQL database dump
--
SET standard_conforming_strings = on;
CREATE TABLE public.people (
    id integer NOT NULL,
    name character varying(80) DEFAULT 'a\\'::text,
    note text
);
COPY public.people (id, note, name) FROM stdin;
1\tback\\\\slash\\ttab\tAnn
2\t\\N\tBo; it's
\\.

INSERT INTO public.people VALUES (3, 'C:\\dir\\', E'it\\'s'), (4, 'two
lines', NULL);
COPY public.\"Phones\" (\"e.164\") FROM stdin;
+12065550101
\\.
";

#[test]
fn pg_dump_with_copy_and_insert() {
    let (file, all) = check("dump.sql", POSTGRES.as_bytes());
    assert_eq!(file.format, "pg_dump");
    assert_eq!(
        all.cells(),
        [
            vec!["1", "Ann", "back\\slash\ttab"],
            vec!["2", "Bo; it's", "<null>"],
            vec!["3", "C:\\dir\\", "it's"],
            vec!["4", "two\nlines", "<null>"],
            vec!["+12065550101"],
        ]
    );
    assert_eq!(file.tables[1].name, "public.Phones");
}

#[test]
fn a_broken_tuple_costs_one_row() {
    let dump = "INSERT INTO `t` VALUES (1,'a','b'),(2,'O'Brien','c'),(3,'d','e');\n\
                INSERT INTO `t` VALUES (4,'open,'f');\nINSERT INTO `t` VALUES (5,'g','h'),(6,'i'),(7,'j','k');\n";
    let (_, all) = check("t.sql", dump.as_bytes());
    let first: Vec<&str> = all.cells().iter().map(|row| row[0]).collect();
    assert_eq!(first, ["1", "3", "5", "7"]);
    assert_eq!(all.aside(), [("broken_tuple", 2), ("ragged_row", 1)]);
}

#[test]
fn a_dump_cut_off_in_the_middle_gives_what_it_has() {
    let dump = &MYSQL.as_bytes()[..MYSQL.find("(3,'line").expect("there") + 9];
    let (_, all) = check("cut.sql", dump);
    assert_eq!(all.totals.rows_parsed, 2);
    assert_eq!(all.aside(), [("broken_tuple", 1)]);
}

#[test]
fn databases_are_kept_apart() {
    let dump = "-- MySQL dump\nUSE `a`;\nINSERT INTO `t` VALUES (1);\nUSE `b`;\nINSERT INTO `t` VALUES (2);\n";
    let (file, all) = check("all.sql", dump.as_bytes());
    assert_eq!(file.tables.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["a.t", "b.t"]);
    assert_eq!(all.totals.rows_parsed, 2);
}

#[test]
fn sql_server_scripts() {
    let dump = "USE [crm]\nGO\nINSERT [dbo].[Users] ([Id], [Name], [Born]) VALUES (1, N'Ann ''A''', \
                CAST(N'1970-01-02' AS Date))\nGO\nINSERT [dbo].[Users] ([Id], [Name], [Born]) VALUES (2, NULL, NULL)\nGO\n";
    let (file, all) = check("users.sql", dump.as_bytes());
    assert_eq!(file.tables[0].columns[1].as_deref(), Some("Name"));
    assert_eq!(all.cells()[0][..2], ["1", "Ann 'A'"]);
    assert_eq!(all.cells()[1], ["2", "<null>", "<null>"]);
}

#[test]
fn prose_about_sql_is_text() {
    let text = "How to write it:\n\nINSERT INTO table_name VALUES (value1, value2);\n\nThat is all there is to say about it.\n";
    let (file, _) = check("howto.txt", text.as_bytes());
    assert_eq!(file.format, "text");
}

fn mysql_quoted(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\0' => out.push_str("\\0"),
            c => out.push(c),
        }
    }
    out + "'"
}

fn postgres_copied(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn strings_survive_the_round_trip(rows in prop::collection::vec(prop::collection::vec("[ -~\n\té(),;']{0,12}", 3), 1..12), chunk in 1usize..200) {
        let tuples: Vec<String> = rows
            .iter()
            .map(|row| format!("({})", row.iter().map(|cell| mysql_quoted(cell)).collect::<Vec<_>>().join(",")))
            .collect();
        let mysql = format!("-- MySQL dump\nINSERT INTO `t` VALUES {};\n", tuples.join(","));
        let standard: Vec<String> = rows
            .iter()
            .map(|row| format!("({})", row.iter().map(|c| format!("'{}'", c.replace('\'', "''"))).collect::<Vec<_>>().join(", ")))
            .collect();
        let inserts = format!("-- PostgreSQL database dump\nINSERT INTO t VALUES {};\n", standard.join(", "));
        let lines: Vec<String> =
            rows.iter().map(|row| row.iter().map(|c| postgres_copied(c)).collect::<Vec<_>>().join("\t")).collect();
        let copy = format!("-- PostgreSQL database dump\nCOPY t (a, b, c) FROM stdin;\n{}\n\\.\n", lines.join("\n"));
        for dump in [mysql, inserts, copy] {
            let evidence = Evidence::new(&[("dump.sql", dump.as_bytes())]);
            let file = &evidence.survey(&Limits::default()).files[0];
            let limits = Limits { chunk_bytes: chunk, ..Limits::default() };
            let all = everything(file, &limits, 2);
            prop_assert_eq!(all.cells(), rows.clone());
        }
    }
}

#[test]
fn scripts_of_sql_server() {
    let script = "USE [shop]\r\nGO\r\n/****** Object:  Table [dbo].[Customers] ******/\r\nSET ANSI_NULLS ON\r\nGO\r\nCREATE TABLE [dbo].[Customers](\r\n\t[Id] [int] IDENTITY(1,1) NOT NULL,\r\n\t[Full Name] [nvarchar](80) NULL,\r\n\t[Born] [datetime] NULL,\r\n\t[Balance] [decimal](10, 2) NULL,\r\n\t[Path] [varchar](50) NULL,\r\n CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([Id] ASC)\r\n) ON [PRIMARY]\r\nGO\r\nSET IDENTITY_INSERT [dbo].[Customers] ON \r\n\r\nINSERT [dbo].[Customers] ([Id], [Full Name], [Born], [Balance], [Path]) VALUES (1, N'O''Brien, Ann', CAST(N'1990-05-01T00:00:00.000' AS DateTime), CAST(12.50 AS Decimal(10, 2)), N'C:\\dir\\')\r\nINSERT [dbo].[Customers] ([Id], [Full Name], [Born], [Balance], [Path]) VALUES (2, N'Zoë', NULL, NULL, N'a' + N'b')\r\nGO\r\nINSERT INTO [dbo].[Devices] VALUES (N'350000000000006', 1), (N'350000000000014', 2)\r\nGO\r\n";
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(script.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [script.as_bytes(), &wide] {
        let (file, all) = check("script.sql", bytes);
        assert_eq!(file.format, "mssql");
        assert_eq!(file.tables[0].name, "shop.dbo.Customers".strip_prefix("shop.").expect("a schema"));
        assert_eq!(file.tables[0].columns[1].as_deref(), Some("Full Name"));
        assert_eq!(all.cells()[0], ["1", "O'Brien, Ann", "1990-05-01T00:00:00.000", "12.50", "C:\\dir\\"]);
        assert_eq!(all.cells()[1][..4], ["2", "Zoë", "<null>", "<null>"]);
        assert_eq!(all.cells()[3], ["350000000000014", "2"]);
        assert_eq!(all.totals.rows_set_aside, 0);
    }
}

#[test]
fn scripts_of_oracle() {
    let script = "REM INSERTING into SHOP.CUSTOMERS\nSET DEFINE OFF;\nInsert into SHOP.CUSTOMERS (ID,\"Full Name\",BORN,SEEN) values (1,'O''Brien',to_date('01.05.1990','DD.MM.YYYY'),TIMESTAMP '2020-01-01 10:00:00');\nInsert into SHOP.CUSTOMERS (ID,\"Full Name\",BORN,SEEN) values (2,'Ann' || chr(10) || 'Lee',null,to_timestamp('2020-01-02','YYYY-MM-DD'));\nINSERT ALL\n  INTO SHOP.PHONES (ID, PHONE) VALUES (1, '2065550101')\n  INTO SHOP.PHONES (ID, PHONE) VALUES (2, '2065550102')\nSELECT * FROM dual;\ncommit;\n";
    let (file, all) = check("script.sql", script.as_bytes());
    assert_eq!(file.format, "oracle");
    let tables: Vec<&str> = file.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(tables, ["SHOP.CUSTOMERS", "SHOP.PHONES"]);
    assert_eq!(file.tables[0].columns[1].as_deref(), Some("Full Name"));
    assert_eq!(all.cells()[0], ["1", "O'Brien", "01.05.1990", "2020-01-01 10:00:00"]);
    assert_eq!(all.cells()[1], ["2", "'Ann' || chr(10) || 'Lee'", "<null>", "2020-01-02"]);
    assert_eq!(all.cells()[3], ["2", "2065550102"]);
}
