//! Clients that are not ours. What they need may be missing, hence `--include-ignored`.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use antiphon_server::Transport;
use antiphon_tests::Program;

use crate::{calc, cells, models, server};

#[test]
#[ignore = "needs nc"]
fn netcat() {
    for model in models() {
        for host in HOSTS {
            let program = Program::start(&mut server(&format!("calc {host} 0 --model {model}")));
            let port = program.address().port().to_string();
            let output = run(&["nc", host, &port], "3+5\r\nquit()\r\n");
            assert_eq!(output.stdout, b"Answer is 8\r\nquit()");
            program.serves();
        }
    }
}

#[test]
#[ignore = "needs curl"]
fn curl_gets_one_error_and_a_close() {
    for model in models() {
        let program = Program::start(&mut calc(&model, ""));
        let url = format!("http://{}/", program.address());
        for arguments in [&["--http0.9"][..], &["--http0.9", "--data", "exit()"]] {
            let command =
                [&["curl", "--silent", "--show-error", "--noproxy", "*"], arguments, &[&url]];
            let output = run(&command.concat(), "");
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.starts_with("Error: ") && text.ends_with("\r\n"), "{output:?}");
            assert_eq!(text.lines().count(), 1, "{output:?}");
        }
        program.serves();
    }
}

#[test]
#[ignore = "needs nc"]
fn netcat_over_udp() {
    for (model, transport) in cells().filter(|(_, transport)| *transport != Transport::Tcp) {
        for host in HOSTS {
            let words = format!("upper {host} 0 --model {model} --transport {transport}");
            let program = Program::start(&mut server(&words));
            let port = program.address().port().to_string();
            let output = run(&["nc", "-u", "-w1", host, &port], "hello world\n");
            assert_eq!(output.stdout, b"HELLO WORLD\n", "{output:?}");
        }
    }
}

#[test]
#[ignore = "needs ncat"]
fn ncat() {
    for (model, transport) in cells() {
        for host in HOSTS {
            let words = format!("calc {host} 0 --model {model} --transport {transport}");
            let program = Program::start(&mut server(&words));
            let port = program.address().port().to_string();
            if transport != Transport::Udp {
                let output = run(&["ncat", host, &port], "3+5\r\nquit()\r\n");
                assert_eq!(output.stdout, b"Answer is 8\r\nquit()", "{output:?}");
            }
            if transport != Transport::Tcp {
                // At the end of its input ncat does not wait for a datagram.
                let line = "{ echo 3+5; sleep 0.5; } | ncat -u $0 $1";
                let output = run(&["sh", "-c", line, host, &port], "");
                assert_eq!(output.stdout, b"Answer is 8\r\n", "{output:?}");
            }
        }
    }
}

#[test]
#[ignore = "needs socat"]
fn socat() {
    for (model, transport) in cells() {
        for (host, bracketed, version) in [("127.0.0.1", "127.0.0.1", 4), ("::1", "[::1]", 6)] {
            let words = format!("echo {host} 0 --model {model} --transport {transport}");
            let program = Program::start(&mut server(&words));
            for over in transport.each() {
                let port = program.address().port();
                let name = over.to_string().to_uppercase();
                let target = format!("{name}{version}:{bracketed}:{port}");
                let output = run(&["socat", "-t0.3", "-", &target], "quit()\n\0\u{ff}");
                assert_eq!(output.stdout, "quit()\n\0\u{ff}".as_bytes(), "{output:?}");
            }
        }
    }
}

#[test]
#[ignore = "needs curl"]
fn curl_over_ipv6() {
    for model in models() {
        let program = Program::start(&mut server(&format!("calc ::1 0 --model {model}")));
        let url = format!("http://{}/", program.address());
        let output = run(&["curl", "--silent", "--noproxy", "*", "--http0.9", &url], "");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.starts_with("Error: ") && text.lines().count() == 1, "{output:?}");
    }
}

/// Runs `command` to its end, for a short time at the most.
#[track_caller]
fn run(command: &[&str], input: &str) -> Output {
    let mut process = Command::new("timeout");
    process.arg("20").args(command).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = process.spawn().expect("coreutils are there");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("a line is taken");
    child.wait_with_output().expect("it ends")
}

/// Loopback in both families.
const HOSTS: [&str; 2] = ["127.0.0.1", "::1"];
