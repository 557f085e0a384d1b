//! One peer's conversation: bytes in, bytes out, and one instruction to whoever drives it.
//!
//! A session owns no memory and no socket. Its caller, the driver, lends it what has been read and
//! the room for what is to be sent, and gets back how much it took, how much it made, and what to
//! do next. The contract, numbered so that drivers and tests can name its parts:
//!
//! 1. Send `output[..produced]` before anything else.
//! 2. Drop `consumed` bytes from the front of the input; never change the rest, only append.
//! 3. Do what `next` says; then call again.
//! 4. Calling again with nothing changed is harmless: it says the same. Only after `Open` it is
//!    not: without [`Session::answer`] in between the conversation ends, as [`Why::NotAnswered`].
//! 5. With [`Service::min_input`] bytes of input it never says `Read` without consuming; with
//!    [`Service::min_output`] bytes of room it never says `Write` without consuming or producing.
//!    A driver cannot stall.
//! 6. What is produced, and how the conversation ends, depend only on the bytes received: not on
//!    how they were cut, nor on the size of the output. ([`Framing::Message`] is for peers that
//!    mean the cuts, and there they count.)
//!
//! HTTP adds one step, for what is served there lies outside: `Open` carries a request, with
//! nothing produced and its head consumed. The driver looks up what is asked for, and calls
//! [`Session::answer`] with what it found; that gives the head of the response, to be sent before
//! anything else, and the part of the file to be sent after it. Refusals, too, come as `Open`, for
//! only the driver knows the time, which every response carries; they need no lookup, and that is
//! how [`Session::refuse`] is told to the peer.
//!
//! A driver calls once with empty input before its first read, so that a service that speaks first
//! can, and after the end of the peer's input calls only [`Session::finish`], until it says
//! `Close` or `Halt`. Time never enters: deadlines are the driver's, which then calls
//! [`Session::refuse`].
//!
//! [`Service::min_input`]: crate::Service::min_input
//! [`Service::min_output`]: crate::Service::min_output

use core::fmt;

use crate::bytes;
use crate::command::{Command, ControlWord, is_web_request};
use crate::frame::{Line, Skipped, next_line, skip_line, without_cr};
use crate::http::{self, Content, HeadSearch, Request};
use crate::response::{Refusal, Response};
use crate::service::{Framing, Service, Settings};
use crate::writer::Writer;

mod web;

/// The state of one conversation over a stream: at most 64 bytes, cheap to copy.
///
/// ```
/// use antiphon_protocol::{Next, Service, Session, Settings, Step};
///
/// let settings = Settings::new(Service::Calc);
/// let mut session = Session::new(&settings, false);
/// let mut output = [0; 256];
///
/// let step = session.advance(b"3+5\r\n4+", &mut output);
/// assert_eq!(step, Step { consumed: 5, produced: 13, next: Next::Read });
/// assert_eq!(&output[..step.produced], b"Answer is 8\r\n");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Session<'s> {
    settings: &'s Settings,
    may_exit: bool,
    phase: Phase,
    /// The first `searched` bytes of the input hold no LF.
    searched: usize,
    /// As `searched`, for the head of a request.
    head: HeadSearch,
    /// How many requests have been answered.
    answered: u32,
}

/// What one call did, and what the driver is to do: see the contract of this module.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub struct Step<'i> {
    /// Bytes to drop from the front of the input: `0 ..= input.len()`.
    pub consumed: usize,
    /// Bytes to send from the front of the output: `0 ..= output.len()`.
    pub produced: usize,
    /// What to do after that.
    pub next: Next<'i>,
}

/// An instruction to the driver.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next<'i> {
    /// Get more input; at the peer's end of input call [`Session::finish`] instead.
    Read,
    /// There is more to do with this input. Send what was produced; with room again, call again.
    Write,
    /// Look up what is asked for, and call [`Session::answer`]. A request that carries a refusal
    /// needs no lookup.
    Open(Request<'i>),
    /// The conversation is over: shut down the sending side, and close.
    Close(Why),
    /// `exit()` was obeyed: as `Close`, and the whole server ends.
    Halt,
}

/// Why a conversation ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// The greeting was all there was to say.
    Greeted,
    /// The driver did not call [`Session::answer`] after `Open`.
    NotAnswered,
    /// The peer ended its input, and everything in it is answered.
    PeerFinished,
    /// The peer said `quit()`.
    Quit,
    /// The peer, or the server, wanted the response to be the last, and its request was read whole.
    LastResponse,
    /// As `LastResponse`, and the request carried content, which was not read.
    ContentUnread,
    /// A request that could not be served, or its content not read past.
    Http(http::Error),
    /// The peer was told why it gets no more.
    Refused(Refusal),
    /// As many requests are answered as a connection may make.
    RequestsUsedUp,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Phase {
    /// Between requests or within one.
    Open,
    /// Within a line that was too long, which has been answered already.
    Skipping,
    /// As far as a request has come it is to be given to the driver, to be refused.
    Refusing(http::Error),
    /// A request has been given to the driver, with content behind it that is framed like this.
    Answering(http::ContentFraming),
    /// Within the content of a request.
    Content(Content),
    /// Over: `Next::Close`.
    Closed(Why),
    /// Over: `Next::Halt`.
    Halted,
}

impl<'s> Session<'s> {
    /// A conversation that has not begun.
    ///
    /// `may_exit` says whether `exit()` of this peer ends the server; otherwise it is answered
    /// with an error.
    #[must_use]
    pub const fn new(settings: &'s Settings, may_exit: bool) -> Self {
        Self {
            settings,
            may_exit,
            phase: Phase::Open,
            searched: 0,
            head: HeadSearch::new(),
            answered: 0,
        }
    }

    /// Answers at most one request: for drivers that look at each request and its reply.
    pub fn step<'i>(&mut self, input: &'i [u8], output: &mut [u8]) -> Step<'i> {
        self.turn(input, false, output)
    }

    /// Answers all requests in `input` whose replies fit into `output`.
    pub fn advance<'i>(&mut self, input: &'i [u8], output: &mut [u8]) -> Step<'i> {
        self.run(input, false, output)
    }

    /// As [`Session::advance`], after the peer ended its input: an unfinished last line is a
    /// request like any other, and when all is answered the conversation is over.
    pub fn finish<'i>(&mut self, input: &'i [u8], output: &mut [u8]) -> Step<'i> {
        self.run(input, true, output)
    }

    /// Ends the conversation from the server's side, and says why as far as `output` has room.
    /// Returns the bytes to send; the next call says `Close`. A conversation that is over stays as
    /// it ended, and of two refusals the first one counts.
    ///
    /// For [`Refusal::TimedOut`] and [`Refusal::Halting`] at any moment, and for [`Refusal::Busy`]
    /// before the first call, to a peer that nobody has a place for. The other refusals are the
    /// session's own answers to a line.
    ///
    /// Nothing is said where it would be taken for something else: in the middle of a stream of
    /// bytes, for the peer takes every byte there as an echo of its own, and by a server that halts
    /// while nothing is asked. HTTP says it only to a request that has begun to come and was not
    /// given to the driver, and that it is busy also while nothing is asked: the next call then
    /// says `Open`, and not `Close`. It has no words for the refusals of lines.
    pub fn refuse(&mut self, why: Refusal, output: &mut [u8]) -> usize {
        if self.over().is_some() {
            return 0;
        }
        if self.settings.service == Service::Http {
            self.web_refuse(why);
            return 0;
        }
        let is_idle = self.is_idle();
        self.close(Why::Refused(why));
        let mut writer = Writer::new(output);
        let has_words = self.settings.speaks_lines() || why == Refusal::Busy;
        if has_words && !(why == Refusal::Halting && is_idle) {
            // What does not fit is not said; the close is clear enough.
            Response::Refusal(why).encode(&mut writer).unwrap_or_default();
        }
        writer.len()
    }

    /// Whether the peer is between two requests, so that it may take its time; within one, or in
    /// what is left of a line that was too long, it may not.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.searched == 0 && self.phase == Phase::Open
    }

    /// Calls `turn` until it has to stop. Every turn consumes, produces or is the last, so this
    /// ends.
    fn run<'i>(&mut self, input: &'i [u8], ended: bool, output: &mut [u8]) -> Step<'i> {
        let mut total = Step { consumed: 0, produced: 0, next: Next::Write };
        loop {
            let input = input.get(total.consumed..).unwrap_or_default();
            let output = output.get_mut(total.produced..).unwrap_or_default();
            let step = self.turn(input, ended, output);
            total.consumed = total.consumed.saturating_add(step.consumed);
            total.produced = total.produced.saturating_add(step.produced);
            total.next = step.next;
            let stuck = step.consumed == 0 && step.produced == 0;
            if step.next != Next::Write || stuck {
                return total;
            }
        }
    }

    /// One request, or one run of bytes. `ended`: nothing will be appended to `input`.
    fn turn<'i>(&mut self, input: &'i [u8], ended: bool, output: &mut [u8]) -> Step<'i> {
        if self.settings.service == Service::Http {
            return self.web_turn(input, ended, output);
        }
        let mut writer = Writer::new(output);
        let turn = match self.phase {
            Phase::Closed(_)
            | Phase::Halted
            | Phase::Refusing(_)
            | Phase::Answering(_)
            | Phase::Content(_) => Turn::Done(0),
            Phase::Open if self.settings.service == Service::Greet => self.greet(&mut writer),
            Phase::Open | Phase::Skipping if input.is_empty() && ended => {
                self.close(Why::PeerFinished);
                Turn::Done(0)
            }
            Phase::Skipping => self.skip(input, ended),
            Phase::Open if self.settings.speaks_lines() => self.line(input, ended, &mut writer),
            Phase::Open => self.bytes(input, &mut writer),
        };
        let (consumed, next) = match turn {
            Turn::Starved(consumed) => (consumed, Next::Read),
            Turn::Done(consumed) if consumed == input.len() && !ended => (consumed, Next::Read),
            Turn::Done(consumed) => (consumed, Next::Write),
        };
        Step { consumed, produced: writer.len(), next: self.over().unwrap_or(next) }
    }

    /// How the conversation has ended, if it has.
    const fn over<'i>(&self) -> Option<Next<'i>> {
        match self.phase {
            Phase::Closed(why) => Some(Next::Close(why)),
            Phase::Halted => Some(Next::Halt),
            _ => None,
        }
    }

    /// One line, and the reply to it.
    fn line(&mut self, input: &[u8], ended: bool, writer: &mut Writer<'_>) -> Turn {
        let (line, consumed) = match next_line(input, &mut self.searched) {
            Line::Whole { line, consumed } => (line, consumed),
            Line::Partial if !input.is_empty() && self.takes_the_rest(ended) => {
                (without_cr(input), input.len())
            }
            Line::Partial => return Turn::Starved(0),
            Line::TooLong => {
                self.reply(&Response::Refusal(Refusal::LineTooLong), writer);
                return Turn::Done(0);
            }
        };
        let command = Command::parse(self.settings.service, line);
        let response = self.settings.respond(command, self.may_exit);
        Turn::Done(if self.reply(&response, writer) { consumed } else { 0 })
    }

    /// Writes `response` and does what it entails; `false` and nothing done if it does not fit.
    fn reply(&mut self, response: &Response<'_>, writer: &mut Writer<'_>) -> bool {
        if response.encode(writer).is_err() {
            return false;
        }
        self.searched = 0;
        match response {
            Response::Control(ControlWord::Exit) => self.phase = Phase::Halted,
            Response::Control(ControlWord::Quit) => self.close(Why::Quit),
            Response::Refusal(Refusal::LineTooLong) => self.phase = Phase::Skipping,
            Response::Refusal(why @ Refusal::WebRequest) => self.close(Why::Refused(*why)),
            _ => {}
        }
        self.count(1);
        true
    }

    /// What is left of a line that was too long. It has had its answer already; only that it comes
    /// from a browser would still change something.
    fn skip(&mut self, input: &[u8], ended: bool) -> Turn {
        match skip_line(input) {
            Skipped::Whole { tail, consumed } => {
                self.phase = Phase::Open;
                if is_web_request(tail) {
                    self.close(Why::Refused(Refusal::WebRequest));
                }
                Turn::Done(consumed)
            }
            Skipped::Partial { .. } if self.takes_the_rest(ended) => {
                self.phase = Phase::Open;
                Turn::Done(input.len())
            }
            Skipped::Partial { consumed } => Turn::Starved(consumed),
        }
    }

    /// As many bytes as there is room for.
    fn bytes(&mut self, input: &[u8], writer: &mut Writer<'_>) -> Turn {
        let room = input.get(..writer.room()).unwrap_or(input);
        let run = match self.requests_left() {
            Some(left) if self.settings.framing == Framing::Line => bytes::lines(room, left),
            _ => room,
        };
        if bytes::answer(self.settings.service, run, writer).is_err() {
            return Turn::Done(0);
        }
        self.count(match self.settings.framing {
            Framing::Line => bytes::count_lines(run),
            Framing::Message => u32::from(!run.is_empty() && run.len() == input.len()),
        });
        Turn::Done(run.len())
    }

    fn greet(&mut self, writer: &mut Writer<'_>) -> Turn {
        let greeting = Response::Line { prefix: b"", text: self.settings.greeting.as_bytes() };
        if greeting.encode(writer).is_ok() {
            self.close(Why::Greeted);
        }
        Turn::Done(0)
    }

    /// Whether what is there of a line is all that will come of it.
    fn takes_the_rest(&self, ended: bool) -> bool {
        ended || self.settings.framing == Framing::Message
    }

    /// How many more requests the connection may make; `None`: any number.
    fn requests_left(&self) -> Option<u32> {
        self.settings.max_requests.map(|max| max.get().saturating_sub(self.answered))
    }

    fn count(&mut self, answers: u32) {
        self.answered = self.answered.saturating_add(answers);
        if self.requests_left() == Some(0) && self.over().is_none() {
            self.close(Why::RequestsUsedUp);
        }
    }

    fn close(&mut self, why: Why) {
        self.phase = Phase::Closed(why);
    }
}

impl fmt::Display for Why {
    /// In words, for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Greeted => f.write_str("the greeting is said"),
            Self::NotAnswered => f.write_str("its request was not answered"),
            Self::LastResponse | Self::ContentUnread => {
                f.write_str("this was to be the last response")
            }
            Self::Http(why) => fmt::Display::fmt(why, f),
            Self::PeerFinished => f.write_str("the peer has finished"),
            Self::Quit => f.write_str("the peer said quit()"),
            Self::Refused(refusal) => fmt::Display::fmt(refusal, f),
            Self::RequestsUsedUp => f.write_str("its number of requests is used up"),
        }
    }
}

/// What one turn took from the input.
enum Turn {
    /// These bytes; if others are left, they are enough for another turn.
    Done(usize),
    /// These bytes; what is left is not enough for another turn.
    Starved(usize),
}
