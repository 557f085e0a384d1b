//! Floods, shortages and signals while many are being served.

use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use antiphon_server::Transport;
use antiphon_tests::{Peer, Program, Sender, eventually};
use rustix::process::Signal;

use crate::{PROGRAM, calc, cells, concurrent_models, datagram_models, models, server};

/// Hundreds are refused, and the log says so in a few lines and a number.
#[test]
fn flood_of_connections() {
    let sharded = "epoll --workers 3".to_owned();
    for model in crate::refusing_models().chain([sharded]) {
        let options = "--max-connections 3 --when-full refuse";
        let begin = Instant::now();
        let program = Program::start(&mut calc(&model, options));
        let mut guests: Vec<Peer> = Vec::new();
        eventually("all places are taken", || {
            let mut guest = program.connect();
            guest.send_in_vain("3+5\n");
            if guest.is_told("Answer is 8\r\n") {
                guests.push(guest);
            }
            guests.len() == 3
        });
        for number in 0..300 {
            let mut refused = program.connect();
            refused.hears("Error: the server is busy; try again later\r\n");
            if number % 50 == 0 {
                guests.iter_mut().for_each(|guest| guest.asks("4+5", "Answer is 9"));
            }
        }
        let seconds = begin.elapsed().as_secs() as usize + 1;
        let lines = program.count_logs(&["refused: all places are taken"]);
        assert!((1..=5 * (seconds + 1)).contains(&lines), "{lines} lines in {seconds} s");
        drop(guests);
        // The next line, a second later, tells how many had none.
        eventually("the rest is counted", || {
            let crowd: Vec<Peer> = (0..10).map(|_| program.connect()).collect();
            crowd.into_iter().for_each(|mut peer| peer.send_in_vain("quit()\n"));
            let line_with = |count: usize| program.count_logs(&[&format!("unlogged={count} ")]);
            program.count_logs(&["unlogged="]) > line_with(0)
        });
    }
}

/// Hardly any descriptors, and several clients at a time who come, ask, and go.
#[test]
fn few_descriptors_under_load() {
    for model in models() {
        let mut command = Command::new("sh");
        command.args(["-c", r#"ulimit -n 24; exec "$0" calc 127.0.0.1 0 --model "$1""#]);
        let program = Program::start(command.args([PROGRAM, &model]));
        program.serves();
        program.logs(&["closed"]);
        let before = program.process().descriptors();
        thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| (0..30).for_each(|_| program.serves()));
            }
        });
        // The log may lag behind.
        eventually("all are logged", || program.count_logs(&["opened"]) == 361);
        assert_eq!(program.count_logs(&["ERROR"]), 0);
        eventually("descriptors are back", || program.process().descriptors() <= before);
    }
}

/// What has arrived is answered, also when many others go on talking. Those others get whole
/// replies or none.
#[test]
fn termination_under_load() {
    let requests: String = (0..5000).map(|number| format!("{number}+1000\n")).collect();
    let replies: String = (1000..6000).map(|number| format!("Answer is {number}\r\n")).collect();
    for model in concurrent_models() {
        let mut program = Program::start(&mut calc(&model, "-q"));
        let (talk, answered) = (AtomicBool::new(true), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                let mut talker = program.connect();
                let (talk, answered) = (&talk, &answered);
                scope.spawn(move || {
                    let mut whole = true;
                    while whole && talk.load(Ordering::Relaxed) {
                        talker.send_in_vain("3+5\n");
                        whole = talker.is_told_or_dropped("Answer is 8\r\n");
                        answered.fetch_add(usize::from(whole), Ordering::Relaxed);
                    }
                });
            }
            // All workers of prethreaded have somebody.
            let mut peers: Vec<Peer> = (0..4).map(|_| program.connect()).collect();
            peers.iter_mut().for_each(|peer| peer.asks("3+5", "Answer is 8"));
            eventually("there is load", || answered.load(Ordering::Relaxed) > 100);
            peers.iter_mut().for_each(|peer| peer.send(&requests));
            peers.iter().for_each(Peer::has_delivered);
            program.signal(Signal::TERM);
            for peer in &mut peers {
                peer.hears(&replies);
                peer.hears_the_end();
            }
            drop(peers);
            talk.store(false, Ordering::Relaxed);
            assert_eq!(program.ends().0, Some(0));
        });
    }
}

/// Datagrams that have arrived are answered, too.
#[test]
fn termination_with_datagrams_waiting() {
    for (model, transport) in cells().filter(|(_, transport)| *transport != Transport::Tcp) {
        let arguments = format!("upper 0 --model {model} --transport {transport}");
        let mut program = Program::start(&mut server(&arguments));
        let senders: Vec<Sender> = (0..10).map(|_| Sender::to(program.address())).collect();
        senders.iter().for_each(|sender| sender.asks("a", "A"));
        (0..5).for_each(|_| senders.iter().for_each(|sender| sender.sends("b")));
        program.signal(Signal::TERM);
        (0..5).for_each(|_| senders.iter().for_each(|sender| sender.hears("B")));
        assert_eq!(program.ends().0, Some(0));
    }
}

/// They cost nothing that stays: neither memory nor descriptors.
#[test]
fn flood_of_datagrams() {
    for model in datagram_models() {
        let arguments = format!("echo 0 -q --transport udp --model {model}");
        let program = Program::start(&mut server(&arguments));
        let flood = || {
            for _ in 0..20 {
                let sender = Sender::to(program.address());
                // More than there is room for; what is too much is lost, as datagrams are.
                (0..100).for_each(|_| sender.sends([b'x'; 2048]));
            }
            let sender = Sender::to(program.address());
            // Its own datagram may be one of those.
            eventually("somebody is answered", || {
                sender.sends("a");
                sender.hears_something()
            });
        };
        flood();
        let (memory, descriptors) = (program.process().memory(), program.process().descriptors());
        (0..3).for_each(|_| flood());
        let grown = program.process().memory().saturating_sub(memory);
        // Each of eight workers has memory for two datagrams of the largest size, and may come to
        // touch it only now.
        assert!(grown < 2 * 1024 * 1024, "{grown} bytes more");
        assert_eq!(program.process().descriptors(), descriptors);
    }
}
