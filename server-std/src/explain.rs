//! Failures of system calls, in words: what was tried, what it means, what to do.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::PathBuf;

use thiserror::Error;

use crate::accept::is_shortage;
use crate::endpoint::{Endpoint, EndpointError};
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
    /// The document root cannot be opened.
    #[error("cannot serve {dir}: {why}; name a directory with --root", dir = .0.display(), why = errno(.1))]
    Root(PathBuf, io::Error),
    /// The access log cannot be opened.
    #[error("cannot write to {file}: {why}; name another file with --access-log", file = .0.display(), why = errno(.1))]
    AccessLog(PathBuf, io::Error),
    /// The system has no descriptor or no thread to give.
    #[error("cannot start: {why}; close other programs or raise `ulimit -n`", why = errno(.0))]
    Resources(io::Error),
    /// Nobody can be told the address.
    #[error(
        "cannot say on standard output where it listens: {why}; \
         have it read until then, or send it to a file",
        why = errno(.0)
    )]
    Announce(io::Error),
}

/// A server that was listening could not go on.
#[derive(Debug, Error)]
#[error(
    "had to end: {why}; see what the system is short of (`ulimit -a`), and start it again",
    why = errno(.0)
)]
pub struct RunError(pub io::Error);

/// A client could not reach its server.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// The words on the command line are no address.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The host is not known.
    #[error("cannot find {0}: {1}; check the spelling, or give an address such as 127.0.0.1")]
    Resolve(Endpoint, io::Error),
    /// None of the host's addresses could be reached; here is each with its failure.
    #[error("{}", attempts(.0))]
    Connect(Vec<(SocketAddr, io::Error)>),
}

/// One sentence for each address that was tried.
fn attempts(attempts: &[(SocketAddr, io::Error)]) -> String {
    let sentences = attempts.iter().map(|(address, error)| {
        format!("cannot connect to {address}: {}", connecting(*address, error))
    });
    sentences.collect::<Vec<_>>().join("\n")
}

/// Why `address` cannot be reached.
fn connecting(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => format!(
            "connection refused: nothing is listening on {address}; \
             start the server first, or check the port"
        ),
        ErrorKind::TimedOut => "connection timed out: no answer came at all; \
             check the address, and whether a firewall drops what is sent there"
            .into(),
        ErrorKind::ConnectionReset => "connection reset: something there took the connection and \
             dropped it at once; check whether it is the right server, and not overloaded"
            .into(),
        ErrorKind::NetworkUnreachable => "network unreachable: this machine knows no way there; \
             check its network connection, or try another address of the host"
            .into(),
        ErrorKind::HostUnreachable => {
            "host unreachable: its network is there, the machine is not; \
             check the address, and whether the machine is on"
                .into()
        }
        ErrorKind::PermissionDenied => "no permission: a rule of this machine forbids it; \
             check its firewall, and that the address is not a broadcast address"
            .into(),
        ErrorKind::AddrNotAvailable => "the system has no address or port left to connect from; \
             wait for old connections to go away, and check the address and the port"
            .into(),
        _ => format!("{error}; check the address"),
    }
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
        ErrorKind::InvalidInput => {
            format!("{}; an address of one link needs it behind it, as in fe80::1%eth0", errno(error))
        }
        _ if is_shortage(error) => {
            format!("{}; close other programs or raise `ulimit -n`", errno(error))
        }
        _ => errno(error),
    }
}

/// Why a connection broke, as far as the one side can tell.
#[must_use]
pub fn lost(error: &io::Error) -> String {
    let meaning = match error.kind() {
        // Of a body that was promised; the end of a connection is no error.
        ErrorKind::UnexpectedEof => return "the file became shorter than was promised".into(),
        // After a reset there is no connection left to shut down.
        ErrorKind::ConnectionReset | ErrorKind::NotConnected => "the peer reset the connection",
        ErrorKind::BrokenPipe => "the peer had closed the connection already",
        ErrorKind::TimedOut => "the network does not reach the peer any more",
        _ => "the connection failed",
    };
    format!("{meaning} ({})", errno(error))
}

/// The name of a failed system call's error and what it means, as `errno(3)` lists them:
/// `ECONNREFUSED: Connection refused`.
#[must_use]
pub fn errno(error: &io::Error) -> String {
    #[cfg(unix)]
    if let Some(code) = error.raw_os_error() {
        return nix::errno::Errno::from_raw(code).to_string();
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_that_was_tried_is_named_with_its_failure() {
        let tried = ["[::1]:5000", "127.0.0.1:5000"].map(|address| address.parse().unwrap());
        let kinds = [ErrorKind::NetworkUnreachable, ErrorKind::ConnectionRefused];
        let error =
            ConnectError::Connect(tried.into_iter().zip(kinds.map(io::Error::from)).collect());
        let text = error.to_string();
        assert!(text.starts_with("cannot connect to [::1]:5000: network unreachable: "), "{text}");
        let second = "\ncannot connect to 127.0.0.1:5000: connection refused: nothing is listening \
                      on 127.0.0.1:5000; start the server first, or check the port";
        assert!(text.ends_with(second), "{text}");
    }

    #[test]
    #[cfg(unix)]
    fn failures_have_their_classic_names() {
        let refused = io::Error::from_raw_os_error(rustix::io::Errno::CONNREFUSED.raw_os_error());
        assert_eq!(errno(&refused), "ECONNREFUSED: Connection refused");
    }
}
