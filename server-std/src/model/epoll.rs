//! I/O multiplexing with epoll(7), level-triggered: all clients of a loop on one thread.
//!
//! ```text
//!          +--------------------------------------------------------------+
//!          v                                                              |
//!   tell changes: epoll_ctl(2) -> epoll_wait(2) -> for each ready: read(2), write(2)
//! ```
//!
//! Linux's answer to what select(2) and poll(2) cost: the kernel remembers what is watched, so a
//! call carries only changes there and only events back, and costs as much as there is to do, not
//! as there are connections. In return the loop has to keep in mind what it last told the kernel.
//!
//! With `--workers` there are several such loops, each with its own listening socket on the same
//! port (SO_REUSEPORT, socket(7)): the kernel spreads the connections, and no loop waits for
//! another. All they share is what a lock holds for a moment: the files that `http` keeps open, the
//! counts of connections, the brakes on the log.
//!
//! Level-triggered, because it asks for no more than one read per event: what is left over makes
//! the next call return at once. Edge-triggered, every source has to be drained to `EAGAIN`, or it
//! is never heard of again, and a peer that sends without end is never done with.

use std::collections::HashMap;
use std::io;

use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::io::Errno;

use crate::Server;
use crate::accept::timespec;
use crate::connections::Connections;
use crate::interest::{Event, Interest, Source};
use crate::workers;

/// Runs one loop, or one on each of several threads.
pub(crate) fn serve(server: &Server) -> io::Result<()> {
    workers::run(server, serve_loop)
}

fn serve_loop(server: &Server) -> io::Result<()> {
    let mut connections = Connections::tracked(server);
    let mut watched = Watched::new()?;
    let mut events = Vec::with_capacity(EVENTS);
    while !connections.is_done() {
        for source in connections.changed() {
            watched.update(source, connections.interest(source))?;
        }
        let timeout = connections.timeout().map(timespec);
        match epoll::wait(&watched.epoll, spare_capacity(&mut events), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in events.drain(..) {
            let (flags, data) = (event.flags, event.data);
            // An error or a hang-up is found by the read or write that follows.
            let urgent = flags.contains(epoll::EventFlags::PRI);
            let event = if urgent { Event::Urgent } else { Event::Ready };
            connections.serve(source_of(data), event)?;
        }
        connections.expire();
    }
    Ok(())
}

/// What the kernel was told.
struct Watched {
    epoll: OwnedFd,
    interests: HashMap<Source, Interest>,
}

impl Watched {
    fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        Ok(Self { epoll, interests: HashMap::new() })
    }

    /// Tells the kernel what is new about a source; `None`: it is closed.
    fn update(
        &mut self,
        source: Source,
        now: Option<(BorrowedFd<'_>, Interest)>,
    ) -> io::Result<()> {
        let Some((fd, interest)) = now else {
            // The kernel forgets a descriptor by itself when it is closed.
            self.interests.remove(&source);
            return Ok(());
        };
        let before = self.interests.insert(source, interest);
        if before == Some(interest) {
            return Ok(());
        }
        let flags = match interest {
            Interest::Nothing => epoll::EventFlags::empty(),
            Interest::Readable => epoll::EventFlags::IN | epoll::EventFlags::PRI,
            Interest::Writable => epoll::EventFlags::OUT | epoll::EventFlags::PRI,
        };
        let data = data_of(source);
        match before {
            None => epoll::add(&self.epoll, fd, data, flags)?,
            Some(_) => epoll::modify(&self.epoll, fd, data, flags)?,
        }
        Ok(())
    }
}

/// What the kernel gives back with an event. Ids of connections count from 1 and never get as far
/// as the last numbers.
fn data_of(source: Source) -> epoll::EventData {
    epoll::EventData::new_u64(match source {
        Source::Halt => HALT,
        Source::Listener => LISTENER,
        Source::Datagrams => DATAGRAMS,
        Source::Connection(id) => id,
    })
}

fn source_of(data: epoll::EventData) -> Source {
    match data.u64() {
        HALT => Source::Halt,
        LISTENER => Source::Listener,
        DATAGRAMS => Source::Datagrams,
        id => Source::Connection(id),
    }
}

/// How many events one call takes at most.
const EVENTS: usize = 256;

const HALT: u64 = u64::MAX;
const LISTENER: u64 = u64::MAX - 1;
const DATAGRAMS: u64 = u64::MAX - 2;
