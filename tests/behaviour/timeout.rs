//! Clients that take too long, and those that do not.

use std::time::{Duration, Instant};

use antiphon_protocol::Refusal;
use antiphon_tests::kernel::Sockets;
use antiphon_tests::{Cell, Peer, Pump, error_line, eventually};

/// The one is told, and the next one gets its place.
pub(crate) fn idle_client_is_let_go(cell: Cell) {
    let server = cell.start("--idle-timeout 0.2 --request-timeout 60 --max-connections 1");
    for first_words in ["", "3+5\n"] {
        let begin = Instant::now();
        let mut idle = server.connect();
        idle.send(first_words);
        if !first_words.is_empty() {
            idle.hears(cell.speech.replies(first_words));
        }
        idle.hears(cell.speech.refusal(Refusal::TimedOut));
        idle.hears_the_end();
        assert!(begin.elapsed() >= Duration::from_millis(200), "too soon");
        drop(idle);
        server.serves();
    }
}

/// A byte every now and then does not hold a place.
pub(crate) fn slow_request_is_refused(cell: Cell) {
    let server = cell.start("--idle-timeout 60 --request-timeout 0.3 --max-connections 1");
    // One within a line, one within what is left of a line that was too long.
    for (front, refusal) in [("1", None), (&*"1".repeat(2000), Some(Refusal::LineTooLong))] {
        let begin = Instant::now();
        let mut slow = server.connect();
        slow.send(front);
        if let Some(refusal) = refusal {
            slow.hears(error_line(refusal));
        }
        let pause = Duration::from_millis(20);
        let ended = (0..500).any(|_| {
            slow.send_in_vain("1");
            slow.hears_something_within(pause)
        });
        assert!(ended, "a byte every now and then holds a place");
        assert!(begin.elapsed() >= Duration::from_millis(300), "too soon");
        slow.hears(error_line(Refusal::TimedOut));
        slow.hears_the_end();
        drop(slow);
        server.serves();
    }
}

/// The time is given for each request anew, in however many pieces they come.
pub(crate) fn many_requests_may_take_longer_than_one(cell: Cell) {
    let server = cell.start("--request-timeout 1");
    let mut peer = server.connect();
    peer.send("3+");
    for _ in 0..6 {
        assert!(!peer.hears_something_within(Duration::from_millis(200)), "half of it is answered");
        // The end of one request and the beginning of the next one.
        peer.send("5\n3+");
        peer.hears(cell.speech.replies("3+5\n"));
    }
    peer.send("5\n");
    peer.hears(cell.speech.replies("3+5\n"));
    peer.quits();
}

/// Replies that nobody reads do not hold a place.
pub(crate) fn unread_replies_are_given_up(cell: Cell) {
    let server = cell.start("--idle-timeout 60 --request-timeout 0.3 --max-connections 1");
    let mut pump = Pump::of(cell.speech, Peer::connect_with_little_room(server.address()));
    eventually("the server gives it up", || {
        pump.fill();
        // It must not read to find out.
        Sockets::look().queues(server.address(), pump.address()).is_none()
    });
    server.serves();
}

/// In an iterative server a silent client holds up the next one only for so long.
pub(crate) fn the_next_client_waits_no_longer_than_the_timeout(cell: Cell) {
    let server = cell.start("--idle-timeout 0.2");
    let mut silent = server.served();
    let mut next = server.served();
    silent.hears(cell.speech.refusal(Refusal::TimedOut));
    silent.hears_the_end();
    server.lets_go(&mut next);
}
