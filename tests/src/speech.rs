//! What the services say, worked out a second time and in the most obvious way: the tests compare
//! with it.

use antiphon_protocol::Refusal;

use crate::error_line;

/// A service and what makes it answer as it does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Speech {
    /// `calc`; only sums of two numbers are understood here.
    Calc,
    /// `echo`
    Echo,
    /// `greet`
    Greet,
    /// `http`, whose requests and responses are beyond this module: see `tests/http.rs`.
    Http,
    /// `echo --prefix`
    PrefixEcho,
    /// `upper`
    Upper,
}

impl Speech {
    /// What the command line says to get it.
    #[must_use]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Calc => &["calc"],
            Self::Echo => &["echo"],
            Self::Greet => &["greet"],
            Self::Http => &["http"],
            Self::PrefixEcho => &["echo", "--prefix", PREFIX],
            Self::Upper => &["upper"],
        }
    }

    /// Whether requests are lines, and `quit()` ends a conversation.
    #[must_use]
    pub fn has_lines(self) -> bool {
        matches!(self, Self::Calc | Self::PrefixEcho)
    }

    /// All that it replies to `requests`, which hold no control word.
    ///
    /// # Panics
    ///
    /// When they are beyond the arithmetic of this function.
    #[must_use]
    pub fn replies(self, requests: impl AsRef<[u8]>) -> Vec<u8> {
        let requests = requests.as_ref();
        let lines = requests.split_inclusive(|byte| *byte == b'\n');
        let lines = lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line));
        let mut lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        match self {
            Self::Calc => lines.flat_map(sum).collect(),
            Self::Echo => requests.to_vec(),
            Self::Greet => lines.next().map_or(Vec::new(), |_| format!("{GREETING}\r\n").into()),
            Self::Http => panic!("requests of HTTP are not understood here"),
            Self::PrefixEcho => {
                lines.flat_map(|line| [PREFIX.as_bytes(), line, b"\r\n"].concat()).collect()
            }
            Self::Upper => requests.to_ascii_uppercase(),
        }
    }

    /// How a connection is told why it gets no more: not at all within a stream of bytes, where a
    /// client would take it for its own.
    #[must_use]
    pub fn refusal(self, refusal: Refusal) -> String {
        if self.has_lines() || refusal == Refusal::Busy {
            error_line(refusal)
        } else {
            String::new()
        }
    }
}

fn sum(line: &[u8]) -> Vec<u8> {
    let terms = str::from_utf8(line).ok().and_then(|line| line.split_once('+'));
    let terms = terms.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    let (a, b): (u128, u128) = terms.unwrap_or_else(|| panic!("no sum: {}", line.escape_ascii()));
    format!("Answer is {}\r\n", a + b).into()
}

/// What `greet` says unless it is told otherwise.
pub const GREETING: &str = "Message received. Thank you for connecting";

/// What stands before each line.
pub const PREFIX: &str = "Request received as : ";
