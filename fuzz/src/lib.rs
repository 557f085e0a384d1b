//! What must hold of every input: a module for each target, with the invariant in its first line.
//!
//! `fuzz_targets/` lets libFuzzer look for inputs for which it does not hold;
//! `protocol/tests/fuzz_seeds.rs`, which includes this file, tries those in `seeds/` in every run of
//! the tests.

#[path = "../../protocol/tests/drive/mod.rs"]
mod drive;

pub mod calc;
pub mod content;
pub mod datagram;
pub mod frame;
pub mod head;
pub mod http;
pub mod response;
pub mod session;
pub mod target;

/// All targets: their names, and what checks an input.
pub const TARGETS: &[(&str, Check)] = &[
    ("calc", calc::check),
    ("content", content::check),
    ("datagram", datagram::check),
    ("frame", frame::check),
    ("head", head::check),
    ("http", http::check),
    ("response", response::check),
    ("session", session::check),
    ("target", target::check),
];

/// Panics if the invariant does not hold.
pub type Check = fn(&[u8]);
