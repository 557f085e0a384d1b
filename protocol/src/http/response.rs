//! The head of a response, encoded whole or not at all.

use core::ops::Range;

use super::{Coding, EntityTag, MediaType, Status, Target, Timestamp};
use crate::{Full, Writer};

/// The head of a response. What is `None` or false is left out.
///
/// Nothing in it can split a response: a [`Target`] is visible ASCII, and neither an [`EntityTag`]
/// nor a [`MediaType`] has control bytes.
///
/// ```
/// use antiphon_protocol::Writer;
/// use antiphon_protocol::http::{ResponseHead, Status};
///
/// let mut memory = [0; 256];
/// let mut writer = Writer::new(&mut memory);
/// ResponseHead { accept_ranges: true, ..ResponseHead::new(Status::Ok) }.encode(&mut writer)?;
/// assert_eq!(writer.written(), b"HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\n\r\n");
/// # Ok::<(), antiphon_protocol::Full>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ResponseHead<'r> {
    /// Of which 405 brings `Allow: GET, HEAD` with it (RFC 9110, 15.5.6).
    pub status: Status,
    /// Now, which whoever has a clock must say (RFC 9110, 6.6.1).
    pub date: Option<Timestamp>,
    /// What becomes of the connection.
    pub connection: Option<Connection>,
    /// Bytes of content, also in answer to HEAD; it brings `X-Content-Type-Options: nosniff` with
    /// it, since what has no type, or a wrong one, is not to be guessed at either.
    pub content_length: Option<u64>,
    /// What the content is, which brings `nosniff` with it, too.
    pub content_type: Option<MediaType<'r>>,
    /// How the content is coded.
    pub content_encoding: Option<Coding>,
    /// Which part of the whole the content is.
    pub content_range: Option<ContentRange>,
    /// When the file was last changed.
    pub last_modified: Option<Timestamp>,
    /// The name of this state of the file.
    pub etag: Option<EntityTag<'r>>,
    /// `Accept-Ranges: bytes`
    pub accept_ranges: bool,
    /// `Vary: Accept-Encoding`: another client might get another coding.
    pub vary: bool,
    /// A target that the client is to ask for with a slash at the end of its path.
    pub location: Option<Target<'r>>,
}

/// What becomes of the connection after the response (RFC 9112, 9.6 and 9.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Connection {
    /// It ends.
    Close,
    /// It goes on, which HTTP/1.0 clients have to be told.
    KeepAlive,
}

/// Which part of how much (RFC 9110, 14.4).
///
/// ```text
/// Content-Range = "bytes" SP ( first-pos "-" last-pos / "*" ) "/" complete-length
/// ```
///
/// ```
/// use antiphon_protocol::http::ContentRange;
///
/// assert!(ContentRange::part(0..500, 10_000).is_some());
/// assert_eq!(ContentRange::part(500..500, 10_000), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ContentRange {
    /// The first and the last position of the part that is sent: `first <= last <
    /// complete_length`.
    part: Option<(u64, u64)>,
    /// Bytes of the whole.
    complete_length: u64,
}

impl<'r> ResponseHead<'r> {
    /// A status line and nothing else.
    #[must_use]
    pub const fn new(status: Status) -> Self {
        Self {
            status,
            date: None,
            connection: None,
            content_length: None,
            content_type: None,
            content_encoding: None,
            content_range: None,
            last_modified: None,
            etag: None,
            accept_ranges: false,
            vary: false,
            location: None,
        }
    }

    /// Appends the head and its empty line, or nothing.
    ///
    /// ```text
    /// status-line = HTTP-version SP status-code SP [ reason-phrase ]     (RFC 9112, 4)
    /// ```
    ///
    /// # Errors
    ///
    /// [`Full`] if it does not fit.
    pub fn encode(&self, writer: &mut Writer<'_>) -> Result<(), Full> {
        writer.attempt(|w| {
            self.encode_control(w)?;
            self.encode_content(w)?;
            self.encode_location(w)?;
            w.put(b"\r\n")
        })
    }

    /// The status line, and the fields about the message and the connection.
    fn encode_control(&self, w: &mut Writer<'_>) -> Result<(), Full> {
        w.put(b"HTTP/1.1 ")?;
        w.put(self.status.phrase().as_bytes())?;
        w.put(b"\r\n")?;
        if let Some(date) = self.date {
            field(w, b"Date: ", &date.imf_fixdate())?;
        }
        match self.connection {
            Some(Connection::Close) => w.put(b"Connection: close\r\n")?,
            Some(Connection::KeepAlive) => w.put(b"Connection: keep-alive\r\n")?,
            None => {}
        }
        if self.status == Status::MethodNotAllowed {
            w.put(b"Allow: GET, HEAD\r\n")?;
        }
        Ok(())
    }

    /// The fields about the content.
    fn encode_content(&self, w: &mut Writer<'_>) -> Result<(), Full> {
        if let Some(length) = self.content_length {
            w.put(b"Content-Length: ")?;
            decimal(w, length)?;
            w.put(b"\r\n")?;
        }
        if let Some(media_type) = self.content_type {
            field(w, b"Content-Type: ", media_type.as_str().as_bytes())?;
        }
        if self.content_length.is_some() || self.content_type.is_some() {
            w.put(b"X-Content-Type-Options: nosniff\r\n")?;
        }
        if let Some(coding) = self.content_encoding {
            field(w, b"Content-Encoding: ", coding.as_str().as_bytes())?;
        }
        if let Some(range) = self.content_range {
            range.encode(w)?;
        }
        if let Some(modified) = self.last_modified {
            field(w, b"Last-Modified: ", &modified.imf_fixdate())?;
        }
        if let Some(tag) = self.etag {
            w.put(if tag.is_weak() { b"ETag: W/\"" } else { b"ETag: \"" })?;
            w.put(tag.opaque())?;
            w.put(b"\"\r\n")?;
        }
        if self.accept_ranges {
            w.put(b"Accept-Ranges: bytes\r\n")?;
        }
        if self.vary {
            w.put(b"Vary: Accept-Encoding\r\n")?;
        }
        Ok(())
    }

    /// Location = URI-reference     (RFC 9110, 10.2.2)
    ///
    /// It begins with one slash, for after two of them a client reads the name of another host; a
    /// backslash is a slash to browsers, so it is escaped, as is all that no address may show.
    fn encode_location(&self, w: &mut Writer<'_>) -> Result<(), Full> {
        let Some(target) = self.location else {
            return Ok(());
        };
        let mut path = target.path();
        while let [b'/', rest @ ..] = path {
            path = rest;
        }
        w.put(b"Location: /")?;
        address(w, path)?;
        if !path.is_empty() {
            w.put(b"/")?;
        }
        if let Some(query) = target.query() {
            w.put(b"?")?;
            address(w, query)?;
        }
        w.put(b"\r\n")
    }
}

impl ContentRange {
    /// These bytes of so many, unless they are none or not among them: that cannot be said.
    #[must_use]
    pub fn part(bytes: Range<u64>, complete_length: u64) -> Option<Self> {
        let last = bytes.end.checked_sub(1)?;
        (bytes.start <= last && last < complete_length)
            .then_some(Self { part: Some((bytes.start, last)), complete_length })
    }

    /// None of so many bytes: what was asked for is not among them (416).
    #[must_use]
    pub const fn unsatisfied(complete_length: u64) -> Self {
        Self { part: None, complete_length }
    }

    fn encode(self, w: &mut Writer<'_>) -> Result<(), Full> {
        w.put(b"Content-Range: bytes ")?;
        match self.part {
            Some((first, last)) => {
                decimal(w, first)?;
                w.put(b"-")?;
                decimal(w, last)?;
            }
            None => w.put(b"*")?,
        }
        w.put(b"/")?;
        decimal(w, self.complete_length)?;
        w.put(b"\r\n")
    }
}

fn field(w: &mut Writer<'_>, name: &[u8], value: &[u8]) -> Result<(), Full> {
    w.put(name)?;
    w.put(value)?;
    w.put(b"\r\n")
}

/// Puts a part of an address, whose bytes are visible ASCII. A few of these are in no address (RFC
/// 3986, 2); that they came all the same is no reason to pass them on.
fn address(w: &mut Writer<'_>, part: &[u8]) -> Result<(), Full> {
    let hex = |digit: u8| HEX_DIGITS.get(usize::from(digit)).copied().unwrap_or_default();
    part.iter().try_for_each(|&byte| match byte {
        b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => {
            w.put(&[b'%', hex(byte >> 4), hex(byte & 0xF)])
        }
        _ => w.put(&[byte]),
    })
}

fn decimal(w: &mut Writer<'_>, value: u64) -> Result<(), Full> {
    // As many digits as u64::MAX has; written from the last on.
    let mut digits = [b'0'; 20];
    let (mut rest, mut len) = (value, 0_usize);
    for digit in digits.iter_mut().rev() {
        *digit = b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or(0));
        (rest, len) = (rest / 10, len.saturating_add(1));
        if rest == 0 {
            break;
        }
    }
    w.put(digits.get(digits.len().saturating_sub(len)..).unwrap_or_default())
}

/// In capitals, as RFC 3986, 2.1, would have them.
const HEX_DIGITS: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests;
