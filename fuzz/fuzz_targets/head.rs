//! Where a head ends, or why there is none, is decided by its bytes alone, once and for all.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::head::check(data));
