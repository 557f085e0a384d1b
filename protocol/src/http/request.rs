//! A request: its head, parsed once, with the fields that matter already understood.

use super::content::{Framing, MAX_CONTENT};
use super::fields::{Fields, field_line, line_end};
use super::head::MAX_FIELDS;
use super::syntax::{finish, members, number};
use super::target::is_host;
use super::{Coding, Error, Method, Target, Version, request_line};

/// The head of a request for a file, or the reason why there is none.
///
/// ```
/// use antiphon_protocol::http::{Coding, Framing, Method, Request};
///
/// let head = b"HEAD /a?b HTTP/1.1\r\nHost: [::1]:5000\r\naccept-encoding: br;q=1, gzip;q=0\r\n\r\n";
/// let request = Request::parse(head)?;
/// assert_eq!(request.method(), Method::Head);
/// assert_eq!(request.target().path(), b"/a");
/// assert_eq!(request.host(), Some(&b"[::1]:5000"[..]));
/// assert_eq!(request.framing(), Framing::Length(0));
/// assert!(request.accepts(Coding::Brotli) && !request.accepts(Coding::Gzip));
/// assert!(!request.closes());
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Request<'i> {
    pub(super) method: Method<'i>,
    target: Target<'i>,
    version: Version,
    fields: Fields<'i>,
    host: Option<&'i [u8]>,
    framing: Framing,
    closes: bool,
    accept_encoding: Option<Fields<'i>>,
    pub(super) conditions: Conditions<'i>,
    refusal: Option<Error>,
}

/// The fields that make a request conditional or partial. A field that may be there only once and
/// is there twice is kept as an empty value, which is as invalid.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Conditions<'i> {
    /// Lists that may go on over any number of lines: the field lines from their first one on.
    pub(super) if_match: Option<Fields<'i>>,
    pub(super) if_none_match: Option<Fields<'i>>,
    pub(super) if_modified_since: Option<&'i [u8]>,
    pub(super) if_unmodified_since: Option<&'i [u8]>,
    pub(super) if_range: Option<&'i [u8]>,
    pub(super) range: Option<&'i [u8]>,
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
    /// The first rule of syntax that is broken; then what is wrong with Host, with the length of
    /// the content, with the method, and with the expectation, in this order.
    pub fn parse(head: &'i [u8]) -> Result<Self, Error> {
        let (rest, line) = finish(request_line::parse(without_empty_lines(head)))?;
        // Whatever follows a version on its line makes it another version.
        let (rest, ()) = finish(line_end(rest)).map_err(|why| match why {
            Error::FieldControl => Error::VersionSyntax,
            _ => why,
        })?;
        let mut seen = Seen { fields: Fields::new(rest), ..Seen::default() };
        let mut rest = rest;
        for _ in 0..=MAX_FIELDS {
            if rest.starts_with(b"\r\n") {
                return seen.request(line);
            }
            let (after, (name, value)) = finish(field_line(rest))?;
            seen.note(name, value, rest)?;
            rest = after;
        }
        Err(Error::TooManyFields)
    }

    /// A request that is to be answered with a refusal. Of the head, which may be broken
    /// anywhere, only that much is used: content is never sent in answer to HEAD.
    #[must_use]
    pub fn refused(head: &[u8], why: Error) -> Request<'static> {
        let is_head = without_empty_lines(head).starts_with(b"HEAD ");
        Request {
            method: if is_head { Method::Head } else { Method::Get },
            target: Target::ROOT,
            version: Version::Http11,
            fields: Fields::new(b""),
            host: None,
            framing: Framing::Length(0),
            closes: true,
            accept_encoding: None,
            conditions: Conditions::default(),
            refusal: Some(why),
        }
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
    pub const fn host(&self) -> Option<&'i [u8]> {
        self.host
    }

    /// How the end of the request's content is found.
    #[must_use]
    pub const fn framing(&self) -> Framing {
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
        let lists = self.accept_encoding.map(|fields| fields.values(b"accept-encoding"));
        coding.is_in(lists.into_iter().flatten())
    }

    /// Why this request is not to be served, if it is not.
    #[must_use]
    pub const fn refusal(&self) -> Option<Error> {
        self.refusal
    }
}

/// What the field lines say so far.
#[derive(Default)]
struct Seen<'i> {
    fields: Fields<'i>,
    host: Option<&'i [u8]>,
    length: Option<u64>,
    transfer: Transfer,
    close: bool,
    keep_alive: bool,
    expectation: Expectation,
    accept_encoding: Option<Fields<'i>>,
    conditions: Conditions<'i>,
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
    /// Takes in one field line, with which `from` begins. The length of its name rules out nearly all others at once.
    #[inline]
    fn note(&mut self, name: &[u8], value: &'i [u8], from: &'i [u8]) -> Result<(), Error> {
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        let conditions = &mut self.conditions;
        match name.len() {
            4 if is(b"host") => return self.host(value),
            5 if is(b"range") => once(&mut conditions.range, value),
            6 if is(b"expect") => self.expectation(value),
            8 if is(b"if-match") => list(&mut conditions.if_match, from),
            8 if is(b"if-range") => once(&mut conditions.if_range, value),
            10 if is(b"connection") => self.connection(value),
            13 if is(b"if-none-match") => list(&mut conditions.if_none_match, from),
            14 if is(b"content-length") => return self.length(value),
            15 if is(b"accept-encoding") => list(&mut self.accept_encoding, from),
            17 if is(b"if-modified-since") => once(&mut conditions.if_modified_since, value),
            17 if is(b"transfer-encoding") => self.transfer(value),
            19 if is(b"if-unmodified-since") => once(&mut conditions.if_unmodified_since, value),
            _ => {}
        }
        Ok(())
    }

    /// Host = uri-host [ ":" port ]     (RFC 9110, 7.2)
    fn host(&mut self, value: &'i [u8]) -> Result<(), Error> {
        if !is_host(value) {
            return Err(Error::HostSyntax);
        }
        match self.host.replace(value) {
            None => Ok(()),
            Some(_) => Err(Error::HostRepeated),
        }
    }

    /// Content-Length = 1*DIGIT     (RFC 9110, 8.6)
    ///
    /// Departure: a list of equal values may be taken for one; here it is refused.
    fn length(&mut self, value: &[u8]) -> Result<(), Error> {
        match self.length.replace(number(value).ok_or(Error::LengthSyntax)?) {
            None => Ok(()),
            Some(_) => Err(Error::LengthRepeated),
        }
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
    fn request(self, line: super::RequestLine<'i>) -> Result<Request<'i>, Error> {
        let super::RequestLine { method, target, version } = line;
        if self.host.is_none() && version == Version::Http11 {
            return Err(Error::HostMissing);
        }
        let framing = self.framing(method, version)?;
        match method {
            Method::Get | Method::Head => {}
            Method::Other(_) => return Err(Error::MethodUnknown),
            _ => return Err(Error::MethodNotAllowed),
        }
        if matches!(framing, Framing::Length(length) if length > MAX_CONTENT) {
            return Err(Error::ContentTooLong);
        }
        // HTTP/1.0 has no expectations: there the field is to be ignored.
        let persists = match (version, self.expectation) {
            (Version::Http10, _) => self.keep_alive,
            (Version::Http11, Expectation::None) => true,
            (Version::Http11, Expectation::Continue) => framing == Framing::Length(0),
            (Version::Http11, Expectation::Unknown) => return Err(Error::ExpectationUnknown),
        };
        Ok(Request {
            method,
            target,
            version,
            fields: self.fields,
            host: target.authority().or(self.host),
            framing,
            closes: self.close || !persists,
            accept_encoding: self.accept_encoding,
            conditions: self.conditions,
            refusal: None,
        })
    }

    /// Message body length (RFC 9112, 6.3, for requests).
    fn framing(&self, method: Method<'_>, version: Version) -> Result<Framing, Error> {
        let old = version == Version::Http10;
        match (self.transfer, self.length) {
            (Transfer::None, Some(length)) => Ok(Framing::Length(length)),
            // The content of an HTTP/1.1 request without either is empty; in HTTP/1.0 it may have
            // been meant to go on to the end of the connection.
            (Transfer::None, None) => match method {
                Method::Patch | Method::Post | Method::Put if old => Err(Error::LengthRequired),
                _ => Ok(Framing::Length(0)),
            },
            (_, Some(_)) => Err(Error::LengthAndCoding),
            _ if old => Err(Error::CodingInOldVersion),
            (Transfer::Chunked, None) => Ok(Framing::Chunked),
            (Transfer::OthersChunked, None) => Err(Error::CodingUnknown),
            (Transfer::Others | Transfer::Broken, None) => Err(Error::CodingNotChunked),
        }
    }
}

/// Remembers where a list begins.
fn list<'i>(place: &mut Option<Fields<'i>>, from: &'i [u8]) {
    place.get_or_insert(Fields::new(from));
}

/// Keeps the only value of a field, or one that is invalid.
fn once<'i>(place: &mut Option<&'i [u8]>, value: &'i [u8]) {
    *place = Some(if place.is_some() { &[] } else { value });
}

/// A server should skip an empty line before a request, which some clients send behind their
/// content (RFC 9112, 2.2).
fn without_empty_lines(mut head: &[u8]) -> &[u8] {
    while let Some(rest) = head.strip_prefix(b"\r\n") {
        head = rest;
    }
    head
}

#[cfg(test)]
mod tests;
