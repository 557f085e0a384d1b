//! The end of a server.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use antiphon_protocol::Refusal;
use antiphon_tests::{Cell, Peer, Pump, error_line, eventually};

/// `run()` returns, whether or not somebody is there.
pub(crate) fn halt_ends_the_server(cell: Cell) {
    let server = cell.start("");
    server.halt();
    server.ends();

    let server = cell.start("");
    let mut peer = server.served();
    server.halt();
    peer.hears_the_end();
    server.ends();
}

pub(crate) fn exit_answers_what_came_before(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    peer.send("3+5\n4+5\nexit()\n5+5\n");
    peer.hears(cell.speech.replies("3+5\n4+5\n"));
    peer.hears("exit()");
    peer.hears_the_end();
    server.ends();
}

pub(crate) fn half_a_request_is_told_of_the_halt(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.served();
    peer.send("4+");
    peer.is_read();
    server.halt();
    peer.hears(error_line(Refusal::Halting));
    peer.hears_the_end();
    server.ends();
}

pub(crate) fn halt_answers_what_was_received(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.served();
    peer.send(requests());
    peer.has_delivered();
    server.halt();
    peer.hears(cell.speech.replies(requests()));
    peer.hears_the_end();
    server.ends();
}

/// The server has read only a part of it when it halts, for the replies find no room.
pub(crate) fn halt_answers_what_is_not_read_yet(cell: Cell) {
    let server = cell.start("--send-buffer 4096");
    let mut peer = Peer::connect_with_little_room(server.address());
    peer.send(requests());
    peer.has_delivered();
    assert!(peer.unread() > 0, "the replies found room");
    server.halt();
    peer.hears(cell.speech.replies(requests()));
    peer.hears_the_end();
    drop(peer);
    server.ends();
}

/// The last replies are on their way when more comes, too late to be answered. A reset would
/// destroy them.
pub(crate) fn what_comes_too_late_destroys_no_reply(cell: Cell) {
    for _ in 0..20 {
        let server = cell.start("");
        let mut peer = Peer::connect_with_little_room(server.address());
        peer.send(requests());
        peer.is_read();
        let begin = Instant::now();
        server.halt();
        peer.is_ended();
        peer.send_in_vain("3+5\n");
        if peer.is_dropped() == cell.speech.replies(requests()) {
            return;
        }
        // A server waits about a second for the peer's end. If this machine was too busy for the
        // peer to be in time, nothing is shown.
        assert!(begin.elapsed() >= Duration::from_millis(900), "replies are lost");
    }
    panic!("this machine is too busy for a peer to be in time");
}

/// All who are there have sent more than a server reads at once when one of them says `exit()`.
pub(crate) fn exit_answers_what_others_have_sent(cell: Cell) {
    let server = cell.start("");
    let mut one = server.served();
    // All at once, with the eight workers of prethreaded.
    let mut others: Vec<Peer> = (0..7).map(|_| server.served()).collect();
    for other in &mut others {
        other.send(requests());
    }
    for other in &others {
        other.has_delivered();
    }
    one.send("exit()\n");
    for other in &mut others {
        other.hears(cell.speech.replies(requests()));
        other.hears_the_end();
    }
    one.hears("exit()");
    one.hears_the_end();
    server.ends();
}

/// One who does not read its replies has the time that it always has, and no more.
pub(crate) fn halt_does_not_wait_for_ever(cell: Cell) {
    let server = cell.start("--request-timeout 2");
    let mut pump = Pump::of(cell.speech, Peer::connect_with_little_room(server.address()));
    pump.fill_for_good();
    server.halt();
    server.ends();
}

/// Whoever comes while the others get their last replies is refused at once, not left waiting.
pub(crate) fn halting_server_lets_nobody_in(cell: Cell) {
    let server = cell.start("--request-timeout 3600");
    let mut pump = Pump::of(cell.speech, Peer::connect_with_little_room(server.address()));
    pump.fill_for_good();
    server.halt();
    eventually("nobody can connect", || {
        let outcome = Peer::try_connect(server.address());
        outcome.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
    });
    // It was the only thing that kept the server.
    drop(pump);
    server.ends();
}

/// Those who wait for a place are let go.
pub(crate) fn halt_frees_those_who_wait(cell: Cell) {
    let server = cell.start("--max-connections 1");
    let first = server.served();
    let mut second = server.connect();
    second.send("4+5\n");
    second.has_delivered();
    server.halt();
    server.ends();
    assert_eq!(second.is_dropped(), b"");
    drop(first);
}

/// Some 20 KB.
fn requests() -> String {
    (0..2000).map(|number| format!("{number}+1000\n")).collect()
}
