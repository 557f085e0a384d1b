//! TCP and UDP on the same port, by the same loop.

use antiphon_tests::{Cell, Peer, Pump};

pub(crate) fn one_port_for_both(cell: Cell) {
    let server = cell.start("");
    let (mut peer, sender) = (server.served(), server.sender());
    for number in 0..100 {
        let request = format!("{number}+1\n");
        sender.asks(&request, cell.speech.replies(&request));
        server.answers(&mut peer, &request);
    }
    server.lets_go(&mut peer);
    sender.asks("3+5", cell.speech.replies("3+5"));
}

/// Places are for connections.
pub(crate) fn full_server_still_answers_datagrams(cell: Cell) {
    let server = cell.start("--max-connections 1");
    let (mut first, mut second) = (server.served(), server.connect());
    second.send("4+5\n");
    second.has_delivered();
    for _ in 0..10 {
        server.serves_datagrams();
    }
    second.has_heard_nothing();
    server.lets_go(&mut first);
    drop(first);
    second.hears(cell.speech.replies("4+5\n"));
}

pub(crate) fn client_that_never_reads_delays_no_datagram(cell: Cell) {
    let server = cell.start("");
    let mut pump = Pump::of(cell.speech, Peer::connect_with_little_room(server.address()));
    pump.fill_for_good();
    (0..100).for_each(|_| server.serves_datagrams());
    pump.hears_all();
}

/// Whoever says it, and wherever: the others get their answers.
pub(crate) fn exit_halts_both(cell: Cell) {
    let server = cell.start("");
    let (mut peer, sender) = (server.served(), server.sender());
    peer.send("4+5\n");
    peer.has_delivered();
    sender.asks("exit()", "exit()");
    peer.hears(cell.speech.replies("4+5\n"));
    peer.hears_the_end();
    server.ends();

    let server = cell.start("");
    let (mut peer, sender) = (server.served(), server.sender());
    sender.asks("3+5", cell.speech.replies("3+5"));
    peer.send("exit()\n");
    peer.hears("exit()");
    peer.hears_the_end();
    server.ends();
}

pub(crate) fn greets_on_both(cell: Cell) {
    let server = cell.start("");
    for _ in 0..5 {
        server.serves_datagrams();
        let mut peer = server.connect();
        peer.send("Hi");
        peer.hears(cell.speech.replies("Hi"));
        peer.hears_the_end();
    }
}
