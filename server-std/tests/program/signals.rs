//! Signals: the first one lets the server finish, the second one does not.

use std::process::Command;

use antiphon_tests::{Peer, Program, Pump, eventually};
use rustix::process::Signal;

use crate::{PROGRAM, concurrent_models, models, server};

#[test]
fn signals_end_an_idle_server() {
    for model in models() {
        for signal in [Signal::INT, Signal::TERM] {
            let mut program = Program::start(&mut calc(&model, ""));
            let mut peer = program.connect();
            peer.asks("3+5", "Answer is 8");
            program.signal(signal);
            peer.hears_the_end();
            assert_eq!(program.ends(), (Some(0), String::new()));
            program.logs(&["halted"]);
        }
    }
}

/// What has arrived is answered; what has not is told.
#[test]
fn signals_drain() {
    let (requests, replies) = sums();
    for model in models() {
        for signal in [Signal::INT, Signal::TERM] {
            let mut program = Program::start(&mut calc(&model, ""));
            // All that prethreaded has workers for.
            let clients = if model == "iterative" { 1 } else { 8 };
            let mut peers: Vec<Peer> = (0..clients).map(|_| program.connect()).collect();
            for peer in &mut peers {
                peer.asks("3+5", "Answer is 8");
            }
            for peer in &mut peers {
                peer.send(&requests);
                peer.send("4+");
            }
            peers.iter().for_each(Peer::has_delivered);
            program.signal(signal);
            for peer in &mut peers {
                peer.hears(&replies);
                peer.hears_error();
                peer.hears_the_end();
            }
            assert_eq!(program.ends().0, Some(0));
        }
    }
}

/// For somebody who will not wait until the last reply is read, or given up.
#[test]
fn second_signal_ends_at_once() {
    for model in models() {
        let mut program = Program::start(&mut calc(&model, "--request-timeout 3600"));
        let mut pump = Pump::new(Peer::connect_with_little_room(program.address()));
        pump.fill_for_good();
        program.signal(Signal::TERM);
        // The first one is being obeyed when the address is free.
        if model != "iterative" {
            let refused = || Peer::try_connect(program.address()).is_err();
            eventually("nobody is let in", refused);
        }
        program.signal(Signal::INT);
        assert_eq!(program.ends().0, Some(1));
    }
}

/// After `exit()`, too, a signal is the first one if none came before it.
#[test]
fn first_signal_after_exit_cuts_nothing_off() {
    let (requests, replies) = sums();
    for model in concurrent_models() {
        let mut program = Program::start(&mut calc(&model, ""));
        let mut slow = Peer::connect_with_little_room(program.address());
        slow.send(&requests);
        slow.has_delivered();
        let mut peer = program.connect();
        peer.send("exit()\n");
        peer.hears("exit()");
        program.logs(&["halting"]);
        program.signal(Signal::TERM);
        slow.hears(&replies);
        slow.hears_the_end();
        assert_eq!(program.ends().0, Some(0));
    }
}

#[test]
fn exit_ends_the_program() {
    for model in models() {
        let mut program = Program::start(&mut calc(&model, ""));
        let mut peer = program.connect();
        peer.send("3+5\nexit()\n");
        peer.hears("Answer is 8\r\nexit()");
        peer.hears_the_end();
        drop(peer);
        assert_eq!(program.ends(), (Some(0), String::new()));
    }
}

/// The terminal has gone away.
#[test]
fn hangup_ends_the_server() {
    let mut program = Program::start(&mut calc("poll", ""));
    program.serves();
    program.signal(Signal::HUP);
    assert_eq!(program.ends(), (Some(0), String::new()));
    program.logs(&["halted"]);
}

/// Whoever starts a program with a signal ignored means it to be so: nohup(1) with SIGHUP, a shell
/// that puts it into the background with SIGINT.
#[test]
fn ignored_signals_stay_ignored() {
    let ways = [
        (Signal::HUP, r#"exec nohup "$0" calc 127.0.0.1 0"#),
        (Signal::INT, r#"trap "" INT; exec "$0" calc 127.0.0.1 0"#),
    ];
    for (signal, script) in ways {
        let mut program = Program::start(Command::new("sh").args(["-c", script, PROGRAM]));
        program.signal(signal);
        program.serves();
        program.signal(Signal::TERM);
        assert_eq!(program.ends(), (Some(0), String::new()));
        assert_eq!(program.count_logs(&["halting"]), 1);
    }
}

/// Requests, and the replies to them, that take more room than a slow peer has.
fn sums() -> (String, String) {
    let requests = (0..2000).map(|number| format!("{number}+1000\n")).collect();
    let replies = (1000..3000).map(|number| format!("Answer is {number}\r\n")).collect();
    (requests, replies)
}

/// A calculator that heeds all signals, even if this test was started with some of them ignored.
fn calc(model: &str, options: &str) -> Command {
    let mut command = Command::new("env");
    let calc = server(&format!("calc 127.0.0.1 0 --model {model} {options}"));
    command.args(["--default-signal=HUP,INT,TERM"]).arg(PROGRAM).args(calc.get_args());
    command
}
