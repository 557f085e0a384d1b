//! The examples do what they show.

#[allow(dead_code, reason = "a test has no use for main")]
#[path = "../examples/calculator.rs"]
mod calculator;
mod drive;
#[allow(dead_code, reason = "a test has no use for main")]
#[path = "../examples/request_line.rs"]
mod request_line;
#[allow(dead_code, reason = "a test has no use for main")]
#[path = "../examples/tokio_codec.rs"]
mod tokio_codec;

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use antiphon_protocol::{Service, Settings};
use tokio::net::TcpListener;
use tokio::runtime;

#[test]
fn the_calculator_marks_what_is_wrong() {
    assert_eq!(calculator::answer("2**10"), "1024");
    assert_eq!(calculator::answer("1/0"), "1/0\n ^ division by zero");
    assert!(calculator::answer("3+").starts_with("3+\n  ^ "));
}

#[test]
fn the_request_line_says_what_is_asked_for() {
    assert_eq!(
        request_line::describe("GET /a//b%20c/./d?e HTTP/1.1"),
        r#"GET "a/b c/d" in HTTP/1.1"#
    );
    assert_eq!(request_line::describe("HEAD http://a/ HTTP/1.0"), r#"HEAD "" in HTTP/1.0"#);
    for line in ["", "GET /", "GET  / HTTP/1.1", "GET /../etc HTTP/1.1", "GET / HTTP/2.0"] {
        assert!(request_line::describe(line).starts_with("no request: "), "{line}");
    }
}

#[test]
fn under_tokio_a_session_says_the_same() {
    let runtime = runtime::Builder::new_current_thread().enable_io().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || runtime.block_on(tokio_codec::serve(listener)));

    // In the middle of a line while others come and go.
    let mut patient = connect(address);
    patient.write_all(b"3+").unwrap();
    for input in [
        &b"3+5\r\n1/0\r\nquit()\r\n4+5\r\n"[..],
        b"3+5",
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        &b"2**0.5\n".repeat(2_000),
        &b"1".repeat(100_000),
    ] {
        assert_says_the_same(address, input);
    }
    patient.write_all(b"5\nquit()\n").unwrap();
    let mut said = String::new();
    patient.read_to_string(&mut said).unwrap();
    assert_eq!(said, "Answer is 8\r\nquit()");

    assert_says_the_same(address, b"exit()\n");
    server.join().unwrap().unwrap();
}

#[track_caller]
fn assert_says_the_same(address: SocketAddr, input: &[u8]) {
    let here = drive::converse(&Settings::new(Service::Calc), input, &[7], 4096, false);
    let stream = connect(address);
    let mut said = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| -> io::Result<()> {
            (&stream).write_all(input)?;
            stream.shutdown(Shutdown::Write)
        });
        (&mut &stream).read_to_end(&mut said).unwrap();
    });
    assert_eq!(said.escape_ascii().to_string(), here.said.escape_ascii().to_string());
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A server that says nothing for so long will say nothing at all.
const PATIENCE: Duration = Duration::from_secs(30);
