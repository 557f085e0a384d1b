//! Classes of bytes, and the longest run of a class at the front of some input.
//!
//! The runs that a head is made of are found by blocks of bytes; all else looks each byte up in one
//! table.

use nom::IResult;
use nom::error::{ErrorKind, ParseError};
use wide::u8x16;

use super::Error;

/// What every parser of a head returns: the rest and its output, or the rule that was broken.
pub(super) type Parsed<'i, T> = IResult<&'i [u8], T, Broken>;

/// The rule that the input breaks, as nom wants it: if [`Error`] itself were that, it would be for
/// everybody, in every version of nom.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Broken(Error);

impl<I> ParseError<I> for Broken {
    /// Never seen by a caller: parsers of a head name their own errors, and those of dates and tags
    /// are dropped.
    fn from_error_kind(_: I, _: ErrorKind) -> Self {
        Self(Error::HeadUnfinished)
    }

    fn append(_: I, _: ErrorKind, other: Self) -> Self {
        other
    }
}

/// `tchar` (RFC 9110, 5.6.2): letters, digits and `` !#$%&'*+-.^_`|~ ``.
pub(super) const TOKEN: u8 = 1;
/// `unreserved / sub-delims`: bytes of a `reg-name` and of addresses (RFC 3986, 3.2.2), without
/// colons, brackets and what is escaped.
pub(super) const HOST: u8 = 1 << 1;
/// `etagc` (RFC 9110, 8.8.3): visible bytes other than the double quote, and obs-text.
pub(super) const ENTITY_TAG: u8 = 1 << 2;
/// What a path may show unescaped: `pchar` (RFC 3986, 3.3) and what browsers leave as it is.
pub(super) const PATH: u8 = 1 << 3;

/// Whether `byte` belongs to one of `classes`.
pub(super) fn is(byte: u8, classes: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|class| class & classes != 0)
}

/// Stops a parser with the rule that the input breaks.
pub(super) fn fail<T>(why: Error) -> Parsed<'static, T> {
    Err(nom::Err::Error(Broken(why)))
}

/// Leaves nom's world. Its own `finish` panics where a parser asks for more input, which a
/// `complete` parser never does.
#[inline]
pub(super) fn finish<T>(parsed: Parsed<'_, T>) -> Result<(&[u8], T), Error> {
    parsed.map_err(|error| match error {
        nom::Err::Error(Broken(why)) | nom::Err::Failure(Broken(why)) => why,
        nom::Err::Incomplete(_) => Error::HeadUnfinished,
    })
}

/// Splits a run of `len` bytes off the front.
pub(super) fn split(input: &[u8], len: usize) -> (&[u8], &[u8]) {
    input.split_at_checked(len).unwrap_or((input, &[]))
}

/// How many bytes at the front are not a line feed.
#[inline]
pub(super) fn feedless_run(input: &[u8]) -> usize {
    run(input, |bytes| bytes.simd_eq(u8x16::splat(b'\n')))
}

/// How many bytes at the front are visible ASCII (`VCHAR`, RFC 5234, B.1).
#[inline]
pub(super) fn visible_run(input: &[u8]) -> usize {
    run(input, |bytes| at_least(minus(bytes, b'!'), b'~' - b'!' + 1))
}

/// How many bytes at the front may stand in a line: all but control bytes, and tabs.
#[inline]
pub(super) fn line_run(input: &[u8]) -> usize {
    let len = controlless_run(input);
    if input.get(len) == Some(&b'\t') { line_run_with_tabs(input, len) } else { len }
}

/// How many bytes at the front are visible ASCII other than `?` and `#`.
#[inline]
pub(super) fn path_run(input: &[u8]) -> usize {
    run(input, |bytes| {
        at_least(minus(bytes, b'!'), b'~' - b'!' + 1)
            | bytes.simd_eq(u8x16::splat(b'?'))
            | bytes.simd_eq(u8x16::splat(b'#'))
    })
}

/// How many bytes at the front belong to [`TOKEN`]; letters and dashes, of which the names of
/// nearly all fields consist, go by the block.
#[inline]
pub(super) fn token_run(input: &[u8]) -> usize {
    let plain =
        run(input, |bytes| at_least(letters(bytes), 26) & !bytes.simd_eq(u8x16::splat(b'-')));
    class_run(input, plain, TOKEN)
}

/// How many bytes at the front belong to [`HOST`]; letters, digits, dashes and dots go by the
/// block.
#[inline]
pub(super) fn host_run(input: &[u8]) -> usize {
    let plain = run(input, |bytes| {
        let others = minus(bytes, b'-');
        let slash = bytes.simd_eq(u8x16::splat(b'/'));
        at_least(letters(bytes), 26) & (at_least(others, b'9' - b'-' + 1) | slash)
    });
    class_run(input, plain, HOST)
}

/// The members of a comma-separated list of tokens, empty ones left out (RFC 9110, 5.6.1.2).
pub(super) fn members(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|&byte| byte == b',').map(trim).filter(|member| !member.is_empty())
}

/// Without the optional whitespace on both sides: `OWS = *( SP / HTAB )` (RFC 9110, 5.6.3).
#[inline]
pub(super) fn trim(text: &[u8]) -> &[u8] {
    // One space before a value and none behind it is how nearly all fields are written.
    let text = match text {
        [b' ', text @ ..] => text,
        _ => text,
    };
    match text {
        [b' ' | b'\t', ..] | [.., b' ' | b'\t'] => trim_all(text),
        _ => text,
    }
}

/// `1*DIGIT`, as large as it may be: what does not fit is [`u64::MAX`], never a smaller number.
pub(super) fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, &byte| {
        let digit = char::from(byte).to_digit(10)?;
        Some(value.saturating_mul(10).saturating_add(u64::from(digit)))
    })
}

/// `HEXDIG`, in both cases.
pub(super) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// How many bytes at the front are no control bytes.
#[inline]
fn controlless_run(input: &[u8]) -> usize {
    run(input, |bytes| {
        bytes.min(u8x16::splat(0x1F)).simd_eq(bytes) | bytes.simd_eq(u8x16::splat(0x7F))
    })
}

/// The rest of [`trim`], byte by byte.
#[cold]
fn trim_all(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The rest of [`line_run`], from a tab on: they are rare, and cheaper to meet than to look for.
#[cold]
fn line_run_with_tabs(input: &[u8], mut len: usize) -> usize {
    while let Some([b'\t', rest @ ..]) = input.get(len..) {
        len = len.saturating_add(1).saturating_add(controlless_run(rest));
    }
    len
}

/// The length of a run, of which `plain` bytes are known; what stopped them is looked up.
#[inline]
fn class_run(input: &[u8], plain: usize, class: u8) -> usize {
    match input.get(plain) {
        // What nearly always comes next is in no class.
        None | Some(b':') => plain,
        Some(&byte) if is(byte, class) => unusual_run(input, plain, class),
        Some(_) => plain,
    }
}

/// The rest of [`class_run`], byte by byte.
#[cold]
fn unusual_run(input: &[u8], from: usize, class: u8) -> usize {
    let rest = input.get(from..).unwrap_or_default();
    let more = rest.iter().position(|&byte| !is(byte, class));
    from.saturating_add(more.unwrap_or(rest.len()))
}

/// How many bytes there are before the first of those that `stops` marks.
#[inline]
fn run(input: &[u8], stops: impl Fn(u8x16) -> u8x16) -> usize {
    let (blocks, tail) = input.as_chunks();
    let mut len = 0_usize;
    for block in blocks {
        let stops = stops(u8x16::new(*block)).to_bitmask();
        if stops != 0 {
            return len.wrapping_add(stops.trailing_zeros() as usize);
        }
        len = len.wrapping_add(block.len());
    }
    let stops = stops(u8x16::new(padded(tail))).to_bitmask();
    len.wrapping_add(tail.len().min(stops.trailing_zeros() as usize))
}

/// Less than 16 bytes, and NUL behind them. Where there are eight or four, the first and the last
/// of them overlap and are put together, which takes neither a loop nor a call.
#[inline]
fn padded(tail: &[u8]) -> [u8; 16] {
    let missing = |whole: u32| whole.saturating_sub(tail.len() as u32).saturating_mul(u8::BITS);
    let low = match (tail.first_chunk(), tail.last_chunk()) {
        (Some(first), Some(last)) => {
            let high = u64::from_le_bytes(*last).checked_shr(missing(16)).unwrap_or(0);
            return (u128::from(high) << 64 | u128::from(u64::from_le_bytes(*first))).to_le_bytes();
        }
        _ => match (tail.first_chunk(), tail.last_chunk()) {
            (Some(first), Some(last)) => {
                let high = u32::from_le_bytes(*last).checked_shr(missing(8)).unwrap_or(0);
                u64::from(high) << 32 | u64::from(u32::from_le_bytes(*first))
            }
            _ => tail.iter().rev().fold(0, |bytes, &byte| bytes << 8 | u64::from(byte)),
        },
    };
    u128::from(low).to_le_bytes()
}

/// Less than 26 for each letter, in either case, and for nothing else.
#[inline]
fn letters(bytes: u8x16) -> u8x16 {
    minus(bytes | u8x16::splat(0x20), b'a')
}

/// Subtracts from each byte; what is less wraps to something large.
#[expect(clippy::arithmetic_side_effects, reason = "vectors wrap")]
#[inline]
fn minus(bytes: u8x16, less: u8) -> u8x16 {
    bytes - u8x16::splat(less)
}

/// Marks each byte that is not less than `limit`.
#[inline]
fn at_least(bytes: u8x16, limit: u8) -> u8x16 {
    bytes.max(u8x16::splat(limit)).simd_eq(bytes)
}

/// Each class is a bit; the compiler evaluates this, so it can neither panic nor cost anything.
#[expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "only in a constant")]
const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        if byte.is_ascii_alphanumeric() || in_text(byte, b"!#$%&'*+-.^_`|~") {
            table[byte as usize] |= TOKEN;
        }
        if byte.is_ascii_alphanumeric() || in_text(byte, b"-._~!$&'()*+,;=") {
            table[byte as usize] |= HOST;
        }
        if byte > b' ' && byte != b'"' && byte != 0x7F {
            table[byte as usize] |= ENTITY_TAG;
        }
        if byte.is_ascii_graphic() && !in_text(byte, b"\"#<>?\\") {
            table[byte as usize] |= PATH;
        }
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

#[expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "only in a constant")]
const fn in_text(byte: u8, text: &[u8]) -> bool {
    let mut index = 0;
    while index < text.len() {
        if text[index] == byte {
            return true;
        }
        index += 1;
    }
    false
}

static CLASSES: [u8; 256] = classes();

#[cfg(test)]
mod tests;
