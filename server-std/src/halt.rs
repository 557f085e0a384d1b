//! Ending a server: one flag, one pipe that wakes who waits, and a push for those who read.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fd::{AsFd as _, BorrowedFd};
use slab::Slab;
use tracing::info;

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
    /// The connections whose threads may be asleep in a read.
    readers: Mutex<Slab<Arc<TcpStream>>>,
}

/// As long as it lives, a halt ends the input of one connection.
#[derive(Debug)]
pub(crate) struct Watch<'h> {
    halt: &'h Halt,
    key: usize,
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
        Ok(Self(Arc::new(Inner { flag, wake, waker, readers: Mutex::default() })))
    }

    /// Ends the server: it accepts nobody any more, answers what it has received, and returns.
    pub fn set(&self) {
        if self.0.flag.swap(true, Ordering::SeqCst) {
            return;
        }
        info!("halting");
        // A pipe that nobody reads from has room for one byte; it cannot fail.
        io::Write::write_all(&mut &self.0.waker, b"!").unwrap_or_default();
        for (_, stream) in self.lock().iter() {
            end_input(stream);
        }
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

    /// Lets a halt end the input of `stream`: a read then gives what has arrived, and the end.
    pub(crate) fn watch(&self, stream: &Arc<TcpStream>) -> Watch<'_> {
        let key = self.lock().insert(Arc::clone(stream));
        // A halt just before this line has not seen the stream.
        if self.is_set() {
            end_input(stream);
        }
        Watch { halt: self, key }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Slab<Arc<TcpStream>>> {
        self.0.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        self.halt.lock().try_remove(self.key);
    }
}

/// A peer that has gone already makes this fail, which serves as well.
fn end_input(stream: &TcpStream) {
    stream.shutdown(Shutdown::Read).unwrap_or_default();
}
