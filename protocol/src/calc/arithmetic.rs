//! What the operators do, as CPython's Objects/longobject.c and Objects/floatobject.c do it.

use core::ops::Neg as _;

use super::{ErrorKind, Number, power::power};

/// A sign before an operand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UnaryOperator {
    /// `-`
    Minus,
    /// `+`
    Plus,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `/`: the true quotient, always a float.
    Divide,
    /// `//`: the quotient rounded towards minus infinity.
    FloorDivide,
    /// `*`
    Multiply,
    /// `**`
    Power,
    /// `%`: what [`FloorDivide`](Self::FloorDivide) leaves; it has the divisor's sign.
    Remainder,
    /// `-`
    Subtract,
}

impl UnaryOperator {
    /// The value with this sign before it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IntegerOverflow`] for minus before -2^127.
    pub fn apply(self, operand: Number) -> Result<Number, ErrorKind> {
        match (self, operand) {
            (Self::Plus, operand) => Ok(operand),
            (Self::Minus, Number::Int(integer)) => exact(integer.checked_neg()).map(Number::Int),
            (Self::Minus, Number::Float(float)) => Ok(Number::Float(float.neg())),
        }
    }
}

impl BinaryOperator {
    /// The value of this operator between the two operands.
    ///
    /// ```
    /// use antiphon_protocol::calc::{BinaryOperator, ErrorKind, Number};
    ///
    /// let (minus_seven, two) = (Number::Int(-7), Number::Int(2));
    /// assert_eq!(BinaryOperator::FloorDivide.apply(minus_seven, two), Ok(Number::Int(-4)));
    /// assert_eq!(BinaryOperator::Divide.apply(minus_seven, two), Ok(Number::Float(-3.5)));
    /// let huge = BinaryOperator::Power.apply(two, Number::Int(127));
    /// assert_eq!(huge, Err(ErrorKind::IntegerOverflow));
    /// ```
    ///
    /// # Errors
    ///
    /// The kinds for which [`ErrorKind::is_arithmetic`] holds.
    #[inline]
    pub fn apply(self, left: Number, right: Number) -> Result<Number, ErrorKind> {
        let mut result = left;
        self.apply_to(&mut result, &right)?;
        Ok(result)
    }

    /// Makes the left operand the value.
    ///
    /// Every arm writes where the value stays. Results that carry a number of 32 bytes from here
    /// to there cost more than the arithmetic.
    #[inline]
    pub(super) fn apply_to(self, left: &mut Number, right: &Number) -> Result<(), ErrorKind> {
        if let (Number::Int(integer), Number::Int(right)) = (&mut *left, right) {
            let right = *right;
            match self {
                Self::Add => *integer = exact(integer.checked_add(right))?,
                Self::Subtract => *integer = exact(integer.checked_sub(right))?,
                Self::Multiply => *integer = exact(product(*integer, right))?,
                Self::Divide => *left = Number::Float(quotient(*integer, right)?),
                Self::FloorDivide => *integer = floor_quotient(*integer, right)?,
                Self::Remainder => *integer = floor_remainder(*integer, right)?,
                Self::Power => *left = power(*integer, right)?,
            }
        } else {
            *left = Number::Float(self.apply_floats(left.to_f64(), right.to_f64())?);
        }
        Ok(())
    }

    #[inline]
    fn apply_floats(self, left: f64, right: f64) -> Result<f64, ErrorKind> {
        let divides = matches!(self, Self::Divide | Self::FloorDivide | Self::Remainder);
        if divides && right == 0.0 {
            return Err(ErrorKind::DivisionByZero);
        }
        match self {
            Self::Add => Ok(left + right),
            Self::Subtract => Ok(left - right),
            Self::Multiply => Ok(left * right),
            Self::Divide => Ok(left / right),
            Self::FloorDivide => Ok(float_floor_quotient(left, right)),
            Self::Remainder => Ok(float_floor_remainder(left, right)),
            Self::Power => super::power::float_power(left, right),
        }
    }
}

/// An integer result that has to fit.
pub(super) fn exact(integer: Option<i128>) -> Result<i128, ErrorKind> {
    integer.ok_or(ErrorKind::IntegerOverflow)
}

/// Two operands of 64 bits, as most are, need no check and a single multiplication.
fn product(left: i128, right: i128) -> Option<i128> {
    match (i64::try_from(left), i64::try_from(right)) {
        (Ok(left), Ok(right)) => Some(i128::from(left).wrapping_mul(right.into())),
        _ => left.checked_mul(right),
    }
}

/// The float nearest to the true quotient, ties to even.
fn quotient(left: i128, right: i128) -> Result<f64, ErrorKind> {
    let (dividend, divisor) = (left.unsigned_abs(), right.unsigned_abs());
    if divisor == 0 {
        return Err(ErrorKind::DivisionByZero);
    }
    if dividend == 0 || (dividend <= EXACT_IN_FLOAT && divisor <= EXACT_IN_FLOAT) {
        // Both are floats already, so that one division rounds once; and zero stays zero.
        return Ok(Number::Int(left).to_f64() / Number::Int(right).to_f64());
    }
    let magnitude = long_quotient(dividend, divisor);
    Ok(if (left < 0) == (right < 0) { magnitude } else { -magnitude })
}

/// The float nearest to the quotient of two integers that are at most 2^127 and not zero.
fn long_quotient(dividend: u128, divisor: u128) -> f64 {
    // Enough bits of the quotient that those beyond the precision of a float, with one more that
    // says whether anything is left, decide the rounding; conversion to float then rounds once.
    // As 2^127 <= dividend and divisor <= 2^127, the quotient is at least 1, and the remainder,
    // which is smaller than the divisor, can be doubled.
    let shift = dividend.leading_zeros();
    let dividend = dividend.wrapping_shl(shift);
    let mut quotient = dividend.checked_div(divisor).unwrap_or(0);
    let mut remainder = dividend.checked_rem(divisor).unwrap_or(0);
    let missing = quotient.leading_zeros().saturating_sub(ENOUGH_TO_ROUND.leading_zeros());
    for _ in 0..missing {
        remainder = remainder.wrapping_shl(1);
        quotient = quotient.wrapping_shl(1);
        if remainder >= divisor {
            remainder = remainder.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    quotient |= u128::from(remainder > 0);
    // No quotient of two such integers is subnormal, so that scaling is exact.
    quotient as f64 * power_of_half(shift.wrapping_add(missing))
}

/// `0.5 ** exponent`, for exponents of normal floats.
fn power_of_half(exponent: u32) -> f64 {
    f64::from_bits(u64::from(1023_u32.saturating_sub(exponent)).wrapping_shl(52))
}

fn floor_quotient(left: i128, right: i128) -> Result<i128, ErrorKind> {
    let (quotient, remainder) = divide(left, right)?;
    let inexact = remainder != 0 && (remainder < 0) != (right < 0);
    exact(quotient.and_then(|quotient| quotient.checked_sub(inexact.into())))
}

fn floor_remainder(left: i128, right: i128) -> Result<i128, ErrorKind> {
    let (_, remainder) = divide(left, right)?;
    let inexact = remainder != 0 && (remainder < 0) != (right < 0);
    // The operands differ in sign, and so this is between them.
    Ok(if inexact { remainder.wrapping_add(right) } else { remainder })
}

/// Quotient, unless it overflows, and remainder, both truncated.
fn divide(left: i128, right: i128) -> Result<(Option<i128>, i128), ErrorKind> {
    if right == 0 {
        return Err(ErrorKind::DivisionByZero);
    }
    if let (Ok(left), Ok(right)) = (i64::try_from(left), i64::try_from(right))
        && let (Some(quotient), Some(remainder)) =
            (left.checked_div(right), left.checked_rem(right))
    {
        return Ok((Some(quotient.into()), remainder.into()));
    }
    // Only -2^127 and -1 overflow, and there nothing is left.
    Ok((left.checked_div(right), left.checked_rem(right).unwrap_or(0)))
}

/// `_float_div_mod` of Objects/floatobject.c, for a divisor other than zero.
fn float_floor_quotient(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    let mut quotient = (left - remainder) / right;
    if remainder != 0.0 && (right < 0.0) != (remainder < 0.0) {
        quotient -= 1.0;
    }
    if quotient == 0.0 {
        return 0.0_f64.copysign(left / right);
    }
    let floor = libm::floor(quotient);
    if quotient - floor > 0.5 { floor + 1.0 } else { floor }
}

/// `float_rem` of Objects/floatobject.c, for a divisor other than zero.
fn float_floor_remainder(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    if remainder == 0.0 {
        0.0_f64.copysign(right)
    } else if (right < 0.0) != (remainder < 0.0) {
        remainder + right
    } else {
        remainder
    }
}

/// Every integer up to here is a float.
const EXACT_IN_FLOAT: u128 = 1 << 53;

/// A quotient from here on has two bits more than a float.
const ENOUGH_TO_ROUND: u128 = 1 << 54;
