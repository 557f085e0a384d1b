//! From lines of input to bytes that may be sent.
//!
//! The input may be endless, and one line of it too, so it passes through a buffer of fixed size.
//! Whole lines become ready to be sent as soon as they are there: all that one read returned is
//! then sent together, and nothing waits when the input pauses.

use std::fs::File;
use std::io::{self, Read as _};

use antiphon_protocol::frame::without_line_end;
use antiphon_protocol::{Buffer, ControlWord};

/// The requests of one conversation, in order.
///
/// ```text
///   buffer:  | ready to be sent | the front of a line         | spare  |
///            0                  ready       ready + searched    filled
/// ```
#[derive(Debug)]
pub(crate) struct Requests {
    /// `None` once it has ended.
    source: Option<File>,
    buffer: Buffer<Vec<u8>>,
    /// `ready <= buffer.filled().len()`
    ready: usize,
    /// So many bytes after `ready` hold no LF.
    searched: usize,
    /// The front of the line after `ready` is sent or ready already, because it is a long one.
    inside: bool,
    /// A line said that it is the last one: nothing after it counts.
    last: bool,
    /// [`Requests::next_line`] gave the front of a line, and what follows of it is to be dropped.
    cut: bool,
    /// How many requests became ready that are owed a reply.
    asked: u64,
}

impl Requests {
    /// Those that `source` holds, or will hold.
    pub(crate) fn from_source(source: File) -> Self {
        Self::new(Some(source), Buffer::new(vec![0; CAPACITY]))
    }

    /// These lines.
    pub(crate) fn from_lines<L: AsRef<[u8]>>(lines: &[L]) -> Self {
        let text =
            lines.iter().flat_map(|line| [line.as_ref(), b"\n"]).collect::<Vec<_>>().concat();
        let length = text.len();
        let mut buffer = Buffer::new(text);
        buffer.fill(length);
        let mut requests = Self::new(None, buffer);
        requests.scan();
        requests
    }

    /// Waits for input, and takes what one read gives.
    pub(crate) fn read(&mut self) -> io::Result<()> {
        let Some(source) = &mut self.source else { return Ok(()) };
        let spare = self.buffer.spare();
        // One byte is kept back for the line end that the last line may lack.
        let room = spare.len().saturating_sub(1);
        match source.read(&mut spare[..room]) {
            Ok(0) => self.source = None,
            Ok(count) => self.buffer.fill(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        self.scan();
        Ok(())
    }

    /// Whether [`Requests::read`] has something to wait for, and room for it.
    #[cfg(unix)]
    pub(crate) fn wants_input(&self) -> bool {
        !self.is_complete() && self.buffer.filled().len() < CAPACITY - 1
    }

    /// Where [`Requests::read`] reads from.
    #[cfg(unix)]
    pub(crate) fn source(&self) -> Option<&File> {
        self.source.as_ref()
    }

    /// What may be sent now.
    pub(crate) fn ready(&self) -> &[u8] {
        &self.buffer.filled()[..self.ready]
    }

    /// The first `count` bytes of [`Requests::ready`] are sent.
    pub(crate) fn sent(&mut self, count: usize) {
        self.buffer.consume(count);
        self.ready -= count;
    }

    /// Whether nothing comes any more.
    pub(crate) fn is_complete(&self) -> bool {
        self.last || self.source.is_none()
    }

    /// Whether nothing comes any more, and all is sent.
    pub(crate) fn is_over(&self) -> bool {
        self.is_complete() && self.ready == 0
    }

    /// How many requests have become ready, without the control words: a server may well answer
    /// those by just closing the connection.
    pub(crate) fn asked(&self) -> u64 {
        self.asked
    }

    /// Waits for the next line, and takes it, without its line end. Of a line too long for the
    /// buffer there is only the front, once: its tail must never pass for a request.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            while self.ready == 0 {
                if self.is_over() {
                    return Ok(None);
                }
                self.read()?;
            }
            let ready = self.ready();
            let end = memchr::memchr(b'\n', ready);
            let length = end.map_or(ready.len(), |end| end + 1);
            let line = (!self.cut).then(|| without_line_end(&ready[..length]).to_vec());
            self.sent(length);
            self.cut = end.is_none();
            if line.is_some() {
                return Ok(line);
            }
        }
    }

    /// Whether the line that [`Requests::next_line`] gave is only the front of one.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    fn new(source: Option<File>, buffer: Buffer<Vec<u8>>) -> Self {
        Self {
            source,
            buffer,
            ready: 0,
            searched: 0,
            inside: false,
            last: false,
            cut: false,
            asked: 0,
        }
    }

    /// Makes whole lines ready, up to the one that is the last.
    fn scan(&mut self) {
        while !self.last {
            let filled = self.buffer.filled();
            let rest = &filled[self.ready..];
            if let Some(end) = memchr::memchr(b'\n', &rest[self.searched..]) {
                let whole = self.searched + end + 1;
                self.take_line(whole);
                continue;
            }
            self.searched = rest.len();
            let length = rest.len();
            if self.source.is_none() && (self.inside || length > 0) {
                // The last line lacks its end.
                self.buffer.spare()[0] = b'\n';
                self.buffer.fill(1);
            } else if filled.len() == CAPACITY - 1 && self.ready == 0 {
                self.ready = length;
                self.searched = 0;
                self.inside = true;
                return;
            } else {
                return;
            }
        }
    }

    /// Makes the next line ready, which has `length` bytes with its line end.
    fn take_line(&mut self, length: usize) {
        let line = without_line_end(&self.buffer.filled()[self.ready..][..length]);
        let end = if self.inside { None } else { LastLine::parse(line) };
        self.searched = 0;
        self.inside = false;
        self.last = end.is_some();
        if end != Some(LastLine::Unsaid) {
            self.ready += length;
        }
        if end.is_none() {
            self.asked += 1;
        }
    }
}

/// A line after which the client says nothing more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LastLine {
    /// The server is to hear it.
    Said,
    /// It is between the user and the client.
    Unsaid,
}

impl LastLine {
    /// What `line` means, given without its line end.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        if line.trim_ascii() == BYE {
            return Some(Self::Unsaid);
        }
        ControlWord::parse(line).map(|_| Self::Said)
    }
}

/// Ends the client, and is a word of the client alone.
const BYE: &[u8] = b"bye";

/// How much input is held at the most, and the length from which on a line is sent in pieces.
const CAPACITY: usize = 64 * 1024;

/// The longest line that [`Requests::next_line`] gives whole: with its end, it just fits.
pub(crate) const LONGEST: usize = CAPACITY - 2;

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::thread::JoinHandle;

    use super::*;

    /// Requests of `input`, read in pieces of what a pipe gives.
    fn from_pipe(input: &[u8]) -> (Requests, JoinHandle<()>) {
        let (reader, mut writer) = io::pipe().unwrap();
        let input = input.to_vec();
        let feeder = std::thread::spawn(move || writer.write_all(&input).unwrap_or_default());
        #[cfg(unix)]
        let source = File::from(std::os::fd::OwnedFd::from(reader));
        #[cfg(windows)]
        let source = File::from(std::os::windows::io::OwnedHandle::from(reader));
        (Requests::from_source(source), feeder)
    }

    /// All that is sent of `input`, and how many requests that is.
    fn sent(input: &[u8]) -> (Vec<u8>, u64) {
        let (mut requests, feeder) = from_pipe(input);
        let mut sent = Vec::new();
        while !requests.is_over() {
            if requests.ready().is_empty() {
                assert!(requests.wants_input());
                requests.read().unwrap();
            }
            sent.extend_from_slice(requests.ready());
            requests.sent(requests.ready().len());
        }
        let asked = requests.asked();
        drop(requests);
        feeder.join().unwrap();
        (sent, asked)
    }

    #[test]
    fn lines_pass_and_the_last_one_gets_its_end() {
        assert_eq!(sent(b""), (b"".to_vec(), 0));
        assert_eq!(sent(b"1+1\n\n2+2\r\n"), (b"1+1\n\n2+2\r\n".to_vec(), 3));
        assert_eq!(sent(b"1+1\n2+2"), (b"1+1\n2+2\n".to_vec(), 2));
    }

    #[test]
    fn nothing_follows_a_last_line() {
        assert_eq!(sent(b"1+1\nquit()\n2+2\n"), (b"1+1\nquit()\n".to_vec(), 1));
        assert_eq!(sent(b"exit()"), (b"exit()\n".to_vec(), 0));
        assert_eq!(sent(b"1+1\n bye \r\n2+2\n"), (b"1+1\n".to_vec(), 1));
        assert_eq!(sent(b"goodbye\n"), (b"goodbye\n".to_vec(), 1));
    }

    #[test]
    fn a_line_may_be_longer_than_the_buffer() {
        for length in [CAPACITY - 2, CAPACITY - 1, CAPACITY, 2 * CAPACITY - 2, 5 * CAPACITY] {
            let mut input = vec![b'1'; length];
            let whole = [&input[..], b"\n"].concat();
            assert_eq!(sent(&input), (whole.clone(), 1), "{length}");
            input.extend(b"\nquit()\n3");
            assert_eq!(sent(&input), ([&whole[..], b"quit()\n"].concat(), 1), "{length}");
        }
        // What looks like a control word is the end of a long line.
        let input = [&[b' '; CAPACITY - 1][..], b"quit()\n4+4\n"].concat();
        assert_eq!(sent(&input), (input.clone(), 2));
    }

    #[test]
    fn lines_can_be_taken_one_by_one() {
        let mut requests = Requests::from_lines(&["1+1", "", "quit()", "2+2"]);
        let mut next = || requests.next_line().unwrap();
        assert_eq!(next().unwrap(), b"1+1");
        assert_eq!(next().unwrap(), b"");
        assert_eq!(next().unwrap(), b"quit()");
        assert_eq!(next(), None);
    }

    #[test]
    fn of_a_line_too_long_there_is_only_the_front() {
        for length in [CAPACITY - 2, CAPACITY - 1, CAPACITY, 5 * CAPACITY] {
            for tail in ["", "exit()"] {
                let long = [&vec![b'x'; length][..], tail.as_bytes()].concat();
                for (after, last) in [("", None), ("\n", None), ("\n1+1", Some(&b"1+1"[..]))] {
                    let (mut requests, feeder) = from_pipe(&[&long[..], after.as_bytes()].concat());
                    let is_cut = long.len() > LONGEST;
                    let front = &long[..long.len().min(CAPACITY - 1)];
                    assert!(requests.next_line().unwrap().unwrap() == front, "{length}{tail}");
                    assert_eq!(requests.is_cut(), is_cut, "{length}{tail}");
                    assert_eq!(requests.next_line().unwrap().as_deref(), last, "{length}{tail}");
                    assert!(!requests.is_cut());
                    drop(requests);
                    feeder.join().unwrap();
                }
            }
        }
    }
}
