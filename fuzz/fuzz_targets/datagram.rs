//! A datagram is answered as the same line on a stream is; no answer is, save `quit()` and repeats.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::datagram::check(data));
