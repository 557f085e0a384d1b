//! More clients than places.

use antiphon_protocol::Refusal;
use antiphon_tests::{Cell, Peer, Running, error_line, eventually};

/// As in the transcript with two places.
pub(crate) fn one_place_is_enough(cell: Cell) {
    let server = cell.start("--max-connections 1");
    let mut first = server.served();
    let mut second = server.connect();
    second.send("4+5\n");
    second.has_delivered();
    server.answers(&mut first, "3+6\n");
    second.has_heard_nothing();
    drop(first);
    second.hears(cell.speech.replies("4+5\n"));
    server.lets_go(&mut second);
}

/// Whoever comes when all places are taken is told so, in good order, and can come again.
pub(crate) fn full_server_refuses(cell: Cell) {
    let busy = error_line(Refusal::Busy);
    let server = cell.start("--max-connections 2 --when-full refuse");
    let mut guests = Vec::new();
    // With several loops, a place may be free where this client is not let in.
    eventually("all places are taken", || {
        let mut guest = server.connect();
        guest.send_in_vain("3+5\n");
        if guest.is_told(cell.speech.replies("3+5\n")) {
            guests.push(guest);
        }
        guests.len() == 2
    });
    for _ in 0..10 {
        let mut silent = server.connect();
        silent.hears(&busy);
        silent.hears_the_end();
        let mut eager = server.connect();
        eager.send_in_vain("4+5\n");
        eager.hears(&busy);
        eager.hears_the_end();
        server.answers(&mut guests[0], "4+5\n");
    }
    drop(guests);
    serves_again(cell, &server);
}

/// More of them at once than a server would want to keep descriptors for.
pub(crate) fn full_server_refuses_a_crowd(cell: Cell) {
    let server = cell.start("--max-connections 1 --when-full refuse");
    let mut guest = server.served();
    let crowd: Vec<Peer> = (0..50).map(|_| server.connect()).collect();
    for mut refused in crowd {
        refused.hears(error_line(Refusal::Busy));
        refused.hears_the_end();
    }
    server.answers(&mut guest, "4+5\n");
    server.lets_go(&mut guest);
    drop(guest);
    serves_again(cell, &server);
}

/// A server that cannot accept a second client while it serves the first does not even listen.
pub(crate) fn the_system_refuses_the_second_client(cell: Cell) {
    let server = cell.start("--when-full refuse");
    for _ in 0..5 {
        let mut first = None;
        eventually("the server listens again", || {
            first = Peer::try_connect(server.address()).ok();
            first.is_some()
        });
        let mut first = first.expect("it is connected");
        server.answers(&mut first, "3+5\n");
        for _ in 0..3 {
            assert!(Peer::try_connect(server.address()).is_err(), "a second client is connected");
        }
        server.answers(&mut first, "4+5\n");
        server.lets_go(&mut first);
    }
    serves_again(cell, &server);
}

/// The place of one who left becomes free soon, not at once.
#[track_caller]
fn serves_again(cell: Cell, server: &Running) {
    eventually("somebody is served again", || {
        let Ok(mut peer) = Peer::try_connect(server.address()) else { return false };
        peer.send_in_vain("3+5\n");
        peer.is_told(cell.speech.replies("3+5\n"))
    });
}
