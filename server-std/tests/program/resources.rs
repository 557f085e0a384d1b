//! What the program costs the system, and what it does when the system has no more to give.

use std::process::Command;
use std::time::Duration;

use antiphon_tests::kernel::{Process, Sockets};
use antiphon_tests::{Peer, Program, Pump, Speech, eventually};

use crate::{PROGRAM, calc, concurrent_models, models, server};

/// More clients than descriptors: those who have a place are served, the others wait for one.
#[test]
fn few_descriptors_and_many_clients() {
    for model in models() {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            r#"ulimit -n 32; exec "$0" calc 127.0.0.1 0 --max-connections 500 --model "$1""#,
        ]);
        let program = Program::start(command.args([PROGRAM, &model]));
        let mut peers: Vec<Peer> = (0..60).map(|_| program.connect()).collect();
        for peer in &mut peers {
            peer.send("3+5\n");
        }
        peers[0].hears("Answer is 8\r\n");
        program.logs(&["16 connections at most, not 500", "ulimit -n"]);
        assert_rests(program.process(), peers.last_mut().expect("there are many"));
        peers[0].asks("4+5", "Answer is 9");
        for mut peer in peers.drain(..1) {
            peer.quits();
        }
        for mut peer in peers {
            peer.hears("Answer is 8\r\n");
            peer.quits();
        }
        program.serves();
        assert_eq!(program.count_logs(&["WARN"]) + program.count_logs(&["ERROR"]), 0);
    }
}

/// accept(2) fails with EMFILE: a few lines a second at most, no spin, and service resumes.
#[test]
fn no_descriptor_for_the_next_client() {
    for model in models() {
        let program = Program::start(&mut calc(&model, ""));
        program.serves();
        program.logs(&["closed"]);
        let descriptors = program.process().descriptors();
        program.limit_descriptors(program.process().next_descriptor());
        let mut next = program.connect();
        next.send("4+5\n");
        program.logs(&["cannot accept for now", "ulimit -n"]);
        assert_rests(program.process(), &mut next);
        // Of all workers together, in the second or two that have passed.
        assert!(program.count_logs(&["cannot accept"]) <= 10, "the log is flooded");
        program.limit_descriptors(64);
        next.hears("Answer is 9\r\n");
        next.quits();
        drop(next);
        program.serves();
        eventually("descriptors are back", || program.process().descriptors() == descriptors);
    }
}

/// Those who are being served meanwhile do not notice, and when one leaves the next is let in.
#[test]
fn no_descriptor_is_nothing_to_those_who_have_one() {
    for model in concurrent_models() {
        let program = Program::start(&mut calc(&model, ""));
        let mut guests = [program.connect(), program.connect()];
        for guest in &mut guests {
            guest.asks("3+5", "Answer is 8");
        }
        program.limit_descriptors(program.process().next_descriptor());
        let mut next = program.connect();
        program.logs(&["cannot accept for now"]);
        for guest in &mut guests {
            (0..100).for_each(|_| guest.asks("3+5", "Answer is 8"));
        }
        next.has_heard_nothing();
        drop(guests);
        next.asks("4+5", "Answer is 9");
    }
}

#[test]
fn replies_that_nobody_reads_cost_no_memory() {
    for (model, speech) in concurrent_models().flat_map(|m| SPEECHES.map(|s| (m.clone(), s))) {
        let mut command = server(&speech.words()[..1].join(" "));
        command.args(["0", "--model", &model, "--request-timeout", "3600"]);
        let program = Program::start(command.args(&speech.words()[1..]));
        let mut pump = Pump::of(speech, Peer::connect_with_little_room(program.address()));
        let mut other = program.connect();
        // What every server needs for two clients is there from now on.
        thousand_requests(speech, &mut other);
        let before = program.process().memory();
        pump.fill();
        loop {
            thousand_requests(speech, &mut other);
            if pump.fill() == 0 {
                break;
            }
        }
        let grown = program.process().memory().saturating_sub(before);
        assert!(grown < 1024 * 1024, "{grown} bytes more");
    }
}

/// Difference of two states of one process, both with connections that have been used: what every
/// process has, and what allocators keep in reserve, drops out.
#[test]
fn idle_connections_are_cheap() {
    let program = Program::start(&mut calc("select", ""));
    let mut peers = served(&program, 50);
    let (memory, threads) = (program.process().memory(), program.process().threads());
    peers.extend(served(&program, 500));
    let each = program.process().memory().saturating_sub(memory) / 500;
    assert!(each <= 4096, "{each} bytes for each connection");
    assert_eq!(program.process().threads(), threads);
}

/// As above, but each has sent half a request.
#[test]
fn half_requests_are_cheap() {
    let program = Program::start(&mut calc("select", ""));
    let mut peers = served(&program, 50);
    let memory = program.process().memory();
    peers.extend(served(&program, 500));
    for peer in &mut peers {
        peer.send("1".repeat(1000));
    }
    let all_read = || Sockets::look().unread_at(program.address()) == 0;
    eventually("all halves are read", all_read);
    let each = program.process().memory().saturating_sub(memory) / 500;
    assert!(each <= 4096, "{each} bytes for each connection");
}

#[test]
fn nothing_is_left_of_clients_who_have_gone() {
    for model in models() {
        let program = Program::start(&mut calc(&model, "-q"));
        let process = program.process();
        come_and_go(&program, 100);
        program.serves();
        let (descriptors, threads) = (process.descriptors(), process.threads());
        let memory = process.memory();
        come_and_go(&program, 10_000);
        program.serves();
        eventually("descriptors are back", || process.descriptors() <= descriptors);
        eventually("threads are back", || process.threads() <= threads);
        let grown = process.memory().saturating_sub(memory);
        assert!(grown < 512 * 1024, "{grown} bytes more");
    }
}

/// They leave in every way.
#[track_caller]
fn come_and_go(program: &Program, count: usize) {
    for number in 0..count {
        let mut peer = program.connect();
        match number % 5 {
            0 => peer.quits(),
            1 => drop(peer),
            2 => peer.resets(),
            3 => {
                peer.send("3+");
                peer.resets();
            }
            _ => {
                peer.asks("3+5", "Answer is 8");
                peer.ends();
                peer.hears_the_end();
            }
        }
    }
}

#[track_caller]
fn served(program: &Program, count: usize) -> Vec<Peer> {
    let connect = |_| {
        let mut peer = program.connect();
        peer.asks("3+5", "Answer is 8");
        peer
    };
    (0..count).map(connect).collect()
}

#[track_caller]
fn thousand_requests(speech: Speech, peer: &mut Peer) {
    for number in 0..1000 {
        let request = format!("{number}+1\n");
        peer.send(&request);
        peer.hears(speech.replies(&request));
    }
}

/// While `waiting` waits, the process uses hardly any time of the processor.
#[track_caller]
fn assert_rests(process: Process, waiting: &mut Peer) {
    let before = process.cpu_time();
    assert!(!waiting.hears_something_within(Duration::from_millis(500)), "it does not wait");
    let used = process.cpu_time() - before;
    assert!(used < Duration::from_millis(100), "{used:?} of half a second");
}

/// One that answers lines, and one that answers bytes.
const SPEECHES: [Speech; 2] = [Speech::Calc, Speech::Echo];
