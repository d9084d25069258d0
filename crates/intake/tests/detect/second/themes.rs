//! What tables are about: groups of columns that stand together. Groups may be missing and change places.

/// One kind of table: its groups of columns, by code.
pub(super) struct Theme {
    pub(super) groups: &'static [&'static [&'static str]],
    /// Only of the United States.
    pub(super) american: bool,
    /// National identity numbers may be among the columns where the country has a scheme.
    pub(super) foreign_ids: bool,
}

const NAME: &[&str] = &["given", "middle", "surname", "suffix"];
const ADDRESS: &[&str] = &["street", "unit", "city", "state", "postal"];

/// All themes.
pub(super) const THEMES: &[Theme] = &[
    Theme {
        groups: &[
            &["row"],
            &["given", "surname"],
            &["email"],
            &["phone"],
            ADDRESS,
            &["created"],
            &["amount", "status"],
        ],
        american: false,
        foreign_ids: false,
    },
    Theme {
        groups: &[
            &["account"],
            NAME,
            &["ssn"],
            &["dob"],
            ADDRESS,
            &["phone", "phone2"],
            &["pin"],
            &["license", "license_state"],
        ],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["phone", "imei", "imsi", "iccid"], &["full"], &["status", "created"], &["version"]],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["imei"], &["imeisv"], &["meid"], &["mac"], &["product", "version"], &["object"]],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[
            &["person_key"],
            &["given", "surname"],
            &["dob", "gender"],
            &["ssn"],
            &["job", "company"],
            &["bank_account", "routing"],
            &["email", "email2"],
        ],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["full"], &["card", "expiry", "cvv"], &["postal"], &["amount", "currency"], &["created"]],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["person_key"], &["user", "email", "hash"], &["ip"], &["created"], &["flag"]],
        american: false,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["user", "password"], &["email"], &["ip", "agent"], &["session"]],
        american: false,
        foreign_ids: false,
    },
    Theme {
        groups: &[
            &["person_key"],
            &["full"],
            &["dob", "gender"],
            &["diagnosis"],
            &["insurance", "mbi"],
            &["npi", "dea"],
            &["phone"],
        ],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["full"], &["vin", "plate"], &["license"], ADDRESS, &["created"]],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["adid"], &["lat", "lon"], &["ip"], &["epoch"], &["email"]],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["email"], &["crypto"], &["full"], &["passport"], &["country"], &["answer", "mmn"]],
        american: false,
        foreign_ids: true,
    },
    Theme {
        groups: &[
            &["given", "surname"],
            &["dob", "gender"],
            &["street", "postal", "city"],
            &["phone"],
            &["iban", "bic"],
        ],
        american: false,
        foreign_ids: true,
    },
    Theme {
        groups: &[
            &["order", "created"],
            &["tracking"],
            &["sku", "product"],
            &["quantity", "amount"],
            &["warehouse", "weight"],
            &["ten"],
        ],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[
            &["object"],
            &["fifteen"],
            &["sixteen"],
            &["sha"],
            &["version"],
            &["epoch", "score"],
            &["path"],
            &["flag"],
        ],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["full"], &["ssn", "last4"], &["itin"], &["ein"], &["military"], &["dob"], &["note"]],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["product", "release"], &["company"], &["amount", "currency"], &["status"], &["score"]],
        american: true,
        foreign_ids: false,
    },
    Theme {
        groups: &[&["email", "token"], &["user"], &["created"], &["position"], &["phone"]],
        american: true,
        foreign_ids: false,
    },
];

/// The identity numbers of countries the samples have people of: country, scheme, element, what they are called.
pub(super) const FOREIGN: &[(&str, &str, &str, &[&str])] = &[
    ("CA", "ca_sin", "national_id", &["sin", "social_insurance_number", "SIN"]),
    ("GB", "gb_nhs", "health_insurance", &["nhs_number", "nhs_no"]),
    ("GB", "gb_utr", "tax_id", &["utr", "tax_reference"]),
    ("DE", "de_idnr", "tax_id", &["steuer_id", "idnr", "Steueridentifikationsnummer"]),
    ("FR", "fr_nir", "national_id", &["nir", "numero_securite_sociale", "num_secu"]),
    ("ES", "es_dni", "national_id", &["dni", "DNI", "documento"]),
    ("IT", "it_cf", "national_id", &["codice_fiscale", "cod_fiscale", "cf"]),
    ("NL", "nl_bsn", "national_id", &["bsn", "burgerservicenummer"]),
    ("SE", "se_pn", "national_id", &["personnummer", "pnr"]),
    ("PL", "pl_pesel", "national_id", &["pesel", "PESEL"]),
    ("AU", "au_tfn", "tax_id", &["tfn", "tax_file_number"]),
    ("IN", "in_aadhaar", "national_id", &["aadhaar", "aadhaar_number", "uid_no"]),
    ("IN", "in_pan", "tax_id", &["pan_no", "pan_card"]),
    ("BR", "br_cpf", "national_id", &["cpf", "CPF", "nr_cpf"]),
    ("MX", "mx_curp", "national_id", &["curp", "CURP"]),
    ("MX", "mx_rfc", "tax_id", &["rfc", "RFC"]),
    ("DK", "dk_cpr", "national_id", &["cpr", "cpr_nummer"]),
];
