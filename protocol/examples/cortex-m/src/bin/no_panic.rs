//! Not to be run: that it links shows that no call of the protocol crate can reach a panic.

#![no_std]
#![no_main]

use core::hint::black_box;

use antiphon_firmware as _; // its panic handler
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    let mut input = [0; 2048];
    let mut output = [0; 2048];
    loop {
        surface::call_everything(black_box(&mut input), black_box(&mut output));
    }
}
