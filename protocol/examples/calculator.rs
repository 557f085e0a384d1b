//! The calculator alone: expressions as arguments, or else line by line from standard input.
//!
//! ```text
//! cargo run --example calculator -- '2**10' '1/3'
//! ```

use std::env;
use std::io::{self, BufRead as _};

use antiphon_protocol::calc;

fn main() -> io::Result<()> {
    let expressions: Vec<String> = env::args().skip(1).collect();
    for expression in &expressions {
        println!("{}", answer(expression));
    }
    if expressions.is_empty() {
        for expression in io::stdin().lock().lines() {
            println!("{}", answer(&expression?));
        }
    }
    Ok(())
}

/// The value; or a mark under what is wrong, and why.
pub(crate) fn answer(expression: &str) -> String {
    match calc::evaluate(expression.as_bytes()) {
        Ok(number) => number.to_string(),
        Err(error) => format!("{expression}\n{:>1$} {2}", '^', error.column, error.kind),
    }
}
