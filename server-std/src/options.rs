//! The command line, as types: what was asked for is decided here, once.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use antiphon_protocol::{Framing, Service, Settings, Text, TextError};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, ValueEnum};
use thiserror::Error;

use crate::endpoint::{Endpoint, EndpointError};
use crate::model::Model;
use crate::socket::BindOptions;
use crate::transport::Transport;

/// Everything that can be said about a server.
///
/// It is the command line too, so that its defaults are written down only once:
///
/// ```
/// use antiphon_server::Options;
/// use clap::Parser as _;
///
/// let options = Options::parse_from(["antiphon-server", "calc", "0", "--model", "threaded"]);
/// assert_eq!(options.endpoint()?.to_string(), "127.0.0.1:0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Parser)]
#[command(name = "antiphon-server", version, about, long_about = None, max_term_width = 100)]
pub struct Options {
    /// What to serve
    #[arg(value_parser = service_by_name())]
    pub service: Service,

    /// Address to listen on; a lone number is the port, and port 0 any free one
    /// [default: 127.0.0.1 5000]
    #[arg(value_names = ["HOST", "PORT"], num_args = 0..=2)]
    pub endpoint: Vec<String>,

    /// The architecture: who is served when
    #[arg(long, value_enum, default_value_t = Model::DEFAULT)]
    pub model: Model,

    /// What to listen for
    #[arg(long, value_enum, default_value_t)]
    pub transport: Transport,

    /// How many workers (prethreaded) or loops (epoll) share the clients; never more than
    /// --max-connections [default: 8 or 1]
    #[arg(long, value_name = "N", value_parser = positive::<NonZeroUsize>)]
    pub workers: Option<NonZeroUsize>,

    /// How many connections may be open at once; lowered to what the system's limit on open
    /// descriptors allows. Several loops (epoll) divide them evenly: one may be full, and let its
    /// clients wait or refuse them, while another still has places
    #[arg(long, value_name = "N", default_value_t = MAX_CONNECTIONS)]
    #[arg(value_parser = positive::<NonZeroUsize>)]
    pub max_connections: NonZeroUsize,

    /// What happens to a client beyond that
    #[arg(long, value_enum, default_value_t)]
    pub when_full: WhenFull,

    /// How long a connection may be silent between two requests [default: 300; http in the models
    /// iterative and prethreaded: 1]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub idle_timeout: Option<Duration>,

    /// How long a request may take from its first byte to its last, and how long a peer may leave
    /// a reply unread [default: 30, http: 10]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub request_timeout: Option<Duration>,

    /// Close a connection after so many requests
    #[arg(long, value_name = "N", value_parser = positive::<NonZeroU32>)]
    pub requests_per_connection: Option<NonZeroU32>,

    /// Where a request ends on a connection
    #[arg(long, value_parser = framing_by_name(), default_value = "line")]
    pub framing: Framing,

    /// What `greet` says
    #[arg(long, value_name = "TEXT", value_parser = text)]
    pub message: Option<Text>,

    /// Makes `echo` answer line by line, with this text before each line
    #[arg(long, value_name = "TEXT", value_parser = text)]
    pub prefix: Option<Text>,

    /// The directory whose files `http` serves [default: .]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,

    /// Lets `http` list directories that have no index.html
    #[arg(long)]
    pub list: bool,

    /// Lets `http` serve files whose names begin with a dot; a link with another name that leads to
    /// one is followed in any case
    #[arg(long)]
    pub dotfiles: bool,

    /// From where `exit()` may end the server
    #[arg(long, value_enum, default_value_t)]
    pub allow_exit: AllowExit,

    /// Append the access log of `http` to this file, and not to standard error; `-q` does not
    /// silence it there
    #[arg(long, value_name = "FILE")]
    pub access_log: Option<PathBuf>,

    /// Format of the log on standard error, and of the access log
    #[arg(long, value_enum, default_value_t)]
    pub log_format: LogFormat,

    /// Log each step: sockets, requests, replies
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,

    /// Log only what goes wrong
    #[arg(short, long)]
    pub quiet: bool,

    // Last, for what stands behind them would be one of them in `--help`.
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as help")]
    pub bind: BindOptions,
}

/// What happens to a client for whom there is no place.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum WhenFull {
    /// It waits, connected, until another one leaves
    #[default]
    Wait,
    /// It is told that the server is busy, and disconnected
    Refuse,
}

/// Whose `exit()` ends the server.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum AllowExit {
    /// Nobody's
    Never,
    /// That of clients on the same machine
    #[default]
    Loopback,
    /// Everybody's
    Always,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// One JSON object a line
    Json,
}

impl Options {
    /// The address to listen on.
    ///
    /// # Errors
    ///
    /// [`EndpointError`] if the words on the command line are no address.
    pub fn endpoint(&self) -> Result<Endpoint, EndpointError> {
        Endpoint::from_words(&self.endpoint)
    }

    /// What the sessions are to do.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::new(self.service);
        settings.framing = self.framing;
        settings.max_requests = self.requests_per_connection;
        settings.prefix = self.prefix.clone();
        if let Some(message) = &self.message {
            settings.greeting = message.clone();
        }
        settings
    }

    /// The directory whose files are served.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.as_deref().unwrap_or(Path::new("."))
    }

    /// How long a request may take.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        let default = if self.service == Service::Http { 10 } else { 30 };
        self.request_timeout.unwrap_or(Duration::from_secs(default))
    }

    /// How long a connection may be silent between two requests. Browsers connect ahead of need and
    /// then say nothing: where such a connection holds a worker, it may not do so for long, unless
    /// somebody asks for it.
    #[must_use]
    pub fn idle_timeout(&self) -> Duration {
        let holds_a_worker = matches!(self.model, Model::Iterative | Model::Prethreaded);
        let default = if self.service == Service::Http && holds_a_worker { 1 } else { 300 };
        self.idle_timeout.unwrap_or(Duration::from_secs(default))
    }

    /// How many workers the model has: never more than there may be connections.
    #[must_use]
    pub fn workers(&self) -> usize {
        let workers = self.workers.map(NonZeroUsize::get).or(self.model.default_workers());
        workers.unwrap_or(1).min(self.max_connections.get())
    }

    /// Whether all of it makes sense together.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] names what does not go together.
    pub fn check(&self) -> Result<(), OptionsError> {
        if !self.model.serves(self.transport) {
            let others =
                Model::value_variants().iter().filter(|model| model.serves(self.transport));
            let others = others.map(ToString::to_string).collect::<Vec<_>>().join(", ");
            return Err(OptionsError::NoSuchCell(self.model, self.transport, others));
        }
        if self.service == Service::Http && self.transport != Transport::Tcp {
            return Err(OptionsError::HttpIsTcp);
        }
        if self.workers.is_some() && self.model.default_workers().is_none() {
            return Err(OptionsError::NoWorkers(self.model));
        }
        if self.model == Model::Prethreaded && self.when_full == WhenFull::Refuse {
            return Err(OptionsError::CannotRefuse);
        }
        for (option, is_given, service) in [
            ("--prefix", self.prefix.is_some(), Service::Echo),
            ("--message", self.message.is_some(), Service::Greet),
            ("--access-log", self.access_log.is_some(), Service::Http),
            ("--root", self.root.is_some(), Service::Http),
            ("--list", self.list, Service::Http),
            ("--dotfiles", self.dotfiles, Service::Http),
        ] {
            if is_given && self.service != service {
                return Err(OptionsError::NotOfService(option, service.name()));
            }
        }
        if self.framing == Framing::Message && self.service == Service::Http {
            return Err(OptionsError::HttpHasHeads);
        }
        self.endpoint()?;
        Ok(())
    }
}

/// The options do not go together.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum OptionsError {
    /// The words are no address.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The model cannot serve the transport.
    #[error("--model {0} cannot serve --transport {1}; these can: {2}")]
    NoSuchCell(Model, Transport, String),
    /// HTTP/1.1 needs a stream.
    #[error("http is served over tcp alone; leave --transport out")]
    HttpIsTcp,
    /// HTTP says itself where a request ends.
    #[error("http tells where a request ends; leave --framing out")]
    HttpHasHeads,
    /// The model has no workers.
    #[error("--workers is for the models prethreaded and epoll; {0} has none")]
    NoWorkers(Model),
    /// A prethreaded server cannot refuse.
    #[error(
        "--when-full refuse needs somebody free to refuse, and in prethreaded a full server has \
         nobody; leave it out, or choose another model"
    )]
    CannotRefuse,
    /// The option says nothing to this service.
    #[error("{0} is an option of the service {1} alone; leave it out")]
    NotOfService(&'static str, &'static str),
}

fn service_by_name() -> impl TypedValueParser<Value = Service> {
    let about = |service| match service {
        Service::Calc => "A calculator: each line is an expression",
        Service::Echo => "What comes in goes back (RFC 862)",
        Service::Greet => "A greeting, and goodbye",
        Service::Http => "The files of a directory, to browsers",
        Service::Upper => "What comes in goes back in capital letters",
    };
    let names = Service::ALL.map(|service| PossibleValue::new(service.name()).help(about(service)));
    // The parser lets no other name through.
    let by_name = |name: String| Service::ALL.into_iter().find(|service| service.name() == name);
    PossibleValuesParser::new(names).map(move |name| by_name(name).unwrap_or(Service::Calc))
}

fn framing_by_name() -> impl TypedValueParser<Value = Framing> {
    let line = PossibleValue::new("line").help("At the end of a line");
    let message = PossibleValue::new("message")
        .help("Also at the end of what was sent at once, for clients that send no line end");
    PossibleValuesParser::new([line, message]).map(|name| match name.as_str() {
        "message" => Framing::Message,
        _ => Framing::Line,
    })
}

fn text(text: &str) -> Result<Text, TextError> {
    Text::new(text.as_bytes())
}

/// Reads one of the numbers above 0: what the standard library says of others is not for people.
fn positive<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "give a whole number above 0".to_owned())
}

/// Reads a length of time from a command line, for `value_parser` of clap: the client's, too.
///
/// # Errors
///
/// A sentence that says what is wanted.
pub fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds) if (SHORTEST_SECONDS..=LONGEST_SECONDS).contains(&seconds) => {
            Ok(Duration::from_secs_f64(seconds))
        }
        _ => Err(format!("give a number of seconds from {SHORTEST_SECONDS} to {LONGEST_SECONDS}")),
    }
}

/// How many connections may be open at once, unless told otherwise.
pub(crate) const MAX_CONNECTIONS: NonZeroUsize = NonZeroUsize::new(1000).expect("it is not 0");

/// The unit of poll(2), in which a shorter time would be none.
const SHORTEST_SECONDS: f64 = 0.001;

/// A year: beyond it a deadline means nothing, and sums of times stay far from their end.
const LONGEST_SECONDS: f64 = 365.0 * 24.0 * 3600.0;
