//! The conversation of [`Service::Http`](crate::Service::Http).

use super::{Next, Phase, Session, Step, Why};
use crate::http::{
    self, Content, ContentFraming, Error, Head, HeadSearch, Lookup, MIN_OUTPUT, Request, Timestamp,
};
use crate::response::Refusal;

impl Session<'_> {
    /// Writes the head of the response to `request`, which came with [`Next::Open`], after the
    /// driver has `found` what it asks for, or an error page whole.
    ///
    /// With [`Service::min_output`](crate::Service::min_output) bytes of output there always is a
    /// response; with less there may be none, and the connection is to be closed.
    pub fn answer(
        &mut self,
        request: &Request<'_>,
        found: &Lookup<'_>,
        now: Timestamp,
        output: &mut [u8],
    ) -> Head {
        let Phase::Answering(framing) = self.phase else {
            let status = Error::Internal.status();
            return Head { produced: 0, body: 0..0, close: true, status, content: 0 };
        };
        let is_last = self.requests_left() == Some(1);
        let request = if is_last { request.last() } else { *request };
        let head = http::answer(&request, found, now, output);
        self.phase = if framing == ContentFraming::Length(0) {
            Phase::Open
        } else {
            Phase::Content(Content::new(framing))
        };
        self.head = HeadSearch::new();
        self.searched = 0;
        self.count(1);
        if head.close && self.over().is_none() {
            self.close(match request.refusal() {
                Some(why) => Why::Http(why),
                None if framing == ContentFraming::Length(0) => Why::LastResponse,
                None => Why::ContentUnread,
            });
        }
        head
    }

    /// One request, or what it carries.
    pub(super) fn web_turn<'i>(
        &mut self,
        input: &'i [u8],
        ended: bool,
        output: &mut [u8],
    ) -> Step<'i> {
        let (consumed, next) = match self.phase {
            Phase::Open => self.request(input, ended, output.len()),
            Phase::Content(content) => self.content(content, input),
            Phase::Refusing(_) if output.len() < MIN_OUTPUT => (0, Next::Write),
            Phase::Refusing(why) => {
                self.phase = Phase::Answering(ContentFraming::Length(0));
                (0, Next::Open(Request::refused(input, why)))
            }
            // Nothing can be said to a peer whose request has got lost.
            Phase::Answering(_) => (0, self.end(Why::NotAnswered)),
            Phase::Closed(_) | Phase::Halted | Phase::Skipping => (0, Next::Read),
        };
        let next = match self.over().unwrap_or(next) {
            Next::Read if ended => self.end(Why::PeerFinished),
            next => next,
        };
        Step { consumed, produced: 0, next }
    }

    /// Gives the driver a request to refuse, if one is to be; otherwise this is the end.
    pub(super) fn web_refuse(&mut self, why: Refusal) {
        let error = match why {
            Refusal::Busy => Some(Error::Unavailable),
            Refusal::Halting if !self.is_idle() => Some(Error::Unavailable),
            Refusal::TimedOut if !self.is_idle() => Some(Error::RequestTimeout),
            _ => None,
        };
        match (self.phase, error) {
            (Phase::Refusing(_), _) => {}
            (Phase::Open, Some(error)) => self.phase = Phase::Refusing(error),
            _ => self.close(Why::Refused(why)),
        }
    }

    fn request<'i>(&mut self, input: &'i [u8], ended: bool, room: usize) -> (usize, Next<'i>) {
        let found = self.head.end(input);
        self.searched = usize::from(!self.head.is_idle(input));
        let (consumed, request) = match found {
            Ok(None) if !ended || self.is_idle() => return (0, Next::Read),
            _ if room < MIN_OUTPUT => return (0, Next::Write),
            Ok(Some(end)) => {
                let head = input.get(..end).unwrap_or_default();
                (end, Request::parse(head).unwrap_or_else(|why| Request::refused(head, why)))
            }
            Ok(None) => (0, Request::refused(input, Error::HeadUnfinished)),
            Err(why) => (0, Request::refused(input, why)),
        };
        self.phase = Phase::Answering(request.framing());
        (consumed, Next::Open(request))
    }

    fn content<'i>(&mut self, mut content: Content, input: &[u8]) -> (usize, Next<'i>) {
        match content.skip(input) {
            Ok(skipped) if skipped.ended => {
                self.phase = Phase::Open;
                let used_up = skipped.consumed == input.len();
                (skipped.consumed, if used_up { Next::Read } else { Next::Write })
            }
            Ok(skipped) => {
                self.phase = Phase::Content(content);
                (skipped.consumed, Next::Read)
            }
            Err(why) => (0, self.end(Why::Http(why))),
        }
    }

    fn end<'i>(&mut self, why: Why) -> Next<'i> {
        self.close(why);
        Next::Close(why)
    }
}
