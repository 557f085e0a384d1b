//! Framing: where a head ends, found in linear time however the bytes arrive.

use wide::u8x32;

use super::Error;
use super::syntax::{TOKEN, feedless_run, is};

/// The search for the end of one head. It remembers how far it went, so that a head that comes
/// byte by byte costs no more than one that comes whole.
///
/// ```text
///   CR LF | GET / HTTP/1.1 CR LF | Host: x CR LF | CR LF | next request ..
///   0       start                   searched ->             end
/// ```
///
/// What is decided depends on the bytes alone, never on how they were cut: limits are measured on
/// wire bytes, where a line or a head ends or must have ended. The number of fields is for
/// [`Request::parse`](super::Request::parse).
///
/// ```
/// use antiphon_protocol::http::HeadSearch;
///
/// let mut search = HeadSearch::new();
/// assert_eq!(search.end(b"GET / HTTP/1.1\r\n"), Ok(None));
/// assert_eq!(search.end(b"GET / HTTP/1.1\r\n\r\nGET"), Ok(Some(18)));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct HeadSearch {
    /// Where the request line begins; before it are empty lines only: `start <= searched`.
    start: u16,
    /// No head ends before the fourth byte behind this: `searched <= MAX_HEAD`.
    searched: u16,
    /// Whether the first line feed has been seen, with its carriage return.
    has_line: bool,
}

impl HeadSearch {
    /// A search that has seen nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { start: 0, searched: 0, has_line: false }
    }

    /// The length of the head at the front of `input`, its empty line included, or `None` as long
    /// as more input is needed. Between two calls `input` may only grow at its end; the next head
    /// needs a new search. Empty lines before the request line belong to the head (RFC 9112, 2.2).
    ///
    /// What can never become a head is refused at once, and not waited for: a byte that no method
    /// begins with, such as in a greeting of TLS, and a first line that ends in a line feed alone,
    /// as typed into a plain terminal.
    ///
    /// # Errors
    ///
    /// [`Error::MethodSyntax`], [`Error::BareLineFeed`], [`Error::RequestLineTooLong`] and
    /// [`Error::HeadTooLong`]. Calling again says the same.
    pub fn end(&mut self, input: &[u8]) -> Result<Option<usize>, Error> {
        let window = input.get(..MAX_HEAD).unwrap_or(input);
        if !self.has_line {
            self.first_line(window)?;
        }
        let from = usize::from(self.searched);
        let unsearched = window.get(from..).unwrap_or_default();
        let found = if self.has_line { end_of_head(unsearched) } else { None };
        if let Some(distance) = found {
            return Ok(Some(from.saturating_add(distance)));
        }
        if window.len() == MAX_HEAD {
            return Err(Error::HeadTooLong);
        }
        // The last bytes may be the beginning of the end.
        let kept = END.len().saturating_sub(1);
        if self.has_line {
            self.searched = offset(window.len().saturating_sub(kept).max(from));
        }
        Ok(None)
    }

    /// Whether nothing has come, or nothing but empty lines. It is asked with the input of the last
    /// call of [`HeadSearch::end`], for what has come since has not been looked at.
    ///
    /// ```
    /// use antiphon_protocol::http::HeadSearch;
    ///
    /// let mut search = HeadSearch::new();
    /// for (input, is_idle) in [(&b""[..], true), (b"\r\n", true), (b"\r\nG", false)] {
    ///     assert_eq!(search.end(input), Ok(None));
    ///     assert_eq!(search.is_idle(input), is_idle);
    /// }
    /// ```
    #[must_use]
    pub fn is_idle(&self, input: &[u8]) -> bool {
        !self.has_line && input.len() == usize::from(self.start)
    }

    /// Looks for the end of the request line, which has rules of its own; empty lines before it
    /// are skipped.
    fn first_line(&mut self, window: &[u8]) -> Result<(), Error> {
        loop {
            let from = usize::from(self.searched);
            let end = from.saturating_add(feedless_run(window.get(from..).unwrap_or_default()));
            let line = window.get(usize::from(self.start)..end).unwrap_or_default();
            let has_ended = end < window.len();
            match line {
                // An empty line, or the first half of its end.
                [b'\r'] => {}
                [first, ..] if !is(*first, TOKEN) => return Err(Error::MethodSyntax),
                // The CR counts whether or not the LF has come yet, for otherwise a cut between
                // the two would change the verdict.
                _ if line.len() > MAX_REQUEST_LINE.saturating_add(1) => {
                    return Err(Error::RequestLineTooLong);
                }
                [.., b'\r'] => self.has_line = has_ended,
                _ if has_ended => return Err(Error::BareLineFeed),
                _ => {}
            }
            if !has_ended {
                self.searched = offset(end);
                return Ok(());
            }
            if self.has_line {
                // The CR of this line may already be the beginning of the end.
                self.searched = offset(end.saturating_sub(1));
                return Ok(());
            }
            self.searched = offset(end.saturating_add(1));
            self.start = self.searched;
        }
    }
}

/// How many bytes there are up to the end of the first [`END`].
///
/// Of a block of places all are tried at once: two line feeds with one byte between them hardly
/// ever stand anywhere else. The last block overlaps the one before it, so that none is left over.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let mut at = 0_usize;
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        if let Some(end) = end_in_block(block) {
            return Some(at.saturating_add(end));
        }
        at = at.saturating_add(STEP);
    }
    match bytes.last_chunk() {
        Some(block) => {
            let before = bytes.len().saturating_sub(BLOCK);
            end_in_block(block).map(|end| before.saturating_add(end))
        }
        None => end_in(bytes),
    }
}

#[inline]
fn end_in_block(block: &[u8; BLOCK]) -> Option<usize> {
    let [_, first @ .., _, _] = block;
    let [_, _, _, second @ ..] = block;
    let feeds = |bytes: &[u8; STEP]| u8x32::new(*bytes).simd_eq(u8x32::splat(b'\n'));
    let mut candidates = (feeds(first) & feeds(second)).to_bitmask();
    while candidates != 0 {
        let start = candidates.trailing_zeros() as usize;
        let end = start.saturating_add(END.len());
        if block.get(start..end) == Some(END) {
            return Some(end);
        }
        candidates &= candidates.wrapping_sub(1);
    }
    None
}

/// The slow and obvious way.
fn end_in(bytes: &[u8]) -> Option<usize> {
    let found = bytes.windows(END.len()).position(|window| window == END)?;
    Some(found.saturating_add(END.len()))
}

/// Never saturates, since no offset is greater than [`MAX_HEAD`].
fn offset(position: usize) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}

/// The end of the last line, and the empty line behind it.
const END: &[u8] = b"\r\n\r\n";
/// How many places are searched at once, and how many bytes that takes.
const STEP: usize = 32;
const BLOCK: usize = STEP + END.len() - 1;
/// Bytes of a request line before its CR LF; RFC 9112, section 3, asks for at least 8,000.
pub const MAX_REQUEST_LINE: usize = 8_000;
/// Bytes of a head, from its first to the end of its empty line. nginx allows 32 KiB in 8 KiB
/// lines, Apache 8 KiB a line, lighttpd 8 KiB in all, Node.js 16 KiB in all.
pub const MAX_HEAD: usize = 16 * 1024;
/// Field lines of a head; Apache and hyper have 100 too.
pub const MAX_FIELDS: usize = 100;

#[cfg(test)]
mod tests;
