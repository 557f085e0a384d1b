//! The image of what answers in capital letters.

#![no_std]
#![no_main]

use antiphon_firmware::serve;
use antiphon_protocol::Service;
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    serve(Service::Upper)
}
