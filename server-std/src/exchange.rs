//! What the blocking and the non-blocking driver have in common: calling the session, and saying
//! how a conversation ended.

use std::fmt;
use std::io;

use antiphon_protocol::{Session, Step, Why};
use tracing::{Level, debug, enabled, info};

use crate::explain;
use crate::log::Excerpt;

/// Lets the session answer what there is. `ended`: the peer's input is over.
///
/// When the log is to show each request with its reply, it answers one at a time.
pub(crate) fn exchange(
    id: u64,
    session: &mut Session<'_>,
    ended: bool,
    input: &[u8],
    output: &mut [u8],
) -> Step {
    if !enabled!(Level::DEBUG) {
        return if ended { session.finish(input, output) } else { session.advance(input, output) };
    }
    let step = if ended { session.finish(input, output) } else { session.step(input, output) };
    if step.consumed > 0 {
        debug!(id, "request {}", Excerpt(&input[..step.consumed]));
    }
    if step.produced > 0 {
        debug!(id, "reply {}", Excerpt(&output[..step.produced]));
    }
    step
}

/// How a conversation ended.
#[derive(Debug)]
pub(crate) enum End {
    /// As the session says.
    Session(Why),
    /// The peer said `exit()`, and was obeyed.
    Exit,
    /// The connection failed.
    Lost(io::Error),
    /// The peer left its replies unread for too long.
    Unread,
    /// The peer sent urgent data, which no service here has a meaning for.
    Urgent,
}

impl End {
    /// The log line of a connection that is closed by now.
    pub(crate) fn log(&self, id: u64) {
        info!(id, "closed: {self}");
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session(why) => why.fmt(f),
            Self::Exit => f.write_str("the peer said exit()"),
            Self::Lost(error) => explain::lost(error).fmt(f),
            Self::Unread => f.write_str("the peer did not read its replies in time"),
            Self::Urgent => f.write_str("the peer sent urgent data"),
        }
    }
}
