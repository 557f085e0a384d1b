//! A client made of a raw socket: it says exactly what it is told to, whole or in pieces, and may
//! leave in every way there is.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;
use std::{fmt, io};

use socket2::{Domain, SockRef, Socket, Type};

use crate::kernel::{Queues, Sockets};
use crate::{LIMIT, eventually};

/// One client.
#[derive(Debug)]
pub struct Peer {
    stream: TcpStream,
    local: SocketAddr,
    server: SocketAddr,
}

/// The reply that says `error`, as it stands on the wire.
#[must_use]
pub fn error_line(error: impl fmt::Display) -> String {
    format!("Error: {error}\r\n")
}

impl Peer {
    /// Connects to a server.
    #[track_caller]
    #[must_use]
    pub fn connect(server: SocketAddr) -> Self {
        Self::try_connect(server).unwrap_or_else(|error| panic!("cannot connect: {error}"))
    }

    /// Connects, if the system on the other side lets it.
    ///
    /// # Errors
    ///
    /// Those of connect(2).
    pub fn try_connect(server: SocketAddr) -> io::Result<Self> {
        Self::from_stream(TcpStream::connect_timeout(&server, LIMIT)?)
    }

    /// Connects with room for only a few replies that it has not read.
    #[track_caller]
    #[must_use]
    pub fn connect_with_little_room(server: SocketAddr) -> Self {
        let connect = || {
            let socket = Socket::new(Domain::for_address(server), Type::STREAM, None)?;
            // Before connect(2): the size of the window is agreed upon there.
            socket.set_recv_buffer_size(4096)?;
            socket.connect_timeout(&server.into(), LIMIT)?;
            Self::from_stream(socket.into())
        };
        connect().unwrap_or_else(|error: io::Error| panic!("cannot connect: {error}"))
    }

    fn from_stream(stream: TcpStream) -> io::Result<Self> {
        // What is cut into pieces here shall travel in pieces.
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        Ok(Self { local: stream.local_addr()?, server: stream.peer_addr()?, stream })
    }

    /// Its own address, by which logs know it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.local
    }

    /// Sends these bytes.
    #[track_caller]
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream
            .write_all(bytes.as_ref())
            .unwrap_or_else(|error| panic!("cannot send: {error}"));
    }

    /// Sends these bytes; a server that has left already is no failure.
    pub fn send_in_vain(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).unwrap_or_default();
    }

    /// Sends as much of `bytes` as finds room on the way without anybody reading it: nothing, if
    /// the server has left already.
    #[track_caller]
    pub fn send_some(&mut self, bytes: &[u8]) -> usize {
        self.stream.set_nonblocking(true).expect("fcntl(2) works");
        let sent = self.stream.write(bytes);
        self.stream.set_nonblocking(false).expect("fcntl(2) works");
        sent.unwrap_or(0)
    }

    /// Sends one byte of urgent data (out of band).
    #[track_caller]
    pub fn send_urgent(&mut self, byte: u8) {
        let sent = SockRef::from(&self.stream).send_out_of_band(&[byte]);
        assert_eq!(sent.expect("urgent data can be sent"), 1);
    }

    /// Receives exactly these bytes, and perhaps more behind them.
    #[track_caller]
    pub fn hears(&mut self, expected: impl AsRef<[u8]>) {
        let expected = expected.as_ref();
        let mut heard = Vec::with_capacity(expected.len());
        while heard.len() < expected.len() && expected.starts_with(&heard) {
            let mut chunk = [0; 16 * 1024];
            let room = chunk.len().min(expected.len() - heard.len());
            let count = self.read(&mut chunk[..room]);
            if count == 0 {
                break;
            }
            heard.extend_from_slice(&chunk[..count]);
        }
        let same = heard.iter().zip(expected).take_while(|(heard, expected)| heard == expected);
        let from = same.count().saturating_sub(40);
        assert!(
            heard == expected,
            "from byte {from} on: heard \"{}\", not \"{}\"",
            excerpt(&heard[from..]),
            excerpt(&expected[from..]),
        );
    }

    /// Receives one line, and gives it without its CRLF.
    #[track_caller]
    pub fn hears_line(&mut self) -> String {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            let count = self.read(&mut byte);
            assert!(count > 0, "the end came within the line \"{}\"", line.escape_ascii());
            line.push(byte[0]);
        }
        line.truncate(line.len() - 2);
        String::from_utf8(line).expect("replies are ASCII")
    }

    /// Receives one line that says an error.
    #[track_caller]
    pub fn hears_error(&mut self) -> String {
        let line = self.hears_line();
        assert!(line.starts_with("Error: "), "no error: \"{}\"", line.escape_default());
        line
    }

    /// Whether what comes next are these bytes, or others.
    #[track_caller]
    pub fn is_told(&mut self, expected: impl AsRef<[u8]>) -> bool {
        let mut heard = vec![0; expected.as_ref().len()];
        let mut filled = 0;
        while filled < heard.len() {
            match self.read(&mut heard[filled..]) {
                0 => return false,
                count => filled += count,
            }
        }
        heard == expected.as_ref()
    }

    /// As [`Peer::is_told`], for one whose connection may be lost before the first of these bytes,
    /// though not after it.
    #[track_caller]
    pub fn is_told_or_dropped(&mut self, expected: impl AsRef<[u8]>) -> bool {
        let expected = expected.as_ref();
        let mut first = [0];
        match self.stream.read(&mut first) {
            Ok(1) => {
                assert_eq!(first[0], expected[0]);
                self.hears(&expected[1..]);
                true
            }
            Err(error) if is_timeout(&error) => panic!("nothing comes"),
            _ => false,
        }
    }

    /// Whether something comes within `time`: a byte, the end, or a reset.
    pub fn hears_something_within(&mut self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).expect("the timeout is not zero");
        let outcome = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(LIMIT)).expect("the timeout is not zero");
        !outcome.is_err_and(|error| is_timeout(&error))
    }

    /// Has received nothing so far.
    #[track_caller]
    pub fn has_heard_nothing(&mut self) {
        self.stream.set_nonblocking(true).expect("fcntl(2) works");
        let mut chunk = [0; 256];
        let outcome = self.stream.peek(&mut chunk);
        self.stream.set_nonblocking(false).expect("fcntl(2) works");
        match outcome {
            Ok(count) => panic!("has heard \"{}\"", chunk[..count].escape_ascii()),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
        }
    }

    /// The server has ended its side, in good order.
    #[track_caller]
    pub fn hears_the_end(&mut self) {
        let mut chunk = [0; 256];
        let count = self.read(&mut chunk);
        assert!(count == 0, "no end, but \"{}\"", chunk[..count].escape_ascii());
    }

    /// The connection was not reset. One who has read the end is not told of a reset by a read, but
    /// its system knows.
    #[track_caller]
    pub fn sees_no_reset(&self) {
        let error = self.stream.take_error().expect("getsockopt(2) works");
        assert!(error.is_none(), "{error:?}");
    }

    /// The server has given the connection up, in one way or another, after some last words
    /// perhaps; gives them.
    #[track_caller]
    pub fn is_dropped(&mut self) -> Vec<u8> {
        let mut words = Vec::new();
        match self.stream.read_to_end(&mut words) {
            Err(error) if is_timeout(&error) => panic!("the connection is still open"),
            _ => words,
        }
    }

    /// Makes a request and receives the reply to it.
    #[track_caller]
    pub fn asks(&mut self, request: &str, reply: &str) {
        self.send(format!("{request}\r\n"));
        self.hears(format!("{reply}\r\n"));
    }

    /// Says `quit()`, and is let go as it should be.
    #[track_caller]
    pub fn quits(&mut self) {
        self.send("quit()\r\n");
        self.hears("quit()");
        self.hears_the_end();
    }

    /// Ends its own side, and can still listen.
    #[track_caller]
    pub fn ends(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("the connection is there");
    }

    /// Leaves with a reset (RST).
    #[track_caller]
    pub fn resets(self) {
        SockRef::from(&self.stream).set_linger(Some(Duration::ZERO)).expect("setsockopt(2) works");
    }

    /// What it has sent is on the server's side, read there or not.
    #[track_caller]
    pub fn has_delivered(&self) {
        eventually("all bytes have arrived", || self.queues().0.unacknowledged == 0);
    }

    /// What it has sent, the server has read.
    #[track_caller]
    pub fn is_read(&self) {
        eventually("all bytes are read", || {
            let (here, there) = self.queues();
            here.unacknowledged == 0 && there.unread == 0
        });
    }

    /// How much of what it has sent lies on the server's side and is not read.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.queues().1.unread
    }

    /// The server has ended its side, though it may still have replies on their way.
    #[track_caller]
    pub fn is_ended(&self) {
        eventually("the server ends its side", || {
            Sockets::look().has_ended(self.server, self.local)
        });
    }

    /// Its own, and the server's for this connection.
    fn queues(&self) -> (Queues, Queues) {
        let sockets = Sockets::look();
        let queues = |one, other| sockets.queues(one, other).unwrap_or_default();
        (queues(self.local, self.server), queues(self.server, self.local))
    }

    /// Reads once.
    #[track_caller]
    pub fn read(&mut self, chunk: &mut [u8]) -> usize {
        self.stream.read(chunk).unwrap_or_else(|error| match error.kind() {
            _ if is_timeout(&error) => panic!("nothing comes"),
            _ => panic!("cannot receive: {error}"),
        })
    }

    /// The same connection once more, to send on another thread while this one receives.
    #[must_use]
    pub fn twin(&self) -> Self {
        let stream = self.stream.try_clone().expect("a descriptor is left");
        Self { stream, local: self.local, server: self.server }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// What of a long text a person can take in.
fn excerpt(bytes: &[u8]) -> String {
    bytes[..bytes.len().min(200)].escape_ascii().to_string()
}
