//! What every service does over a connection on which one talks.

use std::fmt::Write as _;
use std::thread;

use antiphon_tests::Cell;

/// The client sends as fast as it can and reads a little at a time.
pub(crate) fn pipelined_burst(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    let mut requests = String::new();
    for number in 0..10_000 {
        writeln!(requests, "{number}+{number}").expect("strings grow");
    }
    let replies = cell.speech.replies(&requests);
    let mut sender = peer.twin();
    thread::scope(|scope| {
        scope.spawn(move || sender.send(requests));
        for some in replies.chunks(100) {
            peer.hears(some);
        }
    });
    server.lets_go(&mut peer);
}

/// Who has no more to say still hears all there is to be heard, and then the end.
pub(crate) fn half_close(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.served();
    let requests = "40+50\n".repeat(5000);
    let mut sender = peer.twin();
    thread::scope(|scope| {
        scope.spawn(|| {
            sender.send(&requests);
            sender.ends();
        });
        peer.hears(cell.speech.replies(&requests));
    });
    peer.hears_the_end();
}

pub(crate) fn requests_per_connection(cell: Cell) {
    let server = cell.start("--requests-per-connection 2");
    for _ in 0..3 {
        let mut peer = server.served();
        peer.send("4+5\n5+5\n");
        peer.hears(cell.speech.replies("4+5\n"));
        peer.hears_the_end();
    }
}

/// With message framing, what is read at once is one request, line end or not.
pub(crate) fn messages_per_connection(cell: Cell) {
    let server = cell.start("--framing message --requests-per-connection 2");
    for _ in 0..3 {
        let mut peer = server.connect();
        peer.send("3+5");
        peer.hears(cell.speech.replies("3+5"));
        peer.send("4+5");
        peer.hears(cell.speech.replies("4+5"));
        peer.hears_the_end();
    }
}
