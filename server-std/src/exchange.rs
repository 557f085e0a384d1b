//! What the blocking and the non-blocking driver have in common: calling the session, looking up
//! what HTTP asks for, and saying how a conversation ended.

use std::net::SocketAddr;
use std::{fmt, io};

use antiphon_protocol::{Next, Session, Why};
use tracing::{Level, debug, enabled, info};

use crate::body::Body;
use crate::log::{Access, Excerpt};
use crate::{Server, explain};

/// Who a driver talks with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    /// Counts from 1, and stands in every log line about this connection.
    pub(crate) id: u64,
    pub(crate) peer: SocketAddr,
}

/// What one call of the session came to: send, first what was produced and then the body, drop
/// what was consumed, and do what comes then.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) consumed: usize,
    pub(crate) produced: usize,
    pub(crate) body: Option<Body>,
    pub(crate) then: Then,
}

/// [`Next`], without what has been done already.
#[derive(Debug)]
pub(crate) enum Then {
    Read,
    Write,
    Close(Why),
    Halt,
}

/// Lets the session answer what there is. `ended`: the peer's input is over.
///
/// When the log is to show each request with its reply, it answers one at a time.
pub(crate) fn exchange(
    server: &Server,
    client: Client,
    session: &mut Session<'_>,
    ended: bool,
    input: &[u8],
    output: &mut [u8],
) -> Exchange {
    let verbose = enabled!(Level::DEBUG);
    let step = match (ended, verbose) {
        (true, _) => session.finish(input, output),
        (false, true) => session.step(input, output),
        (false, false) => session.advance(input, output),
    };
    let (consumed, mut produced, mut body) = (step.consumed, step.produced, None);
    let then = match step.next {
        Next::Read => Then::Read,
        Next::Write => Then::Write,
        Next::Open(request) => {
            if let Some(files) = &server.files {
                let response = files.respond(session, &request, output);
                (produced, body) = (response.produced, response.body);
                if let Some(mut access) = Access::new(client, request.line(), response.status) {
                    match &mut body {
                        Some(body) => body.log(access),
                        None => access.sent = response.content,
                    }
                }
            }
            Then::Write
        }
        Next::Close(why) => Then::Close(why),
        Next::Halt => Then::Halt,
    };
    if verbose && consumed > 0 {
        debug!(id = client.id, "request {}", Excerpt(&input[..consumed]));
    }
    if verbose && produced > 0 {
        debug!(id = client.id, "reply {}", Excerpt(&output[..produced]));
    }
    Exchange { consumed, produced, body, then }
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
    pub(crate) fn log(&self, client: Client) {
        info!(id = client.id, "closed: {self}");
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
