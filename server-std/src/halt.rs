//! Ending a server: one flag, and one pipe that wakes whoever waits.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd as _, BorrowedFd};
use rustix::io::Errno;
use tracing::info;

use crate::accept::timespec;
use crate::pipe::{self, Reader, Writer};

/// The way to end a server from outside the thread that runs it: for signals, for tests, and for
/// sessions in which a peer said `exit()`.
#[derive(Clone, Debug)]
pub struct Halt(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    flag: AtomicBool,
    /// Readable from the halt on: nobody ever takes the byte out.
    wake: Reader,
    waker: Writer,
}

impl Halt {
    /// A server that has not been told to end.
    ///
    /// # Errors
    ///
    /// That of pipe(2), when no descriptors are left.
    pub fn new() -> io::Result<Self> {
        let (wake, waker) = pipe::pair()?;
        let flag = AtomicBool::new(false);
        Ok(Self(Arc::new(Inner { flag, wake, waker })))
    }

    /// Ends the server: it accepts nobody any more, answers what it has received, and returns.
    pub fn set(&self) {
        if self.0.flag.swap(true, Ordering::SeqCst) {
            return;
        }
        info!("halting");
        // A pipe that nobody reads from has room for one byte; it cannot fail.
        io::Write::write_all(&mut &self.0.waker, b"!").unwrap_or_default();
    }

    /// Whether the server is to end.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.flag.load(Ordering::SeqCst)
    }

    /// What polls as readable from the halt on.
    #[must_use]
    pub fn wake(&self) -> BorrowedFd<'_> {
        self.0.wake.as_fd()
    }

    /// Sleeps until `stream` can be read, the server is to end, or `timeout` is over: then `false`.
    pub(crate) fn wait(&self, stream: &TcpStream, timeout: Duration) -> io::Result<bool> {
        let stream = PollFd::new(stream, PollFlags::IN);
        let halt = PollFd::from_borrowed_fd(self.wake(), PollFlags::IN);
        let mut both = [stream, halt];
        loop {
            match poll(&mut both, Some(&timespec(timeout))) {
                Ok(ready) => return Ok(ready > 0),
                // A signal woke this thread before the one that handles signals: nothing is ready,
                // and a read would sleep for good.
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
