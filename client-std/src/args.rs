//! The command line, as types: what was asked for is decided here, once.

use std::time::Duration;

use antiphon_server::socket::{Mode, SocketOptions};
use antiphon_server::{Endpoint, EndpointError, seconds};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, ValueEnum};

/// Everything that can be said about a client.
#[derive(Clone, Debug, Parser)]
#[command(name = "antiphon-client", version, about, max_term_width = 100)]
#[command(
    after_help = "Each line is a request. `quit()` and `exit()` are sent and end the client, \
                        `bye` only ends it.\n\
                        Exit code: 0 done, 1 the network or a reply said no, 2 wrong usage."
)]
pub struct Args {
    /// The server; a lone number is the port [default: 127.0.0.1 5000]
    #[arg(value_names = ["HOST", "PORT"], num_args = 0..=2)]
    pub endpoint: Vec<String>,

    /// Send this line instead of those of standard input; may be given several times
    #[arg(long = "request", value_name = "TEXT", allow_hyphen_values = true)]
    pub requests: Vec<String>,

    /// How requests travel
    #[arg(long, value_enum, default_value_t)]
    pub transport: Transport,

    /// Open a new connection for each request, for servers that close after each answer
    #[arg(long)]
    pub reconnect: bool,

    /// How long to wait for the connection, and for each reply [default: udp 5, tcp any time]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,

    /// How often to send a datagram again that nobody answered [default: 0]
    #[arg(long, value_name = "N")]
    pub retries: Option<u32>,

    /// Send and receive in two threads, on a socket that blocks; the default
    #[arg(long)]
    pub blocking: bool,

    /// Send and receive in one thread, on a socket that never blocks
    #[cfg(unix)]
    #[arg(long, conflicts_with = "blocking")]
    pub non_blocking: bool,

    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as help")]
    pub socket: SocketOptions,

    /// Tell each step on standard error
    #[arg(short, long)]
    pub verbose: bool,
}

/// How requests travel.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum Transport {
    /// One stream for all of them
    #[default]
    Tcp,
    /// Each in a datagram of its own
    Udp,
}

impl Args {
    /// Reads the command line of this process; ends the process if it is wrong.
    #[must_use]
    pub fn read() -> Self {
        let args = Self::parse();
        let misplaced = match args.transport {
            Transport::Udp if args.reconnect => "--reconnect needs connections; UDP has none",
            Transport::Tcp if args.retries.is_some() => {
                "--retries is for datagrams, which get lost; give --transport udp as well"
            }
            _ => return args,
        };
        Self::command().error(ErrorKind::ArgumentConflict, misplaced).exit()
    }

    /// The server to talk to.
    ///
    /// # Errors
    ///
    /// [`EndpointError`] if the words on the command line are no address that a server can have.
    pub fn endpoint(&self) -> Result<Endpoint, EndpointError> {
        match Endpoint::from_words(&self.endpoint) {
            Err(EndpointError::Port(word)) => Err(EndpointError::ServerPort(word)),
            // To listen there means any free port; to connect there, nothing.
            Ok(Endpoint { port: 0, .. }) => {
                let word = self.endpoint.last().cloned();
                Err(EndpointError::ServerPort(word.unwrap_or_default()))
            }
            outcome => outcome,
        }
    }

    /// Whether calls on the socket may put their thread to sleep.
    #[must_use]
    pub fn mode(&self) -> Mode {
        #[cfg(unix)]
        if self.non_blocking {
            return Mode::NonBlocking;
        }
        Mode::Blocking
    }
}
