//! Every socket of antiphon is made here, and every option of one is set here.
//!
//! What was asked for is read back from the system and logged with `-v`, as asked and as granted:
//! they differ more often than one thinks (Linux doubles buffer sizes, for example).

use std::fmt::Debug;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use clap::builder::RangedU64ValueParser;
use clap::{ArgAction, Args};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tracing::debug;

/// Whether a call on a socket may put its thread to sleep.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// It sleeps until there is something to do.
    Blocking,
    /// It returns at once with `WouldBlock`.
    NonBlocking,
}

/// What a person can ask for of any socket: see socket(7), tcp(7) and ip(7).
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Socket options")]
pub struct SocketOptions {
    /// Send small segments at once (TCP_NODELAY)
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set)]
    pub no_delay: bool,

    /// Probe connections that are silent for long (SO_KEEPALIVE)
    #[arg(long)]
    pub keep_alive: bool,

    /// Let a close wait so long for unsent data, and with it all that the same thread serves; 0
    /// resets the connection (SO_LINGER)
    #[arg(long, value_name = "SECONDS")]
    pub linger: Option<u16>,

    /// Size of the buffer for what has arrived (SO_RCVBUF)
    #[arg(long, value_name = "BYTES", value_parser = buffer_size())]
    pub receive_buffer: Option<usize>,

    /// Size of the buffer for what is to be sent (SO_SNDBUF)
    #[arg(long, value_name = "BYTES", value_parser = buffer_size())]
    pub send_buffer: Option<usize>,
}

/// What a person can ask for of the sockets that a server binds.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Socket options")]
pub struct BindOptions {
    /// How many connections the system holds ready to be accepted
    #[arg(long, value_name = "N", default_value_t = 1024, value_parser = clap::value_parser!(i32).range(0..))]
    pub backlog: i32,

    /// Bind although old connections of the port still fade out: TCP on Unix only (SO_REUSEADDR)
    #[arg(long, value_name = "BOOL", default_value_t = true, action = ArgAction::Set)]
    pub reuse_address: bool,

    /// Let several programs bind the same port, if all of them ask for it (SO_REUSEPORT)
    #[cfg(unix)]
    #[arg(long)]
    pub reuse_port: bool,

    /// Take only IPv6 at an IPv6 address, not IPv4 too (IPV6_V6ONLY)
    #[arg(long)]
    pub only_v6: bool,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as help")]
    pub socket: SocketOptions,
}

/// A listening socket, bound to `address`. It never blocks, because who waits for it waits for
/// other things too.
///
/// # Errors
///
/// Those of socket(2), setsockopt(2), bind(2) and listen(2).
pub fn listen(address: SocketAddr, options: &BindOptions) -> io::Result<TcpListener> {
    let socket = create(address, Type::STREAM, &options.socket)?;
    // Without it a server could not be started again for a minute after it closed a connection.
    // On Windows the same option would let two servers share a port.
    #[cfg(unix)]
    set(
        &socket,
        "reuse address",
        options.reuse_address,
        Socket::set_reuse_address,
        Socket::reuse_address,
    )?;
    bind(&socket, address, options)?;
    socket.listen(options.backlog)?;
    debug!("listening, with a queue of {}", options.backlog);
    set_mode(&socket, Mode::NonBlocking)?;
    Ok(socket.into())
}

/// Ends a listening socket, also for other threads that hold it and are busy.
pub(crate) fn stop_listening(listener: &TcpListener) {
    // Linux ends it; systems that do not, say so, and end it with its last holder.
    SockRef::from(listener).shutdown(Shutdown::Both).unwrap_or_default();
}

/// A socket for datagrams, bound to `address`. It never blocks.
///
/// # Errors
///
/// Those of socket(2), setsockopt(2) and bind(2).
pub fn bind_datagrams(address: SocketAddr, options: &BindOptions) -> io::Result<UdpSocket> {
    let socket = create(address, Type::DGRAM, &options.socket)?;
    bind(&socket, address, options)?;
    set_mode(&socket, Mode::NonBlocking)?;
    Ok(socket.into())
}

/// Lets further sockets be bound to the same port, as one has proved that it was free.
///
/// # Errors
///
/// Those of setsockopt(2).
#[cfg(target_os = "linux")]
pub(crate) fn share_port<'s>(socket: impl Into<SockRef<'s>>) -> io::Result<()> {
    socket.into().set_reuse_port(true)
}

/// A stream to `address`. It may take `timeout` to get there, or, if that is `None`, as long as the
/// system tries.
///
/// # Errors
///
/// Those of socket(2), connect(2) and [`prepare`]; `TimedOut` after `timeout`.
pub fn connect(
    address: SocketAddr,
    mode: Mode,
    timeout: Option<Duration>,
    options: &SocketOptions,
) -> io::Result<TcpStream> {
    let socket = create(address, Type::STREAM, options)?;
    match (mode, timeout) {
        (Mode::Blocking, Some(timeout)) => socket.connect_timeout(&address.into(), timeout)?,
        (Mode::Blocking, None) => socket.connect(&address.into())?,
        (Mode::NonBlocking, _) => {
            set_mode(&socket, mode)?;
            match socket.connect(&address.into()) {
                Err(error) if is_in_progress(&error) => finish_connecting(&socket, timeout)?,
                outcome => outcome?,
            }
        }
    }
    let stream = socket.into();
    prepare(&stream, mode, options)?;
    Ok(stream)
}

/// A datagram socket for one peer: it hears only `address`, and hears of it when nobody listens
/// there.
///
/// # Errors
///
/// Those of socket(2), setsockopt(2), connect(2) and fcntl(2).
pub fn connect_datagram(
    address: SocketAddr,
    mode: Mode,
    options: &SocketOptions,
) -> io::Result<UdpSocket> {
    let socket = create(address, Type::DGRAM, options)?;
    socket.connect(&address.into())?;
    set_mode(&socket, mode)?;
    Ok(socket.into())
}

/// Prepares a connected socket that a listening socket gave.
///
/// # Errors
///
/// Those of fcntl(2) and setsockopt(2).
pub fn prepare(stream: &TcpStream, mode: Mode, options: &SocketOptions) -> io::Result<()> {
    // One system call where the one of socket2 is two: this is done for every connection.
    stream.set_nonblocking(mode == Mode::NonBlocking)?;
    set_stream_options(&SockRef::from(stream), options)
}

/// Makes a socket blocking or not. It is set on every socket and never inherited: systems differ
/// in what accept(2) passes on.
///
/// # Errors
///
/// Those of fcntl(2).
pub fn set_mode<'s>(socket: impl Into<SockRef<'s>>, mode: Mode) -> io::Result<()> {
    socket.into().set_nonblocking(mode == Mode::NonBlocking)
}

/// Sends what the system takes at once. With `more` to come, it may wait for that before it sends
/// the last, unfilled segment: a head then travels with the beginning of its body (`MSG_MORE`,
/// send(2); elsewhere it travels alone).
///
/// # Errors
///
/// Those of send(2).
pub(crate) fn send(stream: &TcpStream, bytes: &[u8], more: bool) -> io::Result<usize> {
    #[cfg(target_os = "linux")]
    if more {
        let flags = rustix::net::SendFlags::MORE | rustix::net::SendFlags::NOSIGNAL;
        return Ok(rustix::net::send(stream, bytes, flags)?);
    }
    let _ = more;
    io::Write::write(&mut &*stream, bytes)
}

/// The system takes an `int`, and what does not fit into one for something else.
fn buffer_size() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..=i32::MAX.unsigned_abs().into())
}

fn create(address: SocketAddr, kind: Type, options: &SocketOptions) -> io::Result<Socket> {
    let stream = kind == Type::STREAM;
    let protocol = if stream { Protocol::TCP } else { Protocol::UDP };
    let domain = Domain::for_address(address);
    let socket = Socket::new(domain, kind, Some(protocol))?;
    debug!("created a {} socket", if stream { "TCP" } else { "UDP" });
    // Before listen(2) and connect(2), which negotiate the window scale from them (tcp(7)).
    if let Some(size) = options.receive_buffer {
        let granted = Socket::recv_buffer_size;
        set(&socket, "receive buffer", size, Socket::set_recv_buffer_size, granted)?;
    }
    if let Some(size) = options.send_buffer {
        let granted = Socket::send_buffer_size;
        set(&socket, "send buffer", size, Socket::set_send_buffer_size, granted)?;
    }
    Ok(socket)
}

fn bind(socket: &Socket, address: SocketAddr, options: &BindOptions) -> io::Result<()> {
    if address.is_ipv6() {
        // Set either way: systems differ in their default.
        set(socket, "only IPv6", options.only_v6, Socket::set_only_v6, Socket::only_v6)?;
    }
    #[cfg(unix)]
    if options.reuse_port {
        set(socket, "reuse port", true, Socket::set_reuse_port, Socket::reuse_port)?;
    }
    debug!("binding to {address}");
    socket.bind(&address.into())
}

/// The options of a connected socket.
fn set_stream_options(socket: &Socket, options: &SocketOptions) -> io::Result<()> {
    // A burst of replies goes out in several writes; Nagle's algorithm would hold back the last
    // one until the peer acknowledges the first.
    let no_delay = options.no_delay;
    set(socket, "no delay", no_delay, Socket::set_tcp_nodelay, Socket::tcp_nodelay)?;
    if options.keep_alive {
        set(socket, "keep alive", true, Socket::set_keepalive, Socket::keepalive)?;
    }
    if let Some(seconds) = options.linger {
        let asked = Some(Duration::from_secs(seconds.into()));
        set(socket, "linger", asked, Socket::set_linger, Socket::linger)?;
    }
    Ok(())
}

/// Waits for the end of a handshake that a socket has begun without waiting for it: see
/// `EINPROGRESS` in connect(2).
fn finish_connecting(socket: &Socket, timeout: Option<Duration>) -> io::Result<()> {
    let end = timeout.map(|timeout| Instant::now() + timeout);
    loop {
        let left = end.map(|end| end.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut [PollFd::new(socket, PollFlags::OUT)], left.as_ref()) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => return socket.take_error()?.map_or(Ok(()), Err),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Not a failure: Unix and Windows have different words for it.
fn is_in_progress(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::INPROGRESS.raw_os_error())
        || error.kind() == io::ErrorKind::WouldBlock
}

/// Asks for an option, and looks what was granted.
fn set<V: Copy + Debug>(
    socket: &Socket,
    name: &str,
    asked: V,
    ask: impl FnOnce(&Socket, V) -> io::Result<()>,
    granted: impl FnOnce(&Socket) -> io::Result<V>,
) -> io::Result<()> {
    ask(socket, asked)?;
    if tracing::enabled!(tracing::Level::DEBUG) {
        debug!("{name}: asked {asked:?}, granted {:?}", granted(socket)?);
    }
    Ok(())
}
