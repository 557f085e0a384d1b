//! I/O multiplexing with select(2): all clients on one thread.
//!
//! ```text
//!          +-----------------------------------------------+
//!          v                                               |
//!   build three sets -> select(2) -> for each ready: read(2), write(2)
//! ```
//!
//! The oldest of the multiplexing calls (4.2BSD, 1983; Stevens, UNIX Network Programming, chapter
//! 6). The sets are bit maps that select(2) overwrites with its answer, so they are built anew for
//! each call, copied into the kernel and back, and searched on both sides: the cost of a call grows
//! with the number of connections, not with the number of ready ones. And a bit map has an end:
//! descriptors of [`FD_SETSIZE`] and above cannot be watched at all.
//!
//! No call on a socket blocks here. A client that does not read its replies is in the writable set
//! alone until it does: nothing more is read from it, and nobody waits for it.

use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::select::{FD_SETSIZE, FdSet, select};
use nix::sys::time::{TimeVal, TimeValLike as _};

use crate::Server;
use crate::connections::Connections;
use crate::interest::{Event, Interest, Source};

/// Serves all clients on this thread.
pub(crate) fn serve(server: &Server) -> io::Result<()> {
    let mut connections = Connections::new(server);
    let mut events = Vec::new();
    while !connections.is_done() {
        wait(&connections, &mut events)?;
        for (source, event) in events.drain(..) {
            connections.serve(source, event)?;
        }
        connections.expire();
    }
    Ok(())
}

/// Whether the bit maps of select(2) reach as far as `fd`; a connection that they do not reach has
/// to be refused.
pub(crate) fn can_watch(fd: BorrowedFd<'_>) -> bool {
    usize::try_from(fd.as_raw_fd()).is_ok_and(|fd| fd < FD_SETSIZE)
}

/// Sleeps until something happens or a deadline passes, and puts what happened into `events`.
fn wait(connections: &Connections<'_>, events: &mut Vec<(Source, Event)>) -> io::Result<()> {
    let (mut readable, mut writable) = (FdSet::new(), FdSet::new());
    let mut exceptional = FdSet::new();
    for (_, fd, interest) in connections.sources() {
        if !can_watch(fd) {
            return Err(io::Error::other("select(2) cannot watch a descriptor beyond FD_SETSIZE"));
        }
        match interest {
            Interest::Nothing => continue,
            Interest::Readable => readable.insert(fd),
            Interest::Writable => writable.insert(fd),
        }
        exceptional.insert(fd);
    }
    let mut timeout = connections.timeout().map(timeval);
    match select(None, &mut readable, &mut writable, &mut exceptional, &mut timeout) {
        Ok(_) => {}
        Err(Errno::EINTR) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    for (source, fd, _) in connections.sources() {
        if exceptional.contains(fd) {
            events.push((source, Event::Urgent));
        } else if readable.contains(fd) || writable.contains(fd) {
            events.push((source, Event::Ready));
        }
    }
    Ok(())
}

fn timeval(timeout: Duration) -> TimeVal {
    TimeVal::microseconds(timeout.as_micros().try_into().unwrap_or(i64::MAX))
}
