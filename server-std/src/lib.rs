//! Classic socket services in every classic server architecture.
//!
//! [`Server`] binds a socket and serves [`antiphon_protocol`]'s sessions on it, in the architecture
//! that [`Model`] names. What a peer says and is told is the protocol crate's business; this crate
//! moves bytes, waits, counts, and keeps time.
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::TcpStream;
//! use std::thread;
//!
//! use antiphon_server::{Options, Server};
//! use clap::Parser as _;
//!
//! // Port 0 is any free port.
//! let server = Server::bind(Options::parse_from(["antiphon-server", "calc", "0"]))?;
//! let (address, halt) = (server.local_addr(), server.halt());
//! let running = thread::spawn(move || server.run());
//!
//! let mut stream = TcpStream::connect(address)?;
//! stream.write_all(b"3+5\r\nquit()\r\n")?;
//! let mut reply = String::new();
//! stream.read_to_string(&mut reply)?;
//! assert_eq!(reply, "Answer is 8\r\nquit()");
//!
//! halt.set();
//! running.join().unwrap()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! How a byte travels: `accept` lets a client in; `converse` (blocking) or `connection`
//! (non-blocking) carries out what the session says; one file of `model/` decides who is served
//! when.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]
// The multiplexing models, which other systems lack, are the only ones to use some of this.
#![cfg_attr(not(unix), allow(dead_code))]

mod accept;
mod body;
mod clock;
#[cfg(unix)]
mod connection;
#[cfg(unix)]
mod connections;
mod converse;
mod datagrams;
mod deadline;
mod document_root;
mod endpoint;
mod exchange;
pub mod explain;
mod files;
mod halt;
#[cfg(unix)]
pub mod ignored;
mod interest;
mod linger;
mod listing;
mod lobby;
pub mod log;
mod model;
mod open_files;
mod options;
mod pipe;
mod places;
mod scratch;
pub mod socket;
mod sockets;
mod spool;
mod transport;
mod workers;

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use antiphon_protocol::{Service, Settings};
use tracing::{debug, info};

pub use crate::endpoint::{Endpoint, EndpointError};
use crate::explain::StartError;
use crate::files::Files;
pub use crate::halt::Halt;
use crate::log::Throttle;
pub use crate::model::Model;
use crate::options::MAX_CONNECTIONS;
pub use crate::options::{AllowExit, LogFormat, Options, OptionsError, WhenFull, seconds};
use crate::places::Places;
use crate::sockets::Sockets;
pub use crate::transport::Transport;

/// A server that is bound to its address.
#[derive(Debug)]
pub struct Server {
    options: Options,
    settings: Settings,
    address: SocketAddr,
    sockets: Mutex<Vec<Sockets>>,
    /// How many connections are open.
    active: Arc<AtomicUsize>,
    last_id: AtomicU64,
    accept_log: Mutex<Throttle>,
    datagram_log: Mutex<Throttle>,
    halt: Halt,
    /// What `http` serves.
    files: Option<Files>,
}

impl Server {
    /// Binds the server's sockets; from now on clients can connect.
    ///
    /// # Errors
    ///
    /// [`StartError`] says in words what is in the way.
    pub fn bind(mut options: Options) -> Result<Self, StartError> {
        options.check()?;
        limit_places(&mut options);
        let files = (options.service == Service::Http).then(|| Files::open(&options));
        let files =
            files.transpose().map_err(|error| StartError::Root(options.root().into(), error))?;
        let sockets = bind_first(&options)?;
        let address = sockets[0].local_addr().map_err(StartError::Resources)?;
        Ok(Self {
            settings: options.settings(),
            address,
            sockets: Mutex::new(sockets),
            active: Arc::default(),
            last_id: AtomicU64::new(0),
            accept_log: Mutex::default(),
            datagram_log: Mutex::default(),
            halt: Halt::new().map_err(StartError::Resources)?,
            files,
            options,
        })
    }

    /// The address as bound: with the port that the system chose, if it was 0.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// What it listens for.
    #[must_use]
    pub fn transport(&self) -> Transport {
        self.options.transport
    }

    /// The way to end this server while it runs.
    #[must_use]
    pub fn halt(&self) -> Halt {
        self.halt.clone()
    }

    /// Serves until it is told to halt, by [`Halt::set`] or by a peer's `exit()`. Then it accepts
    /// nobody any more, answers what it has received, and returns.
    ///
    /// # Errors
    ///
    /// One of the listening socket or of the model's wait call; a client can cause none.
    pub fn run(self) -> io::Result<()> {
        self.options.model.serve(&self)?;
        info!("halted");
        Ok(())
    }

    /// What one loop or accepting thread has of the server: a set of listening sockets, and its
    /// share of the places.
    fn take_share(&self) -> (Sockets, Places) {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = sockets.pop().unwrap_or_default();
        let share = places::share(
            self.options.max_connections.get(),
            self.options.workers(),
            sockets.len(),
        );
        (mine, Places::new(share, Arc::clone(&self.active)))
    }

    /// A new listening socket at the same address, after the first one was closed; if it cannot be
    /// had any more, an error that says why in words.
    fn listen_again(&self) -> io::Result<TcpListener> {
        let again = socket::listen(self.address, &self.options.bind);
        again.map_err(|error| {
            io::Error::new(error.kind(), StartError::Listen(self.address, error).to_string())
        })
    }

    fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether `exit()` from `peer` ends the server; `local` tells the address that it talks to.
    fn may_exit(&self, peer: IpAddr, local: impl FnOnce() -> Option<IpAddr>) -> bool {
        match self.options.allow_exit {
            AllowExit::Never => false,
            AllowExit::Always => true,
            // Who talks to the machine's own address from that address is local, too.
            AllowExit::Loopback => {
                let peer = peer.to_canonical();
                peer.is_loopback() || local().is_some_and(|local| local.to_canonical() == peer)
            }
        }
    }
}

/// Lowers the number of places to what there are descriptors for, and says so, also if there are
/// too few for all workers.
fn limit_places(options: &mut Options) {
    // A file that is being sent takes another one.
    let each = if options.service == Service::Http { 2 } else { 1 };
    let asked = options.max_connections;
    options.max_connections = places::limit_by_descriptors(asked, each);
    if options.max_connections < asked && options.transport.has_tcp() {
        let most = options.max_connections;
        let why = "there are no descriptors for more (`ulimit -n`)";
        match asked {
            // Nobody asked for so many.
            MAX_CONNECTIONS => debug!("{most} connections at most: {why}"),
            _ => info!("{most} connections at most, not {asked}: {why}"),
        }
    }
    let workers = options.workers();
    if let Some(asked) = options.workers.filter(|asked| asked.get() > workers) {
        info!("workers: {workers}, not {asked}; each needs a place for a connection at least");
    }
}

/// Binds the first address of the endpoint that can be had.
fn bind_first(options: &Options) -> Result<Vec<Sockets>, StartError> {
    let endpoint = options.endpoint().map_err(OptionsError::from)?;
    let addresses =
        endpoint.resolve().map_err(|error| StartError::Resolve(endpoint.clone(), error))?;
    let mut failure = None;
    for address in addresses {
        match Sockets::bind_all(address, options) {
            Ok(sockets) => return Ok(sockets),
            Err(error) => failure = failure.or(Some(StartError::Listen(address, error))),
        }
    }
    let no_address = || StartError::Resolve(endpoint, io::ErrorKind::NotFound.into());
    Err(failure.unwrap_or_else(no_address))
}

/// How many bytes of `stream` have arrived and are not read yet.
fn received(stream: &TcpStream) -> usize {
    let count = rustix::io::ioctl_fionread(stream).unwrap_or(0);
    usize::try_from(count).unwrap_or(usize::MAX)
}
