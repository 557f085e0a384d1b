//! Where a line ends, and how a long one does, is what a naive search finds, however it is cut.

use antiphon_protocol::frame::{Line, Skipped, TAIL, next_line, skip_line};
use antiphon_protocol::{LINE_LIMIT, command};

/// The first byte says how long the pieces are; the rest is what comes in.
pub fn check(data: &[u8]) {
    let Some((&cut, input)) = data.split_first() else { return };
    let cut = usize::from(cut).max(1);
    let ends = || (0..input.len()).step_by(cut).chain([input.len()]);
    line(input, ends());
    skip(input, ends());
}

fn line(input: &[u8], mut ends: impl Iterator<Item = usize>) {
    let mut searched = 0;
    let mut verdicts = ends.by_ref().map(|end| next_line(&input[..end], &mut searched));
    let cut = verdicts.find(|line| *line != Line::Partial).unwrap_or(Line::Partial);
    let naive = match input.iter().position(|&byte| byte == b'\n') {
        Some(end) if end <= LINE_LIMIT => {
            Line::Whole { line: without_cr(&input[..end]), consumed: end + 1 }
        }
        _ if input.len() > LINE_LIMIT => Line::TooLong,
        _ => Line::Partial,
    };
    assert_eq!(next_line(input, &mut 0), naive);
    assert_eq!(cut, naive);
}

fn skip(input: &[u8], ends: impl Iterator<Item = usize>) {
    let line = input.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let is_whole = line.len() < input.len();
    let mut start = 0;
    for end in ends {
        match skip_line(&input[start..end]) {
            Skipped::Whole { tail, consumed } => {
                assert_eq!(start + consumed, line.len() + 1);
                let line = without_cr(line);
                assert!(line.ends_with(tail) && tail.len() >= line.len().min(TAIL));
                assert_eq!(command::is_web_request(tail), command::is_web_request(line));
                return;
            }
            Skipped::Partial { consumed } => start += consumed,
        }
    }
    assert!(!is_whole, "the end of the line was not found");
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
