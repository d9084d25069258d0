//! Kinds of personal data, as breach statutes and the field name them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! elements {
    ($($variant:ident $code:literal $label:literal),+ $(,)?) => {
        /// Kind of personal data. The code (`as_str`) is used in the rulebook, the law files and every output.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "each variant is described by its label")]
        pub enum DataElement { $($variant),+ }

        impl DataElement {
            /// All elements in the order of the contract; the position is the bit in an [`ElementSet`].
            pub const ALL: &[DataElement] = &[$(DataElement::$variant),+];

            /// Returns the code used in files and outputs.
            pub const fn as_str(self) -> &'static str {
                match self { $(DataElement::$variant => $code),+ }
            }

            /// Returns the words for a reader who does not know the code.
            pub const fn label(self) -> &'static str {
                match self { $(DataElement::$variant => $label),+ }
            }
        }
    };
}

elements! {
    Name "name" "full name",
    GivenName "given_name" "given name",
    MiddleName "middle_name" "middle name or initial",
    Surname "surname" "surname",
    Suffix "suffix" "generational suffix",
    Dob "dob" "date of birth",
    Gender "gender" "gender",
    MothersMaidenName "mothers_maiden_name" "mother's maiden name",
    Ssn "ssn" "Social Security number",
    SsnLast4 "ssn_last4" "last four digits of the SSN",
    Itin "itin" "individual taxpayer identification number",
    Ein "ein" "employer identification number",
    DriverLicense "driver_license" "driver's licence number",
    StateId "state_id" "state identity card number",
    Passport "passport" "passport number",
    MilitaryId "military_id" "military identity number",
    TribalId "tribal_id" "tribal identity number",
    TaxId "tax_id" "tax identity number",
    NationalId "national_id" "national identity number",
    Phone "phone" "telephone number",
    Email "email" "e-mail address",
    Address "address" "street address",
    City "city" "city",
    State "state" "state",
    Zip "zip" "ZIP or postal code",
    Country "country" "country",
    Imei "imei" "IMEI",
    Imeisv "imeisv" "IMEI with software version",
    Meid "meid" "MEID",
    Imsi "imsi" "IMSI",
    Iccid "iccid" "ICCID",
    AccountNumber "account_number" "customer account number",
    AccountPin "account_pin" "account PIN or passcode",
    Cpni "cpni" "customer proprietary network information",
    PaymentCard "payment_card" "payment card number",
    CardExpiry "card_expiry" "card expiry date",
    CardCvv "card_cvv" "card verification value",
    BankAccount "bank_account" "bank account number",
    BankRouting "bank_routing" "bank routing number",
    Iban "iban" "IBAN",
    Bic "bic" "BIC",
    CryptoAddress "crypto_address" "crypto-currency address",
    Username "username" "user name",
    Password "password" "password in clear",
    PasswordHash "password_hash" "password hash",
    SecurityAnswer "security_answer" "answer to a security question",
    ApiKey "api_key" "API key or token",
    Ip "ip" "IP address",
    Mac "mac" "MAC address",
    AdvertisingId "advertising_id" "advertising identifier",
    Geolocation "geolocation" "geographic position",
    Medical "medical" "medical information",
    HealthInsurance "health_insurance" "health insurance number",
    Mbi "mbi" "Medicare beneficiary identifier",
    Npi "npi" "national provider identifier",
    Dea "dea" "DEA registration number",
    Biometric "biometric" "biometric data",
    Genetic "genetic" "genetic data",
    Vin "vin" "vehicle identification number",
    LicensePlate "license_plate" "licence plate",
    PersonId "person_id" "person-level key of unknown kind",
}

impl fmt::Display for DataElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A code that names no element. Holds no value from evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownElement;

impl fmt::Display for UnknownElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such data element; `leakassay schema elements` lists the codes")
    }
}

impl std::error::Error for UnknownElement {}

impl FromStr for DataElement {
    type Err = UnknownElement;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        DataElement::ALL.iter().copied().find(|element| element.as_str() == code).ok_or(UnknownElement)
    }
}

impl Serialize for DataElement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DataElement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = Cow::<'de, str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for DataElement {
    fn schema_name() -> Cow<'static, str> {
        "DataElement".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let codes: Vec<&str> = DataElement::ALL.iter().map(|element| element.as_str()).collect();
        json_schema!({ "type": "string", "enum": codes })
    }
}

/// A set of elements in 128 bits. Serialises as the list of codes in contract order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ElementSet(pub u128);

impl ElementSet {
    /// The set without any element.
    pub const EMPTY: ElementSet = ElementSet(0);

    /// Returns the set with `element` added.
    #[must_use]
    pub const fn with(self, element: DataElement) -> Self {
        ElementSet(self.0 | 1 << element as u8)
    }

    /// Returns the set with `element` removed.
    #[must_use]
    pub const fn without(self, element: DataElement) -> Self {
        ElementSet(self.0 & !(1 << element as u8))
    }

    /// Adds `element`.
    pub const fn insert(&mut self, element: DataElement) {
        *self = self.with(element);
    }

    /// Tells whether `element` is in the set.
    pub const fn contains(self, element: DataElement) -> bool {
        self.0 >> element as u8 & 1 == 1
    }

    /// Tells whether every element of `other` is in the set.
    pub const fn contains_all(self, other: ElementSet) -> bool {
        self.0 & other.0 == other.0
    }

    /// Tells whether any element of `other` is in the set.
    pub const fn intersects(self, other: ElementSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the elements of either set.
    #[must_use]
    pub const fn union(self, other: ElementSet) -> Self {
        ElementSet(self.0 | other.0)
    }

    /// Tells whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the number of elements.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Iterates in contract order.
    pub fn iter(self) -> impl Iterator<Item = DataElement> {
        DataElement::ALL.iter().copied().filter(move |element| self.contains(*element))
    }

    /// Returns the form in which exposure is counted: the parts of a name count as `name` (a given name and a surname,
    /// or a full name), an IMEISV as the IMEI it contains. Everything else stays as found.
    ///
    /// A given name without surname (or the reverse) stays a part: statutes ask for "first name or initial and last name".
    #[must_use]
    pub fn to_exposure(self) -> Self {
        use DataElement::{GivenName, Imei, Imeisv, MiddleName, Name, Suffix, Surname};
        let mut set = self;
        if set.contains(Name) || (set.contains(GivenName) && set.contains(Surname)) {
            set = set.with(Name).without(GivenName).without(Surname);
        }
        if set.contains(Imeisv) {
            set = set.with(Imei).without(Imeisv);
        }
        set.without(MiddleName).without(Suffix)
    }
}

impl FromIterator<DataElement> for ElementSet {
    fn from_iter<I: IntoIterator<Item = DataElement>>(elements: I) -> Self {
        elements.into_iter().fold(ElementSet::EMPTY, ElementSet::with)
    }
}

impl fmt::Debug for ElementSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for ElementSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for ElementSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<DataElement>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl JsonSchema for ElementSet {
    fn schema_name() -> Cow<'static, str> {
        "ElementSet".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<DataElement>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_fit_the_set() {
        let codes: std::collections::BTreeSet<_> = DataElement::ALL.iter().map(|element| element.as_str()).collect();
        assert_eq!(codes.len(), DataElement::ALL.len());
        assert!(DataElement::ALL.len() <= 128);
        for element in DataElement::ALL {
            assert_eq!(element.as_str().parse(), Ok(*element));
        }
    }

    #[test]
    fn exposure_counts_a_name_only_with_both_parts() {
        let given_only: ElementSet = [DataElement::GivenName].into_iter().collect();
        assert!(!given_only.to_exposure().contains(DataElement::Name));
        let both = given_only.with(DataElement::Surname).with(DataElement::Suffix);
        assert_eq!(both.to_exposure(), ElementSet::EMPTY.with(DataElement::Name));
    }
}
