use std::{format, string::String, vec::Vec};

use proptest::prelude::*;

use super::super::literal::{Literal, literal};

#[test]
fn halfway_cases_and_edges_of_the_range_are_exact() {
    for text in [
        "0",
        "0.0",
        "0e5",
        "1",
        "9007199254740993",
        "9007199254740992.5",
        "1e22",
        "1e23",
        "8.5e22",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e308",
        "179769313486231580793728971405301e276",
        "1e309",
        "1e99999999999999999999",
        "0e99999999",
        "5e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2e-324",
        "1e-400",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "2.225073858507201e-308",
        "1e-99999999999999999999",
        "123456789012345678901234567890",
        "0.000001e6",
        "1e-23",
        "6.631236846766476e-316",
        "3.2378839133029012895883524125015321748630094e-319",
    ] {
        agrees_with_core(text);
    }
}

#[test]
fn a_midpoint_is_decided_by_its_last_digit_however_far_away() {
    // 1 + 2^-53 lies halfway between 1 and the next float.
    let midpoint = "1.00000000000000011102230246251565404236316680908203125";
    let zeros = "0".repeat(2_000);
    assert_eq!(to_f64(midpoint.as_bytes()), 1.0);
    assert_eq!(to_f64(format!("{midpoint}{zeros}").as_bytes()), 1.0);
    assert_eq!(to_f64(format!("{midpoint}{zeros}1").as_bytes()), 1.0 + f64::EPSILON);
    // The longest midpoints lie between the largest subnormals: 767 digits.
    around_midpoint(0x000f_ffff_ffff_fffe);
    around_midpoint(0x000f_ffff_ffff_ffff);
    around_midpoint(0);
    around_midpoint(f64::MAX.to_bits());
}

#[test]
fn long_literals_cancel_their_exponents() {
    let zeros = "0".repeat(5_000);
    assert_eq!(to_f64(format!("0.{zeros}15e5001").as_bytes()), 1.5);
    assert_eq!(to_f64(format!("15{zeros}e-5001").as_bytes()), 1.5);
    assert_eq!(to_f64(format!("{zeros}1.5").as_bytes()), 1.5);
}

/// More than matter; Miri, for which proptest takes minutes to make them, has them from other tests.
const DIGITS: &str = if cfg!(miri) { "[0-9]{1,50}" } else { "[0-9]{1,1500}" };

/// The value of a literal; an integer is read as if it had a point.
#[track_caller]
fn to_f64(text: &[u8]) -> f64 {
    let pointed = [text, b"."].concat();
    let text = if text.iter().all(u8::is_ascii_digit) { &pointed } else { text };
    match literal(text) {
        Ok((b"", Literal::Float(float))) => float,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn agrees_with_core(text: &str) {
    let expected: f64 = text.parse().unwrap();
    assert_eq!(to_f64(text.as_bytes()).to_bits(), expected.to_bits(), "{text}");
}

/// The midpoint between a positive float and the next one goes to the even one, and the slightest
/// digit beside it decides otherwise.
#[track_caller]
fn around_midpoint(bits: u64) {
    let (digits, exponent) = midpoint(bits);
    let even = bits + (bits & 1);
    assert_eq!(to_f64(format!("{digits}e{exponent}").as_bytes()).to_bits(), even);
    let above = format!("{digits}.{}1e{exponent}", "0".repeat(900));
    assert_eq!(to_f64(above.as_bytes()).to_bits(), bits + 1);
    // One less: the last digit that is not zero gives way, and nines follow it.
    let significant = digits.trim_end_matches('0');
    let (last, rest) = significant.as_bytes().split_last().unwrap();
    let rest = String::from_utf8_lossy(rest);
    let nines = "9".repeat(digits.len() - significant.len());
    let below = format!("{rest}{}{nines}.{}e{exponent}", char::from(last - 1), "9".repeat(900));
    assert_eq!(to_f64(below.as_bytes()).to_bits(), bits);
}

/// The exact decimal digits of that midpoint, and the power of ten that scales them.
fn midpoint(bits: u64) -> (String, i64) {
    let fraction = bits & ((1 << 52) - 1);
    let (significand, exponent) = match bits >> 52 {
        0 => (fraction, -1075),
        biased => (fraction | 1 << 52, biased as i64 - 1076),
    };
    let mut digits = std::vec![1_u8];
    multiply(&mut digits, 2 * significand + 1);
    let factor = if exponent < 0 { 5_u64 } else { 2 };
    let mut left = exponent.unsigned_abs() as u32;
    while left > 0 {
        let now = left.min(27);
        multiply(&mut digits, factor.pow(now));
        left -= now;
    }
    let digits = digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect();
    (digits, exponent.min(0))
}

/// Multiplies decimal digits, the least significant one first.
fn multiply(digits: &mut Vec<u8>, factor: u64) {
    let mut carry = 0;
    for digit in digits.iter_mut() {
        carry += u128::from(*digit) * u128::from(factor);
        *digit = (carry % 10) as u8;
        carry /= 10;
    }
    while carry > 0 {
        digits.push((carry % 10) as u8);
        carry /= 10;
    }
}

proptest! {
    #[test]
    fn every_decimal_reads_as_core_reads_it(
        whole in "[0-9]{1,25}", fraction in "[0-9]{0,25}", exponent in -370_i32..350,
    ) {
        agrees_with_core(&format!("{whole}.{fraction}e{exponent}"));
    }

    #[test]
    fn every_float_is_read_back(bits in 0..f64::INFINITY.to_bits()) {
        let float = f64::from_bits(bits);
        prop_assert_eq!(to_f64(format!("{float:e}").as_bytes()).to_bits(), bits);
        prop_assert_eq!(to_f64(format!("{float:.1100}").as_bytes()).to_bits(), bits);
    }

    #[test]
    fn midpoints_go_to_the_even_float(bits in 0..f64::INFINITY.to_bits()) {
        around_midpoint(bits);
    }

    #[test]
    fn digits_of_any_number_read_as_core_reads_them(digits in DIGITS, exponent in -1900_i32..400) {
        agrees_with_core(&format!("{digits}e{exponent}"));
    }
}
