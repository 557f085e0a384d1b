//! Where a head ends, or why there is none, is decided by its bytes alone, once and for all.

use antiphon_protocol::http::{HeadSearch, MAX_HEAD};

/// The first two bytes say how long the pieces are, in turn; the rest is what comes in.
pub fn check(data: &[u8]) {
    let Some((cuts, input)) = data.split_first_chunk::<2>() else { return };
    let whole = HeadSearch::new().end(input);
    if let Ok(Some(end)) = whole {
        let head = &input[..end];
        assert!(end <= MAX_HEAD && head.ends_with(b"\r\n\r\n"));
        let line = head.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
        let first = naive(&head[line.expect("a request line")..]);
        assert_eq!(first.map(|end| end + line.unwrap_or(0)), Some(end));
    }
    let mut search = HeadSearch::new();
    let mut end = 0;
    for cut in cuts.iter().map(|&cut| usize::from(cut).max(1)).cycle() {
        let verdict = search.end(&input[..end]);
        assert_eq!(verdict, HeadSearch::new().end(&input[..end]), "a search from the start");
        assert_eq!(verdict, search.end(&input[..end]), "again");
        if verdict != Ok(None) {
            assert_eq!(verdict, whole, "a verdict stands");
            return;
        }
        if end == input.len() {
            break;
        }
        end = input.len().min(end + cut);
    }
    assert_eq!(whole, Ok(None));
}

fn naive(head: &[u8]) -> Option<usize> {
    head.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}
