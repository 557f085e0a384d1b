//! A client for calculator, echo and other classic socket services, for people and for scripts.
//!
//! It knows little about the services: each line is a request, and what comes back is shown as it
//! comes. So it serves as well for servers that are not ours, whatever they say, unasked or not,
//! and however the network cuts it. What it knows is who owes whom: it ends when all is said, and
//! can tell why when something is missing.
//!
//! How a line travels: from the prompt (`repl`) or from standard input into `requests`, over one
//! stream (`exchange`) or in datagrams (`datagrams`), and back through `replies` to the `console`.

mod args;
mod console;
mod datagrams;
mod exchange;
mod failure;
mod printable;
mod repl;
mod replies;
mod requests;
mod tally;
mod transport;

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use antiphon_server::explain::ConnectError;

pub use crate::args::{Args, Transport};
use crate::console::Console;
use crate::exchange::exchange;
pub use crate::failure::Failure;
use crate::repl::Prompt;
use crate::requests::{LONGEST, Requests};
use crate::transport::{connect, connect_datagram};

/// How a client ends that could do what it was asked to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// All is answered.
    Done,
    /// Some answer was an error, or one of several requests failed.
    SaidNo,
}

/// Does what `args` ask for: sends requests, and shows replies on standard output.
///
/// # Errors
///
/// [`Failure`] says in words what is in the way.
pub fn run(args: &Args) -> Result<Outcome, Failure> {
    args.endpoint().map_err(ConnectError::from)?;
    let console = Console::plain(args.verbose);
    if args.reconnect {
        return converse(args, console, |requests, console| each_alone(args, requests, console));
    }
    match args.transport {
        Transport::Tcp => {
            let (stream, peer) = connect(args, &console)?;
            converse(args, console, |requests, console| {
                exchange(stream, peer, args.mode(), args.timeout, requests, console)
            })
        }
        Transport::Udp => {
            let (socket, peer, others) = connect_datagram(args, &console)?;
            converse(args, console, |requests, console| {
                datagrams::ask(socket, peer, others, args, requests, console)
            })
        }
    }
}

/// Finds out where requests come from and where replies go, and lets `talk` do the rest.
fn converse(
    args: &Args,
    console: Console,
    talk: impl FnOnce(Requests, &Arc<Console>) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    if !args.requests.is_empty() {
        return talk(Requests::from_lines(&args.requests), &Arc::new(console));
    }
    if io::stdin().is_terminal()
        && io::stdout().is_terminal()
        && let Some((prompt, requests, console)) = Prompt::open(args.verbose)?
    {
        let console = Arc::new(console);
        let outcome = talk(requests, &console);
        prompt.close(&console);
        return outcome;
    }
    let input = standard_input().map_err(Failure::Input)?;
    talk(Requests::from_source(input), &Arc::new(console))
}

/// A connection for each request. One that fails is remarked on, and the next one is tried, for
/// they have nothing to do with each other.
fn each_alone(
    args: &Args,
    mut requests: Requests,
    console: &Arc<Console>,
) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::Done;
    while let Some(line) = requests.next_line().map_err(Failure::Input)? {
        if requests.is_cut() {
            // Its front alone is another request than the one that was meant.
            console.remark(Failure::LongLine { longest: LONGEST });
            outcome = Outcome::SaidNo;
            continue;
        }
        let request = Requests::from_lines(&[line]);
        let answered =
            connect(args, console).map_err(Failure::Connect).and_then(|(stream, peer)| {
                exchange(stream, peer, args.mode(), args.timeout, request, console)
            });
        match answered {
            Ok(Outcome::Done) => {}
            Ok(Outcome::SaidNo) => outcome = Outcome::SaidNo,
            Err(failure @ Failure::Output(_)) => return Err(failure),
            Err(failure) => {
                console.remark(failure);
                outcome = Outcome::SaidNo;
            }
        }
    }
    Ok(outcome)
}

/// Standard input without the buffer of [`io::stdin`]: what waits in there would stay unseen by
/// poll(2).
fn standard_input() -> io::Result<File> {
    #[cfg(unix)]
    let input = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned()?;
    #[cfg(windows)]
    let input = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned()?;
    Ok(input.into())
}
