//! One thread, and a socket that never blocks.
//!
//! ```text
//!             +---------------------------------------------------------------+
//!             v                                                               |
//!   poll(2) the input, and the stream to read, and to write if there is something to send
//! ```
//!
//! The input is never read from before poll(2) says that it has something, and stays blocking: it
//! is shared with whoever started the client, and so is its mode.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::time::{Duration, Instant};

use antiphon_server::explain::errno;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{CAPACITY, Exchange, GRACE};
use crate::Outcome;
use crate::failure::Failure;
use crate::requests::Requests;
use crate::tally::Trouble;

/// Sends and receives, whichever can be done, until the server closes.
pub(super) fn drive(mut exchange: Exchange, mut requests: Requests) -> Result<Outcome, Failure> {
    let mut scratch = vec![0; CAPACITY];
    let mut sending = true;
    exchange.tally.follow(&requests);
    loop {
        if sending && requests.is_over() {
            sending = end(&exchange);
        }
        let Some(patience) = exchange.patience() else { return exchange.time_out() };
        let ready = wait(&exchange, &requests, sending, patience).map_err(Failure::Resources)?;
        if ready.input && !read(&exchange, &mut requests) {
            sending = end(&exchange);
        }
        if ready.writable {
            sending = send(&exchange, &mut requests);
        }
        if ready.readable {
            match (&*exchange.stream).read(&mut scratch) {
                Ok(0) => {
                    take_input(&exchange, &mut requests).map_err(Failure::Resources)?;
                    return exchange.closed();
                }
                Ok(count) => exchange.receive(&scratch[..count])?,
                Err(error) if is_later(&error) => {}
                Err(error) => return exchange.lost(error),
            }
        }
    }
}

/// Takes the input that is there when the server closes.
fn take_input(exchange: &Exchange, requests: &mut Requests) -> io::Result<()> {
    let end = Instant::now() + GRACE;
    while exchange.awaits_input() && requests.wants_input() {
        let left = end.saturating_duration_since(Instant::now());
        let Some(source) = requests.source().filter(|_| !left.is_zero()) else { break };
        let patience = Timespec::try_from(left).ok();
        match poll(&mut [PollFd::new(source, PollFlags::IN)], patience.as_ref()) {
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => {
                read(exchange, requests);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What can be done without waiting.
#[derive(Debug, Default)]
struct Ready {
    input: bool,
    readable: bool,
    writable: bool,
}

/// Waits until something can be done, or for as long as `patience` lasts.
fn wait(
    exchange: &Exchange,
    requests: &Requests,
    sending: bool,
    patience: Option<Duration>,
) -> io::Result<Ready> {
    let has_ready = sending && !requests.ready().is_empty();
    let interest = if has_ready { PollFlags::IN | PollFlags::OUT } else { PollFlags::IN };
    let mut sockets = vec![PollFd::new(&*exchange.stream, interest)];
    if let Some(source) = requests.source().filter(|_| sending && requests.wants_input()) {
        sockets.push(PollFd::new(source, PollFlags::IN));
    }
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    match poll(&mut sockets, patience.as_ref()) {
        Ok(_) => {}
        Err(Errno::INTR) => return Ok(Ready::default()),
        Err(error) => return Err(error.into()),
    }
    let stream = sockets[0].revents();
    // An error or a hang-up is learned from the call that it makes fail.
    let broken = stream.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL);
    Ok(Ready {
        input: sockets.get(1).is_some_and(|input| !input.revents().is_empty()),
        readable: broken || stream.contains(PollFlags::IN),
        writable: has_ready && (broken || stream.contains(PollFlags::OUT)),
    })
}

/// Takes what one read gives; `false` when the input cannot be read.
fn read(exchange: &Exchange, requests: &mut Requests) -> bool {
    let outcome = requests.read();
    let is_read = outcome.is_ok();
    if let Err(error) = outcome {
        exchange.tally.stop(Trouble::Input(error));
    }
    exchange.tally.follow(requests);
    is_read
}

/// Sends what the system takes; `false` when it takes no more.
fn send(exchange: &Exchange, requests: &mut Requests) -> bool {
    match (&*exchange.stream).write(requests.ready()) {
        Ok(count) => {
            exchange.console.tell(format_args!("sent {count} bytes"));
            exchange.tally.moves();
            requests.sent(count);
            true
        }
        Err(error) if is_later(&error) => true,
        Err(error) => give_up(exchange, error),
    }
}

/// Tells the server that nothing more comes; `false`, because that is so.
fn end(exchange: &Exchange) -> bool {
    exchange.console.tell("closing the sending side");
    if let Err(error) = exchange.stream.shutdown(Shutdown::Write) {
        give_up(exchange, error);
    }
    false
}

/// The server takes no more; it may still have something to say.
fn give_up(exchange: &Exchange, error: io::Error) -> bool {
    exchange.console.tell(format_args!("sending failed: {}", errno(&error)));
    exchange.tally.stop(Trouble::Sending(error));
    false
}

/// Not a failure: there is nothing to do at the moment.
fn is_later(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
