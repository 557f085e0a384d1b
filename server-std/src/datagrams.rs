//! A UDP socket: each datagram is one request and gets at most one reply.
//!
//! There is no connection here, so nothing to accept, to count or to close; and no promise: a
//! reply that the system does not take now is dropped, as any datagram may be.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};

use antiphon_protocol::datagram;
use rustix::fd::{AsFd, BorrowedFd};
use tracing::{debug, warn};

use crate::Server;
use crate::explain;
use crate::log::{self, Excerpt};

/// The datagrams of one server.
#[derive(Debug)]
pub(crate) struct Datagrams<'s> {
    server: &'s Server,
    socket: UdpSocket,
    input: Vec<u8>,
    output: Vec<u8>,
}

impl<'s> Datagrams<'s> {
    /// `socket` must not block.
    pub(crate) fn new(server: &'s Server, socket: UdpSocket) -> Self {
        let (input, output) = (vec![0; LARGEST], vec![0; LARGEST]);
        Self { server, socket, input, output }
    }

    /// Answers one datagram, if one has arrived. Whatever goes wrong concerns only that datagram.
    pub(crate) fn answer(&mut self) {
        self.try_answer();
    }

    /// Answers all that have arrived, when the server halts.
    pub(crate) fn finish(&mut self) {
        for _ in 0..LAST {
            if !self.try_answer() {
                return;
            }
        }
    }

    /// `false` if no datagram has arrived.
    fn try_answer(&mut self) -> bool {
        match self.socket.recv_from(&mut self.input) {
            Ok((length, peer)) => self.reply(length, peer),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            // An ICMP refusal of an earlier reply, for example: some systems report it here.
            Err(error) => {
                let error = explain::errno(&error);
                log::pass(&self.server.datagram_log, |unlogged| {
                    warn!(error, unlogged, "a datagram was lost");
                });
            }
        }
        true
    }

    fn reply(&mut self, length: usize, peer: SocketAddr) {
        let request = &self.input[..length];
        debug!(%peer, "received {length} bytes in a datagram: {}", Excerpt(request));
        if peer.port() == 0 || self.is_own_address(peer) {
            log::pass(
                &self.server.datagram_log,
                |unlogged| warn!(%peer, unlogged, "no reply: its sender is nobody"),
            );
            return;
        }
        let may_exit = self.server.may_exit(peer.ip(), || Some(self.server.local_addr().ip()));
        let reply = datagram(&self.server.settings, may_exit, request, &mut self.output);
        if reply.send {
            self.send(reply.produced, peer);
        }
        if reply.halt {
            self.server.halt.set();
        }
    }

    fn send(&mut self, length: usize, peer: SocketAddr) {
        let reply = &self.output[..length];
        match self.socket.send_to(reply, peer) {
            Ok(_) => debug!(%peer, "sent {length} bytes in a datagram: {}", Excerpt(reply)),
            // Too large for one datagram, refused by a filter, no room at the moment.
            Err(error) => {
                let error = explain::errno(&error);
                log::pass(
                    &self.server.datagram_log,
                    |unlogged| warn!(%peer, error, unlogged, "a reply was dropped"),
                );
            }
        }
    }

    /// Whether `peer` is this very socket: it would talk to itself for ever.
    fn is_own_address(&self, peer: SocketAddr) -> bool {
        let (local, ip) = (self.server.local_addr(), peer.ip().to_canonical());
        // An address is this machine's own if a socket can be bound to it.
        let is_own = || UdpSocket::bind((ip, 0)).is_ok();
        peer.port() == local.port()
            && (ip == local.ip().to_canonical() || local.ip().is_unspecified() && is_own())
    }
}

impl AsFd for Datagrams<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// No datagram can be larger: its length is a 16-bit field (RFC 768).
const LARGEST: usize = 65_536;

/// How many datagrams are still answered at the end; a peer that keeps sending must not keep the
/// server from it.
const LAST: u32 = 1000;

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::Options;

    /// Only somebody who forges addresses can send such datagrams from outside.
    #[test]
    fn it_does_not_talk_to_itself() {
        for (host, itself) in [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")] {
            let arguments = ["antiphon-server", "echo", host, "0", "--transport", "udp"];
            let server = Server::bind(Options::parse_from(arguments)).unwrap();
            let socket = server.take_share().0.datagrams.unwrap();
            let itself = SocketAddr::new(itself.parse().unwrap(), server.local_addr().port());
            socket.send_to(b"x", itself).unwrap();
            let mut datagrams = Datagrams::new(&server, socket);
            assert!(datagrams.try_answer(), "it has arrived");
            assert!(!datagrams.try_answer(), "and is the last one");
        }
    }

    #[test]
    fn port_0_is_nobodys() {
        let arguments = ["antiphon-server", "echo", "0", "--transport", "udp"];
        let server = Server::bind(Options::parse_from(arguments)).unwrap();
        let socket = server.take_share().0.datagrams.unwrap();
        let mut datagrams = Datagrams::new(&server, socket);
        datagrams.reply(1, SocketAddr::from(([127, 0, 0, 1], 0)));
        assert!(!datagrams.try_answer());
    }
}
