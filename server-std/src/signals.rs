//! Signals that end the server.

#[cfg(unix)]
use std::fs;
use std::{io, mem, process};

use antiphon_server::Halt;

/// SIGINT, SIGTERM and SIGHUP let the server finish what it has received; a second one does not.
///
/// One that was ignored when the program started stays so: that is how nohup(1), and a shell that
/// starts a program in the background, protect it from what is meant for others.
#[cfg(unix)]
pub(crate) fn halt_on_signals(halt: Halt) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    // Systems without this file do not tell; there, as if none were ignored.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = ignored(&status);
    let heard = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !ignored.contains(*signal));
    let mut signals = Signals::new(heard)?;
    let mut obey = obey(halt);
    let listen = move || signals.forever().for_each(|_| obey());
    std::thread::Builder::new().name("signals".into()).spawn(listen).map(drop)
}

/// Ctrl-C, Ctrl-Break and the end of the session let the server finish; a second one does not.
#[cfg(not(unix))]
pub(crate) fn halt_on_signals(halt: Halt) -> io::Result<()> {
    ctrlc::set_handler(obey(halt)).map_err(io::Error::other)
}

/// What a signal does. Only a signal before it counts: after `exit()` the first one still waits.
fn obey(halt: Halt) -> impl FnMut() + Send + 'static {
    let mut was_obeyed = false;
    move || {
        if mem::replace(&mut was_obeyed, true) {
            process::exit(1);
        }
        halt.set();
    }
}

/// A set of signals as proc(5) shows it: signal 1 is the lowest bit.
#[cfg(unix)]
#[derive(Debug, Eq, PartialEq)]
struct Mask(u64);

#[cfg(unix)]
impl Mask {
    fn contains(&self, signal: i32) -> bool {
        self.0 & 1 << (signal - 1) != 0
    }
}

/// The signals that are ignored by a process of this status.
#[cfg(unix)]
fn ignored(status: &str) -> Mask {
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    Mask(mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_status() {
        let mask = ignored("Name:\tx\nSigBlk:\t0000000000000004\nSigIgn:\t0000000000001003\n");
        assert_eq!(
            [1, 2, 13, 3, 15].map(|signal| mask.contains(signal)),
            [true, true, true, false, false]
        );
        assert_eq!(ignored("Name:\tx\n"), Mask(0));
    }
}
