use std::string::{String, ToString as _};
use std::{format, vec};

use super::*;
use crate::http::MAX_REQUEST_LINE;

const NOW: Timestamp = Timestamp::new(784_112_400);

fn ask(head: &str, found: &Lookup<'_>, room: usize) -> (Head, String) {
    let request = Request::parse(head.as_bytes()).unwrap();
    let mut output = vec![0; room];
    let head = answer(&request, found, NOW, &mut output);
    output.truncate(head.produced);
    (head, String::from_utf8(output).unwrap())
}

fn file() -> Lookup<'static> {
    Lookup::File {
        len: 10,
        modified: Some(Timestamp::new(784_111_777)),
        etag: EntityTag::strong(b"a"),
        media_type: MediaType::of_file(b"a.css"),
        coding: Some(Coding::Gzip),
        vary: true,
    }
}

fn plain<'f>(modified: Option<Timestamp>, etag: Option<EntityTag<'f>>) -> Lookup<'f> {
    Lookup::File { len: 1, modified, etag, media_type: MediaType::HTML, coding: None, vary: false }
}

#[test]
fn a_coded_file_says_so() {
    let (head, text) = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &file(), MIN_OUTPUT);
    let expected = "HTTP/1.1 200 OK\r\n\
        Date: Sun, 06 Nov 1994 09:00:00 GMT\r\n\
        Content-Length: 10\r\n\
        Content-Type: text/css; charset=utf-8\r\n\
        X-Content-Type-Options: nosniff\r\n\
        Content-Encoding: gzip\r\n\
        Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
        ETag: \"a\"\r\n\
        Accept-Ranges: bytes\r\n\
        Vary: Accept-Encoding\r\n\r\n";
    assert_eq!(text, expected);
    let status = Status::Ok;
    let produced = expected.len();
    assert_eq!(head, Head { produced, body: 0..10, close: false, status, content: 10 });
}

#[test]
fn not_modified_has_what_caches_need() {
    let asked = "GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"a\"\r\n\r\n";
    let (head, text) = ask(asked, &file(), MIN_OUTPUT);
    let expected = "HTTP/1.1 304 Not Modified\r\n\
        Date: Sun, 06 Nov 1994 09:00:00 GMT\r\n\
        ETag: \"a\"\r\n\
        Vary: Accept-Encoding\r\n\r\n";
    assert_eq!(text, expected);
    assert_eq!(head.body, 0..0);
}

#[test]
fn not_modified_without_a_tag_has_the_date() {
    let modified = Some(Timestamp::new(784_111_777));
    let found = plain(modified, None);
    let asked =
        "GET / HTTP/1.1\r\nHost: a\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
    let (_, text) = ask(asked, &found, MIN_OUTPUT);
    assert!(text.contains("\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), "{text}");
}

#[test]
fn a_file_from_the_future_was_changed_now() {
    let modified = Some(Timestamp::new(NOW.seconds() + 1_000));
    let found = plain(modified, None);
    let (_, text) = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &found, MIN_OUTPUT);
    assert!(text.contains("\r\nLast-Modified: Sun, 06 Nov 1994 09:00:00 GMT\r\n"), "{text}");
}

#[test]
fn head_has_the_same_head_as_get() {
    for found in [
        file(),
        Lookup::Moved,
        Error::NotFound.into(),
        Lookup::Made { len: 3, media_type: MediaType::HTML },
    ] {
        let (get, page) = ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", &found, MIN_OUTPUT);
        let (head, text) = ask("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n", &found, MIN_OUTPUT);
        assert!(page.starts_with(&text) && text.ends_with("\r\n\r\n"), "{text}");
        assert_eq!((head.body, head.close), (0..0, get.close));
    }
}

#[test]
fn more_room_than_enough_makes_no_difference() {
    let asked = format!("GET /dir?{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(7_000));
    let (scarce, page) = ask(&asked, &Lookup::Moved, MIN_OUTPUT);
    let (ample, same_page) = ask(&asked, &Lookup::Moved, 16 * MIN_OUTPUT);
    assert_eq!((scarce.status, page), (Status::UriTooLong, same_page));
    assert_eq!(ample.status, Status::UriTooLong);
}

#[test]
fn every_refusal_fits_and_tells_its_reason() {
    for why in ALL {
        let request = Request::refused(b"GET ", why);
        let mut output = [0; MIN_OUTPUT];
        let head = answer(&request, &file(), NOW, &mut output);
        let text = core::str::from_utf8(&output[..head.produced]).unwrap();
        assert_eq!((head.body, head.close), (0..0, true), "{why:?}");
        assert!(text.starts_with(&format!("HTTP/1.1 {}\r\n", why.status().phrase())), "{text}");
        assert!(text.contains(&format!("<title>{}</title>", why.status().phrase())), "{text}");
        assert!(text.contains(&format!("<p>{why}.</p>")), "{text}");
        assert_eq!(text.contains("\r\nAllow: GET, HEAD\r\n"), why.status().code() == 405, "{text}");
        let (_, page) = text.split_once("\r\n\r\n").unwrap();
        assert!(text.contains(&format!("\r\nContent-Length: {}\r\n", page.len())), "{text}");
        assert!(head.produced < MIN_OUTPUT / 2, "{why:?}");
    }
}

#[test]
fn a_refusal_wins_over_what_was_found_and_head_gets_no_page() {
    let request = Request::refused(b"\r\nHEAD / HTTP", Error::FieldName);
    let mut output = [0; MIN_OUTPUT];
    let head = answer(&request, &file(), NOW, &mut output);
    assert!(output[..head.produced].ends_with(b"\r\n\r\n"));
    assert!(output.starts_with(b"HTTP/1.1 400 "));
}

#[test]
fn what_does_not_fit_becomes_a_refusal_and_then_nothing() {
    let long = "x".repeat(MAX_REQUEST_LINE - 20);
    let (_, text) =
        ask(&format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), &Lookup::Moved, MIN_OUTPUT);
    assert!(text.starts_with("HTTP/1.1 414 "), "{text}");

    let etag = EntityTag::strong(long.as_bytes());
    let found = plain(None, etag);
    let (head, text) = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &found, MIN_OUTPUT);
    assert!(text.starts_with("HTTP/1.1 500 "), "{text}");
    assert_eq!(head.body, 0..0);

    let (head, text) = ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n", &file(), 100);
    assert_eq!((head.produced, head.close, text.as_str()), (0, true, ""));
}

#[test]
fn pages_are_escaped() {
    let mut page = String::new();
    error_page(&mut page, Status::NotFound, &"<script>&'\"").unwrap();
    assert!(page.contains("<p>&lt;script&gt;&amp;&#39;&#34;.</p>"), "{page}");
    assert_eq!(
        page.len().to_string(),
        error_page_len(Status::NotFound, &"<script>&'\"").to_string()
    );
}

#[test]
fn without_room_a_refusal_keeps_its_status() {
    for why in ALL {
        for room in [0, 100] {
            let request = Request::refused(b"", why);
            let head = answer(&request, &file(), NOW, &mut vec![0; room]);
            assert_eq!((head.produced, head.status, head.close), (0, why.status(), true));
        }
    }
    for (found, status) in
        [(Lookup::Moved, Status::UriTooLong), (file(), Status::InternalServerError)]
    {
        let (head, _) = ask("GET /a HTTP/1.1\r\nHost: a\r\n\r\n", &found, 0);
        assert_eq!((head.produced, head.status, head.close), (0, status, true));
    }
}

/// One of each status, and the longest reasons among them.
const ALL: [Error; 21] = [
    Error::BareCarriageReturn,
    Error::ChunkSyntax,
    Error::CodingUnknown,
    Error::ContentTooLong,
    Error::ExpectationUnknown,
    Error::FieldName,
    Error::Forbidden,
    Error::HeadTooLong,
    Error::Internal,
    Error::LengthRequired,
    Error::MethodNotAllowed,
    Error::MethodUnknown,
    Error::NotFound,
    Error::PathTooLong,
    Error::PreconditionFailed,
    Error::RangeNotSatisfiable,
    Error::RequestTimeout,
    Error::TargetSecured,
    Error::TargetSyntax,
    Error::Unavailable,
    Error::VersionUnsupported,
];
