//! `**`, whose corner cases outnumber those of all other operators together.

use super::{ErrorKind, Number, arithmetic::exact};

/// An integer to the power of an integer: exact, unless the exponent is negative.
pub(super) fn power(base: i128, exponent: i128) -> Result<Number, ErrorKind> {
    if exponent < 0 {
        return float_power(base as f64, exponent as f64).map(Number::Float);
    }
    match base {
        0 | 1 => Ok(Number::Int(if exponent == 0 { 1 } else { base })),
        -1 => Ok(Number::Int(if exponent & 1 == 0 { 1 } else { -1 })),
        // Any other base overflows long before its exponent does.
        _ => exact(u32::try_from(exponent).ok().and_then(|exponent| base.checked_pow(exponent)))
            .map(Number::Int),
    }
}

/// `float_pow` of Objects/floatobject.c: it settles what the C libraries disagree on, and leaves
/// finite positive operands to libm, so that every platform gives the same digits.
pub(super) fn float_power(base: f64, exponent: f64) -> Result<f64, ErrorKind> {
    if exponent == 0.0 || base == 1.0 {
        return Ok(1.0);
    }
    if base.is_nan() || exponent.is_nan() {
        return Ok(f64::NAN);
    }
    if exponent.is_infinite() {
        return Ok(infinite_exponent(base.abs(), exponent));
    }
    let odd = is_odd(exponent);
    if base.is_infinite() {
        let magnitude = if exponent > 0.0 { f64::INFINITY } else { 0.0 };
        return Ok(if odd { magnitude.copysign(base) } else { magnitude });
    }
    if base == 0.0 {
        return match exponent < 0.0 {
            true => Err(ErrorKind::DivisionByZero),
            false => Ok(if odd { base } else { 0.0 }),
        };
    }
    // Python goes on with complex numbers here.
    if base < 0.0 && exponent != libm::floor(exponent) {
        return Err(ErrorKind::NotReal);
    }
    let magnitude = libm::pow(base.abs(), exponent);
    if magnitude.is_infinite() {
        return Err(ErrorKind::OutOfRange);
    }
    Ok(if odd { magnitude.copysign(base) } else { magnitude })
}

/// `magnitude ** exponent`, where only the side of 1 that the magnitude is on matters.
fn infinite_exponent(magnitude: f64, exponent: f64) -> f64 {
    if magnitude == 1.0 {
        1.0
    } else if (magnitude > 1.0) == (exponent > 0.0) {
        f64::INFINITY
    } else {
        0.0
    }
}

/// Whether a finite float is an odd integer; fmod is exact at any size.
fn is_odd(float: f64) -> bool {
    (float % 2.0).abs() == 1.0
}
