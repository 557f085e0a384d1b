//! How it starts, and what it says when it cannot.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use antiphon_tests::Program;

use crate::{PROGRAM, calc, models, server};

/// Scripts wait for this line; that it arrives while the server runs shows that it is flushed.
#[test]
fn first_line_tells_the_address() {
    for model in models() {
        let program = Program::start(&mut calc(&model, ""));
        assert!(program.address().ip().is_loopback() && program.address().port() > 0);
        program.serves();
    }
}

#[test]
fn lone_port_means_loopback() {
    let program = Program::start(&mut server("calc 0"));
    assert!(program.address().is_ipv4() && program.address().ip().is_loopback());
    program.serves();
}

#[test]
fn ipv6_address_stands_in_brackets() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this machine has no IPv6 loopback");
        return;
    }
    let program = Program::start(&mut server("calc ::1 0"));
    assert!(program.address().to_string().starts_with("[::1]:"));
    program.serves();
}

/// Even when it has closed connections itself a moment ago.
#[test]
fn restart_on_the_same_port() {
    for model in models() {
        let program = Program::start(&mut calc(&model, ""));
        let port = program.address().port();
        program.serves();
        drop(program);
        let program = Program::start(&mut server(&format!("calc {port} --model {model}")));
        program.serves();
    }
}

#[test]
fn port_in_use() {
    for model in models() {
        let program = Program::start(&mut calc(&model, ""));
        let port = program.address().port();
        let arguments = format!("calc 127.0.0.1 {port} --model {model}");
        fails(1, &arguments, &[&program.address().to_string(), "already", "another port"]);
        program.serves();
    }
}

/// A server that refuses does not listen while it talks, and another program can be faster then.
#[test]
fn port_taken_between_two_clients() {
    let mut command = calc("iterative", "--when-full refuse");
    let mut program = Program::start(&mut command);
    let mut peer = program.connect();
    peer.asks("3+5", "Answer is 8");
    let thief = TcpListener::bind(program.address()).expect("nobody listens there now");
    peer.quits();
    drop(peer);
    assert_eq!(program.ends().0, Some(1));
    program.logs(&[&format!("cannot listen on {}", program.address()), "another program", "port"]);
    drop(thief);
}

#[test]
fn no_such_address() {
    // For documentation only (RFC 5737): no machine has it.
    fails(1, "calc 192.0.2.1 0", &["192.0.2.1:0", "no such address"]);
}

#[test]
fn unknown_host() {
    // Will never exist (RFC 6761).
    fails(1, "calc no-such-host.invalid 0", &["no-such-host.invalid", "127.0.0.1"]);
}

#[test]
fn privileged_port() {
    if TcpListener::bind("127.0.0.1:1").is_ok() {
        eprintln!("skipped: whoever runs this test may listen on any port");
        return;
    }
    fails(1, "calc 1", &["127.0.0.1:1", "permission", "higher"]);
}

#[test]
fn bad_arguments() {
    for (arguments, words) in [
        ("calc 127.0.0.1:5000", &["127.0.0.1:5000", "two words"][..]),
        ("calc 70000", &["70000", "65535"]),
        ("calc localhost http", &["http", "port"]),
        // Each says nothing to this service.
        ("calc --prefix a", &["--prefix", "echo"]),
        ("echo --message a", &["--message", "greet"]),
        ("calc --root /", &["--root", "http"]),
        ("greet --list", &["--list", "http"]),
        ("upper --dotfiles", &["--dotfiles", "http"]),
        ("http --framing message", &["--framing", "http"]),
        ("calc --access-log /no/such/file", &["--access-log", "http"]),
    ] {
        fails(2, arguments, words);
    }
    // These sentences are clap's, and some of the words in them ours.
    for (arguments, word) in [
        ("", "Usage"),
        ("abacus", "calc"),
        ("calc --model thread", "threaded"),
        ("calc a b c", "'c'"),
        ("calc --idle-timeout 0", "from 0.001"),
        ("calc --idle-timeout -1", "-1"),
        ("calc --request-timeout soon", "from 0.001"),
        ("calc --request-timeout 1e-10", "from 0.001"),
        ("calc --max-connections 0", "a whole number above 0"),
        ("calc --workers 0", "a whole number above 0"),
        ("calc --requests-per-connection 0", "a whole number above 0"),
        ("calc --when-full panic", "refuse"),
        ("calc --allow-exit yes", "loopback"),
        ("calc -v -q", "--quiet"),
        ("calc --no-such-option", "--no-such-option"),
        // The system would take these for 0, and for its least.
        ("calc --receive-buffer 4294967296", "1..=2147483647"),
        ("calc --send-buffer 0", "1..=2147483647"),
    ] {
        let (code, out, err) = Program::run(&mut server(arguments));
        assert_eq!((code, &*out), (Some(2), ""), "{arguments}: {err}");
        assert!(err.contains("--help") && err.contains(word), "{arguments}: {err}");
    }
}

#[test]
fn access_log_that_cannot_be_written() {
    fails(1, "http 0 --access-log /no/such/file", &["/no/such/file", "ENOENT", "--access-log"]);
}

#[test]
fn standard_output_that_nobody_reads() {
    let (reader, out) = io::pipe().expect("there are descriptors");
    drop(reader);
    let output = server("calc 0 -q").stdout(out).output().expect("the program can be started");
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(words.contains("standard output") && words.contains("EPIPE"), "{words}");
}

/// However few they are: it says so before it says that it listens, or it serves.
#[test]
fn hardly_any_descriptors() {
    for model in models().chain(["epoll --workers 4".into()]) {
        let command = |most: u32| {
            let script = format!("ulimit -n {most}; exec $0 calc 127.0.0.1 0 -q --model {model}");
            let mut command = Command::new("sh");
            command.args(["-c", &script, PROGRAM]);
            command
        };
        let refuses = |most: &u32| {
            let mut child = command(*most).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
            let child = child.as_mut().expect("the program can be started");
            let mut line = String::new();
            let out = child.stdout.take().expect("it is piped");
            BufReader::new(out).read_line(&mut line).expect("text");
            if line.starts_with("listening") {
                child.kill().expect("it runs");
                child.wait().expect("it ends");
                return false;
            }
            let mut words = String::new();
            let err = child.stderr.as_mut().expect("it is piped");
            err.read_to_string(&mut words).expect("text");
            assert_eq!(child.wait().expect("it ends").code(), Some(1), "{most}: {words}");
            let explained = words.contains("EMFILE: ") && words.contains("ulimit -n");
            assert!(explained && words.lines().count() == 1, "{most}: {words}");
            true
        };
        let enough = (4..40).find(|most| !refuses(most)).expect("40 are enough");
        Program::start(&mut command(enough)).serves();
    }
}

#[test]
fn help_names_every_model() {
    let (code, help, _) = Program::run(&mut server("--help"));
    assert_eq!(code, Some(0));
    for model in models() {
        assert!(help.contains(&model), "{help}");
    }
}

/// The comments of the code are for those who read it.
#[test]
fn help_is_for_people() {
    for option in ["-h", "--help"] {
        let (code, help, _) = Program::run(&mut server(option));
        assert_eq!(code, Some(0));
        let about = env!("CARGO_PKG_DESCRIPTION");
        assert!(help.starts_with(&format!("{about}\n\nUsage: ")), "{option}: {help}");
        assert!(!help.contains("`".repeat(3).as_str()) && !help.contains("::"), "{option}: {help}");
    }
}

/// It says one sentence with these words in it, and exits.
#[track_caller]
pub(crate) fn fails(exit_code: i32, arguments: &str, words: &[&str]) {
    let (code, out, err) = Program::run(&mut server(arguments));
    assert_eq!((code, &*out), (Some(exit_code), ""), "{arguments}: {err}");
    assert_eq!(err.lines().count(), 1, "{arguments}: {err}");
    assert!(err.starts_with("antiphon-server: "), "{arguments}: {err}");
    for word in words {
        assert!(err.contains(word), "{arguments}: no '{word}' in: {err}");
    }
}
