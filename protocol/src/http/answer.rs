//! From a request and what was found for it to the head of the response.

use core::ops::Range;

use super::names::Name;
use super::page::{error_page, error_page_len};
use super::response::{Connection, ContentRange, ResponseHead};
use super::{
    Coding, EntityTag, Error, MediaType, Method, Request, Selection, Status, Timestamp, Validators,
    Verdict, Version, evaluate, select,
};
use crate::{Full, Writer};

/// What the caller found under the path of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Lookup<'f> {
    /// A file, opened, so that all this is true of what will be sent.
    File {
        /// Bytes of it.
        len: u64,
        /// When it was last changed.
        modified: Option<Timestamp>,
        /// The name of its present state, another one for each coding.
        etag: Option<EntityTag<'f>>,
        /// By the name without the end for the coding.
        media_type: MediaType<'f>,
        /// How the file that was opened is coded.
        coding: Option<Coding>,
        /// Whether there are other codings of it.
        vary: bool,
    },
    /// Content made for this request, such as the listing of a directory.
    Made {
        /// Bytes of it.
        len: u64,
        /// What it is.
        media_type: MediaType<'f>,
    },
    /// A directory, asked for without the slash at its end.
    Moved,
    /// Nothing that can be sent, such as [`Error::NotFound`] or what decoding the path has said.
    Refused(Error),
}

impl From<Error> for Lookup<'_> {
    fn from(why: Error) -> Self {
        Self::Refused(why)
    }
}

/// A response, ready to be sent.
#[must_use]
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Head {
    /// Bytes in the output: a head, and the whole content if that is an error page.
    pub produced: usize,
    /// The part of the file to send after them; empty for HEAD and wherever no file is sent.
    pub body: Range<u64>,
    /// Whether the connection ends then.
    pub close: bool,
    /// What became of the request, or would have, if nothing was produced for want of room.
    pub status: Status,
    /// Bytes of content, in the output and in the body together.
    pub content: u64,
}

/// Answers a request: decides on its conditions and its range, and writes the head.
///
/// A refusal that [`Request::refused`] carries wins over whatever was found.
///
/// With [`MIN_OUTPUT`] bytes of output there is always an answer; a head that is longer than that,
/// by a file's etag or by the path of a directory, becomes a refusal. With less there may be
/// none: then nothing is produced, the status is that of the refusal that did not fit, and the
/// connection is to be closed.
///
/// ```
/// use antiphon_protocol::http::{Lookup, MIN_OUTPUT, MediaType, Request, Timestamp, answer};
///
/// let request = Request::parse(b"GET /a.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=-3\r\n\r\n")?;
/// let found = Lookup::File {
///     len: 10,
///     modified: Some(Timestamp::new(784_111_777)),
///     etag: None,
///     media_type: MediaType::of_file(b"a.txt"),
///     coding: None,
///     vary: false,
/// };
/// let mut output = [0; MIN_OUTPUT];
/// let head = answer(&request, &found, Timestamp::new(784_111_800), &mut output);
/// assert!(output.starts_with(b"HTTP/1.1 206 Partial Content\r\n"));
/// assert_eq!((head.body, head.close), (7..10, false));
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
pub fn answer(
    request: &Request<'_>,
    found: &Lookup<'_>,
    now: Timestamp,
    output: &mut [u8],
) -> Head {
    // What is said must not depend on how much more room there is.
    let mut writer = Writer::new(match output.get_mut(..MIN_OUTPUT) {
        Some(output) => output,
        None => output,
    });
    let reply = Reply {
        date: now,
        with_content: request.method() == Method::Get,
        close: request.closes(),
        version: request.version(),
    };
    let body = match (request.refusal(), found) {
        (Some(why), _) | (None, &Lookup::Refused(why)) => reply.refuse(why, &mut writer),
        (None, Lookup::Moved) => reply
            .page(moved(request), &"the address of a directory ends in a slash", &mut writer)
            .or_else(|Full| reply.refuse(Error::PathTooLong, &mut writer)),
        (None, _) => reply
            .serve(request, found, now, &mut writer)
            .or_else(|Full| reply.refuse(Error::Internal, &mut writer)),
    };
    reply.head(body, &writer)
}

/// What a response has behind its head.
struct Sent {
    status: Status,
    /// Bytes of an error page, in the output already.
    page: u64,
    /// The part of the file that is still to be sent.
    body: Range<u64>,
}

/// What is the same in all answers to one request.
#[derive(Clone, Copy)]
struct Reply {
    date: Timestamp,
    /// False for HEAD, whose head is otherwise the same.
    with_content: bool,
    close: bool,
    version: Version,
}

impl Reply {
    /// What the conditions and the range leave of a file.
    fn serve(
        self,
        request: &Request<'_>,
        found: &Lookup<'_>,
        now: Timestamp,
        writer: &mut Writer<'_>,
    ) -> Result<Sent, Full> {
        let (len, mut head) = describe(found, now);
        let file = Validators { etag: head.etag, modified: head.last_modified };
        let part = match evaluate(request, file, now) {
            Verdict::NotModified => return self.not_modified(head, writer),
            Verdict::PreconditionFailed => {
                return self.error_page(Error::PreconditionFailed, None, writer);
            }
            Verdict::Serve { part } => part && head.accept_ranges,
        };
        let range = if part { request.value(Name::Range) } else { None };
        let body = match range.map_or(Selection::Whole, |value| select(value, len)) {
            Selection::Unsatisfiable => {
                let range = ContentRange::unsatisfied(len);
                return self.error_page(Error::RangeNotSatisfiable, Some(range), writer);
            }
            Selection::Whole => 0..len,
            Selection::Part(part) => {
                head.status = Status::PartialContent;
                head.content_range = ContentRange::part(part.clone(), len);
                part
            }
        };
        head.content_length = Some(body.end.saturating_sub(body.start));
        let status = head.status;
        self.encode(head, writer)?;
        let body = if self.with_content { body } else { 0..0 };
        Ok(Sent { status, page: 0, body })
    }

    /// Only what helps a cache (RFC 9110, 15.4.5): Date, ETag and Vary, and Last-Modified only
    /// where there is no ETag.
    fn not_modified(self, file: ResponseHead<'_>, writer: &mut Writer<'_>) -> Result<Sent, Full> {
        let head = ResponseHead {
            etag: file.etag,
            last_modified: file.last_modified.filter(|_| file.etag.is_none()),
            vary: file.vary,
            ..ResponseHead::new(Status::NotModified)
        };
        self.encode(head, writer)?;
        Ok(Sent { status: Status::NotModified, page: 0, body: 0..0 })
    }

    /// A page, or at least its status, where there is no room for more.
    fn refuse(self, why: Error, writer: &mut Writer<'_>) -> Result<Sent, Status> {
        self.error_page(why, None, writer).map_err(|Full| why.status())
    }

    fn error_page(
        self,
        why: Error,
        range: Option<ContentRange>,
        writer: &mut Writer<'_>,
    ) -> Result<Sent, Full> {
        let head = ResponseHead { content_range: range, ..ResponseHead::new(why.status()) };
        self.page(head, &why, writer)
    }

    /// A head and, unless it answers HEAD, an error page.
    fn page(
        self,
        head: ResponseHead<'_>,
        reason: &impl core::fmt::Display,
        writer: &mut Writer<'_>,
    ) -> Result<Sent, Full> {
        let (status, len) = (head.status, error_page_len(head.status, reason));
        let head =
            ResponseHead { content_length: Some(len), content_type: Some(MediaType::HTML), ..head };
        writer.attempt(|w| {
            self.encode(head, w)?;
            if self.with_content {
                error_page(w, status, reason).map_err(|_| Full)?;
            }
            Ok(())
        })?;
        Ok(Sent { status, page: if self.with_content { len } else { 0 }, body: 0..0 })
    }

    fn encode(self, head: ResponseHead<'_>, writer: &mut Writer<'_>) -> Result<(), Full> {
        let connection = match (self.close, self.version) {
            (true, _) => Some(Connection::Close),
            (false, Version::Http10) => Some(Connection::KeepAlive),
            (false, Version::Http11) => None,
        };
        ResponseHead { date: Some(self.date), connection, ..head }.encode(writer)
    }

    /// What was sent, or the status of the refusal that did not fit.
    fn head(self, outcome: Result<Sent, Status>, writer: &Writer<'_>) -> Head {
        let close = self.close || outcome.is_err();
        let Sent { status, page, body } =
            outcome.unwrap_or_else(|status| Sent { status, page: 0, body: 0..0 });
        let content = page.saturating_add(body.end.saturating_sub(body.start));
        Head { produced: writer.len(), body, close, status, content }
    }
}

/// The length of what was found, and the head of a response with all of it.
fn describe<'f>(found: &Lookup<'f>, now: Timestamp) -> (u64, ResponseHead<'f>) {
    let head = ResponseHead::new(Status::Ok);
    match *found {
        Lookup::File { len, modified, etag, media_type, coding, vary } => {
            let head = ResponseHead {
                content_type: Some(media_type),
                content_encoding: coding,
                // A file from the future was changed now (RFC 9110, 8.8.2.1).
                last_modified: modified.map(|modified| modified.min(now)),
                etag,
                accept_ranges: true,
                vary,
                ..head
            };
            (len, head)
        }
        Lookup::Made { len, media_type } => {
            (len, ResponseHead { content_type: Some(media_type), ..head })
        }
        Lookup::Moved | Lookup::Refused(_) => (0, head),
    }
}

fn moved<'i>(request: &Request<'i>) -> ResponseHead<'i> {
    let location = Some(request.target());
    ResponseHead { location, ..ResponseHead::new(Status::MovedPermanently) }
}

/// Bytes of output with which there is always an answer.
pub const MIN_OUTPUT: usize = 4 * 1024;

#[cfg(test)]
mod tests;
