//! Getting to the server: each address of its name in turn.

use std::io;
use std::net::{SocketAddr, TcpStream, UdpSocket};

use antiphon_server::explain::{ConnectError, errno};
use antiphon_server::socket::{self, Mode};

use crate::args::Args;
use crate::console::Console;

/// A stream to the server, and its address.
pub(crate) fn connect(
    args: &Args,
    console: &Console,
) -> Result<(TcpStream, SocketAddr), ConnectError> {
    first(args, console, "TCP", |address| {
        let stream = socket::connect(address, args.mode(), args.timeout, &args.socket)?;
        let local = stream.local_addr()?;
        Ok((stream, local))
    })
}

/// A socket that sends to the server and hears only from it, and the server's address.
pub(crate) fn connect_datagram(
    args: &Args,
    console: &Console,
) -> Result<(UdpSocket, SocketAddr), ConnectError> {
    first(args, console, "UDP", |address| {
        let socket = socket::connect_datagram(address, args.mode(), &args.socket)?;
        let local = socket.local_addr()?;
        Ok((socket, local))
    })
}

/// The first address to which `connect` leads; it gives the local address, too.
fn first<S>(
    args: &Args,
    console: &Console,
    name: &str,
    connect: impl Fn(SocketAddr) -> io::Result<(S, SocketAddr)>,
) -> Result<(S, SocketAddr), ConnectError> {
    let endpoint = args.endpoint()?;
    console.tell(format_args!("looking up {endpoint}"));
    let addresses =
        endpoint.resolve().map_err(|error| ConnectError::Resolve(endpoint.clone(), error))?;
    let mode = match args.mode() {
        Mode::Blocking => "blocking",
        Mode::NonBlocking => "non-blocking",
    };
    let mut failures = Vec::new();
    for address in addresses {
        console.tell(format_args!("creating a {mode} {name} socket"));
        console.tell(format_args!("connecting to {address}"));
        match connect(address) {
            Ok((socket, local)) => {
                console.tell(format_args!("connected from {local} to {address}"));
                return Ok((socket, address));
            }
            Err(error) => {
                console.tell(format_args!("connecting failed: {}", errno(&error)));
                failures.push((address, error));
            }
        }
    }
    if failures.is_empty() {
        return Err(ConnectError::Resolve(endpoint, io::ErrorKind::NotFound.into()));
    }
    Err(ConnectError::Connect(failures))
}
