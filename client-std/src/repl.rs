//! The prompt: a person at a terminal types requests, with line editing and history.
//!
//! ```text
//!   keyboard -> prompt thread -> pipe -> exchange -> server
//!   screen   <- screen thread <- notices <-+
//! ```
//!
//! The exchange does not know that there is a prompt: lines come to it through a pipe as they
//! would from a script. What it has to show goes through a thread that asks the prompt to make way
//! for it, also while somebody types.

#[cfg(unix)]
mod signals;

use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustyline::history::MemHistory;
use rustyline::{Config, Editor, ExternalPrinter};

use crate::console::{Console, Notice};
use crate::failure::Failure;
use crate::printable::Printable;
use crate::requests::{LastLine, Requests};

/// A prompt on the terminal, and the thread behind it.
#[derive(Debug)]
pub(crate) struct Prompt {
    typist: JoinHandle<()>,
    screen: JoinHandle<()>,
    /// Until the conversation is over, and nothing that is typed matters any more.
    running: Arc<AtomicBool>,
    #[cfg(unix)]
    signals: signals::Watch,
}

impl Prompt {
    /// Begins to prompt; gives what is typed, and the way to what is shown. `None` on a terminal
    /// on which no lines can be edited.
    pub(crate) fn open(verbose: bool) -> Result<Option<(Self, Requests, Console)>, Failure> {
        let config = Config::builder().auto_add_history(true).build();
        let history = MemHistory::with_config(&config);
        let Ok(mut editor) = Editor::<(), _>::with_history(config, history) else {
            return Ok(None);
        };
        let Ok(printer) = editor.create_external_printer() else { return Ok(None) };
        let running = Arc::new(AtomicBool::new(true));
        // Until the terminal is as it was.
        let prompting = Arc::new(AtomicBool::new(true));
        #[cfg(unix)]
        let signals = signals::Watch::begin(&running, &prompting).map_err(Failure::Resources)?;
        let (reader, writer) = io::pipe().map_err(Failure::Resources)?;
        let (notices, noticed) = mpsc::sync_channel(BACKLOG);
        let (shown, seen) = mpsc::channel();
        let screen = spawn("screen", move || display(printer, &noticed, &shown))?;
        let goes_on = Arc::clone(&running);
        let typist = spawn("prompt", move || {
            type_lines(editor, writer, &seen, &goes_on);
            prompting.store(false, Ordering::SeqCst);
        })?;
        let prompt = Self {
            typist,
            screen,
            running,
            #[cfg(unix)]
            signals,
        };
        let requests = Requests::from_source(source(reader));
        Ok(Some((prompt, requests, Console::prompt(verbose, notices))))
    }

    /// Shows what is still to be shown, and ends the prompt, even if somebody is typing.
    pub(crate) fn close(self, console: &Console) {
        self.running.store(false, Ordering::SeqCst);
        console.end();
        self.screen.join().unwrap_or_default();
        end_prompt(&self.typist);
        self.typist.join().unwrap_or_default();
        #[cfg(unix)]
        self.signals.end();
    }
}

/// Prompts for lines and passes them on, until the last one.
fn type_lines(
    mut editor: Editor<(), MemHistory>,
    mut requests: io::PipeWriter,
    seen: &Receiver<()>,
    running: &AtomicBool,
) {
    while running.load(Ordering::SeqCst) {
        // Control-D, control-C, a terminal that went away: all of them are the end of input.
        let Ok(line) = editor.readline(PROMPT) else { break };
        while seen.try_recv().is_ok() {}
        if requests.write_all(format!("{line}\n").as_bytes()).is_err()
            || LastLine::parse(line.as_bytes()).is_some()
        {
            break;
        }
        // A prompt that comes back before the reply would only have to make way for it.
        seen.recv_timeout(COURTESY).unwrap_or_default();
    }
}

/// Shows notices, whether the prompt is there or not.
fn display(
    mut printer: impl ExternalPrinter,
    noticed: &Receiver<Notice>,
    shown: &mpsc::Sender<()>,
) {
    let (mut printable, mut line) = (Printable::default(), String::new());
    loop {
        // The front of a line waits a moment for the rest, because the prompt takes whole ones.
        let notice = if line.is_empty() {
            noticed.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            noticed.recv_timeout(HESITATION)
        };
        match notice {
            Ok(Notice::Reply(bytes)) => {
                line.push_str(&printable.take(&bytes));
                let Some(end) = line.rfind('\n') else { continue };
                let rest = line.split_off(end + 1);
                show(&mut printer, std::mem::replace(&mut line, rest));
            }
            Ok(Notice::Remark(remark)) => show(&mut printer, remark),
            Err(RecvTimeoutError::Timeout) => {
                line.push('\n');
                show(&mut printer, std::mem::take(&mut line));
            }
            Ok(Notice::End) | Err(RecvTimeoutError::Disconnected) => break,
        }
        shown.send(()).unwrap_or_default();
    }
    if !line.is_empty() {
        show(&mut printer, line + "\n");
    }
}

/// Shows `text`, and returns when it is on the screen.
fn show(printer: &mut impl ExternalPrinter, text: String) {
    // The editor holds one message that it has not shown yet, and loses it if it ends before. A
    // second one gets in only when the first is out.
    let is_shown = printer.print(text.clone()).and_then(|()| printer.print(NOTHING.to_owned()));
    if is_shown.is_err() {
        // The terminal may have gone away.
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).unwrap_or_default();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Failure> {
    thread::Builder::new().name(name.into()).spawn(work).map_err(Failure::Resources)
}

/// Ends it even if somebody is typing.
#[cfg(unix)]
fn end_prompt(typist: &JoinHandle<()>) {
    while !typist.is_finished() {
        signals::interrupt_prompt();
    }
}

#[cfg(not(unix))]
fn end_prompt(typist: &JoinHandle<()>) {
    if !typist.is_finished() {
        println!("press Enter to end");
    }
}

#[cfg(unix)]
fn source(reader: io::PipeReader) -> File {
    std::os::fd::OwnedFd::from(reader).into()
}

#[cfg(windows)]
fn source(reader: io::PipeReader) -> File {
    std::os::windows::io::OwnedHandle::from(reader).into()
}

const PROMPT: &str = "> ";

/// Up one line and down again: as long as the prompt stands in a line of its own, no change.
const NOTHING: &str = "\x1b[A\n";

/// How many notices may wait to be shown; then whoever has more of them waits.
const BACKLOG: usize = 16;

/// How long the prompt waits for a reply before it comes back without.
const COURTESY: Duration = Duration::from_millis(300);

/// How long the front of a line waits for the rest, before it is taken for all there is.
const HESITATION: Duration = Duration::from_millis(100);
