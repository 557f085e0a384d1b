//! The log on standard error, and what of a peer may stand in it.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, io};

use antiphon_protocol::http::MAX_REQUEST_LINE;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber, info};
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, format};
use tracing_subscriber::registry::LookupSpan;

use crate::exchange::Client;
use crate::explain::StartError;
use crate::files::Response;
use crate::options::{LogFormat, Options};
use crate::spool::Spool;

/// The log of a process.
#[derive(Clone, Debug)]
pub struct Log(Spool);

impl Log {
    /// Says something in words of its own, behind what was logged before.
    pub fn tell(&self, words: &str) {
        // A spool takes everything.
        (&self.0).write_all(format!("{words}\n").as_bytes()).unwrap_or_default();
    }

    /// Waits until all is written, but not for ever: whoever reads the log may never read again.
    pub fn finish(&self) {
        self.0.finish();
    }
}

/// Starts logging as the command line wants it; once in a process.
///
/// Whoever logs never waits: lines that nobody takes in time are lost, and counted.
///
/// # Errors
///
/// [`StartError::Resources`], when the system has no thread for it.
pub fn init(options: &Options) -> Result<Log, StartError> {
    let spool = Spool::new("log", io::stderr()).map_err(StartError::Resources)?;
    let level = match (options.verbose, options.quiet) {
        (true, _) => Level::DEBUG,
        (_, true) => Level::WARN,
        _ => Level::INFO,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        // It would tell of a line that cannot be written with a macro that panics on the same stream.
        .log_internal_errors(false)
        .with_writer(spool.clone())
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()));
    match options.log_format {
        LogFormat::Text => log.event_format(Lines(format().with_target(false))).init(),
        LogFormat::Json => log.json().flatten_event(true).with_target(false).init(),
    }
    Ok(Log(spool))
}

/// One line for a request and its response: in Common Log Format as it stands, for the many
/// programs that read it, or with the same fields in JSON. `head` begins with the request line,
/// which is shown as it was sent: also of a request that was refused for what is in it.
pub(crate) fn access(client: Client, head: &[u8], response: &Response) {
    if !tracing::enabled!(target: ACCESS, Level::INFO) {
        return;
    }
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let start = head.iter().position(|byte| !is_end(byte)).unwrap_or(head.len());
    let request = head[start..].split(is_end).next().unwrap_or_default();
    let request = request[..request.len().min(MAX_REQUEST_LINE)].escape_ascii();
    let (peer, status, bytes) = (client.peer.ip(), response.status.code(), response.content);
    // "Sun, 06 Nov 1994 08:49:37 GMT" becomes "06/Nov/1994:08:49:37 +0000".
    let date = response.date.imf_fixdate();
    let date = String::from_utf8_lossy(&date);
    let (day, time) = (date[5..16].replace(' ', "/"), &date[17..25]);
    info!(
        target: ACCESS,
        %peer,
        %request,
        status,
        bytes,
        "{peer} - - [{day}:{time} +0000] \"{request}\" {status} {bytes}"
    );
}

/// The usual lines, and access lines without anything before them.
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
        let mut outcome = Ok(());
        event.record(&mut Message(&mut writer, &mut outcome));
        outcome?;
        writeln!(writer)
    }
}

/// Writes the words of an event, and leaves out its fields.
struct Message<'m, 'w>(&'m mut Writer<'w>, &'m mut fmt::Result);

impl Visit for Message<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            *self.1 = write!(self.0, "{value:?}");
        }
    }
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

/// [`Throttle::pass`], for the workers of a server together: a flood that meets all of them is still
/// one flood.
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
