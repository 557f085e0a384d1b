//! Whom a transcript is played to.

use antiphon_tests::Running;

/// Somebody who serves one client after the other.
pub(crate) trait Host {
    /// Where the next client finds it.
    fn port(&mut self) -> u16;

    /// Lets go a client that was told all it asked for, and ends its side. A server needs no help
    /// with that.
    fn lets_go(&mut self) {}

    /// Has ended, because a client said `exit()`.
    fn halts(self);
}

impl Host for Running {
    fn port(&mut self) -> u16 {
        self.address().port()
    }

    fn halts(self) {
        self.ends();
    }
}
