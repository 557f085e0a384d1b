//! How long a peer may take: one rule for all drivers.
//!
//! Between two requests a peer has the idle timeout; within one, and to read a reply, the request
//! timeout. What counts is what gets done, not that bytes still move: a peer that sends a byte a
//! minute, or reads one, does not keep its place.

use std::time::{Duration, Instant};

use antiphon_protocol::Service;

use crate::Options;

/// What a driver waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    /// The first byte of a request.
    Idle,
    /// The rest of a request.
    Request,
    /// Room for a reply.
    Reply,
}

/// When the peer has taken too long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    stage: Stage,
    at: Instant,
    /// When the connection was opened, while its first request counts from then: in HTTP, where
    /// whoever connects is expected to ask.
    opened: Option<Instant>,
    /// When a peer that is idle has been so for too long; `None` before it is. Empty lines do not
    /// move it, which are the beginning of a request for as long as they lack their last byte.
    idle_until: Option<Instant>,
}

impl Deadline {
    /// For a connection that was just opened.
    pub(crate) fn new(options: &Options) -> Self {
        let now = Instant::now();
        let opened = (options.service == Service::Http).then_some(now);
        let idle = match opened {
            Some(_) => options.idle_timeout().min(options.request_timeout()),
            None => options.idle_timeout(),
        };
        Self { stage: Stage::Idle, at: now + idle, opened, idle_until: Some(now + idle) }
    }

    /// Waits for `stage` from now on. `answered`: a request was completed since the last call.
    pub(crate) fn enter(&mut self, stage: Stage, answered: bool, options: &Options) {
        if answered || stage == Stage::Reply {
            self.opened = None;
            self.idle_until = None;
        }
        let goes_on = self.stage == stage && (stage == Stage::Reply || !answered);
        self.stage = stage;
        self.at = match stage {
            _ if goes_on => self.at,
            Stage::Idle => {
                *self.idle_until.get_or_insert_with(|| Instant::now() + options.idle_timeout())
            }
            Stage::Request => self.opened.unwrap_or_else(Instant::now) + options.request_timeout(),
            Stage::Reply => Instant::now() + options.request_timeout(),
        };
    }

    /// So many bytes of a reply that had to wait are sent: they buy the peer time for the rest, for
    /// a buffer of the system may take long to empty, and shows nothing meanwhile.
    pub(crate) fn sent(&mut self, bytes: usize, options: &Options) {
        if self.stage == Stage::Reply {
            let latest = Instant::now() + MOST_BOUGHT * options.request_timeout();
            self.at = latest.min(self.at + time_for(bytes));
        }
    }

    /// The moment itself.
    pub(crate) fn at(&self) -> Instant {
        self.at
    }

    /// What is left until then; `None` when it is over.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.at.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

/// How long a peer may take to read so much.
fn time_for(bytes: usize) -> Duration {
    Duration::from_millis((bytes as u64).saturating_mul(1000) / SLOWEST)
}

/// The fewest bytes a second that a peer has to read, once it lets a reply wait: less than any
/// network of today gives, and more than pays an attacker.
const SLOWEST: u64 = 1024;

/// How many request timeouts a peer can have ahead of it at most. The system says that there is
/// room again when about a third of its buffer is free, so where that has grown to megabytes, this
/// is the limit that counts: some ten kilobytes a second.
const MOST_BOUGHT: u32 = 6;

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    fn options(service: &str) -> Options {
        Options::parse_from(["antiphon-server", service])
    }

    #[test]
    fn bytes_alone_do_not_move_the_deadline_of_a_request() {
        let options = options("calc");
        let mut deadline = Deadline::new(&options);
        deadline.enter(Stage::Request, false, &options);
        let first = deadline.at();
        deadline.enter(Stage::Request, false, &options);
        assert_eq!(deadline.at(), first);
        deadline.enter(Stage::Request, true, &options);
        assert!(deadline.at() > first, "another request has begun");
        let second = deadline.at();
        deadline.enter(Stage::Idle, false, &options);
        assert!(deadline.at() > second + Duration::from_secs(200));
    }

    /// A CR LF in two parts is the beginning of a request, and then none.
    #[test]
    fn empty_lines_do_not_move_the_deadline_of_an_idle_peer() {
        for service in ["calc", "http"] {
            let options = options(service);
            let mut deadline = Deadline::new(&options);
            for answered in [false, true] {
                deadline.enter(Stage::Idle, answered, &options);
                let first = deadline.at();
                deadline.enter(Stage::Idle, false, &options);
                assert_eq!(deadline.at(), first);
                deadline.enter(Stage::Request, false, &options);
                deadline.enter(Stage::Idle, false, &options);
                assert_eq!(deadline.at(), first);
            }
            let first = deadline.at();
            deadline.enter(Stage::Request, true, &options);
            deadline.enter(Stage::Idle, false, &options);
            assert!(deadline.at() > first, "there was a request in between, and its content");
        }
    }

    #[test]
    fn a_reply_is_to_be_read_at_some_rate() {
        let options = options("calc");
        let mut deadline = Deadline::new(&options);
        deadline.enter(Stage::Reply, true, &options);
        let first = deadline.at();
        deadline.enter(Stage::Reply, true, &options);
        assert_eq!(deadline.at(), first);
        deadline.sent(1, &options);
        assert!(deadline.at() < first + Duration::from_millis(10));
        deadline.sent(1 << 30, &options);
        assert!(deadline.at() <= Instant::now() + MOST_BOUGHT * options.request_timeout());
    }

    #[test]
    fn the_first_request_of_http_counts_from_the_accept() {
        let options = options("http");
        let mut deadline = Deadline::new(&options);
        let first = deadline.at();
        deadline.enter(Stage::Idle, false, &options);
        deadline.enter(Stage::Request, false, &options);
        assert_eq!(deadline.at(), first);
        deadline.enter(Stage::Idle, true, &options);
        assert!(deadline.at() > first + Duration::from_secs(200));
    }
}
