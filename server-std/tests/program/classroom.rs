//! Clients of the classroom, each a script that nobody has changed for us, against every model.
//!
//! They send no line end, expect one `recv` to be one reply, and some compare it with what they
//! have sent.

use std::process::Command;

use antiphon_server::Transport;
use antiphon_tests::Program;

use crate::{cells, server};

#[test]
#[ignore = "needs python3"]
fn calculator() {
    talks("calc", Transport::Tcp, "calc.py 3+5 4+5", &["Answer is 8", "Answer is 9", "quit()"]);
}

#[test]
#[ignore = "needs python3"]
fn calculator_without_line_ends() {
    let told = ["Answer is 8", "Answer is 14", "the server says goodbye"];
    talks("calc --framing message", Transport::Tcp, "calc_messages.py", &told);
}

#[test]
#[ignore = "needs python3"]
fn calculator_over_datagrams() {
    talks("calc", Transport::Udp, "calc_datagrams.py", &["Answer is 8", "quit()"]);
}

#[test]
#[ignore = "needs python3"]
fn echo_with_a_prefix() {
    let options = ["--framing", "message", "--prefix", "Request received as : "];
    let told = ["Request received as : Hello", "Request received as : How are you?", "quit()"];
    for (model, transport) in cells().filter(|(_, transport)| *transport != Transport::Udp) {
        let mut command = server(&format!("echo 0 --model {model} --transport {transport}"));
        let program = Program::start(command.args(options));
        assert_eq!(run("echo_prefix.py", &program), told);
    }
}

#[test]
#[ignore = "needs python3"]
fn echo() {
    talks("echo", Transport::Tcp, "echo.py", &["4000 bytes came back"]);
}

#[test]
#[ignore = "needs python3"]
fn upper() {
    talks("upper", Transport::Tcp, "upper.py", &["HELLO WORLD"]);
}

#[test]
#[ignore = "needs python3"]
fn upper_over_datagrams() {
    talks("upper", Transport::Udp, "upper_datagrams.py", &["HELLO WORLD"]);
}

/// It closes after each answer, and the client connects anew.
#[test]
#[ignore = "needs python3"]
fn one_request_a_connection() {
    let service = "upper --framing message --requests-per-connection 1";
    talks(service, Transport::Tcp, "upper_once.py", &["ONE", "TWO", "THREE"]);
}

#[test]
#[ignore = "needs python3"]
fn greeting() {
    let told = ["Message received. Thank you for connecting"];
    talks("greet", Transport::Tcp, "greet.py", &told);
    talks("greet", Transport::Tcp, "greet_hi_first.py", &told);
}

#[test]
#[ignore = "needs python3"]
fn greeting_over_datagrams() {
    let told = ["Message received. Thank you for connecting"];
    talks("greet", Transport::Udp, "greet_datagrams.py", &told);
}

/// A script tells what it was told, a line each, whatever the model; and again, with others having
/// been there.
#[track_caller]
fn talks(service: &str, over: Transport, script: &str, told: &[&str]) {
    let has = |transport: Transport| transport == over || transport == Transport::Both;
    for (model, transport) in cells().filter(|(_, transport)| has(*transport)) {
        let arguments = format!("{service} --model {model} --transport {transport}");
        let program = Program::start(&mut server(&arguments.replacen(' ', " 0 ", 1)));
        for _ in 0..2 {
            assert_eq!(run(script, &program), told);
        }
    }
}

/// Runs a script and its arguments behind host and port; gives its lines.
#[track_caller]
fn run(script: &str, program: &Program) -> Vec<String> {
    let mut words = script.split(' ');
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/");
    let script = format!("{folder}{}", words.next().unwrap_or_default());
    let address = program.address();
    let mut command = Command::new("timeout");
    command.args(["20", "python3", &script]);
    command.args([address.ip().to_string(), address.port().to_string()]).args(words);
    let output = command.output().expect("coreutils are there");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{script}: {said}{output:?}");
    said.lines().map(str::to_owned).collect()
}
