//! Datagrams: each one request, and at most one reply.

use std::net::UdpSocket;

use antiphon_protocol::Refusal;
use antiphon_tests::{Cell, GREETING, PREFIX, Sender, Speech, error_line};

pub(crate) fn one_datagram_one_reply(cell: Cell) {
    // It is no connection, so it has no number of requests.
    let server = cell.start("--requests-per-connection 1");
    let sender = server.sender();
    for request in ["3+5", "3+5\n", "3+5\r\n", "40+50"] {
        sender.asks(request, cell.speech.replies(request));
    }
    for number in 0..100 {
        let request = format!("{number}+1");
        sender.asks(&request, cell.speech.replies(&request));
    }
    sender.hears_nothing();
}

pub(crate) fn many_senders(cell: Cell) {
    let server = cell.start("");
    let senders: Vec<Sender> = (0..50).map(|_| server.sender()).collect();
    let request = |number| format!("{number}+1000");
    for (number, sender) in senders.iter().enumerate() {
        sender.sends(request(number));
    }
    for (number, sender) in senders.iter().enumerate() {
        sender.hears(cell.speech.replies(request(number)));
    }
    for sender in &senders {
        sender.asks("3+5", cell.speech.replies("3+5"));
    }
}

/// They are no more than a byte stream to a service that takes bytes, and a line to the others.
pub(crate) fn datagrams_of_every_size(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    for size in [1, 1023, 1024, 1025, 2048, 9000, LARGEST] {
        let datagram = vec![b'7'; size];
        sender.sends(&datagram);
        let reply = sender.receives();
        let expected = match cell.speech {
            Speech::Calc if size <= 1024 => {
                assert_ne!(reply, error_line(Refusal::LineTooLong).as_bytes());
                reply.clone()
            }
            Speech::Calc | Speech::PrefixEcho if size > 1024 => {
                error_line(Refusal::LineTooLong).into()
            }
            _ => cell.speech.replies(&datagram),
        };
        assert!(reply == expected, "{size} bytes: {}", reply.escape_ascii());
        sender.asks("3+5", cell.speech.replies("3+5"));
    }
}

/// An empty datagram is a datagram: an empty one answers it where bytes are sent back, and an
/// empty line is answered where lines are.
pub(crate) fn empty_datagram(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    for _ in 0..3 {
        sender.sends("");
        let reply = sender.receives();
        match cell.speech {
            Speech::Calc => assert!(reply.starts_with(b"Error: ")),
            Speech::Echo | Speech::Upper => assert_eq!(reply, b""),
            Speech::Greet => assert_eq!(reply, format!("{GREETING}\r\n").as_bytes()),
            Speech::Http => unreachable!("HTTP has no datagrams"),
            Speech::PrefixEcho => assert_eq!(reply, format!("{PREFIX}\r\n").as_bytes()),
        }
        sender.asks("3+5", cell.speech.replies("3+5"));
    }
}

pub(crate) fn garbage_in_datagrams(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    let all_but_lf: Vec<u8> = (0..=u8::MAX).filter(|byte| *byte != b'\n').collect();
    for garbage in [&all_but_lf[..], b"\0", b"\xff\xfe", b"3\0+5", b"\x1b[2J", b"\x80"] {
        sender.sends(garbage);
        if cell.speech == Speech::Calc {
            assert!(sender.receives().starts_with(b"Error: "));
        } else {
            sender.hears(cell.speech.replies(garbage));
        }
        sender.asks("3+5", cell.speech.replies("3+5"));
    }
}

/// Nobody is there any more when the reply comes; the system may tell the server so (ICMP).
pub(crate) fn senders_that_are_gone(cell: Cell) {
    let server = cell.start("");
    for _ in 0..20 {
        let gone = server.sender();
        for _ in 0..5 {
            gone.sends("3+5");
        }
        drop(gone);
        server.serves_datagrams();
    }
}

/// What arrived before the halt is answered.
pub(crate) fn halt_answers_what_arrived(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    sender.asks("3+5", cell.speech.replies("3+5"));
    for number in 0..100 {
        sender.sends(format!("{number}+1000"));
    }
    server.halt();
    server.ends();
    let mut replies: Vec<Vec<u8>> = (0..100).map(|_| sender.receives()).collect();
    let expected = |number| cell.speech.replies(format!("{number}+1000"));
    let mut expected: Vec<Vec<u8>> = (0..100).map(expected).collect();
    // Several workers answer in any order.
    replies.sort();
    expected.sort();
    assert_eq!(replies, expected);
}

/// A forged sender can set two servers on each other; they must stop by themselves.
pub(crate) fn no_reply_to_a_reply(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    let own = match cell.speech {
        Speech::Calc => vec!["Answer is 8\r\n".to_owned(), "Error: what?".to_owned()],
        Speech::PrefixEcho => vec![format!("{PREFIX}Hello\r\n"), "Error: what?\r\n".to_owned()],
        _ => vec![format!("{GREETING}\r\n"), GREETING.to_owned()],
    };
    for reply in &own {
        sender.sends(reply);
    }
    sender.asks("3+5", cell.speech.replies("3+5"));
    sender.hears_nothing();
}

/// There is nothing to end but the server.
pub(crate) fn quit_in_a_datagram_is_answered(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    for word in ["quit()", "quit()\r\n", " quit() \n"] {
        sender.asks(word, "quit()");
        sender.asks("3+5", cell.speech.replies("3+5"));
    }
}

pub(crate) fn exit_in_a_datagram_halts(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    sender.asks("3+5", cell.speech.replies("3+5"));
    sender.asks("exit()", "exit()");
    server.ends();
}

pub(crate) fn exit_in_a_datagram_may_be_forbidden(cell: Cell) {
    let server = cell.start("--allow-exit never");
    let sender = server.sender();
    sender.asks("exit()\n", error_line(Refusal::ExitNotAllowed));
    sender.asks("3+5", cell.speech.replies("3+5"));
}

pub(crate) fn web_request_in_a_datagram(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    sender.asks("GET / HTTP/1.1\r\n", error_line(Refusal::WebRequest));
    sender.asks("3+5", cell.speech.replies("3+5"));
}

/// No control word means anything here.
pub(crate) fn nothing_in_a_datagram_is_interpreted(cell: Cell) {
    let server = cell.start("");
    let sender = server.sender();
    for words in ["quit()", "exit()", "GET / HTTP/1.1\r\n", "\n", "\r\n", "a\nb\nc\n"] {
        sender.asks(words, cell.speech.replies(words));
    }
}

/// A reply comes from where the request went, also where that is not the usual address.
pub(crate) fn replies_come_from_the_bound_address(cell: Cell) {
    let Ok(other) = UdpSocket::bind("127.0.0.2:0") else { return };
    drop(other);
    let server = cell.start_at("127.0.0.2", "");
    assert_eq!(server.address().ip().to_string(), "127.0.0.2");
    server.serves_datagrams();
}

pub(crate) fn message_of_ones_own_in_a_datagram(cell: Cell) {
    let server = cell.start_with("127.0.0.1", &["--message", "Hello, you"]);
    let sender = server.sender();
    sender.asks("Hi", "Hello, you\r\n");
    sender.asks("", "Hello, you\r\n");
    sender.sends("Hello, you");
    sender.hears_nothing();
}

/// The most that IPv4 can carry: 65,535 less the headers of IP and UDP.
const LARGEST: usize = 65_507;
