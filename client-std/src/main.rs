//! `antiphon-client`: reads the command line, connects, talks.

use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use antiphon_client::{Args, Failure, Outcome, run};

fn main() -> ExitCode {
    let args = Args::read();
    if args.verbose {
        tell_of_sockets();
    }
    match run(&args) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SaidNo) => ExitCode::FAILURE,
        // Whoever read the replies has enough of them, as in `antiphon-client | head`.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to be told that telling failed.
            writeln!(io::stderr(), "antiphon-client: {failure}").unwrap_or_default();
            if failure.is_usage() { ExitCode::from(WRONG_USAGE) } else { ExitCode::FAILURE }
        }
    }
}

/// Shows what the library of the server says while it makes a socket: the options, as asked and as
/// granted.
fn tell_of_sockets() {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .log_internal_errors(false)
        .with_writer(io::stderr)
        .with_ansi(false)
        .with_level(false)
        .with_target(false)
        .without_time()
        .init();
}

/// The exit code that clap, too, uses for a command line it cannot read.
const WRONG_USAGE: u8 = 2;
