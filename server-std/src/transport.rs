//! TCP, UDP, or both on the same port.

use std::fmt;

use clap::ValueEnum;

/// What a server listens for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, ValueEnum)]
pub enum Transport {
    /// Connections: a stream of bytes each way (RFC 9293)
    #[default]
    Tcp,
    /// Datagrams: each one request, and at most one reply (RFC 768)
    Udp,
    /// Both, on the same port
    Both,
}

impl Transport {
    /// The transports that it stands for, without [`Transport::Both`].
    pub fn each(self) -> impl Iterator<Item = Self> {
        let tcp = self.has_tcp().then_some(Self::Tcp);
        tcp.into_iter().chain(self.has_udp().then_some(Self::Udp))
    }

    pub(crate) fn has_tcp(self) -> bool {
        self != Self::Udp
    }

    pub(crate) fn has_udp(self) -> bool {
        self != Self::Tcp
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Both => "both",
        })
    }
}
