//! The client as a program, against our servers and against peers that behave badly.
//!
//! Every behaviour is tested over both of its drivers: test names read
//! `streams::non_blocking::replies_may_come_in_any_pieces`.

// A test that cannot go on has failed; clippy knows tests only by their attribute.
#![allow(clippy::unwrap_used)]

mod datagrams;
mod run;
mod streams;
#[cfg(unix)]
mod terminal;
#[cfg(target_os = "linux")]
mod transcripts;
mod words;

/// The same tests for each driver.
macro_rules! over_both_drivers {
    ($($(#[$attribute:meta])* $test:ident,)*) => {
        mod blocking {
            $(#[test] $(#[$attribute])* fn $test() { super::$test("--blocking"); })*
        }
        #[cfg(unix)]
        mod non_blocking {
            $(#[test] $(#[$attribute])* fn $test() { super::$test("--non-blocking"); })*
        }
    };
}
pub(crate) use over_both_drivers;
