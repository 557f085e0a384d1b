//! What Linux knows of sockets and processes, read from /proc.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// What lies on one side of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Queues {
    /// Bytes sent, and not acknowledged by the other side's system.
    pub unacknowledged: usize,
    /// Bytes received, and not read by the program.
    pub unread: usize,
}

/// The queues of the socket that is bound to `local` and connected to `remote`; `None` when there
/// is no such socket (any more).
///
/// # Panics
///
/// When /proc/net/tcp is not what proc(5) says.
#[must_use]
pub fn queues(local: SocketAddr, remote: SocketAddr) -> Option<Queues> {
    let SocketAddr::V4(remote) = remote else { panic!("{remote} is in another file of /proc") };
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux has /proc/net/tcp");
    // `sl local_address rem_address st tx_queue:rx_queue ...`; the address as a number in memory.
    let address = u32::from_ne_bytes(remote.ip().octets());
    let connection = format!(":{:04X} {address:08X}:{:04X} ", local.port(), remote.port());
    let (_, row) = table.split_once(&connection)?;
    let (_state, row) = row.split_once(' ').expect("a state is shown");
    let (sent, row) = row.split_once(':').expect("two queues are shown");
    let (received, _) = row.split_once(' ').expect("more is shown");
    let bytes = |hex| usize::from_str_radix(hex, 16).expect("queues are shown in hex");
    Some(Queues { unacknowledged: bytes(sent), unread: bytes(received) })
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
