//! `Response::encode` and `Response::parse` are inverses, both ways round.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::response::check(data));
