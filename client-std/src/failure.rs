//! What can go wrong, in words.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use antiphon_server::explain::{self, ConnectError};
use thiserror::Error;

/// The client could not do what it was asked to.
#[derive(Debug, Error)]
pub enum Failure {
    /// There is no connection.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The connection broke.
    #[error("lost {peer}: {why}; it may have been restarted, so try again", why = explain::lost(.error))]
    Lost {
        /// The server.
        peer: SocketAddr,
        /// The failure of the system call.
        error: io::Error,
    },
    /// The server has closed the connection too early.
    #[error(
        "{peer} closed the connection and left {owed} of the requests unanswered; \
         if it closes after each answer, try --reconnect"
    )]
    Closed {
        /// The server.
        peer: SocketAddr,
        /// How many replies have not come.
        owed: u64,
    },
    /// The server has closed the connection without a word, and there was to be more input.
    #[error(
        "{peer} closed the connection before a whole request was made; it may be full, halting, or \
         have waited for too long, so try again later"
    )]
    ClosedUnasked {
        /// The server.
        peer: SocketAddr,
    },
    /// The server is there and does not answer.
    #[error(
        "{peer} sent nothing for {seconds} seconds, and {owed} of the requests are unanswered; \
         it may be busy with another client, so try again later or with a longer --timeout",
        seconds = .timeout.as_secs_f64()
    )]
    Silent {
        /// The server.
        peer: SocketAddr,
        /// How many replies have not come.
        owed: u64,
        /// How long the client has waited.
        timeout: Duration,
    },
    /// Nobody answers a datagram.
    #[error(
        "no reply from {peer}, {sent}, waiting {seconds} seconds for it; UDP gives no sign of what \
         became of a datagram: perhaps nobody listens there, or it got lost, or the server answers \
         nothing to it; check the port, or try --retries",
        sent = times(*.sent), seconds = .timeout.as_secs_f64()
    )]
    Unanswered {
        /// The server.
        peer: SocketAddr,
        /// How often the request was sent.
        sent: u32,
        /// How long the client has waited each time.
        timeout: Duration,
    },
    /// The system of the server says that nobody listens.
    #[error(
        "{peers} refused the datagram: its system says (by ICMP) that nothing is listening there; \
         start the server first, or check the port",
        peers = listed(.peers)
    )]
    Refused {
        /// The addresses of the server that were tried.
        peers: Vec<SocketAddr>,
    },
    /// A datagram that does not fit.
    #[error(
        "a line of more than {longest} bytes is too long for a datagram; send less, or use \
         --transport tcp"
    )]
    TooLong {
        /// The length up to which a line fits.
        longest: usize,
    },
    /// A line that does not fit into the memory for one request.
    #[error(
        "a line of more than {longest} bytes is too long for --reconnect and was not sent; send \
         less, or leave out --reconnect"
    )]
    LongLine {
        /// The length up to which a line is sent.
        longest: usize,
    },
    /// Standard input failed.
    #[error("cannot read the requests: {0}; check what standard input is connected to")]
    Input(io::Error),
    /// Standard output failed.
    #[error("cannot show the replies: {0}; check what standard output is connected to")]
    Output(io::Error),
    /// The system gave no thread or pipe.
    #[error("cannot start: {0}; close other programs or raise `ulimit -n` and `ulimit -u`")]
    Resources(io::Error),
}

impl Failure {
    /// Whether the command line was wrong, and not the network.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Connect(ConnectError::Endpoint(_)))
    }
}

fn listed(addresses: &[SocketAddr]) -> String {
    addresses.iter().map(SocketAddr::to_string).collect::<Vec<_>>().join(" and ")
}

/// How often something was sent.
fn times(count: u32) -> String {
    if count == 1 { "sent once".into() } else { format!("sent {count} times") }
}
