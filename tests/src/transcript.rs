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

mod event;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

pub use self::event::Event;
use crate::{Cell, Peer, Running, Sender, Transport};

/// The transcripts of a service: their names and texts.
///
/// # Panics
///
/// When there are none.
#[must_use]
pub fn of(service: &str) -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("transcripts").join(service);
    let files = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{service}: {error}"));
    let mut transcripts: Vec<_> = files
        .map(|file| file.expect("a directory can be read").path())
        .map(|path| (name(&path), fs::read_to_string(&path).expect("a transcript is text")))
        .collect();
    transcripts.sort();
    transcripts
}

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
    let mut events = Event::all(text).peekable();
    let options = match events.next_if(|(_, event)| matches!(event, Event::Server(_))) {
        Some((_, Event::Server(options))) => options,
        _ => "",
    };
    let server = Some(cell.start(options));
    let mut stage = Stage { peers: HashMap::new(), senders: HashMap::new(), transport, server };
    for (number, event) in events {
        // Shown if the event fails.
        println!("{number}: {event:?}");
        stage.play(event);
    }
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

struct Stage<'t> {
    // Before the server: it ends when all have left.
    peers: HashMap<&'t str, Peer>,
    senders: HashMap<&'t str, Sender>,
    transport: Transport,
    server: Option<Running>,
}

impl<'t> Stage<'t> {
    fn play(&mut self, event: Event<'t>) {
        match event {
            Event::Server(_) => panic!("options stand on the first line"),
            Event::Says(name, bytes) => match self.senders.get(name) {
                Some(sender) => sender.sends(bytes),
                None => self.peer(name).send(bytes),
            },
            Event::IsTold(name, bytes) => match self.senders.get(name) {
                Some(sender) => sender.hears(bytes),
                None => self.peer(name).hears(bytes),
            },
            Event::Does(name, deed) if self.transport == Transport::Udp => {
                self.act_without_connection(name, deed);
            }
            Event::Does(name, deed) => self.act(name, deed),
            Event::Halted => self.server.take().expect("the server halts once").ends(),
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
