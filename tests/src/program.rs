//! The server as a program of its own, as a person starts it.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, prlimit};

use crate::kernel::Process;
use crate::{LIMIT, Peer, eventually};

/// A running program; dropping it kills it.
#[derive(Debug)]
pub struct Program {
    child: Child,
    // Kept open: a program may say more later.
    stdout: BufReader<ChildStdout>,
    address: SocketAddr,
    log: Arc<Log>,
}

/// What has been said on standard error.
#[derive(Debug, Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    another: Condvar,
}

impl Program {
    /// Starts `command`, a server, and waits until it listens.
    #[track_caller]
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child = spawn(command);
        let log = Log::follow(&mut child);
        Self::listening(child, log)
    }

    /// As [`Program::start`], with a log that goes to `stderr`, and is not read here.
    #[track_caller]
    #[must_use]
    pub fn start_logging_to(command: &mut Command, stderr: impl Into<Stdio>) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        Self::listening(start(command), Arc::default())
    }

    #[track_caller]
    fn listening(mut child: Child, log: Arc<Log>) -> Self {
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("standard output can be read");
        let words = line.strip_prefix("listening on ").and_then(|words| words.split_once(' '));
        let Some(address) = words.and_then(|(_, address)| address.trim_end().parse().ok()) else {
            child.wait().expect("the program was started");
            panic!("the first line is \"{line}\"; besides: {:?}", log.lines());
        };
        Self { child, stdout, address, log }
    }

    /// Runs `command` to its end, which is not to be long: its exit code, and what it said on
    /// standard output and on standard error.
    #[track_caller]
    pub fn run(command: &mut Command) -> (Option<i32>, String, String) {
        let mut child = spawn(command);
        let status = wait(&mut child);
        let (mut out, mut err) = (String::new(), String::new());
        child.stdout.take().expect("it is piped").read_to_string(&mut out).expect("text");
        child.stderr.take().expect("it is piped").read_to_string(&mut err).expect("text");
        (status.code(), out, err)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A client that is connected, though perhaps not served yet.
    #[track_caller]
    #[must_use]
    pub fn connect(&self) -> Peer {
        Peer::connect(self.address)
    }

    /// A client comes, is served and goes.
    #[track_caller]
    pub fn serves(&self) {
        let mut peer = self.connect();
        peer.asks("3+5", "Answer is 8");
        peer.quits();
    }

    /// What the system knows of it.
    #[must_use]
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Sends it a signal.
    #[track_caller]
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("the program is there");
    }

    /// Changes how many descriptors it may have, while it runs.
    #[track_caller]
    pub fn limit_descriptors(&self, most: u64) {
        let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
        let limit = Rlimit { current: Some(most), maximum };
        prlimit(Some(self.pid()), Resource::Nofile, limit).expect("a limit can be lowered");
    }

    /// Waits for a log line that contains all of `words`, and gives the first one.
    #[track_caller]
    pub fn logs(&self, words: &[&str]) -> String {
        let fits = |lines: &mut Vec<String>| !lines.iter().any(|line| contains_all(line, words));
        let lines = self.log.lines();
        let waited = self.log.another.wait_timeout_while(lines, LIMIT, fits);
        let (lines, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let found = lines.iter().find(|line| contains_all(line, words));
        found.unwrap_or_else(|| panic!("no line with {words:?} in {lines:#?}")).clone()
    }

    /// How many log lines so far contain all of `words`.
    #[must_use]
    pub fn count_logs(&self, words: &[&str]) -> usize {
        self.log.lines().iter().filter(|line| contains_all(line, words)).count()
    }

    /// Nobody reads its standard output any more.
    #[must_use]
    pub fn without_stdout(mut self) -> Self {
        let (nobody, _) = io::pipe().expect("there are descriptors");
        self.stdout = BufReader::new(OwnedFd::from(nobody).into());
        self
    }

    /// Waits for its end, and gives its exit code (`None`: a signal killed it) and what else it
    /// said on standard output.
    #[track_caller]
    pub fn ends(&mut self) -> (Option<i32>, String) {
        let status = wait(&mut self.child);
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).expect("standard output can be read");
        (status.code(), rest)
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

impl Log {
    fn follow(child: &mut Child) -> Arc<Self> {
        let log = Arc::new(Self::default());
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let follower = Arc::clone(&log);
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                follower.lines().push(line);
                follower.another.notify_all();
            }
        });
        log
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Vec<String>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[track_caller]
fn spawn(command: &mut Command) -> Child {
    start(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))
}

#[track_caller]
fn start(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"))
}

#[track_caller]
fn wait(child: &mut Child) -> ExitStatus {
    let mut status = None;
    eventually("the program ends", || {
        status = child.try_wait().expect("the program was started");
        status.is_some()
    });
    status.expect("it has ended")
}

fn contains_all(line: &str, words: &[&str]) -> bool {
    words.iter().all(|word| line.contains(word))
}
