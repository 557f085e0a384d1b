//! How many connections may be open: a counter that threads can wait on.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The places that one loop, or one accepting thread, has to give. Each has its own, so that
/// nobody has to be told when a place of somebody else becomes free.
#[derive(Clone, Debug)]
pub(crate) struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    /// `taken <= limit`
    taken: Mutex<usize>,
    freed: Condvar,
    /// How many are taken in the whole server.
    active: Arc<AtomicUsize>,
}

/// One taken place; dropping it frees it.
#[derive(Debug)]
pub(crate) struct Place(Places);

impl Places {
    /// All of them free; `active` counts those that are taken in the whole server.
    pub(crate) fn new(limit: usize, active: Arc<AtomicUsize>) -> Self {
        Self(Arc::new(Inner { limit, taken: Mutex::new(0), freed: Condvar::new(), active }))
    }

    /// Takes a place and tells how many are taken now in the whole server; `None` when there is
    /// none.
    pub(crate) fn take(&self) -> Option<(Place, usize)> {
        let mut taken = self.lock();
        if *taken == self.0.limit {
            return None;
        }
        *taken += 1;
        let active = self.0.active.fetch_add(1, Ordering::Relaxed) + 1;
        Some((Place(self.clone()), active))
    }

    /// Whether all are taken.
    pub(crate) fn are_full(&self) -> bool {
        *self.lock() == self.0.limit
    }

    /// Sleeps while all are taken, and no longer than `timeout`.
    pub(crate) fn wait(&self, timeout: Option<Duration>) {
        let full = |taken: &mut usize| *taken == self.0.limit;
        let timeout = timeout.unwrap_or(Duration::MAX);
        drop(self.0.freed.wait_timeout_while(self.lock(), timeout, full));
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.lock() -= 1;
        self.0.0.active.fetch_sub(1, Ordering::Relaxed);
        self.0.0.freed.notify_one();
    }
}

/// How many of `all` places the loop or thread with this `number` has, out of `workers`: all have
/// the same, or one more, and together they have all.
pub(crate) fn share(all: usize, workers: usize, number: usize) -> usize {
    all / workers + usize::from(number < all % workers)
}

/// How many connections, with so many descriptors each, fit below the limit on open descriptors, if
/// the system has one; one in any case.
pub(crate) fn limit_by_descriptors(wanted: NonZeroUsize, each: usize) -> NonZeroUsize {
    #[cfg(unix)]
    {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let fit = NonZeroUsize::new(limit.saturating_sub(RESERVED) / each);
        wanted.min(fit.unwrap_or(NonZeroUsize::MIN))
    }
    #[cfg(not(unix))]
    {
        let _ = each;
        wanted
    }
}

/// Descriptors that are no connections: the standard three, the listening sockets, the pipes of
/// halts and signals, the one that epoll needs, and a few for clients that are being refused.
#[cfg(unix)]
const RESERVED: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_taken_and_freed() {
        let places = Places::new(2, Arc::default());
        let (first, taken) = places.take().unwrap();
        assert_eq!(taken, 1);
        let second = places.take();
        assert!(second.is_some() && places.are_full() && places.take().is_none());
        drop(first);
        places.wait(None);
        assert_eq!(places.take().map(|(_, taken)| taken), Some(2));
    }

    #[test]
    fn shares_add_up() {
        for all in 1..40 {
            for workers in 1..=all {
                let shares: Vec<_> = (0..workers).map(|n| share(all, workers, n)).collect();
                assert_eq!(shares.iter().sum::<usize>(), all, "{shares:?}");
                assert!(shares.iter().all(|share| (shares[0] - share) <= 1), "{shares:?}");
                assert!(!shares.contains(&0), "{shares:?}");
            }
        }
    }
}
