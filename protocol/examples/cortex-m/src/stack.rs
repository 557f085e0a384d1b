//! How much of the stack has been used at most. cortex-m-rt paints it before `main`; what is no
//! longer painted has been used.

use core::ffi::CStr;
use core::fmt::Write as _;

use antiphon_protocol::Writer;
use cortex_m_rt::STACK_PAINT_VALUE;

use crate::semihosting;

/// Says `stack: USED of ALL bytes`.
pub(crate) fn report() {
    let (used, all) = high_water_mark();
    let mut memory = [0; 64];
    let mut writer = Writer::new(&mut memory);
    writeln!(writer, "stack: {used} of {all} bytes\0").unwrap_or_default();
    semihosting::print(CStr::from_bytes_until_nul(&memory).unwrap_or_default());
}

fn high_water_mark() -> (usize, usize) {
    unsafe extern "C" {
        static _stack_start: u32;
        static _stack_end: u32;
    }
    let top = &raw const _stack_start;
    let bottom = &raw const _stack_end;
    let mut word = bottom;
    // SAFETY: link.x places both symbols, aligned, at the ends of memory that is all stack; what
    // lies below the frames in use was painted before `main`, so every word is initialised.
    while word < top && unsafe { word.read_volatile() } == STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    (top as usize - word as usize, top as usize - bottom as usize)
}
