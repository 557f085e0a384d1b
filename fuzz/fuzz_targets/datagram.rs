//! A datagram is answered as the same line on a stream is, and no answer but `quit()` is answered.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::datagram::check(data));
