//! `antiphon-server`: reads the command line, binds, serves.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod signals;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use antiphon_server::explain::{RunError, StartError};
use antiphon_server::{Options, Server, log};
use clap::Parser as _;

fn main() -> ExitCode {
    let options = Options::parse();
    let log = match log::init(&options) {
        Ok(log) => log,
        // Nobody is left to be told that telling failed.
        Err(error) => {
            return fail(&error, |words| writeln!(io::stderr(), "{words}").unwrap_or_default());
        }
    };
    let outcome = run(options);
    let code = outcome.err().map(|error| fail(&*error, |words| log.tell(words)));
    log.finish();
    code.unwrap_or(ExitCode::SUCCESS)
}

fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let descriptors = descriptors_to_come(&options);
    let server = Server::bind(options)?;
    let halt = server.halt();
    signals::halt_on_signals(halt.clone()).map_err(StartError::Resources)?;
    // Whoever reads the address may rely on being served.
    let spare: io::Result<Vec<_>> =
        (0..descriptors).map(|_| halt.wake().try_clone_to_owned()).collect();
    drop(spare.map_err(StartError::Resources)?);
    announce(&server).map_err(StartError::Announce)?;
    server.run().map_err(RunError)?;
    Ok(())
}

/// How many descriptors the loops will open, and the first client.
fn descriptors_to_come(options: &Options) -> usize {
    #[cfg(target_os = "linux")]
    if options.model == antiphon_server::Model::Epoll {
        return options.workers() + 1;
    }
    let _ = options;
    1
}

/// Scripts wait for these lines, so they may not linger in a buffer.
fn announce(server: &Server) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for transport in server.transport().each() {
        writeln!(out, "listening on {transport} {}", server.local_addr())?;
    }
    out.flush()
}

/// Tells of `error`, and gives its exit code.
fn fail(error: &(dyn Error + 'static), tell: impl FnOnce(&str)) -> ExitCode {
    tell(&format!("antiphon-server: {error}"));
    match error.downcast_ref() {
        Some(StartError::Options(_)) => ExitCode::from(WRONG_USAGE),
        _ => ExitCode::FAILURE,
    }
}

/// The exit code that clap, too, uses for a command line it cannot read.
const WRONG_USAGE: u8 = 2;
