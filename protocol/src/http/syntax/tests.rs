use std::vec::Vec;

use super::*;

/// Miri takes ten thousand times as long, and looks for undefined behaviour and not for wrong
/// answers: a sample will do.
const STRIDE: usize = if cfg!(miri) { 17 } else { 1 };

/// Each run, and the slow and obvious way to say which bytes belong to it.
type Run = (&'static str, fn(&[u8]) -> usize, fn(u8) -> bool);

const RUNS: [Run; 6] = [
    ("no line feed", feedless_run, |byte| byte != b'\n'),
    ("visible", visible_run, |byte| (0x21..=0x7E).contains(&byte)),
    ("path", path_run, |byte| (0x21..=0x7E).contains(&byte) && byte != b'?' && byte != b'#'),
    ("line", line_run, |byte| byte == b'\t' || (byte >= b' ' && byte != 0x7F)),
    ("token", token_run, is_tchar),
    ("host", host_run, is_reg_name),
];

#[test]
fn runs_stop_where_the_slow_way_does() {
    for (name, run, belongs) in RUNS {
        for byte in (0..=u8::MAX).step_by(STRIDE) {
            for len in 0..40 {
                let mut input = [b'a'; 40];
                input[len] = byte;
                let slow = |input: &[u8]| {
                    input.iter().position(|&byte| !belongs(byte)).unwrap_or(input.len())
                };
                assert_eq!(run(&input), slow(&input), "{name} {byte:#04x} at {len}");
                assert_eq!(
                    run(&input[..=len]),
                    slow(&input[..=len]),
                    "{name} {byte:#04x} ends {len}"
                );
            }
        }
    }
}

#[test]
fn neighbours_do_not_change_a_byte() {
    for (name, run, belongs) in RUNS {
        for first in (0..=u8::MAX).step_by(STRIDE) {
            for second in (0..=u8::MAX).step_by(STRIDE) {
                let mut input = [first; 18];
                input[1..17].fill(second);
                let slow = input.iter().position(|&byte| !belongs(byte)).unwrap_or(input.len());
                assert_eq!(run(&input), slow, "{name} {first:#04x} {second:#04x}");
            }
        }
    }
}

#[test]
fn entity_tags_and_paths_have_their_bytes() {
    for byte in 0..=u8::MAX {
        let tag = byte == 0x21 || (0x23..=0x7E).contains(&byte) || byte >= 0x80;
        assert_eq!(is(byte, ENTITY_TAG), tag, "{byte:#04x}");
        let path = (0x21..=0x7E).contains(&byte) && !b"\"#<>?\\".contains(&byte);
        assert_eq!(is(byte, PATH), path, "{byte:#04x}");
    }
}

#[test]
fn lists_may_have_empty_members() {
    let cases: [(&[u8], &[&[u8]]); 5] = [
        (b"", &[]),
        (b" , ,\t", &[]),
        (b"foo,bar", &[b"foo", b"bar"]),
        (b"foo ,bar,", &[b"foo", b"bar"]),
        (b" foo , ,bar,charlie ", &[b"foo", b"bar", b"charlie"]),
    ];
    for (list, expected) in cases {
        assert_eq!(members(list).collect::<Vec<_>>(), expected, "{}", list.escape_ascii());
    }
}

#[test]
fn numbers_are_digits_and_never_wrap() {
    let cases: [(&[u8], Option<u64>); 12] = [
        (b"0", Some(0)),
        (b"007", Some(7)),
        (b"18446744073709551615", Some(u64::MAX)),
        (b"18446744073709551616", Some(u64::MAX)),
        (b"99999999999999999999999999999999999999999", Some(u64::MAX)),
        (b"", None),
        (b"+1", None),
        (b"-1", None),
        (b"1 ", None),
        (b"0x1", None),
        (b"1_0", None),
        ("٥".as_bytes(), None),
    ];
    for (digits, value) in cases {
        assert_eq!(number(digits), value, "{}", digits.escape_ascii());
    }
}

fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_reg_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte)
}
