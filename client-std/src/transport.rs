//! Getting to the server: each address of its name in turn.
//!
//! A stream shows at once whether somebody is there. A datagram socket is connected to any address,
//! so there only a refusal of what is sent to it leads to the next one, and silence does not.

use std::collections::VecDeque;
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
    first(&look_up(args, console)?, |address| stream(args, console, address))
}

/// A socket that sends to the server and hears only from it, the server's address, and its other
/// ones in the order in which to try them.
pub(crate) fn connect_datagram(
    args: &Args,
    console: &Console,
) -> Result<(UdpSocket, SocketAddr, VecDeque<SocketAddr>), ConnectError> {
    let addresses = look_up(args, console)?;
    let (socket, peer) = first(&addresses, |address| datagram_socket(args, console, address))?;
    let mut others = VecDeque::from(addresses);
    let place = others.iter().position(|address| *address == peer);
    others.rotate_left(place.unwrap_or_default());
    others.pop_front();
    Ok((socket, peer, others))
}

/// A socket that sends to `address` and hears only from it.
pub(crate) fn datagram_socket(
    args: &Args,
    console: &Console,
    address: SocketAddr,
) -> io::Result<UdpSocket> {
    told(args, console, "UDP", address, || {
        let socket = socket::connect_datagram(address, args.mode(), &args.socket)?;
        let local = socket.local_addr()?;
        Ok((socket, local))
    })
}

fn stream(args: &Args, console: &Console, address: SocketAddr) -> io::Result<TcpStream> {
    told(args, console, "TCP", address, || {
        let stream = socket::connect(address, args.mode(), args.timeout, &args.socket)?;
        let local = stream.local_addr()?;
        Ok((stream, local))
    })
}

/// All addresses of the server; there is at least one.
fn look_up(args: &Args, console: &Console) -> Result<Vec<SocketAddr>, ConnectError> {
    let endpoint = args.endpoint()?;
    console.tell(format_args!("looking up {endpoint}"));
    match endpoint.resolve() {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(ConnectError::Resolve(endpoint, io::ErrorKind::NotFound.into())),
        Err(error) => Err(ConnectError::Resolve(endpoint, error)),
    }
}

/// The first of `addresses` to which `connect` leads.
fn first<S>(
    addresses: &[SocketAddr],
    connect: impl Fn(SocketAddr) -> io::Result<S>,
) -> Result<(S, SocketAddr), ConnectError> {
    let mut failures = Vec::new();
    for &address in addresses {
        match connect(address) {
            Ok(socket) => return Ok((socket, address)),
            Err(error) => failures.push((address, error)),
        }
    }
    Err(ConnectError::Connect(failures))
}

/// Tells the steps of `connect`, which gives the local address, too.
fn told<S>(
    args: &Args,
    console: &Console,
    name: &str,
    address: SocketAddr,
    connect: impl FnOnce() -> io::Result<(S, SocketAddr)>,
) -> io::Result<S> {
    let mode = match args.mode() {
        Mode::Blocking => "blocking",
        Mode::NonBlocking => "non-blocking",
    };
    console.tell(format_args!("creating a {mode} {name} socket"));
    console.tell(format_args!("connecting to {address}"));
    match connect() {
        Ok((socket, local)) => {
            console.tell(format_args!("connected from {local} to {address}"));
            Ok(socket)
        }
        Err(error) => {
            console.tell(format_args!("connecting failed: {}", errno(&error)));
            Err(error)
        }
    }
}
