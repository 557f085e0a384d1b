//! The text of a float as CPython's `repr` lays it out.

use core::fmt::{self, Write};

use heapless::{String, Vec};

/// Writes `float` as CPython's `repr` does, padded as an integer would be.
///
/// The digits are the shortest that read back as the same float. They come from zmij, which takes
/// the digits nearest to the true value; core::fmt decides some ties differently from CPython.
/// The layout is `format_float_short` in CPython's Python/pystrtod.c, format code `r`.
pub(super) fn write(float: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if float.is_nan() {
        return f.pad_integral(true, "", "nan");
    }
    let is_positive = float.is_sign_positive();
    if float.is_infinite() {
        return f.pad_integral(is_positive, "", "inf");
    }
    let mut buffer = zmij::Buffer::new();
    let mut text = String::<LONGEST_TEXT>::new();
    Digits::scan(buffer.format_finite(float.abs())).write(&mut text)?;
    f.pad_integral(is_positive, "", &text)
}

/// The decimal digits of a float without leading and trailing zeros, and where its point stands:
/// the value is `0.digits * 10^point`.
struct Digits {
    digits: Vec<u8, LONGEST_TEXT>,
    point: i32,
}

impl Digits {
    /// Takes the layout of zmij apart: `digits ["." digits] ["e" ["-"] digits]`. Where it changes
    /// from fixed to scientific notation, and how many zeros it pads with, must not matter here.
    fn scan(text: &str) -> Self {
        let mut digits = Vec::new();
        let mut point = 0_i32;
        let mut in_fraction = false;
        let mut bytes = text.bytes();
        for byte in bytes.by_ref().take_while(|byte| *byte != b'e') {
            match byte {
                b'.' => in_fraction = true,
                b'0' if digits.is_empty() => point = point.wrapping_sub(in_fraction.into()),
                digit => {
                    let pushed = digits.push(digit);
                    debug_assert!(pushed.is_ok(), "LONGEST_TEXT is too small");
                    point = point.wrapping_add((!in_fraction).into());
                }
            }
        }
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        if digits.is_empty() {
            return Self { digits, point: 1 };
        }
        Self { digits, point: point.wrapping_add(exponent(bytes)) }
    }

    fn write(&self, f: &mut impl Write) -> fmt::Result {
        if FIXED.contains(&self.point) { self.write_fixed(f) } else { self.write_scientific(f) }
    }

    fn write_fixed(&self, f: &mut impl Write) -> fmt::Result {
        if self.point <= 0 {
            f.write_str("0.")?;
            (self.point..0).try_for_each(|_| f.write_char('0'))?;
            return self.bytes().try_for_each(|digit| f.write_char(digit.into()));
        }
        let mut digits = self.bytes();
        for _ in 0..self.point {
            f.write_char(digits.next().unwrap_or(b'0').into())?;
        }
        f.write_char('.')?;
        f.write_char(digits.next().unwrap_or(b'0').into())?;
        digits.try_for_each(|digit| f.write_char(digit.into()))
    }

    /// At least two digits of exponent, always with a sign; a point only before further digits.
    fn write_scientific(&self, f: &mut impl Write) -> fmt::Result {
        let mut digits = self.bytes();
        f.write_char(digits.next().unwrap_or(b'0').into())?;
        for (index, digit) in digits.enumerate() {
            f.write_str(if index == 0 { "." } else { "" })?;
            f.write_char(digit.into())?;
        }
        let exponent = self.point.saturating_sub(1);
        f.write_str(if exponent < 0 { "e-" } else { "e+" })?;
        let exponent = exponent.unsigned_abs();
        write!(f, "{exponent:02}")
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.digits.iter().copied()
    }
}

/// The exponent that zmij writes, or 0 where it writes none.
fn exponent(text: impl Iterator<Item = u8>) -> i32 {
    let mut sign = 1_i32;
    let mut magnitude = 0_i32;
    for byte in text {
        match byte {
            b'-' => sign = -1,
            b'0'..=b'9' => {
                let digit = byte.wrapping_sub(b'0');
                magnitude = magnitude.wrapping_mul(10).wrapping_add(digit.into());
            }
            _ => {}
        }
    }
    magnitude.wrapping_mul(sign)
}

/// No text of zmij is longer, and none of ours without its sign.
const LONGEST_TEXT: usize = 24;

/// Where the point may stand in fixed notation: 1e-4 <= |x| < 1e16.
const FIXED: core::ops::RangeInclusive<i32> = -3..=16;
