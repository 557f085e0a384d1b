//! What Linux knows of sockets and processes, read from /proc.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

/// All TCP sockets over IPv4, as they were at one moment.
#[derive(Clone, Debug)]
pub struct Sockets(Vec<Socket>);

#[derive(Clone, Debug)]
struct Socket {
    local: String,
    remote: String,
    state: u8,
    queues: Queues,
}

// States of net/tcp_states.h in which a side can still send.
const ESTABLISHED: u8 = 1;
const CLOSE_WAIT: u8 = 8;

/// What lies on one side of a connection.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Queues {
    /// Bytes sent, and not acknowledged by the other side's system.
    pub unacknowledged: usize,
    /// Bytes received, and not read by the program.
    pub unread: usize,
}

impl Sockets {
    /// Looks, which takes the system some milliseconds.
    ///
    /// # Panics
    ///
    /// When there is no /proc/net/tcp, or not as in proc(5).
    #[must_use]
    pub fn look() -> Self {
        let table = fs::read_to_string("/proc/net/tcp").expect("Linux has /proc/net/tcp");
        let rows = table.lines().skip(1);
        Self(rows.map(|row| Socket::parse(row).expect("proc(5) tells the columns")).collect())
    }

    /// The queues of the socket that is bound to `local` and connected to `remote`; `None` when
    /// there is no such socket (any more).
    #[must_use]
    pub fn queues(&self, local: SocketAddr, remote: SocketAddr) -> Option<Queues> {
        let (local, remote) = (hex(local), hex(remote));
        let socket = self.0.iter().find(|socket| socket.local == local && socket.remote == remote);
        socket.map(|socket| socket.queues)
    }

    /// Whether the socket of these addresses has ended its side, or is gone.
    #[must_use]
    pub fn has_ended(&self, local: SocketAddr, remote: SocketAddr) -> bool {
        let (local, remote) = (hex(local), hex(remote));
        !self.0.iter().any(|socket| {
            let whole = matches!(socket.state, ESTABLISHED | CLOSE_WAIT);
            whole && socket.local == local && socket.remote == remote
        })
    }

    /// How many bytes are on their way to the server at this address, or not read there yet.
    #[must_use]
    pub fn unread_at(&self, server: SocketAddr) -> usize {
        let server = hex(server);
        let bytes = self.0.iter().map(|socket| match &socket.queues {
            queues if socket.remote == server => queues.unacknowledged,
            queues if socket.local == server => queues.unread,
            _ => 0,
        });
        bytes.sum()
    }
}

impl Socket {
    /// A row: `sl local_address rem_address st tx_queue:rx_queue ...`
    fn parse(row: &str) -> Option<Self> {
        let mut columns = row.split_whitespace().skip(1);
        let (local, remote) = (columns.next()?.to_owned(), columns.next()?.to_owned());
        let state = u8::from_str_radix(columns.next()?, 16).ok()?;
        let (sent, received) = columns.next()?.split_once(':')?;
        let bytes = |hex| usize::from_str_radix(hex, 16).ok();
        let queues = Queues { unacknowledged: bytes(sent)?, unread: bytes(received)? };
        Some(Self { local, remote, state, queues })
    }
}

/// An address as the table shows it: the bytes as a number in memory.
fn hex(address: SocketAddr) -> String {
    let SocketAddr::V4(address) = address else { panic!("{address} is in another table") };
    format!("{:08X}:{:04X}", u32::from_ne_bytes(address.ip().octets()), address.port())
}

/// From now on files can be closed to this thread, and to those that it starts, by their modes,
/// even if it is root's (capabilities(7)).
///
/// # Panics
///
/// When Linux does not let a thread have less than it has.
pub fn obey_modes() {
    let mut sets = capabilities(None).expect("a thread may know what it may");
    sets.effective -= CapabilitySet::DAC_OVERRIDE | CapabilitySet::DAC_READ_SEARCH;
    set_capabilities(None, sets).expect("a thread may give up what it may");
}

/// A process, by its number.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// How much memory it has in use (VmRSS), in bytes.
    #[must_use]
    pub fn memory(self) -> usize {
        self.status("VmRSS:") * 1024
    }

    /// How many threads it has.
    #[must_use]
    pub fn threads(self) -> usize {
        self.status("Threads:")
    }

    /// How many descriptors it has open.
    ///
    /// # Panics
    ///
    /// When the process is gone.
    #[must_use]
    pub fn descriptors(self) -> usize {
        let path = format!("/proc/{}/fd", self.0);
        fs::read_dir(path).expect("the process is there").count()
    }

    /// The number that its next descriptor will have.
    ///
    /// # Panics
    ///
    /// When the process is gone.
    #[must_use]
    pub fn next_descriptor(self) -> u64 {
        let taken = |number| Path::new(&format!("/proc/{}/fd/{number}", self.0)).is_symlink();
        assert!(taken(0), "the process is there");
        (0..).find(|number| !taken(*number)).expect("numbers do not end")
    }

    /// How much time of a processor it has used.
    ///
    /// # Panics
    ///
    /// When the process is gone.
    #[must_use]
    pub fn cpu_time(self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0));
        let stat = stat.expect("the process is there");
        // The second field, a name, may hold anything, but it ends at the last parenthesis.
        let (_, fields) = stat.rsplit_once(") ").expect("a name stands in parentheses");
        let ticks: u64 =
            fields.split(' ').skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second())
    }

    fn status(self, key: &str) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0));
        let status = status.expect("the process is there");
        let value = status.lines().find_map(|line| line.strip_prefix(key));
        let number = value.and_then(|value| value.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).expect("proc(5) tells this key")
    }
}
