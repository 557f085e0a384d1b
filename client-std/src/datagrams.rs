//! Requests over UDP: each is a datagram, and so is each reply.
//!
//! Nothing says which reply belongs to which request, so there is one request at a time. After one
//! that was sent more than once, or was not answered, a reply may still come, at any time: what
//! follows is sent from another port, and that reply goes nowhere. Of a peer that answers twice
//! unasked, or a network that doubles a datagram, only what comes before the next request is
//! dropped.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::mem;
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
/// one is tried: each datagram has its own fate. Until somebody has answered, a refusal by `peer`
/// leads to `others`, the other addresses of the server.
pub(crate) fn ask(
    socket: UdpSocket,
    peer: SocketAddr,
    others: VecDeque<SocketAddr>,
    args: &Args,
    mut requests: Requests,
    console: &Console,
) -> Result<Outcome, Failure> {
    let mut correspondence = Correspondence::new(socket, peer, others, args, console);
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
    /// The other addresses of the server.
    others: VecDeque<SocketAddr>,
    /// Some reply has come from `peer`, so the server is there and not elsewhere.
    found: bool,
    /// What belongs to an earlier request, or to another peer, may still come to the socket.
    spent: bool,
    mode: Mode,
    timeout: Duration,
    tries: u32,
    console: &'c Console,
    memory: Vec<u8>,
}

impl<'c> Correspondence<'c> {
    fn new(
        socket: UdpSocket,
        peer: SocketAddr,
        others: VecDeque<SocketAddr>,
        args: &'c Args,
        console: &'c Console,
    ) -> Self {
        Self {
            args,
            socket,
            peer,
            others,
            found: false,
            spent: false,
            mode: args.mode(),
            timeout: args.timeout.unwrap_or(TIMEOUT),
            tries: args.retries.unwrap_or(0).saturating_add(1),
            console,
            memory: vec![0; LARGEST],
        }
    }

    /// Gets a reply to `request`, which is then at the front of the memory; from the first address
    /// that does not refuse, if it is not known yet where the server is.
    fn request(&mut self, request: &[u8]) -> Result<usize, Failure> {
        let mut refused = Vec::new();
        for _ in 0..=self.others.len() {
            match self.request_here(request) {
                Err(Failure::Refused { peers }) => refused.extend(peers),
                // What matters is where the server could be.
                Err(Failure::Connect(_)) if !refused.is_empty() => {}
                outcome => {
                    self.found |= outcome.is_ok();
                    return outcome;
                }
            }
            if self.found {
                break;
            }
            self.turn_to_next();
        }
        Err(Failure::Refused { peers: refused })
    }

    /// Sends `request` to the peer until a reply comes.
    fn request_here(&mut self, request: &[u8]) -> Result<usize, Failure> {
        if self.spent {
            self.renew()?;
        }
        self.forget()?;
        for attempt in 1..=self.tries {
            let sent = self.send(request).map_err(|error| self.failure(error, request))?;
            self.console.tell(format_args!("sent a datagram of {sent} bytes"));
            self.spent = true;
            let end = Instant::now() + self.timeout;
            match self.receive(end).map_err(|error| self.failure(error, request))? {
                Some(length) => {
                    self.console.tell(format_args!("received a datagram of {length} bytes"));
                    self.spent = attempt > 1;
                    return Ok(length);
                }
                None => self.console.tell("nothing came in time"),
            }
        }
        Err(Failure::Unanswered { peer: self.peer, sent: self.tries, timeout: self.timeout })
    }

    /// After the last address comes the first one again: the server may start in the meantime.
    fn turn_to_next(&mut self) {
        if let Some(next) = self.others.pop_front() {
            self.others.push_back(mem::replace(&mut self.peer, next));
            self.spent = true;
        }
    }

    /// Goes on from another port. It is another one because the old one is still taken.
    fn renew(&mut self) -> Result<(), Failure> {
        self.console.tell("leaving the socket and what may still come to it");
        self.socket = datagram_socket(self.args, self.console, self.peer)
            .map_err(|error| ConnectError::Connect(vec![(self.peer, error)]))?;
        self.spent = false;
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
            Failure::Refused { peers: vec![self.peer] }
        } else if request.len() > LARGEST_SENT {
            Failure::TooLong { longest: LARGEST_SENT }
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

#[cfg(test)]
mod tests {
    use std::thread;

    use clap::Parser as _;

    use super::*;

    /// Here the addresses are given, because no name has several of them on every machine.
    #[test]
    fn a_refusal_leads_to_the_next_address() {
        let args = Args::parse_from(["antiphon-client", "--transport", "udp"]);
        let console = Console::plain(false);
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        server.set_read_timeout(Some(TIMEOUT)).unwrap();
        let there = server.local_addr().unwrap();
        let nobody = [(); 2].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
        let [first, last] = nobody.map(|socket| socket.local_addr().unwrap());
        let start = |others: &[SocketAddr]| {
            let socket = datagram_socket(&args, &console, first).unwrap();
            Correspondence::new(socket, first, others.iter().copied().collect(), &args, &console)
        };
        let mut correspondence = start(&[there, last]);
        let running = thread::spawn(move || {
            let mut memory = [0; 16];
            for _ in 0..2 {
                let (length, sender) = server.recv_from(&mut memory).unwrap();
                server.send_to(&memory[..length], sender).unwrap();
            }
        });
        for request in ["1+1", "quit()"] {
            assert_eq!(correspondence.request(request.as_bytes()).unwrap(), request.len());
            assert_eq!(correspondence.peer, there);
        }
        // Whoever has answered is the server, also when it is gone.
        running.join().unwrap();
        let refused = |outcome| match outcome {
            Err(Failure::Refused { peers }) => peers,
            outcome => panic!("not refused: {outcome:?}"),
        };
        assert_eq!(refused(correspondence.request(b"2+2")), [there]);
        assert_eq!(refused(start(&[last]).request(b"2+2")), [first, last]);
    }
}
