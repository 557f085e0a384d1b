//! The sessions on a microcontroller say what they say here, byte for byte.
//!
//! ```text
//! cargo test -p antiphon-protocol --test firmware -- --ignored --nocapture
//! ```

mod board;
#[allow(dead_code, reason = "only its reader is used here")]
mod common;
mod drive;
#[allow(dead_code, reason = "other tests use the rest")]
mod images;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use antiphon_protocol::{ControlWord, LINE_LIMIT, Response, Service, Settings, Why};
use board::Board;
use common::{Agreement, Vector};

#[test]
#[ignore = "needs qemu-system-arm and the target thumbv7m-none-eabi"]
fn calc_says_the_same_and_fits() {
    let mut uart = Uart::start(Service::Calc);
    for conversation in conversations() {
        uart.converse(&conversation, 1 << 16);
        uart.converse(&conversation, 7);
    }
    uart.converse(b"3+5\nexit()\n", 1);
    let stack = uart.finish();
    println!("calc: {stack} bytes of stack");
    assert_stated("stack at most", stack, STACK_TOLERANCE);
}

#[test]
#[ignore = "needs qemu-system-arm and the target thumbv7m-none-eabi"]
fn every_answer_of_cpython_is_the_boards_too() {
    let mut uart = Uart::start(Service::Calc);
    let vectors =
        common::vectors().filter(|vector| ControlWord::parse(&vector.expression).is_none());
    let (lines, others): (Vec<_>, Vec<_>) = vectors.partition(is_line);
    assert!(lines.len() > 3_000 && !others.is_empty());
    let said = uart.converse(&conversation(&lines), 1 << 16);
    uart.converse(&conversation(&others), 1 << 16);
    uart.converse(b"exit()\n", 1);
    println!("calc: {} bytes of stack for the table of CPython", uart.finish());

    let replies = said.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>();
    assert_eq!(replies.len(), lines.len() + 1, "a reply to each, and quit()");
    for (vector, reply) in lines.iter().zip(replies) {
        let verdict = match Response::parse(reply) {
            Response::Answer(number) => Ok(number),
            Response::Error(error) => Err(error),
            other => panic!("line {}: {other:?}", vector.line),
        };
        let agreement = vector.agreement(verdict);
        let agrees = agreement.is_some_and(|agreement| agreement != Agreement::Limit);
        assert!(agrees, "line {}: {verdict:?}", vector.line);
    }
}

#[test]
#[ignore = "needs qemu-system-arm and the target thumbv7m-none-eabi"]
fn echo_and_upper_say_the_same() {
    let every_byte: Vec<u8> = (0..=255).collect();
    for service in [Service::Echo, Service::Upper] {
        let mut uart = Uart::start(service);
        for input in [&b"Hello\r\nquit()\nexit()\n"[..], &every_byte, &every_byte.repeat(100)] {
            uart.converse(input, 1 << 16);
            uart.converse(input, 7);
        }
    }
}

/// Over a UART it would never end; so the image brings its requests with it.
#[test]
#[ignore = "needs qemu-system-arm and the target thumbv7m-none-eabi"]
fn http_fits() {
    let board = Board::start(&images::cargo(&["build"], images::CORTEX_M).join("http"));
    let _uart = board.connect();
    let stack = board.finish();
    println!("http: {stack} bytes of stack");
    assert_stated("stack of a request", stack, STACK_TOLERANCE);
}

#[test]
#[ignore = "needs the target thumbv7m-none-eabi"]
fn the_images_are_small() {
    let images = images::cargo(&["build"], images::CORTEX_M);
    for service in SERVICES {
        let image = fs::read(images.join(service.name())).unwrap();
        let (flash, memory) = sizes(&image);
        println!("{}: {flash} bytes of flash, {memory} of RAM beside the stack", service.name());
        assert_stated("flash", flash, FLASH_TOLERANCE);
        assert_stated("RAM beside the stack", memory, 0);
    }
}

/// Conversations that end themselves, as a UART has no end of input.
fn conversations() -> Vec<Vec<u8>> {
    let line = |text: &[u8]| [text, b"\r\nquit()\r\n"].concat();
    let deep =
        |open: &str, close: &str| line((open.repeat(256) + "1" + &close.repeat(256)).as_bytes());
    let long = |byte: u8, length: usize| line(&vec![byte; length]);
    vec![
        b"quit()\n".to_vec(),
        b"3+5\r\n4+5\n3+\r\n\n1/0\n2**0.5\n \tquit() \n".to_vec(),
        b"GET / HTTP/1.1\r\n".to_vec(),
        line(b"\0\xff\r\r"),
        long(b'1', LINE_LIMIT - 1),
        long(b'1', LINE_LIMIT),
        long(b'7', 20_000),
        // What takes the most stack: all that may wait, and the longest literals.
        deep("(", ")"),
        deep("-", ""),
        deep("1**", ""),
        deep("(", ""),
        line(format!("{}1{}", "1+(".repeat(128), ")".repeat(128)).as_bytes()),
        line(format!("{}{}e-300", "-(".repeat(100), "1.".to_owned() + &"3".repeat(600)).as_bytes()),
        line(format!("0.{}1e-200", "0".repeat(900)).as_bytes()),
        line(format!("{}e-900", "9".repeat(1000)).as_bytes()),
        line(b"170141183460469231731687303715884105727/3%7**99//-0x1p"),
    ]
}

/// The expressions as one conversation.
fn conversation(vectors: &[Vector]) -> Vec<u8> {
    let mut conversation = Vec::new();
    for vector in vectors {
        conversation.extend_from_slice(&vector.expression);
        conversation.extend_from_slice(b"\r\n");
    }
    conversation.extend_from_slice(b"quit()\r\n");
    conversation
}

/// Whether an expression is one line on the wire.
fn is_line(vector: &Vector) -> bool {
    !vector.expression.contains(&b'\n') && !vector.expression.ends_with(b"\r")
}

/// An emulated board, and the settings of the session that it is compared with.
struct Uart {
    settings: Settings,
    board: Board,
    stream: TcpStream,
}

impl Uart {
    fn start(service: Service) -> Self {
        let images = images::cargo(&["build"], images::CORTEX_M);
        let board = Board::start(&images.join(service.name()));
        let stream = board.connect();
        Self { settings: Settings::new(service), board, stream }
    }

    /// Holds a conversation with the board, in segments of `cut` bytes; what it says is what a
    /// session here says.
    #[track_caller]
    fn converse(&mut self, input: &[u8], cut: usize) -> Vec<u8> {
        let here = drive::converse(&self.settings, input, &[usize::MAX], 1 << 16, false);
        let speaks_lines = self.settings.speaks_lines();
        assert!(
            !speaks_lines || here.end != drive::End::Close(Why::PeerFinished),
            "it ends itself"
        );
        let mut said = Vec::new();
        thread::scope(|scope| {
            let mut sender = &self.stream;
            // Both at once, or two full queues would wait for each other.
            scope.spawn(move || input.chunks(cut).try_for_each(|part| sender.write_all(part)));
            // What is missing in the end shows below.
            (&self.stream).take(here.said.len() as u64).read_to_end(&mut said).unwrap_or_default();
        });
        let same = said.iter().zip(&here.said).take_while(|(there, here)| there == here).count();
        let excerpt = |bytes: &[u8]| bytes[same..].iter().take(100).copied().collect::<Vec<_>>();
        assert_eq!(
            excerpt(&said).escape_ascii().to_string(),
            excerpt(&here.said).escape_ascii().to_string(),
            "the board and a session here, from byte {same} on"
        );
        said
    }

    /// After `exit()`: nothing more is said, and the emulator has ended. Gives the bytes of stack
    /// that were used at most.
    #[track_caller]
    fn finish(mut self) -> usize {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).unwrap();
        assert!(rest.is_empty(), "more was said: {}", rest.escape_ascii());
        self.board.finish()
    }
}

/// The README of the firmware says how many bytes of this there are, about.
#[track_caller]
fn assert_stated(what: &str, measured: usize, tolerance: usize) {
    let row = README.lines().find_map(|line| line.strip_prefix("| ")?.strip_prefix(what));
    let digits: String = row
        .and_then(|row| row.rsplit('|').nth(1))
        .map(|cell| cell.chars().filter(char::is_ascii_digit).collect())
        .unwrap_or_default();
    let stated: usize = digits.parse().expect(what);
    assert!(
        measured.abs_diff(stated) <= tolerance,
        "{what}: {stated} bytes in examples/cortex-m/README.md, {measured} measured; if that is \
         worth it, write {measured} there"
    );
}

/// Bytes of flash and of RAM that an image takes: the loaded segments of an ELF file.
fn sizes(image: &[u8]) -> (usize, usize) {
    let u16 = |at: usize| u16::from_le_bytes([image[at], image[at + 1]]);
    let u32 = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap());
    assert!(image.starts_with(b"\x7fELF\x01\x01"));
    let (mut flash, mut memory) = (0, 0);
    for index in 0..usize::from(u16(44)) {
        let segment = u32(28) as usize + index * usize::from(u16(42));
        let (kind, address) = (u32(segment), u32(segment + 8));
        if kind == LOADED {
            flash += u32(segment + 16);
            memory += if address >= RAM { u32(segment + 20) } else { 0 };
        }
    }
    (flash as usize, memory as usize)
}

const SERVICES: [Service; 3] = [Service::Calc, Service::Echo, Service::Upper];

/// Where the numbers are stated, and nowhere else.
const README: &str = include_str!("../examples/cortex-m/README.md");

/// How far another compiler may be from what is stated, in bytes.
const STACK_TOLERANCE: usize = 300;
const FLASH_TOLERANCE: usize = 1024;

/// `PT_LOAD` of the ELF specification.
const LOADED: u32 = 1;
const RAM: u32 = 0x2000_0000;
