//! The prompt, in a terminal.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use crate::over_both_drivers;
use crate::run::{PROGRAM, ours, peer, read_line, watch};

over_both_drivers! {
    a_close_ends_the_prompt,
    a_pasted_conversation_is_whole,
    a_signal_leaves_the_terminal_as_it_was,
    a_signal_that_was_ignored_stays_so,
    control_d_is_the_end_of_input,
    escape_sequences_are_shown_without_a_prompt,
    history_brings_a_line_back,
    the_server_may_speak_while_somebody_types,
}

/// A client in a terminal of its own.
struct Terminal {
    child: Child,
    keyboard: File,
    /// What the client writes, piece by piece.
    pieces: Receiver<Vec<u8>>,
    /// All of that since the last thing that was expected.
    screen: String,
    /// The other side, so that its modes can be looked at.
    line: File,
    watch: Sender<()>,
}

impl Terminal {
    fn start(args: &[&str]) -> Self {
        Self::start_with_input(args, None)
    }

    /// Requests come from `input`, if there is one, and not from the keyboard.
    fn start_with_input(args: &[&str], input: Option<Stdio>) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(args);
        Self::start_command(command, input)
    }

    fn start_command(mut command: Command, input: Option<Stdio>) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
        let flags = OFlags::NOCTTY.bits().try_into().unwrap();
        let line =
            OpenOptions::new().read(true).write(true).custom_flags(flags).open(name).unwrap();
        let size = Winsize { ws_row: 24, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&line, size).unwrap();
        let child = command
            .env("TERM", "xterm")
            .stdin(input.unwrap_or_else(|| line.try_clone().unwrap().into()))
            .stdout(line.try_clone().unwrap())
            .stderr(line.try_clone().unwrap())
            .spawn()
            .unwrap();
        let keyboard = File::from(keyboard);
        let mut screen = keyboard.try_clone().unwrap();
        let (pieces, receiver) = channel();
        thread::spawn(move || {
            let mut memory = [0; 4096];
            while let Ok(count) = screen.read(&mut memory) {
                if pieces.send(memory[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        let watch = watch(child.id());
        Self { child, keyboard, pieces: receiver, screen: String::new(), line, watch }
    }

    fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until `text` stands on the screen, after what was expected before.
    #[track_caller]
    fn expect(&mut self, text: &str) {
        loop {
            if let Some(start) = self.screen.find(text) {
                self.screen.drain(..start + text.len());
                return;
            }
            match self.pieces.recv_timeout(PATIENCE) {
                Ok(piece) => self.screen.push_str(&String::from_utf8_lossy(&piece)),
                Err(_) => panic!("no {text:?} in {:?}", self.screen),
            }
        }
    }

    /// Waits for the end of the client, which must leave the terminal as it was.
    #[track_caller]
    fn ends_with(mut self, code: i32) {
        assert_eq!(self.child.wait().unwrap().code(), Some(code));
        assert!(self.takes_lines());
        drop(self.watch);
    }

    /// As with [`Terminal::ends_with`], but of `signal`.
    #[track_caller]
    fn dies_of(mut self, signal: Signal) {
        assert_eq!(self.child.wait().unwrap().signal(), Some(signal.as_raw()));
        assert!(self.takes_lines());
        drop(self.watch);
    }

    fn is_sent(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Whether it is in the mode of a shell, and not in that of an editor.
    fn takes_lines(&self) -> bool {
        tcgetattr(&self.line).unwrap().local_modes.contains(LocalModes::ICANON)
    }
}

fn history_brings_a_line_back(driver: &str) {
    let server = ours(&[]);
    let mut terminal = Terminal::start(&[&server.port, driver]);
    terminal.expect("> ");
    terminal.press("3+5\r");
    terminal.expect("Answer is 8\r\n");
    terminal.expect("> ");
    // Up, and another digit.
    terminal.press("\x1b[A1\r");
    terminal.expect("Answer is 54\r\n");
    terminal.press("quit()\r");
    terminal.expect("quit()\r\n");
    terminal.ends_with(0);
}

fn a_pasted_conversation_is_whole(driver: &str) {
    let server = ours(&[]);
    let mut terminal = Terminal::start(&[&server.port, driver]);
    terminal.press("1+1\r2+2\r3+3\rquit()\r");
    for answer in ["Answer is 2\r\n", "Answer is 4\r\n", "Answer is 6\r\n", "quit()\r\n"] {
        terminal.expect(answer);
    }
    terminal.ends_with(0);
}

fn control_d_is_the_end_of_input(driver: &str) {
    let server = ours(&[]);
    let mut terminal = Terminal::start(&[&server.port, driver]);
    terminal.expect("> ");
    terminal.press("x\r");
    terminal.expect("Error: ");
    terminal.expect("> ");
    terminal.press("\x04");
    terminal.ends_with(1);
}

fn the_server_may_speak_while_somebody_types(driver: &str) {
    let (speak, cue) = channel();
    let (port, peer) = peer(1, move |mut stream| {
        stream.write_all(b"Welcome\r\n").unwrap();
        cue.recv().unwrap();
        stream.write_all(b"News").unwrap();
        cue.recv().unwrap();
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        assert_eq!(request, "typing\n");
        stream.write_all(b"\x1b[2Jdone\r\n").unwrap();
    });
    let mut terminal = Terminal::start(&[&port, driver]);
    terminal.expect("Welcome");
    terminal.expect("> ");
    terminal.press("typ");
    terminal.expect("typ");
    speak.send(()).unwrap();
    terminal.expect("News");
    // The prompt is back, with what was typed.
    terminal.expect("> typ");
    speak.send(()).unwrap();
    terminal.press("ing\rbye\r");
    terminal.expect(r"\u{1b}[2Jdone");
    terminal.ends_with(0);
    peer.join().unwrap();
}

/// As with a prompt, when a script types and a person looks.
fn escape_sequences_are_shown_without_a_prompt(driver: &str) {
    let (port, peer) = peer(1, move |mut stream| {
        stream.write_all(b"\x1b]0;owned\x07\xc3").unwrap();
        stream.write_all(b"\xa6\r\n").unwrap();
    });
    let mut terminal = Terminal::start_with_input(&[&port, driver], Some(Stdio::null()));
    terminal.expect("\\u{1b}]0;owned\\u{7}\u{e6}\r\n");
    terminal.ends_with(0);
    peer.join().unwrap();
}

fn a_close_ends_the_prompt(driver: &str) {
    for (requests, words, code) in [(0, "", 0), (0, "last words", 0), (2, "last words", 1)] {
        let (close, cue) = channel();
        let (port, peer) = peer(1, move |mut stream| {
            for _ in 0..requests {
                read_line(&stream);
            }
            cue.recv().unwrap();
            if !words.is_empty() {
                stream.write_all(format!("{words}\r\n").as_bytes()).unwrap();
            }
        });
        let mut terminal = Terminal::start(&[&port, driver]);
        terminal.expect("> ");
        for _ in 0..requests {
            terminal.press("1+1\r");
            terminal.expect("> ");
        }
        terminal.press("2+");
        terminal.expect("2+");
        close.send(()).unwrap();
        terminal.expect(words);
        terminal.expect("closed the connection");
        terminal.ends_with(code);
        peer.join().unwrap();
    }
}

fn a_signal_leaves_the_terminal_as_it_was(driver: &str) {
    for signal in [Signal::TERM, Signal::HUP] {
        let (port, peer) = peer(1, |mut stream| {
            stream.read_to_end(&mut Vec::new()).unwrap();
        });
        // Even if this test was started with one of them ignored.
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP,TERM", PROGRAM, &port, driver]);
        let mut terminal = Terminal::start_command(command, None);
        terminal.expect("> ");
        terminal.press("2+");
        terminal.expect("2+");
        assert!(!terminal.takes_lines());
        terminal.is_sent(signal);
        terminal.dies_of(signal);
        peer.join().unwrap();
    }
}

/// As under nohup(1).
#[cfg(target_os = "linux")]
fn a_signal_that_was_ignored_stays_so(driver: &str) {
    let server = ours(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$@\"", "sh", PROGRAM, &server.port, driver]);
    let mut terminal = Terminal::start_command(command, None);
    terminal.expect("> ");
    terminal.is_sent(Signal::HUP);
    terminal.press("3+5\r");
    terminal.expect("Answer is 8\r\n");
    terminal.press("quit()\r");
    terminal.ends_with(0);
}

/// Others do not tell what is ignored.
#[cfg(not(target_os = "linux"))]
fn a_signal_that_was_ignored_stays_so(_driver: &str) {}

/// Far more than any test takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
