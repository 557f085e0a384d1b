//! Clients that fail, vanish or misbehave, and the others, who must not notice.

use antiphon_tests::{Cell, Peer, Pump, Running};

/// In whatever phase a connection is reset, the server serves the next one.
pub(crate) fn reset_in_every_phase(cell: Cell) {
    let server = cell.start("");
    for _ in 0..5 {
        server.connect().resets();
        reset_after(&server, |peer| server.answers(peer, "3+5\n"));
        reset_after(&server, |peer| peer.send("3+"));
        reset_after(&server, |peer| {
            peer.send("3+");
            peer.is_read();
        });
        reset_after(&server, |peer| peer.send("3+5\n"));
        reset_after(&server, |peer| peer.send("3+5\n".repeat(1000)));
        reset_after(&server, |peer| peer.send("1".repeat(5000)));
        reset_after(&server, |peer| peer.send("quit()\n"));
        reset_after(&server, |peer| server.lets_go(peer));
        reset_after(&server, Peer::ends);
        server.serves();
    }
}

#[track_caller]
fn reset_after(server: &Running, deed: impl FnOnce(&mut Peer)) {
    let mut peer = server.connect();
    deed(&mut peer);
    peer.resets();
}

/// It takes its unread replies with it.
pub(crate) fn close_while_replies_are_on_their_way(cell: Cell) {
    let server = cell.start("");
    for _ in 0..3 {
        let mut pump = Pump::of(cell.speech, Peer::connect_with_little_room(server.address()));
        pump.fill();
        drop(pump);
        server.serves();
    }
}

pub(crate) fn half_a_line_then_a_reset(cell: Cell) {
    let server = cell.start("");
    let mut other = server.served();
    let mut one = server.served();
    one.send("4+");
    one.is_read();
    other.send("4+");
    one.resets();
    other.send("5\n");
    other.hears(cell.speech.replies("4+5\n"));
    server.serves();
    server.lets_go(&mut other);
}

/// It stops being read from, and delays nobody; when it reads at last, nothing is missing.
pub(crate) fn client_that_never_reads(cell: Cell) {
    let server = cell.start("");
    let mut pump = Pump::of(cell.speech, Peer::connect_with_little_room(server.address()));
    let mut other = server.connect();
    pump.fill();
    // The server may still be reading; whatever it has made room for is filled again.
    loop {
        for number in 0..1000 {
            server.answers(&mut other, &format!("{number}+1\n"));
        }
        if pump.fill() == 0 {
            break;
        }
    }
    server.lets_go(&mut other);
    pump.hears_all();
}

/// No service here has a meaning for urgent data.
pub(crate) fn urgent_data_closes_the_connection(cell: Cell) {
    let server = cell.start("");
    let mut other = server.served();
    for words in ["", "3+5\n", "3+"] {
        let mut urgent = server.served();
        urgent.send(words);
        urgent.send_urgent(b'!');
        urgent.is_dropped();
        server.answers(&mut other, "4+5\n");
    }
    server.lets_go(&mut other);
}
