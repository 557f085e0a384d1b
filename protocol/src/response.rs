//! What a line service answers: written by the server's session, read back by a client.

use core::fmt::Write as _;

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::combinator::{map_opt, rest};
use nom::sequence::preceded;
use nom::{IResult, Parser};
use thiserror::Error;

use crate::calc;
use crate::command::ControlWord;
use crate::frame::without_line_end;
use crate::service::LINE_LIMIT;
use crate::writer::{Full, Writer};

/// A reply, typed. [`Response::encode`] and [`Response::parse`] are inverses.
///
/// ```
/// use antiphon_protocol::calc::Number;
/// use antiphon_protocol::{Response, Writer};
///
/// let mut memory = [0; 64];
/// let mut writer = Writer::new(&mut memory);
/// Response::Answer(Number::Int(8)).encode(&mut writer)?;
/// assert_eq!(writer.written(), b"Answer is 8\r\n");
/// assert_eq!(Response::parse(b"Answer is 8\r\n"), Response::Answer(Number::Int(8)));
/// # Ok::<(), antiphon_protocol::Full>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Response<'i> {
    /// `Answer is 8`
    Answer(calc::Number),
    /// `quit()` or `exit()`, without a line end: a classroom client compares with just the word.
    Control(ControlWord),
    /// `Error: division by zero at column 2`
    Error(calc::Error),
    /// Any other line. On the wire `prefix` stands right before `text`; read back, both are text,
    /// for nothing on the wire says where a prefix ends.
    Line {
        /// What the server puts before the text.
        prefix: &'i [u8],
        /// The text itself.
        text: &'i [u8],
    },
    /// `Error: the server is busy; try again later`
    Refusal(Refusal),
}

/// Why a line service does not do what a peer wants; what is wrong with an expression is a
/// [`calc::Error`].
#[derive(Clone, Copy, Debug, Eq, Error, Hash, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// As many connections as the server may have are open.
    #[error("the server is busy; try again later")]
    Busy,
    /// `exit()` from a peer that may not end the server.
    #[error("exit() is not allowed from here; quit() ends this connection")]
    ExitNotAllowed,
    /// The server ends, and the request was not complete by then.
    #[error("the server is halting")]
    Halting,
    /// A line beyond [`LINE_LIMIT`].
    #[error("the line is too long; {LINE_LIMIT} bytes are the most")]
    LineTooLong,
    /// The peer took too long, between two requests or within one.
    #[error("nothing complete came in time; closing the connection")]
    TimedOut,
    /// An HTTP request to a service that speaks lines.
    #[error("this service is no web server; open a plain TCP connection")]
    WebRequest,
}

impl<'i> Response<'i> {
    /// Writes the reply whole, with its line end, or nothing.
    ///
    /// # Errors
    ///
    /// [`Full`] if it does not fit.
    pub fn encode(&self, writer: &mut Writer<'_>) -> Result<(), Full> {
        writer.attempt(|writer| {
            match self {
                Self::Answer(number) => write!(writer, "{ANSWER}{number}").map_err(|_| Full)?,
                Self::Control(word) => return writer.put(word.as_str().as_bytes()),
                Self::Error(error) => write!(writer, "{ERROR}{error}").map_err(|_| Full)?,
                Self::Line { prefix, text } => {
                    writer.put(prefix)?;
                    writer.put(text)?;
                }
                Self::Refusal(refusal) => write!(writer, "{ERROR}{refusal}").map_err(|_| Full)?,
            }
            writer.put(LINE_END)
        })
    }

    /// Reads one reply, with a line end or without. What no server of ours says is a
    /// [`Response::Line`], as is a control word with blanks around it, which would do in a request.
    #[must_use]
    pub fn parse(line: &'i [u8]) -> Self {
        let line = without_line_end(line);
        let known: IResult<&[u8], Self> = alt((
            preceded(tag(ANSWER), map_opt(rest, calc::Number::parse)).map(Self::Answer),
            preceded(tag(ERROR), map_opt(rest, calc::Error::parse)).map(Self::Error),
            preceded(tag(ERROR), map_opt(rest, Refusal::parse)).map(Self::Refusal),
            map_opt(rest, control_word).map(Self::Control),
        ))
        .parse_complete(line);
        known.map_or(Self::Line { prefix: b"", text: line }, |(_, response)| response)
    }

    /// Whether the reply says that the request failed, known wording or not.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::Error(_) | Self::Refusal(_) => true,
            Self::Line { prefix, text } => prefix.is_empty() && text.starts_with(ERROR.as_bytes()),
            Self::Answer(_) | Self::Control(_) => false,
        }
    }
}

impl Refusal {
    /// All refusals, in alphabetical order.
    pub const ALL: &[Self] = &[
        Self::Busy,
        Self::ExitNotAllowed,
        Self::Halting,
        Self::LineTooLong,
        Self::TimedOut,
        Self::WebRequest,
    ];

    /// The refusal whose text this is, the inverse of its `Display`.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        Self::ALL.iter().copied().find(|refusal| {
            let mut memory = [0; REFUSAL_LIMIT];
            let mut writer = Writer::new(&mut memory);
            write!(writer, "{refusal}").is_ok() && writer.written() == text
        })
    }
}

/// Whether `datagram` is what a calculator replies, or what [`Service::Upper`](crate::Service)
/// makes of that: such a one gets no answer, or two servers that were made to talk to each other by
/// a forged address would never stop.
#[must_use]
pub fn is_reply(datagram: &[u8]) -> bool {
    begins_with(datagram, ANSWER.as_bytes()) || begins_with(datagram, ERROR.as_bytes())
}

/// Whether these are the first bytes of a datagram, in capital letters or not.
pub(crate) fn begins_with(datagram: &[u8], front: &[u8]) -> bool {
    datagram.get(..front.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(front))
}

/// The word alone, as it is encoded.
fn control_word(line: &[u8]) -> Option<ControlWord> {
    ControlWord::ALL.into_iter().find(|word| word.as_str().as_bytes() == line)
}

const ANSWER: &str = "Answer is ";
const ERROR: &str = "Error: ";
const LINE_END: &[u8] = b"\r\n";

/// The longest text of a [`Refusal`] in bytes.
const REFUSAL_LIMIT: usize = 96;

#[cfg(test)]
mod tests {
    use std::format;
    use std::vec::Vec;

    use super::*;
    use crate::calc::{ErrorKind, Number};
    use crate::service::Service;

    fn encode(response: &Response<'_>) -> Vec<u8> {
        let mut memory = [0; 2048];
        let mut writer = Writer::new(&mut memory);
        response.encode(&mut writer).unwrap();
        writer.written().to_vec()
    }

    /// The one table of replies and their bytes.
    fn table() -> Vec<(Response<'static>, Vec<u8>)> {
        let line = |text: &'static [u8]| Response::Line { prefix: b"", text };
        let mut table = Vec::from([
            (Response::Answer(Number::Int(8)), b"Answer is 8\r\n".to_vec()),
            (
                Response::Answer(Number::Int(i128::MIN)),
                format!("Answer is {}\r\n", i128::MIN).into(),
            ),
            (Response::Answer(Number::Float(-0.0)), b"Answer is -0.0\r\n".to_vec()),
            (Response::Answer(Number::Float(1e16)), b"Answer is 1e+16\r\n".to_vec()),
            (Response::Answer(Number::Float(f64::INFINITY)), b"Answer is inf\r\n".to_vec()),
            (Response::Control(ControlWord::Quit), b"quit()".to_vec()),
            (Response::Control(ControlWord::Exit), b"exit()".to_vec()),
            (line(b"Request received as : Hello"), b"Request received as : Hello\r\n".to_vec()),
            (line(b"Answer is eight"), b"Answer is eight\r\n".to_vec()),
            (line(b"Error: in other words"), b"Error: in other words\r\n".to_vec()),
            (line(b""), b"\r\n".to_vec()),
        ]);
        for kind in ErrorKind::ALL {
            let error = calc::Error { kind: *kind, column: 1025 };
            table.push((Response::Error(error), format!("Error: {error}\r\n").into()));
        }
        for &refusal in Refusal::ALL {
            table.push((Response::Refusal(refusal), format!("Error: {refusal}\r\n").into()));
        }
        table
    }

    #[test]
    fn blanks_belong_to_no_control_word() {
        for text in [&b" quit()"[..], b"quit()\t", b"  exit()\t ", b"quit()\r"] {
            let line = Response::Line { prefix: b"", text };
            assert_eq!(Response::parse(text), line);
            assert_eq!(Response::parse(&encode(&line)), line);
        }
    }

    #[test]
    fn encode_and_parse_are_inverses() {
        for (response, bytes) in table() {
            assert_eq!(encode(&response), bytes);
            assert_eq!(Response::parse(&bytes), response);
            assert_eq!(Response::parse(without_line_end(&bytes)), response);
        }
    }

    #[test]
    fn a_reply_is_written_whole_or_not_at_all() {
        for (response, bytes) in table() {
            let mut memory = [0; 256];
            for room in 0..bytes.len() {
                let mut writer = Writer::new(&mut memory[..room]);
                assert_eq!(response.encode(&mut writer), Err(Full));
                assert!(writer.is_empty());
            }
        }
    }

    #[test]
    fn every_reply_fits_the_smallest_output() {
        for (response, bytes) in table() {
            assert!(bytes.len() <= Service::Calc.min_output(), "{response:?}");
        }
    }

    #[test]
    fn a_prefix_stands_right_before_the_text() {
        let response = Response::Line { prefix: b"got: ", text: b"Hello" };
        assert_eq!(encode(&response), b"got: Hello\r\n");
    }

    #[test]
    fn errors_are_told_apart_even_in_other_words() {
        let failed = |line| Response::parse(line).is_error();
        assert!(failed(b"Error: division by zero at column 2"));
        assert!(failed(b"Error: the server is busy; try again later\r\n"));
        assert!(failed(b"Error: in other words"));
        assert!(!failed(b"Answer is 8"));
        assert!(!failed(b"Errors happen"));
        assert!(!failed(b"quit()"));
    }
}
