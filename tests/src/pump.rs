//! A client that asks and asks, and does not read.

use std::net::SocketAddr;
use std::thread;

use crate::{Peer, Speech, eventually};

/// Its requests are numbered and all of the same length, so that a count of bytes says where it
/// stands.
#[derive(Debug)]
pub struct Pump {
    peer: Peer,
    speech: Speech,
    sent: usize,
}

impl Pump {
    /// For a connection to a calculator on which nothing was said yet; it should have little room
    /// ([`Peer::connect_with_little_room`]), or the systems hold many megabytes on their own.
    #[must_use]
    pub fn new(peer: Peer) -> Self {
        Self::of(Speech::Calc, peer)
    }

    /// As [`Pump::new`], for another service.
    #[must_use]
    pub fn of(speech: Speech, peer: Peer) -> Self {
        Self { peer, speech, sent: 0 }
    }

    /// Sends until nothing more finds room; returns how much has.
    ///
    /// # Panics
    ///
    /// When there is no end to the room: then the server keeps what it cannot answer.
    #[track_caller]
    pub fn fill(&mut self) -> usize {
        let before = self.sent;
        loop {
            let requests: String = (self.sent / REQUEST..).take(2000).map(request).collect();
            let sent = self.peer.send_some(&requests.as_bytes()[self.sent % REQUEST..]);
            self.sent += sent;
            assert!(self.sent < ENDLESS, "somebody keeps {ENDLESS} bytes for one who never reads");
            if sent == 0 {
                return self.sent - before;
            }
        }
    }

    /// Sends until nothing more finds room for good: the server has stopped reading.
    #[track_caller]
    pub fn fill_for_good(&mut self) {
        let mut looks_in_vain = 0;
        eventually("the server stops reading", || {
            looks_in_vain = if self.fill() == 0 { looks_in_vain + 1 } else { 0 };
            looks_in_vain == 50 && self.peer.unread() > 0
        });
    }

    /// Begins to read: every request is answered, in order.
    #[track_caller]
    pub fn hears_all(mut self) {
        let mut sender = self.peer.twin();
        let count = self.sent.div_ceil(REQUEST);
        let unfinished = request(count - 1);
        let rest = &unfinished[REQUEST - (count * REQUEST - self.sent)..];
        thread::scope(|scope| {
            scope.spawn(move || {
                sender.send(rest);
                sender.ends();
            });
            for number in 0..count {
                self.peer.hears(self.speech.replies(request(number)));
            }
            self.peer.hears_the_end();
        });
    }

    /// Its own address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.peer.address()
    }
}

fn request(number: usize) -> String {
    format!("{}+1\n", BASE + number as u128)
}

/// The first operand: as long as possible, so that replies fill the way back soon.
const BASE: u128 = 100_000_000_000_000_000_000_000_000_000_000_000_000;

/// The length of a request in bytes.
const REQUEST: usize = 42;

/// More than systems hold for two sockets.
const ENDLESS: usize = 128 * 1024 * 1024;
