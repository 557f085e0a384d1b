//! What services that speak lines make of them, however they arrive.

use antiphon_protocol::{LINE_LIMIT, Refusal};
use antiphon_tests::{Cell, Speech, error_line};

pub(crate) fn two_lines_in_one_segment(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    server.answers(&mut peer, "3+5\r\n4+5\n");
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
    peer.hears(cell.speech.replies("1234+1111\n"));
    peer.quits();
}

pub(crate) fn line_cut_at_every_byte(cell: Cell) {
    let conversation = "3+5\r\n40+50\nquit()\r\n";
    let replies = cell.speech.replies("3+5\r\n40+50\n");
    let server = cell.start("");
    for cut in 1..conversation.len() {
        let mut peer = server.connect();
        let (front, back) = conversation.split_at(cut);
        peer.send(front);
        peer.is_read();
        peer.send_in_vain(back);
        peer.hears(&replies);
        peer.hears("quit()");
        peer.hears_the_end();
    }
}

/// It is answered as if its line end had come.
pub(crate) fn end_of_input_with_an_unfinished_line(cell: Cell) {
    let server = cell.start("");
    for sent in ["3+5", "3+5\r", "3+5\n4+5", "3+5\n", ""] {
        let mut peer = server.connect();
        peer.send(sent);
        peer.ends();
        peer.hears(cell.speech.replies(sent));
        peer.hears_the_end();
    }
    let mut peer = server.connect();
    peer.send("quit()");
    peer.ends();
    peer.hears("quit()");
    peer.hears_the_end();
}

/// As above, but the server has read all of it before the end comes.
pub(crate) fn half_a_line_waits_for_the_end(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.served();
    peer.send("4+5\n5+");
    peer.hears(cell.speech.replies("4+5\n"));
    peer.is_read();
    peer.send("5");
    peer.is_read();
    peer.has_heard_nothing();
    peer.ends();
    peer.hears(cell.speech.replies("5+5\n"));
    peer.hears_the_end();
}

/// The limit counts the bytes before the LF.
pub(crate) fn line_at_the_limit(cell: Cell) {
    let too_long = error_line(Refusal::LineTooLong);
    let server = cell.start("");
    let mut peer = server.connect();
    for line in ["?".repeat(LINE_LIMIT), "?".repeat(LINE_LIMIT - 1) + "\r"] {
        peer.send(line + "\n");
        // What the service makes of it is its own affair.
        assert_ne!(peer.hears_line(), too_long.trim_end());
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
        server.answers(&mut peer, "3+5\n");
    }
    // The verdict does not wait for the end of the line.
    peer.send("1".repeat(LINE_LIMIT + 1));
    peer.hears(&too_long);
    peer.send("1\n4+5\n");
    peer.hears(cell.speech.replies("4+5\n"));
    peer.quits();
}

pub(crate) fn binary_rubbish(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    let all_but_lf: Vec<u8> = (0..=u8::MAX).filter(|byte| *byte != b'\n').collect();
    for rubbish in [&all_but_lf[..], b"\0", b"\xff\xfe", b"\r", b"3\0+5", b"\x1b[2J"] {
        peer.send(rubbish);
        peer.send("\n");
        if cell.speech == Speech::Calc {
            peer.hears_error();
        } else {
            peer.hears(cell.speech.replies(rubbish));
        }
        server.answers(&mut peer, "3+5\n");
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
    peer.hears(cell.speech.replies("3+5\n"));
    peer.hears("quit()");
    peer.hears_the_end();
    drop(peer);
    server.serves();
}

/// For clients that send no line end: what comes at once is a request.
pub(crate) fn message_without_line_end(cell: Cell) {
    let server = cell.start("--framing message");
    let mut peer = server.connect();
    for (sent, request) in [("3+5", "3+5\n"), ("4+5\r\n", "4+5\n"), ("5+5\n6+6", "5+5\n6+6\n")] {
        peer.send(sent);
        peer.hears(cell.speech.replies(request));
    }
    peer.send("1".repeat(LINE_LIMIT + 100));
    peer.hears(error_line(Refusal::LineTooLong));
    peer.is_read();
    peer.send("3+5");
    peer.hears(cell.speech.replies("3+5\n"));
    peer.send("quit()");
    peer.hears("quit()");
    peer.hears_the_end();
}

pub(crate) fn exit_without_line_end(cell: Cell) {
    let server = cell.start("--framing message");
    let mut peer = server.connect();
    peer.send("exit()");
    peer.hears("exit()");
    peer.hears_the_end();
    server.ends();
}
