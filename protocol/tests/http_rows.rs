//! The tables in `http_rows/`, against the pure parts of HTTP joined by a loop as short as a
//! session's.
//!
//! Every row runs whole, byte by byte, and with bytes trailing, and must come to the same each
//! time.

mod http_support;
#[path = "http_rows/table.rs"]
mod table;

use antiphon_protocol::http::Target;

use crate::http_support::converse;
use crate::table::{Row, TRAVERSAL, check, rows_of};

#[test]
fn requests() {
    let mut rows = 0;
    for row in Row::all() {
        let Row { number, rule, expected, sent } = &row;
        for (how, outcomes) in [
            ("whole", converse([&sent[..]])),
            ("byte by byte", converse(sent.chunks(1))),
            ("in threes", converse(sent.chunks(3))),
        ] {
            check(&format!("line {number}, {rule}, {how}"), expected, &outcomes);
        }
        if !expected.ends_with("wait") {
            let trailing = [&sent[..], b"\x16trailing"].concat();
            let mut outcomes = converse([&trailing[..]]);
            let count = expected.split(" | ").count();
            outcomes.truncate(count);
            check(&format!("line {number}, {rule}, trailing"), expected, &outcomes);
        }
        rows += 1;
    }
    assert!(rows >= 480, "{rows} rows");
}

#[test]
fn traversal() {
    let mut rows = 0;
    for (number, line) in rows_of(TRAVERSAL) {
        let mut columns = line.split(' ');
        let (status, target, path) = (columns.next(), columns.next(), columns.next());
        let target = target.unwrap_or_else(|| panic!("line {number} is not a row: {line}"));
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        let outcomes = converse([request.as_bytes()]);
        assert_eq!(outcomes[0].split_ascii_whitespace().nth(1), status, "line {number}: {line}");
        let mut memory = [0; 4096];
        let decoded =
            Target::parse(target.as_bytes()).and_then(|target| target.decode(&mut memory));
        let shown = decoded.ok().map(|path| format!("/{}", visible(path.as_bytes())));
        assert_eq!(shown.as_deref(), path, "line {number}: {line}");
        rows += 1;
    }
    assert!(rows >= 380, "{rows} rows");
}

/// A path without spaces, as the table has it.
fn visible(path: &[u8]) -> String {
    path.escape_ascii().to_string().replace(' ', "\\x20")
}
