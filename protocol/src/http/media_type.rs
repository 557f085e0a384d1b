//! What a file is, by its name, and the codings it may be kept in.

use super::syntax::{members, trim};

/// The media type for a file of this name, by the last part after a dot, in any case;
/// `application/octet-stream` if nobody knows.
///
/// ```
/// use antiphon_protocol::http::media_type;
///
/// assert_eq!(media_type(b"a/index.HTML"), "text/html; charset=utf-8");
/// assert_eq!(media_type(b"photo.jpeg"), "image/jpeg");
/// assert_eq!(media_type(b"Makefile"), "application/octet-stream");
/// ```
#[must_use]
pub fn media_type(name: &[u8]) -> &'static str {
    let name = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
    let extension = name.rsplit(|&byte| byte == b'.').next().filter(|part| part.len() < name.len());
    let mut known = MEDIA_TYPES.iter();
    let found = extension.and_then(|extension| {
        known.find(|(known, _)| extension.eq_ignore_ascii_case(known.as_bytes()))
    });
    found.map_or("application/octet-stream", |(_, media_type)| media_type)
}

/// A content coding (RFC 9110, 8.4.1, and RFC 7932) that files may be kept in beside themselves.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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
            if coding.eq_ignore_ascii_case(self.as_str().as_bytes()) {
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
