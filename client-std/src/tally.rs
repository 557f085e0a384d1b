//! What is owed, and for how long it may be: shared by the side that sends and the side that
//! receives.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::requests::Requests;

/// How far one conversation has got.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Requests that are owed a reply, sent already or about to be.
    asked: AtomicU64,
    /// There will be no more requests.
    finished: AtomicBool,
    /// When bytes last moved, in whichever direction, or became owed.
    moved: Mutex<Instant>,
    /// Notified when `asked`, `finished` or `trouble` may have changed.
    changed: Condvar,
    /// The server has closed the connection.
    closed: AtomicBool,
    /// Why requests that there may be will not be sent.
    trouble: Mutex<Option<Trouble>>,
}

/// Why the client stopped sending early.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// There may be more requests, but they cannot be read.
    Input(io::Error),
    /// The server does not take them.
    Sending(io::Error),
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            asked: AtomicU64::new(0),
            finished: AtomicBool::new(false),
            moved: Mutex::new(Instant::now()),
            changed: Condvar::new(),
            closed: AtomicBool::new(false),
            trouble: Mutex::default(),
        }
    }

    /// Takes over how far the requests have got: before they are sent, for the server may be quick.
    pub(crate) fn follow(&self, requests: &Requests) {
        let (asked, finished) = (requests.asked(), requests.is_complete());
        let mut moved = lock(&self.moved);
        if asked != self.asked.load(Ordering::SeqCst) || finished && !self.is_finished() {
            // First of all: a debt that is seen must not be as old as the silence before it.
            *moved = Instant::now();
        }
        self.asked.store(asked, Ordering::SeqCst);
        self.finished.fetch_or(finished, Ordering::SeqCst);
        drop(moved);
        self.changed.notify_all();
    }

    /// Bytes were sent, or received.
    pub(crate) fn moves(&self) {
        *lock(&self.moved) = Instant::now();
    }

    /// The server has closed the connection: requests are still counted, and no more sent.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Whether the server has closed the connection.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Whether all requests have become known.
    pub(crate) fn is_finished(&self) -> bool {
        self.finished.load(Ordering::SeqCst)
    }

    /// Sending has ended early.
    pub(crate) fn stop(&self, trouble: Trouble) {
        self.moves();
        lock(&self.trouble).get_or_insert(trouble);
        // Whoever is about to wait has looked at the trouble, and waits by now.
        drop(lock(&self.moved));
        self.changed.notify_all();
    }

    /// Whether no more requests will be sent than those that are asked.
    pub(crate) fn is_over(&self) -> bool {
        self.is_finished() || lock(&self.trouble).is_some()
    }

    /// Waits while `pending`, which is asked again whenever requests have become known, and for no
    /// longer than `patience`.
    pub(crate) fn wait_while(&self, patience: Duration, pending: impl Fn() -> bool) {
        let moved = lock(&self.moved);
        let _unlocked = self.changed.wait_timeout_while(moved, patience, |_| pending());
    }

    pub(crate) fn take_trouble(&self) -> Option<Trouble> {
        lock(&self.trouble).take()
    }

    /// How many replies are still to come when `answers` have.
    pub(crate) fn owed(&self, answers: u64) -> u64 {
        self.asked.load(Ordering::SeqCst).saturating_sub(answers)
    }

    /// For how long to wait for the server now; `None` when its time is over. As long as it owes
    /// nothing and may be asked more, its time does not run.
    pub(crate) fn left(&self, timeout: Duration, answers: u64) -> Option<Duration> {
        if self.owed(answers) == 0 && !self.is_over() {
            return Some(timeout);
        }
        let end = *lock(&self.moved) + timeout;
        end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_only_while_something_is_owed() {
        let tally = Tally::new();
        let moment = Duration::from_nanos(1);
        let is_over = |answers| tally.left(moment, answers).is_none();
        assert!(!is_over(0), "nothing was asked yet");
        tally.asked.store(2, Ordering::SeqCst);
        assert!(is_over(1));
        assert!(!is_over(2));
        tally.follow(&Requests::from_lines(&["1+1", "2+2", "quit()"]));
        assert!(is_over(2), "the server should close now");
        assert!(tally.left(Duration::from_secs(60), 2).is_some());
    }

    #[test]
    fn time_runs_from_when_something_became_owed() {
        let patience = Duration::from_secs(10);
        let long_ago = || {
            let tally = Tally::new();
            *lock(&tally.moved) = Instant::now().checked_sub(2 * patience).unwrap();
            tally
        };
        let tally = long_ago();
        tally.follow(&Requests::from_lines(&["1+1"]));
        assert!(tally.left(patience, 0).is_some(), "the server was just asked");
        let tally = long_ago();
        tally.follow(&Requests::from_lines::<&str>(&[]));
        assert!(tally.left(patience, 0).is_some(), "all was just said");
        let tally = long_ago();
        tally.stop(Trouble::Input(io::ErrorKind::Other.into()));
        assert!(tally.left(patience, 0).is_some(), "the requests just broke off");
        *lock(&tally.moved) = Instant::now().checked_sub(2 * patience).unwrap();
        assert!(tally.left(patience, 0).is_none());
    }
}
