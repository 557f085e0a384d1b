//! The request target, and the way from it to a path that cannot leave its root.

use super::syntax::{HOST, PATH, hex, host_run, is, number, path_run, split};
use super::{Error, Method};

/// A request target (RFC 9112, 3.2), split into its parts and not yet decoded.
///
/// ```
/// use antiphon_protocol::http::{Target, TargetForm, request_line};
///
/// let target = Target::parse(b"http://localhost:5000/a?b")?;
/// assert_eq!(target.form(), TargetForm::Absolute);
/// assert_eq!(target.authority(), Some(&b"localhost:5000"[..]));
/// assert_eq!((target.path(), target.query()), (&b"/a"[..], Some(&b"b"[..])));
///
/// let target = request_line(b"CONNECT localhost:5000 HTTP/1.1")?.target;
/// assert_eq!(target.form(), TargetForm::Authority);
/// assert_eq!(target.authority(), Some(&b"localhost:5000"[..]));
/// assert_eq!((target.path(), target.query()), (&b""[..], None));
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Target<'i> {
    /// The whole of it: visible ASCII. Only where it is a path, it begins with a slash.
    raw: &'i [u8],
    parts: Parts,
}

/// Where the parts of a target are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Parts {
    /// Where the authority begins, if there is one, else 0: it ends where the path begins.
    authority: usize,
    /// Where the path begins, with a slash unless it is empty.
    path: usize,
    /// Where it ends: `authority <= path <= path_end <= raw.len()`; a question mark and the query
    /// may follow.
    path_end: usize,
}

/// The forms of a request target (RFC 9112, 3.2). Those without a path are for methods that no
/// file has, so requests with them are refused.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TargetForm {
    /// `http://host/path?query`, as for a proxy; every server must accept it.
    Absolute,
    /// `*`, the server as a whole: for OPTIONS alone.
    Asterisk,
    /// `host:port`, where CONNECT leads, and nothing else does.
    Authority,
    /// `/path?query`, as clients send it.
    Origin,
}

/// A decoded path relative to the root: its names joined by single slashes, each of at least one
/// byte, none `.` or `..`, none with a slash, a backslash or a control byte. The root itself is the
/// empty path.
///
/// It can only be made by [`Target::decode`], so whoever has one has these promises.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Path<'p> {
    names: &'p [u8],
    directory: bool,
}

impl Target<'static> {
    /// The root, without a query.
    pub const ROOT: Self = Self { raw: b"/", parts: Parts { authority: 0, path: 0, path_end: 1 } };
}

impl<'i> Target<'i> {
    /// Takes a target of visible ASCII apart, as GET has it.
    ///
    /// ```text
    /// origin-form   = absolute-path [ "?" query ]                         (RFC 9112, 3.2.1)
    /// absolute-form = absolute-URI = "http" "://" authority path-abempty [ "?" query ]
    /// ```
    ///
    /// What begins with `https` is refused: it may be served only over a connection that is secured
    /// for that very host (RFC 9110, 7.4), of which nothing is known here.
    ///
    /// # Errors
    ///
    /// [`Error::TargetSyntax`], [`Error::TargetAsterisk`], [`Error::TargetForm`],
    /// [`Error::TargetHost`] (userinfo too, as RFC 9110, 4.2.4 advises), [`Error::TargetSecured`],
    /// [`Error::TargetFragment`].
    pub fn parse(raw: &'i [u8]) -> Result<Self, Error> {
        if raw.is_empty() || !raw.iter().all(u8::is_ascii_graphic) {
            return Err(Error::TargetSyntax);
        }
        Self::for_method(Method::Get, raw, path_run(raw))
    }

    /// In which form it came.
    #[must_use]
    pub const fn form(&self) -> TargetForm {
        match self.raw {
            [b'/', ..] => TargetForm::Origin,
            b"*" => TargetForm::Asterisk,
            // In an absolute one the scheme stands before it.
            _ if self.parts.authority == 0 => TargetForm::Authority,
            _ => TargetForm::Absolute,
        }
    }

    /// The path, percent-encoded as it came; `/` where an absolute address has none, and empty in
    /// the forms that have no path.
    #[must_use]
    pub fn path(&self) -> &'i [u8] {
        match self.raw.get(self.parts.path..self.parts.path_end).unwrap_or_default() {
            [] if self.form() == TargetForm::Absolute => b"/",
            path => path,
        }
    }

    /// What follows the question mark, where there is one.
    #[must_use]
    pub fn query(&self) -> Option<&'i [u8]> {
        self.raw.get(self.parts.path_end.checked_add(1)?..)
    }

    /// Host and port: of an absolute address, where they win over the field Host (RFC 9112, 3.2.2),
    /// or those that CONNECT leads to. An absolute one may have no port.
    #[must_use]
    pub fn authority(&self) -> Option<&'i [u8]> {
        match self.form() {
            TargetForm::Absolute | TargetForm::Authority => {
                self.raw.get(self.parts.authority..self.parts.path)
            }
            TargetForm::Asterisk | TargetForm::Origin => None,
        }
    }

    /// The whole target as it came.
    #[must_use]
    pub const fn as_bytes(&self) -> &'i [u8] {
        self.raw
    }

    /// Decodes the path once into `memory` and resolves its dots there (RFC 3986, 5.2.4), in one
    /// pass: dots are looked at after decoding, since `%2e` is a dot (RFC 3986, 2.3).
    ///
    /// Until they are resolved, dots take room too. As much memory as [`Target::path`] is long
    /// always suffices: nothing grows by being decoded.
    ///
    /// A decoded `%25` is a percent sign and nothing more; whoever decoded again could be led out.
    ///
    /// ```
    /// use antiphon_protocol::http::{Error, Target};
    ///
    /// let mut memory = [0; 64];
    /// let path = Target::parse(b"/a//b%20c/%2e%2e/./d")?.decode(&mut memory)?;
    /// assert_eq!(path.as_bytes(), b"a/d");
    /// let outside = Target::parse(b"/a/../%2e./etc/passwd")?.decode(&mut memory);
    /// assert_eq!(outside, Err(Error::PathAboveRoot));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The variants of [`Error`] that begin with `Path`, [`Error::TargetSyntax`] for a byte that
    /// no path may show, and [`Error::TargetAsterisk`] or [`Error::TargetForm`] if there is none.
    pub fn decode<'p>(&self, memory: &'p mut [u8]) -> Result<Path<'p>, Error> {
        let path = match (self.path(), self.form()) {
            ([b'/', path @ ..], _) => path,
            (_, TargetForm::Asterisk) => return Err(Error::TargetAsterisk),
            _ => return Err(Error::TargetForm),
        };
        let (mut len, mut directory) = (0, true);
        for segment in path.split(|&byte| byte == b'/') {
            (len, directory) = push(segment, memory, len)?;
        }
        let names = memory.get(..len).unwrap_or_default();
        Ok(Path { names, directory })
    }

    /// Takes apart a target that is known to be visible ASCII and not empty, with neither `?` nor
    /// `#` before `path_end`.
    #[inline]
    pub(super) fn for_method(
        method: Method<'_>,
        raw: &'i [u8],
        path_end: usize,
    ) -> Result<Self, Error> {
        let parts = match (method, raw) {
            (Method::Connect, _) => Parts::tunnel(raw)?,
            (_, [b'/', ..]) => Parts { authority: 0, path: 0, path_end },
            // As CONNECT, well-formed, for a server that does such things.
            (Method::Options, b"*") => Parts::none(raw),
            (_, b"*") => return Err(Error::TargetAsterisk),
            _ => Parts::absolute(raw)?,
        };
        match raw.get(parts.path_end..) {
            None | Some([]) => {}
            Some([b'?', query @ ..]) if memchr::memchr(b'#', query).is_none() => {}
            _ => return Err(Error::TargetFragment),
        }
        Ok(Self { raw, parts })
    }
}

impl Parts {
    /// Where CONNECT leads: unlike elsewhere, neither host nor port may be left out.
    ///
    /// ```text
    /// authority-form = uri-host ":" port                                  (RFC 9112, 3.2.3)
    /// ```
    #[cold]
    fn tunnel(raw: &[u8]) -> Result<Self, Error> {
        match host_and_port(raw) {
            Some(([_, ..], port)) if matches!(number(port), Some(1..=0xFFFF)) => {
                Ok(Self::none(raw))
            }
            _ => Err(Error::TargetForm),
        }
    }

    #[cold]
    fn absolute(raw: &[u8]) -> Result<Self, Error> {
        let colon = memchr::memchr(b':', raw).ok_or(Error::TargetForm)?;
        let (scheme, rest) = split(raw, colon);
        let rest = rest.strip_prefix(b"://").ok_or(Error::TargetForm)?;
        let secured = scheme.eq_ignore_ascii_case(b"https");
        if !secured && !scheme.eq_ignore_ascii_case(b"http") {
            return Err(Error::TargetForm);
        }
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
        let (authority, rest) = split(rest, end.unwrap_or(rest.len()));
        if !matches!(host_and_port(authority), Some(([_, ..], _))) {
            return Err(Error::TargetHost);
        }
        if secured {
            return Err(Error::TargetSecured);
        }
        let path = raw.len().saturating_sub(rest.len());
        let authority = path.saturating_sub(authority.len());
        let path_end = path.saturating_add(path_run(rest));
        Ok(Self { authority, path, path_end })
    }

    /// Of a target that names no file: all of it stands where an authority would.
    const fn none(raw: &[u8]) -> Self {
        Self { authority: 0, path: raw.len(), path_end: raw.len() }
    }
}

impl<'p> Path<'p> {
    /// The path, without a slash at either end.
    #[must_use]
    pub const fn as_bytes(&self) -> &'p [u8] {
        self.names
    }

    /// The names from the root on; none for the root itself.
    pub fn names(&self) -> impl Iterator<Item = &'p [u8]> + use<'p> {
        self.names.split(|&byte| byte == b'/').filter(|name| !name.is_empty())
    }

    /// Whether it can only be a directory: it is the root, or was written with a slash or a dot
    /// segment at its end. A file is not found under such a path, and a directory under another
    /// has [`Lookup::Moved`](super::Lookup::Moved).
    #[must_use]
    pub const fn is_directory(&self) -> bool {
        self.directory
    }
}

/// Whether `text` can be `uri-host [ ":" port ]` (RFC 9110, 7.2); empty is allowed there.
///
/// ```text
/// host = IP-literal / IPv4address / reg-name          (RFC 3986, 3.2.2)
/// IP-literal = "[" ( IPv6address / IPvFuture ) "]"
/// reg-name = *( unreserved / pct-encoded / sub-delims )
/// port = *DIGIT
/// ```
pub(super) fn is_host(text: &[u8]) -> bool {
    without_host(text).is_some_and(is_port)
}

/// The two parts of such a text, either of which may be empty.
fn host_and_port(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = without_host(text).filter(|rest| is_port(rest))?;
    let host = split(text, text.len().saturating_sub(rest.len())).0;
    Some((host, rest.get(1..).unwrap_or_default()))
}

/// Whether `rest` is nothing, or a port and the colon before it.
#[inline]
fn is_port(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        [b':', port @ ..] => port.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// What follows the host, which may be empty.
#[inline]
fn without_host(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'[', literal @ ..] => without_address(literal),
        _ => Some(without_name(text)),
    }
}

/// What follows the longest `reg-name` at the front.
fn without_name(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = split(rest, host_run(rest)).1;
        match rest {
            [b'%', high, low, after @ ..] if hex(*high).and(hex(*low)).is_some() => rest = after,
            _ => return rest,
        }
    }
}

/// What follows an address and its closing bracket, if they are there.
///
/// ```text
/// IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
/// ```
#[cold]
fn without_address(text: &[u8]) -> Option<&[u8]> {
    let (address, rest) = split(text, memchr::memchr(b']', text)?);
    let is_valid = match address {
        [b'v' | b'V', future @ ..] => {
            let dot = memchr::memchr(b'.', future)?;
            let (version, address) = (future.get(..dot)?, future.get(dot.checked_add(1)?..)?);
            !version.is_empty()
                && !address.is_empty()
                && version.iter().all(|&digit| hex(digit).is_some())
                && address.iter().all(|&byte| is(byte, HOST) || byte == b':')
        }
        _ => is_ipv6(address),
    };
    if is_valid { rest.get(1..) } else { None }
}

/// Whether `text` is an IPv6 address: eight groups, of which `::` stands for one or more, once. No
/// zone follows it: the text of RFC 3986 has none.
///
/// That of core is not used, for it can panic as far as the linker sees.
///
/// ```text
/// IPv6address = 6( h16 ":" ) ls32 / [ *6( h16 ":" ) h16 ] "::" / ..     (RFC 3986, 3.2.2)
/// ```
fn is_ipv6(text: &[u8]) -> bool {
    match text.windows(2).position(|pair| pair == b"::") {
        Some(at) => {
            let (before, after) = split(text, at);
            let groups =
                groups(before, false).zip(after.get(2..).and_then(|end| groups(end, true)));
            groups.is_some_and(|(before, after)| before.saturating_add(after) < 8)
        }
        None => groups(text, true) == Some(8),
    }
}

/// How many groups there are, if they are well-formed; an IPv4 address at the end of all is two.
///
/// ```text
/// h16  = 1*4HEXDIG
/// ls32 = ( h16 ":" h16 ) / IPv4address
/// ```
fn groups(text: &[u8], is_end: bool) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let is_group =
        |part: &[u8]| matches!(part.len(), 1..=4) && part.iter().all(|&byte| hex(byte).is_some());
    let mut parts = text.split(|&byte| byte == b':');
    let last = match parts.next_back()? {
        last if is_group(last) => 1,
        last if is_end && is_ipv4(last) => 2,
        _ => return None,
    };
    parts.try_fold(last, |count: usize, part| is_group(part).then(|| count.saturating_add(1)))
}

/// ```text
/// IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet     (RFC 3986, 3.2.2)
/// dec-octet   = 0 to 255, without leading zeros
/// ```
fn is_ipv4(text: &[u8]) -> bool {
    let is_octet = |part: &[u8]| match part {
        [b'0', _, ..] => false,
        _ => number(part).is_some_and(|octet| octet <= 255),
    };
    let parts = text.split(|&byte| byte == b'.');
    parts.clone().count() == 4 && parts.clone().all(is_octet)
}

/// Decodes `segment` behind the first `len` bytes of `memory`, and says how long the path is then
/// and whether it ended in a directory. Every name but the first has a slash before it.
fn push(segment: &[u8], memory: &mut [u8], len: usize) -> Result<(usize, bool), Error> {
    if segment.is_empty() {
        return Ok((len, true));
    }
    let start = if len == 0 { 0 } else { put(b'/', memory, len)? };
    let mut end = start;
    let mut rest = segment;
    while let Some((byte, after)) = decoded(rest)? {
        end = put(byte, memory, end)?;
        rest = after;
    }
    match memory.get(start..end).unwrap_or_default() {
        b"." => Ok((len, true)),
        b".." if len == 0 => Err(Error::PathAboveRoot),
        b".." => {
            let path = memory.get(..len).unwrap_or_default();
            Ok((path.iter().rposition(|&byte| byte == b'/').unwrap_or(0), true))
        }
        _ => Ok((end, false)),
    }
}

fn put(byte: u8, memory: &mut [u8], at: usize) -> Result<usize, Error> {
    *memory.get_mut(at).ok_or(Error::PathTooLong)? = byte;
    Ok(at.saturating_add(1))
}

/// The first byte of a segment after decoding, and the rest.
///
/// ```text
/// pchar       = unreserved / pct-encoded / sub-delims / ":" / "@"      (RFC 3986, 3.3)
/// pct-encoded = "%" HEXDIG HEXDIG                                      (RFC 3986, 2.1)
/// ```
///
/// Departure: `[`, `]`, `^`, `` ` ``, `{`, `|` and `}` are taken as they are, since browsers send
/// them so (URL Standard, "path percent-encode set").
fn decoded(segment: &[u8]) -> Result<Option<(u8, &[u8])>, Error> {
    match segment {
        [] => Ok(None),
        [b'%', high, low, rest @ ..] => {
            let (high, low) = hex(*high).zip(hex(*low)).ok_or(Error::PathEscape)?;
            match high.wrapping_shl(4) | low {
                b'/' => Err(Error::PathEncodedSlash),
                b'\\' => Err(Error::PathBackslash),
                byte if byte.is_ascii_control() => Err(Error::PathControl),
                byte => Ok(Some((byte, rest))),
            }
        }
        [b'%', ..] => Err(Error::PathEscape),
        [b'\\', ..] => Err(Error::PathBackslash),
        [byte, rest @ ..] if is(*byte, PATH) => Ok(Some((*byte, rest))),
        _ => Err(Error::TargetSyntax),
    }
}

#[cfg(test)]
mod tests;
