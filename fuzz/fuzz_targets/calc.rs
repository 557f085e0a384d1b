//! `evaluate` says what a `Program` says; errors lie within the text; what is printed is read back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::calc::check(data));
