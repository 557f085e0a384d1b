//! The options of sockets: each is asked for, and what the system made of it is told.

use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use antiphon_server::Options;
use antiphon_server::socket::{self, BindOptions, Mode};
use antiphon_tests::{Program, Sender};
use clap::{CommandFactory as _, Parser as _};
use socket2::SockRef;

use crate::{cells, server};

/// On the command line, what `-v` says of it, and a look at the sockets that were made with it.
type Row = (&'static str, &'static str, fn(&Made) -> bool);

/// What the library makes with the same options.
struct Made {
    listener: TcpListener,
    accepted: TcpStream,
    datagrams: UdpSocket,
}

/// Every option of the socket section of `--help`.
const TABLE: &[Row] = &[
    ("--backlog 7", "listening, with a queue of 7", |_| true),
    ("--no-delay true", "no delay: asked true, granted true", |made| {
        made.stream().tcp_nodelay().is_ok_and(|on| on)
    }),
    ("--no-delay false", "no delay: asked false, granted false", |made| {
        made.stream().tcp_nodelay().is_ok_and(|on| !on)
    }),
    ("--keep-alive", "keep alive: asked true, granted true", |made| {
        made.stream().keepalive().is_ok_and(|on| on)
    }),
    ("--linger 3", "linger: asked Some(3s), granted Some(3s)", |made| {
        made.stream().linger().is_ok_and(|time| time == Some(Duration::from_secs(3)))
    }),
    ("--reuse-address true", "reuse address: asked true, granted true", |made| {
        made.tcp().reuse_address().is_ok_and(|on| on)
            && made.udp().reuse_address().is_ok_and(|on| !on)
    }),
    ("--reuse-address false", "reuse address: asked false, granted false", |made| {
        made.tcp().reuse_address().is_ok_and(|on| !on)
    }),
    ("--reuse-port", "reuse port: asked true, granted true", |made| {
        made.tcp().reuse_port().is_ok_and(|on| on) && made.udp().reuse_port().is_ok_and(|on| on)
    }),
    // Linux doubles them (socket(7)).
    ("--receive-buffer 4096", "receive buffer: asked 4096, granted 8192", |made| {
        made.both(|socket| socket.recv_buffer_size().ok() == Some(8192))
            && made.stream().recv_buffer_size().ok() == Some(8192)
    }),
    ("--send-buffer 8192", "send buffer: asked 8192, granted 16384", |made| {
        made.both(|socket| socket.send_buffer_size().ok() == Some(16384))
            && made.stream().send_buffer_size().ok() == Some(16384)
    }),
    ("--only-v6", "only IPv6: asked true, granted true", |made| {
        made.both(|socket| socket.only_v6().is_ok_and(|on| on))
    }),
];

#[test]
fn the_table_has_every_option() {
    let command = Options::command();
    let arguments = command.get_arguments();
    let socket = arguments.filter(|arg| arg.get_help_heading() == Some("Socket options"));
    let names: Vec<&str> = socket.filter_map(clap::Arg::get_long).collect();
    assert!(!names.is_empty());
    for name in names {
        let is_there = TABLE.iter().any(|(words, ..)| {
            words.strip_prefix("--").and_then(|words| words.split(' ').next()) == Some(name)
        });
        assert!(is_there, "--{name} is in no row");
    }
}

#[test]
fn options_are_applied() {
    for (words, _, is_applied) in TABLE {
        assert!(is_applied(&Made::with(words)), "{words}");
    }
    let plain = Made::with("");
    assert!(plain.tcp().reuse_address().expect("getsockopt(2) works"), "the default");
    assert!(plain.stream().tcp_nodelay().expect("getsockopt(2) works"), "the default");
    assert!(!plain.stream().keepalive().expect("getsockopt(2) works"));
    assert_eq!(plain.stream().linger().expect("getsockopt(2) works"), None);
    // At an address of IPv6 alone, Linux sets it by itself.
    assert!(!plain.udp().only_v6().expect("getsockopt(2) works"));
    assert!(plain.both(|socket| !socket.reuse_port().expect("getsockopt(2) works")));
}

#[test]
fn options_are_told_as_asked_and_as_granted() {
    for (words, told, _) in TABLE {
        let program = Program::start(&mut server(&format!("calc ::1 0 -v {words}")));
        program.serves();
        program.logs(&[told]);
    }
    // Those of connections have no meaning here, those of every socket do.
    for words in ["--receive-buffer 4096", "--send-buffer 8192", "--reuse-port", "--only-v6"] {
        let arguments = format!("calc ::1 0 -v --transport udp {words}");
        let program = Program::start(&mut server(&arguments));
        let (.., told, _) = TABLE.iter().find(|(row, ..)| *row == words).expect("it is a row");
        program.logs(&[told]);
    }
}

/// A journal of what happens, as those write it who see it for the first time.
#[test]
fn every_step_is_told() {
    for (model, transport) in cells() {
        let arguments = format!("calc 0 -v --model {model} --transport {transport}");
        let program = Program::start(&mut server(&arguments));
        for transport in transport.each() {
            program.logs(&[&format!("created a {} socket", transport.to_string().to_uppercase())]);
        }
        program.logs(&["binding to 127.0.0.1:"]);
        if transport != antiphon_server::Transport::Udp {
            program.logs(&["listening, with a queue of"]);
            let mut peer = program.connect();
            let name = format!("peer={}", peer.address());
            peer.asks("3+5", "Answer is 8");
            peer.quits();
            drop(peer);
            program.logs(&["opened", &name]);
            let steps =
                ["received 5 bytes", "sent 13 bytes", "sent 6 bytes", "lingering", "closed"];
            for step in steps {
                program.logs(&[step, "id=1"]);
            }
        }
        if transport != antiphon_server::Transport::Tcp {
            Sender::to(program.address()).asks("3+5", "Answer is 8\r\n");
            program.logs(&["received 3 bytes in a datagram", r#""3+5""#, "peer=127.0.0.1:"]);
            program.logs(&["sent 13 bytes in a datagram", r#""Answer is 8\r\n""#]);
        }
    }
}

/// With the name that manual pages give it, and what it means.
#[test]
fn failures_are_named() {
    let program = Program::start(&mut server("calc 0"));
    let mut peer = program.connect();
    peer.asks("3+5", "Answer is 8");
    peer.resets();
    program.logs(&["closed", "ECONNRESET", "the peer reset the connection"]);
}

impl Made {
    fn with(words: &str) -> Self {
        let line = format!("antiphon-server calc {words}");
        let options: BindOptions = Options::parse_from(line.split_whitespace()).bind;
        let address = SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 0));
        let listener = socket::listen(address, &options).expect("there is IPv6 loopback");
        let address = listener.local_addr().expect("it is bound");
        let client = TcpStream::connect(address).expect("somebody listens");
        let accepted = loop {
            match listener.accept() {
                Ok((accepted, _)) => break accepted,
                Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
            }
        };
        drop(client);
        socket::prepare(&accepted, Mode::Blocking, &options.socket).expect("setsockopt(2) works");
        assert_eq!((&accepted).read(&mut [0]).expect("it blocks until the end"), 0);
        let datagrams = socket::bind_datagrams(([0; 16], 0).into(), &options);
        Self { listener, accepted, datagrams: datagrams.expect("there is IPv6") }
    }

    fn tcp(&self) -> SockRef<'_> {
        SockRef::from(&self.listener)
    }

    fn udp(&self) -> SockRef<'_> {
        SockRef::from(&self.datagrams)
    }

    fn stream(&self) -> SockRef<'_> {
        SockRef::from(&self.accepted)
    }

    fn both(&self, holds: impl Fn(&SockRef<'_>) -> bool) -> bool {
        holds(&self.tcp()) && holds(&self.udp())
    }
}
