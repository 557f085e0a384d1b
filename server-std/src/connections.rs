//! The connections of a multiplexing server: who is there, what each waits for, how long it may.
//!
//! A model asks for the sources and their interests, waits in its own way, and reports which are
//! ready. Who is let in, how long a peer may take, and what a halt means is decided here, the same
//! for all of them.

use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};

use rustix::fd::{AsFd as _, BorrowedFd};

use crate::Server;
use crate::accept::Acceptor;
use crate::connection::Connection;
use crate::exchange::End;
use crate::interest::{Event, Interest, Source};
use crate::scratch::Scratch;
use crate::socket::Mode;

/// All that one loop serves.
pub(crate) struct Connections<'s> {
    server: &'s Server,
    acceptor: Acceptor<'s>,
    connections: HashMap<u64, Connection<'s>>,
    scratch: Scratch,
    halting: bool,
    /// No connection has an earlier deadline; `None`: none has one.
    earliest: Option<Instant>,
    /// The connections that [`Connections::changed`] has not told of yet; `None`: nobody asks.
    changed: Option<Vec<u64>>,
}

impl<'s> Connections<'s> {
    pub(crate) fn new(server: &'s Server) -> Self {
        Self {
            server,
            acceptor: Acceptor::new(server, Mode::NonBlocking),
            connections: HashMap::new(),
            scratch: Scratch::new(&server.settings),
            halting: false,
            earliest: None,
            changed: None,
        }
    }

    /// As [`Connections::new`], and keeps track of what [`Connections::changed`] tells.
    #[cfg(target_os = "linux")]
    pub(crate) fn tracked(server: &'s Server) -> Self {
        Self { changed: Some(Vec::new()), ..Self::new(server) }
    }

    /// Whether the server has halted and everybody has got what is owed to them.
    pub(crate) fn is_done(&self) -> bool {
        self.halting && self.connections.is_empty()
    }

    /// All there is to wait for now, for models that tell the system anew each time.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (Source, BorrowedFd<'_>, Interest)> {
        let connections = self.connections.keys().copied().map(Source::Connection);
        let watched = |source| self.interest(source).map(|(fd, interest)| (source, fd, interest));
        DOORS.into_iter().chain(connections).filter_map(watched)
    }

    /// What a source waits for; `None` when it is gone.
    pub(crate) fn interest(&self, source: Source) -> Option<(BorrowedFd<'_>, Interest)> {
        match source {
            Source::Halt if self.halting => Some((self.server.halt.wake(), Interest::Nothing)),
            Source::Halt => Some((self.server.halt.wake(), Interest::Readable)),
            Source::Listener => self.acceptor.listener(),
            Source::Datagrams => self.acceptor.datagrams().map(|fd| (fd, Interest::Readable)),
            Source::Connection(id) => {
                self.connections.get(&id).map(|client| (client.as_fd(), client.interest()))
            }
        }
    }

    /// The sources of which [`Connections::interest`] may say something new since the last call,
    /// for models whose system call remembers.
    #[cfg(target_os = "linux")]
    pub(crate) fn changed(&mut self) -> Vec<Source> {
        let connections = self.changed.iter_mut().flat_map(|changed| changed.drain(..));
        let connections = connections.map(Source::Connection);
        DOORS.into_iter().chain(connections).collect()
    }

    /// How long to wait at most; `None`: for ever.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        let deadline = [self.earliest, self.acceptor.deadline()].into_iter().flatten().min();
        deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Serves a source that has an event. An error is one of the listening socket, and final.
    pub(crate) fn serve(&mut self, source: Source, event: Event) -> io::Result<()> {
        match (source, event) {
            (Source::Halt, _) => self.halt(),
            (Source::Listener, _) => self.accept()?,
            (Source::Datagrams, _) => self.acceptor.answer_datagram(),
            (Source::Connection(id), Event::Ready) => self.move_on(id, Connection::ready),
            (Source::Connection(id), Event::Urgent) => self.move_on(id, |_, _| Some(End::Urgent)),
        }
        Ok(())
    }

    /// Sees to whoever has taken too long.
    pub(crate) fn expire(&mut self) {
        self.acceptor.tend();
        let now = Instant::now();
        if self.earliest.is_none_or(|earliest| now < earliest) {
            return;
        }
        let connections = self.connections.iter();
        let overdue = connections.filter(|(_, connection)| connection.deadline() <= now);
        let overdue: Vec<u64> = overdue.map(|(id, _)| *id).collect();
        for id in overdue {
            self.move_on(id, Connection::expire);
        }
        // Deadlines move on with every request; only now and then it pays to look at all of them.
        self.earliest = self.connections.values().map(Connection::deadline).min();
    }

    /// One client for each time that the listening socket is ready; it stays ready for the next.
    fn accept(&mut self) -> io::Result<()> {
        if let Some(accepted) = self.acceptor.try_accept()? {
            let id = accepted.client.id;
            self.connections.insert(id, Connection::new(self.server, accepted));
            self.note_change(id);
            // A service may speak first.
            self.move_on(id, Connection::ready);
        }
        Ok(())
    }

    fn halt(&mut self) {
        self.halting = true;
        self.acceptor.close();
        let ids: Vec<u64> = self.connections.keys().copied().collect();
        for id in ids {
            self.move_on(id, Connection::halt);
        }
    }

    /// Lets a connection do its next step, and sees to what follows from it.
    fn move_on(
        &mut self,
        id: u64,
        step: impl FnOnce(&mut Connection<'s>, &mut Scratch) -> Option<End>,
    ) {
        // It may have ended since the report that it is ready.
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let before = connection.interest();
        let end = step(connection, &mut self.scratch);
        let deadline = connection.deadline();
        if end.is_some() || connection.interest() != before {
            self.note_change(id);
        }
        match end.and_then(|end| self.connections.remove(&id).map(|gone| gone.close(&end))) {
            Some(()) => self.acceptor.resume(),
            None => self.earliest = Some(self.earliest.map_or(deadline, |at| at.min(deadline))),
        }
    }

    fn note_change(&mut self, id: u64) {
        if let Some(changed) = &mut self.changed {
            changed.push(id);
        }
    }
}

/// The sources that are no connections.
const DOORS: [Source; 3] = [Source::Halt, Source::Listener, Source::Datagrams];
