//! Requests over UDP: each is a datagram, and so is each reply.
//!
//! Nothing says which reply belongs to which request, so there is one request at a time. After one
//! that was sent more than once, or was not answered, a reply may still come, at any time: what
//! follows is sent from another port, and that reply goes nowhere. Of a peer that answers twice
//! unasked, or a network that doubles a datagram, only what comes before the next request is
//! dropped.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use antiphon_server::explain::{ConnectError, errno};
use antiphon_server::socket::Mode;

use crate::Outcome;
use crate::args::Args;
use crate::console::Console;
use crate::failure::Failure;
use crate::replies::Replies;
use crate::requests::Requests;
use crate::transport::datagram_socket;

/// Sends each of `requests`, and shows the reply to it. One that fails is remarked on, and the next
/// one is tried: each datagram has its own fate.
pub(crate) fn ask(
    socket: UdpSocket,
    peer: SocketAddr,
    args: &Args,
    mut requests: Requests,
    console: &Console,
) -> Result<Outcome, Failure> {
    let mut correspondence = Correspondence {
        args,
        socket,
        peer,
        awaited: false,
        mode: args.mode(),
        timeout: args.timeout.unwrap_or(TIMEOUT),
        tries: args.retries.unwrap_or(0).saturating_add(1),
        console,
        memory: vec![0; LARGEST],
    };
    let mut outcome = Outcome::Done;
    while let Some(request) = requests.next_line().map_err(Failure::Input)? {
        match correspondence.request(&request) {
            Ok(length) => {
                let (mut replies, mut shown) = (Replies::default(), Vec::new());
                replies.take(&correspondence.memory[..length], &mut shown);
                replies.finish(&mut shown);
                if !shown.ends_with(b"\n") {
                    // An empty datagram is a reply, too.
                    shown.push(b'\n');
                }
                console.reply(&shown).map_err(Failure::Output)?;
                if replies.failed() {
                    outcome = Outcome::SaidNo;
                }
            }
            Err(failure) => {
                console.remark(failure);
                outcome = Outcome::SaidNo;
            }
        }
    }
    console.tell("closing the socket");
    Ok(outcome)
}

struct Correspondence<'c> {
    args: &'c Args,
    socket: UdpSocket,
    peer: SocketAddr,
    /// A reply to an earlier request may still come to the socket.
    awaited: bool,
    mode: Mode,
    timeout: Duration,
    tries: u32,
    console: &'c Console,
    memory: Vec<u8>,
}

impl Correspondence<'_> {
    /// Sends `request` until a reply comes, which is then at the front of the memory.
    fn request(&mut self, request: &[u8]) -> Result<usize, Failure> {
        if self.awaited {
            self.renew()?;
        }
        self.forget()?;
        for attempt in 1..=self.tries {
            let sent = self.send(request).map_err(|error| self.failure(error, request))?;
            self.console.tell(format_args!("sent a datagram of {sent} bytes"));
            self.awaited = true;
            let end = Instant::now() + self.timeout;
            match self.receive(end).map_err(|error| self.failure(error, request))? {
                Some(length) => {
                    self.console.tell(format_args!("received a datagram of {length} bytes"));
                    self.awaited = attempt > 1;
                    return Ok(length);
                }
                None => self.console.tell("nothing came in time"),
            }
        }
        Err(Failure::Unanswered { peer: self.peer, sent: self.tries, timeout: self.timeout })
    }

    /// Goes on from another port. It is another one because the old one is still taken.
    fn renew(&mut self) -> Result<(), Failure> {
        self.console.tell("leaving the socket, to which a late reply may come");
        self.socket = datagram_socket(self.args, self.console, self.peer)
            .map_err(|error| ConnectError::Connect(vec![(self.peer, error)]))?;
        self.awaited = false;
        Ok(())
    }

    /// Drops what has come and was not waited for; a refusal of an earlier datagram, too.
    fn forget(&mut self) -> Result<(), Failure> {
        self.socket.set_nonblocking(true).map_err(Failure::Resources)?;
        loop {
            match self.socket.recv(&mut self.memory) {
                Ok(_) => self.console.tell("dropped a datagram that came too late"),
                Err(error) if is_refusal(&error) => {}
                Err(_) => break,
            }
        }
        self.socket.set_nonblocking(self.mode == Mode::NonBlocking).map_err(Failure::Resources)
    }

    fn send(&self, request: &[u8]) -> io::Result<usize> {
        loop {
            match self.socket.send(request) {
                Err(error) if is_later(&error) => self.wait_until_writable()?,
                outcome => return outcome,
            }
        }
    }

    /// The length of the datagram that comes before `end`, if one does.
    fn receive(&mut self, end: Instant) -> io::Result<Option<usize>> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            match self.mode {
                Mode::Blocking => self.socket.set_read_timeout(Some(left))?,
                Mode::NonBlocking => self.wait_until_readable(left)?,
            }
            match self.socket.recv(&mut self.memory) {
                Err(error) if is_later(&error) => {}
                outcome => return outcome.map(Some),
            }
        }
    }

    fn failure(&self, error: io::Error, request: &[u8]) -> Failure {
        self.console.tell(format_args!("failed: {}", errno(&error)));
        if is_refusal(&error) {
            Failure::Refused { peer: self.peer }
        } else if request.len() > LARGEST_SENT {
            Failure::TooLong { length: request.len() }
        } else {
            Failure::Lost { peer: self.peer, error }
        }
    }
}

#[cfg(unix)]
impl Correspondence<'_> {
    fn wait_until_readable(&self, left: Duration) -> io::Result<()> {
        self.wait(rustix::event::PollFlags::IN, Some(left))
    }

    fn wait_until_writable(&self) -> io::Result<()> {
        self.wait(rustix::event::PollFlags::OUT, None)
    }

    fn wait(&self, flags: rustix::event::PollFlags, left: Option<Duration>) -> io::Result<()> {
        use rustix::event::{PollFd, Timespec, poll};
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut [PollFd::new(&self.socket, flags)], left.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Here the socket always blocks, so there is nothing to wait for.
#[cfg(not(unix))]
impl Correspondence<'_> {
    fn wait_until_readable(&self, _left: Duration) -> io::Result<()> {
        Ok(())
    }

    fn wait_until_writable(&self) -> io::Result<()> {
        Ok(())
    }
}

/// What an ICMP message about an earlier datagram comes to; Windows calls it a reset.
fn is_refusal(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset)
}

/// Not a failure: nothing has come, or there is no room at the moment.
fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// How long a reply may take, if the command line says nothing: a datagram can get lost, so
/// somebody must decide when it has.
const TIMEOUT: Duration = Duration::from_secs(5);

/// More than any datagram holds.
const LARGEST: usize = 64 * 1024;

/// The most that IPv4 lets a datagram carry.
const LARGEST_SENT: usize = 65_507;
