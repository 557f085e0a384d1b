//! IPv6, and both families at once.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};

use antiphon_tests::{Cell, Peer, Sender, Transport, eventually};

pub(crate) fn ipv6(cell: Cell) {
    if has_ipv6() {
        let server = cell.start_at("::1", "");
        assert!(server.address().is_ipv6());
        is_served_at(cell, server.address());
    }
}

/// The address of all addresses, of both families.
pub(crate) fn dual_stack(cell: Cell) {
    if has_ipv6() {
        let server = cell.start_at("::", "");
        for ip in LOOPBACKS {
            is_served_at(cell, SocketAddr::new(ip, server.address().port()));
        }
    }
}

pub(crate) fn only_v6(cell: Cell) {
    if has_ipv6() {
        let server = cell.start_at("::", "--only-v6");
        let at = |ip| SocketAddr::new(ip, server.address().port());
        is_served_at(cell, at(LOOPBACKS[1]));
        // The port is free in the other family, unless another test was faster.
        let v4 = at(LOOPBACKS[0]);
        eventually("the port can be had for IPv4", || {
            (cell.transport == Transport::Udp || TcpListener::bind(v4).is_ok())
                && (cell.transport == Transport::Tcp || UdpSocket::bind(v4).is_ok())
        });
    }
}

/// One client for each transport of the cell.
#[track_caller]
fn is_served_at(cell: Cell, address: SocketAddr) {
    for transport in cell.transport.each() {
        match transport {
            Transport::Udp => {
                Sender::to(address).asks("3+5\n", cell.speech.replies("3+5\n"));
            }
            _ => {
                let mut peer = Peer::connect(address);
                peer.send("3+5\n");
                peer.hears(cell.speech.replies("3+5\n"));
                peer.ends();
                peer.hears_the_end();
            }
        }
    }
}

fn has_ipv6() -> bool {
    let has = TcpListener::bind("[::1]:0").is_ok();
    if !has {
        eprintln!("skipped: this machine has no IPv6 loopback");
    }
    has
}

const LOOPBACKS: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
