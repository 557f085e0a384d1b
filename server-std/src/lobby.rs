//! Where refused clients stay until they have read why.
//!
//! Closing a socket at once, with the client's request unread in it, makes TCP reset the
//! connection, and the reset can destroy the refusal on its way (RFC 9112, section 9.6). So they
//! linger, and cost a descriptor each, but no thread and no place.

use std::collections::VecDeque;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use antiphon_protocol::{Refusal, Session};

use crate::Server;
use crate::exchange::{Client, exchange};
use crate::socket::{self, Mode};

/// The clients on their way out, the first to leave in front.
#[derive(Debug, Default)]
pub(crate) struct Lobby(VecDeque<(TcpStream, Instant)>);

impl Lobby {
    /// Tells the client at `stream` that the server is busy, and keeps it for a moment.
    pub(crate) fn refuse(&mut self, server: &Server, stream: TcpStream, client: Client) {
        if self.0.len() == LIMIT {
            self.0.pop_front();
        }
        if say_busy(server, &stream, client).is_ok() {
            self.0.push_back((stream, Instant::now() + STAY));
        }
    }

    /// Lets go whoever has closed or stayed long enough.
    pub(crate) fn sweep(&mut self) {
        if !self.0.is_empty() {
            let now = Instant::now();
            self.0.retain(|(stream, until)| now < *until && !has_left(stream));
        }
    }

    /// When the first one has stayed long enough.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.front().map(|(_, until)| *until)
    }
}

/// A fresh socket has room for one reply, so this need not wait.
fn say_busy(server: &Server, mut stream: &TcpStream, client: Client) -> io::Result<()> {
    let mut session = Session::new(&server.settings, false);
    let mut output = vec![0; server.settings.service.min_output()];
    let mut produced = session.refuse(Refusal::Busy, &mut output);
    if produced == 0 {
        produced = exchange(server, client, &mut session, false, b"", &mut output).produced;
    }
    socket::set_mode(stream, Mode::NonBlocking)?;
    stream.write_all(&output[..produced])?;
    stream.shutdown(Shutdown::Write)
}

/// Throws away what has come in; true at the end of it, or when the connection is lost.
fn has_left(mut stream: &TcpStream) -> bool {
    match stream.read(&mut [0; 4096]) {
        Ok(count) => count == 0,
        Err(error) => error.kind() != io::ErrorKind::WouldBlock,
    }
}

/// How many stay at once: a flood of clients must not eat up the descriptors.
const LIMIT: usize = 4;

/// How long one stays at most.
const STAY: Duration = Duration::from_millis(500);
