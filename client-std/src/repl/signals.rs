//! Signals while there is a prompt: the client ends when the editor has given the terminal back as
//! it was, or cannot, because the terminal takes nothing any more.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use antiphon_server::ignored::Ignored;
use rustix::process::{Signal, getpid, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

/// Whoever takes the signals.
#[derive(Debug)]
pub(super) struct Watch {
    thread: JoinHandle<()>,
    /// One of them is going to end the client.
    fatal: Arc<AtomicBool>,
}

impl Watch {
    /// SIGINT ends the prompt, for that is what the editor does with it, but in the moments
    /// between two prompts it would end the client. It does so only while the conversation is
    /// `running`. SIGTERM and SIGHUP end the prompt, which is there as long as it is `prompting`,
    /// and then the client.
    pub(super) fn begin(
        running: &Arc<AtomicBool>,
        prompting: &Arc<AtomicBool>,
    ) -> io::Result<Self> {
        flag::register_conditional_shutdown(SIGINT, INTERRUPTED, Arc::clone(running))?;
        let ignored = Ignored::by_this_process();
        let heard = [SIGTERM, SIGHUP].into_iter().filter(|signal| !ignored.contains(*signal));
        let mut signals = Signals::new(heard)?;
        let fatal = Arc::new(AtomicBool::new(false));
        let (running, prompting) = (Arc::clone(running), Arc::clone(prompting));
        let is_fatal = Arc::clone(&fatal);
        let thread = thread::Builder::new().name("signals".into()).spawn(move || {
            let Some(signal) = signals.forever().next() else { return };
            is_fatal.store(true, Ordering::SeqCst);
            running.store(false, Ordering::SeqCst);
            // A prompt that does not end waits for the server and not for a key, and the terminal
            // is as it was; or it waits for the terminal, which may be for ever.
            let mut tries = 0..TRIES;
            while prompting.load(Ordering::SeqCst) && tries.next().is_some() {
                interrupt_prompt();
            }
            low_level::emulate_default_handler(signal).unwrap_or_default();
            process::exit(128 + signal);
        })?;
        Ok(Self { thread, fatal })
    }

    /// Leaves it to a signal to end the client, if one has begun to: whoever sent it looks at the
    /// exit status.
    pub(super) fn end(self) {
        if self.fatal.load(Ordering::SeqCst) {
            self.thread.join().unwrap_or_default();
        }
    }
}

/// Nothing else ends an editor that waits for a key. It may miss one signal, in the moment before
/// it is ready for it, so look whether it has ended, and try again.
pub(super) fn interrupt_prompt() {
    kill_process(getpid(), Signal::INT).unwrap_or_default();
    thread::sleep(BREATH);
}

/// The exit code of a program that the user interrupts: 128 and the number of the signal.
const INTERRUPTED: i32 = 128 + SIGINT;

/// Between two signals to the prompt.
const BREATH: Duration = Duration::from_millis(10);

/// Longer than the prompt waits for a reply to show.
const TRIES: usize = 100;
