//! Everything that can be wrong with a request, and the status that says so.

use thiserror::Error;

use super::Status;

/// Why a request is not served; the text is the reason shown in the error page.
///
/// One variant for each rule, without a byte of the peer's: a page or a log may show it as it is.
///
/// ```
/// use antiphon_protocol::http::{Error, Status, request_line};
///
/// let error = request_line(b"GET /\tHTTP/1.1").unwrap_err();
/// assert_eq!(error, Error::TargetSyntax);
/// assert_eq!(error.status(), Status::BadRequest);
/// ```
#[derive(Clone, Copy, Debug, Eq, Error, Hash, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// A carriage return is not followed by a line feed (RFC 9112, 2.2).
    #[error("a carriage return stands alone; lines end in CR LF")]
    BareCarriageReturn,
    /// A line feed does not follow a carriage return (RFC 9112, 2.2 lets us choose).
    #[error("a line ends in a line feed alone; lines end in CR LF")]
    BareLineFeed,

    /// The request line has more than [`MAX_REQUEST_LINE`](super::MAX_REQUEST_LINE) bytes.
    #[error("the request line is too long")]
    RequestLineTooLong,
    /// The head has more than [`MAX_HEAD`](super::MAX_HEAD) bytes.
    #[error("the request line and the header fields together are too long")]
    HeadTooLong,
    /// The head has more than [`MAX_FIELDS`](super::MAX_FIELDS) field lines.
    #[error("there are too many header fields")]
    TooManyFields,
    /// The head stops before its empty line.
    #[error("the request ends in the middle of its head")]
    HeadUnfinished,

    /// The request line does not begin with a token and one space (RFC 9112, 3).
    #[error("a request begins with a method, which is one word, and one space")]
    MethodSyntax,
    /// The request target is empty, or has a byte that no address may have (RFC 9112, 3.2).
    #[error("after the method comes one address, of visible ASCII characters, and one space")]
    TargetSyntax,
    /// The request line does not end in `HTTP/` DIGIT `.` DIGIT (RFC 9112, 2.3).
    #[error("the request line ends in the version, as HTTP/1.1")]
    VersionSyntax,
    /// The version is neither HTTP/1.0 nor HTTP/1.1.
    #[error("this server speaks HTTP/1.0 and HTTP/1.1")]
    VersionUnsupported,
    /// The method is a known one that files do not have (RFC 9110, 15.5.6).
    #[error("files here can be read, with GET and HEAD, and nothing else")]
    MethodNotAllowed,
    /// The method is not one of RFC 9110 or RFC 5789; methods are case-sensitive.
    #[error("this method is not known here; methods are written in capitals")]
    MethodUnknown,

    /// `*` is an address for OPTIONS only (RFC 9112, 3.2.4).
    #[error("the address * belongs to OPTIONS")]
    TargetAsterisk,
    /// Neither `/path` nor `http://host/path`; or, for CONNECT, not `host:port` (RFC 9112, 3.2).
    #[error("an address is a path that begins with /, or begins with http://")]
    TargetForm,
    /// The host of an absolute address is missing or has a byte that no host may have.
    #[error("the host in the address is missing or malformed")]
    TargetHost,
    /// An `https` address, over a connection that nothing has secured (RFC 9110, 7.4).
    #[error("an address with https is for a secured connection, which this one is not")]
    TargetSecured,
    /// A fragment (`#`) was sent, which is never part of a request (RFC 9110, 7.1).
    #[error("the part after # stays with the client and is never sent")]
    TargetFragment,

    /// A `%` is not followed by two hexadecimal digits (RFC 3986, 2.1).
    #[error("after % in a path come two hexadecimal digits")]
    PathEscape,
    /// A control byte, NUL among them, is in the decoded path.
    #[error("a path has no control characters")]
    PathControl,
    /// A backslash is in the decoded path; some systems take it for a slash.
    #[error("a path has no backslash")]
    PathBackslash,
    /// `%2F`: data for some, a separator for others, so for us neither.
    #[error("a slash in a path is written as it is, not as an escape")]
    PathEncodedSlash,
    /// More `..` than there are directories above.
    #[error("the path leads above the root")]
    PathAboveRoot,
    /// The decoded path does not fit where the caller wants it.
    #[error("the path is too long")]
    PathTooLong,

    /// A line begins with a blank: a folded field, long obsolete (RFC 9112, 5.2).
    #[error("a header field is folded over several lines")]
    FieldFolded,
    /// The name of a field is empty or not a token, or no colon follows (RFC 9110, 5.1).
    #[error("a header field is a name of letters, digits and dashes, a colon and a value")]
    FieldName,
    /// A blank stands before the colon (RFC 9112, 5.1).
    #[error("a blank stands between the name of a header field and its colon")]
    FieldBlankBeforeColon,
    /// A control byte other than a tab is in the value of a field (RFC 9110, 5.5).
    #[error("a header field has a control character in its value")]
    FieldControl,

    /// HTTP/1.1 without Host (RFC 9112, 3.2).
    #[error("the header field Host is missing")]
    HostMissing,
    /// More than one Host (RFC 9112, 3.2).
    #[error("the header field Host is there more than once")]
    HostRepeated,
    /// Host is not `uri-host [ ":" port ]` (RFC 9110, 7.2).
    #[error("the header field Host is malformed")]
    HostSyntax,

    /// Content-Length is not `1*DIGIT` (RFC 9110, 8.6).
    #[error("Content-Length is not a number of digits alone")]
    LengthSyntax,
    /// More than one Content-Length, even if they agree (RFC 9112, 6.3).
    #[error("Content-Length is there more than once")]
    LengthRepeated,
    /// Both Content-Length and Transfer-Encoding (RFC 9112, 6.1): request smuggling.
    #[error("Content-Length and Transfer-Encoding are both there")]
    LengthAndCoding,
    /// An HTTP/1.0 request that announces content but not how much (RFC 1945, 8.3).
    #[error("content needs a Content-Length")]
    LengthRequired,
    /// Transfer-Encoding in HTTP/1.0 (RFC 9112, 6.1).
    #[error("HTTP/1.0 has no Transfer-Encoding")]
    CodingInOldVersion,
    /// `chunked` is not the last transfer coding, or is there twice (RFC 9112, 6.1 and 6.3).
    #[error("the one and last transfer coding has to be chunked")]
    CodingNotChunked,
    /// A transfer coding other than `chunked` (RFC 9112, 6.1).
    #[error("chunked is the only transfer coding known here")]
    CodingUnknown,
    /// More than [`MAX_CONTENT`](super::MAX_CONTENT) bytes of content.
    #[error("the request has too much content")]
    ContentTooLong,
    /// The chunks of the content are malformed (RFC 9112, 7.1).
    #[error("the chunks of the content are malformed")]
    ChunkSyntax,
    /// An expectation other than `100-continue` (RFC 9110, 10.1.1).
    #[error("the only expectation known here is 100-continue")]
    ExpectationUnknown,

    /// There is something, but not for the peer.
    #[error("this is not for reading")]
    Forbidden,
    /// There is nothing of this name.
    #[error("nothing here has this name")]
    NotFound,
    /// If-Match or If-Unmodified-Since does not hold (RFC 9110, 13.1).
    #[error("the file is no longer the one that the request speaks of")]
    PreconditionFailed,
    /// The range begins behind the end, or is the last 0 bytes (RFC 9110, 15.5.17).
    #[error("nothing of the range that was asked for is in the file")]
    RangeNotSatisfiable,
    /// The request did not arrive in time.
    #[error("the request took too long to arrive")]
    RequestTimeout,
    /// Something failed on this side.
    #[error("the server failed to read the file")]
    Internal,
    /// All places are taken, or the server is about to stop.
    #[error("the server is busy; try again in a moment")]
    Unavailable,
}

impl Error {
    /// The status to answer with.
    #[must_use]
    pub const fn status(self) -> Status {
        match self {
            Self::Forbidden => Status::Forbidden,
            Self::NotFound => Status::NotFound,
            Self::MethodNotAllowed => Status::MethodNotAllowed,
            Self::RequestTimeout => Status::RequestTimeout,
            Self::LengthRequired => Status::LengthRequired,
            Self::PreconditionFailed => Status::PreconditionFailed,
            Self::ContentTooLong => Status::ContentTooLarge,
            Self::PathTooLong | Self::RequestLineTooLong => Status::UriTooLong,
            Self::RangeNotSatisfiable => Status::RangeNotSatisfiable,
            Self::ExpectationUnknown => Status::ExpectationFailed,
            Self::TargetSecured => Status::MisdirectedRequest,
            Self::HeadTooLong | Self::TooManyFields => Status::RequestHeaderFieldsTooLarge,
            Self::Internal => Status::InternalServerError,
            Self::CodingUnknown | Self::MethodUnknown => Status::NotImplemented,
            Self::Unavailable => Status::ServiceUnavailable,
            Self::VersionUnsupported => Status::HttpVersionNotSupported,
            _ => Status::BadRequest,
        }
    }
}
