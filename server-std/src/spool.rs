//! Where log lines wait until somebody has read those before them: whoever logs never does.
//!
//! ```text
//!   connections -> waiting lines (bounded) -> one thread -> write(2) -> pipe, terminal, file
//! ```

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::warn;

/// The front of a spool: takes lines, at once and always.
#[derive(Clone, Debug)]
pub(crate) struct Spool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Names it where it has to be told that lines are lost.
    name: &'static str,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Whole lines; `waiting.len() <= CAPACITY`
    waiting: Vec<u8>,
    /// The thread has lines that are not written yet.
    writing: bool,
    /// How many lines found no room since that was last told.
    lost: u64,
}

impl Spool {
    /// Begins to write to `out` what is spooled.
    ///
    /// # Errors
    ///
    /// When the system has no thread for it.
    pub(crate) fn new(name: &'static str, out: impl Write + Send + 'static) -> io::Result<Self> {
        let state = Mutex::new(State { writing: true, ..State::default() });
        let spool = Self(Arc::new(Inner { name, state, changed: Condvar::new() }));
        let inner = Arc::clone(&spool.0);
        // It ends with the process; `finish` waits for it as long as is sensible.
        thread::Builder::new().name("log".into()).spawn(move || inner.write_all(out))?;
        Ok(spool)
    }

    /// Waits until all is written, but not for ever: the reader may never read again.
    pub(crate) fn finish(&self) {
        let unfinished = |state: &mut State| state.writing || !state.waiting.is_empty();
        let changed = &self.0.changed;
        drop(changed.wait_timeout_while(self.0.lock(), PATIENCE, unfinished));
    }
}

/// Each write is one line.
impl Write for &Spool {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut state = self.0.lock();
        if state.waiting.len() + line.len() <= CAPACITY {
            state.waiting.extend_from_slice(line);
            // While it writes, the thread comes back by itself; a wake costs a system call.
            if !state.writing {
                self.0.changed.notify_all();
            }
        } else {
            state.lost += 1;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Inner {
    /// Writes what waits, all of it in one piece, again and again.
    fn write_all(&self, mut out: impl Write) {
        let mut lines = Vec::new();
        loop {
            lines.clear();
            let mut state = self.lock();
            state.writing = false;
            self.changed.notify_all();
            let idle = |state: &mut State| state.waiting.is_empty();
            state = self.changed.wait_while(state, idle).unwrap_or_else(PoisonError::into_inner);
            state.writing = true;
            mem::swap(&mut lines, &mut state.waiting);
            drop(state);
            if out.write_all(&lines).is_ok() {
                self.confess();
            } else {
                self.lock().lost += lines.iter().filter(|byte| **byte == b'\n').count() as u64;
            }
        }
    }

    /// Now that lines get through again, tells how many did not.
    fn confess(&self) {
        let lost = mem::take(&mut self.lock().lost);
        if lost > 0 {
            warn!(lost, "lines of the {} are lost: nobody took them in time", self.name);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many bytes may wait: some thousand lines, for a reader who looks away for a moment.
const CAPACITY: usize = 1024 * 1024;

/// How long a server that ends waits for the reader of its last lines.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;

    #[test]
    fn lines_keep_their_order_and_are_written_before_the_end() {
        let (reader, writer) = io::pipe().unwrap();
        let spool = Spool::new("log", writer).unwrap();
        (0..100).for_each(|number| writeln!(&spool, "{number}").unwrap());
        spool.finish();
        let lines = BufReader::new(reader).lines().take(100).map(Result::unwrap);
        assert!(lines.eq((0..100).map(|number: u32| number.to_string())));
    }

    #[test]
    fn lines_that_find_no_room_are_counted_and_nobody_waits() {
        let (reader, writer) = io::pipe().unwrap();
        let spool = Spool::new("log", writer).unwrap();
        let line = [b'x'; 1024];
        // What the pipe holds, what the thread has in hand, what may wait, and some.
        (0..3 * CAPACITY / line.len()).for_each(|_| (&spool).write_all(&line).unwrap());
        let state = spool.0.lock();
        assert!(state.lost > 0 && state.waiting.len() <= CAPACITY, "{}", state.lost);
        drop(state);
        drop(reader);
    }
}
