//! Field lines: one rule for the syntax of all, and a way to go through them again.

use super::Error;
use super::syntax::{Parsed, fail, line_run, token_run, trim};

/// The field lines of a head that has been parsed: names and values in their order, without the
/// whitespace around the values. Names are to be compared without regard to case.
///
/// ```
/// use antiphon_protocol::http::Request;
///
/// let request = Request::parse(b"GET / HTTP/1.1\r\nHost: a\r\nAccept:  */* \r\n\r\n")?;
/// let mut fields = request.fields();
/// assert_eq!(fields.next(), Some((&b"Host"[..], &b"a"[..])));
/// assert_eq!(fields.next(), Some((&b"Accept"[..], &b"*/*"[..])));
/// assert_eq!(fields.next(), None);
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Fields<'i> {
    /// Field lines, and the empty line behind them.
    rest: &'i [u8],
}

impl<'i> Fields<'i> {
    /// `rest` has been parsed before.
    pub(super) const fn new(rest: &'i [u8]) -> Self {
        Self { rest }
    }

    /// Bytes that are left.
    pub(super) const fn len(self) -> usize {
        self.rest.len()
    }

    /// The fields from an offset on, where a line begins.
    pub(super) fn skip_to(self, offset: usize) -> Option<Self> {
        self.rest.get(offset..).map(Self::new)
    }

    /// The values of all lines of this name, in their order.
    pub fn values<'n>(self, name: &'n [u8]) -> impl Iterator<Item = &'i [u8]> + use<'i, 'n> {
        self.filter(move |field| field.0.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl<'i> Iterator for Fields<'i> {
    type Item = (&'i [u8], &'i [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (rest, field) = field_line(self.rest).ok()?;
        self.rest = rest;
        Some(field)
    }
}

/// One field line and its CR LF.
///
/// ```text
/// field-line  = field-name ":" OWS field-value OWS                          (RFC 9112, 5)
/// field-name  = token                                                       (RFC 9110, 5.1)
/// field-value = *field-content, of VCHAR, obs-text, SP and HTAB             (RFC 9110, 5.5)
/// ```
#[inline(always)]
pub(super) fn field_line(input: &[u8]) -> Parsed<'_, (&[u8], &[u8])> {
    // Where the line ends does not wait for where the name ends: the next line depends on it.
    let (end, colon) = (line_run(input), token_run(input));
    let Some(rest) = input.get(end..) else {
        return fail(Error::HeadUnfinished);
    };
    let (rest, ()) = line_end(rest)?;
    let Some(name @ [_, ..]) = input.get(..colon) else {
        return fail(no_field_name(&[], input));
    };
    match input.get(colon..end) {
        Some([b':', value @ ..]) => Ok((rest, (name, trim(value)))),
        after => fail(no_field_name(name, after.unwrap_or_default())),
    }
}

/// CR LF, and nothing that some other reader might take for it (RFC 9112, 2.2).
#[inline(always)]
pub(super) fn line_end(input: &[u8]) -> Parsed<'_, ()> {
    match input {
        [b'\r', b'\n', rest @ ..] => Ok((rest, ())),
        [b'\n', ..] => fail(Error::BareLineFeed),
        [b'\r', _, ..] => fail(Error::BareCarriageReturn),
        [] | [b'\r'] => fail(Error::HeadUnfinished),
        _ => fail(Error::FieldControl),
    }
}

/// The rule that is broken where a name, which may be empty, is not followed by a colon.
#[cold]
fn no_field_name(name: &[u8], rest: &[u8]) -> Error {
    match rest {
        [b' ' | b'\t', ..] if name.is_empty() => Error::FieldFolded,
        [b' ' | b'\t', ..] => Error::FieldBlankBeforeColon,
        _ => Error::FieldName,
    }
}

#[cfg(test)]
mod tests;
