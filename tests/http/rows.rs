//! The tables of the protocol, against whole servers and real files.

use antiphon_tests::site::CANARY;
use antiphon_tests::{Answer, Browser, Cell, Running, Site};

use crate::table::{Row, TRAVERSAL, check, rows_of};

pub(crate) fn rows_whole(cell: Cell) {
    every_row(cell, false);
}

/// Byte by byte; the few long ones in some dozen pieces.
pub(crate) fn rows_in_pieces(cell: Cell) {
    every_row(cell, true);
}

/// All the rows after which a connection goes on, in one go: no response may be missing, be too
/// much, or be in another's place.
pub(crate) fn rows_pipelined(cell: Cell) {
    let site = Site::of_the_tables();
    let server = site.served(cell, "--list");
    let etag = etag(&server);
    let goes_on = |row: &Row| !row.expected.ends_with("close") && !row.expected.ends_with("wait");
    let rows = Row::all().filter(goes_on).filter(|row| !row.expected.contains(" close;"));
    let rows: Vec<Row> = rows.collect();
    assert!(rows.len() > 100, "{} rows", rows.len());
    let mut browser = Browser::connect(server.address());
    let sent: Vec<u8> = rows.iter().flat_map(|row| with_etag(&row.sent, &etag)).collect();
    let mut twin = browser.peer().twin();
    let sender = std::thread::spawn(move || twin.send(sent));
    for row in &rows {
        let answers = expected_answers(row.expected);
        let heads = (0..answers).map(|index| outcome(&hears(&mut browser, row, index), &etag));
        check(&name(row), row.expected, &heads.collect::<Vec<_>>());
    }
    sender.join().expect("all is sent");
    browser.leaves();
}

/// As they stand in the table, over a raw socket; also where names with dots are served.
pub(crate) fn no_spelling_leads_out(cell: Cell) {
    let site = Site::of_the_tables();
    for options in ["--list", "--list --dotfiles"] {
        let server = site.served(cell, options);
        let mut browser = Browser::connect(server.address());
        let mut rows = 0;
        for (number, line) in rows_of(TRAVERSAL) {
            let mut columns = line.split(' ');
            let (Some(status), Some(target)) = (columns.next(), columns.next()) else {
                panic!("line {number} is not a row: {line}")
            };
            let answer = browser.gets(target);
            assert_eq!(answer.status.to_string(), status, "line {number}: {line}");
            let content = String::from_utf8_lossy(&answer.content);
            assert!(!content.contains(CANARY), "line {number}: {line}");
            assert!(!content.contains("root:"), "line {number}: {line}");
            if answer.closes() {
                browser.hears_the_end();
                browser = Browser::connect(server.address());
            }
            rows += 1;
        }
        assert!(rows >= 380, "{rows} rows");
        browser.leaves();
    }
}

/// Each row on a connection of its own.
#[track_caller]
fn every_row(cell: Cell, in_pieces: bool) {
    let site = Site::of_the_tables();
    let server = site.served(cell, "--list");
    let etag = etag(&server);
    for row in Row::all() {
        let mut browser = Browser::connect(server.address());
        println!("{}", name(&row));
        let sent = with_etag(&row.sent, &etag);
        let length = match sent.len() {
            length if !in_pieces => length.max(1),
            ..500 => 1,
            length => length.div_ceil(40),
        };
        for piece in sent.chunks(length) {
            browser.peer().send_in_vain(piece);
        }
        let mut outcomes = Vec::new();
        let (mut closes, mut is_refused) = (false, false);
        for index in 0..expected_answers(row.expected) {
            let answer = hears(&mut browser, &row, index);
            (closes, is_refused) = (answer.closes(), answer.status >= 400);
            outcomes.push(outcome(&answer, &etag));
        }
        if row.expected.ends_with("| close") {
            browser.hears_the_end();
            outcomes.push("close".into());
        } else if row.expected.ends_with("wait") {
            browser.peer().ends();
            hears_that_it_is_unfinished(browser);
            outcomes.push("wait".into());
        } else if closes && in_pieces && !is_refused {
            // Who goes on after what was to be the last request may hear of it by a reset.
            assert_eq!(browser.is_dropped(), b"");
        } else if closes {
            browser.hears_the_end();
        } else {
            browser.leaves();
        }
        check(&name(&row), row.expected, &outcomes);
    }
}

#[track_caller]
fn hears(browser: &mut Browser, row: &Row, index: usize) -> Answer {
    let is_head = index == 0 && row.sent.starts_with(b"HEAD ");
    if is_head { browser.hears_head() } else { browser.hears_answer() }
}

/// A head that ends too soon is a bad request, content that does is nothing to talk about.
#[track_caller]
fn hears_that_it_is_unfinished(browser: Browser) {
    let words = browser.is_dropped();
    let words = String::from_utf8(words).expect("pages are UTF-8");
    assert!(
        words.is_empty() || words.starts_with("HTTP/1.1 400 ") && words.contains("in the middle"),
        "{words}"
    );
}

/// What the table calls by another name: the moment, and the name of the state of the file.
fn outcome(answer: &Answer, etag: &str) -> String {
    let lines = answer.head.lines().map(|line| match line.strip_prefix("Date: ") {
        Some(date) => {
            assert!(date.len() == 29 && date.ends_with(" GMT"), "{line}");
            "Date: Sun, 06 Nov 1994 09:00:00 GMT".into()
        }
        None => line.replace(etag, "\"fixture\""),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The bytes of a row, with the name that the file's state has here.
fn with_etag(sent: &[u8], etag: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(sent.len()), sent);
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"\"fixture\"") {
            bytes.extend_from_slice(etag.as_bytes());
            rest = after;
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    bytes
}

#[track_caller]
fn etag(server: &Running) -> String {
    let mut browser = Browser::connect(server.address());
    let answer = browser.gets("/file.txt");
    browser.leaves();
    answer.field("ETag").expect("a file has a tag").to_owned()
}

fn expected_answers(expected: &str) -> usize {
    expected.split(" | ").filter(|part| !matches!(*part, "wait" | "close")).count()
}

fn name(row: &Row) -> String {
    format!("line {}, {}", row.number, row.rule)
}
