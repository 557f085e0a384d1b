//! Lines, however they arrive.

use std::fmt::Write as _;
use std::thread;

use antiphon_protocol::{LINE_LIMIT, Refusal};
use antiphon_tests::{Cell, error_line};

pub(crate) fn two_lines_in_one_segment(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    peer.send("3+5\r\n4+5\n");
    peer.hears("Answer is 8\r\nAnswer is 9\r\n");
    peer.quits();
}

pub(crate) fn one_line_in_ten_segments(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    for segment in ["1", "2", "3", "4", "+", "1", "1", "1", "1", "\n"] {
        peer.has_heard_nothing();
        peer.send(segment);
        peer.is_read();
    }
    peer.hears("Answer is 2345\r\n");
    peer.quits();
}

pub(crate) fn line_cut_at_every_byte(cell: Cell) {
    let conversation = "3+5\r\n40+50\nquit()\r\n";
    let server = cell.start("");
    for cut in 1..conversation.len() {
        let mut peer = server.connect();
        let (front, back) = conversation.split_at(cut);
        peer.send(front);
        peer.is_read();
        peer.send_in_vain(back);
        peer.hears("Answer is 8\r\nAnswer is 90\r\nquit()");
        peer.hears_the_end();
    }
}

/// The client sends as fast as it can and reads a little at a time.
pub(crate) fn pipelined_burst(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    let mut requests = String::new();
    let mut replies = String::new();
    for number in 0..10_000 {
        writeln!(requests, "{number}+{number}").expect("strings grow");
        write!(replies, "Answer is {}\r\n", number + number).expect("strings grow");
    }
    let mut sender = peer.twin();
    thread::scope(|scope| {
        scope.spawn(move || sender.send(requests));
        for some in replies.as_bytes().chunks(100) {
            peer.hears(some);
        }
    });
    peer.quits();
}

/// It is answered as if its line end had come.
pub(crate) fn end_of_input_with_an_unfinished_line(cell: Cell) {
    let server = cell.start("");
    for (sent, heard) in [
        ("3+5", "Answer is 8\r\n"),
        ("3+5\r", "Answer is 8\r\n"),
        ("3+5\n4+5", "Answer is 8\r\nAnswer is 9\r\n"),
        ("quit()", "quit()"),
        ("3+5\n", "Answer is 8\r\n"),
        ("", ""),
    ] {
        let mut peer = server.connect();
        peer.send(sent);
        peer.ends();
        peer.hears(heard);
        peer.hears_the_end();
    }
}

/// As above, but the server has read all of it before the end comes.
pub(crate) fn half_close(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    peer.asks("3+5", "Answer is 8");
    peer.send("4+5\n5+");
    peer.hears("Answer is 9\r\n");
    peer.is_read();
    peer.send("5");
    peer.is_read();
    peer.has_heard_nothing();
    peer.ends();
    peer.hears("Answer is 10\r\n");
    peer.hears_the_end();
}

/// The limit counts the bytes before the LF.
pub(crate) fn line_at_the_limit(cell: Cell) {
    let too_long = error_line(Refusal::LineTooLong);
    let server = cell.start("");
    let mut peer = server.connect();
    // What the calculator makes of it is its own affair.
    for line in ["?".repeat(LINE_LIMIT), "?".repeat(LINE_LIMIT - 1) + "\r"] {
        peer.send(line + "\n");
        let error = peer.hears_error();
        assert_ne!(error, too_long.trim_end());
    }
    peer.quits();
}

pub(crate) fn line_too_long(cell: Cell) {
    let too_long = error_line(Refusal::LineTooLong);
    let server = cell.start("");
    let mut peer = server.connect();
    for length in [LINE_LIMIT + 1, LINE_LIMIT + 2, 2 * LINE_LIMIT, 2 * LINE_LIMIT + 1, 100_000] {
        peer.send("1".repeat(length) + "\n");
        peer.hears(&too_long);
        peer.asks("3+5", "Answer is 8");
    }
    // The verdict does not wait for the end of the line.
    peer.send("1".repeat(LINE_LIMIT + 1));
    peer.hears(&too_long);
    peer.send("1\n4+5\n");
    peer.hears("Answer is 9\r\n");
    peer.quits();
}

pub(crate) fn binary_rubbish(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    let all_but_lf: Vec<u8> = (0..=u8::MAX).filter(|byte| *byte != b'\n').collect();
    for rubbish in [&all_but_lf[..], b"\0", b"\xff\xfe", b"\r", b"3\0+5", b"\x1b[2J"] {
        peer.send(rubbish);
        peer.send("\n");
        peer.hears_error();
        peer.asks("3+5", "Answer is 8");
    }
    peer.quits();
}

/// The first thing a browser says is the last that is looked at.
pub(crate) fn web_request(cell: Cell) {
    let server = cell.start("");
    let refusal = error_line(Refusal::WebRequest);
    let post = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\nexit()\r\n";
    let long = format!("GET /{} HTTP/1.1\r\n\r\nexit()\r\n", "a".repeat(3 * LINE_LIMIT));
    for (request, refusal) in [
        ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", &refusal),
        (post, &refusal),
        (&long, &error_line(Refusal::LineTooLong)),
    ] {
        let mut peer = server.connect();
        peer.send(request);
        peer.hears(refusal);
        peer.hears_the_end();
    }
    server.serves();
}

/// The reply is the bare word, for clients compare with it; what stands behind it is nobody's.
pub(crate) fn quit_ends_at_once(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    peer.send("3+5\nquit()\n4+5\nexit()\n");
    peer.hears("Answer is 8\r\nquit()");
    peer.hears_the_end();
    drop(peer);
    server.serves();
}

pub(crate) fn requests_per_connection(cell: Cell) {
    let server = cell.start("--requests-per-connection 2");
    for _ in 0..3 {
        let mut peer = server.connect();
        peer.asks("3+5", "Answer is 8");
        peer.send("4+5\n5+5\n");
        peer.hears("Answer is 9\r\n");
        peer.hears_the_end();
    }
}
