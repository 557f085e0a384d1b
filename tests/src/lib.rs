//! What tests of whole servers need: servers on free ports, and clients that can do what no decent
//! client does.
//!
//! [`Running`] is a server in this process, [`Program`] the program itself, [`Peer`] one client
//! over a raw socket, [`Sender`] one who sends datagrams, [`Browser`] one who speaks HTTP, [`Site`]
//! what it is served, [`Pump`] one who never reads, and [`transcript`] a whole conversation written
//! down in a text file. [`Speech`] knows what the services say, and [`cells!`] turns a table of
//! models, services and behaviours into tests.
//!
//! Nothing here takes a fixed port, leaves loopback, or waits without a [`LIMIT`]. Whatever goes
//! wrong is a panic at the line of the test that expected better.

#![cfg(target_os = "linux")]

mod browser;
mod cells;
pub mod kernel;
mod peer;
mod program;
mod pump;
mod running;
mod sender;
pub mod site;
mod speech;
pub mod transcript;

use std::thread;
use std::time::{Duration, Instant};

pub use crate::browser::{Answer, Browser};
pub use crate::cells::Cell;
pub use crate::peer::{Peer, error_line};
pub use crate::program::Program;
pub use crate::pump::Pump;
pub use crate::running::Running;
pub use crate::sender::Sender;
pub use crate::site::Site;
pub use crate::speech::{GREETING, PREFIX, Speech};
pub use antiphon_server::Transport;

/// How long anything may take that is expected to happen: long, because a busy machine is no bug.
pub const LIMIT: Duration = Duration::from_secs(20);

/// Waits for something that gives no sign when it happens: looks again and again.
///
/// # Panics
///
/// When it has not happened within [`LIMIT`].
#[track_caller]
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !holds() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        // The only sleep of all tests: it separates two looks, and nobody relies on its length.
        thread::sleep(Duration::from_millis(1));
    }
}
