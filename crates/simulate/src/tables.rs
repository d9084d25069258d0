//! The tables of the dump: which file holds them, their columns, and which element each column is.

use vocab::{DataElement, ElementSet, ForensicPath};

/// A table of the dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum TableId {
    PostpaidA,
    Former,
    PostpaidB,
    Prepaid,
    Network,
    Credit,
    Compiled,
    Devices,
}

impl TableId {
    pub(crate) const ALL: [TableId; 8] = [
        TableId::PostpaidA,
        TableId::Former,
        TableId::PostpaidB,
        TableId::Prepaid,
        TableId::Network,
        TableId::Credit,
        TableId::Compiled,
        TableId::Devices,
    ];

    pub(crate) fn table(self) -> &'static Table {
        &TABLES[self as usize]
    }

    /// The address of the table as text: its class.
    pub(crate) fn class(self) -> String {
        let table = self.table();
        let member = table.members.iter().fold(ForensicPath::file(table.file), |path, member| path.member(*member));
        if table.file == SQL_FILE { format!("{member}::table/{}", table.name) } else { member.to_string() }
    }
}

/// A column: its name in the source, and the element it holds.
pub(crate) type Column = (&'static str, Option<DataElement>);

/// What a table looks like.
pub(crate) struct Table {
    pub(crate) file: &'static str,
    /// Decoders and members on the way in.
    pub(crate) members: &'static [&'static str],
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [Column],
}

impl Table {
    /// Elements of the columns, in exposure form.
    pub(crate) fn elements(&self) -> ElementSet {
        self.columns.iter().filter_map(|column| column.1).collect::<ElementSet>().to_exposure()
    }

    /// Position of an element's column.
    pub(crate) fn position(&self, element: DataElement) -> Option<usize> {
        self.columns.iter().position(|column| column.1 == Some(element))
    }
}

pub(crate) const SQL_FILE: &str = "evidence/nwm_crm_20260811.sql.gz";
pub(crate) const ZIP_FILE: &str = "evidence/nwm_subs_export.zip";
pub(crate) const CREDIT_FILE: &str = "evidence/credit_apps_all.txt";
pub(crate) const COMPILED_FILE: &str = "evidence/contacts_2026.ndjson.zst";
pub(crate) const DEVICE_FILE: &str = "evidence/device_map.parquet";

use DataElement as E;

static TABLES: [Table; 8] = [
    Table {
        file: SQL_FILE,
        members: &["gz"],
        name: "postpaid_customer",
        columns: &[
            ("account_no", Some(E::AccountNumber)),
            ("first_name", Some(E::GivenName)),
            ("mid_init", Some(E::MiddleName)),
            ("last_name", Some(E::Surname)),
            ("suffix", Some(E::Suffix)),
            ("birth_dt", Some(E::Dob)),
            ("ssn", Some(E::Ssn)),
            ("dl_number", Some(E::DriverLicense)),
            ("dl_state", Some(E::State)),
            ("msisdn", Some(E::Phone)),
            ("imei", Some(E::Imei)),
            ("imsi", Some(E::Imsi)),
            ("status", None),
            ("activation_dt", None),
        ],
    },
    Table {
        file: SQL_FILE,
        members: &["gz"],
        name: "former_customer",
        columns: &[
            ("account_no", Some(E::AccountNumber)),
            ("full_name", Some(E::Name)),
            ("contact_phone", Some(E::Phone)),
            ("street", Some(E::Address)),
            ("city", Some(E::City)),
            ("st", Some(E::State)),
            ("zip", Some(E::Zip)),
            ("dob", Some(E::Dob)),
            ("closed_dt", None),
        ],
    },
    Table {
        file: ZIP_FILE,
        members: &["postpaid_b.csv"],
        name: "postpaid_b.csv",
        columns: &[
            ("Account Number", Some(E::AccountNumber)),
            ("Customer Name", Some(E::Name)),
            ("Street Address", Some(E::Address)),
            ("City", Some(E::City)),
            ("State", Some(E::State)),
            ("ZIP", Some(E::Zip)),
            ("Date of Birth", Some(E::Dob)),
            ("Wireless Number", Some(E::Phone)),
            ("IMEI", Some(E::Imei)),
            ("IMSI", Some(E::Imsi)),
            ("Autopay", None),
        ],
    },
    Table {
        file: ZIP_FILE,
        members: &["prepaid_active.csv"],
        name: "prepaid_active.csv",
        columns: &[("mdn", Some(E::Phone)), ("sub_name", Some(E::Name)), ("acct_pin", Some(E::AccountPin))],
    },
    Table {
        file: ZIP_FILE,
        members: &["hlr_lines.csv"],
        name: "hlr_lines.csv",
        columns: &[("IMSI", Some(E::Imsi)), ("MSISDN", Some(E::Phone)), ("IMEI", Some(E::Imei)), ("VLR", None)],
    },
    Table {
        file: CREDIT_FILE,
        members: &[],
        name: "credit_apps_all.txt",
        columns: &[
            ("", Some(E::Surname)),
            ("", Some(E::GivenName)),
            ("", Some(E::MiddleName)),
            ("", Some(E::Suffix)),
            ("", Some(E::Dob)),
            ("", Some(E::Ssn)),
            ("", Some(E::DriverLicense)),
            ("", Some(E::State)),
            ("", None),
            ("", None),
            ("", None),
        ],
    },
    Table {
        file: COMPILED_FILE,
        members: &["zst"],
        name: "contacts_2026.ndjson.zst",
        columns: &[
            ("first", Some(E::GivenName)),
            ("middle", Some(E::MiddleName)),
            ("last", Some(E::Surname)),
            ("suffix", Some(E::Suffix)),
            ("dob", Some(E::Dob)),
            ("addr1", Some(E::Address)),
            ("addr2", Some(E::Address)),
            ("city", Some(E::City)),
            ("state", Some(E::State)),
            ("zip", Some(E::Zip)),
        ],
    },
    Table {
        file: DEVICE_FILE,
        members: &[],
        name: "device_map.parquet",
        columns: &[("msisdn", Some(E::Phone)), ("imei", Some(E::Imei)), ("imsi", Some(E::Imsi))],
    },
];
