//! The names of the fields that mean something here.

/// A field name that is known here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Name {
    AcceptEncoding,
    Connection,
    ContentLength,
    Expect,
    Host,
    IfMatch,
    IfModifiedSince,
    IfNoneMatch,
    IfRange,
    IfUnmodifiedSince,
    Range,
    TransferEncoding,
}

impl Name {
    /// How many there are.
    pub(super) const COUNT: usize = Self::ALL.len();

    /// The name that a token is in any case (RFC 9110, 5.1).
    #[inline]
    pub(super) fn find(token: &[u8]) -> Option<Self> {
        let [first, .., last] = token else {
            return None;
        };
        let (name, known) = (*TABLE.get(slot(*first, *last, token.len()))?)?;
        (known.len() == token.len() && is_same(token, known)).then_some(name)
    }

    /// As it is written in lowercase.
    pub(super) const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::AcceptEncoding => b"accept-encoding",
            Self::Connection => b"connection",
            Self::ContentLength => b"content-length",
            Self::Expect => b"expect",
            Self::Host => b"host",
            Self::IfMatch => b"if-match",
            Self::IfModifiedSince => b"if-modified-since",
            Self::IfNoneMatch => b"if-none-match",
            Self::IfRange => b"if-range",
            Self::IfUnmodifiedSince => b"if-unmodified-since",
            Self::Range => b"range",
            Self::TransferEncoding => b"transfer-encoding",
        }
    }

    const ALL: [Self; 12] = [
        Self::AcceptEncoding,
        Self::Connection,
        Self::ContentLength,
        Self::Expect,
        Self::Host,
        Self::IfMatch,
        Self::IfModifiedSince,
        Self::IfNoneMatch,
        Self::IfRange,
        Self::IfUnmodifiedSince,
        Self::Range,
        Self::TransferEncoding,
    ];
}

/// Whether a token is a name of the same length, but for the bit that tells the case. Of the bytes
/// that differ from a lowercase letter or a dash in this bit alone, only capitals are in tokens.
#[inline]
fn is_same(token: &[u8], name: &[u8]) -> bool {
    let lowercase = |word: &[u8; 8]| u64::from_le_bytes(*word) | u64::from_le_bytes([CASE; 8]);
    match (token.last_chunk(), name.last_chunk()) {
        // The last word overlaps the one before it.
        (Some(token_end), Some(name_end)) => {
            let words = token.as_chunks().0.iter().zip(name.as_chunks().0);
            lowercase(token_end) == lowercase(name_end)
                && words.into_iter().all(|(token, name)| lowercase(token) == lowercase(name))
        }
        // No name is shorter than four bytes.
        _ => {
            let ends = |text: &[u8]| Some([*text.first_chunk()?, *text.last_chunk()?]);
            let lowercase = |end| u32::from_le_bytes(end) | u32::from_le_bytes([CASE; 4]);
            match (ends(token), ends(name)) {
                (Some([a, b]), Some([c, d])) => {
                    lowercase(a) == lowercase(c) && lowercase(b) == lowercase(d)
                }
                _ => false,
            }
        }
    }
}

/// A place in [`TABLE`]. The factors were found by trying: with them no two names share a place, in
/// either case.
#[expect(clippy::arithmetic_side_effects, reason = "far below any limit, and wanted to wrap")]
const fn slot(first: u8, last: u8, len: usize) -> usize {
    ((first as usize + last as usize) * 3 + (len % SLOTS) * 2) % SLOTS
}

/// The compiler refuses two names for one place.
#[expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "only in a constant")]
const fn table() -> [Option<(Name, &'static [u8])>; SLOTS] {
    let mut table = [None; SLOTS];
    let mut index = 0;
    while index < Name::COUNT {
        let name = Name::ALL[index].as_bytes();
        let slot = slot(name[0], name[name.len() - 1], name.len());
        assert!(table[slot].is_none());
        table[slot] = Some((Name::ALL[index], name));
        index += 1;
    }
    table
}

/// With the text of each, for to fetch that by a jump takes longer than to compare it.
static TABLE: [Option<(Name, &[u8])>; SLOTS] = table();
const SLOTS: usize = 32;
/// The bit that tells capitals from small letters.
const CASE: u8 = 0x20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::syntax::{TOKEN, is};

    #[test]
    fn names_are_found_in_any_case_and_nothing_else_is() {
        for name in Name::ALL {
            let text = name.as_bytes();
            assert_eq!(Name::find(text), Some(name));
            assert_eq!(Name::find(&text.to_ascii_uppercase()), Some(name));
            assert_eq!(Name::find(&text[1..]), None);
            assert_eq!(Name::find(&text[..text.len() - 1]), None);
            assert_eq!(Name::find(&[text, b"x"].concat()), None);
            for index in 0..text.len() {
                for byte in (0..=u8::MAX).filter(|&byte| is(byte, TOKEN)) {
                    if byte.eq_ignore_ascii_case(&text[index]) {
                        continue;
                    }
                    let mut other = text.to_vec();
                    other[index] = byte;
                    assert_eq!(Name::find(&other), None, "{}", other.escape_ascii());
                }
            }
        }
        assert_eq!(Name::find(b""), None);
        assert_eq!(Name::find(&[b'h'; 1_000]), None);
    }
}
