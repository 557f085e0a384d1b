//! Two threads, each of them blocking.
//!
//! ```text
//!   sender:    read(2) from the input  -> write(2) to the stream -> ... -> shutdown(2)
//!   receiver:  read(2) from the stream -> write(2) to the output -> ... -> until the server closes
//! ```
//!
//! The receiver decides when it is over. The sender may then still wait for input that nobody
//! needs; it is left behind, and ends with the process.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::thread;

use antiphon_server::explain::errno;

use super::{CAPACITY, Exchange, GRACE};
use crate::Outcome;
use crate::console::Console;
use crate::failure::Failure;
use crate::requests::Requests;
use crate::tally::{Tally, Trouble};

/// Receives until the server closes, and sends beside that.
pub(super) fn drive(mut exchange: Exchange, requests: Requests) -> Result<Outcome, Failure> {
    let (stream, tally, console) =
        (exchange.stream.clone(), exchange.tally.clone(), exchange.console.clone());
    tally.follow(&requests);
    thread::Builder::new()
        .name("sender".into())
        .spawn(move || send(&stream, requests, &tally, &console))
        .map_err(Failure::Resources)?;
    let mut scratch = vec![0; CAPACITY];
    loop {
        let Some(patience) = exchange.patience() else { return exchange.time_out() };
        exchange.stream.set_read_timeout(patience).map_err(Failure::Resources)?;
        match (&*exchange.stream).read(&mut scratch) {
            Ok(0) => {
                exchange.tally.close();
                exchange.tally.wait_while(GRACE, || exchange.awaits_input());
                return exchange.closed();
            }
            Ok(count) => exchange.receive(&scratch[..count])?,
            Err(error) => match error.kind() {
                ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut => {}
                _ => return exchange.lost(error),
            },
        }
    }
}

/// Sends all requests, and then the end of them.
fn send(stream: &TcpStream, mut requests: Requests, tally: &Tally, console: &Console) {
    while !requests.is_over() {
        if requests.ready().is_empty() {
            if let Err(error) = requests.read() {
                tally.stop(Trouble::Input(error));
                break;
            }
            tally.follow(&requests);
            // It only counts what was left unanswered.
            if tally.is_closed() {
                return;
            }
            continue;
        }
        match (&*stream).write(requests.ready()) {
            Ok(count) => {
                console.tell(format_args!("sent {count} bytes"));
                tally.moves();
                requests.sent(count);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return give_up(error, tally, console),
        }
    }
    console.tell("closing the sending side");
    if let Err(error) = stream.shutdown(Shutdown::Write) {
        give_up(error, tally, console);
    }
}

/// The server takes no more; it may still have something to say.
fn give_up(error: io::Error, tally: &Tally, console: &Console) {
    console.tell(format_args!("sending failed: {}", errno(&error)));
    tally.stop(Trouble::Sending(error));
}
