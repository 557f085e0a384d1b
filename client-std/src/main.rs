//! `antiphon-client`: reads the command line, connects, talks.

use std::io::ErrorKind;
use std::process::ExitCode;

use antiphon_client::{Args, Failure, Outcome, run};

fn main() -> ExitCode {
    match run(&Args::read()) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SaidNo) => ExitCode::FAILURE,
        // Whoever read the replies has enough of them, as in `antiphon-client | head`.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("antiphon-client: {failure}");
            if failure.is_usage() { ExitCode::from(WRONG_USAGE) } else { ExitCode::FAILURE }
        }
    }
}

/// The exit code that clap, too, uses for a command line it cannot read.
const WRONG_USAGE: u8 = 2;
