//! A decoded path never leaves the root, and encoded again it leads to the same place.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::target::check(data));
