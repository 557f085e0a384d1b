//! HTTP/1.1 as a small file server needs it, in pieces that stand alone: no connection, no file,
//! no clock. RFC 9110 says what things mean, RFC 9112 how they are written, RFC 3986 what an
//! address is.
//!
//! ```text
//! bytes -> HeadSearch::end -> Request::parse -> Target::decode -> (the caller looks) -> answer
//!                                          \-> Content::skip, for what the request carries
//! ```
//!
//! Where the RFCs leave a choice between strict and lenient, this is strict, since a request that
//! two programs read in two ways is how one is smuggled past the other. Every refusal is an
//! [`Error`] with a name, a [`Status`] and a reason in words.
//!
//! ```
//! use antiphon_protocol::http::{
//!     Error, HeadSearch, Lookup, MIN_OUTPUT, MediaType, Request, Timestamp, answer,
//! };
//!
//! let input = b"GET /../secret HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\n";
//! let (mut path, mut output) = ([0; 256], [0; MIN_OUTPUT]);
//!
//! let end = HeadSearch::new().end(input)?.expect("the head is complete");
//! let request = Request::parse(&input[..end])?;
//! let found = match request.target().decode(&mut path) {
//!     Ok(path) if path.as_bytes() == b"" => Lookup::Made { len: 0, media_type: MediaType::HTML },
//!     Ok(_) => Lookup::Refused(Error::NotFound),
//!     Err(why) => Lookup::Refused(why),
//! };
//! let head = answer(&request, &found, Timestamp::new(1_792_000_000), &mut output);
//! assert!(output.starts_with(b"HTTP/1.1 400 Bad Request\r\n"));
//! assert_eq!((head.body, head.close), (0..0, false));
//! # Ok::<(), Error>(())
//! ```

mod answer;
mod conditional;
mod content;
mod date;
mod error;
mod fields;
mod head;
mod media_type;
mod names;
mod page;
mod range;
mod request;
mod request_line;
mod response;
mod status;
mod syntax;
mod target;

pub use self::answer::{Head, Lookup, MIN_OUTPUT, answer};
pub use self::conditional::{EntityTag, Validators, Verdict, entity_tags, evaluate};
pub use self::content::{Content, ContentFraming, MAX_CONTENT, Piece, Skipped};
pub use self::date::Timestamp;
pub use self::error::Error;
pub use self::fields::Fields;
pub use self::head::{HeadSearch, MAX_FIELDS, MAX_HEAD, MAX_REQUEST_LINE};
pub use self::media_type::{Coding, MediaType};
pub use self::page::{Escaped, PAGE_STYLE, error_page};
pub use self::range::{Selection, select};
pub use self::request::Request;
pub use self::request_line::{Method, RequestLine, Version, request_line};
pub use self::response::{Connection, ContentRange, ResponseHead};
pub use self::status::Status;
pub use self::target::{Path, Target, TargetForm};
