//! A pipe whose reading end can be polled beside sockets.

#[cfg(not(unix))]
use std::io;

#[cfg(unix)]
pub(crate) use std::io::{PipeReader as Reader, PipeWriter as Writer, pipe as pair};
#[cfg(not(unix))]
pub(crate) use std::net::{TcpStream as Reader, TcpStream as Writer};

/// Windows polls nothing but sockets: a connection of this process with itself.
#[cfg(not(unix))]
pub(crate) fn pair() -> io::Result<(Reader, Writer)> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let writer = Writer::connect(listener.local_addr()?)?;
    let (reader, peer) = listener.accept()?;
    // Another program of this machine may have been faster.
    if writer.local_addr()? != peer {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok((reader, writer))
}
