//! A server inside the test process.

use std::net::SocketAddr;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::{io, iter};

use antiphon_server::{Halt, Options, Server};
use clap::Parser as _;

use crate::{LIMIT, Peer, Sender, Speech, kernel};

/// A server on a free port of loopback, to whose threads the modes of files mean what they say even
/// if root runs the tests. Dropping it halts it, and fails the test if it panicked, returned an
/// error or did not return in time.
#[derive(Debug)]
pub struct Running {
    speech: Speech,
    address: SocketAddr,
    halt: Halt,
    thread: Option<JoinHandle<io::Result<()>>>,
    /// Disconnects when the thread ends.
    ended: Receiver<()>,
}

impl Running {
    /// Starts the calculator that `command_line` says, without the name of the program and without
    /// an address.
    ///
    /// ```
    /// use antiphon_tests::Running;
    ///
    /// let server = Running::start("calc --model select --idle-timeout 0.2");
    /// server.connect().asks("3+5", "Answer is 8");
    /// ```
    #[track_caller]
    #[must_use]
    pub fn start(command_line: &str) -> Self {
        let (service, options) = command_line.split_once(' ').unwrap_or((command_line, ""));
        let address = [service, "127.0.0.1", "0"];
        let words: Vec<&str> = address.into_iter().chain(options.split_whitespace()).collect();
        Self::start_words(Speech::Calc, &words)
    }

    /// Starts what the words of a command line say, without the name of the program; what the
    /// server will say to its clients is `speech`.
    #[track_caller]
    #[must_use]
    pub fn start_words(speech: Speech, words: &[&str]) -> Self {
        let words = iter::once("antiphon-server").chain(words.iter().copied());
        // Not `parse_from`, which would end the test process.
        let options = Options::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
        let server = Server::bind(options).expect("a free port of loopback can be had");
        let (address, halt) = (server.local_addr(), server.halt());
        let (sender, ended) = mpsc::channel();
        let thread = thread::spawn(move || {
            let _disconnects_at_the_end: mpsc::Sender<()> = sender;
            kernel::obey_modes();
            server.run()
        });
        Self { speech, address, halt, thread: Some(thread), ended }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A client that is connected, though perhaps not served yet.
    #[track_caller]
    #[must_use]
    pub fn connect(&self) -> Peer {
        Peer::connect(self.address)
    }

    /// Tells the server to end, as a signal would.
    pub fn halt(&self) {
        self.halt.set();
    }

    /// Waits until the server has ended by itself, or by [`Running::halt`].
    #[track_caller]
    pub fn ends(mut self) {
        self.join();
    }

    /// A client of datagrams.
    #[track_caller]
    #[must_use]
    pub fn sender(&self) -> Sender {
        Sender::to(self.address)
    }

    /// A client whom the server has accepted for sure.
    #[track_caller]
    #[must_use]
    pub fn served(&self) -> Peer {
        let mut peer = self.connect();
        self.answers(&mut peer, "3+5\n");
        peer
    }

    /// `peer` makes these requests, and receives the replies to them.
    #[track_caller]
    pub fn answers(&self, peer: &mut Peer, requests: &str) {
        peer.send(requests);
        peer.hears(self.speech.replies(requests));
    }

    /// `peer` ends the conversation, and is let go as it should be.
    #[track_caller]
    pub fn lets_go(&self, peer: &mut Peer) {
        if self.speech.has_lines() {
            peer.quits();
        } else {
            peer.ends();
            peer.hears_the_end();
        }
    }

    /// A client comes, is served and goes: the server has not suffered.
    #[track_caller]
    pub fn serves(&self) {
        let mut peer = self.served();
        self.lets_go(&mut peer);
    }

    /// As [`Running::serves`], for a client of datagrams.
    #[track_caller]
    pub fn serves_datagrams(&self) {
        self.sender().asks("3+5", self.speech.replies("3+5"));
    }

    #[track_caller]
    fn join(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        if self.ended.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
            fail("the server does not end");
            return;
        }
        match thread.join() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => fail(&format!("the server ended with an error: {error}")),
            Err(_) => fail("the server panicked"),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.halt.set();
        self.join();
    }
}

/// A second panic while the first one unwinds would end all tests.
#[track_caller]
fn fail(what: &str) {
    if thread::panicking() {
        eprintln!("besides: {what}");
    } else {
        panic!("{what}");
    }
}
