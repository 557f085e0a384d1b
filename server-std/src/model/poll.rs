//! I/O multiplexing with poll(2): all clients on one thread.
//!
//! ```text
//!          +-----------------------------------------------+
//!          v                                               |
//!   list descriptors -> poll(2) -> for each ready: read(2), write(2)
//! ```
//!
//! The System V counterpart of select(2) (Stevens, UNIX Network Programming, section 6.10). A list
//! of descriptors takes the place of the bit maps: it has no largest descriptor, and its cost goes
//! by how many there are, not by the highest one; what happened to each comes back beside what was
//! asked. The list still travels to the kernel and is searched on both sides at each call.

use std::io;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

use crate::Server;
use crate::accept::timespec;
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

/// Sleeps until something happens or a deadline passes, and puts what happened into `events`.
fn wait(connections: &Connections<'_>, events: &mut Vec<(Source, Event)>) -> io::Result<()> {
    let (mut sources, mut fds) = (Vec::new(), Vec::new());
    for (source, fd, interest) in connections.sources() {
        let flags = match interest {
            Interest::Nothing => continue,
            Interest::Readable => PollFlags::IN,
            Interest::Writable => PollFlags::OUT,
        };
        sources.push(source);
        fds.push(PollFd::from_borrowed_fd(fd, flags | PollFlags::PRI));
    }
    match poll(&mut fds, connections.timeout().map(timespec).as_ref()) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    for (source, fd) in sources.into_iter().zip(&fds) {
        if fd.revents().contains(PollFlags::PRI) {
            events.push((source, Event::Urgent));
        } else if !fd.revents().is_empty() {
            // An error or a hang-up is found by the read or write that follows.
            events.push((source, Event::Ready));
        }
    }
    Ok(())
}
