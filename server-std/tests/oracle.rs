//! CPython is asked itself: fresh random expressions, valid and broken, in every run, through the
//! library and through a live server.
//!
//! ```text
//! cargo test -p antiphon-server --test oracle -- --ignored --nocapture
//! ```
//!
//! A failure names its seed; `ANTIPHON_SEED` then repeats it. `ANTIPHON_COUNT` asks for more
//! expressions, or fewer.

#[path = "../../protocol/tests/common/mod.rs"]
#[allow(dead_code, reason = "the table is not read here")]
mod common;

use std::env;
use std::fmt;
use std::io::{BufRead, BufReader, Lines, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use antiphon_protocol::calc::{self, Error, Number};
use antiphon_protocol::{LINE_LIMIT, Response};
use antiphon_server::{Options, Server};
use clap::Parser as _;
use common::{Agreement, Vector};

#[test]
#[ignore = "needs python3"]
fn the_library_answers_as_cpython() {
    let mut tally = Tally::default();
    let mut oracle = Oracle::start();
    for vector in oracle.by_ref() {
        tally.count(&vector, calc::evaluate(&vector.expression));
    }
    oracle.finish(&tally);
}

#[test]
#[ignore = "needs python3"]
fn a_live_server_answers_over_tcp_as_cpython() {
    let mut tally = Tally::default();
    let mut oracle = Oracle::start();
    with_server(|address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut replies = BufReader::new(stream.try_clone().unwrap());
        loop {
            let batch: Vec<Vector> =
                (&mut oracle).filter(|vector| is_line(&vector.expression)).take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            let lines = batch.iter().flat_map(|vector| [&vector.expression[..], b"\r\n"]);
            stream.write_all(&lines.collect::<Vec<_>>().concat()).unwrap();
            for vector in &batch {
                let mut reply = Vec::new();
                replies.read_until(b'\n', &mut reply).expect("a reply to each line");
                tally.count(vector, verdict(&reply));
            }
        }
    });
    oracle.finish(&tally);
}

#[test]
#[ignore = "needs python3"]
fn a_live_server_answers_over_udp_as_cpython() {
    let mut tally = Tally::default();
    let mut oracle = Oracle::start();
    with_server(|address| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.connect(address).unwrap();
        let mut reply = [0; 2048];
        for vector in (&mut oracle).filter(|vector| is_line(&vector.expression)) {
            // One at a time: the loopback then loses nothing.
            socket.send(&vector.expression).unwrap();
            let length = socket.recv(&mut reply).expect("a reply to each datagram");
            tally.count(&vector, verdict(&reply[..length]));
        }
    });
    oracle.finish(&tally);
}

/// Whether an expression can be asked for as one line: it holds no LF, and no CR at its end, and it
/// is within the limit.
fn is_line(expression: &[u8]) -> bool {
    !expression.contains(&b'\n') && !expression.ends_with(b"\r") && expression.len() < LINE_LIMIT
}

/// What a reply of the calculator says.
#[track_caller]
fn verdict(reply: &[u8]) -> Result<Number, Error> {
    assert!(reply.ends_with(b"\r\n"), "{}", reply.escape_ascii());
    match Response::parse(reply) {
        Response::Answer(number) => Ok(number),
        Response::Error(error) => Err(error),
        other => panic!("no reply of a calculator: {other:?}"),
    }
}

fn with_server(talk: impl FnOnce(SocketAddr)) {
    let words = ["antiphon-server", "calc", "0", "--transport", "both"];
    let server = Server::bind(Options::parse_from(words)).unwrap();
    let (address, halt) = (server.local_addr(), server.halt());
    let running = thread::spawn(move || server.run());
    talk(address);
    halt.set();
    running.join().unwrap().unwrap();
}

/// CPython, at work beside the test.
struct Oracle {
    seed: u64,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    line: usize,
}

impl Oracle {
    fn start() -> Self {
        let seed = from_environment("ANTIPHON_SEED").unwrap_or_else(any_seed);
        let count = from_environment("ANTIPHON_COUNT").unwrap_or(COUNT);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../protocol/tests/vectors/oracle.py");
        let mut child = Command::new("python3")
            .args(["-B", script, &seed.to_string(), &count.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3, which this test is ignored for");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { seed, child, lines, line: 0 }
    }

    #[track_caller]
    fn finish(mut self, tally: &Tally) {
        assert!(self.child.wait().unwrap().success(), "the oracle failed");
        println!("seed {}: {tally}", self.seed);
        let shown: Vec<&str> = tally.different.iter().take(20).map(String::as_str).collect();
        assert!(
            shown.is_empty(),
            "{} of {} differ; ANTIPHON_SEED={} repeats them\n{}",
            tally.different.len(),
            tally.total(),
            self.seed,
            shown.join("\n")
        );
        let least = from_environment("ANTIPHON_COUNT").map_or(LEAST, |_| 1);
        assert!(tally.total() >= least, "only {} were compared", tally.total());
    }
}

impl Iterator for Oracle {
    type Item = Vector;

    fn next(&mut self) -> Option<Vector> {
        self.line += 1;
        Some(Vector::parse(self.line, &self.lines.next()?.unwrap()))
    }
}

/// How many answers are the same, and how many differ in which of the three ways.
#[derive(Default)]
struct Tally {
    same: u64,
    beyond_integers: u64,
    power: u64,
    limit: u64,
    different: Vec<String>,
}

impl Tally {
    fn count(&mut self, vector: &Vector, verdict: Result<Number, Error>) {
        match vector.agreement(verdict) {
            Some(Agreement::Same) => self.same += 1,
            Some(Agreement::BeyondIntegers) => self.beyond_integers += 1,
            Some(Agreement::Power) => self.power += 1,
            Some(Agreement::Limit) => self.limit += 1,
            None => self.different.push(format!(
                "line {}: {}: CPython {:?}, here {}",
                vector.line,
                vector.expression.escape_ascii(),
                vector.answer,
                verdict.map_or_else(|error| error.to_string(), |number| number.to_string()),
            )),
        }
    }

    fn total(&self) -> u64 {
        let different = self.different.len() as u64;
        self.same + self.beyond_integers + self.power + self.limit + different
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} expressions: {} the same, {} integers beyond 128 bits, {} powers off by one, \
             {} beyond a limit, {} different",
            self.total(),
            self.same,
            self.beyond_integers,
            self.power,
            self.limit,
            self.different.len()
        )
    }
}

fn from_environment(name: &str) -> Option<u64> {
    let text = env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

fn any_seed() -> u64 {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::from(time.subsec_nanos()) ^ time.as_secs()
}

/// How many are compared at least, unless another number was asked for.
const LEAST: u64 = 20_000;

/// Enough that so many are left where those that make no line are left out.
const COUNT: u64 = 21_000;

/// So many lines, and the replies to them, fit into the buffers of a connection: the test can write
/// them all before it reads.
const BATCH: usize = 200;

/// A server that says nothing for so long will say nothing at all.
const PATIENCE: Duration = Duration::from_secs(30);
