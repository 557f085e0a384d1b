//! From received bytes to what is shown, and to what they say.
//!
//! A reply may come in any pieces, and several in one. It ends at a line end, if the server sends
//! any: the answer to a control word has none, and some servers never send one. So bytes are shown
//! as they come, and the count of replies is only as exact as the server allows.

use antiphon_protocol::Response;
use antiphon_protocol::frame::without_line_end;

/// What the server has said so far.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    /// The front of the unfinished line, as much of it as can tell what it says.
    front: Vec<u8>,
    /// The last byte was a CR, which is shown only if no LF follows.
    held_cr: bool,
    lines: u64,
    answers: u64,
    failed: bool,
}

impl Replies {
    /// Takes `received`, and appends to `shown` what there is to show, with LF for CRLF: on this
    /// side of the network that is the end of a line.
    pub(crate) fn take(&mut self, mut received: &[u8], shown: &mut Vec<u8>) {
        while let Some(end) = memchr::memchr(b'\n', received) {
            let (line, rest) = received.split_at(end + 1);
            self.show(line, shown);
            if self.front.is_empty() {
                self.note(line);
            } else {
                self.keep(line);
                let whole = std::mem::take(&mut self.front);
                self.note(&whole);
            }
            self.lines += 1;
            received = rest;
        }
        self.show(received, shown);
        self.keep(received);
    }

    /// Nothing more comes: an unfinished line is a reply like any other.
    pub(crate) fn finish(&mut self, shown: &mut Vec<u8>) {
        if self.front.is_empty() {
            return;
        }
        shown.push(b'\n');
        let answers = self.answers();
        let tail = std::mem::take(&mut self.front);
        self.note(&tail);
        self.answers = answers;
    }

    /// How many replies have come. Those without a line end cannot be counted: from a server that
    /// has sent no line end at all, any byte settles all that it owes.
    pub(crate) fn answers(&self) -> u64 {
        match Response::parse(&self.front) {
            _ if self.front.is_empty() => self.answers,
            Response::Control(_) => self.answers,
            _ if self.lines == 0 => u64::MAX,
            _ => self.answers.saturating_add(1),
        }
    }

    /// Whether anything has come, be it only a control word.
    pub(crate) fn have_begun(&self) -> bool {
        self.lines > 0 || !self.front.is_empty()
    }

    /// Whether one of the replies said that its request failed.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// A line, or a part of one.
    fn show(&mut self, piece: &[u8], shown: &mut Vec<u8>) {
        let Some(last) = piece.last() else { return };
        if self.held_cr && piece != b"\n" {
            shown.push(b'\r');
        }
        self.held_cr = *last == b'\r';
        if let Some(text) = piece.strip_suffix(b"\r") {
            shown.extend_from_slice(text);
        } else if *last == b'\n' {
            shown.extend_from_slice(without_line_end(piece));
            shown.push(b'\n');
        } else {
            shown.extend_from_slice(piece);
        }
    }

    fn keep(&mut self, piece: &[u8]) {
        let room = FRONT_LIMIT.saturating_sub(self.front.len());
        self.front.extend_from_slice(piece.get(..room).unwrap_or(piece));
    }

    /// Counts a whole reply.
    fn note(&mut self, line: &[u8]) {
        let response = Response::parse(line);
        self.failed |= response.is_error();
        if !matches!(response, Response::Control(_)) {
            self.answers = self.answers.saturating_add(1);
        }
    }
}

/// How much of a line is kept to tell what it says: no reply of ours is longer.
const FRONT_LIMIT: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of `received`, how many replies that is, and whether one failed: whole and
    /// byte by byte.
    #[track_caller]
    fn taken(received: &[u8]) -> (String, u64, bool) {
        let results = [received.len().max(1), 1].map(|size| {
            let (mut replies, mut shown) = (Replies::default(), Vec::new());
            for piece in received.chunks(size) {
                replies.take(piece, &mut shown);
            }
            replies.finish(&mut shown);
            (String::from_utf8_lossy(&shown).into_owned(), replies.answers(), replies.failed())
        });
        assert_eq!(results[0], results[1], "cut byte by byte");
        results[0].clone()
    }

    #[test]
    fn replies_are_counted_however_they_are_cut() {
        for (received, shown, answers, failed) in [
            (&b""[..], "", 0, false),
            (b"Answer is 8\r\n", "Answer is 8\n", 1, false),
            (b"Answer is 8\r\nError: bad\r\n", "Answer is 8\nError: bad\n", 2, true),
            (b"Answer is 8\r\nquit()", "Answer is 8\nquit()\n", 1, false),
            (b"quit()\r\n", "quit()\n", 0, false),
            (b"a\n\nb\r\r\n", "a\n\nb\r\n", 3, false),
            (b"a\rb\n", "a\rb\n", 1, false),
            (b"a\nb", "a\nb\n", 2, false),
            (b"Answer is 8Answer is 9", "Answer is 8Answer is 9\n", u64::MAX, false),
            (b"Error: no line end", "Error: no line end\n", u64::MAX, true),
        ] {
            assert_eq!(taken(received), (shown.to_owned(), answers, failed));
        }
    }

    #[test]
    fn of_an_endless_line_only_the_front_is_kept() {
        let mut replies = Replies::default();
        for _ in 0..100 {
            replies.take(&[b'x'; 1000], &mut Vec::new());
        }
        assert_eq!(replies.front.len(), FRONT_LIMIT);
    }
}
