use super::*;

/// A head with all there is.
fn full() -> ResponseHead<'static> {
    ResponseHead {
        status: Status::PartialContent,
        date: Some(Timestamp::new(784_112_400)),
        connection: Some(Connection::KeepAlive),
        content_length: Some(u64::MAX),
        content_type: MediaType::new("text/plain; charset=utf-8"),
        content_encoding: Some(Coding::Brotli),
        content_range: ContentRange::part(0..10, 100),
        last_modified: Some(Timestamp::new(784_111_777)),
        etag: EntityTag::weak(b"a"),
        accept_ranges: true,
        vary: true,
        location: Target::parse(b"//a?b").ok(),
    }
}

const FULL: &[u8] = b"HTTP/1.1 206 Partial Content\r\n\
    Date: Sun, 06 Nov 1994 09:00:00 GMT\r\n\
    Connection: keep-alive\r\n\
    Content-Length: 18446744073709551615\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Content-Encoding: br\r\n\
    Content-Range: bytes 0-9/100\r\n\
    Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
    ETag: W/\"a\"\r\n\
    Accept-Ranges: bytes\r\n\
    Vary: Accept-Encoding\r\n\
    Location: /a/?b\r\n\r\n";

#[test]
fn everything_has_its_line() {
    let mut memory = [0; 1024];
    let mut writer = Writer::new(&mut memory);
    assert_eq!(full().encode(&mut writer), Ok(()));
    assert_eq!(writer.written().escape_ascii().to_string(), FULL.escape_ascii().to_string());
}

#[test]
fn a_head_is_written_whole_or_not_at_all() {
    for room in 0..=FULL.len() {
        let mut memory = [0; 1024];
        let mut writer = Writer::new(&mut memory[..room]);
        let fits = room == FULL.len();
        assert_eq!(full().encode(&mut writer), if fits { Ok(()) } else { Err(Full) });
        assert_eq!(writer.written(), if fits { FULL } else { b"" });
    }
}

#[test]
fn numbers_and_ranges() {
    for (range, expected) in [
        (ContentRange::part(0..1, 1), "bytes 0-0/1"),
        (ContentRange::part(9..1_000, 47_022), "bytes 9-999/47022"),
        (
            ContentRange::part(0..u64::MAX, u64::MAX),
            "bytes 0-18446744073709551614/18446744073709551615",
        ),
        (Some(ContentRange::unsatisfied(0)), "bytes */0"),
        (Some(ContentRange::unsatisfied(26)), "bytes */26"),
    ] {
        let mut memory = [0; 80];
        let mut writer = Writer::new(&mut memory);
        range.unwrap().encode(&mut writer).unwrap();
        let expected = std::format!("Content-Range: {expected}\r\n");
        assert_eq!(writer.written(), expected.as_bytes());
    }
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "that is what is tested")]
fn no_range_is_made_of_nothing() {
    for (bytes, len) in [(0..0, 0), (0..0, 10), (5..5, 10), (6..5, 10), (0..99, 10), (9..11, 10)] {
        assert_eq!(ContentRange::part(bytes.clone(), len), None, "{bytes:?} of {len}");
    }
}

#[test]
fn a_redirect_stays_on_the_host_and_in_its_line() {
    for (target, expected) in [
        ("/a", "/a/"),
        ("/a/b?c=d&e", "/a/b/?c=d&e"),
        ("//evil.example/a", "/evil.example/a/"),
        ("///evil.example", "/evil.example/"),
        ("/", "/"),
        ("http://evil.example//a", "/a/"),
        ("/a%0d%0aX:b", "/a%0d%0aX:b/"),
        ("/\\evil.example/a", "/%5Cevil.example/a/"),
        ("/\\/evil.example", "/%5C/evil.example/"),
        ("//\\evil.example", "/%5Cevil.example/"),
        ("/a\\", "/a%5C/"),
        ("/a\"<>^`{|}b?c\"<>^`{|}\\", "/a%22%3C%3E%5E%60%7B%7C%7Db/?c%22%3C%3E%5E%60%7B%7C%7D%5C"),
        ("/[a]~!$&'()*+,;=:@%5c%zz?[b]/?", "/[a]~!$&'()*+,;=:@%5c%zz/?[b]/?"),
    ] {
        let mut memory = [0; 128];
        let mut writer = Writer::new(&mut memory);
        let location = Target::parse(target.as_bytes()).ok();
        let head = ResponseHead { location, ..ResponseHead::new(Status::MovedPermanently) };
        head.encode(&mut writer).unwrap();
        let expected =
            std::format!("HTTP/1.1 301 Moved Permanently\r\nLocation: {expected}\r\n\r\n");
        assert_eq!(writer.written(), expected.as_bytes(), "{target}");
    }
}

#[test]
fn neither_tags_nor_targets_split_a_response() {
    for byte in (0..=b' ').chain(0x7F..=0x7F) {
        assert_eq!(EntityTag::strong(&[b'a', byte]), None, "{byte}");
        assert_eq!(EntityTag::weak(&[b'a', byte]), None, "{byte}");
    }
    assert_eq!(EntityTag::strong(b"\""), None);
    for byte in (0..=b' ').chain(0x7F..=0xFF) {
        assert!(Target::parse(&[b'/', byte]).is_err(), "{byte}");
        assert!(Target::parse(&[b'/', b'?', byte]).is_err(), "{byte}");
    }
}

#[test]
fn what_has_content_is_not_to_be_guessed_at() {
    for (content_length, content_type, expected) in
        [(None, None, false), (Some(0), None, true), (None, Some(MediaType::HTML), true)]
    {
        let head = ResponseHead { content_length, content_type, ..ResponseHead::new(Status::Ok) };
        let head = encoded(&head);
        assert_eq!(head.contains("\r\nX-Content-Type-Options: nosniff\r\n"), expected, "{head}");
    }
}

fn encoded(head: &ResponseHead<'_>) -> String {
    let mut memory = [0; 256];
    let mut writer = Writer::new(&mut memory);
    head.encode(&mut writer).unwrap();
    core::str::from_utf8(writer.written()).unwrap().into()
}

use std::string::{String, ToString as _};
