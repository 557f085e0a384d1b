//! Decimal text to the nearest float, exactly and at any length.
//!
//! core's own conversion is exact, too, but keeps bounds checks that link the panic machinery; and
//! it would need a copy without underscores.

use core::cmp::Ordering;

use heapless::Vec;

/// A decimal literal while it is read: its value is about `head * 10^(exponent + dropped)`, and
/// exactly that if nothing was dropped.
#[derive(Default)]
pub(super) struct Decimal {
    /// The first 19 significant digits.
    pub(super) head: u64,
    /// How many digits follow them.
    pub(super) dropped: i64,
    /// How many digits there are in all, leading zeros too.
    pub(super) digits: i64,
    /// The power of ten of the last digit.
    pub(super) exponent: i64,
}

impl Decimal {
    /// Appends a digit.
    #[inline]
    pub(super) fn push(&mut self, digit: u8) {
        self.digits = self.digits.wrapping_add(1);
        if self.head < HEAD_LIMIT {
            self.head = self.head.wrapping_mul(10).wrapping_add(digit.into());
        } else {
            self.dropped = self.dropped.wrapping_add(1);
        }
    }

    /// The nearest float, ties to even; `text` is the literal, for the digits that were dropped.
    ///
    /// Most literals have few digits: then both the digits and the power of ten are exact floats,
    /// and one operation rounds once (Clinger 1990, "How to read floating point numbers
    /// accurately").
    #[inline]
    pub(super) fn to_f64(&self, text: &[u8]) -> f64 {
        if self.dropped == 0 && self.head <= LARGEST_EXACT {
            let head = self.head as i64 as f64;
            let power = usize::try_from(self.exponent.unsigned_abs()).unwrap_or(usize::MAX);
            match POWERS_OF_TEN.get(power) {
                Some(power) if self.exponent < 0 => return head / power,
                Some(power) => return head * power,
                None => {}
            }
        }
        self.round(text)
    }

    /// The nearest float by exact comparison: a close guess moves until the decimal lies between
    /// the two midpoints around it (Clinger's algorithm R, without its divisions).
    #[inline(never)]
    fn round(&self, text: &[u8]) -> f64 {
        let scale = self.exponent.saturating_add(self.dropped);
        if self.head == 0 || scale < SMALLEST_SCALE {
            return 0.0;
        }
        if scale > LARGEST_SCALE {
            return f64::INFINITY;
        }
        let exact = Exact::new(text, self);
        let guess = approximate(self.head as f64, scale);
        let mut bits = guess.min(f64::MAX).to_bits();
        for _ in 0..FARTHEST_GUESS {
            let below = bits.saturating_sub(1);
            if bits < f64::INFINITY.to_bits() && exact.rounds_above(bits) {
                bits = bits.wrapping_add(1);
            } else if bits > 0 && !exact.rounds_above(below) {
                bits = below;
            } else {
                break;
            }
        }
        f64::from_bits(bits)
    }
}

/// A decimal as a fraction of big integers: `numerator * 2^exponent / denominator`.
struct Exact {
    numerator: Natural,
    denominator: Natural,
    exponent: i64,
}

impl Exact {
    fn new(text: &[u8], decimal: &Decimal) -> Self {
        let mut exact = Self {
            numerator: Natural::new(decimal.head),
            denominator: Natural::new(1),
            exponent: decimal.exponent,
        };
        if decimal.dropped > 0 {
            exact.read_digits(text);
        }
        if exact.exponent >= 0 {
            exact.numerator.multiply_power(5, exact.exponent);
        } else {
            exact.denominator.multiply_power(5, exact.exponent.wrapping_neg());
        }
        exact
    }

    /// Makes all digits of the literal the numerator. Digits beyond the first [`ENOUGH_DIGITS`]
    /// matter only if they are not all zero; then a single 1 stands for them.
    fn read_digits(&mut self, text: &[u8]) {
        self.numerator = Natural::new(0);
        let digits = text.iter().take_while(|byte| !byte.eq_ignore_ascii_case(&b'e'));
        let digits = digits.filter(|byte| byte.is_ascii_digit()).skip_while(|byte| **byte == b'0');
        let mut sticky = 0;
        for (index, byte) in digits.enumerate() {
            if index < ENOUGH_DIGITS {
                self.numerator.multiply_add(10, byte.wrapping_sub(b'0').into());
            } else {
                self.exponent = self.exponent.wrapping_add(1);
                sticky |= u64::from(*byte != b'0');
            }
        }
        self.numerator.multiply_add(10, sticky);
        self.exponent = self.exponent.wrapping_sub(1);
    }

    /// Whether the decimal rounds to a float above the positive one with these bits: whether it
    /// lies above the midpoint to the next float, or on it while the next one is even.
    fn rounds_above(&self, bits: u64) -> bool {
        let fraction = bits & FRACTION;
        let (significand, exponent) = match bits.wrapping_shr(52) {
            0 => (fraction, 1),
            exponent => (fraction | IMPLICIT_ONE, exponent as i64),
        };
        // Twice the significand plus one is the midpoint, and so the exponent is one less.
        let exponent = exponent.wrapping_sub(1076);
        let mut left = self.numerator.clone();
        let mut right = self.denominator.clone();
        right.multiply_add(significand.wrapping_mul(2).wrapping_add(1), 0);
        let shift = self.exponent.wrapping_sub(exponent);
        if shift >= 0 {
            left.multiply_power(2, shift);
        } else {
            right.multiply_power(2, shift.wrapping_neg());
        }
        match left.compare(&right) {
            Ordering::Greater => true,
            Ordering::Equal => bits & 1 == 1,
            Ordering::Less => false,
        }
    }
}

/// `head * 10^scale`, within a few units in the last place.
fn approximate(head: f64, scale: i64) -> f64 {
    let mut value = head;
    let mut left = scale.unsigned_abs();
    while left > 0 {
        let now = left.min(22);
        let power = usize::try_from(now).ok().and_then(|now| POWERS_OF_TEN.get(now));
        let power = power.copied().unwrap_or(1.0);
        value = if scale < 0 { value / power } else { value * power };
        left = left.wrapping_sub(now);
    }
    value
}

/// A natural number of bounded size, least significant limb first, no leading zero limb.
#[derive(Clone)]
struct Natural(Vec<u64, LIMBS>);

impl Natural {
    fn new(value: u64) -> Self {
        let mut natural = Self(Vec::new());
        if value > 0 {
            natural.push(value);
        }
        natural
    }

    fn multiply_add(&mut self, factor: u64, addend: u64) {
        let mut carry = addend;
        for limb in &mut self.0 {
            // At most (2^64-1)^2 + 2^64-1, which 128 bits hold.
            let product = u128::from(*limb).wrapping_mul(factor.into()).wrapping_add(carry.into());
            *limb = product as u64;
            carry = product.wrapping_shr(64) as u64;
        }
        if carry > 0 {
            self.push(carry);
        }
    }

    /// Multiplies by `base ** exponent`, where the base is at most 5.
    fn multiply_power(&mut self, base: u64, exponent: i64) {
        let mut left = exponent;
        while left > 0 {
            let now = left.min(27);
            self.multiply_add(base.wrapping_pow(now as u32), 0);
            left = left.wrapping_sub(now);
        }
    }

    fn push(&mut self, limb: u64) {
        let pushed = self.0.push(limb);
        debug_assert!(pushed.is_ok(), "LIMBS is too small");
    }

    fn compare(&self, other: &Self) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

/// Every integer up to here is a float.
const LARGEST_EXACT: u64 = 1 << 53;

/// The powers of ten that are floats.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// Below this there is room for one more digit in the head.
const HEAD_LIMIT: u64 = 10_u64.pow(18);

/// A head of at most 19 digits scaled by less than this is nearer to zero than to the smallest
/// float, 5e-324.
const SMALLEST_SCALE: i64 = -345;

/// A head of at least 1 scaled by more than this is beyond the largest float, 1.8e308.
const LARGEST_SCALE: i64 = 308;

/// A midpoint between two floats has at most 767 significant digits.
const ENOUGH_DIGITS: usize = 768;

/// The guess is within a few units in the last place.
const FARTHEST_GUESS: u32 = 64;

/// The largest product: 54 bits times five to the power of the digits and the smallest scale.
const LIMBS: usize = (64 + (ENOUGH_DIGITS + 20 + 345) * 7 / 3) / 64 + 2;

const FRACTION: u64 = IMPLICIT_ONE - 1;
const IMPLICIT_ONE: u64 = 1 << 52;

#[cfg(test)]
mod tests;
