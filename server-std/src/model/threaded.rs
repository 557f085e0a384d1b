//! The concurrent server, one thread for each client.
//!
//! ```text
//!   accept(2) --+--> thread: read(2) -> write(2) -> ... -> close(2)
//!       ^       |
//!       |       +--> thread: read(2) -> write(2) -> ... -> close(2)
//!       |       |
//!       +-------+
//! ```
//!
//! Each conversation is the same straight line of blocking calls as in the iterative server; that
//! they run at the same time is the scheduler's work (Stevens, UNIX Network Programming, section
//! 26.4). What it costs is a stack and a few system calls for each connection, and a switch
//! between threads for each request. A client that is slow, or silent, holds up its own thread and
//! nobody else.

use std::{io, thread};

use tracing::warn;

use crate::Server;
use crate::accept::{Acceptor, Work};
use crate::converse::converse;
use crate::socket::Mode;

/// Serves each client on a thread of its own, and waits for all of them at the end.
pub(crate) fn serve(server: &Server) -> io::Result<()> {
    let mut acceptor = Acceptor::new(server, Mode::Blocking);
    thread::scope(|scope| {
        while let Some(Work::Connection(connection)) = acceptor.next()? {
            let id = connection.client.id;
            let thread = thread::Builder::new()
                .name(format!("connection {id}"))
                .stack_size(STACK)
                .spawn_scoped(scope, move || converse(server, connection));
            // The connection went with the closure, and is closed by now.
            if let Err(error) = thread {
                warn!(id, %error, "closed: the system has no thread for it");
            }
        }
        Ok(())
    })
}

/// A conversation needs little; the default would reserve 2 MiB of addresses for each.
const STACK: usize = 256 * 1024;
