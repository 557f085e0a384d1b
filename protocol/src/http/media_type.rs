//! What a file is, by its name, and the codings it may be kept in.

use super::syntax::{members, trim};

/// What content is, as written in Content-Type (RFC 9110, 8.3): text that cannot split a response.
///
/// ```
/// use antiphon_protocol::http::MediaType;
///
/// assert_eq!(MediaType::of_file(b"photo.jpeg").as_str(), "image/jpeg");
/// assert!(MediaType::new("text/plain; charset=utf-8").is_some());
/// assert_eq!(MediaType::new("text/plain\r\nSet-Cookie: a=b"), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct MediaType<'t> {
    /// Not blank, and nothing but visible ASCII and spaces.
    text: &'t str,
}

impl<'t> MediaType<'t> {
    /// HTML, in UTF-8.
    pub const HTML: MediaType<'static> = MediaType { text: "text/html; charset=utf-8" };

    /// A type of which nothing is known but that it consists of bytes.
    const UNKNOWN: MediaType<'static> = MediaType { text: "application/octet-stream" };

    /// Takes `text` as a type, unless it is blank or has anything but visible ASCII and spaces.
    /// Whether there is such a type is for the caller to know.
    #[must_use]
    pub const fn new(text: &'t str) -> Option<Self> {
        let mut is_blank = true;
        let mut rest = text.as_bytes();
        while let [byte, after @ ..] = rest {
            match byte {
                b' ' => {}
                b'!'..=b'~' => is_blank = false,
                _ => return None,
            }
            rest = after;
        }
        if is_blank { None } else { Some(Self { text }) }
    }

    /// The type of a file of this name, by the last part after a dot, in any case;
    /// `application/octet-stream` if nobody knows. All text is taken for UTF-8.
    #[must_use]
    pub fn of_file(name: &[u8]) -> MediaType<'static> {
        let name = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
        let mut parts = name.rsplit(|&byte| byte == b'.');
        let extension = parts.next().filter(|part| part.len() < name.len());
        let found = extension.and_then(|extension| {
            let mut known = MEDIA_TYPES.iter();
            known.find(|(known, _)| extension.eq_ignore_ascii_case(known.as_bytes()))
        });
        found.map_or(Self::UNKNOWN, |&(_, text)| MediaType { text })
    }

    /// As written in Content-Type.
    #[must_use]
    pub const fn as_str(self) -> &'t str {
        self.text
    }
}

/// A content coding (RFC 9110, 8.4.1, and RFC 7932) that files may be kept in beside themselves.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Coding {
    /// `br`, in files that end in `.br`.
    Brotli,
    /// `gzip`, in files that end in `.gz`.
    Gzip,
}

impl Coding {
    /// As written in Content-Encoding.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Whether a client takes it that sent these values of Accept-Encoding.
    ///
    /// ```text
    /// Accept-Encoding = #( codings [ weight ] )                        (RFC 9110, 12.5.3)
    /// codings         = content-coding / "identity" / "*"
    /// weight          = OWS ";" OWS "q=" qvalue                        (RFC 9110, 12.4.2)
    /// qvalue          = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
    /// ```
    ///
    /// Which coding it likes better is not asked: weights other than 0 are hardly ever sent, and
    /// the smaller file is the better one for all.
    pub(super) fn is_in<'v>(self, lists: impl Iterator<Item = &'v [u8]>) -> bool {
        let (mut named, mut others) = (None, false);
        for member in lists.flat_map(members) {
            let mut parts = member.splitn(2, |&byte| byte == b';').map(trim);
            let coding = parts.next().unwrap_or_default();
            let wanted = parts.next().is_none_or(is_positive);
            let is = |name: &str| coding.eq_ignore_ascii_case(name.as_bytes());
            // gzip has an old name, which is to be taken for the new one (RFC 9110, 8.4.1.3).
            if is(self.as_str()) || self == Self::Gzip && is("x-gzip") {
                named = Some(wanted);
            } else if coding == b"*" {
                others = wanted;
            }
        }
        named.unwrap_or(others)
    }
}

/// Whether a weight is well-formed and more than nothing; the plain file is right for all others.
fn is_positive(weight: &[u8]) -> bool {
    match weight {
        [b'q' | b'Q', b'=', b'1'] => true,
        [b'q' | b'Q', b'=', b'1', b'.', digits @ ..] => {
            digits.len() <= 3 && digits.iter().all(|&digit| digit == b'0')
        }
        [b'q' | b'Q', b'=', b'0', b'.', digits @ ..] => {
            digits.len() <= 3
                && digits.iter().all(u8::is_ascii_digit)
                && digits.iter().any(|&digit| digit != b'0')
        }
        _ => false,
    }
}

/// Extensions and their types: the WHATWG's and IANA's names, and UTF-8 for all text.
const MEDIA_TYPES: [(&str, &str); 57] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("svg", "image/svg+xml"),
    ("json", "application/json"),
    ("txt", "text/plain; charset=utf-8"),
    ("7z", "application/x-7z-compressed"),
    ("aac", "audio/aac"),
    ("apng", "image/apng"),
    ("atom", "application/atom+xml"),
    ("avif", "image/avif"),
    ("bmp", "image/bmp"),
    ("br", "application/octet-stream"),
    ("bz2", "application/x-bzip2"),
    ("c", "text/plain; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("epub", "application/epub+zip"),
    ("flac", "audio/flac"),
    ("gif", "image/gif"),
    ("gz", "application/gzip"),
    ("h", "text/plain; charset=utf-8"),
    ("htm", "text/html; charset=utf-8"),
    ("ico", "image/vnd.microsoft.icon"),
    ("ics", "text/calendar; charset=utf-8"),
    ("jpeg", "image/jpeg"),
    ("jsonld", "application/ld+json"),
    ("log", "text/plain; charset=utf-8"),
    ("m4a", "audio/mp4"),
    ("map", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("opus", "audio/ogg"),
    ("otf", "font/otf"),
    ("pdf", "application/pdf"),
    ("py", "text/plain; charset=utf-8"),
    ("rs", "text/plain; charset=utf-8"),
    ("rss", "application/rss+xml"),
    ("tar", "application/x-tar"),
    ("tiff", "image/tiff"),
    ("toml", "text/plain; charset=utf-8"),
    ("ttf", "font/ttf"),
    ("wasm", "application/wasm"),
    ("wav", "audio/wav"),
    ("webm", "video/webm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xhtml", "application/xhtml+xml"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

#[cfg(test)]
mod tests;
