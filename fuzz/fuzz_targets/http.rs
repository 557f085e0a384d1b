//! A request that is accepted is one for httparse, too, the same one; and so is its response.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::http::check(data));
