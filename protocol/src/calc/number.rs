//! A value: an integer or a float, printed and read as Python does.

use core::fmt;

use super::{
    error::reads,
    literal::{Literal, literal},
    repr,
};

/// A value of the calculator: Python's `int`, bounded to 128 bits, or Python's `float`.
///
/// `Display` is CPython's `repr`, and [`Number::parse`] its inverse; width, fill and alignment are
/// honoured as by Rust's integers. Equality is that of the variants, so `Int(1)` is not
/// `Float(1.0)`, and nan equals nothing.
///
/// ```
/// use antiphon_protocol::calc::Number;
///
/// assert_eq!(Number::Int(8).to_string(), "8");
/// assert_eq!(Number::Float(8.0).to_string(), "8.0");
/// assert_eq!(Number::Float(1e16).to_string(), "1e+16");
/// assert_eq!(Number::parse(b"1e-05"), Some(Number::Float(0.00001)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An exact integer.
    Int(i128),
    /// A double-precision float.
    Float(f64),
}

impl Number {
    /// The inverse of `Display`: `None` for every text that `Display` does not write.
    ///
    /// ```
    /// use antiphon_protocol::calc::Number;
    ///
    /// assert_eq!(Number::parse(b"-0.0").unwrap().to_string(), "-0.0");
    /// assert_eq!(Number::parse(b"-inf"), Some(Number::Float(f64::NEG_INFINITY)));
    /// assert_eq!(Number::parse(b"0x10"), None, "an expression, but not how 16 is printed");
    /// ```
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let (negative, magnitude) = match text.strip_prefix(b"-") {
            Some(magnitude) => (true, magnitude),
            None => (false, text),
        };
        let number = match magnitude {
            b"inf" => Self::float(negative, f64::INFINITY),
            b"nan" => Self::float(negative, f64::NAN),
            _ => match literal(magnitude) {
                Ok((b"", Literal::Integer(magnitude))) => Self::integer(negative, magnitude)?,
                Ok((b"", Literal::Float(magnitude))) => Self::float(negative, magnitude),
                _ => return None,
            },
        };
        reads(&number, text).then_some(number)
    }

    /// The value as a float: an integer becomes the nearest one, ties to even.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Int(integer) => match i64::try_from(integer) {
                Ok(small) => small as f64,
                Err(_) => large_to_f64(integer),
            },
            Self::Float(float) => float,
        }
    }

    /// An integer of this sign and magnitude, if 128 bits hold it.
    fn integer(negative: bool, magnitude: u128) -> Option<Self> {
        let integer = if negative {
            0_i128.checked_sub_unsigned(magnitude)
        } else {
            magnitude.try_into().ok()
        };
        integer.map(Self::Int)
    }

    fn float(negative: bool, magnitude: f64) -> Self {
        Self::Float(if negative { -magnitude } else { magnitude })
    }
}

/// Apart, so that the compiler does not convert 128 bits, by a call, where 64 would do.
#[cold]
#[inline(never)]
const fn large_to_f64(integer: i128) -> f64 {
    integer as f64
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(integer) => integer.fmt(f),
            Self::Float(float) => repr::write(*float, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::format;
    use std::string::ToString as _;

    use super::*;

    #[test]
    fn what_is_printed_is_read_back() {
        for text in [
            "0",
            "-1",
            "170141183460469231731687303715884105727",
            "-170141183460469231731687303715884105728",
            "0.0",
            "-0.0",
            "1.5",
            "-2.5e-07",
            "1e+16",
            "inf",
            "-inf",
            "nan",
            "5e-324",
            "1.7976931348623157e+308",
            "0.1",
            "123456789012345.6",
        ] {
            let number = Number::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(number.to_string(), text);
        }
    }

    #[test]
    fn both_variants_are_padded() {
        for (number, text) in [
            (Number::Int(-8), "-8"),
            (Number::Float(-8.0), "-8.0"),
            (Number::Float(1e16), "1e+16"),
            (Number::Float(-1.5e-7), "-1.5e-07"),
            (Number::Float(-f64::MIN_POSITIVE), "-2.2250738585072014e-308"),
            (Number::Float(f64::NEG_INFINITY), "-inf"),
            (Number::Float(f64::NAN), "nan"),
        ] {
            assert_eq!(format!("{number}"), text);
            assert_eq!(format!("{number:30}"), format!("{text:>30}"));
            assert_eq!(format!("{number:>30}"), format!("{text:>30}"));
            assert_eq!(format!("{number:<30}"), format!("{text:<30}"));
            assert_eq!(format!("{number:*^30}"), format!("{text:*^30}"));
            assert_eq!(format!("{number:2}"), text);
            assert_eq!(format!("{number:.1}"), text, "a repr is not cut off");
        }
        assert_eq!(format!("{:08} {:+}", Number::Float(-8.5), Number::Float(8.5)), "-00008.5 +8.5");
    }

    #[test]
    fn what_is_not_printed_is_not_read() {
        for text in [
            "",
            "-",
            "+1",
            "--1",
            "1 ",
            " 1",
            "01",
            "-0",
            "1_0",
            "0x1",
            "1.",
            ".5",
            "1.50",
            "1e5",
            "1e16",
            "1e+016",
            "0.00001",
            "Inf",
            "-nan",
            "infinity",
            "1e999",
            "1,5",
            "1+1",
            "170141183460469231731687303715884105728",
            "0.1000000000000000055511151231257827",
        ] {
            assert_eq!(Number::parse(text.as_bytes()), None, "{text}");
        }
    }
}
