use super::Selection::{Part, Unsatisfiable, Whole};
use super::*;

#[test]
fn the_examples_of_the_rfc() {
    // RFC 9110, 14.1.2: a representation of 10,000 bytes.
    let cases: [(&[u8], Selection); 9] = [
        (b"bytes=0-499", Part(0..500)),
        (b"bytes=500-999", Part(500..1_000)),
        (b"bytes=-500", Part(9_500..10_000)),
        (b"bytes=9500-", Part(9_500..10_000)),
        (b"bytes=0-0,-1", Whole),
        (b"bytes= 0-0, -2", Whole),
        (b"bytes= 0-999, 4500-5499, -1000", Whole),
        (b"bytes=500-600,601-999", Whole),
        (b"bytes=500-700,601-999", Whole),
    ];
    for (value, expected) in cases {
        assert_eq!(select(value, 10_000), expected, "{}", value.escape_ascii());
    }
}

#[test]
fn the_edges() {
    let cases: [(&[u8], u64, Selection); 16] = [
        (b"bytes=0-0", 1, Part(0..1)),
        (b"bytes=0-", 1, Part(0..1)),
        (b"bytes=1-", 1, Unsatisfiable),
        (b"bytes=-1", 1, Part(0..1)),
        (b"bytes=-2", 1, Part(0..1)),
        (b"bytes=-0", 1, Unsatisfiable),
        (b"bytes=-0", 0, Unsatisfiable),
        (b"bytes=-1", 0, Whole),
        (b"bytes=0-", 0, Unsatisfiable),
        (b"bytes=0-18446744073709551615", u64::MAX, Part(0..u64::MAX)),
        (b"bytes=18446744073709551614-", u64::MAX, Part(u64::MAX - 1..u64::MAX)),
        (b"bytes=18446744073709551615-", u64::MAX, Unsatisfiable),
        (b"bytes=99999999999999999999-99999999999999999998", 10, Unsatisfiable),
        (b"bytes=-99999999999999999999", 10, Part(0..10)),
        (b"BYTES=0-0", 10, Part(0..1)),
        (b"bytes=\t0-0\t", 10, Part(0..1)),
    ];
    for (value, len, expected) in cases {
        assert_eq!(select(value, len), expected, "{} of {len}", value.escape_ascii());
    }
}

#[test]
fn malformed_ranges_are_ignored() {
    for value in [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=1",
        "bytes=a-",
        "bytes=-a",
        "bytes=1-a",
        "bytes=2-1",
        "bytes=1--2",
        "bytes=--2",
        "bytes=1-2-3",
        "bytes=+1-2",
        "bytes=1 -2",
        "byte=0-1",
        "bytes =0-1",
        "bytes:0-1",
        "bits=0-1",
        "=0-1",
        "0-1",
        "bytes=0-1;a",
        "bytes=\"0-1\"",
    ] {
        assert_eq!(select(value.as_bytes(), 10), Whole, "{value}");
    }
}
