//! The request line, which stands alone for reuse, and the words it is made of.

use core::fmt;

use super::syntax::{Parsed, fail, finish, path_run, split, token_run, visible_run};
use super::{Error, Target};

/// Parses a request line, without its CR LF.
///
/// ```text
/// request-line = method SP request-target SP HTTP-version     (RFC 9112, 3)
/// ```
///
/// RFC 9112 lets a server split at any whitespace; this one takes exactly one space, for where two
/// readers of one line may disagree, requests are smuggled.
///
/// How long a line may be is for the caller; in a head that is
/// [`MAX_REQUEST_LINE`](super::MAX_REQUEST_LINE).
///
/// ```
/// use antiphon_protocol::http::{Method, Version, request_line};
///
/// let line = request_line(b"GET /a%20b?c HTTP/1.1")?;
/// assert_eq!(line.method, Method::Get);
/// assert_eq!(line.target.path(), b"/a%20b");
/// assert_eq!(line.target.query(), Some(&b"c"[..]));
/// assert_eq!(line.version, Version::Http11);
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::MethodSyntax`], [`Error::TargetSyntax`], [`Error::VersionSyntax`],
/// [`Error::VersionUnsupported`], the errors of [`Target::parse`], and [`Error::TargetAsterisk`] or
/// [`Error::TargetForm`] where the form of the target does not belong to the method.
pub fn request_line(line: &[u8]) -> Result<RequestLine<'_>, Error> {
    let (rest, line) = finish(parse(line))?;
    if rest.is_empty() { Ok(line) } else { Err(Error::VersionSyntax) }
}

/// What a request line says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RequestLine<'i> {
    /// What to do.
    pub method: Method<'i>,
    /// With what.
    pub target: Target<'i>,
    /// In which version of the protocol.
    pub version: Version,
}

/// A method (RFC 9110, section 9, and RFC 5789), case-sensitive.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(missing_docs, reason = "each is named as in the RFC, where it is explained")]
pub enum Method<'i> {
    Connect,
    Delete,
    Get,
    Head,
    Options,
    Patch,
    Post,
    Put,
    Trace,
    /// Any other token.
    Other(&'i [u8]),
}

impl<'i> Method<'i> {
    /// The method as it stands in a request.
    #[must_use]
    pub const fn as_bytes(self) -> &'i [u8] {
        match self {
            Self::Connect => b"CONNECT",
            Self::Delete => b"DELETE",
            Self::Get => b"GET",
            Self::Head => b"HEAD",
            Self::Options => b"OPTIONS",
            Self::Patch => b"PATCH",
            Self::Post => b"POST",
            Self::Put => b"PUT",
            Self::Trace => b"TRACE",
            Self::Other(token) => token,
        }
    }

    const fn new(token: &'i [u8]) -> Self {
        match token {
            b"CONNECT" => Self::Connect,
            b"DELETE" => Self::Delete,
            b"GET" => Self::Get,
            b"HEAD" => Self::Head,
            b"OPTIONS" => Self::Options,
            b"PATCH" => Self::Patch,
            b"POST" => Self::Post,
            b"PUT" => Self::Put,
            b"TRACE" => Self::Trace,
            _ => Self::Other(token),
        }
    }
}

/// A version of the protocol that is spoken here.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Version {
    /// HTTP/1.0: a connection ends with its response unless both sides ask for more.
    Http10,
    /// HTTP/1.1: a connection goes on unless a side asks for its end.
    Http11,
}

impl fmt::Display for Version {
    /// As it is written in a request line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http10 => "HTTP/1.0",
            Self::Http11 => "HTTP/1.1",
        })
    }
}

/// The request line at the front of a head; what ends it is for the caller.
#[inline(always)]
pub(super) fn parse(input: &[u8]) -> Parsed<'_, RequestLine<'_>> {
    let (rest, method) = method(input)?;
    let (rest, (target, path_end)) = target(rest)?;
    let (rest, version) = version(rest)?;
    match Target::for_method(method, target, path_end) {
        Ok(target) => Ok((rest, RequestLine { method, target, version })),
        Err(why) => fail(why),
    }
}

/// `method = token`, and one space (RFC 9112, 3.1).
#[inline(always)]
fn method(input: &[u8]) -> Parsed<'_, Method<'_>> {
    // Nearly all requests are this one.
    if let Some(rest) = input.strip_prefix(b"GET ") {
        return Ok((rest, Method::Get));
    }
    match split(input, token_run(input)) {
        (token @ [_, ..], [b' ', rest @ ..]) => Ok((rest, Method::new(token))),
        _ => fail(Error::MethodSyntax),
    }
}

/// A run of visible bytes, with the length of the path if it begins with one, and one space;
/// [`Target`] knows its forms (RFC 9112, 3.2).
#[inline(always)]
fn target(input: &[u8]) -> Parsed<'_, (&[u8], usize)> {
    let path_end = path_run(input);
    let len = match input.get(path_end..) {
        Some(rest @ [b'?' | b'#', ..]) => path_end.saturating_add(visible_run(rest)),
        _ => path_end,
    };
    match (input.get(..len), input.get(len..)) {
        (Some(target @ [_, ..]), Some([b' ', rest @ ..])) => Ok((rest, (target, path_end))),
        // A line that ends here is a request of HTTP/0.9, which has no version.
        (Some([_, ..]), Some([] | [b'\r' | b'\n', ..])) => fail(Error::VersionSyntax),
        _ => fail(Error::TargetSyntax),
    }
}

/// `HTTP-version = %s"HTTP" "/" DIGIT "." DIGIT` (RFC 9112, 2.3).
///
/// RFC 9110, 2.5, would have `HTTP/1.7` read as 1.1. Nobody sends it but to find out what servers
/// make of it, so it is refused like every other unknown version.
#[inline(always)]
fn version(input: &[u8]) -> Parsed<'_, Version> {
    if let Some(rest) = input.strip_prefix(b"HTTP/1.1") {
        return Ok((rest, Version::Http11));
    }
    match input.strip_prefix(b"HTTP/").unwrap_or_default() {
        [b'1', b'.', b'0', rest @ ..] => Ok((rest, Version::Http10)),
        [b'0'..=b'9', b'.', b'0'..=b'9'] => fail(Error::VersionUnsupported),
        [b'0'..=b'9', b'.', b'0'..=b'9', b'\r' | b'\n', ..] => fail(Error::VersionUnsupported),
        _ => fail(Error::VersionSyntax),
    }
}

#[cfg(test)]
mod tests;
