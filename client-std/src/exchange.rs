//! One conversation over a stream: requests go out, replies come in, neither waits for the other.
//!
//! There are two drivers with the same behaviour, to be read side by side: [`blocking`] has a
//! thread for each direction, and sleeps in read(2) and write(2); [`non_blocking`] has one thread,
//! and sleeps in poll(2). With only one thread and a socket that blocks, a client that sends a lot
//! would come to a standstill: the server stops reading when nobody takes its replies.

mod blocking;
#[cfg(unix)]
mod non_blocking;

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use antiphon_server::explain::errno;
use antiphon_server::socket::Mode;

use crate::Outcome;
use crate::console::Console;
use crate::failure::Failure;
use crate::replies::Replies;
use crate::requests::Requests;
use crate::tally::{Tally, Trouble};

/// Sends all `requests`, tells the server that there are no more, and shows what it says until it
/// closes.
pub(crate) fn exchange(
    stream: TcpStream,
    peer: SocketAddr,
    mode: Mode,
    timeout: Option<Duration>,
    requests: Requests,
    console: &Arc<Console>,
) -> Result<Outcome, Failure> {
    let exchange = Exchange {
        stream: Arc::new(stream),
        peer,
        timeout,
        console: Arc::clone(console),
        tally: Arc::new(Tally::new()),
        replies: Replies::default(),
        shown: Vec::new(),
    };
    match mode {
        Mode::Blocking => blocking::drive(exchange, requests),
        #[cfg(unix)]
        Mode::NonBlocking => non_blocking::drive(exchange, requests),
        #[cfg(not(unix))]
        Mode::NonBlocking => Err(Failure::Resources(io::ErrorKind::Unsupported.into())),
    }
}

/// What both drivers work on.
struct Exchange {
    stream: Arc<TcpStream>,
    peer: SocketAddr,
    timeout: Option<Duration>,
    console: Arc<Console>,
    tally: Arc<Tally>,
    replies: Replies,
    /// Scratch memory.
    shown: Vec<u8>,
}

impl Exchange {
    /// Some bytes have come.
    fn receive(&mut self, received: &[u8]) -> Result<(), Failure> {
        self.console.tell(format_args!("received {} bytes", received.len()));
        self.shown.clear();
        self.replies.take(received, &mut self.shown);
        self.show()?;
        // Only now: a slow output takes none of the server's time.
        self.tally.moves();
        Ok(())
    }

    /// For how long to wait for the server; `Some(None)` is for ever, `None` no longer.
    fn patience(&self) -> Option<Option<Duration>> {
        let Some(timeout) = self.timeout else { return Some(None) };
        self.tally.left(timeout, self.replies.answers()).map(Some)
    }

    /// The server has had its time.
    fn time_out(mut self) -> Result<Outcome, Failure> {
        if let Some(Trouble::Input(error)) = self.tally.take_trouble() {
            self.show_rest()?;
            return Err(Failure::Input(error));
        }
        let owed = self.tally.owed(self.replies.answers());
        if owed == 0 {
            self.console.tell("the server says nothing more");
            return self.end();
        }
        self.show_rest()?;
        let timeout = self.timeout.unwrap_or_default();
        Err(Failure::Silent { peer: self.peer, owed, timeout })
    }

    /// Whether input that is there already may still be on its way to the tally, and matters: a
    /// server that closes early leaves it unanswered. Who types at a prompt sees the close.
    fn awaits_input(&self) -> bool {
        let owed = self.tally.owed(self.replies.answers());
        owed == 0 && !self.tally.is_over() && !self.console.is_prompt()
    }

    /// The server has closed the connection, and the input that was there by then is taken.
    fn closed(mut self) -> Result<Outcome, Failure> {
        self.console.tell("the server has closed the connection");
        let owed = self.tally.owed(self.replies.answers());
        match self.tally.take_trouble() {
            Some(Trouble::Input(error)) => {
                self.show_rest()?;
                return Err(Failure::Input(error));
            }
            Some(Trouble::Sending(error)) if owed > 0 => return self.lost(error),
            _ => {}
        }
        if owed > 0 {
            self.show_rest()?;
            return Err(Failure::Closed { peer: self.peer, owed });
        }
        let early = !self.tally.is_finished();
        if early && !self.replies.have_begun() && !self.console.is_prompt() {
            self.show_rest()?;
            return Err(Failure::ClosedUnasked { peer: self.peer });
        }
        let console = Arc::clone(&self.console);
        let outcome = self.end();
        if early {
            console.remark("the server closed the connection");
        }
        outcome
    }

    /// The connection broke.
    fn lost(mut self, error: io::Error) -> Result<Outcome, Failure> {
        self.console.tell(format_args!("receiving failed: {}", errno(&error)));
        self.show_rest()?;
        Err(Failure::Lost { peer: self.peer, error })
    }

    fn end(mut self) -> Result<Outcome, Failure> {
        self.show_rest()?;
        self.console.tell("closing the connection");
        Ok(if self.replies.failed() { Outcome::SaidNo } else { Outcome::Done })
    }

    /// Nothing more comes: what was held back of a line is shown, and the line ended.
    fn show_rest(&mut self) -> Result<(), Failure> {
        self.shown.clear();
        self.replies.finish(&mut self.shown);
        self.show()
    }

    fn show(&self) -> Result<(), Failure> {
        self.console.reply(&self.shown).map_err(Failure::Output)
    }
}

/// How much is read from the stream at once.
const CAPACITY: usize = 64 * 1024;

/// How long input may take after a close to count as having been there before.
const GRACE: Duration = Duration::from_millis(500);
