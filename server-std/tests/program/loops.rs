//! Several loops, and the end of select's bit maps.

use std::collections::HashMap;
use std::fs;

use antiphon_tests::{Peer, Program, eventually};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{PROGRAM, calc, server};

/// Each loop has its own listening socket, and the system spreads the clients over them.
#[test]
fn loops_share_the_work() {
    let program = Program::start(&mut calc("epoll", "--workers 3 -q"));
    let threads = || fs::read_dir(format!("/proc/{}/task", program.process().0));
    // Besides them there are one for signals and one for the log, which have nothing to do.
    eventually("all loops run", || threads().is_ok_and(|threads| threads.count() == 5));
    let before = wake_ups(&program);
    let mut peers: Vec<Peer> = (0..60).map(|_| program.connect()).collect();
    for _ in 0..5 {
        peers.iter_mut().for_each(|peer| peer.asks("3+5", "Answer is 8"));
    }
    let after = wake_ups(&program);
    let woken = after
        .iter()
        .filter(|(thread, count)| **count > before.get(*thread).copied().unwrap_or_default() + 3);
    assert_eq!(woken.count(), 3, "of {before:?} to {after:?}");
}

/// How often each thread has gone to sleep and come back.
fn wake_ups(program: &Program) -> HashMap<String, usize> {
    let threads = fs::read_dir(format!("/proc/{}/task", program.process().0));
    let status = |thread: fs::DirEntry| {
        let status = fs::read_to_string(thread.path().join("status")).expect("it runs");
        let key = "\nvoluntary_ctxt_switches:";
        let (_, rest) = status.split_once(key).expect("proc(5) tells this key");
        let count = rest.split_whitespace().next().and_then(|count| count.parse().ok());
        (thread.file_name().to_string_lossy().into_owned(), count.expect("a number"))
    };
    threads.expect("the process is there").map_while(Result::ok).map(status).collect()
}

/// The limit is for all loops together, and each has its share of it, also where there is a
/// remainder or less than one for each.
#[test]
fn loops_share_the_places() {
    for (workers, places) in [(3, 6), (4, 10), (3, 2)] {
        let options = format!("--workers {workers} --max-connections {places} --when-full refuse");
        let program = Program::start(&mut calc("epoll", &options));
        let mut served: Vec<Peer> = Vec::new();
        for _ in 0..100 {
            let mut peer = program.connect();
            peer.send_in_vain("3+5\n");
            if peer.hears_line() == "Answer is 8" {
                served.push(peer);
            }
        }
        // A hundred clients find every loop.
        assert_eq!(served.len(), places, "{options}");
        let said = program.count_logs(&["workers: 2, not 3", "place"]);
        assert_eq!(said, usize::from(places < workers), "{options}");
        served.iter_mut().for_each(|peer| peer.asks("4+5", "Answer is 9"));
        drop(served);
        eventually("somebody is served again", || {
            let mut peer = program.connect();
            peer.send_in_vain("3+5\n");
            peer.hears_line() == "Answer is 8"
        });
    }
}

/// Nobody is lost where places are waited for.
#[test]
fn loops_serve_all_in_turn() {
    let program = Program::start(&mut calc("epoll", "--workers 3 --max-connections 3"));
    let mut peers: Vec<Peer> = (0..30).map(|_| program.connect()).collect();
    peers.iter_mut().for_each(|peer| peer.send("3+5\nquit()\n"));
    for peer in &mut peers {
        // Those in front of it in the same loop have to close first.
        peer.hears("Answer is 8\r\nquit()");
        peer.hears_the_end();
        peer.ends();
    }
}

/// Descriptors of FD_SETSIZE and above cannot be watched: their clients are told, the others do
/// not notice.
#[test]
fn select_refuses_beyond_its_bit_maps() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if maximum.is_some_and(|maximum| maximum < 4096) {
        eprintln!("skipped: so many descriptors are not allowed here");
        return;
    }
    // For the clients, who live here.
    if current.is_some_and(|current| current < 4096) {
        setrlimit(Resource::Nofile, Rlimit { current: Some(4096), maximum }).expect("allowed");
    }
    let mut command = std::process::Command::new("sh");
    let line =
        r#"ulimit -n 4096; exec "$0" calc 127.0.0.1 0 --model select --max-connections 3000"#;
    let program = Program::start(command.args(["-c", line, PROGRAM]));
    let mut peers = Vec::new();
    let refused = loop {
        let mut peer = program.connect();
        peer.send_in_vain("3+5\n");
        match peer.hears_line().as_str() {
            "Answer is 8" => peers.push(peer),
            line => break (peer, line.to_owned()),
        }
        assert!(peers.len() <= 1024, "its bit maps have no end");
    };
    assert!(peers.len() > 1000, "there was room for more than {}", peers.len());
    let (mut peer, line) = refused;
    assert!(line.starts_with("Error: the server is busy"), "{line}");
    peer.hears_the_end();
    program.logs(&["WARN", "refused", "FD_SETSIZE"]);
    for peer in peers.iter_mut().step_by(100) {
        peer.asks("4+5", "Answer is 9");
    }
    // Its descriptor is the next one's.
    peers.pop();
    drop(peer);
    eventually("somebody is served again", || {
        let mut peer = program.connect();
        peer.send_in_vain("3+5\n");
        peer.hears_line() == "Answer is 8"
    });
}

#[test]
fn whoever_has_no_workers_says_so() {
    for model in ["iterative", "threaded", "select", "poll"] {
        let arguments = format!("calc 0 --model {model} --workers 2");
        crate::starting::fails(2, &arguments, &["--workers", "prethreaded", "epoll", model]);
    }
    crate::starting::fails(
        2,
        "calc 0 --model prethreaded --when-full refuse",
        &["--when-full refuse", "prethreaded"],
    );
    // As many workers as there are places at most.
    let program = Program::start(&mut server("calc 0 --model prethreaded --max-connections 2"));
    assert!(program.process().threads() <= 4);
    program.serves();
}
