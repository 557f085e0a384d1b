//! The board at the end of a line.
//!
//! ```text
//! antiphon-client --> carry --> QEMU: UART of the board
//!                 <--       <--
//! ```
//!
//! A UART knows no end of input, and the client ends its side after its last line. QEMU takes that
//! end for a hang-up and drops the replies that are still to come, so it is kept from QEMU until
//! the client has been told all. What is said passes through as it is.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use super::board::Board;
use super::host::Host;
use super::images;
use crate::run::peer;

/// A board, and whoever it is connected with.
pub(crate) struct Line {
    board: Board,
    call: Option<Call>,
}

struct Call {
    /// Dropped when the client has been told all.
    told_all: Sender<()>,
    carrier: JoinHandle<()>,
}

impl Line {
    /// A board that runs the image of `service`.
    #[track_caller]
    pub(crate) fn start(service: &str) -> Self {
        let images = images::cargo(&["build"], images::CORTEX_M);
        Self { board: Board::start(&images.join(service)), call: None }
    }
}

impl Host for Line {
    fn port(&mut self) -> u16 {
        let uart = self.board.connect();
        let (told_all, over) = channel();
        let (port, carrier) = peer(1, move |client| carry(&client, &uart, &over));
        self.call = Some(Call { told_all, carrier });
        port.parse().unwrap()
    }

    fn lets_go(&mut self) {
        let Some(Call { told_all, carrier }) = self.call.take() else { return };
        drop(told_all);
        carrier.join().unwrap();
    }

    fn halts(self) {
        self.board.finish();
    }
}

/// Both ways at once, until the client has ended its side and been told all, or the board is gone.
fn carry(client: &TcpStream, uart: &TcpStream, over: &Receiver<()>) {
    thread::scope(|scope| {
        scope.spawn(|| {
            // However it ends, the client has to know.
            io::copy(&mut { uart }, &mut { client }).unwrap_or_default();
            client.shutdown(Shutdown::Write).unwrap_or_default();
        });
        io::copy(&mut { client }, &mut { uart }).unwrap_or_default();
        over.recv().unwrap_or_default();
        uart.shutdown(Shutdown::Both).unwrap_or_default();
    });
}
