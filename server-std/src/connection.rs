//! The non-blocking driver: one connection among many, moved on whenever it is ready.
//!
//! It carries out what the session says, in the order of its contract (see
//! [`antiphon_protocol::session`]), and returns instead of sleeping. It works in memory that the
//! loop lends to whoever is ready, and keeps only what is left over.

use std::io::{self, ErrorKind, Read as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use antiphon_protocol::{Refusal, Session};
use rustix::fd::{AsFd, BorrowedFd};
use tracing::debug;

use crate::Server;
use crate::accept::Accepted;
use crate::body::Body;
use crate::deadline::{Deadline, Stage};
use crate::exchange::{Client, End, Then, exchange};
use crate::interest::Interest;
use crate::linger::{self, Linger};
use crate::places::Place;
use crate::received;
use crate::scratch::Scratch;
use crate::socket;

/// One client of a multiplexing server.
#[derive(Debug)]
pub(crate) struct Connection<'s> {
    server: &'s Server,
    stream: TcpStream,
    client: Client,
    session: Session<'s>,
    /// Received and not consumed: the front of a request, or what waits for room to answer.
    unread: Vec<u8>,
    /// Produced and not sent; while there is any, nothing is read.
    unsent: Vec<u8>,
    /// What comes after that.
    body: Option<Body>,
    /// The session has said `Read`.
    wants_input: bool,
    /// Its turn was over before all was answered.
    is_cut_short: bool,
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
        let Accepted { stream, client, may_exit, place } = accepted;
        Self {
            server,
            stream,
            client,
            session: Session::new(&server.settings, may_exit),
            unread: Vec::new(),
            unsent: Vec::new(),
            body: None,
            wants_input: false,
            is_cut_short: false,
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
        if !self.all_sent() || self.is_cut_short {
            return Some(End::Unread);
        }
        match self.end.take() {
            Some(end) => Some(end),
            None => {
                let outcome = self.refuse(Refusal::TimedOut, scratch);
                outcome.unwrap_or_else(|error| Some(End::Lost(error)))
            }
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
        let Self { stream, client, place, body, .. } = self;
        drop((body, stream, place));
        end.log(client);
    }

    fn go_on(&mut self, scratch: &mut Scratch) -> io::Result<Option<End>> {
        self.flush()?;
        if !self.all_sent() {
            self.wait(false);
            return Ok(None);
        }
        if let Some(end) = self.end.take() {
            return self.leave(end, scratch);
        }
        let mut filled = self.take_unread(scratch);
        if self.wants_input {
            filled += self.receive(&mut scratch.input[filled..])?;
        }
        self.converse(filled, scratch)
    }

    /// Lets the session answer the first `filled` bytes of the input, and sends what it says.
    fn converse(&mut self, filled: usize, scratch: &mut Scratch) -> io::Result<Option<End>> {
        let Scratch { input, output } = scratch;
        let mut input = &input[..filled];
        let mut answered = false;
        let turn_ends = Instant::now() + TURN;
        let then = loop {
            let session = &mut self.session;
            let step = exchange(self.server, self.client, session, self.ended, input, output);
            input = &input[step.consumed..];
            answered |= step.produced > 0;
            self.body = step.body;
            self.send(&output[..step.produced])?;
            match step.then {
                Then::Write if self.all_sent() && Instant::now() < turn_ends => {}
                then => break then,
            }
        };
        self.keep(input);
        self.is_cut_short = matches!(then, Then::Write) && self.all_sent();
        match then {
            Then::Close(why) => return self.leave(End::Session(why), scratch),
            Then::Halt => {
                self.server.halt.set();
                return self.leave(End::Exit, scratch);
            }
            Then::Read | Then::Write => self.wants_input = matches!(then, Then::Read),
        }
        if self.owed == Some(0) && self.wants_input && self.all_sent() {
            return self.refuse(Refusal::Halting, scratch);
        }
        self.wait(answered);
        Ok(None)
    }

    /// One read. What it gives is 0 at the end of the input, too, which is then noted.
    fn receive(&mut self, spare: &mut [u8]) -> io::Result<usize> {
        let limit = self.owed.unwrap_or(usize::MAX).min(spare.len());
        if limit == 0 {
            return Ok(0);
        }
        match self.stream.read(&mut spare[..limit]) {
            Ok(count) => {
                debug!(id = self.client.id, "received {count} bytes");
                self.ended = count == 0;
                self.owed = self.owed.map(|owed| owed - count);
                Ok(count)
            }
            Err(error) if is_later(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Sends `reply` and the body that follows it, and keeps what the system does not take.
    fn send(&mut self, reply: &[u8]) -> io::Result<()> {
        let sent = self.send_some(reply)?;
        self.unsent.extend_from_slice(&reply[sent..]);
        self.count_sent(sent);
        self.send_body()
    }

    /// Sends what was kept.
    fn flush(&mut self) -> io::Result<()> {
        let sent = self.send_some(&self.unsent)?;
        self.unsent.drain(..sent);
        if self.unsent.is_empty() {
            self.unsent = Vec::new();
        }
        self.count_sent(sent);
        self.send_body()
    }

    /// One call for the body, once it is its turn; a large one takes many.
    fn send_body(&mut self) -> io::Result<()> {
        let Some(body) = self.body.as_mut().filter(|_| self.unsent.is_empty()) else {
            return Ok(());
        };
        let sent = or_none(body.send(&self.stream))?;
        debug!(id = self.client.id, "sent {sent} bytes");
        if body.is_sent() {
            self.body = None;
        }
        self.count_sent(sent);
        Ok(())
    }

    /// What is sent counts for the rest, if there is any.
    fn count_sent(&mut self, bytes: usize) {
        if !self.all_sent() {
            self.deadline.enter(Stage::Reply, false, &self.server.options);
            self.deadline.sent(bytes, &self.server.options);
        }
    }

    fn send_some(&self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let sent = or_none(socket::send(&self.stream, bytes, self.body.is_some()))?;
        debug!(id = self.client.id, "sent {sent} bytes");
        Ok(sent)
    }

    fn all_sent(&self) -> bool {
        self.unsent.is_empty() && self.body.is_none()
    }

    /// Puts what was kept in front of what comes, and gives its length.
    fn take_unread(&self, scratch: &mut Scratch) -> usize {
        scratch.input[..self.unread.len()].copy_from_slice(&self.unread);
        self.unread.len()
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

    /// The peer gets no more to say than it has said.
    fn refuse(&mut self, refusal: Refusal, scratch: &mut Scratch) -> io::Result<Option<End>> {
        let produced = self.session.refuse(refusal, &mut scratch.output);
        self.send(&scratch.output[..produced])?;
        let filled = self.take_unread(scratch);
        self.converse(filled, scratch)
    }

    /// Goes through the end of a connection: all is sent, the peer closes.
    fn leave(&mut self, end: End, scratch: &mut Scratch) -> io::Result<Option<End>> {
        if self.all_sent() {
            let linger = match &mut self.linger {
                Some(linger) => linger,
                None if self.ended || !linger::is_needed(&end, &self.unread, &self.stream) => {
                    return Ok(Some(end));
                }
                None => self.linger.insert(Linger::begin(&self.stream, self.client)?),
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
    /// its replies is not read from. If its turn was cut short, the next one comes when there is
    /// room for replies, as there is, after that of the others.
    fn wait(&mut self, answered: bool) {
        let stage = match (self.all_sent(), self.session.is_idle()) {
            (false, _) => Stage::Reply,
            (true, true) => Stage::Idle,
            (true, false) => Stage::Request,
        };
        let can_read = self.all_sent() && !self.is_cut_short;
        self.interest = if can_read { Interest::Readable } else { Interest::Writable };
        self.deadline.enter(stage, answered, &self.server.options);
        if self.is_cut_short {
            // What was answered is sent. Whether there is room for more is not known yet.
            self.deadline.enter(Stage::Reply, false, &self.server.options);
        }
    }
}

impl AsFd for Connection<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// How long one connection may go on before the others have their turn, beyond the request that
/// it is at: a thousand small files take less, so this is for what is dear, such as the pages of
/// large directories.
const TURN: Duration = Duration::from_millis(5);

/// Not a failure: there is nothing to do at the moment.
fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

/// How much was sent, which may be nothing for now.
fn or_none(outcome: io::Result<usize>) -> io::Result<usize> {
    match outcome {
        Err(error) if is_later(&error) => Ok(0),
        outcome => outcome,
    }
}
