//! Which signals a program is to leave alone.

use std::fs;

/// The signals that a process ignores, as proc(5) shows them: signal 1 is the lowest bit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ignored(u64);

impl Ignored {
    /// Those of this process. Before it handles any itself, they are what it was started with:
    /// nohup(1), or a shell that starts a program in the background, protects it from what is meant
    /// for others.
    ///
    /// Only Linux tells; elsewhere it is as if none were ignored.
    #[must_use]
    pub fn by_this_process() -> Self {
        Self::of(&fs::read_to_string("/proc/self/status").unwrap_or_default())
    }

    /// Whether the signal of this number, `1..=64`, is ignored.
    #[must_use]
    pub fn contains(self, signal: i32) -> bool {
        let place = u32::try_from(signal).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.0.checked_shr(place)).is_some_and(|rest| rest & 1 == 1)
    }

    /// Those of a process of this status.
    fn of(status: &str) -> Self {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        Self(mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read_from_the_status() {
        let ignored =
            Ignored::of("Name:\tx\nSigBlk:\t0000000000000004\nSigIgn:\t0000000000001003\n");
        assert_eq!(
            [1, 2, 13, 3, 15, 0, 65].map(|signal| ignored.contains(signal)),
            [true, true, true, false, false, false, false]
        );
        assert_eq!(Ignored::of("Name:\tx\n"), Ignored(0));
    }
}
