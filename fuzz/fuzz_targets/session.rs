//! What a session says, and how it ends, depends on the bytes alone: not on cuts, nor on room (rule 6).
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::session::check(data));
