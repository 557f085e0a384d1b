//! The sessions of `antiphon-protocol` on a microcontroller without an operating system: an
//! LM3S6965 (Cortex-M3, 64 KiB of RAM), which QEMU emulates as `lm3s6965evb`. Its UART is the
//! connection. One image for each service, in `src/bin/`:
//!
//! ```text
//! cargo build --release --target thumbv7m-none-eabi
//! qemu-system-arm -machine lm3s6965evb -display none -monitor none -semihosting \
//!     -serial tcp:127.0.0.1:5000,server=on -kernel target/thumbv7m-none-eabi/release/calc
//! ```
//!
//! A UART can neither close nor serve two: after `quit()` the next session begins, and `exit()`
//! ends the emulator.

#![no_std]

mod semihosting;
mod stack;
mod uart;

use core::panic::PanicInfo;

use antiphon_protocol::{Buffer, Next, Service, Session, Settings};
use cortex_m_rt::{ExceptionFrame, exception};

use crate::uart::Uart;

/// Serves one peer after the other, until one says `exit()`.
pub fn serve(service: Service) -> ! {
    let settings = Settings::new(service);
    let mut uart = Uart::new();
    let mut input = Buffer::new([0; Service::Echo.min_input()]);
    let mut output = [0; Service::Echo.min_output()];
    loop {
        let session = Session::new(&settings, true);
        if converse(session, &mut uart, &mut input, &mut output) {
            finish(true);
        }
    }
}

/// One conversation to its end, and whether it is the end of all. What comes in after it is the next
/// one's.
fn converse(
    mut session: Session<'_>,
    uart: &mut Uart,
    input: &mut Buffer<[u8; Service::Echo.min_input()]>,
    output: &mut [u8],
) -> bool {
    loop {
        let step = session.advance(input.filled(), output);
        uart.write(output.get(..step.produced).unwrap_or_default());
        let consumed = step.consumed;
        let reads = match step.next {
            Next::Read => true,
            Next::Write => false,
            // There are no files here.
            Next::Open(_) | Next::Close(_) => {
                input.consume(consumed);
                return false;
            }
            Next::Halt => return true,
        };
        input.consume(consumed);
        if reads {
            let count = uart.read(input.spare());
            input.fill(count);
        }
    }
}

/// Ends the emulator, which has been told by then how much stack was used.
pub fn finish(success: bool) -> ! {
    stack::report();
    semihosting::exit(success)
}

/// Is never linked: it calls a function that does not exist, so that an image from which the
/// optimiser could not remove every panic does not link.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    unsafe extern "C" {
        safe fn a_panic_can_be_reached() -> !;
    }
    a_panic_can_be_reached()
}

/// A fault ends the emulator, and with it the test, instead of hanging.
#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    semihosting::exit(false)
}
