//! The tables of this directory, read: for the tests of the pure parts, and for those of servers.

use core::fmt::Write as _;

/// A row of [`REQUESTS`].
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Of its line.
    pub(crate) number: usize,
    pub(crate) rule: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) sent: Vec<u8>,
}

impl Row {
    /// All of them.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        rows_of(REQUESTS).map(|(number, line)| {
            let mut columns = line.splitn(3, " :: ");
            let (Some(rule), Some(expected), Some(sent)) =
                (columns.next(), columns.next(), columns.next())
            else {
                panic!("line {number} is not a row: {line}")
            };
            Self { number, rule, expected, sent: expand(sent) }
        })
    }
}

/// Whether the `outcomes` are as the row expects: heads of responses, and how it ended.
#[track_caller]
pub(crate) fn check(row: &str, expected: &str, outcomes: &[String]) {
    let expected: Vec<_> = expected.split(" | ").collect();
    assert_eq!(outcomes.len(), expected.len(), "{row}: {outcomes:#?}");
    for (expected, outcome) in expected.iter().zip(outcomes) {
        let mut parts = split_fields(expected).into_iter();
        let first = parts.next().unwrap_or_default();
        if matches!(first.as_str(), "wait" | "close") {
            assert_eq!(outcome, &first, "{row}");
            continue;
        }
        let (status, close) = first.split_once(' ').unwrap_or((&first, ""));
        assert!(outcome.starts_with(&format!("HTTP/1.1 {status} ")), "{row}: {outcome}");
        let closes = outcome.lines().any(|line| line == "Connection: close");
        assert_eq!(closes, close == "close", "{row}: {outcome}");
        for field in parts {
            match field.strip_prefix('!') {
                Some(absent) => {
                    let prefix = format!("{absent}: ");
                    let found = outcome.lines().find(|line| line.starts_with(&prefix));
                    assert_eq!(found, None, "{row}");
                }
                None => {
                    assert!(outcome.lines().any(|line| line == field), "{row}: {field} {outcome}");
                }
            }
        }
    }
}

/// A status, and fields; a semicolon that is followed by a parameter does not separate.
fn split_fields(expected: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for part in expected.split("; ") {
        match fields.last_mut() {
            Some(last) if !part.starts_with('!') && !part.contains(": ") => {
                let _ = write!(last, "; {part}");
            }
            _ => fields.push(placeholders(part)),
        }
    }
    fields
}

fn placeholders(text: &str) -> String {
    text.replace("{etag}", "\"fixture\"").replace("{modified}", "Sun, 06 Nov 1994 08:49:37 GMT")
}

/// The rows of a table, each with the number of its line.
pub(crate) fn rows_of(table: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = table.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The bytes that a row stands for.
fn expand(text: &str) -> Vec<u8> {
    let text = text
        .replace("{get}", "GET /file.txt HTTP/1.1\\r\\nHost: a\\r\\n")
        .replace("{head}", "HEAD /file.txt HTTP/1.1\\r\\nHost: a\\r\\n")
        .replace("{old}", "GET /file.txt HTTP/1.0\\r\\n");
    unescape(&repeat(&placeholders(&text)))
}

/// `{3*ab}` is `ababab`, from the inside out.
fn repeat(text: &str) -> String {
    let mut text = text.to_owned();
    let is_repetition = |inner: &str| {
        inner.split_once('*').is_some_and(|(count, _)| count.parse::<usize>().is_ok())
    };
    loop {
        let found = text.match_indices('{').rev().find_map(|(start, _)| {
            let len = text[start..].find('}')?;
            is_repetition(&text[start + 1..start + len]).then_some((start, start + len))
        });
        let Some((start, end)) = found else {
            return text;
        };
        let (count, what) = text[start + 1..end].split_once('*').expect("checked above");
        let repeated = what.repeat(count.parse().expect("checked above"));
        text.replace_range(start..=end, &repeated);
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let (&escape, after) = rest.split_first().expect("something is escaped");
        rest = after;
        bytes.push(match escape {
            b'r' => b'\r',
            b'n' => b'\n',
            b't' => b'\t',
            b'0' => 0,
            b'\\' => b'\\',
            b'x' => {
                let (digits, after) = rest.split_at(2);
                rest = after;
                let digits = core::str::from_utf8(digits).expect("digits are ASCII");
                u8::from_str_radix(digits, 16).expect("two digits")
            }
            other => panic!("unknown escape {}", char::from(other)),
        });
    }
    bytes
}

const REQUESTS: &str = include_str!("requests.txt");

/// Ways to ask for what is outside the root.
pub(crate) const TRAVERSAL: &str = include_str!("traversal.txt");
