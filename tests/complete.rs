//! Which cells there are: said by the program, by the table of the tests and by the README alike.

#![cfg(target_os = "linux")]

use antiphon_server::{Model, Options, Server, Transport};
use clap::{Parser as _, ValueEnum as _};

use crate::MODELS;

/// A new model is to be found in the table, with every transport that it serves.
#[test]
fn the_table_is_complete() {
    for model in Model::value_variants() {
        let served =
            Transport::value_variants().iter().filter(|transport| model.serves(**transport));
        let served: Vec<String> = served.map(ToString::to_string).collect();
        let served = format!("({})", served.join(" "));
        assert!(MODELS.contains(&(&model.to_string(), &served)), "{model} {served} is in no cell");
    }
}

#[test]
fn the_readme_tells_the_cells() {
    let readme = include_str!("../README.md");
    let (_, table) = readme.split_once(MARKER).expect("a marker stands before the table");
    let table = table.trim_start().split_once("\n\n").map_or(table, |(table, _)| table.trim());
    let mut rows = table.lines().map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let head = rows.next().expect("a table has a head");
    assert_eq!(head[1..5], ["model", "tcp", "udp", "both on one port"]);
    let told: Vec<Vec<&str>> = rows.skip(1).map(|row| row[1..5].to_vec()).collect();
    let row = |model: &Model| {
        let cell = |transport: &Transport| if model.serves(*transport) { "yes" } else { "-" };
        let cells = Transport::value_variants().iter().map(cell).map(str::to_owned);
        [format!("`{model}`")].into_iter().chain(cells).collect::<Vec<_>>()
    };
    assert_eq!(told, Model::value_variants().iter().map(row).collect::<Vec<_>>());
}

/// What is no cell is refused, with those that there are.
#[test]
fn what_is_no_cell_is_refused() {
    for model in Model::value_variants() {
        for transport in Transport::value_variants() {
            let line = format!("antiphon-server echo 0 --model {model} --transport {transport}");
            let options = Options::try_parse_from(line.split(' ')).expect("both are there");
            if model.serves(*transport) {
                assert!(Server::bind(options).is_ok(), "{line}");
                continue;
            }
            let error = Server::bind(options).expect_err("there is no such cell").to_string();
            for other in Model::value_variants() {
                let named = error
                    .rsplit(": ")
                    .next()
                    .is_some_and(|list| list.split(", ").any(|name| name == other.to_string()));
                assert_eq!(named, other.serves(*transport), "{line}: {error}");
            }
        }
    }
}

const MARKER: &str = "<!-- cells: checked by the tests -->";
