//! A greeting, and goodbye: a client may say what it likes meanwhile, and never sees a reset.

use antiphon_tests::{Cell, GREETING, Peer, Running};

/// As the others do it: connect, read, close.
pub(crate) fn greets_and_ends(cell: Cell) {
    let server = cell.start("");
    for _ in 0..5 {
        is_greeted(server.connect());
    }
}

pub(crate) fn says_hi_first(cell: Cell) {
    let server = cell.start("");
    for _ in 0..5 {
        let mut peer = server.connect();
        peer.send("Hi");
        peer.has_delivered();
        is_greeted(peer);
    }
}

/// It may go on talking to a server that has said all.
pub(crate) fn says_hi_afterwards(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    hears_greeting(&mut peer);
    for _ in 0..2 {
        peer.send("Hi\r\n");
        peer.is_read();
        peer.hears_the_end();
    }
    peer.sees_no_reset();
}

pub(crate) fn says_much(cell: Cell) {
    let server = cell.start("");
    for _ in 0..3 {
        let mut peer = server.connect();
        peer.send("Hi, quit(), exit()\r\n".repeat(20_000));
        peer.has_delivered();
        is_greeted(peer);
    }
}

pub(crate) fn message_of_ones_own(cell: Cell) {
    let server = cell.start_with("127.0.0.1", &["--message", "Grüß Gott  !"]);
    let mut peer = server.connect();
    peer.hears("Grüß Gott  !\r\n");
    peer.hears_the_end();
}

/// There is one request in the conversation anyway, and it needs no framing.
pub(crate) fn greets_whatever_a_request_is(cell: Cell) {
    for options in
        ["--requests-per-connection 1", "--requests-per-connection 5", "--framing message"]
    {
        let server = cell.start(options);
        let mut peer = server.connect();
        peer.send("Hi");
        is_greeted(peer);
    }
}

pub(crate) fn comes_and_goes_in_every_way(cell: Cell) {
    let server = cell.start("");
    for _ in 0..5 {
        drop(server.connect());
        server.connect().resets();
        let mut peer = server.connect();
        peer.ends();
        is_greeted(peer);
        let mut peer = server.connect();
        hears_greeting(&mut peer);
        peer.resets();
        let mut peer = server.connect();
        peer.send("Hi");
        peer.resets();
    }
    is_greeted(server.connect());
}

/// One who does not close is waited for, though not for ever, and not by a server that halts.
pub(crate) fn halts_while_somebody_lingers(cell: Cell) {
    let server = cell.start("");
    let mut peer = server.connect();
    hears_greeting(&mut peer);
    server.halt();
    server.ends();
}

pub(crate) fn all_are_greeted_at_once(cell: Cell) {
    let server = cell.start("");
    let mut peers: Vec<Peer> = connect(&server, 8);
    peers.iter_mut().for_each(hears_greeting);
    // None has closed, and none is in the way of the next.
    let mut more: Vec<Peer> = connect(&server, 8);
    more.iter_mut().for_each(hears_greeting);
}

fn connect(server: &Running, count: usize) -> Vec<Peer> {
    (0..count).map(|_| server.connect()).collect()
}

#[track_caller]
fn hears_greeting(peer: &mut Peer) {
    peer.hears(format!("{GREETING}\r\n"));
    peer.hears_the_end();
}

#[track_caller]
fn is_greeted(mut peer: Peer) {
    hears_greeting(&mut peer);
    peer.sees_no_reset();
}
