use std::format;
use std::vec::Vec;

use super::*;
use crate::http::{Coding, HeadSearch};

#[test]
fn a_browser_is_understood() {
    let head = b"\r\nGET http://127.0.0.1:5000/a.html?b HTTP/1.1\r\nHost: localhost\r\n\
        User-Agent: x\r\nAccept-Encoding: gzip\r\nAccept-Encoding: br\r\nConnection: keep-alive\r\n\r\n";
    let request = Request::parse(head).unwrap();
    assert_eq!(request.method(), Method::Get);
    assert_eq!(request.version(), Version::Http11);
    assert_eq!(request.host(), Some(&b"127.0.0.1:5000"[..]));
    assert_eq!(request.target().query(), Some(&b"b"[..]));
    assert_eq!(request.framing(), ContentFraming::Length(0));
    assert!(request.accepts(Coding::Gzip) && request.accepts(Coding::Brotli));
    assert!(!request.closes());
    assert_eq!(request.refusal(), None);
    let names: Vec<_> = request.fields().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [&b"Host"[..], b"User-Agent", b"Accept-Encoding", b"Accept-Encoding", b"Connection"]
    );
}

#[test]
fn what_follows_a_head_is_not_looked_at() {
    let head = b"GET / HTTP/1.0\r\n\r\n\0";
    assert!(Request::parse(head).is_ok());
}

#[test]
fn a_head_may_be_as_long_as_its_search_allows() {
    let line = |len: usize| format!("GET /{} HTTP/1.0\r\n", "x".repeat(len - 14));
    let head = |len: usize| format!("GET / HTTP/1.0\r\nX: {}\r\n\r\n", "x".repeat(len - 23));
    for (head, expected) in [
        (line(MAX_REQUEST_LINE) + "\r\n", None),
        (format!("\r\n{}\r\n", line(MAX_REQUEST_LINE)), None),
        (line(MAX_REQUEST_LINE + 1) + "\r\n", Some(Error::RequestLineTooLong)),
        (line(70_000) + "\r\n", Some(Error::HeadTooLong)),
        (head(MAX_HEAD), None),
        (head(MAX_HEAD + 1), Some(Error::HeadTooLong)),
        (head(70_000), Some(Error::HeadTooLong)),
    ] {
        let parsed = Request::parse(head.as_bytes()).err();
        assert_eq!(parsed, expected, "{} bytes", head.len());
        // The search, which meets the line first, refuses the same.
        let found = HeadSearch::new().end(head.as_bytes());
        assert_eq!(found.is_err(), expected.is_some(), "{} bytes", head.len());
    }
}

#[test]
fn a_head_without_its_end_is_unfinished() {
    let head = b"GET / HTTP/1.0\r\nA: b\r\n\r\n";
    for len in 15..head.len() {
        assert_eq!(Request::parse(&head[..len]).err(), Some(Error::HeadUnfinished), "{len} bytes");
    }
}

#[test]
fn the_first_broken_rule_is_the_one_that_is_told() {
    for (head, why) in [
        ("GET / HTTP/1.1\r\nA\r\nHost: \0\r\n\r\n", Error::FieldName),
        ("GET / HTTP/1.1\r\nHost: a b\r\nA\r\n\r\n", Error::HostSyntax),
        ("GET / HTTP/1.1\r\nContent-Length: x\r\nHost: a b\r\n\r\n", Error::LengthSyntax),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a b\r\nA\r\n\r\n", Error::HostRepeated),
        (
            "GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            Error::HostMissing,
        ),
        ("X / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", Error::CodingNotChunked),
        ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", Error::LengthSyntax),
        ("POST / HTTP/1.1\r\n\r\n", Error::HostMissing),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", Error::MethodNotAllowed),
        ("X / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", Error::MethodUnknown),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: 99999\r\n\r\n",
            Error::ContentTooLong,
        ),
    ] {
        assert_eq!(Request::parse(head.as_bytes()).err(), Some(why), "{head}");
    }
}

#[test]
fn a_refused_request_asks_for_nothing() {
    let request = Request::refused(b"POST /secret HTTP/1.1", Error::MethodNotAllowed);
    assert_eq!(request.refusal(), Some(Error::MethodNotAllowed));
    assert_eq!(request.target(), Target::ROOT);
    assert!(request.closes() && request.fields().next().is_none());
}

#[test]
fn the_line_is_shown_as_it_was_sent() {
    let head = b"\r\nGET http://a/%2e?b HTTP/1.0\r\nHost: a\r\n\r\n";
    assert_eq!(Request::parse(head).unwrap().line(), b"GET http://a/%2e?b HTTP/1.0");
    let long = [b'A'; MAX_REQUEST_LINE + 1];
    for (head, line) in [
        (&b""[..], &b""[..]),
        (b"\r\n\nGET /\t\rHost: a", b"GET /\t"),
        (&long, &long[..MAX_REQUEST_LINE]),
    ] {
        assert_eq!(Request::refused(head, Error::MethodSyntax).line(), line);
    }
}
