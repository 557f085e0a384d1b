//! Signals that end the server.

use std::{io, mem, process};

use antiphon_server::Halt;
#[cfg(unix)]
use antiphon_server::ignored::Ignored;

/// SIGINT, SIGTERM and SIGHUP let the server finish what it has received; a second one does not.
///
/// One that was ignored when the program started stays so: that is how nohup(1), and a shell that
/// starts a program in the background, protect it from what is meant for others.
#[cfg(unix)]
pub(crate) fn halt_on_signals(halt: Halt) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    let ignored = Ignored::by_this_process();
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
