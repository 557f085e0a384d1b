//! The blocking driver: one conversation, from its first byte to its end.
//!
//! It carries out what the session says, in the order of its contract (see
//! [`antiphon_protocol::session`]), and sleeps for as long as the peer may take: in write(2), and
//! before read(2) in poll(2), where a halt wakes it.

use std::io::{self, ErrorKind, Read as _};
use std::net::TcpStream;
use std::time::Duration;

use antiphon_protocol::{Buffer, Refusal, Session};
use tracing::debug;

use crate::Server;
use crate::accept::Accepted;
use crate::body::Body;
use crate::deadline::{Deadline, Stage};
use crate::exchange::{Client, End, Then, exchange};
use crate::linger::{self, Linger};
use crate::received;
use crate::scratch::Scratch;
use crate::socket;

/// Talks with one client until the conversation ends, whoever ends it, and frees its place.
pub(crate) fn converse(server: &Server, accepted: Accepted) {
    let Accepted { stream, client, may_exit, place } = accepted;
    let scratch = Scratch::new(&server.settings);
    let conversation = Conversation {
        server,
        stream: &stream,
        client,
        session: Session::new(&server.settings, may_exit),
        input: Buffer::new(scratch.input),
        output: scratch.output,
        deadline: Deadline::new(&server.options),
        ended: false,
        owed: None,
    };
    let end = conversation.run().unwrap_or_else(End::Lost);
    // The line comes last: who reads it may count on the place being free.
    drop((stream, place));
    end.log(client);
}

struct Conversation<'c> {
    server: &'c Server,
    stream: &'c TcpStream,
    client: Client,
    session: Session<'c>,
    input: Buffer<Vec<u8>>,
    output: Vec<u8>,
    deadline: Deadline,
    /// The peer has ended its input.
    ended: bool,
    /// Once the server halts: how much of what had arrived by then is not read yet.
    owed: Option<usize>,
}

impl Conversation<'_> {
    fn run(mut self) -> io::Result<End> {
        let longest = self.server.options.request_timeout().min(LONGEST_WRITE);
        self.stream.set_write_timeout(Some(longest))?;
        loop {
            let (session, input) = (&mut self.session, self.input.filled());
            let step =
                exchange(self.server, self.client, session, self.ended, input, &mut self.output);
            if !self.send(step.produced, step.body.is_some())? || !self.send_body(step.body)? {
                return Ok(End::Unread);
            }
            self.input.consume(step.consumed);
            match step.then {
                Then::Write => {}
                Then::Read => {
                    if let Err(refusal) = self.read(step.produced > 0)? {
                        let produced = self.session.refuse(refusal, &mut self.output);
                        if !self.send(produced, false)? {
                            return Ok(End::Unread);
                        }
                    }
                }
                Then::Close(why) => return self.close(End::Session(why)),
                Then::Halt => {
                    self.server.halt.set();
                    return self.close(End::Exit);
                }
            }
        }
    }

    /// Reads once; an error inside says that the peer gets no more to say.
    fn read(&mut self, answered: bool) -> io::Result<Result<(), Refusal>> {
        let stage = if self.session.is_idle() { Stage::Idle } else { Stage::Request };
        self.deadline.enter(stage, answered, &self.server.options);
        let Some(left) = self.deadline.left() else { return Ok(Err(Refusal::TimedOut)) };
        let mut spare = self.input.spare();
        if self.server.halt.is_set() {
            let owed = *self.owed.get_or_insert_with(|| received(self.stream));
            let limit = owed.min(spare.len());
            spare = &mut spare[..limit];
            if limit == 0 {
                return Ok(Err(Refusal::Halting));
            }
        } else if !self.server.halt.wait(self.stream, left)? {
            return Ok(Err(Refusal::TimedOut));
        } else if self.server.halt.is_set() {
            // Once more, to see what is owed.
            return Ok(Ok(()));
        }
        match self.stream.read(spare) {
            Ok(0) => {
                debug!(id = self.client.id, "received the end of input");
                self.ended = true;
            }
            Ok(count) => {
                debug!(id = self.client.id, "received {count} bytes");
                self.input.fill(count);
                self.owed = self.owed.map(|owed| owed - count);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(Ok(()))
    }

    /// Sends the front of the output, of which there is `more` to come or not; `false` if the peer
    /// does not read it.
    fn send(&mut self, produced: usize, more: bool) -> io::Result<bool> {
        let mut sent = 0;
        while sent < produced {
            let outcome = socket::send(self.stream, &self.output[sent..produced], more);
            match self.count_sent(outcome)? {
                Some(count) => sent += count,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Sends all of a body; `false` if the peer does not read it.
    fn send_body(&mut self, body: Option<Body>) -> io::Result<bool> {
        let Some(mut body) = body else { return Ok(true) };
        while !body.is_sent() {
            let outcome = body.send(self.stream);
            if self.count_sent(outcome)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How much a call has sent; `None` if the peer reads too slowly.
    fn count_sent(&mut self, outcome: io::Result<usize>) -> io::Result<Option<usize>> {
        self.deadline.enter(Stage::Reply, false, &self.server.options);
        match outcome {
            Ok(count) => {
                debug!(id = self.client.id, "sent {count} bytes");
                self.deadline.sent(count, &self.server.options);
                Ok(self.deadline.left().map(|_| count))
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Some(0)),
            Err(error) if is_timeout(&error) => Ok(self.deadline.left().map(|_| 0)),
            Err(error) => Err(error),
        }
    }

    fn close(&mut self, end: End) -> io::Result<End> {
        if !self.ended && linger::is_needed(&end, self.input.filled(), self.stream) {
            let mut linger = Linger::begin(self.stream, self.client)?;
            while let Some(left) = linger.left() {
                self.stream.set_read_timeout(Some(left))?;
                if linger.discard(self.stream, &mut self.output) {
                    break;
                }
            }
        }
        Ok(end)
    }
}

/// How long one call may block: what was sent counts for the deadline only when it returns.
const LONGEST_WRITE: Duration = Duration::from_millis(500);

/// What a blocking call says when its socket's timeout is over: systems differ.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
