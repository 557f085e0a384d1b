//! The iterative server: one client at a time, from its first byte to its last.
//!
//! ```text
//!            +--------------------------------------+
//!            v                                      |
//!   accept(2) -> read(2) -> write(2) -> ... -> close(2)
//!                   ^           |
//!                   +-----------+
//! ```
//!
//! The oldest and simplest architecture (Stevens, UNIX Network Programming, chapter 1). While one
//! client is served, the system completes the handshakes of the next ones and holds them in the
//! queue of the listening socket: they are connected, may even send, and wait. How long they wait
//! is up to the client that is being served, hence the deadlines. With `--when-full refuse` the
//! server does not listen in the meantime, and the system refuses them.
//!
//! It has nothing to share, so it needs no lock, no thread and no set of descriptors. It fits
//! where an answer is quick and clients leave at once (the daytime service was served so).

use std::io;

use crate::Server;
use crate::accept::{Acceptor, Work};
use crate::converse::converse;
use crate::socket::Mode;

/// Serves one client after the other.
pub(crate) fn serve(server: &Server) -> io::Result<()> {
    let mut acceptor = Acceptor::new(server, Mode::Blocking);
    while let Some(work) = acceptor.next()? {
        match work {
            Work::Connection(connection) => acceptor.alone(|| converse(server, connection))?,
            Work::Datagram(datagrams) => datagrams.answer(),
        }
    }
    Ok(())
}
