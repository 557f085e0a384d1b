//! Two servers and one port.

use antiphon_server::{Model, Transport};
use antiphon_tests::{Peer, Program, Sender, eventually};

use crate::{cells, server, starting::fails};

/// Whoever comes second is told so, whatever it listens for and however many workers there are.
#[test]
fn second_server_on_the_same_port() {
    for (model, transport) in cells() {
        let alone = format!("--model {model} --transport {transport}");
        let shared = format!("{alone} --workers 3");
        let mut kinds = vec![alone];
        if model.default_workers().is_some() {
            kinds.push(shared);
        }
        for first in &kinds {
            let program = Program::start(&mut server(&format!("calc 0 {first}")));
            let address = program.address();
            for second in &kinds {
                let arguments = format!("calc {} {second}", address.port());
                fails(1, &arguments, &[&address.to_string(), "already", "another port"]);
            }
            serves(&program, transport);
        }
    }
}

/// A port of TCP is none of UDP.
#[test]
fn one_port_for_two_servers() {
    let one = Program::start(&mut server("calc 0 --transport tcp"));
    let port = one.address().port();
    let other = Program::start(&mut server(&format!("upper {port} --transport udp")));
    serves(&one, Transport::Tcp);
    Sender::to(other.address()).asks("hello", "HELLO");
    fails(1, &format!("calc {port} --transport both"), &["already"]);
}

#[test]
fn both_ask_to_share_the_port() {
    for (model, transport) in cells() {
        for workers in ["", "--workers 2"] {
            if !workers.is_empty() && model != Model::Epoll {
                continue;
            }
            let options = format!("--model {model} --transport {transport} {workers}");
            let one = Program::start(&mut server(&format!("calc 0 -v --reuse-port {options}")));
            let port = one.address().port();
            fails(1, &format!("calc {port} {options}"), &["already"]);
            let same = format!("calc {port} -v --reuse-port {options}");
            let other = Program::start(&mut server(&same));
            // The system spreads clients by their addresses.
            let has_served = |program: &Program| program.count_logs(&["Answer is 8"]) > 0;
            eventually("each has a client", || {
                serves(&one, transport);
                has_served(&one) && has_served(&other)
            });
        }
    }
}

#[track_caller]
fn serves(program: &Program, transport: Transport) {
    if transport != Transport::Udp {
        let mut peer = Peer::connect(program.address());
        peer.asks("3+5", "Answer is 8");
        peer.quits();
    }
    if transport != Transport::Tcp {
        Sender::to(program.address()).asks("3+5", "Answer is 8\r\n");
    }
}
