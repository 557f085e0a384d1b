//! The blocking driver: one conversation, from its first byte to its end.
//!
//! It carries out what the session says, in the order of its contract (see
//! [`antiphon_protocol::session`]), and sleeps in read(2) and write(2) for as long as the peer may
//! take.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use antiphon_protocol::{Buffer, Next, Refusal, Session, Why};
use tracing::debug;

use crate::Server;
use crate::accept::Accepted;
use crate::deadline::{Deadline, Stage};
use crate::exchange::{End, exchange};
use crate::linger::Linger;
use crate::received;
use crate::scratch::Scratch;

/// Talks with one client until the conversation ends, whoever ends it, and frees its place.
pub(crate) fn converse(server: &Server, accepted: Accepted) {
    let Accepted { stream, id, may_exit, place } = accepted;
    let stream = Arc::new(stream);
    let reader = server.halt.watch(&stream);
    let scratch = Scratch::new(&server.settings);
    let conversation = Conversation {
        server,
        stream: &stream,
        id,
        session: Session::new(&server.settings, may_exit),
        input: Buffer::new(scratch.input),
        output: scratch.output,
        deadline: Deadline::new(&server.options),
        ended: false,
        owed: None,
    };
    let end = conversation.run().unwrap_or_else(End::Lost);
    // The line comes last: who reads it may count on the place being free.
    drop((reader, stream, place));
    end.log(id);
}

struct Conversation<'c> {
    server: &'c Server,
    stream: &'c TcpStream,
    id: u64,
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
        self.stream.set_write_timeout(Some(self.server.options.request_timeout))?;
        loop {
            let (session, input) = (&mut self.session, self.input.filled());
            let step = exchange(self.id, session, self.ended, input, &mut self.output);
            if !self.send(step.produced)? {
                return Ok(End::Unread);
            }
            self.input.consume(step.consumed);
            match step.next {
                Next::Write => {}
                Next::Read => {
                    if let Err(refusal) = self.read(step.produced > 0)? {
                        return self.refuse(refusal);
                    }
                }
                Next::Close(why) => return self.close(End::Session(why)),
                Next::Halt => {
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
        self.stream.set_read_timeout(Some(left))?;
        let mut spare = self.input.spare();
        if self.server.halt.is_set() {
            let owed = *self.owed.get_or_insert_with(|| received(self.stream));
            let limit = owed.min(spare.len());
            spare = &mut spare[..limit];
        }
        match self.stream.read(spare) {
            Ok(0) if self.server.halt.is_set() => return Ok(Err(Refusal::Halting)),
            Ok(0) => {
                debug!(id = self.id, "received the end of input");
                self.ended = true;
            }
            Ok(count) => {
                debug!(id = self.id, "received {count} bytes");
                self.input.fill(count);
                self.owed = self.owed.map(|owed| owed - count);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if is_timeout(&error) => return Ok(Err(Refusal::TimedOut)),
            Err(error) => return Err(error),
        }
        Ok(Ok(()))
    }

    /// Sends the front of the output; `false` if the peer does not read it.
    fn send(&mut self, produced: usize) -> io::Result<bool> {
        if produced == 0 {
            return Ok(true);
        }
        match self.stream.write_all(&self.output[..produced]) {
            Ok(()) => {
                debug!(id = self.id, "sent {produced} bytes");
                Ok(true)
            }
            Err(error) if is_timeout(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn refuse(&mut self, refusal: Refusal) -> io::Result<End> {
        // A peer between two requests is owed nothing by a server that halts.
        if refusal != Refusal::Halting || !self.session.is_idle() {
            let produced = self.session.refuse(refusal, &mut self.output);
            self.send(produced)?;
        }
        self.close(End::Session(Why::Refused(refusal)))
    }

    fn close(&mut self, end: End) -> io::Result<End> {
        debug!(id = self.id, "closing");
        if !self.ended {
            let mut linger = Linger::begin(self.stream)?;
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

/// What a blocking call says when its socket's timeout is over: systems differ.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}
