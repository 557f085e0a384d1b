//! What the services do that answer bytes as they come.

use std::thread;

use antiphon_tests::{Cell, Peer};

/// Nothing waits for a line end.
pub(crate) fn every_byte_comes_back_at_once(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    for byte in ["a", "\r", "B", "c", "\n", "d"] {
        server.answers(&mut peer, byte);
    }
    server.lets_go(&mut peer);
}

pub(crate) fn binary_comes_back(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let backwards: Vec<u8> = (0..=u8::MAX).rev().collect();
    for bytes in [&all[..], &backwards, b"\0", b"\xff\xfe", b"\x1b[2J", &all.repeat(40)] {
        peer.send(bytes);
        peer.hears(cell.speech.replies(bytes));
    }
    server.lets_go(&mut peer);
}

/// What is no ASCII letter is nobody's business.
pub(crate) fn utf8_survives(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    for text in ["äöüß ÄÖÜ", "καλημέρα", "日本語 text", "\u{1f980} crab", "ﬁ ı ſ"]
    {
        // Byte by byte, so that no character arrives whole.
        for byte in text.as_bytes().chunks(1) {
            peer.send(byte);
        }
        let upper: String = text.chars().map(|c| c.to_ascii_uppercase()).collect();
        let is_upper = cell.speech.replies("a") == b"A";
        peer.hears(if is_upper { &upper } else { text });
    }
    server.lets_go(&mut peer);
}

/// Both ways at once, through windows that are much smaller, to one who reads slowly.
pub(crate) fn a_mebibyte_both_ways(cell: Cell) {
    let server = cell.start("");
    let mut peer = Peer::connect_with_little_room(server.address());
    let bytes: Vec<u8> = (0..1024 * 1024_u32).map(|number| ((number * 31) >> 3) as u8).collect();
    let mut sender = peer.twin();
    thread::scope(|scope| {
        scope.spawn(|| {
            sender.send(&bytes);
            sender.ends();
        });
        for some in cell.speech.replies(&bytes).chunks(1000) {
            peer.hears(some);
        }
    });
    peer.hears_the_end();
}

/// Neither control words, nor browsers, nor long lines mean anything in a stream of bytes.
pub(crate) fn nothing_is_interpreted(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    let long = "x".repeat(100_000) + "\n";
    for words in ["quit()", "\n", "quit()\r\n", "exit()\n", "GET / HTTP/1.1\r\n\r\n", &long] {
        server.answers(&mut peer, words);
    }
    server.lets_go(&mut peer);
    server.serves();
}
