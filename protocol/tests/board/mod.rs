//! An emulated board, for whoever wants to talk to it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

/// QEMU, running one image; dropping it kills it.
#[derive(Debug)]
pub(crate) struct Board {
    emulator: Child,
    /// What the emulator says.
    log: BufReader<ChildStderr>,
    /// Where its UART is.
    address: String,
}

impl Board {
    /// QEMU chooses a free port, says it when it listens, and starts the board when somebody has
    /// connected: so there is no port to guess, and nothing to wait for.
    #[track_caller]
    pub(crate) fn start(image: &Path) -> Self {
        let mut emulator = Command::new("qemu-system-arm")
            .args(["-machine", "lm3s6965evb", "-display", "none", "-monitor", "none"])
            .args(["-semihosting-config", "enable=on,target=native"])
            .args(["-serial", "tcp:127.0.0.1:0,server=on", "-kernel"])
            .arg(image)
            .stderr(Stdio::piped())
            .spawn()
            .expect("qemu-system-arm, which this test is ignored for");
        let mut log = BufReader::new(emulator.stderr.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        let (_, address) = line.rsplit_once("disconnected:tcp:").expect(&line);
        let address = address.split(',').next().unwrap_or_default().to_owned();
        Self { emulator, log, address }
    }

    /// The UART, which is one peer's at a time.
    #[track_caller]
    pub(crate) fn connect(&self) -> TcpStream {
        let uart = TcpStream::connect(&self.address).unwrap();
        uart.set_nodelay(true).unwrap();
        uart.set_read_timeout(Some(PATIENCE)).unwrap();
        uart
    }

    /// After `exit()`: the emulator ends. Gives the bytes of stack that were used at most.
    #[track_caller]
    pub(crate) fn finish(mut self) -> usize {
        assert!(self.emulator.wait().unwrap().success());
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        let (_, report) = log.split_once("stack: ").expect(&log);
        report.split(' ').next().and_then(|used| used.parse().ok()).expect(&log)
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        // Most have ended already.
        self.emulator.kill().unwrap_or_default();
        self.emulator.wait().map(drop).unwrap_or_default();
    }
}

/// A board that says nothing for so long will say nothing at all.
const PATIENCE: Duration = Duration::from_secs(30);
