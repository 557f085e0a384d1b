//! A bounded cursor over memory that the caller lends.

use core::fmt;

use thiserror::Error;

/// Writes into a borrowed slice from its front, and never past its end.
///
/// ```text
///   output:  | written     | free          |
///            0             len             output.len()
/// ```
///
/// Every write is all or nothing: what does not fit leaves the writer as it was and returns
/// [`Full`]. [`Writer::attempt`] extends that promise over several writes, so that a reply is in
/// the output whole or not at all.
///
/// ```
/// use core::fmt::Write as _;
/// use antiphon_protocol::Writer;
///
/// let mut memory = [0; 8];
/// let mut writer = Writer::new(&mut memory);
/// writer.put(b"2+2=")?;
/// assert!(writer.attempt(|w| { w.put(b"12")?; w.put(b"345") }).is_err());
/// write!(writer, "{}", 4).unwrap();
/// assert_eq!(writer.written(), b"2+2=4");
/// # Ok::<(), antiphon_protocol::Full>(())
/// ```
#[derive(Debug)]
pub struct Writer<'o> {
    output: &'o mut [u8],
    /// `len <= output.len()`
    len: usize,
}

/// The bytes do not fit into what is left of the output.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("no room is left in the output; offer a larger one or empty it first")]
pub struct Full;

impl<'o> Writer<'o> {
    /// Starts at the front of `output`, whatever it holds.
    pub const fn new(output: &'o mut [u8]) -> Self {
        Self { output, len: 0 }
    }

    /// Appends `bytes`, or nothing.
    ///
    /// # Errors
    ///
    /// [`Full`] if fewer than `bytes.len()` bytes are left.
    pub fn put(&mut self, bytes: &[u8]) -> Result<(), Full> {
        self.claim(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    /// Appends `count` bytes and lends them, to be overwritten: they hold what the output held.
    ///
    /// # Errors
    ///
    /// [`Full`] if fewer than `count` bytes are left.
    pub fn claim(&mut self, count: usize) -> Result<&mut [u8], Full> {
        let spare = self.output.get_mut(self.len..).ok_or(Full)?;
        let claimed = spare.get_mut(..count).ok_or(Full)?;
        self.len = self.len.saturating_add(count);
        Ok(claimed)
    }

    /// Runs `write`; if it fails, all that it wrote is taken back.
    ///
    /// # Errors
    ///
    /// The error of `write`.
    pub fn attempt<E>(&mut self, write: impl FnOnce(&mut Self) -> Result<(), E>) -> Result<(), E> {
        let before = self.len;
        write(self).inspect_err(|_| self.len = before)
    }

    /// What has been written so far.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        self.output.get(..self.len).unwrap_or_default()
    }

    /// How many bytes have been written: `0 ..= output.len()`.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing has been written yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many more bytes fit.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.output.len().saturating_sub(self.len)
    }
}

impl fmt::Write for Writer<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes()).map_err(|Full| fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_does_not_fit_changes_nothing() {
        let mut memory = [b'.'; 4];
        let mut writer = Writer::new(&mut memory);
        assert_eq!(writer.put(b"abc"), Ok(()));
        assert_eq!(writer.put(b"de"), Err(Full));
        assert_eq!(writer.written(), b"abc");
        assert_eq!(writer.put(b"d"), Ok(()));
        assert_eq!(writer.put(b""), Ok(()));
        assert_eq!(writer.put(b"e"), Err(Full));
        assert_eq!(&memory, b"abcd");
    }

    #[test]
    fn a_failed_attempt_takes_back_all_its_writes() {
        let mut memory = [0; 4];
        let mut writer = Writer::new(&mut memory);
        writer.put(b"a").unwrap();
        let outcome = writer.attempt(|w| {
            w.put(b"bc")?;
            w.put(b"de")
        });
        assert_eq!(outcome, Err(Full));
        assert_eq!(writer.written(), b"a");
    }
}
