//! Where replies are shown, and steps are told.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::sync::mpsc::SyncSender;

/// The side of the client that faces the user.
#[derive(Debug)]
pub(crate) struct Console {
    verbose: bool,
    screen: Screen,
}

#[derive(Debug)]
enum Screen {
    /// Standard output, and standard error.
    Plain,
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
        Self { verbose, screen: Screen::Plain }
    }

    /// A terminal whose prompt takes notices.
    pub(crate) fn prompt(verbose: bool, notices: SyncSender<Notice>) -> Self {
        Self { verbose, screen: Screen::Prompt(notices) }
    }

    /// Shows what the server said, at once: a script may wait for it.
    pub(crate) fn reply(&self, bytes: &[u8]) -> io::Result<()> {
        match &self.screen {
            Screen::Plain => {
                let mut out = io::stdout().lock();
                out.write_all(bytes)?;
                out.flush()
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
            Screen::Plain => io::stderr().write_all(line.as_bytes()).unwrap_or_default(),
            Screen::Prompt(notices) => notices.send(Notice::Remark(line)).unwrap_or_default(),
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
