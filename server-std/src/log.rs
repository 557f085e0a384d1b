//! The log on standard error, and what of a peer may stand in it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, io};

use tracing::Level;

use crate::options::{LogFormat, Options};

/// Starts logging as the command line wants it; once in a process.
pub fn init(options: &Options) {
    let level = match (options.verbose, options.quiet) {
        (true, _) => Level::DEBUG,
        (_, true) => Level::WARN,
        _ => Level::INFO,
    };
    let log = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
        .with_target(false);
    match options.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

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
