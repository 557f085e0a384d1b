use std::format;
use std::vec::Vec;

use super::*;

const MODIFIED: Timestamp = Timestamp::new(784_111_777);

#[test]
fn the_comparisons_of_the_rfc() {
    // RFC 9110, 8.8.3.2, table 3.
    let cases: [(&[u8], &[u8], bool, bool); 4] = [
        (b"W/\"1\"", b"W/\"1\"", false, true),
        (b"W/\"1\"", b"W/\"2\"", false, false),
        (b"W/\"1\"", b"\"1\"", false, true),
        (b"\"1\"", b"\"1\"", true, true),
    ];
    for (one, other, strong, weak) in cases {
        let [one, other] = [one, other].map(|tag| EntityTag::parse(tag).unwrap());
        assert_eq!((one.strongly_equals(other), one.weakly_equals(other)), (strong, weak));
        assert_eq!((other.strongly_equals(one), other.weakly_equals(one)), (strong, weak));
    }
}

#[test]
fn tags_are_quoted() {
    for (text, opaque, weak) in
        [("\"xyzzy\"", "xyzzy", false), ("W/\"xyzzy\"", "xyzzy", true), ("\"\"", "", false)]
    {
        let tag = EntityTag::parse(text.as_bytes()).unwrap();
        assert_eq!((tag.opaque(), tag.is_weak()), (opaque.as_bytes(), weak), "{text}");
    }
    for text in [
        "",
        "xyzzy",
        "\"",
        "\"x",
        "x\"",
        "w/\"x\"",
        "W\"x\"",
        "W/x",
        "W/ \"x\"",
        "\"x\"y",
        "\"x y\"",
        "\"x\ty\"",
        "\"x\x7f\"",
        "'x'",
        "\"x\" ",
        "*",
    ] {
        assert_eq!(EntityTag::parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn lists_of_tags_end_at_the_first_malformed_one() {
    let cases: [(&str, &[&str]); 9] = [
        ("\"xyzzy\"", &["xyzzy"]),
        ("\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"", &["xyzzy", "r2d2xxxx", "c3piozzzz"]),
        ("W/\"xyzzy\", W/\"r2d2xxxx\"", &["xyzzy", "r2d2xxxx"]),
        (",, \"a\"\t,\t\"b\" ,", &["a", "b"]),
        ("\"a,b\",\"c\"", &["a,b", "c"]),
        ("\"a\" \"b\"", &["a"]),
        ("\"a\", b, \"c\"", &["a"]),
        ("\"a\", \"b", &["a"]),
        ("", &[]),
    ];
    for (list, expected) in cases {
        let tags: Vec<_> = entity_tags(list.as_bytes()).map(EntityTag::opaque).collect();
        let expected: Vec<_> = expected.iter().map(|tag| tag.as_bytes()).collect();
        assert_eq!(tags, expected, "{list}");
    }
}

/// The order of RFC 9110, 13.2.2, over all combinations: the slow and obvious way is the text of
/// its steps.
#[test]
fn conditions_are_evaluated_in_the_order_of_the_rfc() {
    let file = Validators { etag: EntityTag::strong(b"a"), modified: Some(MODIFIED) };
    let tags = [("", None), ("\"a\"", Some(true)), ("\"b\"", Some(false))];
    let dates = [
        ("", None),
        ("Sun, 06 Nov 1994 08:49:36 GMT", Some(false)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(true)),
    ];
    for (if_match, matches) in tags {
        for (if_unmodified, unmodified) in dates {
            for (if_none_match, known_tag) in tags {
                for (if_modified, known_date) in dates {
                    let expected = if !matches.or(unmodified).unwrap_or(true) {
                        Verdict::PreconditionFailed
                    } else if known_tag.or(known_date).unwrap_or(false) {
                        Verdict::NotModified
                    } else {
                        Verdict::Serve { part: false }
                    };
                    let field = |name: &str, value: &str| match value {
                        "" => format!("X-{name}: x\r\n"),
                        _ => format!("{name}: {value}\r\n"),
                    };
                    let head = format!(
                        "GET / HTTP/1.1\r\nHost: a\r\n{}{}{}{}\r\n",
                        field("If-Match", if_match),
                        field("If-Unmodified-Since", if_unmodified),
                        field("If-None-Match", if_none_match),
                        field("If-Modified-Since", if_modified),
                    );
                    let request = Request::parse(head.as_bytes()).unwrap();
                    let verdict = evaluate(&request, file, Timestamp::new(784_112_400));
                    assert_eq!(verdict, expected, "{head}");
                }
            }
        }
    }
}

#[test]
fn a_date_is_no_strong_validator_within_its_second() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\n\
        If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
    let request = Request::parse(head.as_bytes()).unwrap();
    let file = Validators { etag: None, modified: Some(MODIFIED) };
    for (later, part) in [(0, false), (1, true)] {
        let now = Timestamp::new(MODIFIED.seconds() + later);
        assert_eq!(evaluate(&request, file, now), Verdict::Serve { part });
    }
}

#[test]
fn a_date_will_do_where_there_is_a_tag() {
    let file = Validators { etag: EntityTag::strong(b"a"), modified: Some(MODIFIED) };
    let now = Timestamp::new(MODIFIED.seconds() + 1);
    for (if_range, now, part) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", now, true),
        ("Sun, 06 Nov 1994 08:49:37 GMT", MODIFIED, false),
        ("Sun, 06 Nov 1994 08:49:36 GMT", now, false),
        ("Sun, 06 Nov 1994 08:49:38 GMT", now, false),
        ("\"a\"", MODIFIED, true),
        ("W/\"a\"", now, false),
    ] {
        let head = format!(
            "GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-0\r\nIf-Range: {if_range}\r\n\r\n"
        );
        let request = Request::parse(head.as_bytes()).unwrap();
        assert_eq!(evaluate(&request, file, now), Verdict::Serve { part }, "{if_range}");
    }
}

#[test]
fn what_has_no_validators_never_matches_one() {
    for (field, verdict) in [
        ("If-Match: \"a\"", Verdict::PreconditionFailed),
        ("If-Match: *", Verdict::Serve { part: false }),
        ("If-None-Match: \"a\"", Verdict::Serve { part: false }),
        ("If-None-Match: *", Verdict::NotModified),
        ("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", Verdict::Serve { part: false }),
        ("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", Verdict::Serve { part: false }),
        (
            "Range: bytes=0-0\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT",
            Verdict::Serve { part: false },
        ),
    ] {
        let head = format!("GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");
        let request = Request::parse(head.as_bytes()).unwrap();
        assert_eq!(evaluate(&request, Validators::default(), MODIFIED), verdict, "{field}");
    }
}
