//! Content ends where it ends and is what was sent, however it is cut; chunks are read as written.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::content::check(data));
