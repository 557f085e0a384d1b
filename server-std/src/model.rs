//! The architectures: who is served when.
//!
//! Each is a file of its own with the same signature, `serve`, to be read side by side.

use std::fmt;
use std::io;

use clap::ValueEnum;
use rustix::fd::BorrowedFd;

use crate::Server;
use crate::transport::Transport;

#[cfg(target_os = "linux")]
mod epoll;
mod iterative;
#[cfg(unix)]
mod poll;
mod prethreaded;
#[cfg(unix)]
mod select;
mod threaded;

/// How a server divides itself among its clients.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, ValueEnum)]
pub enum Model {
    /// One client after the other; the next one waits
    Iterative,
    /// A thread for each client
    Threaded,
    /// A fixed number of threads, each serving one client after the other
    Prethreaded,
    /// All clients on one thread that waits in select(2)
    #[cfg(unix)]
    Select,
    /// All clients on one thread that waits in poll(2)
    #[cfg(unix)]
    Poll,
    /// All clients on one thread, or on each of a few, that waits in epoll_wait(2)
    #[cfg(target_os = "linux")]
    Epoll,
}

impl Model {
    /// The best of this system.
    pub const DEFAULT: Self = default_model();

    /// Serves until the server is told to halt.
    pub(crate) fn serve(self, server: &Server) -> io::Result<()> {
        match self {
            Self::Iterative => iterative::serve(server),
            Self::Threaded => threaded::serve(server),
            Self::Prethreaded => prethreaded::serve(server),
            #[cfg(unix)]
            Self::Select => select::serve(server),
            #[cfg(unix)]
            Self::Poll => poll::serve(server),
            #[cfg(target_os = "linux")]
            Self::Epoll => epoll::serve(server),
        }
    }

    /// Whether it can serve this transport. There is no connection in UDP that could have a thread
    /// of its own, and two transports at once take a wait call that hears several sockets.
    #[must_use]
    pub fn serves(self, transport: Transport) -> bool {
        match transport {
            Transport::Tcp => true,
            Transport::Udp => self != Self::Threaded,
            Transport::Both => self.is_multiplexing(),
        }
    }

    /// How many workers it has when nobody says; `None`: it has none.
    #[must_use]
    pub fn default_workers(self) -> Option<usize> {
        match self {
            Self::Prethreaded => Some(8),
            #[cfg(target_os = "linux")]
            Self::Epoll => Some(1),
            _ => None,
        }
    }

    /// Whether it can serve a connection with this descriptor.
    pub(crate) fn can_watch(self, fd: BorrowedFd<'_>) -> bool {
        match self {
            #[cfg(unix)]
            Self::Select => select::can_watch(fd),
            _ => {
                let _ = fd;
                true
            }
        }
    }

    fn is_multiplexing(self) -> bool {
        !matches!(self, Self::Iterative | Self::Threaded | Self::Prethreaded)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

const fn default_model() -> Model {
    #[cfg(target_os = "linux")]
    return Model::Epoll;
    #[cfg(all(unix, not(target_os = "linux")))]
    return Model::Poll;
    #[cfg(not(unix))]
    return Model::Threaded;
}
