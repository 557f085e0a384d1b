//! Echo and uppercase: services that answer bytes as they come and interpret none.

use crate::service::Service;
use crate::writer::{Full, Writer};

/// Writes the answer to `run`, which has the same length.
///
/// # Errors
///
/// [`Full`] if it does not fit.
pub(crate) fn answer(service: Service, run: &[u8], writer: &mut Writer<'_>) -> Result<(), Full> {
    let answer = writer.claim(run.len())?;
    answer.copy_from_slice(run);
    if service == Service::Upper {
        answer.make_ascii_uppercase();
    }
    Ok(())
}

/// The front of `run` up to the end of its line number `count`, or all of it.
pub(crate) fn lines(run: &[u8], count: u32) -> &[u8] {
    let last = usize::try_from(count).unwrap_or(usize::MAX).saturating_sub(1);
    match memchr::memchr_iter(b'\n', run).nth(last) {
        Some(end) => run.get(..=end).unwrap_or(run),
        None => run,
    }
}

/// How many lines end in `run`.
pub(crate) fn count_lines(run: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', run).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ascii_letters_change_case() {
        let all: [u8; 256] = core::array::from_fn(|byte| byte as u8);
        let mut memory = [0; 256];
        let mut writer = Writer::new(&mut memory);
        answer(Service::Upper, &all, &mut writer).unwrap();
        for (before, after) in all.iter().zip(writer.written()) {
            let expected = if before.is_ascii_lowercase() { before - 32 } else { *before };
            assert_eq!(*after, expected);
        }
    }

    #[test]
    fn a_run_is_cut_after_its_last_request() {
        assert_eq!(lines(b"a\nb\nc", 1), b"a\n");
        assert_eq!(lines(b"a\nb\nc", 2), b"a\nb\n");
        assert_eq!(lines(b"a\nb\nc", 3), b"a\nb\nc");
        assert_eq!(count_lines(b"a\nb\nc"), 2);
    }
}
