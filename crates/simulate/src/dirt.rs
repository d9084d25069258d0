//! Dirt as it is found in customer data, each kind on its own dial.

/// Chance a row of each kind of fault; a kind strikes only rows that have the field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dirt {
    /// Two letters of a name swapped, one lost, one doubled.
    pub(crate) name_typo: f64,
    /// The same in the street.
    pub(crate) address_typo: f64,
    /// Day and month of birth swapped, where that is a date.
    pub(crate) dob_swapped: f64,
    /// A birth date that stands for "unknown".
    pub(crate) dob_placeholder: f64,
    /// An SSN that stands for "unknown".
    pub(crate) ssn_placeholder: f64,
    /// Two neighbouring digits of the SSN swapped.
    pub(crate) ssn_swapped: f64,
    /// An SSN that was never issued (area 000, 666, 9xx).
    pub(crate) ssn_impossible: f64,
    /// An IMEI with a wrong check digit.
    pub(crate) imei_check_digit: f64,
    /// A telephone number that lost a digit.
    pub(crate) phone_short: f64,
    /// Values from one column on stand one column off.
    pub(crate) shifted: f64,
    /// The row ends early.
    pub(crate) truncated: f64,
}

impl Dirt {
    /// One to two rows in a hundred, over all kinds.
    pub(crate) const USUAL: Dirt = Dirt {
        name_typo: 0.004,
        address_typo: 0.004,
        dob_swapped: 0.003,
        dob_placeholder: 0.0015,
        ssn_placeholder: 0.0015,
        ssn_swapped: 0.0015,
        ssn_impossible: 0.001,
        imei_check_digit: 0.004,
        phone_short: 0.001,
        shifted: 0.0008,
        truncated: 0.0006,
    };
}
