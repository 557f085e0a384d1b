//! Starting the client, and something for it to talk to.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use antiphon_server::{Halt, Options, Server};
use clap::Parser as _;

/// How a client ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) out: String,
    pub(crate) words: String,
    pub(crate) code: Option<i32>,
}

/// A client that runs.
pub(crate) struct Client {
    child: Child,
    pub(crate) input: Option<ChildStdin>,
    pub(crate) output: ChildStdout,
    /// Dropped when the client has ended in time.
    watch: Sender<()>,
}

/// Runs the client on `input` to its end.
#[track_caller]
pub(crate) fn client(args: &[&str], input: impl AsRef<[u8]>) -> Ended {
    let mut client = Client::start(args);
    let mut sink = client.input.take().unwrap();
    let input = input.as_ref().to_vec();
    // A client that ends before it has read everything is fine.
    let feeder = thread::spawn(move || sink.write_all(&input).unwrap_or_default());
    let ended = client.end();
    feeder.join().unwrap();
    ended
}

impl Client {
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let output = child.stdout.take().unwrap();
        let watch = watch(child.id());
        Self { child, input, output, watch }
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.input.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Waits until the client has shown exactly `text`.
    #[track_caller]
    pub(crate) fn expect(&mut self, text: &str) {
        let mut shown = Vec::new();
        // After a byte that is wrong, others may never come.
        while shown.len() < text.len()
            && text.as_bytes().starts_with(&shown)
            && self.show(&mut shown)
        {}
        assert_eq!(String::from_utf8_lossy(&shown), text);
    }

    /// Waits until the client has shown a whole line.
    #[track_caller]
    pub(crate) fn expect_line(&mut self) -> String {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") && self.show(&mut line) {}
        String::from_utf8(line).unwrap()
    }

    /// Waits for one more byte; false at the end.
    fn show(&mut self, shown: &mut Vec<u8>) -> bool {
        let mut byte = [0];
        let count = self.output.read(&mut byte).unwrap();
        shown.extend_from_slice(&byte[..count]);
        count > 0
    }

    /// Waits for its end, with its input still open unless the caller has closed it.
    pub(crate) fn end(mut self) -> Ended {
        let mut stderr = self.child.stderr.take().unwrap();
        let words = thread::spawn(move || {
            let mut words = String::new();
            stderr.read_to_string(&mut words).unwrap();
            words
        });
        let mut out = Vec::new();
        self.output.read_to_end(&mut out).unwrap();
        let code = self.child.wait().unwrap().code();
        drop(self.watch);
        Ended { out: String::from_utf8(out).unwrap(), words: words.join().unwrap(), code }
    }
}

impl Ended {
    /// It did all it should, and had no reason to complain.
    #[track_caller]
    pub(crate) fn is_done(&self, out: &str) {
        assert_eq!((&*self.out, &*self.words, self.code), (out, "", Some(0)));
    }

    /// The network said no, and the client said so in these words.
    #[track_caller]
    pub(crate) fn is_no(&self, out: &str, words: &str) {
        assert_eq!((&*self.out, self.code), (out, Some(1)), "{}", self.words);
        assert!(self.words.contains(words), "{}", self.words);
    }
}

/// A server of ours, until it is dropped.
pub(crate) struct Ours {
    pub(crate) port: String,
    halt: Halt,
    running: Option<JoinHandle<()>>,
}

/// Starts `antiphon-server` in this process.
pub(crate) fn ours(words: &[&str]) -> Ours {
    let options = ["antiphon-server", "calc", "0"].iter().chain(words);
    let server = Server::bind(Options::parse_from(options)).unwrap();
    let (port, halt) = (server.local_addr().port().to_string(), server.halt());
    let running = Some(thread::spawn(move || server.run().unwrap()));
    Ours { port, halt, running }
}

impl Ours {
    /// Waits until it ends by itself.
    pub(crate) fn join(mut self) {
        self.running.take().unwrap().join().unwrap();
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        self.halt.set();
        if let Some(running) = self.running.take() {
            running.join().unwrap();
        }
    }
}

/// A peer made by hand: `talk` gets each of the first `count` connections.
pub(crate) fn peer(
    count: usize,
    talk: impl Fn(TcpStream) + Send + 'static,
) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let running = thread::spawn(move || {
        for _ in 0..count {
            talk(listener.accept().unwrap().0);
        }
    });
    (port, running)
}

/// Reads a line from the client, byte by byte: nothing beyond it.
pub(crate) fn read_line(mut stream: &TcpStream) -> String {
    let mut line = String::new();
    while !line.ends_with('\n') {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        line.push(byte[0].into());
    }
    line
}

/// Kills a client that does not end, so that its test fails and does not hang.
pub(crate) fn watch(id: u32) -> Sender<()> {
    let (watch, ended) = channel();
    thread::spawn(move || {
        if ended.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let id = rustix::process::Pid::from_raw(id.try_into().unwrap()).unwrap();
            rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap_or_default();
        }
    });
    watch
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_antiphon-client");

/// Far more than any test takes, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
