//! A request that is accepted is one for httparse, too, the same one; and so is its response.

use antiphon_protocol::http::{
    Coding, EntityTag, Error, HeadSearch, Lookup, MIN_OUTPUT, MediaType, Request, Timestamp,
    answer, request_line,
};

/// The first byte says what is found, the rest is a head and what follows it.
pub fn check(data: &[u8]) {
    let Some((&found, input)) = data.split_first() else { return };
    let Ok(Some(end)) = HeadSearch::new().end(input) else { return };
    match Request::parse(&input[..end]) {
        Ok(request) => {
            agree(&request, input, end);
            respond(&request, &lookup(found));
            respond(&request.last(), &lookup(found));
        }
        Err(why) => respond(&Request::refused(&input[..end], why), &lookup(found)),
    }
}

fn agree(request: &Request<'_>, input: &[u8], end: usize) {
    let mut fields = [httparse::EMPTY_HEADER; 128];
    let mut theirs = httparse::Request::new(&mut fields);
    assert_eq!(theirs.parse(input), Ok(httparse::Status::Complete(end)));
    assert_eq!(theirs.method.map(str::as_bytes), Some(request.method().as_bytes()));
    assert_eq!(theirs.path.map(str::as_bytes), Some(request.target().as_bytes()));
    assert_eq!(theirs.version, Some(request.version() as u8));
    assert!(
        request
            .fields()
            .eq(theirs.headers.iter().map(|field| (field.name.as_bytes(), field.value)))
    );
    // The request line alone says the same.
    let line = [theirs.method, theirs.path].map(|part| part.unwrap_or_default()).join(" ");
    let line = format!("{line} {}", request.version());
    let line = request_line(line.as_bytes()).expect("a request line");
    let alone = (line.method, line.target, line.version);
    assert_eq!(alone, (request.method(), request.target(), request.version()));
}

fn respond(request: &Request<'_>, found: &Lookup<'_>) {
    let mut output = [0; MIN_OUTPUT];
    let head = answer(request, found, Timestamp::new(784_111_800), &mut output);
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut fields);
    let Ok(httparse::Status::Complete(end)) = response.parse(&output[..head.produced]) else {
        panic!("no response: {}", output[..head.produced].escape_ascii());
    };
    assert_eq!(response.code, Some(head.status.code()));
    let page = (head.produced - end) as u64;
    let sent = page + (head.body.end - head.body.start);
    assert_eq!(sent, head.content);
    assert!(page == 0 || head.body.is_empty(), "an error page and a file");
    if let Lookup::File { len, .. } | Lookup::Made { len, .. } = *found {
        assert!(head.body.start <= head.body.end && head.body.end <= len);
    }
    let field = |name| response.headers.iter().find(|field| field.name == name);
    let promised = field("Content-Length").map(|field| String::from_utf8_lossy(field.value));
    if let (Some(promised), b"GET") = (promised, request.method().as_bytes()) {
        assert_eq!(promised, sent.to_string());
    }
    assert_eq!(field("Connection").is_some_and(|field| field.value == b"close"), head.close);
}

fn lookup(kind: u8) -> Lookup<'static> {
    match kind % 5 {
        0 => Lookup::Made { len: kind.into(), media_type: MediaType::HTML },
        1 => Lookup::Moved,
        2 => Lookup::Refused(Error::NotFound),
        _ => Lookup::File {
            len: kind.into(),
            modified: Some(Timestamp::new(784_111_777)),
            etag: EntityTag::strong(b"fixture"),
            media_type: MediaType::of_file(b"a.txt"),
            coding: (kind & 2 == 0).then_some(Coding::Gzip),
            vary: kind & 4 == 0,
        },
    }
}
