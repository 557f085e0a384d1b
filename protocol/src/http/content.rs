//! The content of a request: read past, in pieces of any size, up to its exact end.

use super::Error;
use super::syntax::{TOKEN, hex, is};

/// How the end of a message's content is found (RFC 9112, 6.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ContentFraming {
    /// By counting; 0 where there is no content.
    Length(u64),
    /// By the chunk of size 0 and the trailer section behind it.
    Chunked,
}

/// A reader of one message's content, which takes the input in pieces however they are cut.
///
/// ```text
/// chunked-body    = *chunk last-chunk trailer-section CRLF                  (RFC 9112, 7.1)
/// chunk           = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
/// chunk-size      = 1*HEXDIG
/// last-chunk      = 1*("0") [ chunk-ext ] CRLF
/// chunk-ext       = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
/// trailer-section = *( field-line CRLF )
/// ```
///
/// The names and values in extensions are not told apart, only kept free of control bytes: they
/// are to be ignored. Lines end in CR LF and in nothing else, for what two readers end at two
/// places is smuggled between them.
///
/// ```
/// use antiphon_protocol::http::{Content, ContentFraming};
///
/// let mut content = Content::new(ContentFraming::Chunked);
/// let piece = content.read(b"5;why=not\r\nhel")?;
/// assert_eq!((piece.consumed, piece.data, piece.ended), (14, &b"hel"[..], false));
/// let skipped = content.skip(b"lo\r\n0\r\n\r\nGET / HTTP/1.1")?;
/// assert_eq!((skipped.consumed, skipped.ended), (9, true));
/// # Ok::<(), antiphon_protocol::http::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Content {
    state: State,
    /// Bytes that may still come, chunk sizes and trailers among them: `0 ..= MAX_CONTENT`.
    budget: u64,
}

/// What one call of [`Content::read`] came to.
#[must_use]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Piece<'i> {
    /// Bytes to drop from the front of the input.
    pub consumed: usize,
    /// The content among them.
    pub data: &'i [u8],
    /// Whether the content has ended: what follows is another message.
    pub ended: bool,
}

/// What one call of [`Content::skip`] came to.
#[must_use]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Skipped {
    /// Bytes to drop from the front of the input.
    pub consumed: usize,
    /// Whether the content has ended: what follows is another message.
    pub ended: bool,
}

impl Content {
    /// A reader at the front of some content.
    #[must_use]
    pub const fn new(framing: ContentFraming) -> Self {
        let state = match framing {
            ContentFraming::Length(left) => State::Counted { left },
            ContentFraming::Chunked => State::SizeStart,
        };
        Self { state, budget: MAX_CONTENT }
    }

    /// Reads up to the next piece of content, its end, or the end of the input. Unless `ended`,
    /// call again: with the rest of the input if there is some, else when more has come.
    ///
    /// # Errors
    ///
    /// [`Error::ChunkSyntax`], and [`Error::ContentTooLong`] for more than [`MAX_CONTENT`] bytes.
    /// There is no way to go on after them but to close the connection: calling again, with
    /// whatever input, says the same.
    pub fn read<'i>(&mut self, input: &'i [u8]) -> Result<Piece<'i>, Error> {
        self.next_piece(input).inspect_err(|&why| self.state = State::Failed(why))
    }

    /// Reads past all of the content that has come.
    ///
    /// # Errors
    ///
    /// Those of [`Content::read`].
    pub fn skip(&mut self, input: &[u8]) -> Result<Skipped, Error> {
        let mut consumed = 0_usize;
        loop {
            let piece = self.read(input.get(consumed..).unwrap_or_default())?;
            consumed = consumed.saturating_add(piece.consumed);
            if piece.ended || consumed == input.len() {
                return Ok(Skipped { consumed, ended: piece.ended });
            }
        }
    }

    fn next_piece<'i>(&mut self, input: &'i [u8]) -> Result<Piece<'i>, Error> {
        if let State::Failed(why) = self.state {
            return Err(why);
        }
        let mut rest = input;
        let mut data: &[u8] = &[];
        while !self.ended() && data.is_empty() {
            if let State::Counted { left } | State::Data { left } = self.state {
                let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                (data, rest) = rest.split_at_checked(wanted).unwrap_or_default();
                self.count(data.len())?;
                if data.is_empty() {
                    break;
                }
            } else if let Some((&byte, after)) = rest.split_first() {
                self.spend(1)?;
                self.state = self.state.next(byte).ok_or(Error::ChunkSyntax)?;
                rest = after;
            } else {
                break;
            }
        }
        let consumed = input.len().saturating_sub(rest.len());
        Ok(Piece { consumed, data, ended: self.ended() })
    }

    const fn ended(&self) -> bool {
        matches!(self.state, State::Counted { left: 0 } | State::Ended)
    }

    /// Takes note of `read` bytes of content.
    fn count(&mut self, read: usize) -> Result<(), Error> {
        let read = u64::try_from(read).unwrap_or(u64::MAX);
        self.spend(read)?;
        match &mut self.state {
            State::Counted { left } | State::Data { left } => *left = left.saturating_sub(read),
            _ => {}
        }
        if self.state == (State::Data { left: 0 }) {
            self.state = State::DataEnd;
        }
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Error> {
        self.budget = self.budget.checked_sub(bytes).ok_or(Error::ContentTooLong)?;
        Ok(())
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// The rest of a content of known length.
    Counted { left: u64 },
    /// The first digit of a chunk size.
    SizeStart,
    /// More digits, or what ends them.
    Size { size: u64 },
    /// Whitespace after the size or an extension, which only another extension may follow.
    Blank { size: u64 },
    /// The rest of an extension.
    Extension { size: u64 },
    /// The line feed after a size.
    SizeEnd { size: u64 },
    /// The rest of a chunk: `left > 0`.
    Data { left: u64 },
    /// The carriage return after a chunk.
    DataEnd,
    /// The line feed after a chunk.
    DataEnded,
    /// The first byte of a trailer field, or the carriage return of the last line.
    Trailer,
    /// The rest of a trailer field's name.
    Name,
    /// The rest of a trailer field's value.
    Value,
    /// The line feed after a trailer field.
    ValueEnd,
    /// The very last line feed.
    End,
    /// Nothing: the content has ended.
    Ended,
    /// Nothing that could be read.
    Failed(Error),
}

impl State {
    /// The state after `byte`, unless it must not stand here.
    fn next(self, byte: u8) -> Option<Self> {
        let value = byte == b'\t' || !byte.is_ascii_control();
        Some(match (self, byte) {
            (Self::SizeStart, _) => Self::Size { size: u64::from(hex(byte)?) },
            (Self::Size { size }, b'0'..=b'9' | b'A'..=b'F' | b'a'..=b'f') => {
                // The shift must not lose a digit, or a huge chunk would become a small one.
                Self::Size { size: size.checked_mul(16)?.saturating_add(u64::from(hex(byte)?)) }
            }
            (Self::Size { size } | Self::Blank { size }, b' ' | b'\t') => Self::Blank { size },
            (Self::Size { size } | Self::Blank { size }, b';') => Self::Extension { size },
            (Self::Extension { size }, _) if value => Self::Extension { size },
            (Self::Size { size } | Self::Extension { size }, b'\r') => Self::SizeEnd { size },
            (Self::SizeEnd { size: 0 }, b'\n') => Self::Trailer,
            (Self::SizeEnd { size }, b'\n') => Self::Data { left: size },
            (Self::DataEnd, b'\r') => Self::DataEnded,
            (Self::DataEnded, b'\n') => Self::SizeStart,
            (Self::Trailer, b'\r') => Self::End,
            (Self::Trailer | Self::Name, _) if is(byte, TOKEN) => Self::Name,
            (Self::Name, b':') => Self::Value,
            (Self::Value, b'\r') => Self::ValueEnd,
            (Self::Value, _) if value => Self::Value,
            (Self::ValueEnd, b'\n') => Self::Trailer,
            (Self::End, b'\n') => Self::Ended,
            _ => return None,
        })
    }
}

/// Bytes of content that are read past to keep a connection; beyond, it is cheaper to make a new
/// one. Neither GET nor HEAD has a use for any (RFC 9110, 9.3.1).
pub const MAX_CONTENT: u64 = 64 * 1024;

#[cfg(test)]
mod tests;
