//! The pure core of antiphon: sessions for a calculator, an echo, HTTP and other classic services.
//!
//! This crate does **no** I/O: it opens no socket, reads no clock, starts no thread, allocates no
//! memory, and needs neither `std` nor `alloc`. It turns bytes that somebody received into bytes
//! that somebody is to send, and says what to do next. The same code therefore runs under a
//! blocking server, an event loop, an async runtime, or on a microcontroller behind a UART.
//!
//! # The pipeline
//!
//! A byte travels one way, and each stage is a module of its own:
//!
//! ```text
//! frame  ->  command  ->  service (calc, http, ...)  ->  response  ->  writer
//! ```
//!
//! [`frame`] finds the end of a line, [`command`] says what the line asks, [`service`] answers it
//! (arithmetic is [`calc`]'s, files are [`http`]'s), [`response`] puts the answer into words, and
//! [`writer`] keeps it within bounds. [`Session`] is the short loop that joins them for a stream,
//! [`datagram`] for datagrams; [`Buffer`] is a convenience for drivers.
//!
//! # A conversation
//!
//! ```
//! use antiphon_protocol::{Buffer, Next, Service, Session, Settings, Why};
//!
//! let settings = Settings::new(Service::Calc);
//! let mut session = Session::new(&settings, false);
//! let mut input = Buffer::new([0; 2048]);
//! let mut output = [0; 2048];
//! let mut said = Vec::new();
//!
//! // Any cut will do: the session waits for the end of a line.
//! for segment in [&b"3+"[..], b"5\r\n4+5\nqu", b"it()\n"] {
//!     input.spare()[..segment.len()].copy_from_slice(segment);
//!     input.fill(segment.len());
//!     let step = session.advance(input.filled(), &mut output);
//!     said.extend_from_slice(&output[..step.produced]);
//!     let consumed = step.consumed;
//!     match step.next {
//!         Next::Read | Next::Write => {}
//!         Next::Close(why) => assert_eq!(why, Why::Quit),
//!         Next::Halt => unreachable!("this peer may not end the server"),
//!         Next::Open(_) => unreachable!("only HTTP asks for files"),
//!     }
//!     input.consume(consumed);
//! }
//! assert_eq!(said, b"Answer is 8\r\nAnswer is 9\r\nquit()");
//! ```
//!
//! # Panics and memory
//!
//! Nothing here panics on any input, or recurses. Time is linear in the length of the input. The
//! factor is largest for floats that take integers of many words to round; how large these are, and
//! how often they are compared, is bounded. No code is `unsafe`, and no arithmetic depends on
//! whether overflow is checked.
//!
//! A [`Session`] is at most 64 bytes; the memory it works in is lent to it call by call, and
//! [`Service::min_input`] and [`Service::min_output`] say how much each service needs. Of the stack
//! of a session the deepest expression takes most: some 12 KiB, measured on a Cortex-M3. A
//! [`calc::Program`] is no part of that: it is as large as what it can hold, and made on the stack.
//!
//! # Features
//!
//! - `std` (off by default): only speed; the search for line ends uses the widest vector
//!   instructions that the processor has.
//!
//! # Versions
//!
//! Versions are [semantic](https://semver.org); before 1.0 a new minor version may change anything.
//! What is sent for an input is part of the interface, like the types. No type of a dependency is,
//! so these can change in any version. The oldest Rust that will do is the `rust-version` of
//! `Cargo.toml`, and a newer one needs a new minor version.

#![no_std]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_core)]
// Peers choose the input, so nothing here may be able to panic on it.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

#[cfg(test)]
extern crate std;

/// The example in the README does what it shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub mod buffer;
mod bytes;
pub mod calc;
pub mod command;
mod datagram;
pub mod frame;
pub mod http;
pub mod response;
pub mod service;
pub mod session;
pub mod writer;

pub use crate::buffer::Buffer;
pub use crate::command::{Command, ControlWord};
pub use crate::datagram::{Reply, datagram};
pub use crate::response::{Refusal, Response};
pub use crate::service::{Framing, LINE_LIMIT, Service, Settings, TEXT_LIMIT, Text, TextError};
pub use crate::session::{Next, Session, Step, Why};
pub use crate::writer::{Full, Writer};
