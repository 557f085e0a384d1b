use std::vec::Vec;

use super::*;

/// Miri takes ten thousand times as long, and looks for undefined behaviour and not for wrong
/// answers: a sample will do.
const STRIDE: usize = if cfg!(miri) { 97 } else { 1 };

const CHUNKED: &[u8] =
    b"4\r\nWiki\r\n6;a=\"b\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\nX: y\r\n\r\nGET";

#[test]
fn content_is_the_same_however_it_is_cut() {
    let end = CHUNKED.len() - 3;
    for step in 1..=CHUNKED.len() {
        let (mut content, mut data, mut consumed) =
            (Content::new(ContentFraming::Chunked), Vec::new(), 0);
        let mut come = 0;
        let ended = loop {
            let piece = content.read(&CHUNKED[consumed..come]).unwrap();
            consumed += piece.consumed;
            data.extend_from_slice(piece.data);
            if piece.ended || come == CHUNKED.len() && consumed == come {
                break piece.ended;
            }
            if consumed == come {
                come = CHUNKED.len().min(come + step);
            }
        };
        assert!(ended, "in steps of {step}");
        assert_eq!(data, b"Wikipedia in \r\n\r\nchunks.", "in steps of {step}");
        assert_eq!(consumed, end, "in steps of {step}");
    }
}

#[test]
fn counted_content_ends_where_it_was_said() {
    let mut content = Content::new(ContentFraming::Length(5));
    assert_eq!(content.skip(b"he"), Ok(Skipped { consumed: 2, ended: false }));
    assert_eq!(content.skip(b""), Ok(Skipped { consumed: 0, ended: false }));
    assert_eq!(content.skip(b"lloGET"), Ok(Skipped { consumed: 3, ended: true }));
    assert_eq!(content.skip(b"GET"), Ok(Skipped { consumed: 0, ended: true }));
    assert_eq!(
        Content::new(ContentFraming::Length(0)).skip(b"GET"),
        Ok(Skipped { consumed: 0, ended: true })
    );
}

#[test]
fn the_bound_counts_every_byte_on_the_wire() {
    let most = usize::try_from(MAX_CONTENT).unwrap();
    let with = |len: usize| [&b"10000;"[..], &[b'x'].repeat(len - 6)].concat();
    for (input, expected) in [
        (with(most), Ok(Skipped { consumed: most, ended: false })),
        (with(most + 1), Err(Error::ContentTooLong)),
    ] {
        assert_eq!(Content::new(ContentFraming::Chunked).skip(&input), expected);
        let mut content = Content::new(ContentFraming::Chunked);
        let verdict = input.chunks(STRIDE).try_for_each(|byte| content.skip(byte).map(|_| ()));
        assert_eq!(verdict, expected.map(|_| ()));
    }
}

/// Whatever would have been well-formed where the content went wrong.
#[test]
fn what_went_wrong_stays_wrong() {
    let limit = MAX_CONTENT + 1;
    let longest = [b'x'].repeat(usize::try_from(limit).unwrap());
    for (framing, input, why) in [
        (ContentFraming::Chunked, &b"x"[..], Error::ChunkSyntax),
        (ContentFraming::Chunked, b"1\r\nxy", Error::ChunkSyntax),
        (ContentFraming::Chunked, b"0\r\n\r\r", Error::ChunkSyntax),
        (ContentFraming::Length(limit), &longest, Error::ContentTooLong),
    ] {
        let mut content = Content::new(framing);
        assert_eq!(content.skip(input), Err(why));
        for more in [&b""[..], b"0\r\n\r\n", b"\r\n0\r\n\r\n", b"\n", b"x"] {
            assert_eq!(content.skip(more), Err(why), "{}", more.escape_ascii());
            assert_eq!(content.read(more), Err(why), "{}", more.escape_ascii());
        }
    }
}
