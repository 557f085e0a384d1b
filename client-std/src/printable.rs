//! What a server says, as a terminal may show it.

/// Makes bytes harmless: a server may not move the cursor of a terminal, or worse.
#[derive(Debug, Default)]
pub(crate) struct Printable {
    /// The beginning of a character; its end may come with the next bytes.
    cut: Vec<u8>,
}

impl Printable {
    /// Escapes what is no text, apart from ends of lines and tabulators.
    pub(crate) fn take(&mut self, received: &[u8]) -> String {
        self.cut.extend_from_slice(received);
        let whole = whole_characters(&self.cut);
        let mut text = String::new();
        for character in String::from_utf8_lossy(&self.cut[..whole]).chars() {
            if character.is_control() && !matches!(character, '\n' | '\t') {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        self.cut.drain(..whole);
        text
    }
}

/// The length of `bytes` without a character that is cut off at their end.
fn whole_characters(bytes: &[u8]) -> usize {
    let last = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    // What is wrong for good would stay so, whatever follows.
    let is_cut = str::from_utf8(last).is_err_and(|error| error.error_len().is_none());
    if is_cut { bytes.len() - last.len() } else { bytes.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown of `bytes`, which is the same whole and byte by byte.
    #[track_caller]
    fn printable(bytes: &[u8]) -> String {
        let whole = Printable::default().take(bytes);
        let mut printable = Printable::default();
        let pieces: String = bytes.chunks(1).map(|byte| printable.take(byte)).collect();
        assert_eq!(whole, pieces);
        whole
    }

    #[test]
    fn a_server_cannot_play_with_the_terminal() {
        assert_eq!(
            printable("Answer is 8\n\tæ€\u{1f44b}".as_bytes()),
            "Answer is 8\n\tæ€\u{1f44b}"
        );
        assert_eq!(printable(b"\x1b[2J\x07\r"), "\\u{1b}[2J\\u{7}\\r");
        assert_eq!(printable(b"\xc2\x9b2J"), "\\u{9b}2J");
        assert_eq!(printable(b"\xff\x9b\xe2\x82\n"), "\u{fffd}\u{fffd}\u{fffd}\n");
    }
}
