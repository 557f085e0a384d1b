//! The request-line parser alone: sorts the lines of standard input into requests and the rest.
//!
//! ```text
//! printf 'GET /a%%20b?c HTTP/1.1\nGET  / HTTP/1.1\n' | cargo run --example request_line
//! ```

use std::io::{self, BufRead as _};

use antiphon_protocol::http::{Error, request_line};

fn main() -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        println!("{}", describe(&line?));
    }
    Ok(())
}

/// What is asked for; or why nobody can tell.
pub(crate) fn describe(line: &str) -> String {
    let mut memory = [0; 1024];
    let mut parse = || -> Result<String, Error> {
        let line = request_line(line.as_bytes())?;
        let path = line.target.decode(&mut memory)?;
        let [method, path] = [line.method.as_bytes(), path.as_bytes()].map(String::from_utf8_lossy);
        Ok(format!("{method} \"{path}\" in {}", line.version))
    };
    parse().unwrap_or_else(|why| format!("no request: {why}"))
}
