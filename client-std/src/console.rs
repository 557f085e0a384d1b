//! Where replies are shown, and steps are told.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::SyncSender;
use std::sync::{Mutex, PoisonError};

use crate::printable::Printable;

/// The side of the client that faces the user.
#[derive(Debug)]
pub(crate) struct Console {
    verbose: bool,
    screen: Screen,
}

#[derive(Debug)]
enum Screen {
    /// Standard output, which is no terminal, and standard error.
    Plain,
    /// Standard output on a terminal, which does what it is told, and standard error.
    Terminal(Mutex<Printable>),
    /// A terminal with a prompt on it, which must not be written over.
    Prompt(SyncSender<Notice>),
}

/// What a prompt makes way for.
#[derive(Debug)]
pub(crate) enum Notice {
    /// Some bytes from the server.
    Reply(Vec<u8>),
    /// A line from the client.
    Remark(String),
    /// There will be no more.
    End,
}

impl Console {
    /// Standard output, and standard error.
    pub(crate) fn plain(verbose: bool) -> Self {
        let screen = if io::stdout().is_terminal() {
            Screen::Terminal(Mutex::default())
        } else {
            Screen::Plain
        };
        Self { verbose, screen }
    }

    /// A terminal whose prompt takes notices.
    pub(crate) fn prompt(verbose: bool, notices: SyncSender<Notice>) -> Self {
        Self { verbose, screen: Screen::Prompt(notices) }
    }

    /// Whether there is a person who types, and who sees what becomes of it.
    pub(crate) fn is_prompt(&self) -> bool {
        matches!(self.screen, Screen::Prompt(_))
    }

    /// Shows what the server said, at once: a script may wait for it.
    pub(crate) fn reply(&self, bytes: &[u8]) -> io::Result<()> {
        match &self.screen {
            Screen::Plain => write(bytes),
            Screen::Terminal(printable) => {
                let mut printable = printable.lock().unwrap_or_else(PoisonError::into_inner);
                write(printable.take(bytes).as_bytes())
            }
            Screen::Prompt(notices) => notices
                .send(Notice::Reply(bytes.to_vec()))
                .map_err(|_| io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Says something to the user.
    pub(crate) fn remark(&self, text: impl Display) {
        let line = format!("antiphon-client: {text}\n");
        // Nobody is left to be told that telling failed.
        match &self.screen {
            Screen::Prompt(notices) => notices.send(Notice::Remark(line)).unwrap_or_default(),
            _ => io::stderr().write_all(line.as_bytes()).unwrap_or_default(),
        }
    }

    /// Nothing more will be shown.
    pub(crate) fn end(&self) {
        if let Screen::Prompt(notices) = &self.screen {
            notices.send(Notice::End).unwrap_or_default();
        }
    }

    /// Tells a step, if steps are to be told.
    pub(crate) fn tell(&self, step: impl Display) {
        if self.verbose {
            self.remark(step);
        }
    }
}

/// Writes to standard output, at once.
fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
