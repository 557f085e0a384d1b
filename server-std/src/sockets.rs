//! The sockets that a server listens on: one set, or one for each of its loops.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener, UdpSocket};

use crate::options::Options;
use crate::socket;

/// What one loop, or all workers together, listen on.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    pub(crate) listener: Option<TcpListener>,
    pub(crate) datagrams: Option<UdpSocket>,
}

impl Sockets {
    /// One set at `address`, of the transport that the options name.
    fn bind(address: SocketAddr, options: &Options) -> io::Result<Self> {
        let mut attempts = ATTEMPTS;
        loop {
            match Self::try_bind(address, options) {
                // The free port that TCP was given may be taken for UDP; another one will do.
                Err(error) if error.kind() == ErrorKind::AddrInUse && address.port() == 0 => {
                    attempts -= 1;
                    if attempts == 0 {
                        return Err(error);
                    }
                }
                outcome => return outcome,
            }
        }
    }

    fn try_bind(mut address: SocketAddr, options: &Options) -> io::Result<Self> {
        let mut sockets = Self::default();
        if options.transport.has_tcp() {
            let listener = socket::listen(address, &options.bind)?;
            address = listener.local_addr()?;
            sockets.listener = Some(listener);
        }
        if options.transport.has_udp() {
            sockets.datagrams = Some(socket::bind_datagrams(address, &options.bind)?);
        }
        Ok(sockets)
    }

    /// Binds a set for each worker: all on the same port, or all the same sockets.
    pub(crate) fn bind_all(address: SocketAddr, options: &Options) -> io::Result<Vec<Self>> {
        let first = Self::bind(address, options)?;
        let further = options.workers() - 1;
        #[cfg(target_os = "linux")]
        if further > 0 && options.model == crate::Model::Epoll {
            return first.bind_further(further, options);
        }
        let others: io::Result<Vec<_>> = (0..further).map(|_| first.try_clone()).collect();
        others.map(|others| others.into_iter().chain([first]).collect())
    }

    /// Binds more sets to the same port. The first one was bound alone and has proved that the
    /// port was free; only now it is shared, so that a second server on the port still fails.
    #[cfg(target_os = "linux")]
    fn bind_further(self, further: usize, options: &Options) -> io::Result<Vec<Self>> {
        if let Some(listener) = &self.listener {
            socket::share_port(listener)?;
        }
        if let Some(datagrams) = &self.datagrams {
            socket::share_port(datagrams)?;
        }
        let address = self.local_addr()?;
        let mut options = options.clone();
        options.bind.reuse_port = true;
        let others = (0..further).map(|_| Self::bind(address, &options));
        others.chain([Ok(self)]).collect()
    }

    /// The same sockets for another thread, which may accept and receive from them too.
    fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            listener: self.listener.as_ref().map(TcpListener::try_clone).transpose()?,
            datagrams: self.datagrams.as_ref().map(UdpSocket::try_clone).transpose()?,
        })
    }

    /// The address as bound, the same for both.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match (&self.listener, &self.datagrams) {
            (Some(listener), _) => listener.local_addr(),
            (None, Some(datagrams)) => datagrams.local_addr(),
            (None, None) => Err(ErrorKind::NotConnected.into()),
        }
    }
}

/// How many free ports are tried until one is free for both transports.
const ATTEMPTS: u32 = 16;
