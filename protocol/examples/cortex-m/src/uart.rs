//! UART0: an Arm PL011, polled.

/// The UART; there is one, so make one.
pub(crate) struct Uart(());

impl Uart {
    /// Switches it on: 115,200 baud of the 12 MHz after reset, 8 bits, queues of 16 bytes. (The
    /// emulator does not care; the clocks and pins of a real board are its own to set.)
    pub(crate) fn new() -> Self {
        for (register, value) in [(IBRD, 6), (FBRD, 33), (LCRH, 0x70), (CR, 0x301)] {
            // SAFETY: these are registers of UART0 (LM3S6965 data sheet, section 12.5); nothing
            // else in this program touches them.
            unsafe { register.write_volatile(value) };
        }
        Self(())
    }

    /// Waits for a byte; then takes all that have come, as far as there is room.
    pub(crate) fn read(&mut self, room: &mut [u8]) -> usize {
        while flags() & RECEIVER_EMPTY != 0 {}
        let mut count = 0;
        for byte in room {
            if flags() & RECEIVER_EMPTY != 0 {
                break;
            }
            // SAFETY: as in `new`; reading takes the oldest byte out of the queue.
            *byte = unsafe { DR.read_volatile() } as u8;
            count += 1;
        }
        count
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            while flags() & TRANSMITTER_FULL != 0 {}
            // SAFETY: as in `new`; writing appends a byte to the queue, in which there is room.
            unsafe { DR.write_volatile(u32::from(*byte)) };
        }
    }
}

fn flags() -> u32 {
    // SAFETY: as in `Uart::new`; reading the flags changes nothing.
    unsafe { FR.read_volatile() }
}

const DR: *mut u32 = 0x4000_c000 as *mut u32;
const FR: *mut u32 = 0x4000_c018 as *mut u32;
const IBRD: *mut u32 = 0x4000_c024 as *mut u32;
const FBRD: *mut u32 = 0x4000_c028 as *mut u32;
const LCRH: *mut u32 = 0x4000_c02c as *mut u32;
const CR: *mut u32 = 0x4000_c030 as *mut u32;

const RECEIVER_EMPTY: u32 = 1 << 4;
const TRANSMITTER_FULL: u32 = 1 << 5;
