//! What the client says when it fails, and its exit code.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use antiphon_client::Failure;
use socket2::{Domain, SockRef, Socket, Type};

use crate::over_both_drivers;
use crate::run::{Client, PROGRAM, client, ours, peer, read_line};

over_both_drivers! {
    a_close_before_the_input,
    a_close_ends_the_sending,
    a_close_with_replies_owed,
    a_close_without_debts,
    a_close_without_requests,
    a_connection_that_is_not_taken,
    a_directory_as_input,
    a_host_that_nobody_knows,
    a_reset,
    a_slow_output_is_not_silence,
    each_step,
    nobody_listens,
    silence,
    silence_before_the_request,
    silence_without_debts,
}

#[test]
fn wrong_usage_has_a_code_of_its_own() {
    for args in [
        &["localhost:5000"][..],
        &["localhost", "http"],
        &["--no-such-option"],
        &["--timeout", "0"],
        &["--retries", "1"],
        &["--transport", "udp", "--reconnect"],
        &["localhost:5000", "--reconnect"],
        &["--blocking", "--non-blocking"],
    ] {
        let ended = client(args, "");
        assert_eq!((&*ended.out, ended.code), ("", Some(2)), "{args:?}: {}", ended.words);
        assert_ne!(ended.words, "");
    }
}

#[test]
fn a_port_that_no_server_has() {
    for (args, words) in [
        (&["70000"][..], "'70000' is no port to connect to; give a number from 1 to 65535"),
        (&["0"], "'0' is no port to connect to; give a number from 1 to 65535"),
        (&["localhost", "00", "--reconnect"], "'00' is no port to connect to; give"),
        (&["localhost", "http", "--transport", "udp"], "'http' is no port to connect to; give"),
    ] {
        let ended = client(args, "");
        assert_eq!((&*ended.out, ended.code), ("", Some(2)), "{args:?}: {}", ended.words);
        assert!(ended.words.contains(words), "{args:?}: {}", ended.words);
    }
}

#[test]
fn a_timeout_that_is_none() {
    for seconds in ["0", "1e-10", "0.0009", "x"] {
        let ended = client(&["--timeout", seconds], "");
        assert_eq!((&*ended.out, ended.code), ("", Some(2)), "{seconds}: {}", ended.words);
        assert!(ended.words.contains("seconds from 0.001"), "{seconds}: {}", ended.words);
    }
    // As short as it may be; what is wrong is the port.
    assert!(client(&["--timeout", "0.001", "0"], "").words.contains("'0' is no port"));
}

#[test]
fn failure_is_an_exit_code_even_if_nobody_reads_the_words() {
    let (reader, words) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(PROGRAM).args(["-v", "no-such-host.invalid"]).stderr(words).status();
    assert_eq!(status.unwrap().code(), Some(1));
}

fn nobody_listens(driver: &str) {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let words = format!(
        "antiphon-client: cannot connect to {address}: connection refused: nothing is listening \
         on {address}; start the server first, or check the port\n"
    );
    client(&[&address.port().to_string(), driver], "1+1\n").is_no("", &words);
}

fn a_host_that_nobody_knows(driver: &str) {
    // Too long for a name, so nobody needs to be asked.
    let host = "x".repeat(64);
    client(&[&host, driver], "").is_no("", &format!("cannot find {host}:5000: "));
}

#[cfg(target_os = "linux")]
fn a_connection_that_is_not_taken(driver: &str) {
    // A full queue makes Linux leave further handshakes unanswered.
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let fillers: Vec<_> = (0..4)
        .map(|_| {
            let filler = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            filler.set_nonblocking(true).unwrap();
            filler.connect(&address).unwrap_or_default();
            filler
        })
        .collect();
    let port = address.as_socket().unwrap().port().to_string();
    let ended = client(&[&port, driver, "--timeout", "0.1"], "");
    ended.is_no("", "connection timed out: no answer came at all; check the address");
    drop(fillers);
}

#[cfg(not(target_os = "linux"))]
fn a_connection_that_is_not_taken(_driver: &str) {}

fn a_close_before_the_input(driver: &str) {
    let words = "closed the connection before a whole request was made; it may be full";
    let (port, peer) = peer(2, drop);
    Client::start(&[&port, driver]).end().is_no("", words);
    // The beginning of a request is no request, but there was to be one.
    let mut waiting = Client::start(&[&port, driver]);
    // The client may have gone already.
    waiting.input.as_mut().unwrap().write_all(b"1+").unwrap_or_default();
    let ended = waiting.end();
    assert_eq!((&*ended.out, ended.code), ("", Some(1)), "{}", ended.words);
    peer.join().unwrap();
    // Which side is faster is a matter of chance, and so is what becomes of the request.
    for _ in 0..20 {
        let (port, peer) = self::peer(1, drop);
        let ended = client(&[&port, driver], "1+1\n");
        assert_eq!((&*ended.out, ended.code), ("", Some(1)), "{}", ended.words);
        peer.join().unwrap();
    }
}

fn a_close_without_debts(driver: &str) {
    // Answered as often as asked, and more might have come.
    let server = ours(&["--requests-per-connection", "1"]);
    let mut client = Client::start(&[&server.port, driver]);
    client.say("1+1\n");
    let ended = client.end();
    assert_eq!((&*ended.out, ended.code), ("Answer is 2\n", Some(0)));
    assert_eq!(ended.words, "antiphon-client: the server closed the connection\n");
    let (port, peer) = peer(1, |stream| assert_eq!(read_line(&stream), "quit()\n"));
    let mut client = Client::start(&[&port, driver]);
    client.say("quit()\n");
    client.end().is_done("");
    peer.join().unwrap();
}

fn a_close_without_requests(driver: &str) {
    for words in ["", "Good bye\n"] {
        let (port, peer) = peer(1, move |mut stream| stream.write_all(words.as_bytes()).unwrap());
        let output =
            Command::new(PROGRAM).args([&port, driver]).stdin(Stdio::null()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(String::from_utf8_lossy(&output.stdout), words);
        assert_eq!(output.status.code(), Some(0));
        peer.join().unwrap();
    }
}

fn a_close_with_replies_owed(driver: &str) {
    let (port, peer) = peer(1, |stream| {
        read_line(&stream);
    });
    let ended = Client::start(&[&port, driver, "--request", "1+1"]).end();
    ended.is_no("", "closed the connection and left 1 of the requests unanswered; if it closes");
    peer.join().unwrap();
}

fn a_reset(driver: &str) {
    let (port, peer) = peer(1, |stream| {
        read_line(&stream);
        SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    });
    let mut client = Client::start(&[&port, driver]);
    client.say("1+1\n");
    client.end().is_no("", "the peer reset the connection");
    peer.join().unwrap();
}

/// Input that is there by then is taken, for it is left unanswered, but not sent any more.
fn a_close_ends_the_sending(driver: &str) {
    let (close, is_closed) = channel();
    let (port, peer) = peer(1, move |mut stream| {
        stream.shutdown(Shutdown::Write).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        assert!(stream.read(&mut [0]).is_err(), "nothing was said");
        close.send(()).unwrap();
        stream.set_read_timeout(None).unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).unwrap();
        assert_eq!(said, b"");
    });
    let mut client = Client::start(&[&port, driver]);
    is_closed.recv().unwrap();
    client.say("1+1\n");
    client.end().is_no("", "closed the connection");
    peer.join().unwrap();
}

fn a_slow_output_is_not_silence(driver: &str) {
    let (stuck, is_stuck) = channel();
    let (port, peer) = peer(1, move |mut stream| {
        stream.read_to_end(&mut Vec::new()).unwrap();
        stream.write_all(b"1\r\n").unwrap();
        stream.set_write_timeout(Some(Duration::from_millis(1500))).unwrap();
        // A piece that does not go out whole: for so long the client, whose output is full, takes
        // nothing.
        while stream.write(&[b'2'; 1000]).is_ok_and(|count| count == 1000) {}
        stream.set_write_timeout(None).unwrap();
        stuck.send(()).unwrap();
        stream.write_all(b"\r\n3\r\n").unwrap();
    });
    let mut client = Client::start(&[&port, driver, "--timeout", "1"]);
    client.say("1\n2\n3\n");
    drop(client.input.take());
    is_stuck.recv().unwrap();
    let ended = client.end();
    assert_eq!((&*ended.words, ended.code), ("", Some(0)));
    assert!(ended.out.ends_with("2\n3\n"), "{} bytes", ended.out.len());
    peer.join().unwrap();
}

/// shutdown(2) may be the first call to meet it, and finds no connection at all.
#[test]
fn a_reset_has_several_names() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 5000));
    for kind in [ErrorKind::ConnectionReset, ErrorKind::NotConnected] {
        let text = Failure::Lost { peer, error: kind.into() }.to_string();
        assert!(text.starts_with("lost 127.0.0.1:5000: the peer reset the connection ("), "{text}");
    }
}

fn silence(driver: &str) {
    let (done, ended) = channel::<()>();
    let (port, peer) = peer(1, move |_stream| ended.recv().unwrap_or_default());
    let words =
        "sent nothing for 0.1 seconds, and 2 of the requests are unanswered; it may be busy";
    client(&[&port, driver, "--timeout", "0.1"], "1+1\n2+2\n").is_no("", words);
    drop(done);
    peer.join().unwrap();
}

fn silence_before_the_request(driver: &str) {
    // Longer than the server may take, but it was not asked anything.
    let (idle, waited) = channel();
    let (port, peer) = peer(1, move |mut stream| {
        stream.set_read_timeout(Some(Duration::from_millis(1500))).unwrap();
        assert!(stream.read(&mut [0]).is_err(), "nothing was said");
        idle.send(()).unwrap();
        stream.set_read_timeout(None).unwrap();
        let mut requests = Vec::new();
        stream.read_to_end(&mut requests).unwrap();
        stream.write_all(&requests).unwrap();
    });
    let mut client = Client::start(&[&port, driver, "--timeout", "1"]);
    waited.recv().unwrap();
    client.say("1+1\n");
    drop(client.input.take());
    client.end().is_done("1+1\n");
    peer.join().unwrap();
}

fn silence_without_debts(driver: &str) {
    // The server should close now, but all is said; and before that nobody hurries.
    let (done, ended) = channel::<()>();
    let (port, peer) = peer(1, move |mut stream| {
        let mut reply = [0; 4];
        stream.read_exact(&mut reply).unwrap();
        stream.write_all(&reply).unwrap();
        ended.recv().unwrap_or_default();
    });
    client(&[&port, driver, "--timeout", "0.1"], "1+1\n").is_done("1+1\n");
    drop(done);
    peer.join().unwrap();
}

fn a_directory_as_input(driver: &str) {
    let server = ours(&[]);
    // One that has nothing to say, either.
    let (done, ended) = channel::<()>();
    let (silent, peer) = peer(1, move |_stream| ended.recv().unwrap_or_default());
    for port in [&server.port, &silent] {
        let directory = std::fs::File::open(".").unwrap();
        let mut client = Command::new(PROGRAM);
        client.args([port, driver, "--timeout", "0.3"]).stdin(directory);
        let output = client.output().unwrap();
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.contains("cannot read the requests: "), "{words}");
        assert_eq!(output.status.code(), Some(1));
    }
    drop(done);
    peer.join().unwrap();
}

fn each_step(driver: &str) {
    let server = ours(&[]);
    let port = &server.port;
    let ended = client(&[port, driver, "-v", "--request", "3+5"], "");
    assert_eq!((&*ended.out, ended.code), ("Answer is 8\n", Some(0)));
    for step in [
        format!("looking up 127.0.0.1:{port}\n"),
        format!("creating a {} TCP socket\n", driver.trim_start_matches("--")),
        format!("connecting to 127.0.0.1:{port}\n"),
        "connected from 127.0.0.1:".into(),
        "sent 4 bytes\n".into(),
        "closing the sending side\n".into(),
        "received 13 bytes\n".into(),
        "the server has closed the connection\n".into(),
        "closing the connection\n".into(),
    ] {
        assert!(ended.words.contains(&format!("antiphon-client: {step}")), "{step}{}", ended.words);
    }
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = client(&[&address.port().to_string(), driver, "-v"], "");
    ended.is_no("", "antiphon-client: connecting failed: ECONNREFUSED: Connection refused\n");
}
