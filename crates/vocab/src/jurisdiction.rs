//! Where a person lives, as far as a breach law asks.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Two upper-case letters: a US state or territory by its postal code (`WA`, `DC`, `PR`), military mail (`AA`, `AE`, `AP`),
/// or [`Jurisdiction::UNKNOWN`]. Countries other than the US are written `x` + ISO 3166 letters by callers that need them;
/// they do not fit here on purpose: a state's residents and a country's must never be added up by accident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Jurisdiction([u8; 2]);

impl Jurisdiction {
    /// Nothing in the evidence says where the person lives.
    pub const UNKNOWN: Jurisdiction = Jurisdiction(*b"??");

    /// Returns the jurisdiction of a two-letter code in any case; `None` if it is not two letters.
    /// Whether the code is assigned is the rulebook's knowledge, not this type's.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Jurisdiction([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// Returns the two letters, `??` for unknown.
    pub fn as_str(&self) -> &str {
        // Constructed from ASCII only.
        std::str::from_utf8(&self.0).unwrap_or("??")
    }

    /// Tells whether the residence is known.
    pub fn is_known(self) -> bool {
        self != Jurisdiction::UNKNOWN
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Jurisdiction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.is_known() { self.as_str() } else { "unknown" })
    }
}

impl<'de> Deserialize<'de> for Jurisdiction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = Cow::<'de, str>::deserialize(deserializer)?;
        if code == "unknown" {
            return Ok(Jurisdiction::UNKNOWN);
        }
        Jurisdiction::from_code(&code)
            .ok_or_else(|| serde::de::Error::custom("a jurisdiction is two letters (`WA`) or `unknown`"))
    }
}

impl JsonSchema for Jurisdiction {
    fn schema_name() -> Cow<'static, str> {
        "Jurisdiction".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^([A-Z]{2}|unknown)$" })
    }
}
