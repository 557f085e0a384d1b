//! Conversations as text.
//!
//! One event a line, in the order in which they happen; `#` begins a comment. Clients have names
//! of one word; over UDP, what they say and are told are datagrams, and what only connections can
//! do is not there:
//!
//! ```text
//! server --max-connections 2   options, on the first line; without it there are none
//!
//! a connects
//! a> 3+5                       says this line, which ends in CRLF
//! a> 3+\                       says this and no line end
//! a< Answer is 8               is told this line, CRLF and all
//! a< quit()\                   is told this; no line end is part of it
//! a hears an error             is told a line that begins with `Error: `
//! a hears nothing              has been told nothing so far
//! a closed                     the server has ended its side
//! a ends                       ends its own side
//! a leaves                     closes
//! a refused                    cannot connect
//! halted                       the server has ended
//! ```

use std::collections::HashMap;

use crate::{Cell, Peer, Running, Sender, Transport};

/// Plays `text` against a server of `cell`: over each transport that it listens for, if there are
/// several.
///
/// # Panics
///
/// At the first line that does not come true.
pub fn play(cell: Cell, text: &str) {
    for transport in cell.transport.each() {
        println!("over {transport}:");
        play_over(transport, cell, text);
    }
}

fn play_over(transport: Transport, cell: Cell, text: &str) {
    let mut events = events(text).peekable();
    let options = events.next_if(|(_, event)| event.starts_with("server "));
    let options = options.map_or("", |(_, event)| event.trim_start_matches("server "));
    let server = Some(cell.start(options));
    let mut stage = Stage { peers: HashMap::new(), senders: HashMap::new(), transport, server };
    for (number, event) in events {
        // Shown if the event fails.
        println!("{number}: {event}");
        stage.play(event);
    }
}

/// The lines that are no comments, and their numbers.
fn events(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = (1..).zip(text.lines().map(str::trim));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

struct Stage<'t> {
    // Before the server: it ends when all have left.
    peers: HashMap<&'t str, Peer>,
    senders: HashMap<&'t str, Sender>,
    transport: Transport,
    server: Option<Running>,
}

impl<'t> Stage<'t> {
    fn play(&mut self, event: &'t str) {
        let (who, what) = event.split_once(' ').unwrap_or((event, ""));
        if event == "halted" {
            self.server.take().expect("the server halts once").ends();
        } else if let Some(name) = who.strip_suffix('>') {
            match self.senders.get(name) {
                Some(sender) => sender.sends(wire(what)),
                None => self.peer(name).send(wire(what)),
            }
        } else if let Some(name) = who.strip_suffix('<') {
            match self.senders.get(name) {
                Some(sender) => sender.hears(wire(what)),
                None => self.peer(name).hears(wire(what)),
            }
        } else if self.transport == Transport::Udp {
            self.act_without_connection(who, what);
        } else {
            self.act(who, what);
        }
    }

    fn act_without_connection(&mut self, name: &'t str, deed: &str) {
        match deed {
            "connects" => drop(self.senders.insert(name, self.server().sender())),
            "leaves" => drop(self.senders.remove(name).expect("who leaves was there")),
            "hears an error" => {
                let reply = self.senders[name].receives();
                assert!(reply.starts_with(b"Error: "), "no error: {}", reply.escape_ascii());
            }
            _ => panic!("no client can do this without a connection: {deed}"),
        }
    }

    fn act(&mut self, name: &'t str, deed: &str) {
        match deed {
            "connects" => {
                let peer = self.server().connect();
                self.peers.insert(name, peer);
            }
            "refused" => {
                let outcome = Peer::try_connect(self.server().address());
                assert!(outcome.is_err(), "{name} is connected");
            }
            "leaves" => drop(self.peers.remove(name).expect("who leaves was there")),
            "hears an error" => drop(self.peer(name).hears_error()),
            "hears nothing" => self.peer(name).has_heard_nothing(),
            "closed" => self.peer(name).hears_the_end(),
            "ends" => self.peer(name).ends(),
            _ => panic!("no client can do this: {deed}"),
        }
    }

    fn server(&self) -> &Running {
        self.server.as_ref().expect("the server has not halted")
    }

    fn peer(&mut self, name: &str) -> &mut Peer {
        self.peers.get_mut(name).unwrap_or_else(|| panic!("{name} has not connected"))
    }
}

/// A line as it travels.
fn wire(line: &str) -> String {
    line.strip_suffix('\\').map_or_else(|| format!("{line}\r\n"), str::to_owned)
}
