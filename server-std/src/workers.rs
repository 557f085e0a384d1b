//! Several threads that do the same work.

use std::{io, thread};

use crate::Server;

/// Runs `work` once for each worker of the server, on threads of their own, until all have
/// returned. When one fails, the others are told to halt, and its failure is returned.
pub(crate) fn run(server: &Server, work: fn(&Server) -> io::Result<()>) -> io::Result<()> {
    let work_or_halt = || work(server).inspect_err(|_| server.halt.set());
    thread::scope(|scope| {
        // This thread is one of them.
        let spawn = |number| {
            let name = format!("worker {number}");
            thread::Builder::new().name(name).spawn_scoped(scope, work_or_halt)
        };
        let others: io::Result<Vec<_>> = (2..=server.options.workers()).map(spawn).collect();
        let mut outcome =
            others.as_ref().map(|_| ()).map_err(|error| io::Error::from(error.kind()));
        if outcome.is_err() {
            server.halt.set();
        }
        outcome = outcome.and(work_or_halt());
        for other in others.into_iter().flatten() {
            // A worker that panicked makes the scope panic, with its own message.
            outcome = outcome.and(other.join().unwrap_or(Ok(())));
        }
        outcome
    })
}
