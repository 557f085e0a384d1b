//! Conditional requests: what a client already has, and whether it is still the same.

use core::iter;

use nom::Parser as _;
use nom::bytes::complete::{tag, take_while};
use nom::combinator::opt;
use nom::sequence::delimited;

use super::names::Name;
use super::syntax::{Broken, ENTITY_TAG, Parsed, is};
use super::{Method, Request, Timestamp};

/// An entity tag: an opaque name for one state of a file (RFC 9110, 8.8.3).
///
/// ```
/// use antiphon_protocol::http::EntityTag;
///
/// let weak = EntityTag::parse(b"W/\"1\"").unwrap();
/// let strong = EntityTag::strong(b"1").unwrap();
/// assert!(weak.weakly_equals(strong) && !weak.strongly_equals(strong));
/// assert_eq!(EntityTag::strong(b"no \"quotes\""), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct EntityTag<'t> {
    weak: bool,
    /// Without the quotes; all of it is [`ENTITY_TAG`].
    opaque: &'t [u8],
}

impl<'t> EntityTag<'t> {
    /// A tag that changes with every byte of the file, if `opaque` can stand between quotes.
    #[must_use]
    pub fn strong(opaque: &'t [u8]) -> Option<Self> {
        opaque.iter().all(|&byte| is(byte, ENTITY_TAG)).then_some(Self { weak: false, opaque })
    }

    /// A tag that may outlive small changes.
    #[must_use]
    pub fn weak(opaque: &'t [u8]) -> Option<Self> {
        Self::strong(opaque).map(|tag| Self { weak: true, ..tag })
    }

    /// Reads one tag, and nothing more.
    #[must_use]
    pub fn parse(text: &'t [u8]) -> Option<Self> {
        match entity_tag(text) {
            Ok(([], tag)) => Some(tag),
            _ => None,
        }
    }

    /// What stands between the quotes.
    #[must_use]
    pub const fn opaque(self) -> &'t [u8] {
        self.opaque
    }

    /// Whether it begins with `W/`.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        self.weak
    }

    /// Strong comparison: equal, and neither of them weak (RFC 9110, 8.8.3.2).
    #[must_use]
    pub fn strongly_equals(self, other: EntityTag<'_>) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// Weak comparison: equal, weak or not (RFC 9110, 8.8.3.2).
    #[must_use]
    pub fn weakly_equals(self, other: EntityTag<'_>) -> bool {
        self.opaque == other.opaque
    }
}

/// What names the present state of a file.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Validators<'t> {
    /// Its entity tag.
    pub etag: Option<EntityTag<'t>>,
    /// When it was last changed.
    pub modified: Option<Timestamp>,
}

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The client has it already: 304.
    NotModified,
    /// What the client speaks of is no longer there: 412.
    PreconditionFailed,
    /// Serve it, and only the part that was asked for if `part` is true.
    Serve {
        /// Whether a Range field is to be obeyed.
        part: bool,
    },
}

/// Decides on the conditions of a GET or HEAD for a file that exists, in the order of RFC 9110,
/// 13.2.2: a condition on entity tags replaces the one on dates that stands beside it.
///
/// ```
/// use antiphon_protocol::http::{EntityTag, Request, Timestamp, Validators, Verdict, evaluate};
///
/// let head = b"GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"x\", W/\"y\"\r\n\r\n";
/// let request = Request::parse(head)?;
/// let file = Validators { etag: EntityTag::strong(b"y"), modified: None };
/// assert_eq!(evaluate(&request, file, Timestamp::new(0)), Verdict::NotModified);
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
#[must_use]
pub fn evaluate(request: &Request<'_>, file: Validators<'_>, now: Timestamp) -> Verdict {
    // An invalid date, and one that is there twice, is as if it were not there.
    let date = |place| request.value(place).and_then(|value| Timestamp::parse(value, now));
    let unchanged_since = |date: Timestamp| file.modified.map(|modified| modified <= date);
    // 1 and 2
    let may_go_on = if request.has(Name::IfMatch) {
        is_listed(request.values(Name::IfMatch), file.etag, |a, b| a.strongly_equals(b))
    } else {
        date(Name::IfUnmodifiedSince).and_then(unchanged_since).unwrap_or(true)
    };
    if !may_go_on {
        return Verdict::PreconditionFailed;
    }
    // 3 and 4
    let is_known = if request.has(Name::IfNoneMatch) {
        is_listed(request.values(Name::IfNoneMatch), file.etag, |a, b| a.weakly_equals(b))
    } else {
        date(Name::IfModifiedSince).and_then(unchanged_since).unwrap_or(false)
    };
    if is_known {
        return Verdict::NotModified;
    }
    // 5; a Range field has a meaning for GET only (RFC 9110, 14.2).
    let part = request.method() == Method::Get
        && request.has(Name::Range)
        && request.value(Name::IfRange).is_none_or(|value| is_same(value, file, now));
    Verdict::Serve { part }
}

/// The tags of a list, up to the first that is malformed.
///
/// ```text
/// If-Match = "*" / #entity-tag     (RFC 9110, 13.1.1, and 13.1.2 for If-None-Match)
/// ```
pub fn entity_tags(list: &[u8]) -> impl Iterator<Item = EntityTag<'_>> {
    let mut rest = list;
    let mut separated = true;
    iter::from_fn(move || {
        while let [byte @ (b' ' | b'\t' | b','), after @ ..] = rest {
            separated |= *byte == b',';
            rest = after;
        }
        let (after, tag) = entity_tag(rest).ok().filter(|_| separated)?;
        separated = false;
        rest = after;
        Some(tag)
    })
}

/// Whether `etag` is in one of the lists, or a list is `*`, which stands for any file.
fn is_listed<'v>(
    mut lists: impl Iterator<Item = &'v [u8]>,
    etag: Option<EntityTag<'_>>,
    equals: impl Fn(&EntityTag<'_>, EntityTag<'_>) -> bool,
) -> bool {
    lists.any(|list| {
        list == b"*" || etag.is_some_and(|etag| entity_tags(list).any(|tag| equals(&tag, etag)))
    })
}

/// If-Range = entity-tag / HTTP-date     (RFC 9110, 13.1.5)
///
/// Parts must come from the very same bytes, so comparison is strong. A date is taken for strong if
/// it is the file's, exactly, and that second is over, also where the file has a tag.
///
/// Departure: a date is weak unless the server knows that the file did not change twice in that
/// second (RFC 9110, 8.8.2.2), which nobody knows here. But it is for clients to send only a tag if
/// they have one, and else only a date at least a second older than the response that it came with
/// (13.1.5), and nginx and Apache rely on that; Apache waits for a minute. Were all dates refused,
/// a client that keeps nothing else would get the whole file each time it resumes; one that sends
/// Range without If-Range, as curl and wget do, would be no safer.
fn is_same(value: &[u8], file: Validators<'_>, now: Timestamp) -> bool {
    match EntityTag::parse(value) {
        Some(tag) => file.etag.is_some_and(|etag| tag.strongly_equals(etag)),
        None => {
            let modified = file.modified.filter(|modified| *modified < now);
            modified.is_some() && Timestamp::parse(value, now) == modified
        }
    }
}

/// ```text
/// entity-tag = [ weak ] opaque-tag               (RFC 9110, 8.8.3)
/// weak       = %s"W/"
/// opaque-tag = DQUOTE *etagc DQUOTE
/// ```
fn entity_tag(text: &[u8]) -> Parsed<'_, EntityTag<'_>> {
    let opaque = take_while::<_, _, Broken>(|byte| is(byte, ENTITY_TAG));
    let quoted = delimited(tag(&b"\""[..]), opaque, tag(&b"\""[..]));
    let (rest, (weak, opaque)) = (opt(tag(&b"W/"[..])), quoted).parse(text)?;
    Ok((rest, EntityTag { weak: weak.is_some(), opaque }))
}

#[cfg(test)]
mod tests;
