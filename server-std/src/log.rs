//! The log on standard error, the access log, and what of a peer may stand in them.

use std::fmt;
use std::fs::File;
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use antiphon_protocol::http::{Status, Timestamp};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber, info};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter, format};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::clock::now;
use crate::exchange::Client;
use crate::explain::StartError;
use crate::options::{LogFormat, Options};
use crate::spool::Spool;

/// The log of a process.
#[derive(Clone, Debug)]
pub struct Log {
    errors: Spool,
    /// `None`: access lines stand among the others.
    access: Option<Spool>,
}

impl Log {
    /// Says something in words of its own, behind what was logged before.
    pub fn tell(&self, words: &str) {
        // A spool takes everything.
        (&self.errors).write_all(format!("{words}\n").as_bytes()).unwrap_or_default();
    }

    /// Waits until all is written, but not for ever: whoever reads the log may never read again.
    pub fn finish(&self) {
        // The one for files may have something to say about itself.
        self.access.iter().chain([&self.errors]).for_each(Spool::finish);
    }
}

/// Starts logging as the command line wants it; once in a process.
///
/// Whoever logs never waits: lines that nobody takes in time are lost, and counted.
///
/// # Errors
///
/// [`StartError`], when the options do not go together, the access log cannot be opened, or the
/// system has no thread.
pub fn init(options: &Options) -> Result<Log, StartError> {
    // Before a file is made for a server that will not start.
    options.check()?;
    let level = match (options.verbose, options.quiet) {
        (true, _) => Level::DEBUG,
        (_, true) => Level::WARN,
        _ => Level::INFO,
    };
    let errors = Spool::new("log", io::stderr()).map_err(StartError::Resources)?;
    let access = options.access_log.as_ref().map(|path| access_spool(path)).transpose()?;
    let log = Log { errors, access };
    let mut levels = Targets::new().with_default(level);
    if log.access.is_some() {
        levels = levels.with_target(ACCESS, Level::INFO);
    }
    let lines = tracing_subscriber::fmt::layer()
        // It would tell of a line that cannot be written with a macro that panics on the same
        // stream.
        .log_internal_errors(false)
        .with_writer(Route(log.clone()))
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
    let registry = tracing_subscriber::registry().with(levels);
    match options.log_format {
        LogFormat::Text => {
            registry.with(lines.event_format(Lines(format().with_target(false)))).init();
        }
        LogFormat::Json => {
            registry.with(lines.json().flatten_event(true).with_target(false)).init();
        }
    }
    Ok(log)
}

fn access_spool(path: &Path) -> Result<Spool, StartError> {
    let file = File::options().create(true).append(true).open(path);
    let file = file.map_err(|error| StartError::AccessLog(path.to_owned(), error))?;
    Spool::new("access log", file).map_err(StartError::Resources)
}

/// Which line goes where.
struct Route(Log);

impl<'a> MakeWriter<'a> for Route {
    type Writer = &'a Spool;

    fn make_writer(&'a self) -> &'a Spool {
        &self.0.errors
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> &'a Spool {
        let access = self.0.access.as_ref().filter(|_| metadata.target() == ACCESS);
        access.unwrap_or(&self.0.errors)
    }
}

/// One line for a request and its response: in Common Log Format, for the many programs that read
/// it, or with the same fields in JSON. It is written when this is dropped, however the response
/// ends, with as many bytes of content as were sent by then.
#[derive(Debug)]
pub(crate) struct Access {
    peer: IpAddr,
    /// Escaped.
    request: String,
    status: u16,
    /// Bytes of content.
    pub(crate) sent: u64,
}

impl Access {
    /// For a response that has begun; `None` if nobody wants to know. `line` is shown as it was
    /// sent, also if the request was refused for what is in it; "-" stands for none.
    pub(crate) fn new(client: Client, line: &[u8], status: Status) -> Option<Self> {
        if !tracing::enabled!(target: ACCESS, Level::INFO) {
            return None;
        }
        let line = if line.is_empty() { b"-" } else { line };
        let request = line.escape_ascii().to_string();
        let peer = client.peer.ip().to_canonical();
        Some(Self { peer, request, status: status.code(), sent: 0 })
    }
}

impl Drop for Access {
    fn drop(&mut self) {
        let Self { peer, request, status, sent } = self;
        // In the order of the format.
        info!(target: ACCESS, %peer, %request, status, bytes = sent, "answered");
    }
}

/// The usual lines, and access lines in Common Log Format.
struct Lines(Format<Full>);

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'s> LookupSpan<'s>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != ACCESS {
            return self.0.format_event(context, writer, event);
        }
        let mut line = CommonLog { writer: &mut writer, outcome: Ok(()) };
        event.record(&mut line);
        line.outcome?;
        writeln!(writer)
    }
}

/// Writes the fields of an event as they come: `peer - - [time] "request" status bytes`.
struct CommonLog<'l, 'w> {
    writer: &'l mut Writer<'w>,
    outcome: fmt::Result,
}

impl Visit for CommonLog<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if self.outcome.is_ok() {
            self.outcome = match field.name() {
                "peer" => write!(self.writer, "{value:?} - - [{}]", time(now())),
                "request" => write!(self.writer, " \"{value:?}\""),
                "status" | "bytes" => write!(self.writer, " {value:?}"),
                _ => Ok(()),
            };
        }
    }
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" becomes "06/Nov/1994:08:49:37 +0000".
fn time(now: Timestamp) -> String {
    let date = now.imf_fixdate();
    let date = String::from_utf8_lossy(&date);
    format!("{}:{} +0000", date[5..16].replace(' ', "/"), &date[17..25])
}

/// The target of the access log.
const ACCESS: &str = "access";

/// Shows bytes escaped and cut, so that no peer can forge log lines or flood a log.
pub(crate) struct Excerpt<'b>(pub(crate) &'b [u8]);

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.get(..LIMIT).unwrap_or(self.0);
        let hidden = self.0.len() - shown.len();
        write!(f, "\"{}\"", shown.escape_ascii())?;
        if hidden > 0 {
            write!(f, " and {hidden} more bytes")?;
        }
        Ok(())
    }
}

/// Keeps a flood of the same event from becoming a flood of log lines.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// When the current second began, and how many lines it has seen.
    second: Option<(Instant, u32)>,
    unlogged: u64,
}

impl Throttle {
    /// Logs, unless this second has had its lines; `log` is told how many events went unlogged
    /// before this one.
    pub(crate) fn pass(&mut self, log: impl FnOnce(u64)) {
        let now = Instant::now();
        let current = self.second.filter(|(began, _)| now < *began + Duration::from_secs(1));
        let (began, lines) = current.unwrap_or((now, 0));
        if lines == LINES_A_SECOND {
            self.unlogged += 1;
            return;
        }
        self.second = Some((began, lines + 1));
        log(std::mem::take(&mut self.unlogged));
    }
}

/// [`Throttle::pass`], for the workers of a server together: a flood that meets all of them is
/// still one flood.
pub(crate) fn pass(throttle: &Mutex<Throttle>, log: impl FnOnce(u64)) {
    throttle.lock().unwrap_or_else(PoisonError::into_inner).pass(log);
}

/// How many bytes are shown.
const LIMIT: usize = 80;

/// How many lines of one kind a second may have.
const LINES_A_SECOND: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_leaves_a_few_lines_and_a_count() {
        let mut throttle = Throttle::default();
        let mut lines = Vec::new();
        for _ in 0..100 {
            throttle.pass(|unlogged| lines.push(unlogged));
        }
        assert_eq!(lines, [0; LINES_A_SECOND as usize]);
        throttle.second = None;
        throttle.pass(|unlogged| lines.push(unlogged));
        assert_eq!(lines.last(), Some(&95));
    }

    #[test]
    fn nothing_of_a_peer_reaches_the_log_raw() {
        assert_eq!(Excerpt(b"3+5\r\n\x1b[2J\xff").to_string(), r#""3+5\r\n\x1b[2J\xff""#);
        let long = Excerpt(&[b'1'; 100]).to_string();
        assert!(long.ends_with("1\" and 20 more bytes") && long.len() < 120);
    }
}
