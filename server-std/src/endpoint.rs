//! Where to listen, or where to connect: `[HOST] [PORT]`.

use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs as _};

use thiserror::Error;

/// A host, by name or address, and a port.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    /// A name, an IPv4 address or an IPv6 address without brackets.
    pub host: String,
    /// `0` stands for any free port, where a server listens.
    pub port: u16,
}

/// The words are no endpoint.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum EndpointError {
    /// The second word is no port.
    #[error("'{0}' is no port; give a number from 0 to 65535")]
    Port(String),
    /// The second word is no port that a server can have.
    #[error("'{0}' is no port to connect to; give a number from 1 to 65535")]
    ServerPort(String),
    /// `HOST:PORT` in one word.
    #[error("'{0}' joins host and port; give them as two words, as in: 127.0.0.1 5000")]
    Joined(String),
    /// More than two words.
    #[error("at most a host and a port are wanted")]
    TooMany,
}

impl Endpoint {
    /// Reads `[HOST] [PORT]`; what is left out is 127.0.0.1 and 5000, and a lone number is a port.
    ///
    /// ```
    /// use antiphon_server::Endpoint;
    ///
    /// assert_eq!(Endpoint::from_words(&["7000"])?.to_string(), "127.0.0.1:7000");
    /// assert_eq!(Endpoint::from_words(&["::1"])?.to_string(), "[::1]:5000");
    /// # Ok::<(), antiphon_server::EndpointError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`EndpointError`] names the word that does not fit.
    pub fn from_words<W: AsRef<str>>(words: &[W]) -> Result<Self, EndpointError> {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        match words[..] {
            [] => Ok(Self::new(HOST, PORT)),
            [port] if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self::new(HOST, parse_port(port)?))
            }
            [host] => Ok(Self::new(checked(host)?, PORT)),
            [host, port] => Ok(Self::new(checked(host)?, parse_port(port)?)),
            _ => Err(EndpointError::TooMany),
        }
    }

    /// All addresses of the host, in the order in which the system prefers them.
    ///
    /// # Errors
    ///
    /// The system's, if it knows no such host.
    pub fn resolve(&self) -> std::io::Result<Vec<SocketAddr>> {
        (self.host.as_str(), self.port).to_socket_addrs().map(Iterator::collect)
    }

    fn new(host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

fn parse_port(word: &str) -> Result<u16, EndpointError> {
    word.parse().map_err(|_| EndpointError::Port(word.to_owned()))
}

/// The host without the brackets that people put around IPv6 addresses.
fn checked(host: &str) -> Result<&str, EndpointError> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Ok(inner);
    }
    // An IPv6 address has at least two colons; one colon alone can only join host and port.
    if host.matches(':').count() == 1 || host.starts_with('[') {
        return Err(EndpointError::Joined(host.to_owned()));
    }
    Ok(host)
}

const HOST: &str = "127.0.0.1";
const PORT: u16 = 5000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_endpoints() {
        for (words, endpoint) in [
            (&[][..], "127.0.0.1:5000"),
            (&["0"], "127.0.0.1:0"),
            (&["localhost"], "localhost:5000"),
            (&["::", "1"], "[::]:1"),
            (&["[::1]", "7"], "[::1]:7"),
        ] {
            assert_eq!(Endpoint::from_words(words).unwrap().to_string(), endpoint);
        }
    }

    #[test]
    fn wrong_words_are_named() {
        let error = |words: &[&str]| Endpoint::from_words(words).unwrap_err();
        assert_eq!(error(&["70000"]), EndpointError::Port("70000".into()));
        assert_eq!(error(&["localhost", "http"]), EndpointError::Port("http".into()));
        assert_eq!(error(&["localhost:5000"]), EndpointError::Joined("localhost:5000".into()));
        assert_eq!(error(&["[::1]:5000"]), EndpointError::Joined("[::1]:5000".into()));
        assert_eq!(error(&["a", "1", "2"]), EndpointError::TooMany);
    }
}
