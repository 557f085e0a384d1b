//! The program as a person starts it: its command line, its output, its exit code, signals, and
//! what it costs the system. What it says to its clients is the business of `antiphon-tests`.

#![cfg(target_os = "linux")]

mod classroom;
mod faults;
mod logging;
mod loops;
mod options;
mod questions;
mod resources;
mod sharing;
mod signals;
mod starting;
mod tools;

use std::process::Command;

use antiphon_server::{Model, Transport};
use clap::ValueEnum as _;

/// The program with these arguments.
fn server(arguments: &str) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments.split_whitespace());
    command
}

/// A calculator on a free port, of this model and with these options.
fn calc(model: &str, options: &str) -> Command {
    server(&format!("calc 127.0.0.1 0 --model {model} {options}"))
}

/// The names of all models. Which one is being tried is printed, and seen if a test fails.
fn models() -> impl Iterator<Item = String> {
    let names = Model::value_variants().iter().filter_map(Model::to_possible_value);
    names.map(|name| name.get_name().to_owned()).inspect(|name| println!("--model {name}"))
}

/// Those that serve many clients at a time.
fn concurrent_models() -> impl Iterator<Item = String> {
    models().filter(|model| model != "iterative")
}

/// Those of them that can turn away whoever is too many.
fn refusing_models() -> impl Iterator<Item = String> {
    concurrent_models().filter(|model| model != "prethreaded")
}

/// Every combination that there is, as the command line says it.
fn cells() -> impl Iterator<Item = (Model, Transport)> {
    let models = Model::value_variants().iter().copied();
    let cells = models.flat_map(|model| {
        let transports = Transport::value_variants().iter().copied();
        transports.filter(move |transport| model.serves(*transport)).map(move |t| (model, t))
    });
    cells.inspect(|(model, transport)| println!("--model {model} --transport {transport}"))
}

/// The models that serve datagrams.
fn datagram_models() -> impl Iterator<Item = Model> {
    cells().filter(|(_, transport)| *transport == Transport::Udp).map(|(model, _)| model)
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_antiphon-server");
