//! `antiphon-server`: reads the command line, binds, serves.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::{io, process};

use antiphon_server::explain::StartError;
use antiphon_server::{Halt, Options, Server, log};
use clap::Parser as _;

fn main() -> ExitCode {
    let options = Options::parse();
    log::init(&options);
    match run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told that telling failed.
            writeln!(io::stderr(), "antiphon-server: {error}").unwrap_or_default();
            match error.downcast_ref() {
                Some(StartError::Options(_)) => ExitCode::from(WRONG_USAGE),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let server = Server::bind(options)?;
    halt_on_signals(server.halt())?;
    // Scripts wait for this line, so it may not linger in a buffer.
    let mut out = io::stdout().lock();
    for transport in server.transport().each() {
        writeln!(out, "listening on {transport} {}", server.local_addr())?;
    }
    out.flush()?;
    drop(out);
    server.run()?;
    Ok(())
}

/// SIGINT, SIGTERM and SIGHUP let the server finish what it has received; a second one does not.
fn halt_on_signals(halt: Halt) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(move || {
        if halt.is_set() {
            process::exit(1);
        }
        halt.set();
    })
}

/// The exit code that clap, too, uses for a command line it cannot read.
const WRONG_USAGE: u8 = 2;
