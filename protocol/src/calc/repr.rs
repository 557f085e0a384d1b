//! The text of a float as CPython's `repr` lays it out.

use core::fmt::{self, Display as _, Write as _};

/// Writes `float` as CPython's `repr` does.
///
/// The digits are the shortest that read back as the same float. They come from zmij, which takes
/// the digits nearest to the true value; core::fmt decides some ties differently from CPython.
/// The layout is `format_float_short` in CPython's Python/pystrtod.c, format code `r`.
pub(super) fn write(float: f64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if float.is_nan() {
        return f.write_str("nan");
    }
    if float.is_sign_negative() {
        f.write_char('-')?;
    }
    if float.is_infinite() {
        return f.write_str("inf");
    }
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(float.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let point = length(whole).saturating_add(integer(exponent));
    Digits::new(whole, fraction, point).write(f)
}

/// The decimal digits of a float without leading and trailing zeros, and where its point stands:
/// the value is `0.head tail * 10^point`.
struct Digits<'d> {
    head: &'d str,
    tail: &'d str,
    point: i32,
}

impl<'d> Digits<'d> {
    fn new(whole: &'d str, fraction: &'d str, point: i32) -> Self {
        let head = whole.trim_start_matches('0');
        let mut point = point
            .saturating_sub(length(whole))
            .saturating_add(length(head));
        let mut tail = fraction.trim_end_matches('0');
        if head.is_empty() {
            let significant = tail.trim_start_matches('0');
            point = point
                .saturating_sub(length(tail))
                .saturating_add(length(significant));
            tail = significant;
        }
        let head = if tail.is_empty() {
            head.trim_end_matches('0')
        } else {
            head
        };
        if head.is_empty() && tail.is_empty() {
            point = 1;
        }
        Self { head, tail, point }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if FIXED.contains(&self.point) {
            self.write_fixed(f)
        } else {
            self.write_scientific(f)
        }
    }

    fn write_fixed(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.point <= 0 {
            f.write_str("0.")?;
            (self.point..0).try_for_each(|_| f.write_char('0'))?;
            return self
                .bytes()
                .try_for_each(|digit| f.write_char(digit.into()));
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
    fn write_scientific(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = self.bytes();
        f.write_char(digits.next().unwrap_or(b'0').into())?;
        for (index, digit) in digits.enumerate() {
            f.write_str(if index == 0 { "." } else { "" })?;
            f.write_char(digit.into())?;
        }
        let exponent = self.point.saturating_sub(1);
        f.write_str(if exponent < 0 { "e-" } else { "e+" })?;
        let exponent = exponent.unsigned_abs();
        f.write_str(if exponent < 10 { "0" } else { "" })?;
        exponent.fmt(f)
    }

    fn bytes(&self) -> impl Iterator<Item = u8> {
        self.head.bytes().chain(self.tail.bytes())
    }
}

/// Texts of a float are a few bytes long, so every length is an `i32`.
fn length(digits: &str) -> i32 {
    i32::try_from(digits.len()).unwrap_or(i32::MAX)
}

/// The exponent that zmij writes: an optional sign and a few digits.
fn integer(text: &str) -> i32 {
    let magnitude = text
        .trim_start_matches(['+', '-'])
        .bytes()
        .fold(0_i32, |value, byte| {
            value
                .saturating_mul(10)
                .saturating_add(byte.wrapping_sub(b'0').into())
        });
    if text.starts_with('-') {
        magnitude.saturating_neg()
    } else {
        magnitude
    }
}

/// Where the point may stand in fixed notation: 1e-4 <= |x| < 1e16.
const FIXED: core::ops::RangeInclusive<i32> = -3..=16;
