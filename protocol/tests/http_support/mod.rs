//! The pure parts of HTTP, joined by a loop as short as a session's, and a few pretended files.

use antiphon_protocol::http::{
    Content, EntityTag, Error, HeadSearch, Lookup, MIN_OUTPUT, MediaType, Path, Request, Timestamp,
    answer,
};

/// What a session does, with a `Vec` for the driver's buffer.
pub(crate) fn converse<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<String> {
    let mut phase = Phase::Head(HeadSearch::new());
    let (mut input, mut outcomes) = (Vec::new(), Vec::new());
    for piece in pieces {
        input.extend_from_slice(piece);
        while step(&mut phase, &mut input, &mut outcomes) {}
    }
    let idle = matches!(&phase, Phase::Head(search) if search.is_idle(&input) && input.is_empty());
    if !idle && !matches!(phase, Phase::Closed) {
        outcomes.push("wait".into());
    }
    outcomes
}

enum Phase {
    Head(HeadSearch),
    Content(Content),
    Closed,
}

/// At most one request, or some content; false once there is nothing to do.
fn step(phase: &mut Phase, input: &mut Vec<u8>, outcomes: &mut Vec<String>) -> bool {
    match phase {
        Phase::Head(search) => {
            let (end, request) = match search.end(input) {
                Ok(None) => return false,
                Ok(Some(end)) => (end, Request::parse(&input[..end])),
                Err(why) => (input.len(), Err(why)),
            };
            let request = request.unwrap_or_else(|why| Request::refused(&input[..end], why));
            let (outcome, close) = respond(&request);
            outcomes.push(outcome);
            *phase =
                if close { Phase::Closed } else { Phase::Content(Content::new(request.framing())) };
            input.drain(..end);
            true
        }
        Phase::Content(content) => match content.skip(input) {
            Ok(skipped) => {
                input.drain(..skipped.consumed);
                if skipped.ended {
                    *phase = Phase::Head(HeadSearch::new());
                }
                skipped.ended
            }
            Err(_) => {
                outcomes.push("close".into());
                *phase = Phase::Closed;
                false
            }
        },
        Phase::Closed => false,
    }
}

fn respond(request: &Request<'_>) -> (String, bool) {
    let (mut memory, mut output) = ([0; 4096], [0; MIN_OUTPUT]);
    let found = match request.target().decode(&mut memory) {
        Ok(path) => look_up(path),
        Err(why) => Lookup::Refused(why),
    };
    let head = answer(request, &found, Timestamp::new(784_112_400), &mut output);
    assert!(head.produced > 0, "there is always an answer");
    let text = core::str::from_utf8(&output[..head.produced]).expect("heads are ASCII");
    let (fields, content) = text.split_once("\r\n\r\n").expect("heads end");
    assert_content(request, fields, content, head.body.end - head.body.start);
    (fields.to_owned(), head.close)
}

/// The files that the tables speak of.
fn look_up(path: Path<'_>) -> Lookup<'static> {
    let file = |len| Lookup::File {
        len,
        modified: Some(Timestamp::new(784_111_777)),
        etag: EntityTag::strong(b"fixture"),
        media_type: MediaType::of_file(b"file.txt"),
        coding: None,
        vary: false,
    };
    match (path.as_bytes(), path.is_directory()) {
        (b"" | b"dir", true) => Lookup::Made { len: 5, media_type: MediaType::HTML },
        (b"dir", false) => Lookup::Moved,
        (b"file.txt", false) => file(26),
        (b"empty", false) => file(0),
        (b"secret", false) => Lookup::Refused(Error::Forbidden),
        _ => Lookup::Refused(Error::NotFound),
    }
}

/// Content is as long as was promised, and answers to HEAD have none.
#[track_caller]
fn assert_content(request: &Request<'_>, fields: &str, content: &str, body: u64) {
    let promised = fields.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let promised = promised.map_or(0, |len| len.parse().expect("a length"));
    let sent = content.len() as u64 + body;
    let is_head = request.method().as_bytes() == b"HEAD";
    assert_eq!(sent, if is_head { 0 } else { promised }, "{fields}");
}
