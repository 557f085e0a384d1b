//! The prethreaded server: a fixed number of threads that share the listening socket.
//!
//! ```text
//!              +--> worker: accept(2) -> read(2) -> write(2) -> ... -> close(2) --+
//!   listening  |      ^                                                           |
//!   socket   --+      +-----------------------------------------------------------+
//!              |
//!              +--> worker: accept(2) -> read(2) -> write(2) -> ... -> close(2) --+
//!                     ^                                                           |
//!                     +-----------------------------------------------------------+
//! ```
//!
//! Each worker is an iterative server (Stevens, UNIX Network Programming, chapter 30). No thread is
//! made for a client, so a connection costs little more than there; but there are only so many
//! workers, and when each has a client the next one waits, however long theirs stay. That number
//! is therefore the capacity of the server.
//!
//! A new client wakes every worker that is free, and all but one find nobody (the "thundering
//! herd"): here the listening socket does not block, and the late ones just wait again.

use std::io;

use crate::Server;
use crate::accept::{Acceptor, Work};
use crate::converse::converse;
use crate::socket::Mode;
use crate::workers;

/// Runs the workers, and waits for all of them at the end.
pub(crate) fn serve(server: &Server) -> io::Result<()> {
    workers::run(server, work)
}

/// Serves one client after the other.
fn work(server: &Server) -> io::Result<()> {
    let mut acceptor = Acceptor::new(server, Mode::Blocking);
    while let Some(work) = acceptor.next()? {
        match work {
            Work::Connection(connection) => converse(server, connection),
            Work::Datagram(datagrams) => datagrams.answer(),
        }
    }
    Ok(())
}
