//! The end of a connection that the server closes first.
//!
//! A close with input unread makes TCP reset the connection, and the reset can destroy the last
//! reply on its way to the peer (RFC 9112, section 9.6). So the server ends only its own side,
//! and throws away what still comes, until the peer closes too: within bounds.

use std::io::{self, ErrorKind, Read as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use antiphon_protocol::Why;
use tracing::debug;

use crate::exchange::{Client, End};
use crate::received;

/// Whether a connection that ends like this has to linger. It has not if the last request was to be
/// the last, and all that has come, in the program (`unread`) and in the system, is read: this is
/// how every client ends that makes a connection for each request.
pub(crate) fn is_needed(end: &End, unread: &[u8], stream: &TcpStream) -> bool {
    let may_go = matches!(end, End::Session(Why::LastResponse));
    !may_go || !unread.is_empty() || received(stream) > 0
}

/// A connection whose last reply is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linger {
    until: Instant,
    bytes_left: usize,
}

impl Linger {
    /// Ends the server's side.
    pub(crate) fn begin(stream: &TcpStream, client: Client) -> io::Result<Self> {
        debug!(id = client.id, "lingering");
        stream.shutdown(Shutdown::Write)?;
        Ok(Self { until: Instant::now() + TIME, bytes_left: BYTES })
    }

    /// When it is over at the latest.
    pub(crate) fn until(&self) -> Instant {
        self.until
    }

    /// What is left until then; `None` when it is over.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    /// Throws away what one read into `scratch` gives; `true` when that was all: the peer has
    /// closed, the connection is lost, or it sends too much.
    pub(crate) fn discard(&mut self, mut stream: &TcpStream, scratch: &mut [u8]) -> bool {
        match stream.read(scratch) {
            Ok(count) => {
                self.bytes_left = self.bytes_left.saturating_sub(count);
                count == 0 || self.bytes_left == 0
            }
            Err(error) => !matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock),
        }
    }
}

/// How long a peer has to close its side.
const TIME: Duration = Duration::from_secs(1);

/// How much a peer may still send meanwhile.
const BYTES: usize = 1024 * 1024;
