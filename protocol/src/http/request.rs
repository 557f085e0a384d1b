//! A request: its head, parsed once, with the fields that matter already understood.

use super::content::{ContentFraming, MAX_CONTENT};
use super::fields::{Fields, field_line, line_end};
use super::head::{MAX_FIELDS, MAX_HEAD, MAX_REQUEST_LINE};
use super::names::Name;
use super::syntax::{finish, members, number};
use super::target::is_host;
use super::{Coding, Error, Method, Target, Version, request_line};

/// The head of a request for a file, or the reason why there is none.
///
/// ```
/// use antiphon_protocol::http::{Coding, ContentFraming, Method, Request};
///
/// let head = b"HEAD /a?b HTTP/1.1\r\nHost: [::1]:5000\r\nAccept-encoding: br, gzip;q=0\r\n\r\n";
/// let request = Request::parse(head)?;
/// assert_eq!(request.method(), Method::Head);
/// assert_eq!(request.target().path(), b"/a");
/// assert_eq!(request.host(), Some(&b"[::1]:5000"[..]));
/// assert_eq!(request.framing(), ContentFraming::Length(0));
/// assert!(request.accepts(Coding::Brotli) && !request.accepts(Coding::Gzip));
/// assert!(!request.closes());
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Request<'i> {
    line: &'i [u8],
    method: Method<'i>,
    target: Target<'i>,
    version: Version,
    fields: Fields<'i>,
    framing: ContentFraming,
    closes: bool,
    places: Places,
    refusal: Option<Error>,
}

/// Where the known fields stand. Most of them are only understood once they are asked for, since
/// most requests do without.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Places {
    /// Of each [`Name`] the offset of its first line behind the request line, plus one; 0 if it is
    /// not there.
    first: [u16; Name::COUNT],
    /// A bit for each that is there more than once.
    repeated: u16,
}

impl<'i> Request<'i> {
    /// Parses a head, of which [`HeadSearch::end`](super::HeadSearch::end) found the end. All its
    /// field lines are validated, also those that nobody asks for.
    ///
    /// ```text
    /// HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]   (RFC 9112, 2.1)
    /// ```
    ///
    /// # Errors
    ///
    /// The first of these that holds:
    ///
    /// 1. [`Error::HeadTooLong`], of more than [`MAX_HEAD`] bytes with whatever follows the head;
    /// 2. those of [`request_line`], [`Error::RequestLineTooLong`], and for the end of the line
    ///    [`Error::BareLineFeed`], [`Error::BareCarriageReturn`], [`Error::HeadUnfinished`];
    /// 3. for the first field line that breaks a rule: its end, as above; those of its syntax, the
    ///    variants that begin with `Field`; and those of its own value, [`Error::HostSyntax`],
    ///    [`Error::HostRepeated`], [`Error::LengthSyntax`], [`Error::LengthRepeated`];
    ///    [`Error::TooManyFields`] behind [`MAX_FIELDS`] of them;
    /// 4. [`Error::HostMissing`];
    /// 5. [`Error::LengthAndCoding`], [`Error::CodingInOldVersion`], [`Error::CodingNotChunked`],
    ///    [`Error::CodingUnknown`], [`Error::LengthRequired`], for how the content ends;
    /// 6. [`Error::MethodNotAllowed`], [`Error::MethodUnknown`];
    /// 7. [`Error::ContentTooLong`];
    /// 8. [`Error::ExpectationUnknown`].
    pub fn parse(head: &'i [u8]) -> Result<Self, Error> {
        if head.len() > MAX_HEAD {
            return Err(Error::HeadTooLong);
        }
        let head = without_empty_lines(head);
        let (rest, words) = finish(request_line::parse(head))?;
        let line = head.get(..head.len().saturating_sub(rest.len())).unwrap_or_default();
        if line.len() > MAX_REQUEST_LINE {
            return Err(Error::RequestLineTooLong);
        }
        // Whatever follows a version on its line makes it another version.
        let (rest, ()) = finish(line_end(rest)).map_err(|why| match why {
            Error::FieldControl => Error::VersionSyntax,
            _ => why,
        })?;
        let mut seen = Seen { fields: Fields::new(rest), ..Seen::default() };
        let mut rest = rest;
        for _ in 0..MAX_LINES {
            if rest.starts_with(b"\r\n") {
                return seen.request(line, words);
            }
            let (after, (name, value)) = finish(field_line(rest))?;
            if let Some(name) = Name::find(name) {
                seen.note(name, value, rest)?;
            }
            rest = after;
        }
        Err(Error::TooManyFields)
    }

    /// A request that is to be answered with a refusal. Of the head, which may be broken
    /// anywhere, only that much is used: content is never sent in answer to HEAD. And its first
    /// line is kept, for logs.
    #[must_use]
    pub fn refused(head: &'i [u8], why: Error) -> Self {
        let is_head = without_empty_lines(head).starts_with(b"HEAD ");
        Self {
            line: first_line(head),
            method: if is_head { Method::Head } else { Method::Get },
            target: Target::ROOT,
            version: Version::Http11,
            fields: Fields::new(b""),
            framing: ContentFraming::Length(0),
            closes: true,
            places: Places::default(),
            refusal: Some(why),
        }
    }

    /// The request line as it was sent, without its end: for logs, to be escaped there. Of a
    /// refused request it is whatever stands in its place, which may be nothing, or the first
    /// [`MAX_REQUEST_LINE`] bytes of more.
    #[must_use]
    pub const fn line(&self) -> &'i [u8] {
        self.line
    }

    /// GET or HEAD: all others are refused.
    #[must_use]
    pub const fn method(&self) -> Method<'i> {
        self.method
    }

    /// What is asked for; a refused request asks for the root.
    #[must_use]
    pub const fn target(&self) -> Target<'i> {
        self.target
    }

    /// The version of the request. Responses are in HTTP/1.1 for both (RFC 9110, 6.2).
    #[must_use]
    pub const fn version(&self) -> Version {
        self.version
    }

    /// All field lines, in their order.
    #[must_use]
    pub const fn fields(&self) -> Fields<'i> {
        self.fields
    }

    /// The value of Host: of the target if it is an absolute one (RFC 9112, 3.2.2).
    #[must_use]
    pub fn host(&self) -> Option<&'i [u8]> {
        self.target.authority().or_else(|| self.value(Name::Host))
    }

    /// How the end of the request's content is found.
    #[must_use]
    pub const fn framing(&self) -> ContentFraming {
        self.framing
    }

    /// Whether the connection ends with the response (RFC 9112, 9.3).
    ///
    /// It also ends if the peer waits for `100 (Continue)` with its content: a final status at once
    /// is one of the two answers allowed (RFC 9110, 10.1.1), and after it nobody can know whether
    /// the content will still come.
    #[must_use]
    pub const fn closes(&self) -> bool {
        self.closes
    }

    /// The same request, as the last one that the connection is to serve.
    #[must_use]
    pub const fn last(mut self) -> Self {
        self.closes = true;
        self
    }

    /// Whether the peer takes content in this coding (RFC 9110, 12.5.3).
    #[must_use]
    pub fn accepts(&self, coding: Coding) -> bool {
        coding.is_in(self.values(Name::AcceptEncoding))
    }

    /// Why this request is not to be served, if it is not.
    #[must_use]
    pub const fn refusal(&self) -> Option<Error> {
        self.refusal
    }

    /// Whether a field is there.
    pub(super) fn has(&self, name: Name) -> bool {
        self.places.first(name).is_some()
    }

    /// The values of a field that is a list and may go on over any number of lines.
    pub(super) fn values(&self, name: Name) -> impl Iterator<Item = &'i [u8]> {
        let fields = self.places.first(name).and_then(|offset| self.fields.skip_to(offset));
        fields.into_iter().flat_map(move |fields| fields.values(name.as_bytes()))
    }

    /// The value of a field that may be there only once. If it is there twice, that is an empty
    /// value, which is as invalid.
    pub(super) fn value(&self, name: Name) -> Option<&'i [u8]> {
        let first = self.values(name).next();
        if self.places.is_repeated(name) { first.map(|_| &[][..]) } else { first }
    }
}

impl Places {
    /// Remembers that a line of this name stands at `offset`; whether it is the first of them.
    fn note(&mut self, name: Name, offset: usize) -> bool {
        // Never saturates, since no offset is greater than MAX_HEAD.
        let offset = u16::try_from(offset.saturating_add(1)).unwrap_or(u16::MAX);
        match self.first.get_mut(name as usize) {
            Some(first @ 0) => *first = offset,
            _ => self.repeated |= 1_u16.wrapping_shl(name as u32),
        }
        !self.is_repeated(name)
    }

    fn first(&self, name: Name) -> Option<usize> {
        usize::from(*self.first.get(name as usize)?).checked_sub(1)
    }

    fn is_repeated(&self, name: Name) -> bool {
        self.repeated.wrapping_shr(name as u32) & 1 == 1
    }
}

/// What the field lines say so far.
#[derive(Default)]
struct Seen<'i> {
    fields: Fields<'i>,
    length: Option<u64>,
    transfer: Transfer,
    close: bool,
    keep_alive: bool,
    expectation: Expectation,
    places: Places,
}

/// The transfer codings seen so far, one after the other.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
enum Transfer {
    #[default]
    None,
    /// `chunked` alone.
    Chunked,
    /// Others, none of them `chunked`.
    Others,
    /// Others, and then `chunked`.
    OthersChunked,
    /// Something after `chunked`, or an empty list.
    Broken,
}

#[derive(Clone, Copy, Default, Eq, PartialEq)]
enum Expectation {
    #[default]
    None,
    Continue,
    Unknown,
}

impl<'i> Seen<'i> {
    /// Takes in one field line, with which `from` begins.
    #[inline(never)]
    fn note(&mut self, name: Name, value: &[u8], from: &[u8]) -> Result<(), Error> {
        let offset = self.fields.len().saturating_sub(from.len());
        let is_first = self.places.note(name, offset);
        match name {
            Name::Connection => self.connection(value),
            Name::ContentLength if is_first => {
                // Content-Length = 1*DIGIT     (RFC 9110, 8.6)
                self.length = Some(number(value).ok_or(Error::LengthSyntax)?);
            }
            // Departure: several equal lengths may be taken for one; here they are refused.
            Name::ContentLength => return Err(Error::LengthRepeated),
            Name::Expect => self.expectation(value),
            // Host = uri-host [ ":" port ]     (RFC 9110, 7.2)
            Name::Host if is_first && is_host(value) => {}
            Name::Host if is_first => return Err(Error::HostSyntax),
            Name::Host => return Err(Error::HostRepeated),
            Name::TransferEncoding => self.transfer(value),
            _ => {}
        }
        Ok(())
    }

    /// Transfer-Encoding = #transfer-coding     (RFC 9112, 6.1)
    fn transfer(&mut self, value: &[u8]) {
        let mut codings = members(value).peekable();
        if codings.peek().is_none() {
            self.transfer = Transfer::Broken;
        }
        for coding in codings {
            let is_chunked = coding.eq_ignore_ascii_case(b"chunked");
            self.transfer = match self.transfer {
                Transfer::None if is_chunked => Transfer::Chunked,
                Transfer::Others if is_chunked => Transfer::OthersChunked,
                Transfer::None | Transfer::Others => Transfer::Others,
                _ => Transfer::Broken,
            };
        }
    }

    /// Connection = #connection-option     (RFC 9110, 7.6.1)
    fn connection(&mut self, value: &[u8]) {
        for option in members(value) {
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    /// Expect = #expectation     (RFC 9110, 10.1.1)
    fn expectation(&mut self, value: &[u8]) {
        for expectation in members(value) {
            if !expectation.eq_ignore_ascii_case(b"100-continue") {
                self.expectation = Expectation::Unknown;
            } else if self.expectation == Expectation::None {
                self.expectation = Expectation::Continue;
            }
        }
    }

    /// What all of it means together.
    fn request(self, line: &'i [u8], words: super::RequestLine<'i>) -> Result<Request<'i>, Error> {
        let super::RequestLine { method, target, version } = words;
        if self.places.first(Name::Host).is_none() && version == Version::Http11 {
            return Err(Error::HostMissing);
        }
        let framing = self.framing(method, version)?;
        match method {
            Method::Get | Method::Head => {}
            Method::Other(_) => return Err(Error::MethodUnknown),
            _ => return Err(Error::MethodNotAllowed),
        }
        if matches!(framing, ContentFraming::Length(length) if length > MAX_CONTENT) {
            return Err(Error::ContentTooLong);
        }
        // HTTP/1.0 has no expectations: there the field is to be ignored.
        let persists = match (version, self.expectation) {
            (Version::Http10, _) => self.keep_alive,
            (Version::Http11, Expectation::None) => true,
            (Version::Http11, Expectation::Continue) => framing == ContentFraming::Length(0),
            (Version::Http11, Expectation::Unknown) => return Err(Error::ExpectationUnknown),
        };
        Ok(Request {
            line,
            method,
            target,
            version,
            fields: self.fields,
            framing,
            closes: self.close || !persists,
            places: self.places,
            refusal: None,
        })
    }

    /// Message body length (RFC 9112, 6.3, for requests).
    fn framing(&self, method: Method<'_>, version: Version) -> Result<ContentFraming, Error> {
        let old = version == Version::Http10;
        match (self.transfer, self.length) {
            (Transfer::None, Some(length)) => Ok(ContentFraming::Length(length)),
            // The content of an HTTP/1.1 request without either is empty; in HTTP/1.0 it may have
            // been meant to go on to the end of the connection.
            (Transfer::None, None) => match method {
                Method::Patch | Method::Post | Method::Put if old => Err(Error::LengthRequired),
                _ => Ok(ContentFraming::Length(0)),
            },
            (_, Some(_)) => Err(Error::LengthAndCoding),
            _ if old => Err(Error::CodingInOldVersion),
            (Transfer::Chunked, None) => Ok(ContentFraming::Chunked),
            (Transfer::OthersChunked, None) => Err(Error::CodingUnknown),
            (Transfer::Others | Transfer::Broken, None) => Err(Error::CodingNotChunked),
        }
    }
}

/// A server should skip an empty line before a request, which some clients send behind their
/// content (RFC 9112, 2.2).
fn without_empty_lines(mut head: &[u8]) -> &[u8] {
    while let Some(rest) = head.strip_prefix(b"\r\n") {
        head = rest;
    }
    head
}

/// The first line that is not empty, wherever it ends and however it is broken.
fn first_line(head: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let line = head.split(is_end).find(|line| !line.is_empty()).unwrap_or_default();
    line.get(..MAX_REQUEST_LINE).unwrap_or(line)
}

/// The most field lines, and the empty one.
const MAX_LINES: usize = MAX_FIELDS + 1;

const _: () = assert!(Name::COUNT <= u16::BITS as usize, "each name has a bit");
const _: () = assert!(MAX_HEAD < u16::MAX as usize, "places have room for all offsets");

#[cfg(test)]
mod tests;
