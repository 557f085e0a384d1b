//! Content ends where it ends and is what was sent, however it is cut; chunks are read as written.

use antiphon_protocol::http::{Content, ContentFraming, Error, MAX_CONTENT};

/// The first byte chooses the framing, the second how long the pieces are.
pub fn check(data: &[u8]) {
    let Some((&[framing, cut], input)) = data.split_first_chunk::<2>() else { return };
    let cut = usize::from(cut).max(1);
    match framing % 3 {
        0 => {
            let length = u64::from(framing);
            let outcome = any_cut(ContentFraming::Length(length), input, cut);
            let end = input.len().min(framing.into());
            let ended = end == usize::from(framing);
            assert_eq!(outcome, Ok((input[..end].to_vec(), end, ended)));
        }
        1 => drop(any_cut(ContentFraming::Chunked, input, cut)),
        _ => {
            // The input as the content of chunks as long as the pieces, and again behind them.
            let mut sent: Vec<u8> = Vec::new();
            for chunk in input.chunks(cut) {
                sent.extend_from_slice(format!("{:x};a=b\r\n", chunk.len()).as_bytes());
                sent.extend_from_slice(chunk);
                sent.extend_from_slice(b"\r\n");
            }
            sent.extend_from_slice(b"0\r\nA: b\r\n\r\n");
            let end = sent.len();
            sent.extend_from_slice(input);
            if end as u64 <= MAX_CONTENT {
                let outcome = any_cut(ContentFraming::Chunked, &sent, framing.into());
                assert_eq!(outcome, Ok((input.to_vec(), end, true)));
            }
        }
    }
}

/// The content, where it ends, and whether it does.
type Outcome = Result<(Vec<u8>, usize, bool), Error>;

fn any_cut(framing: ContentFraming, input: &[u8], cut: usize) -> Outcome {
    let whole = read(framing, input, usize::MAX);
    assert_eq!(read(framing, input, cut.max(1)), whole);
    let skipped = Content::new(framing).skip(input);
    let skipped = skipped.map(|skipped| (skipped.consumed, skipped.ended));
    assert_eq!(skipped, whole.clone().map(|(_, end, ended)| (end, ended)));
    whole
}

fn read(framing: ContentFraming, input: &[u8], cut: usize) -> Outcome {
    let (mut content, mut data, mut end) = (Content::new(framing), Vec::new(), 0);
    let mut come = 0;
    loop {
        let piece = content.read(&input[end..come])?;
        data.extend_from_slice(piece.data);
        end += piece.consumed;
        if piece.ended || end == input.len() {
            return Ok((data, end, piece.ended));
        }
        if end == come {
            come = input.len().min(come.saturating_add(cut));
        } else {
            assert!(piece.consumed > 0, "no progress");
        }
    }
}
