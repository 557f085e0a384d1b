//! What a program can ask of the debugger or emulator that runs it ("Semihosting for AArch32 and
//! AArch64").

use core::arch::asm;
use core::ffi::CStr;

/// Writes to the standard error of the emulator.
pub(crate) fn print(text: &CStr) {
    call(SYS_WRITE0, text.as_ptr() as usize);
}

/// Ends the emulator, with success or not.
pub(crate) fn exit(success: bool) -> ! {
    loop {
        call(SYS_EXIT, if success { APPLICATION_EXIT } else { RUN_TIME_ERROR });
    }
}

fn call(operation: usize, parameter: usize) {
    // SAFETY: this is the call that Cortex-M has for it. The two operations of this module only
    // read memory, up to the NUL of a `CStr`; the answer comes back in r0.
    unsafe { asm!("bkpt 0xab", inout("r0") operation => _, in("r1") parameter) };
}

const SYS_WRITE0: usize = 0x04;
const SYS_EXIT: usize = 0x18;
const APPLICATION_EXIT: usize = 0x20026;
const RUN_TIME_ERROR: usize = 0x20023;
