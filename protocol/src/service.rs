//! What a server offers, and the bounds that follow from it.

use core::num::NonZeroU32;

use thiserror::Error;

use crate::calc;
use crate::command::{Command, ControlWord};
use crate::http;
use crate::response::{Refusal, Response};

/// One of the classic services. The set is closed, hence an enum and no trait.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Service {
    /// Each line is an arithmetic expression and is answered with its value.
    Calc,
    /// What comes in is sent back at once (RFC 862); with a prefix, line by line.
    Echo,
    /// Each client is greeted and the conversation ends.
    Greet,
    /// Files, to HTTP/1.0 and HTTP/1.1 clients; TCP only.
    Http,
    /// What comes in is sent back at once, with `a`-`z` made `A`-`Z`.
    Upper,
}

/// Where a request ends on a stream.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Framing {
    /// At the end of a line: LF or CRLF.
    #[default]
    Line,
    /// At the end of a line, or at the end of what one read returned: for the many clients that
    /// send no line end at all. How TCP cuts the stream then matters; there is no way around it.
    Message,
}

/// What a conversation is to be like; one value serves all the sessions of a server.
///
/// ```
/// use antiphon_protocol::{Service, Settings, Text};
///
/// let mut settings = Settings::new(Service::Echo);
/// settings.prefix = Some(Text::new(b"Request received as : ")?);
/// assert!(settings.speaks_lines());
/// # Ok::<(), antiphon_protocol::TextError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// What is offered.
    pub service: Service,
    /// Where a request ends on a stream. Datagrams are always one request each.
    pub framing: Framing,
    /// Stands before each line that [`Service::Echo`] returns, and makes it a line service.
    pub prefix: Option<Text>,
    /// The line with which [`Service::Greet`] greets, without its line end.
    pub greeting: Text,
    /// After how many requests a connection is closed; `None`: only when the peer asks for it.
    /// For [`Service::Echo`] and [`Service::Upper`] a line counts as a request, or with
    /// [`Framing::Message`] a read.
    pub max_requests: Option<NonZeroU32>,
}

/// A line of text from the configuration: at most [`TEXT_LIMIT`] bytes, so that it fits into any
/// reply, and no line end, because it must stay one line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Text(heapless::Vec<u8, TEXT_LIMIT>);

/// The bytes are no [`Text`].
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum TextError {
    /// A CR or LF would end the line early.
    #[error("a text must be one line, without CR or LF")]
    LineEnd,
    /// More than [`TEXT_LIMIT`] bytes.
    #[error("a text may be at most {TEXT_LIMIT} bytes long")]
    TooLong,
}

impl Service {
    /// All services, in alphabetical order.
    pub const ALL: [Self; 5] = [Self::Calc, Self::Echo, Self::Greet, Self::Http, Self::Upper];

    /// The name that command lines use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calc => "calc",
            Self::Echo => "echo",
            Self::Greet => "greet",
            Self::Http => "http",
            Self::Upper => "upper",
        }
    }

    /// How many bytes of input a driver must be able to hold, so that a session of this service
    /// never waits for more than fits (contract rule 5).
    #[must_use]
    pub const fn min_input(self) -> usize {
        match self {
            Self::Calc | Self::Echo => LINE_LIMIT.saturating_add(1),
            Self::Greet | Self::Upper => 1,
            Self::Http => http::MAX_HEAD,
        }
    }

    /// How many bytes of room a driver must be able to offer, so that every single reply of this
    /// service fits (contract rule 5).
    #[must_use]
    pub const fn min_output(self) -> usize {
        match self {
            Self::Calc | Self::Upper => ERROR_LIMIT,
            Self::Echo => TEXT_LIMIT.saturating_add(LINE_LIMIT).saturating_add(2),
            Self::Greet => TEXT_LIMIT.saturating_add(2),
            Self::Http => http::MIN_OUTPUT,
        }
    }
}

impl Settings {
    /// The usual conversation of a service: line framing, no prefix, no end of requests.
    #[must_use]
    pub fn new(service: Service) -> Self {
        Self {
            service,
            framing: Framing::default(),
            prefix: None,
            greeting: Text::new(GREETING).unwrap_or_default(),
            max_requests: None,
        }
    }

    /// Whether requests are lines that are interpreted, control words among them; otherwise bytes
    /// are answered as they come, and none of them means anything.
    #[must_use]
    pub const fn speaks_lines(&self) -> bool {
        match self.service {
            Service::Calc => true,
            Service::Echo => self.prefix.is_some(),
            Service::Greet | Service::Http | Service::Upper => false,
        }
    }

    /// What the service says to `command`; `may_exit`: whether this peer may end the server.
    #[must_use]
    pub fn respond<'r>(&'r self, command: Command<'r>, may_exit: bool) -> Response<'r> {
        match command {
            Command::Control(ControlWord::Exit) if !may_exit => {
                Response::Refusal(Refusal::ExitNotAllowed)
            }
            Command::Control(word) => Response::Control(word),
            Command::Evaluate(expression) => {
                calc::evaluate(expression).map_or_else(Response::Error, Response::Answer)
            }
            Command::Repeat(text) => {
                let prefix = self.prefix.as_ref().map_or(&b""[..], Text::as_bytes);
                Response::Line { prefix, text }
            }
            Command::WebRequest => Response::Refusal(Refusal::WebRequest),
        }
    }
}

impl Text {
    /// Copies `text`.
    ///
    /// # Errors
    ///
    /// [`TextError`] if it is longer than [`TEXT_LIMIT`] or holds a line end.
    pub fn new(text: &[u8]) -> Result<Self, TextError> {
        if memchr::memchr2(b'\r', b'\n', text).is_some() {
            return Err(TextError::LineEnd);
        }
        heapless::Vec::from_slice(text).map(Self).map_err(|_| TextError::TooLong)
    }

    /// The text itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// The longest line of a request in bytes, counted up to its LF: a CR before it counts.
pub const LINE_LIMIT: usize = 1024;

/// The longest prefix or greeting in bytes.
pub const TEXT_LIMIT: usize = 256;

/// The longest `Answer is ...` or `Error: ...` line in bytes, with its line end: asserted by the
/// tests of `response`.
const ERROR_LIMIT: usize = 192;

/// What the classroom's greeting server says.
const GREETING: &[u8] = b"Message received. Thank you for connecting";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_short_line() {
        assert_eq!(Text::new(b"a\nb"), Err(TextError::LineEnd));
        assert_eq!(Text::new(b"a\r"), Err(TextError::LineEnd));
        assert_eq!(Text::new(&[b'x'; TEXT_LIMIT + 1]), Err(TextError::TooLong));
        assert_eq!(Text::new(&[b'x'; TEXT_LIMIT]).unwrap().as_bytes().len(), TEXT_LIMIT);
    }

    #[test]
    fn the_default_greeting_is_a_text() {
        assert_eq!(Settings::new(Service::Greet).greeting.as_bytes(), GREETING);
    }
}
