//! A client of datagrams.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use crate::LIMIT;

/// One client, on a socket of its own. It is not connected, so that it sees where each reply
/// comes from.
#[derive(Debug)]
pub struct Sender {
    socket: UdpSocket,
    server: SocketAddr,
}

impl Sender {
    /// One who will send to this server.
    #[track_caller]
    #[must_use]
    pub fn to(server: SocketAddr) -> Self {
        let loopback: IpAddr = match server {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        };
        let socket = UdpSocket::bind((loopback, 0)).expect("loopback has a free port");
        socket.set_read_timeout(Some(LIMIT)).expect("the timeout is not zero");
        Self { socket, server }
    }

    /// Sends these bytes as one datagram.
    #[track_caller]
    pub fn sends(&self, datagram: impl AsRef<[u8]>) {
        let datagram = datagram.as_ref();
        let sent = self.socket.send_to(datagram, self.server);
        assert_eq!(sent.expect("a datagram can be sent"), datagram.len());
    }

    /// Receives a datagram from where it sends to, and gives what is in it.
    #[track_caller]
    #[must_use]
    pub fn receives(&self) -> Vec<u8> {
        let mut datagram = vec![0; LARGEST];
        let received = self.socket.recv_from(&mut datagram);
        let (length, from) = received.unwrap_or_else(|error| panic!("nothing comes: {error}"));
        assert_eq!(from, self.server, "the reply comes from elsewhere");
        datagram.truncate(length);
        datagram
    }

    /// Receives exactly these bytes, as one datagram.
    #[track_caller]
    pub fn hears(&self, expected: impl AsRef<[u8]>) {
        let heard = self.receives();
        let (heard, expected) = (heard.escape_ascii(), expected.as_ref().escape_ascii());
        assert_eq!(heard.to_string(), expected.to_string());
    }

    /// Sends `request`, and receives `reply` to it.
    #[track_caller]
    pub fn asks(&self, request: impl AsRef<[u8]>, reply: impl AsRef<[u8]>) {
        self.sends(request);
        self.hears(reply);
    }

    /// Receives nothing for a moment.
    #[track_caller]
    pub fn hears_nothing(&self) {
        let heard = self.receives_soon().map(|heard| heard.escape_ascii().to_string());
        assert_eq!(heard, None);
    }

    /// Whether something comes within a moment.
    #[track_caller]
    #[must_use]
    pub fn hears_something(&self) -> bool {
        self.receives_soon().is_some()
    }

    #[track_caller]
    fn receives_soon(&self) -> Option<Vec<u8>> {
        let moment = Duration::from_millis(20);
        self.socket.set_read_timeout(Some(moment)).expect("the timeout is not zero");
        let mut datagram = vec![0; LARGEST];
        let received = self.socket.recv(&mut datagram);
        self.socket.set_read_timeout(Some(LIMIT)).expect("the timeout is not zero");
        match received {
            Ok(length) => Some(datagram[..length].to_vec()),
            Err(error) => {
                assert!(is_timeout(error.kind()), "{error}");
                None
            }
        }
    }
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// No datagram can be larger.
const LARGEST: usize = 65_536;
