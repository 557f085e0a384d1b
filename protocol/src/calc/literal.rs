//! Number literals: Python reference, "Lexical analysis", sections 2.4.5 and 2.4.6.
//!
//! ```text
//! integer       ::= decinteger | bininteger | octinteger | hexinteger
//! decinteger    ::= nonzerodigit (["_"] digit)* | "0"+ (["_"] "0")*
//! bininteger    ::= "0" ("b" | "B") (["_"] bindigit)+
//! octinteger    ::= "0" ("o" | "O") (["_"] octdigit)+
//! hexinteger    ::= "0" ("x" | "X") (["_"] hexdigit)+
//!
//! floatnumber   ::= pointfloat | exponentfloat
//! pointfloat    ::= [digitpart] fraction | digitpart "."
//! exponentfloat ::= (digitpart | pointfloat) exponent
//! digitpart     ::= digit (["_"] digit)*
//! fraction      ::= "." digitpart
//! exponent      ::= ("e" | "E") ["+" | "-"] digitpart
//! ```
//!
//! Imaginary literals are left out: there are no complex numbers here.

use nom::{
    Err, IResult, Offset as _, Parser as _, branch::alt, bytes::complete::tag, combinator::value,
};

use super::{ErrorKind, decimal::Decimal};

/// What a literal stands for. It has no sign: a minus before it is an operator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Literal {
    Integer(u128),
    /// An integer that not even 128 bits without a sign hold.
    TooLarge,
    Float(f64),
}

/// A literal and the input that follows it.
type Scanned<'i> = Result<(&'i [u8], Literal), ErrorKind>;

/// Reads the longest literal at the front of an input that begins with a digit or a point.
///
/// # Errors
///
/// One of the kinds that concern number literals.
#[inline]
pub(super) fn literal(input: &[u8]) -> Scanned<'_> {
    // Most literals are a few decimal digits and end there.
    let mut value = 0_u64;
    let rest = skip_while(input, |byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value.wrapping_mul(10).wrapping_add(digit.into());
        }
        digit < 10
    });
    match rest.first() {
        Some(b'.' | b'_' | b'A'..=b'Z' | b'a'..=b'z') => uncommon(input),
        _ if input.len().wrapping_sub(rest.len()) > MAX_SHORT => uncommon(input),
        _ if value > 0 && input.first() == Some(&b'0') => Err(ErrorKind::LeadingZero),
        _ => Ok((rest, Literal::Integer(value.into()))),
    }
}

/// Any literal; apart, so that the common ones need little code.
#[inline(never)]
fn uncommon(input: &[u8]) -> Scanned<'_> {
    if let [b'0', b'A'..=b'Z' | b'a'..=b'z', ..] = input
        && let Ok((digits, radix)) = prefix(input)
    {
        return prefixed(digits, radix);
    }
    let mut decimal = Decimal::default();
    let rest = digit_part(input, &mut decimal)?;
    match rest.first() {
        Some(b'.' | b'E' | b'e') => float(input, rest, decimal),
        _ if decimal.head > 0 && input.first() == Some(&b'0') => Err(ErrorKind::LeadingZero),
        _ => integer(input, 10),
    }
}

/// `bininteger`, `octinteger` or `hexinteger` behind its prefix.
fn prefixed(digits: &[u8], radix: u8) -> Scanned<'_> {
    let (rest, value) = integer(digits, radix)?;
    match rest.first() {
        Some(b'0'..=b'9') => Err(ErrorKind::BadDigit),
        _ if rest.len() == digits.len() => Err(ErrorKind::MissingDigits),
        _ => Ok((rest, value)),
    }
}

/// Digits of an integer of any length, and what follows them.
fn integer(digits: &[u8], radix: u8) -> Scanned<'_> {
    let mut value = Some(0_u128);
    let rest = groups(digits, |byte| {
        let digit = digit_value(byte);
        if digit < radix {
            value = value
                .and_then(|value| value.checked_mul(radix.into()))
                .and_then(|value| value.checked_add(digit.into()));
        }
        digit < radix
    })?;
    Ok((rest, value.map_or(Literal::TooLarge, Literal::Integer)))
}

/// What a digit counts; bytes that are no digit count more than any radix.
///
/// `char::to_digit` panics on a radix that it cannot take, and not every build proves that ours
/// are none of those.
const fn digit_value(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte.wrapping_sub(b'0'),
        b'A'..=b'F' => byte.wrapping_sub(b'A').wrapping_add(10),
        b'a'..=b'f' => byte.wrapping_sub(b'a').wrapping_add(10),
        _ => u8::MAX,
    }
}

/// `floatnumber`; its first `digitpart`, before `rest`, has been read.
fn float<'i>(input: &'i [u8], rest: &'i [u8], mut decimal: Decimal) -> Scanned<'i> {
    let mut rest = rest;
    if let [b'.', fraction @ ..] = rest {
        let whole = decimal.digits;
        rest = digit_part(fraction, &mut decimal)?;
        decimal.exponent = whole.wrapping_sub(decimal.digits);
        if decimal.digits == 0 {
            return Err(ErrorKind::LonePoint);
        }
    }
    if let Ok((digits, negative)) = exponent(rest) {
        let mut power = Decimal::default();
        rest = digit_part(digits, &mut power)?;
        if power.digits == 0 {
            return Err(ErrorKind::MissingExponent);
        }
        // What is too large for this is beyond all floats, too, in either direction.
        let power = match i64::try_from(power.head) {
            Ok(head) if power.dropped == 0 => head,
            _ => i64::MAX,
        };
        decimal.exponent = match negative {
            true => decimal.exponent.saturating_sub(power),
            false => decimal.exponent.saturating_add(power),
        };
    }
    let text = input.get(..input.offset(rest)).unwrap_or_default();
    Ok((rest, Literal::Float(decimal.to_f64(text))))
}

/// `digitpart`, or nothing where no digit stands; gives what follows it.
fn digit_part<'i>(input: &'i [u8], decimal: &mut Decimal) -> Result<&'i [u8], ErrorKind> {
    match input.first() {
        Some(b'_') => Err(ErrorKind::MisplacedUnderscore),
        _ => groups(input, |byte| {
            let digit = byte.wrapping_sub(b'0');
            let accepted = digit < 10;
            if accepted {
                decimal.push(digit);
            }
            accepted
        }),
    }
}

/// `(["_"] digit)*`; gives what follows it.
fn groups(input: &[u8], mut accept: impl FnMut(u8) -> bool) -> Result<&[u8], ErrorKind> {
    let mut rest = skip_while(input, &mut accept);
    while let [b'_', digits @ ..] = rest {
        rest = skip_while(digits, &mut accept);
        if rest.len() == digits.len() {
            return Err(ErrorKind::MisplacedUnderscore);
        }
    }
    Ok(rest)
}

/// The input without the bytes at its front that `accept` takes.
pub(super) fn skip_while(input: &[u8], accept: impl FnMut(u8) -> bool) -> &[u8] {
    take_while(accept)(input).map_or(input, |(rest, _)| rest)
}

/// `nom::bytes::complete::take_while`, but that slices behind a bound which the compiler cannot
/// prove, and so links the panic machinery; `one_of` does, too.
fn take_while<'i>(
    mut accept: impl FnMut(u8) -> bool,
) -> impl FnMut(&'i [u8]) -> IResult<&'i [u8], &'i [u8], ()> {
    move |input| {
        let refused = input.iter().position(|byte| !accept(*byte));
        let (taken, rest) =
            input.split_at_checked(refused.unwrap_or(input.len())).ok_or(Err::Error(()))?;
        Ok((rest, taken))
    }
}

fn prefix(input: &[u8]) -> IResult<&[u8], u8, ()> {
    alt((
        value(2, alt((tag("0b"), tag("0B")))),
        value(8, alt((tag("0o"), tag("0O")))),
        value(16, alt((tag("0x"), tag("0X")))),
    ))
    .parse(input)
}

/// `("e" | "E") ["+" | "-"]`, and whether it is a minus.
fn exponent(input: &[u8]) -> IResult<&[u8], bool, ()> {
    match input {
        [b'E' | b'e', b'-', digits @ ..] => Ok((digits, true)),
        [b'E' | b'e', b'+', digits @ ..] | [b'E' | b'e', digits @ ..] => Ok((digits, false)),
        _ => Err(Err::Error(())),
    }
}

/// So many decimal digits fit into 64 bits, whichever they are.
const MAX_SHORT: usize = 19;
