//! Range requests: which bytes of a file were asked for.

use core::ops::Range;

use super::syntax::{members, number};

/// What a Range field asks of a representation of known length.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Selection {
    /// These bytes, at least one: 206.
    Part(Range<u64>),
    /// All of it, as if the field were not there: 200.
    Whole,
    /// A range that begins behind the end: 416.
    Unsatisfiable,
}

/// Reads the value of a Range field and applies it to `len` bytes.
///
/// ```text
/// ranges-specifier = range-unit "=" range-set         (RFC 9110, 14.1.1)
/// range-set        = 1#range-spec
/// int-range        = first-pos "-" [ last-pos ]       (RFC 9110, 14.1.2, for bytes)
/// suffix-range     = "-" suffix-length
/// ```
///
/// Another unit than bytes and a malformed value are ignored, as 14.2 allows. So are several
/// ranges: the whole is as good an answer for whoever asks, and a small request cannot be made
/// to cost many overlapping parts (RFC 9110, 17.15). A suffix of an empty file is the whole of it,
/// for no Content-Range can name a part without bytes. A number that does not fit in 64 bits is
/// taken for the largest that does, which is behind the end of every file.
///
/// ```
/// use antiphon_protocol::http::{Selection, select};
///
/// assert_eq!(select(b"bytes=0-499", 10_000), Selection::Part(0..500));
/// assert_eq!(select(b"bytes=-500", 10_000), Selection::Part(9_500..10_000));
/// assert_eq!(select(b"bytes=9500-", 10_000), Selection::Part(9_500..10_000));
/// assert_eq!(select(b"bytes=10000-", 10_000), Selection::Unsatisfiable);
/// assert_eq!(select(b"bytes=0-0,-1", 10_000), Selection::Whole);
/// ```
#[must_use]
pub fn select(value: &[u8], len: u64) -> Selection {
    match one_range(value) {
        None => Selection::Whole,
        Some(Spec::Suffix(0)) => Selection::Unsatisfiable,
        Some(Spec::Suffix(_)) if len == 0 => Selection::Whole,
        Some(Spec::Suffix(suffix)) => Selection::Part(len.saturating_sub(suffix)..len),
        Some(Spec::From { first, .. }) if first >= len => Selection::Unsatisfiable,
        Some(Spec::From { first, last }) => Selection::Part(first..last.saturating_add(1).min(len)),
    }
}

enum Spec {
    /// `first <= last`, and [`u64::MAX`] stands for the end.
    From {
        first: u64,
        last: u64,
    },
    Suffix(u64),
}

/// The only range of a well-formed set of byte ranges.
fn one_range(value: &[u8]) -> Option<Spec> {
    // Range units are not case-sensitive (RFC 9110, 14.1).
    let (unit, set) = value.split_at_checked(b"bytes=".len())?;
    if !unit.eq_ignore_ascii_case(b"bytes=") {
        return None;
    }
    let mut specs = members(set);
    let spec = specs.next()?;
    if specs.next().is_some() {
        return None;
    }
    let dash = spec.iter().position(|&byte| byte == b'-')?;
    let (first, last) = (spec.get(..dash)?, spec.get(dash.checked_add(1)?..)?);
    match (first, last) {
        ([], suffix) => Some(Spec::Suffix(number(suffix)?)),
        (first, []) => Some(Spec::From { first: number(first)?, last: u64::MAX }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Spec::From { first, last })
        }
    }
}

#[cfg(test)]
mod tests;
