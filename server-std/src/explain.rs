//! Failures of system calls, in words: what was tried, what it means, what to do.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use thiserror::Error;

use crate::endpoint::Endpoint;
use crate::options::OptionsError;

/// A server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// What was asked for does not go together.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The host is not known.
    #[error("cannot listen on {0}: {1}; give an address of this machine, such as 127.0.0.1")]
    Resolve(Endpoint, io::Error),
    /// The address cannot be had.
    #[error("cannot listen on {0}: {why}", why = listening(.1))]
    Listen(SocketAddr, io::Error),
    /// The system gave no pipe.
    #[error("cannot start: {0}; close other programs or raise `ulimit -n`")]
    Resources(io::Error),
}

/// Why a socket cannot listen where it was told to.
fn listening(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => {
            "another program listens there already; stop it, or choose another port (0: any free one)"
                .into()
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address; use one of its own, or 0.0.0.0 for all of them".into()
        }
        ErrorKind::PermissionDenied => {
            "no permission; ports below 1024 are for administrators, choose a higher one".into()
        }
        _ => named(error),
    }
}

/// A failure with the name that manual pages give it, as in `ECONNRESET: Connection reset by peer`.
#[must_use]
pub fn named(error: &io::Error) -> String {
    #[cfg(unix)]
    if let Some(code) = error.raw_os_error() {
        return nix::errno::Errno::from_raw(code).to_string();
    }
    error.to_string()
}

/// Why a connection broke, as far as the one side can tell.
#[must_use]
pub fn lost(error: &io::Error) -> String {
    let meaning = match error.kind() {
        ErrorKind::ConnectionReset => "the peer reset the connection",
        ErrorKind::BrokenPipe => "the peer had closed the connection already",
        ErrorKind::TimedOut => "the network does not reach the peer any more",
        _ => "the connection failed",
    };
    format!("{meaning} ({})", named(error))
}
