//! Columns: what they hold, what they are called, and how a cell is made.

use super::super::Numbers;
use super::pools::{NUMBERS, Sample};

/// Somebody, in a table with habits of its own.
pub(super) struct Who<'a> {
    pub(super) sample: &'a Sample,
    pub(super) country: &'a str,
    /// Bits that decide how this table writes things.
    pub(super) style: u64,
    pub(super) row: usize,
    pub(super) year: u64,
    pub(super) female: bool,
    pub(super) ssn: String,
}

impl Who<'_> {
    /// One of `kinds` ways of writing, the same for the whole table.
    fn way(&self, shift: u32, kinds: u64) -> u64 {
        (self.style >> shift) % kinds
    }

    fn cased(&self, text: &str) -> String {
        match self.way(0, 5) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            _ => text.to_owned(),
        }
    }
}

type Make = fn(&mut Numbers, &Who<'_>) -> String;

/// A kind of column.
pub(super) struct Field {
    pub(super) code: &'static str,
    pub(super) element: Option<&'static str>,
    pub(super) headers: &'static [&'static str],
    pub(super) make: Make,
}

const fn field(code: &'static str, element: &'static str, headers: &'static [&'static str], make: Make) -> Field {
    Field { code, element: Some(element), headers, make }
}

const fn plain(code: &'static str, headers: &'static [&'static str], make: Make) -> Field {
    Field { code, element: None, headers, make }
}

/// Luhn's digit, written apart from the program's: by counting up until the sum is round.
pub(super) fn luhn_check(body: &str) -> char {
    for last in '0'..='9' {
        let mut sum = 0;
        for (place, digit) in format!("{body}{last}").chars().rev().enumerate() {
            let digit = digit.to_digit(10).unwrap() * if place % 2 == 1 { 2 } else { 1 };
            sum += digit / 10 + digit % 10;
        }
        if sum % 10 == 0 {
            return last;
        }
    }
    unreachable!("one of ten digits makes the sum round")
}

pub(super) fn from(n: &mut Numbers, code: &str) -> String {
    let list = &NUMBERS[code];
    list[n.below(list.len() as u64) as usize].to_owned()
}

fn date(n: &mut Numbers, way: u64, year: u64, american: bool) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (month, day) = (n.within(1, 12), n.within(1, 28));
    match (way, american) {
        (0 | 1, _) => format!("{year}-{month:02}-{day:02}"),
        (2, true) => format!("{month}/{day}/{year}"),
        (2, false) => format!("{day:02}.{month:02}.{year}"),
        (3, true) => format!("{month:02}/{day:02}/{year}"),
        (3, false) => format!("{day:02}/{month:02}/{year}"),
        (4, _) => format!("{year}{month:02}{day:02}"),
        _ => format!("{day:02}-{}-{year}", MONTHS[month as usize - 1]),
    }
}

pub(super) fn vary(n: &mut Numbers, text: &str, last: usize) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    let new = |c: char| {
        if !c.is_ascii_digit() {
            return c;
        }
        seen += 1;
        if seen + last > digits { n.digits(1).chars().next().unwrap() } else { c }
    };
    text.chars().map(new).collect()
}

pub(super) fn ssn(n: &mut Numbers, way: u64) -> String {
    let area = loop {
        let area = n.within(1, 728);
        if area != 666 {
            break area;
        }
    };
    let (group, serial) = (n.within(1, 99), n.within(1, 9999));
    if way == 0 { format!("{area:03}{group:02}{serial:04}") } else { format!("{area:03}-{group:02}-{serial:04}") }
}

pub(super) fn phone(n: &mut Numbers, who: &Who<'_>) -> String {
    if who.country != "US" {
        return vary(n, who.sample.phone, 4);
    }
    // Area codes as the numbering plan's administrator lists them.
    let area =
        n.of(&["212", "213", "312", "415", "512", "602", "702", "713", "801", "813", "904", "917", "206", "469"]);
    let (exchange, line) = (n.within(220, 989), n.digits(4));
    let exchange = if exchange % 100 == 11 || exchange == 555 { exchange + 2 } else { exchange };
    match who.way(8, 6) {
        0 => format!("({area}) {exchange}-{line}"),
        1 => format!("{area}-{exchange}-{line}"),
        2 => format!("+1{area}{exchange}{line}"),
        3 => format!("{area}.{exchange}.{line}"),
        4 => format!("1{area}{exchange}{line}"),
        _ => format!("{area}{exchange}{line}"),
    }
}

pub(super) fn imei(n: &mut Numbers) -> String {
    let start = n.of(&["35", "35", "35", "86", "01", "99"]);
    let body = format!("{start}{}", n.digits(12));
    format!("{body}{}", luhn_check(&body))
}

pub(super) fn card(n: &mut Numbers, way: u64) -> String {
    let start = n.of(&["4", "4", "51", "55", "2221", "34", "37", "6011"]);
    let length = if start.starts_with('3') { 14 } else { 15 };
    let body = format!("{start}{}", n.digits(length - start.len()));
    let number = format!("{body}{}", luhn_check(&body));
    match way {
        0 if number.len() == 16 => {
            format!("{} {} {} {}", &number[..4], &number[4..8], &number[8..12], &number[12..])
        }
        1 if number.len() == 16 => {
            format!("{}-{}-{}-{}", &number[..4], &number[4..8], &number[8..12], &number[12..])
        }
        _ => number,
    }
}

/// Some states' forms, as their motor vehicle departments print them.
fn license(n: &mut Numbers, state: &str) -> String {
    match state {
        "CA" => format!("{}{}", n.of(&["A", "D", "F", "N", "Y"]), n.digits(7)),
        "FL" | "MI" | "MN" | "MD" => format!("{}{}", n.of(&["B", "C", "H", "S", "W"]), n.digits(12)),
        "IL" => format!("{}{}", n.of(&["B", "C", "H", "S", "W"]), n.digits(11)),
        "WI" => format!("{}{}", n.of(&["B", "C", "H", "S", "W"]), n.digits(13)),
        "NJ" => format!("{}{}", n.of(&["B", "C", "H", "S", "W"]), n.digits(14)),
        "AZ" | "VA" | "KY" | "MA" => format!("{}{}", n.of(&["B", "D", "S", "T"]), n.digits(8)),
        "OH" => format!("{}{}", n.of(&["RT", "SV", "TK", "UA"]), n.digits(6)),
        "WA" => format!("WDL{}", n.digits(9)),
        "TX" | "PA" | "AL" | "VT" => format!("{}{}", n.within(1, 9), n.digits(7)),
        "NC" => n.digits(12),
        "ME" | "AK" | "DE" | "RI" | "WV" => format!("{}{}", n.within(1, 9), n.digits(6)),
        "NH" => format!("{:02}{}{}", n.within(1, 12), n.of(&["SMH", "JNN", "BRN"]), n.digits(5)),
        "ND" => format!("{}{}", n.of(&["SMI", "JOH", "LAR"]), n.digits(6)),
        "ID" => format!("{}{}{}", n.of(&["AB", "ZE"]), n.digits(6), n.of(&["A", "K"])),
        "IA" => format!("{}{}{}", n.digits(3), n.of(&["AB", "ZE"]), n.digits(4)),
        "HI" => format!("H{}", n.digits(8)),
        "KS" => format!("K{}", n.digits(8)),
        "MO" | "IN" | "OK" => format!("{}{}", n.of(&["K", "R"]), n.digits(9)),
        "NE" | "NV" | "SD" | "OR" => n.digits(if state == "NV" { 10 } else { 8 }),
        _ => format!("{}{}", n.within(1, 9), n.digits(8)),
    }
}

const HEX: [&str; 16] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];

pub(super) fn hex(n: &mut Numbers, count: usize) -> String {
    (0..count).map(|_| n.of(&HEX)).collect()
}

pub(super) fn uuid(n: &mut Numbers) -> String {
    let variant = n.of(&["8", "9", "a", "b"]);
    format!("{}-{}-4{}-{variant}{}-{}", hex(n, 8), hex(n, 4), hex(n, 3), hex(n, 3), hex(n, 12))
}

fn of_letters(n: &mut Numbers, letters: &str, count: usize) -> String {
    (0..count).map(|_| letters.as_bytes()[n.below(letters.len() as u64) as usize] as char).collect()
}

fn password(n: &mut Numbers) -> String {
    let word =
        n.of(&["dragon", "Sunshine", "qwerty", "monkey", "Liverpool", "hunter", "pAssw0rd", "blue", "tiger", "x"]);
    match n.below(6) {
        0 => format!("{word}{}", n.below(2030)),
        1 => format!("{word}!{}", n.below(100)),
        2 => of_letters(n, "abcdefghijkmnpqrstuvwxyzABCDEFGH23456789!@#$%", 10),
        3 => word.to_owned(),
        4 => format!("{}{word}", n.digits(2)),
        _ => n.digits(6),
    }
}

/// 42 U.S.C.: eleven places, no S, L, O, I, B, Z.
fn mbi(n: &mut Numbers) -> String {
    const LETTERS: &str = "ACDEFGHJKMNPQRTUVWXY";
    let mut out = n.within(1, 9).to_string();
    for place in "LXDLXDLLDD".chars() {
        out += &match place {
            'L' => of_letters(n, LETTERS, 1),
            'D' => n.digits(1),
            _ => of_letters(n, "ACDEFGHJKMNPQRTUVWXY0123456789", 1),
        };
    }
    out
}

pub(super) fn npi(n: &mut Numbers) -> String {
    let body = format!("{}{}", n.within(1, 2), n.digits(8));
    let check = luhn_check(&format!("80840{body}"));
    format!("{body}{check}")
}

fn dea(n: &mut Numbers) -> String {
    let d: Vec<u64> = (0..6).map(|_| n.below(10)).collect();
    let check = (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10;
    let digits: String = d.iter().map(u64::to_string).collect();
    format!("{}{}{digits}{check}", n.of(&["A", "B", "F", "M"]), of_letters(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ9", 1))
}

/// A vehicle's number with its check digit, by trying all eleven.
fn vin(n: &mut Numbers) -> String {
    const LETTERS: &str = "ABCDEFGHJKLMNPRSTUVWXYZ";
    const WORTH: [u64; 23] = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9];
    const WEIGHTS: [u64; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let start = n.of(&["1HG", "WBA", "5YJ", "1FT", "JTD", "2T1"]);
    let body = format!(
        "{start}{}{}0{}{}{}",
        of_letters(n, LETTERS, 2),
        n.digits(3),
        of_letters(n, "ABCDEFGHJKLMNPR", 1),
        of_letters(n, LETTERS, 1),
        n.digits(6)
    );
    let worth = |c: char| c.to_digit(10).map_or_else(|| WORTH[LETTERS.find(c).unwrap()], u64::from);
    let sum: u64 = body.chars().zip(WEIGHTS).map(|(c, weight)| worth(c) * weight).sum();
    let check = "0123456789X".as_bytes()[(sum % 11) as usize] as char;
    format!("{}{check}{}", &body[..8], &body[9..])
}

fn given<'a>(who: &Who<'a>) -> &'a str {
    who.sample.given
}

/// All kinds of columns.
pub(super) const FIELDS: &[Field] = &[
    field(
        "given",
        "given_name",
        &["first_name", "firstName", "Given Name", "FIRST_NM", "forename", "fname"],
        |_, w| w.cased(given(w)),
    ),
    field("surname", "surname", &["last_name", "lastName", "Surname", "LAST_NM", "family_name", "lname"], |_, w| {
        w.cased(w.sample.surname)
    }),
    field("middle", "middle_name", &["middle_name", "MI", "middleInitial", "mid_init"], |n, w| {
        if w.way(40, 2) == 0 {
            of_letters(n, "ABCDEFGHJKLMPRST", 1)
        } else {
            w.cased(n.of(&["Ann", "Lee", "Marie", "James", "Lynn", "Ray", "Grace", "Alan", "Rose", "Dean"]))
        }
    }),
    field("suffix", "suffix", &["suffix", "name_suffix", "Generation"], |n, _| {
        if n.below(120) == 0 { n.of(&["Jr", "Sr", "II", "III"]).to_owned() } else { String::new() }
    }),
    field(
        "full",
        "name",
        &["name", "full_name", "customerName", "Cardholder Name", "patient_name", "CONTACT NAME"],
        |n, w| {
            let middle = if n.below(4) == 0 { " M." } else { "" };
            if w.way(41, 3) == 0 {
                w.cased(&format!("{}, {}{middle}", w.sample.surname, given(w)))
            } else {
                w.cased(&format!("{}{middle} {}", given(w), w.sample.surname))
            }
        },
    ),
    field("dob", "dob", &["dob", "date_of_birth", "birthDate", "BIRTH_DT", "Birthday"], |n, w| {
        date(n, w.way(4, 6), w.year, w.country == "US")
    }),
    field("gender", "gender", &["gender", "sex", "Gender", "SEX_CD"], |_, w| {
        let words = [["F", "M"], ["Female", "Male"], ["female", "male"]][w.way(42, 3) as usize];
        words[usize::from(!w.female)].to_owned()
    }),
    field("mmn", "mothers_maiden_name", &["mothers_maiden_name", "mother_maiden", "MMN"], |n, _| {
        n.of(&["Whitlock", "Abernathy", "Ruiz", "Okafor", "Lindqvist", "Tanaka", "Brennan", "Castellano"]).to_owned()
    }),
    field("ssn", "ssn", &["ssn", "SSN", "social_security_number", "socialSecurity", "SOC_SEC_NBR"], |_, w| {
        w.ssn.clone()
    }),
    field("last4", "ssn_last4", &["ssn_last4", "last4_ssn", "SSN Last 4", "last_four_ssn"], |_, w| {
        w.ssn[w.ssn.len() - 4..].to_owned()
    }),
    field("itin", "itin", &["itin", "ITIN Number"], |n, _| from(n, "us_itin")),
    field("ein", "ein", &["ein", "employer_id_number", "FEIN", "federal_tax_id"], |n, _| from(n, "us_ein")),
    field(
        "license",
        "driver_license",
        &["driver_license", "dl_number", "DLNo", "drivers_license_num", "licenseNumber"],
        |n, w| license(n, w.sample.state),
    ),
    field("license_state", "state", &["dl_state", "license_state", "issuing_state"], |_, w| w.sample.state.to_owned()),
    field("passport", "passport", &["passport", "passport_number", "passportNo"], |n, _| {
        format!("{}{}", n.of(&["A", "C", "E", "X"]), n.digits(8))
    }),
    field("military", "military_id", &["edipi", "dod_id", "military_id"], |n, _| format!("1{}", n.digits(9))),
    field(
        "phone",
        "phone",
        &["phone", "mobile", "phoneNumber", "HOME_PHONE", "cell_phone", "Contact Number", "tel"],
        phone,
    ),
    field("phone2", "phone", &["phone2", "work_phone", "alt_phone", "evening_phone"], |n, w| {
        if n.below(25) == 0 { phone(n, w) } else { String::new() }
    }),
    field("email", "email", &["email", "e_mail", "emailAddress", "EMAIL_ADDR", "Contact Email"], |n, w| {
        format!("{}{}@{}", w.sample.user, n.below(90), w.sample.mail_domain)
    }),
    field("email2", "email", &["email2", "secondary_email", "alternate_email"], |n, w| {
        if n.below(60) == 0 { format!("{}@{}", w.sample.user, w.sample.mail_domain) } else { String::new() }
    }),
    field(
        "street",
        "address",
        &["address", "street", "addressLine1", "ADDR1", "Street Address", "mailing_address"],
        |n, w| w.cased(&vary(n, w.sample.street, 2)),
    ),
    field("unit", "address", &["address2", "addr_line_2", "apt", "unit"], |n, _| {
        if n.below(12) == 0 { format!("Apt {}", n.within(1, 90)) } else { String::new() }
    }),
    field("city", "city", &["city", "town", "CITY_NM", "City"], |_, w| w.cased(w.sample.city)),
    field("state", "state", &["state", "ST", "province", "State"], |_, w| w.sample.state.to_owned()),
    field("postal", "zip", &["zip", "postal_code", "zipCode", "ZIP5", "postcode"], |_, w| w.sample.postal.to_owned()),
    field("country", "country", &["country", "country_code", "COUNTRY"], |_, w| w.country.to_owned()),
    field("imei", "imei", &["imei", "IMEI_NO", "deviceImei"], |n, _| imei(n)),
    field("imeisv", "imeisv", &["imeisv", "IMEI_SV"], |n, _| format!("35{}", n.digits(14))),
    field("meid", "meid", &["meid", "MEID_HEX"], |n, _| format!("A0{}", hex(n, 12).to_uppercase())),
    field("imsi", "imsi", &["imsi", "IMSI", "sim_imsi"], |n, _| {
        format!("{}{}", n.of(&["310260", "311480", "310410"]), n.digits(9))
    }),
    field("iccid", "iccid", &["iccid", "ICCID", "sim_serial"], |n, _| {
        let body = format!("8901{}{}", n.of(&["260", "410", "480"]), n.digits(11));
        let check = luhn_check(&body);
        format!("{body}{check}")
    }),
    field("account", "account_number", &["account_number", "acct_no", "accountNum", "ACCT_NBR"], |n, w| {
        match w.way(44, 3) {
            0 => n.within(100_000_000, 989_999_999).to_string(),
            1 => format!("AC{}", n.digits(8)),
            _ => n.within(1_000_000_000_000, 9_900_000_000_000).to_string(),
        }
    }),
    field("pin", "account_pin", &["pin", "account_pin", "passcode", "securityPin"], |n, _| {
        if n.below(8) == 0 { n.of(&["1234", "0000", "2580", "1111"]).to_owned() } else { n.digits(4) }
    }),
    field("card", "payment_card", &["card_number", "cc_num", "creditCardNumber", "PAN", "Card No"], |n, w| {
        card(n, w.way(46, 4))
    }),
    field("expiry", "card_expiry", &["card_expiry", "exp_date", "expiry", "cc_exp"], |n, w| {
        let (month, year) = (n.within(1, 12), n.within(26, 31));
        if w.way(48, 2) == 0 { format!("{month:02}/{year}") } else { format!("{month:02}/20{year}") }
    }),
    field("cvv", "card_cvv", &["cvv", "cvv2", "cvc", "security_code"], |n, _| n.digits(3)),
    field(
        "bank_account",
        "bank_account",
        &["bank_account", "bank_acct_no", "accountNumber_bank", "checking_account"],
        |n, _| {
            let count = n.within(9, 12) as usize;
            n.digits(count)
        },
    ),
    field("routing", "bank_routing", &["routing_number", "aba", "bank_routing", "RTN"], |n, _| from(n, "us_rtn")),
    field("iban", "iban", &["iban", "IBAN", "bank_iban"], |n, _| from(n, "iban")),
    field("bic", "bic", &["bic", "swift_code", "SWIFT"], |n, _| {
        n.of(&["DEUTDEFF", "BARCGB22", "BNPAFRPP", "INGBNL2A", "COBADEFFXXX", "CHASUS33", "NDEASESS", "UBSWCHZH80A"])
            .to_owned()
    }),
    field("crypto", "crypto_address", &["wallet", "btc_address", "wallet_address", "bitcoin"], |n, w| {
        if w.way(50, 2) == 0 { from(n, "bitcoin") } else { format!("0x{}", hex(n, 40)) }
    }),
    field("user", "username", &["username", "login", "user_name", "nickname", "screenName"], |n, w| {
        format!("{}{}", w.sample.user, n.below(100))
    }),
    field("password", "password", &["password", "passwd", "pwd", "pass"], |n, _| password(n)),
    field("hash", "password_hash", &["password_hash", "pass_hash", "password", "hashedPassword"], |n, w| {
        match w.way(52, 3) {
            0 => hex(n, 32),
            1 => format!("$2y$10${}", of_letters(n, "./ABCDEFGHIJabcdefghij0123456789", 53)),
            _ => hex(n, 40),
        }
    }),
    field("answer", "security_answer", &["security_answer", "secret_answer", "answer1"], |n, _| {
        n.of(&["fluffy", "toyota", "lincoln elementary", "rex", "pizza", "boston", "my aunt", "blue car"]).to_owned()
    }),
    field("token", "api_key", &["api_key", "access_token", "apikey", "secret_key"], |n, w| match w.way(54, 3) {
        0 => format!("AKIA{}", of_letters(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)),
        1 => format!("ghp_{}", of_letters(n, "ABCDEFGHIJabcdefghij0123456789", 36)),
        _ => of_letters(n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 40),
    }),
    field("ip", "ip", &["ip", "ip_address", "last_ip", "clientIp", "remote_addr"], |n, _| {
        format!("{}.{}.{}.{}", n.within(11, 223), n.below(256), n.below(256), n.within(1, 254))
    }),
    field("mac", "mac", &["mac", "mac_address", "wifi_mac"], |n, _| {
        let bytes: Vec<String> = (0..6).map(|_| hex(n, 2)).collect();
        bytes.join(":")
    }),
    field("adid", "advertising_id", &["idfa", "gaid", "advertising_id", "ad_id"], |n, _| uuid(n)),
    field("lat", "geolocation", &["latitude", "lat", "geo_lat", "home_lat"], |n, _| {
        format!("{}.{}", n.within(25, 48), n.digits(5))
    }),
    field("lon", "geolocation", &["longitude", "lon", "lng", "home_lng"], |n, _| {
        format!("-{}.{}", n.within(68, 123), n.digits(5))
    }),
    field("position", "geolocation", &["location", "coordinates", "latlong", "gps"], |n, _| {
        format!("{}.{},-{}.{}", n.within(25, 48), n.digits(5), n.within(68, 123), n.digits(5))
    }),
    field("diagnosis", "medical", &["diagnosis", "icd10", "diagnosis_code", "dx_code"], |n, _| {
        n.of(&["E11.9", "I10", "J45.909", "F32.1", "M54.5", "K21.9", "N39.0", "Z79.4", "C50.911", "G43.909"]).to_owned()
    }),
    field(
        "insurance",
        "health_insurance",
        &["insurance_id", "health_plan_id", "health_insurance_number", "policy_holder_id"],
        |n, _| format!("{}{}", n.of(&["XYZ", "WUH", "ABQ"]), n.digits(9)),
    ),
    field("mbi", "mbi", &["mbi", "medicare_id", "medicare_number"], |n, _| mbi(n)),
    field("npi", "npi", &["npi", "provider_npi", "NPI_NBR"], |n, _| npi(n)),
    field("dea", "dea", &["dea", "dea_number", "DEA_NO"], |n, _| dea(n)),
    field("vin", "vin", &["vin", "VIN", "vehicle_vin"], |n, _| vin(n)),
    field("plate", "license_plate", &["license_plate", "plate_number", "plate", "registration_plate"], |n, _| {
        format!("{}{}", n.digits(1), of_letters(n, "ABCDEFGHJKLMNPRSTVWXYZ", 3)) + &n.digits(3)
    }),
    field("person_key", "person_id", &["customer_id", "userId", "member_id", "employee_no", "patient_id"], |n, w| {
        match w.way(56, 3) {
            0 => (10_000 + w.row).to_string(),
            1 => uuid(n),
            _ => format!("C{:07}", 20_000 + w.row * 3),
        }
    }),
    plain("row", &["id", "row_id", "seq", "line_no"], |_, w| (w.row + 1).to_string()),
    plain("order", &["order_id", "order_no", "orderNumber", "invoice_no"], |_, w| (7_300_000 + w.row * 7).to_string()),
    plain("tracking", &["tracking_number", "tracking_no", "shipment_ref", "parcel"], |n, _| {
        n.within(100_000_000, 999_999_999).to_string()
    }),
    plain("fifteen", &["transaction_ref", "batch_ref", "external_ref"], |n, _| n.digits(15)),
    plain("sixteen", &["txn_id", "reference_no", "journal"], |n, _| n.digits(16)),
    plain("ten", &["ticket_no", "case_ref", "voucher_no"], |n, _| n.within(1_000_000_000, 9_999_999_999).to_string()),
    plain("amount", &["amount", "total", "price", "balance_due", "net_amount"], |n, _| {
        format!("{}.{:02}", n.below(900), n.below(100))
    }),
    plain("quantity", &["qty", "quantity", "items"], |n, _| n.within(1, 40).to_string()),
    plain("status", &["status", "state_code", "order_status", "phase"], |n, _| {
        n.of(&["open", "closed", "pending", "shipped"]).to_owned()
    }),
    plain("created", &["created_at", "order_date", "updated", "last_login", "ship_date"], |n, w| {
        let year = n.within(2021, 2026);
        let day = date(n, w.way(4, 6), year, w.country == "US");
        if w.way(58, 2) == 0 { format!("{day} {:02}:{:02}:{:02}", n.below(24), n.below(60), n.below(60)) } else { day }
    }),
    plain("epoch", &["ts", "timestamp", "created_ts", "modified"], |n, _| {
        n.within(1_500_000_000, 1_790_000_000).to_string()
    }),
    plain("version", &["version", "app_version", "firmware", "build"], |n, _| {
        format!("{}.{}.{}.{}", n.below(9), n.below(30), n.below(20), n.below(10))
    }),
    plain("session", &["session_id", "request_id", "trace", "etag"], |n, _| hex(n, 32)),
    plain("object", &["object_id", "asset_uuid", "document_id"], |n, _| uuid(n)),
    plain("company", &["company", "employer", "organization", "vendor"], |_, w| w.sample.company.to_owned()),
    plain("job", &["job_title", "position", "occupation", "role"], |_, w| w.sample.job.to_owned()),
    plain("product", &["product", "item_name", "description", "article"], |n, _| {
        format!(
            "{} {}",
            n.of(&["Red", "Small", "Steel", "Organic", "Deluxe"]),
            n.of(&["Mug", "Chair", "Cable", "Lamp", "Tea", "Shirt"])
        )
    }),
    plain("sku", &["sku", "part_no", "item_code"], |n, _| format!("{}-{}", n.of(&["KX", "BB", "TR"]), n.digits(6))),
    plain("flag", &["active", "is_verified", "opt_in", "deleted"], |n, _| n.of(&["0", "1"]).to_owned()),
    plain("score", &["score", "rating", "risk_score"], |n, _| n.below(1000).to_string()),
    plain("currency", &["currency", "curr", "ccy"], |n, _| n.of(&["USD", "EUR", "GBP"]).to_owned()),
    plain("agent", &["user_agent", "browser", "client"], |n, _| {
        format!("Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0", n.within(90, 140))
    }),
    plain("note", &["notes", "comment", "remarks"], |n, _| {
        n.of(&["left a message", "prefers mornings", "waiting for parts to come in", "asked to be called again", "ok"])
            .to_owned()
    }),
    plain("path", &["url", "path", "page"], |n, _| {
        format!("/shop/{}/{}", n.of(&["cart", "item", "help"]), n.below(5000))
    }),
    plain("sha", &["checksum", "file_hash", "commit"], |n, _| hex(n, 40)),
    plain("release", &["release_date", "published", "first_aired"], |n, _| {
        let year = n.within(1950, 2025);
        date(n, 0, year, true)
    }),
    plain("warehouse", &["warehouse", "depot", "site"], |n, _| n.of(&["East", "West", "North 2", "Hub"]).to_owned()),
    plain("weight", &["weight_kg", "gross_weight", "volume"], |n, _| format!("{}.{}", n.below(40), n.digits(3))),
];
