//! What a classroom asks: and if the server is not there yet? And if the port is another one?

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use antiphon_tests::{LIMIT, Peer, Program, Sender};

use crate::server;

/// The system refuses, for nobody listens; once the server is there, the same client gets through.
#[test]
fn tcp_client_before_the_server() {
    let address = free_tcp_address();
    let error = Peer::try_connect(address).expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    let program = Program::start(&mut server(&format!("calc {}", address.port())));
    assert_eq!(program.address(), address);
    Peer::connect(address).asks("3+5", "Answer is 8");
}

/// Sending always works, and then nothing ever comes: what was sent before the server was there is
/// gone.
#[test]
fn udp_client_before_the_server() {
    let address = free_udp_address();
    let sender = Sender::to(address);
    sender.sends("1+1");
    sender.hears_nothing();
    let arguments = format!("calc {} --transport udp", address.port());
    let _program = Program::start(&mut server(&arguments));
    sender.asks("3+5", "Answer is 8\r\n");
    sender.hears_nothing();
}

/// A connected socket is told what an unconnected one is not: the port is closed.
#[test]
fn connected_udp_client_before_the_server() {
    let address = free_udp_address();
    let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback has a free port");
    socket.set_read_timeout(Some(LIMIT)).expect("the timeout is not zero");
    socket.connect(address).expect("nothing is sent by it");
    socket.send(b"1+1").expect("a datagram can be sent");
    let error = socket.recv(&mut [0; 100]).expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);

    let arguments = format!("calc {} --transport udp", address.port());
    let _program = Program::start(&mut server(&arguments));
    socket.send(b"3+5").expect("a datagram can be sent");
    let mut reply = [0; 100];
    let length = socket.recv(&mut reply).expect("the server answers");
    assert_eq!(&reply[..length], b"Answer is 8\r\n");
}

/// As if there were no server; and it does not notice.
#[test]
fn wrong_port() {
    let program = Program::start(&mut server("calc 0 --transport both"));
    let error = Peer::try_connect(free_tcp_address()).expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    let sender = Sender::to(free_udp_address());
    sender.sends("3+5");
    sender.hears_nothing();
    program.serves();
    Sender::to(program.address()).asks("3+5", "Answer is 8\r\n");
    program.logs(&["opened", "id=1"]);
}

/// Right port, wrong transport.
#[test]
fn wrong_transport() {
    let tcp = Program::start(&mut server("calc 0 --transport tcp"));
    let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback has a free port");
    socket.set_read_timeout(Some(Duration::from_secs(5))).expect("the timeout is not zero");
    socket.connect(tcp.address()).expect("nothing is sent by it");
    socket.send(b"3+5").expect("a datagram can be sent");
    let error = socket.recv(&mut [0; 100]).expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);

    let udp = Program::start(&mut server("calc 0 --transport udp"));
    let error = Peer::try_connect(udp.address()).expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

/// Where nobody listens; the system does not give the same port again so soon.
fn free_tcp_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it is bound")
}

fn free_udp_address() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback has a free port");
    socket.local_addr().expect("it is bound")
}
