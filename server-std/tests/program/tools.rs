//! Clients that are not ours. What they need may be missing, hence `--include-ignored`.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use antiphon_tests::Program;

use crate::{calc, models};

#[test]
#[ignore = "needs nc"]
fn netcat() {
    for model in models() {
        let program = Program::start(&mut calc(&model, ""));
        let port = program.address().port().to_string();
        let output = run(&["nc", "127.0.0.1", &port], "3+5\r\nquit()\r\n");
        assert_eq!(output.stdout, b"Answer is 8\r\nquit()");
        program.serves();
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

/// A script of the classroom, unmodified.
#[test]
#[ignore = "needs python3"]
fn python_client() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/calc.py");
    for model in models() {
        let program = Program::start(&mut calc(&model, ""));
        let port = program.address().port().to_string();
        let output = run(&["python3", script, "127.0.0.1", &port, "3+5", "4+5"], "");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "Answer is 8\nAnswer is 9\nquit()\n");
        program.serves();
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
