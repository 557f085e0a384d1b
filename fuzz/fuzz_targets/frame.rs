//! Where a line ends, and how a long one does, is what a naive search finds, however it is cut.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| antiphon_fuzz::frame::check(data));
