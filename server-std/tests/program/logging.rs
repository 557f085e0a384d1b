//! The log on standard error.

use std::io::{self, BufRead as _, BufReader, PipeReader, PipeWriter, Write as _};
use std::sync::mpsc;
use std::thread;

use antiphon_tests::{LIMIT, Program};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::Signal;

use crate::{calc, concurrent_models, models, refusing_models, server};

#[test]
fn every_line_carries_its_connection() {
    for model in concurrent_models() {
        let program = Program::start(&mut calc(&model, "-v"));
        let (mut one, mut two) = (program.connect(), program.connect());
        let (one_peer, two_peer) = (peer(&one), peer(&two));
        one.asks("1+1", "Answer is 2");
        two.asks("2+2", "Answer is 4");
        one.asks("1+2", "Answer is 3");
        two.quits();
        drop(two);
        one.ends();
        one.hears_the_end();
        // Which of them was accepted first is the system's choice; the address tells.
        let id = |peer: &str| {
            let line = program.logs(&["opened", peer]);
            if line.contains(" id=1 ") { "id=1" } else { "id=2" }
        };
        let (one_id, two_id) = (id(&one_peer), id(&two_peer));
        assert_ne!(one_id, two_id);
        program.logs(&[r#"request "1+1\r\n""#, one_id]);
        program.logs(&[r#"reply "Answer is 2\r\n""#, one_id]);
        program.logs(&[r#"request "2+2\r\n""#, two_id]);
        program.logs(&[r#"reply "Answer is 4\r\n""#, two_id]);
        program.logs(&[r#"request "1+2\r\n""#, one_id]);
        program.logs(&[r#"reply "quit()""#, two_id]);
        program.logs(&["closed: the peer said quit()", two_id]);
        program.logs(&["closed: the peer has finished", one_id]);
    }
}

#[test]
fn opened_tells_how_many_are_active() {
    for model in concurrent_models() {
        let program = Program::start(&mut calc(&model, ""));
        let mut peers = Vec::new();
        for number in 1..=3 {
            let mut peer = program.connect();
            peer.asks("3+5", "Answer is 8");
            program.logs(&["opened", &format!("id={number}"), &format!("active={number}")]);
            peers.push(peer);
        }
        peers.truncate(1);
        program.logs(&["closed", "id=2"]);
        program.logs(&["closed", "id=3"]);
        program.serves();
        program.logs(&["opened", "id=4", "active=2"]);
    }
}

#[test]
fn closed_tells_who_and_why() {
    for model in models() {
        let options = "--request-timeout 0.2 --requests-per-connection 5";
        let program = Program::start(&mut calc(&model, options));
        let mut id = 0;
        let mut closed = |why: &str| {
            id += 1;
            program.logs(&["closed", why, &format!("id={id}")]);
        };
        program.serves();
        closed("the peer said quit()");

        drop(program.connect());
        closed("the peer has finished");

        let mut peer = program.connect();
        peer.asks("3+5", "Answer is 8");
        peer.resets();
        closed("the peer reset the connection");

        let mut peer = program.connect();
        peer.send("3+");
        peer.hears_error();
        drop(peer);
        closed("nothing complete came in time");

        let mut peer = program.connect();
        peer.send("GET / HTTP/1.1\r\n\r\n");
        peer.hears_error();
        drop(peer);
        closed("no web server");

        let mut peer = program.connect();
        (0..5).for_each(|_| peer.asks("3+5", "Answer is 8"));
        drop(peer);
        closed("number of requests");

        let mut peer = program.connect();
        peer.send("exit()\n");
        peer.hears("exit()");
        drop(peer);
        closed("the peer said exit()");
        program.logs(&["halted"]);
    }
}

#[test]
fn urgent_data_is_logged() {
    let program = Program::start(&mut calc("select", ""));
    let mut peer = program.connect();
    peer.asks("3+5", "Answer is 8");
    peer.send_urgent(b'!');
    program.logs(&["closed", "urgent data", "id=1"]);
}

#[test]
fn refused_clients_are_logged() {
    for model in refusing_models() {
        let options = "--max-connections 1 --when-full refuse";
        let program = Program::start(&mut calc(&model, options));
        let mut guest = program.connect();
        guest.asks("3+5", "Answer is 8");
        let mut refused = program.connect();
        refused.hears_error();
        program.logs(&["refused", "id=2", &peer(&refused)]);
    }
}

/// Nobody forges log lines, or floods a log.
#[test]
fn requests_are_escaped_and_cut() {
    for model in models() {
        let program = Program::start(&mut calc(&model, "-v"));
        let mut client = program.connect();
        client.send("1\u{1b}[2J\r INFO forged\0\n");
        client.hears_error();
        program.logs(&[r#"request "1\x1b[2J\r INFO forged\x00\n""#, "id=1"]);
        client.send("1".repeat(1000) + "\n");
        client.hears_error();
        let line = program.logs(&["and 921 more bytes"]);
        assert!(line.len() < 200, "{line}");
    }
}

/// With `-v` requests are answered one at a time; that must not change the answers.
#[test]
fn verbose_server_answers_the_same() {
    for model in models() {
        let program = Program::start(&mut calc(&model, "-v"));
        let mut peer = program.connect();
        let requests: String = (0..500).map(|number| format!("{number}+1\n")).collect();
        let replies: String = (1..=500).map(|number| format!("Answer is {number}\r\n")).collect();
        peer.send(requests + "quit()");
        peer.ends();
        peer.hears(replies + "quit()");
        peer.hears_the_end();
        program.logs(&["closed"]);
        assert_eq!(program.count_logs(&["request ", "id=1"]), 501);
        assert_eq!(program.count_logs(&["reply ", "id=1"]), 501);
    }
}

#[test]
fn quiet_server_logs_nothing() {
    let mut program = Program::start(&mut calc("select", "-q"));
    program.serves();
    let mut peer = program.connect();
    peer.send("exit()\n");
    peer.hears("exit()");
    drop(peer);
    assert_eq!(program.ends(), (Some(0), String::new()));
    assert_eq!(program.count_logs(&[]), 0);
}

#[test]
fn json_log_is_an_object_a_line() {
    let program = Program::start(&mut calc("select", "--log-format json -v"));
    program.serves();
    for words in [r#""message":"opened""#, r#""message":"request \"3+5\\r\\n\"""#] {
        let line = program.logs(&[words, r#""id":1"#]);
        assert!(line.starts_with('{') && line.ends_with('}'), "{line}");
    }
}

/// Who reads the log, or the output, may go away: the server does not go with them.
#[test]
fn closed_streams_are_nothing_to_the_server() {
    for model in models() {
        let (reader, log) = io::pipe().expect("there are descriptors");
        drop(reader);
        let mut program = Program::start_logging_to(&mut calc(&model, "-v"), log).without_stdout();
        // Each of several workers.
        (0..20).for_each(|_| program.serves());
        program.signal(Signal::TERM);
        assert_eq!(program.ends().0, Some(0));
    }
}

#[test]
fn failure_is_an_exit_code_even_if_nobody_listens() {
    let (reader, log) = io::pipe().expect("there are descriptors");
    drop(reader);
    let status = server("calc no-such-host.invalid 0").stderr(log).status();
    assert_eq!(status.expect("the program can be started").code(), Some(1));
}

/// A log that nobody reads holds up neither clients nor the end.
#[test]
fn stalled_log_is_nothing_to_the_server() {
    for model in models() {
        let (_reader, log) = full_pipe();
        let mut program = Program::start_logging_to(&mut calc(&model, ""), log);
        (0..20).for_each(|_| program.serves());
        program.signal(Signal::TERM);
        assert_eq!(program.ends().0, Some(0));
    }
}

/// When it is read again, it tells how much is missing.
#[test]
fn lost_lines_are_counted() {
    let (reader, log) = io::pipe().expect("there are descriptors");
    let program = Program::start_logging_to(&mut calc("epoll", "-v"), log);
    let mut peer = program.connect();
    for _ in 0..20 {
        peer.send("3+5\n".repeat(1000));
        peer.hears("Answer is 8\r\n".repeat(1000));
    }
    let (sender, lost) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(reader).lines().map_while(Result::ok);
        lines.filter(|line| line.contains(" lost=")).for_each(|line| sender.send(line).unwrap());
    });
    let line = lost.recv_timeout(LIMIT).expect("it is told");
    assert!(line.contains("WARN") && line.contains("lines of the log are lost"), "{line}");
    peer.asks("3+5", "Answer is 8");
}

/// A pipe with no room left in it.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = io::pipe().expect("there are descriptors");
    fcntl_setfl(&writer, OFlags::NONBLOCK).expect("a pipe may do without waiting");
    while writer.write(&[b'\n'; 4096]).is_ok() {}
    fcntl_setfl(&writer, OFlags::empty()).expect("a pipe may wait");
    (reader, writer)
}

/// A client as log lines call it.
fn peer(client: &antiphon_tests::Peer) -> String {
    format!("peer={}", client.address())
}
