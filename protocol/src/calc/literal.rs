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
    Err, IResult, Offset as _, Parser as _,
    branch::alt,
    bytes::complete::tag,
    combinator::{opt, value, verify},
    sequence::preceded,
};

use super::{ErrorKind, decimal};

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

/// Reads the longest literal at the front of the input.
///
/// # Errors
///
/// One of the kinds that concern number literals.
pub(super) fn literal(input: &[u8]) -> Scanned<'_> {
    // Most numbers are a few decimal digits and end there.
    if let Ok((rest, digits)) = decimal_digits(input)
        && digits.len() <= MAX_SHORT
        && !matches!(rest.first(), Some(b'.' | b'_' | b'A'..=b'Z' | b'a'..=b'z'))
    {
        let value = digits.iter().fold(0_u64, |value, digit| {
            value
                .wrapping_mul(10)
                .wrapping_add(digit.wrapping_sub(b'0').into())
        });
        return match digits {
            [b'0', ..] if value > 0 => Err(ErrorKind::LeadingZero),
            _ => Ok((rest, Literal::Integer(value.into()))),
        };
    }
    match prefix(input) {
        Ok((rest, radix)) => prefixed(rest, radix),
        Err(_) => decimal(input),
    }
}

/// `bininteger`, `octinteger` or `hexinteger` behind its prefix.
fn prefixed(input: &[u8], radix: u32) -> Scanned<'_> {
    let rest = groups(input, |byte| char::from(byte).is_digit(radix))?;
    match rest.first() {
        Some(b'0'..=b'9') => Err(ErrorKind::BadDigit),
        _ if rest.len() == input.len() => Err(ErrorKind::MissingDigits),
        _ => Ok((rest, integer(input, rest, radix))),
    }
}

/// `decinteger` or `floatnumber`: they begin alike, and a leading zero only forbids the first.
fn decimal(input: &[u8]) -> Scanned<'_> {
    let whole = digit_part(input)?;
    let mut rest = whole;
    if let Ok((fraction, _)) = point(rest) {
        rest = digit_part(fraction)?;
        if input.len() == whole.len() && fraction.len() == rest.len() {
            return Err(ErrorKind::LonePoint);
        }
    }
    if let Ok((exponent, _)) = exponent(rest) {
        rest = digit_part(exponent)?;
        if exponent.len() == rest.len() {
            return Err(ErrorKind::MissingExponent);
        }
    }
    if rest.len() < whole.len() {
        return Ok((rest, Literal::Float(decimal::to_f64(taken(input, rest)))));
    }
    let value = integer(input, rest, 10);
    if input.first() == Some(&b'0') && value != Literal::Integer(0) {
        return Err(ErrorKind::LeadingZero);
    }
    Ok((rest, value))
}

/// `digitpart`, or nothing where no digit stands.
fn digit_part(input: &[u8]) -> Result<&[u8], ErrorKind> {
    match input.first() {
        Some(b'_') => Err(ErrorKind::MisplacedUnderscore),
        _ => groups(input, |byte| byte.is_ascii_digit()),
    }
}

/// `(["_"] digit)*`, and what follows it.
fn groups(input: &[u8], is_digit: impl Fn(u8) -> bool) -> Result<&[u8], ErrorKind> {
    let mut rest = input;
    loop {
        rest = skip_while(rest, &is_digit);
        match rest {
            [b'_', after @ ..] if after.first().is_some_and(|byte| is_digit(*byte)) => rest = after,
            [b'_', ..] => return Err(ErrorKind::MisplacedUnderscore),
            _ => return Ok(rest),
        }
    }
}

/// The value of the digits before `rest`.
fn integer(input: &[u8], rest: &[u8], radix: u32) -> Literal {
    let mut digits = taken(input, rest)
        .iter()
        .filter_map(|byte| char::from(*byte).to_digit(radix));
    digits
        .try_fold(0_u128, |value, digit| {
            value.checked_mul(radix.into())?.checked_add(digit.into())
        })
        .map_or(Literal::TooLarge, Literal::Integer)
}

/// The part of the input before `rest`.
fn taken<'i>(input: &'i [u8], rest: &[u8]) -> &'i [u8] {
    input.get(..input.offset(rest)).unwrap_or_default()
}

/// The input without the bytes at its front that `accept` takes.
pub(super) fn skip_while(input: &[u8], accept: impl Fn(u8) -> bool) -> &[u8] {
    take_while(accept)(input).map_or(input, |(rest, _)| rest)
}

/// `nom::bytes::complete::take_while`, but that slices behind a bound which the compiler cannot
/// prove, and so links the panic machinery.
fn take_while<'i>(
    accept: impl Fn(u8) -> bool,
) -> impl Fn(&'i [u8]) -> IResult<&'i [u8], &'i [u8], ()> {
    move |input| {
        let refused = input.iter().position(|byte| !accept(*byte));
        let (taken, rest) = input
            .split_at_checked(refused.unwrap_or(input.len()))
            .ok_or(Err::Error(()))?;
        Ok((rest, taken))
    }
}

fn decimal_digits(input: &[u8]) -> IResult<&[u8], &[u8], ()> {
    verify(
        take_while(|byte| byte.is_ascii_digit()),
        |digits: &[u8]| !digits.is_empty(),
    )
    .parse(input)
}

fn prefix(input: &[u8]) -> IResult<&[u8], u32, ()> {
    alt((
        value(2, alt((tag("0b"), tag("0B")))),
        value(8, alt((tag("0o"), tag("0O")))),
        value(16, alt((tag("0x"), tag("0X")))),
    ))
    .parse(input)
}

fn point(input: &[u8]) -> IResult<&[u8], &[u8], ()> {
    tag(".")(input)
}

fn exponent(input: &[u8]) -> IResult<&[u8], Option<&[u8]>, ()> {
    preceded(alt((tag("e"), tag("E"))), opt(alt((tag("+"), tag("-"))))).parse(input)
}

/// So many decimal digits fit into 64 bits, whichever they are.
const MAX_SHORT: usize = 19;
