//! Requests and replies over UDP.

use std::net::UdpSocket;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};

use crate::over_both_drivers;
use crate::run::{Client, PATIENCE, client};

over_both_drivers! {
    a_datagram_may_get_lost,
    a_line_may_be_too_long,
    a_refusal_is_told_from_silence,
    a_tail_of_a_line_is_no_request,
    a_reply_that_is_late_goes_nowhere,
    an_empty_reply_is_an_empty_line,
    each_line_is_a_datagram,
    silence_is_explained,
    what_comes_too_late_is_dropped,
}

/// A peer that gets `count` datagrams, and hands each to `answer`.
fn peer(
    count: usize,
    mut answer: impl FnMut(&[u8]) -> Vec<Vec<u8>> + Send + 'static,
) -> (String, JoinHandle<()>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    // A client that sends too few fails the test, and does not hang it.
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    let running = thread::spawn(move || {
        let mut memory = [0; 65536];
        for _ in 0..count {
            let (length, sender) = socket.recv_from(&mut memory).unwrap();
            for reply in answer(&memory[..length]) {
                socket.send_to(&reply, sender).unwrap();
            }
        }
    });
    (port, running)
}

fn each_line_is_a_datagram(driver: &str) {
    let mut heard = Vec::new();
    let (port, peer) = peer(4, move |request| {
        heard.push(request.to_vec());
        if request == b"quit()" {
            assert_eq!(heard, [&b"a b"[..], b"", b"x", b"quit()"]);
        }
        vec![[b"<", request, b">\r\n"].concat()]
    });
    let args = [&*port, driver, "--transport", "udp"];
    client(&args, "a b\r\n\nx\nquit()\nafter\n").is_done("<a b>\n<>\n<x>\n<quit()>\n");
    peer.join().unwrap();
    let (port, peer) = self::peer(1, |_| vec![b"Error: no".to_vec()]);
    client(&[&port, driver, "--transport", "udp", "--request", "x"], "").is_no("Error: no\n", "");
    peer.join().unwrap();
}

fn silence_is_explained(driver: &str) {
    let (port, peer) = peer(3, |_| Vec::new());
    let args = [&*port, driver, "--transport", "udp", "--timeout", "0.05", "--retries", "2"];
    let ended = client(&args, "1+1\n");
    ended.is_no("", "sent 3 times, waiting 0.05 seconds for it; UDP gives no sign of what became");
    // It got all three of them.
    peer.join().unwrap();
}

fn a_datagram_may_get_lost(driver: &str) {
    let mut count = 0;
    let (port, peer) = peer(3, move |request| {
        count += 1;
        if count < 3 { Vec::new() } else { vec![request.to_vec()] }
    });
    let args = [&*port, driver, "--transport", "udp", "--timeout", "0.05", "--retries", "1000"];
    client(&args, "1+1\n").is_done("1+1\n");
    peer.join().unwrap();
}

fn a_refusal_is_told_from_silence(driver: &str) {
    let address = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = client(&[&address.port().to_string(), driver, "--transport", "udp"], "1+1\n2+2\n");
    ended.is_no("", "refused the datagram: its system says (by ICMP) that nothing is listening");
    assert_eq!(ended.words.lines().count(), 2, "each request has its own fate: {}", ended.words);
}

fn a_line_may_be_too_long(driver: &str) {
    let (port, peer) = peer(1, |request| vec![request.to_vec()]);
    let input = format!("{}\nshort\n", "x".repeat(65_508));
    let ended = client(&[&port, driver, "--transport", "udp"], input);
    ended.is_no("short\n", "a line of more than 65507 bytes is too long");
    peer.join().unwrap();
}

fn a_tail_of_a_line_is_no_request(driver: &str) {
    for length in [65_535, 300_000] {
        let (port, peer) = peer(1, |request| vec![request.to_vec()]);
        let input = format!("{}exit()\nshort\n", "x".repeat(length));
        let ended = client(&[&port, driver, "--transport", "udp"], input);
        ended.is_no("short\n", "a line of more than 65507 bytes is too long");
        assert_eq!(ended.words.lines().count(), 1, "{}", ended.words);
        peer.join().unwrap();
    }
}

fn what_comes_too_late_is_dropped(driver: &str) {
    let (both_sent, sent) = channel();
    let (port, peer) = {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port().to_string();
        let peer = thread::spawn(move || {
            let mut memory = [0; 64];
            for replies in [2, 1] {
                let (length, sender) = socket.recv_from(&mut memory).unwrap();
                for _ in 0..replies {
                    socket.send_to(&memory[..length], sender).unwrap();
                }
                both_sent.send(()).unwrap();
            }
        });
        (port, peer)
    };
    let mut client = Client::start(&[&port, driver, "--transport", "udp"]);
    client.say("first\n");
    client.expect("first\n");
    sent.recv().unwrap();
    client.say("second\n");
    client.expect("second\n");
    drop(client.input.take());
    client.end().is_done("");
    peer.join().unwrap();
}

/// The peer answers a request late, and once more when the next one has come already.
fn a_reply_that_is_late_goes_nowhere(driver: &str) {
    for (retries, wait) in [(None, "0.5"), (Some("1000"), "0.05")] {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let port = socket.local_addr().unwrap().port().to_string();
        let peer = thread::spawn(move || {
            let (mut memory, mut senders) = ([0; 64], Vec::new());
            loop {
                let (length, sender) = socket.recv_from(&mut memory).unwrap();
                if &memory[..length] == b"second" {
                    senders.iter().for_each(|late| drop(socket.send_to(b"first", late)));
                    socket.send_to(b"second", sender).unwrap();
                    break;
                }
                senders.push(sender);
                if senders.len() > 1 {
                    socket.send_to(b"first", sender).unwrap();
                }
            }
        });
        let mut args = vec![&*port, driver, "--transport", "udp", "--timeout", wait];
        args.extend(retries.iter().flat_map(|count| ["--retries", count]));
        let ended = client(&args, "first\nsecond\n");
        match retries {
            Some(_) => ended.is_done("first\nsecond\n"),
            None => ended.is_no("second\n", "no reply from "),
        }
        peer.join().unwrap();
    }
}

fn an_empty_reply_is_an_empty_line(driver: &str) {
    let (port, peer) = peer(3, |request| vec![request.to_vec()]);
    client(&[&port, driver, "--transport", "udp"], "a\n\nb\n").is_done("a\n\nb\n");
    peer.join().unwrap();
}
