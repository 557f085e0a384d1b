//! What a frame asks for.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::space0;
use nom::combinator::{all_consuming, value};
use nom::sequence::delimited;
use nom::{IResult, Parser};

use crate::service::Service;

/// The request that a line makes, typed, and borrowed from the input.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Command<'i> {
    /// A control word.
    Control(ControlWord),
    /// The value of an arithmetic expression, see [`crate::calc`].
    Evaluate(&'i [u8]),
    /// The same line, behind the server's prefix.
    Repeat(&'i [u8]),
    /// Nothing that a line service offers: see [`is_web_request`].
    WebRequest,
}

/// The words by which a client ends things; `bye` is a word of the client program alone.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ControlWord {
    /// `exit()`: end this connection, and the server.
    Exit,
    /// `quit()`: end this connection.
    Quit,
}

impl<'i> Command<'i> {
    /// What `line`, given without its line end, asks of a service that speaks lines.
    ///
    /// ```
    /// use antiphon_protocol::{Command, ControlWord, Service};
    ///
    /// assert_eq!(Command::parse(Service::Calc, b"3+5"), Command::Evaluate(b"3+5"));
    /// assert_eq!(Command::parse(Service::Echo, b"3+5"), Command::Repeat(b"3+5"));
    /// let quit = Command::Control(ControlWord::Quit);
    /// assert_eq!(Command::parse(Service::Calc, b"quit()"), quit);
    /// ```
    #[must_use]
    pub fn parse(service: Service, line: &'i [u8]) -> Self {
        if let Some(word) = ControlWord::parse(line) {
            Self::Control(word)
        } else if is_web_request(line) {
            Self::WebRequest
        } else if service == Service::Calc {
            Self::Evaluate(line)
        } else {
            Self::Repeat(line)
        }
    }
}

impl ControlWord {
    /// All control words, in alphabetical order.
    pub const ALL: [Self; 2] = [Self::Exit, Self::Quit];

    /// The word on a line of its own, with spaces and tabs around it or none.
    #[must_use]
    pub fn parse(line: &[u8]) -> Option<Self> {
        let word: IResult<&[u8], Self> = all_consuming(delimited(
            space0,
            alt((value(Self::Quit, tag("quit()")), value(Self::Exit, tag("exit()")))),
            space0,
        ))
        .parse_complete(line);
        word.ok().map(|(_, word)| word)
    }

    /// The word as it stands on the wire, in requests and replies alike.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exit => "exit()",
            Self::Quit => "quit()",
        }
    }
}

/// Whether `line` ends as the request-line of HTTP/1.x does (RFC 9112, section 3).
///
/// A page in somebody's browser can make it send any lines to any port of the same machine, but
/// not without such a line first. Line services end the conversation there, so that no web page
/// drives a calculator, or stops it with `exit()`.
#[must_use]
pub fn is_web_request(line: &[u8]) -> bool {
    line.ends_with(b" HTTP/1.1") || line.ends_with(b" HTTP/1.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_words_stand_alone() {
        for (line, word) in [
            (&b"quit()"[..], Some(ControlWord::Quit)),
            (b"exit()", Some(ControlWord::Exit)),
            (b"\t quit() ", Some(ControlWord::Quit)),
            (b"quit()x", None),
            (b"1+quit()", None),
            (b"Quit()", None),
            (b"quit ()", None),
            (b"quit", None),
            (b"quit()\r", None),
            (b"", None),
        ] {
            assert_eq!(ControlWord::parse(line), word, "{line:?}");
        }
    }

    #[test]
    fn a_web_request_is_told_by_its_end() {
        for (line, web) in [
            (&b"GET / HTTP/1.1"[..], true),
            (b"POST /exit() HTTP/1.0", true),
            (b" HTTP/1.1", true),
            (b"GET / HTTP/1.1 ", false),
            (b"GET / HTTP/2", false),
            (b"HTTP/1.1", false),
            (b"Host: 127.0.0.1:5000", false),
        ] {
            assert_eq!(is_web_request(line), web, "{line:?}");
        }
    }
}
