//! Finds where a request ends, and remembers how far it has looked.
//!
//! Framing comes before parsing: a parser that starts over at each read lets the *client* choose
//! what a line costs (a line sent byte by byte would be read a thousand times). Here each byte is
//! looked at once, and only a whole frame is parsed.

use crate::service::LINE_LIMIT;

/// What the front of the input holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Line<'i> {
    /// A line.
    Whole {
        /// The line without its LF or CRLF: at most [`LINE_LIMIT`] bytes.
        line: &'i [u8],
        /// The bytes that it takes from the input, line end included.
        consumed: usize,
    },
    /// The beginning of a line, or nothing.
    Partial,
    /// More than [`LINE_LIMIT`] bytes without an LF: [`skip_line`] gets past them.
    TooLong,
}

/// What [`skip_line`] got past.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Skipped<'i> {
    /// The rest of the line.
    Whole {
        /// How the line ends, without its LF or CRLF: at least its last [`TAIL`] bytes.
        tail: &'i [u8],
        /// The bytes that it takes from the input, line end included.
        consumed: usize,
    },
    /// The line goes on; its last bytes stay in the input, so that its tail is seen whole.
    Partial {
        /// The bytes that can go.
        consumed: usize,
    },
}

/// Looks for the line at the front of `input`.
///
/// `searched` is the caller's memory of the bytes known to hold no LF: 0 for a new line, and
/// otherwise what the last call for the same line left there. The verdict depends only on the
/// bytes, never on how they were cut: the limit is measured on the bytes before the LF, so that a
/// CR, which may or may not have arrived yet, always counts.
///
/// ```
/// use antiphon_protocol::frame::{Line, next_line};
///
/// let mut searched = 0;
/// assert_eq!(next_line(b"3+", &mut searched), Line::Partial);
/// assert_eq!(searched, 2);
/// assert_eq!(
///     next_line(b"3+5\r\n4+5", &mut searched),
///     Line::Whole { line: b"3+5", consumed: 5 },
/// );
/// assert_eq!(searched, 0);
/// ```
pub fn next_line<'i>(input: &'i [u8], searched: &mut usize) -> Line<'i> {
    let window = input.get(..=LINE_LIMIT).unwrap_or(input);
    let fresh = window.get(*searched..).unwrap_or_default();
    if let Some(offset) = memchr::memchr(b'\n', fresh) {
        let end = searched.saturating_add(offset);
        *searched = 0;
        let line = without_cr(window.get(..end).unwrap_or_default());
        return Line::Whole { line, consumed: end.saturating_add(1) };
    }
    if window.len() > LINE_LIMIT {
        *searched = 0;
        return Line::TooLong;
    }
    *searched = window.len();
    Line::Partial
}

/// Gets past the rest of a line that is too long, whatever its length.
#[must_use]
pub fn skip_line(input: &[u8]) -> Skipped<'_> {
    match memchr::memchr(b'\n', input) {
        Some(end) => Skipped::Whole {
            tail: without_cr(input.get(..end).unwrap_or_default()),
            consumed: end.saturating_add(1),
        },
        None => Skipped::Partial { consumed: input.len().saturating_sub(TAIL.saturating_add(1)) },
    }
}

/// `line` without the LF or CRLF that ends it, if one does.
#[must_use]
pub fn without_line_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").map_or(line, without_cr)
}

/// `line` without the CR that ends it, if one does.
pub(crate) fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// How much of the end of a skipped line is always seen whole: enough for an HTTP version.
pub const TAIL: usize = 16;

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    /// The verdict on `input` when it arrives whole, checked against byte by byte and against a
    /// naive search.
    #[track_caller]
    fn verdict(input: &[u8]) -> Line<'_> {
        let mut searched = 0;
        let whole = next_line(input, &mut searched);
        let mut searched = 0;
        let first = (0..=input.len())
            .map(|end| next_line(&input[..end], &mut searched))
            .find(|line| *line != Line::Partial);
        assert_eq!(first.unwrap_or(Line::Partial), whole, "cut byte by byte");
        let naive = match input.iter().position(|&byte| byte == b'\n') {
            Some(end) if end <= LINE_LIMIT => {
                let line = &input[..end];
                let line = if line.last() == Some(&b'\r') { &line[..end - 1] } else { line };
                Line::Whole { line, consumed: end + 1 }
            }
            _ if input.len() > LINE_LIMIT => Line::TooLong,
            _ => Line::Partial,
        };
        assert_eq!(naive, whole, "naive search");
        whole
    }

    #[test]
    fn lines_end_at_lf_or_crlf() {
        assert_eq!(verdict(b"3+5\n4"), Line::Whole { line: b"3+5", consumed: 4 });
        assert_eq!(verdict(b"3+5\r\n4"), Line::Whole { line: b"3+5", consumed: 5 });
        assert_eq!(verdict(b"\n"), Line::Whole { line: b"", consumed: 1 });
        assert_eq!(verdict(b"\r\r\n"), Line::Whole { line: b"\r", consumed: 3 });
        assert_eq!(verdict(b"a\rb\n"), Line::Whole { line: b"a\rb", consumed: 4 });
        assert_eq!(verdict(b""), Line::Partial);
        assert_eq!(verdict(b"3+5\r"), Line::Partial);
    }

    #[test]
    fn the_limit_is_measured_on_the_bytes_before_the_lf() {
        let mut input = vec![b'1'; LINE_LIMIT];
        assert_eq!(verdict(&input), Line::Partial);
        input.push(b'\n');
        assert!(matches!(verdict(&input), Line::Whole { .. }));
        input.insert(0, b'1');
        assert_eq!(verdict(&input), Line::TooLong);
        // A CR counts, though it is not part of the line.
        let mut input = vec![b'1'; LINE_LIMIT - 1];
        input.extend(b"\r\n");
        assert!(matches!(verdict(&input), Line::Whole { .. }));
        input.insert(0, b'1');
        assert_eq!(verdict(&input), Line::TooLong);
    }

    #[test]
    fn a_line_is_searched_only_once() {
        let mut searched = 3;
        // Were it to look at the first three bytes again, it would find the LF there.
        assert_eq!(next_line(b"a\nb", &mut searched), Line::Partial);
    }

    #[test]
    fn skipping_keeps_the_tail_in_sight() {
        let line = [b'x'; 100];
        let Skipped::Partial { consumed } = skip_line(&line) else { panic!("no end yet") };
        assert_eq!(line.len() - consumed, TAIL + 1);
        assert_eq!(skip_line(b"xyz"), Skipped::Partial { consumed: 0 });
        assert_eq!(skip_line(b"xyz\r\n1"), Skipped::Whole { tail: b"xyz", consumed: 5 });
    }
}
