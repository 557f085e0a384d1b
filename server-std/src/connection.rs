//! The non-blocking driver: one connection among many, moved on whenever it is ready.
//!
//! It carries out what the session says, in the order of its contract (see
//! [`antiphon_protocol::session`]), and returns instead of sleeping. It works in memory that the
//! loop lends to whoever is ready, and keeps only what is left over.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use antiphon_protocol::{Next, Refusal, Session, Why};
use rustix::fd::{AsFd, BorrowedFd};
use tracing::debug;

use crate::Server;
use crate::accept::Accepted;
use crate::deadline::{Deadline, Stage};
use crate::exchange::{End, exchange};
use crate::interest::Interest;
use crate::linger::Linger;
use crate::places::Place;
use crate::received;
use crate::scratch::Scratch;

/// One client of a multiplexing server.
#[derive(Debug)]
pub(crate) struct Connection<'s> {
    server: &'s Server,
    stream: TcpStream,
    id: u64,
    session: Session<'s>,
    /// Received and not consumed: the front of a request, or what waits for room to answer.
    unread: Vec<u8>,
    /// Produced and not sent; while there is any, nothing is read.
    unsent: Vec<u8>,
    /// The session has said `Read`.
    wants_input: bool,
    /// The peer has ended its input.
    ended: bool,
    /// The conversation is over; what is unsent is still to be sent.
    end: Option<End>,
    /// All is sent, and the peer has not closed yet.
    linger: Option<Linger>,
    /// Once the server halts: how much of what had arrived by then is not read yet.
    owed: Option<usize>,
    deadline: Deadline,
    interest: Interest,
    place: Place,
}

impl<'s> Connection<'s> {
    pub(crate) fn new(server: &'s Server, accepted: Accepted) -> Self {
        let Accepted { stream, id, may_exit, place } = accepted;
        Self {
            server,
            stream,
            id,
            session: Session::new(&server.settings, may_exit),
            unread: Vec::new(),
            unsent: Vec::new(),
            wants_input: false,
            ended: false,
            end: None,
            linger: None,
            owed: None,
            deadline: Deadline::new(&server.options),
            interest: Interest::Readable,
            place,
        }
    }

    /// Does all that can be done without waiting, with one read at the most, so that no peer takes
    /// more than its share. Harmless when nothing is ready. Like the two below, it returns how the
    /// conversation ended, if it did; the connection is then to be closed.
    pub(crate) fn ready(&mut self, scratch: &mut Scratch) -> Option<End> {
        self.go_on(scratch).unwrap_or_else(|error| Some(End::Lost(error)))
    }

    /// The deadline has passed.
    pub(crate) fn expire(&mut self, scratch: &mut Scratch) -> Option<End> {
        if !self.unsent.is_empty() {
            return Some(End::Unread);
        }
        match self.end.take() {
            Some(end) => Some(end),
            None => self.refuse(Refusal::TimedOut, scratch),
        }
    }

    /// The server halts: what has arrived by now is answered, and nothing more.
    pub(crate) fn halt(&mut self, scratch: &mut Scratch) -> Option<End> {
        self.owed = Some(received(&self.stream));
        self.ready(scratch)
    }

    /// When [`Connection::expire`] is due.
    pub(crate) fn deadline(&self) -> Instant {
        self.linger.map_or(self.deadline.at(), |linger| linger.until())
    }

    /// What it waits for.
    pub(crate) fn interest(&self) -> Interest {
        self.interest
    }

    /// Closes it, frees its place, and then logs how it ended: who reads the line may count on
    /// the place being free.
    pub(crate) fn close(self, end: &End) {
        let Self { stream, id, place, .. } = self;
        drop((stream, place));
        end.log(id);
    }

    fn go_on(&mut self, scratch: &mut Scratch) -> io::Result<Option<End>> {
        let flushed = self.flush()?;
        if !self.unsent.is_empty() {
            self.wait(flushed);
            return Ok(None);
        }
        if let Some(end) = self.end.take() {
            return self.leave(end, scratch);
        }
        let mut filled = self.unread.len();
        scratch.input[..filled].copy_from_slice(&self.unread);
        if self.wants_input {
            filled += self.receive(&mut scratch.input[filled..])?;
        }
        self.converse(filled, scratch)
    }

    /// Lets the session answer the first `filled` bytes of the input, and sends what it says.
    fn converse(&mut self, filled: usize, scratch: &mut Scratch) -> io::Result<Option<End>> {
        let mut consumed = 0;
        let mut answered = false;
        loop {
            let input = &scratch.input[consumed..filled];
            let step = exchange(self.id, &mut self.session, self.ended, input, &mut scratch.output);
            consumed += step.consumed;
            answered |= step.produced > 0;
            self.send(&scratch.output[..step.produced])?;
            match step.next {
                Next::Write if self.unsent.is_empty() => continue,
                Next::Close(why) => return self.leave(End::Session(why), scratch),
                Next::Halt => {
                    self.server.halt.set();
                    return self.leave(End::Exit, scratch);
                }
                Next::Read | Next::Write => {}
            }
            self.keep(&scratch.input[consumed..filled]);
            self.wants_input = step.next == Next::Read;
            if self.unsent.is_empty() && self.owed == Some(0) {
                return Ok(self.refuse(Refusal::Halting, scratch));
            }
            self.wait(answered);
            return Ok(None);
        }
    }

    /// One read. What it gives is 0 at the end of the input, too, which is then noted.
    fn receive(&mut self, spare: &mut [u8]) -> io::Result<usize> {
        let limit = self.owed.unwrap_or(usize::MAX).min(spare.len());
        if limit == 0 {
            return Ok(0);
        }
        match self.stream.read(&mut spare[..limit]) {
            Ok(count) => {
                debug!(id = self.id, "received {count} bytes");
                self.ended = count == 0;
                self.owed = self.owed.map(|owed| owed - count);
                Ok(count)
            }
            Err(error) if is_later(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Sends `reply`, and keeps what the system does not take.
    fn send(&mut self, reply: &[u8]) -> io::Result<()> {
        let sent = self.send_some(reply)?;
        self.unsent.extend_from_slice(&reply[sent..]);
        Ok(())
    }

    /// Sends what was kept; `true` if that got on.
    fn flush(&mut self) -> io::Result<bool> {
        let sent = self.send_some(&self.unsent)?;
        self.unsent.drain(..sent);
        if self.unsent.is_empty() {
            self.unsent = Vec::new();
        }
        Ok(sent > 0)
    }

    fn send_some(&self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        match (&self.stream).write(bytes) {
            Ok(count) => {
                debug!(id = self.id, "sent {count} bytes");
                Ok(count)
            }
            Err(error) if is_later(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn keep(&mut self, input: &[u8]) {
        if input.is_empty() {
            // An idle connection keeps no memory.
            self.unread = Vec::new();
        } else {
            self.unread.clear();
            self.unread.extend_from_slice(input);
        }
    }

    fn refuse(&mut self, refusal: Refusal, scratch: &mut Scratch) -> Option<End> {
        let mut produced = 0;
        // A peer between two requests is owed nothing by a server that halts.
        if refusal != Refusal::Halting || !self.session.is_idle() {
            produced = self.session.refuse(refusal, &mut scratch.output);
        }
        let end = End::Session(Why::Refused(refusal));
        self.send(&scratch.output[..produced])
            .and_then(|()| self.leave(end, scratch))
            .unwrap_or_else(|error| Some(End::Lost(error)))
    }

    /// Goes through the end of a connection: all is sent, the peer closes.
    fn leave(&mut self, end: End, scratch: &mut Scratch) -> io::Result<Option<End>> {
        if self.unsent.is_empty() {
            if self.ended || self.owed.is_some() {
                return Ok(Some(end));
            }
            let linger = match &mut self.linger {
                Some(linger) => linger,
                None => {
                    debug!(id = self.id, "closing");
                    self.linger.insert(Linger::begin(&self.stream)?)
                }
            };
            if linger.discard(&self.stream, &mut scratch.input) {
                return Ok(Some(end));
            }
        }
        self.end = Some(end);
        self.wait(false);
        Ok(None)
    }

    /// Waits for what comes next. Nothing is read before all is sent: a peer that does not read
    /// its replies is not read from.
    fn wait(&mut self, progress: bool) {
        let stage = match (self.unsent.is_empty(), self.session.is_idle()) {
            (false, _) => Stage::Reply,
            (true, true) => Stage::Idle,
            (true, false) => Stage::Request,
        };
        self.interest =
            if self.unsent.is_empty() { Interest::Readable } else { Interest::Writable };
        self.deadline.enter(stage, progress, &self.server.options);
    }
}

impl AsFd for Connection<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// Not a failure: there is nothing to do at the moment.
fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
