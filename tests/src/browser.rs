//! A client of HTTP over a raw socket. It sends what it is told to, byte for byte, and is strict
//! with every response that it receives.

use std::net::SocketAddr;

use crate::Peer;

/// One connection to a server of HTTP.
#[derive(Debug)]
pub struct Browser {
    peer: Peer,
    /// Received, and not yet part of a response.
    received: Vec<u8>,
}

/// One response, as it came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// Its code.
    pub status: u16,
    /// The status line and the field lines, without the empty line.
    pub head: String,
    /// All of the content.
    pub content: Vec<u8>,
}

impl Browser {
    /// Connects to a server.
    #[track_caller]
    #[must_use]
    pub fn connect(server: SocketAddr) -> Self {
        Self::from(Peer::connect(server))
    }

    /// The raw socket. What it receives itself is missing here.
    pub fn peer(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// Sends these bytes.
    #[track_caller]
    pub fn sends(&mut self, bytes: impl AsRef<[u8]>) {
        self.peer.send(bytes);
    }

    /// Asks with HTTP/1.1 for `target`, as it stands.
    #[track_caller]
    pub fn gets(&mut self, target: &str) -> Answer {
        self.gets_with(target, "")
    }

    /// The same, with these field lines besides, each with its CRLF.
    #[track_caller]
    pub fn gets_with(&mut self, target: &str, fields: &str) -> Answer {
        self.sends(format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        self.hears_answer()
    }

    /// Asks with HTTP/1.1 for the head alone.
    #[track_caller]
    pub fn heads_with(&mut self, target: &str, fields: &str) -> Answer {
        self.sends(format!("HEAD {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        self.hears_head()
    }

    /// Receives a whole response.
    #[track_caller]
    pub fn hears_answer(&mut self) -> Answer {
        let mut answer = self.hears_head();
        while self.received.len() < answer.len() {
            let missing = answer.len() - self.received.len();
            assert!(self.reads(), "the end came {missing} bytes early: {}", answer.head);
        }
        answer.content = self.received.drain(..answer.len()).collect();
        answer
    }

    /// Receives a response that has no content, whatever its length says: one to HEAD.
    #[track_caller]
    pub fn hears_head(&mut self) -> Answer {
        let end = loop {
            let end = self.received.windows(4).position(|window| window == b"\r\n\r\n");
            if let Some(end) = end {
                break end;
            }
            assert!(self.received.len() < 64 * 1024, "a head without end");
            assert!(self.reads(), "the end came within \"{}\"", self.received.escape_ascii());
        };
        let head: Vec<u8> = self.received.drain(..end + 4).collect();
        Answer::parse(&head[..end])
    }

    /// What was received behind the last head, for whoever goes on with the raw socket.
    pub fn takes_received(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.received)
    }

    /// The server ends its side, in good order and without another word.
    #[track_caller]
    pub fn hears_the_end(&mut self) {
        assert_eq!(self.received.escape_ascii().to_string(), "", "there is no more");
        self.peer.hears_the_end();
    }

    /// The server has given the connection up, in one way or another, after some last words
    /// perhaps; gives them.
    #[track_caller]
    pub fn is_dropped(mut self) -> Vec<u8> {
        self.received.extend(self.peer.is_dropped());
        self.received
    }

    /// Makes no more requests: the server ends its side too, without another word.
    #[track_caller]
    pub fn leaves(mut self) {
        self.peer.ends();
        self.hears_the_end();
    }

    /// Reads once; false at the end.
    #[track_caller]
    fn reads(&mut self) -> bool {
        let mut chunk = [0; 64 * 1024];
        let count = self.peer.read(&mut chunk);
        self.received.extend_from_slice(&chunk[..count]);
        count > 0
    }
}

impl From<Peer> for Browser {
    fn from(peer: Peer) -> Self {
        Self { peer, received: Vec::new() }
    }
}

impl Answer {
    /// The value of a field, if it is there.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let value = |line: &'_ str| line.strip_prefix(name)?.strip_prefix(": ").map(str::len);
        self.head.lines().find_map(|line| Some(&line[line.len() - value(line)?..]))
    }

    /// The content, as text.
    #[track_caller]
    #[must_use]
    pub fn text(&self) -> &str {
        str::from_utf8(&self.content).expect("the content is UTF-8")
    }

    /// Whether the connection ends with it.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.field("Connection") == Some("close")
    }

    /// The head without the time of day, which is different each time.
    #[must_use]
    pub fn lasting_head(&self) -> String {
        let lines = self.head.lines().filter(|line| !line.starts_with("Date: "));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// How many bytes of content come.
    fn len(&self) -> usize {
        let length = self.field("Content-Length").map(|length| length.parse());
        length.map_or(0, |length| length.expect("Content-Length is a number"))
    }

    /// Whatever is asked, all this holds of every response.
    #[track_caller]
    fn parse(head: &[u8]) -> Self {
        let graphic = |byte: u8| byte.is_ascii_graphic() || b" \r\n".contains(&byte);
        assert!(head.iter().copied().all(graphic), "strange bytes in {}", head.escape_ascii());
        let head = str::from_utf8(head).expect("it is ASCII").to_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 "));
        let status = status.and_then(|rest| rest.split_once(' ')?.0.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status line: {head}"));
        let mut names = Vec::new();
        for line in lines {
            let (name, _) = line.split_once(": ").unwrap_or_else(|| panic!("no field: {line}"));
            assert!(!names.contains(&name), "{name} twice: {head}");
            names.push(name);
        }
        let has = |name| names.contains(&name);
        assert_eq!(has("Content-Length"), status != 304, "{head}");
        assert_eq!(has("Content-Type"), has("X-Content-Type-Options"), "{head}");
        assert!(has("Date") || matches!(status, 408 | 503), "{head}");
        Self { status, head, content: Vec::new() }
    }
}
