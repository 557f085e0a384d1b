use std::vec::Vec;

use super::*;

/// Miri takes ten thousand times as long, and looks for undefined behaviour and not for wrong
/// answers: a sample will do.
const STRIDE: usize = if cfg!(miri) { 61 } else { 1 };

#[test]
fn the_end_is_found_at_every_distance_and_by_every_cut() {
    for len in (0..200).step_by(STRIDE) {
        let mut input = b"GET / HTTP/1.1\r\nX: ".to_vec();
        input.resize(input.len() + len, b'x');
        input.extend_from_slice(b"\r\n\r\n");
        let end = input.len();
        input.extend_from_slice(b"\n\n\n\r\n\r\n");
        assert_eq!(HeadSearch::new().end(&input), Ok(Some(end)), "{len}");
        for cut in 0..=input.len() {
            let mut search = HeadSearch::new();
            let first = search.end(&input[..cut]);
            assert_eq!(first, Ok((cut >= end).then_some(end)), "{len} cut at {cut}");
            assert_eq!(search.end(&input), Ok(Some(end)), "{len} cut at {cut}");
        }
    }
}

#[test]
fn what_almost_ends_a_head_does_not_end_it() {
    for almost in
        ["\r\n\n", "\n\r\n", "\r\n\r", "\n\n", "\r\nx\n", "\r\r\n\n", "\n\r\n\r", "\r\n \r\n"]
    {
        for len in 0..70 {
            let mut input = b"GET / HTTP/1.1\r\nX: ".to_vec();
            input.resize(input.len() + len, b'x');
            input.extend_from_slice(almost.as_bytes());
            input.extend_from_slice(&[b'x'; 40]);
            assert_eq!(HeadSearch::new().end(&input), Ok(None), "{almost:?} after {len}");
        }
    }
}

#[test]
fn a_head_that_comes_byte_by_byte_is_searched_once() {
    let mut search = HeadSearch::new();
    let mut input = b"GET / HTTP/1.1\r\n".to_vec();
    assert_eq!(search.end(&input), Ok(None));
    for _ in 0..10_000 / STRIDE {
        input.push(b'x');
        assert_eq!(search.end(&input), Ok(None));
        // Only what could be the beginning of the end is looked at again.
        assert!(input.len() - usize::from(search.searched) < END.len());
    }
}

#[test]
fn limits_do_not_depend_on_cuts() {
    let line = |len| [&[b'x'].repeat(len)[..], b"\r\n\r\n"].concat();
    let cases = [
        (line(MAX_REQUEST_LINE), Ok(Some(MAX_REQUEST_LINE + 4))),
        (line(MAX_REQUEST_LINE + 1), Err(Error::RequestLineTooLong)),
        ([b'x'].repeat(MAX_REQUEST_LINE + 1), Ok(None)),
        ([b'x'].repeat(MAX_REQUEST_LINE + 2), Err(Error::RequestLineTooLong)),
        ([&b"x\r\n"[..], &line(MAX_HEAD - 7)].concat(), Ok(Some(MAX_HEAD))),
        ([&b"x\r\n"[..], &line(MAX_HEAD - 6)].concat(), Err(Error::HeadTooLong)),
        (b"\r\n".repeat(MAX_HEAD / 2 - 1), Ok(None)),
        (b"\r\n".repeat(MAX_HEAD / 2), Err(Error::HeadTooLong)),
    ];
    for (input, expected) in cases {
        assert_eq!(HeadSearch::new().end(&input), expected, "{} bytes", input.len());
        let mut search = HeadSearch::new();
        let lengths: Vec<_> = (0..=input.len()).rev().step_by(STRIDE).collect();
        let verdicts: Vec<_> =
            lengths.into_iter().rev().map(|len| search.end(&input[..len])).collect();
        assert_eq!(verdicts.last(), Some(&expected), "{} bytes, one by one", input.len());
        // And a verdict, once given, stays.
        let first = verdicts.iter().find(|verdict| !matches!(verdict, Ok(None)));
        assert!(first.is_none_or(|first| *first == expected), "{} bytes", input.len());
    }
}

#[test]
fn empty_lines_before_a_request_leave_a_connection_idle() {
    let mut search = HeadSearch::new();
    for (input, idle) in [(&b""[..], true), (b"\r", false), (b"\r\n", true), (b"\r\nG", false)] {
        assert_eq!(search.end(input), Ok(None));
        assert_eq!(search.is_idle(input), idle, "{}", input.escape_ascii());
    }
}
