//! Memory between a socket and a session.

/// A linear buffer: filled at its end, consumed at its front.
///
/// ```text
///   storage:  | consumed | filled()          | spare()         |
///             0          start               end               storage.len()
/// ```
///
/// Linear and not a ring, because a ring can lend only the part up to its seam, and a line that
/// straddles the seam could never be lent whole. The price is that the tail slides to the front
/// when [`Buffer::spare`] is asked for: the unfinished rest of a line, never whole ones.
///
/// The storage may be an array, a slice or a `Vec`: the owner chooses its size.
///
/// ```
/// use antiphon_protocol::Buffer;
///
/// let mut buffer = Buffer::new([0; 8]);
/// buffer.spare()[..4].copy_from_slice(b"3+5\n"); // a read from a socket
/// buffer.fill(4);
/// assert_eq!(buffer.filled(), b"3+5\n");
/// buffer.consume(4);
/// assert!(buffer.filled().is_empty());
/// ```
#[derive(Debug)]
pub struct Buffer<B> {
    storage: B,
    /// `start <= end`
    start: usize,
    /// `end <= storage.len()`
    end: usize,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Buffer<B> {
    /// An empty buffer; what `storage` holds does not matter.
    pub const fn new(storage: B) -> Self {
        Self { storage, start: 0, end: 0 }
    }

    /// What has come in and is not consumed yet.
    #[must_use]
    pub fn filled(&self) -> &[u8] {
        self.storage.as_ref().get(self.start..self.end).unwrap_or_default()
    }

    /// The room for what comes next. It is empty only if [`Buffer::filled`] takes the whole
    /// storage; do not read into it then, for a read of nothing looks like the end of the stream.
    pub fn spare(&mut self) -> &mut [u8] {
        if self.start > 0 {
            let filled = self.start..self.end;
            self.end = filled.len();
            self.start = 0;
            // Bad ranges would make `copy_within` panic; `start <= end <= storage.len()` rules
            // them out, and asking first lets the compiler see it.
            let storage = self.storage.as_mut();
            if filled.start <= filled.end && filled.end <= storage.len() {
                storage.copy_within(filled, 0);
            }
        }
        self.storage.as_mut().get_mut(self.end..).unwrap_or_default()
    }

    /// Counts the first `count` bytes of [`Buffer::spare`] as filled; at most all of them.
    pub fn fill(&mut self, count: usize) {
        self.end = self.end.saturating_add(count).min(self.storage.as_ref().len());
    }

    /// Drops the first `count` bytes of [`Buffer::filled`]; at most all of them.
    pub fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_slides_to_the_front() {
        let mut buffer = Buffer::new([0; 6]);
        buffer.spare().copy_from_slice(b"ab\ncde");
        buffer.fill(6);
        assert!(buffer.spare().is_empty());
        buffer.consume(3);
        assert_eq!(buffer.filled(), b"cde");
        buffer.spare().copy_from_slice(b"f\ng");
        buffer.fill(3);
        assert_eq!(buffer.filled(), b"cdef\ng");
    }

    #[test]
    fn counts_beyond_the_end_are_taken_as_all() {
        let mut buffer = Buffer::new([0; 4]);
        buffer.fill(100);
        assert_eq!(buffer.filled().len(), 4);
        buffer.consume(100);
        assert!(buffer.filled().is_empty());
        assert_eq!(buffer.spare().len(), 4);
    }
}
