//! How long a peer may take: one rule for all drivers.
//!
//! Between two requests a peer has the idle timeout; within one, and while it does not read its
//! replies, the request timeout. What counts is what gets done, not that bytes still come: a peer
//! that sends a byte a minute does not keep its place.

use std::time::{Duration, Instant};

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
}

impl Deadline {
    /// For a connection that was just opened.
    pub(crate) fn new(options: &Options) -> Self {
        Self { stage: Stage::Idle, at: Instant::now() + options.idle_timeout }
    }

    /// Waits for `stage` from now on. `progress`: something was completed since the last call, a
    /// request or a part of a reply.
    pub(crate) fn enter(&mut self, stage: Stage, progress: bool, options: &Options) {
        if stage == Stage::Idle || stage != self.stage || progress {
            self.at = Instant::now() + allowance(stage, options);
        }
        self.stage = stage;
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

fn allowance(stage: Stage, options: &Options) -> Duration {
    match stage {
        Stage::Idle => options.idle_timeout,
        Stage::Request | Stage::Reply => options.request_timeout,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn bytes_alone_do_not_move_the_deadline_of_a_request() {
        let options = Options::parse_from(["antiphon-server", "calc"]);
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
}
