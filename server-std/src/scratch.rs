//! The memory that drivers lend to sessions.

use antiphon_protocol::Settings;

/// Room for what is read and for what is to be sent.
///
/// A thread that serves one connection has one of these; a loop that serves many lends the same
/// one to whichever is ready, and a connection keeps for itself only what is left over: at most
/// these sizes.
#[derive(Debug)]
pub(crate) struct Scratch {
    pub(crate) input: Vec<u8>,
    pub(crate) output: Vec<u8>,
}

impl Scratch {
    pub(crate) fn new(settings: &Settings) -> Self {
        let (input, output) = if settings.speaks_lines() { LINES } else { BYTES };
        Self {
            input: vec![0; input.max(settings.service.min_input())],
            output: vec![0; output.max(settings.service.min_output())],
        }
    }
}

/// Replies cost more to compute than to send: a system call for some hundred of them is cheap, and
/// what one connection can leave over stays below 4 KiB.
const LINES: (usize, usize) = (2048, 1536);

/// Bytes cost nothing but their copying, so each system call should move many.
const BYTES: (usize, usize) = (64 * 1024, 64 * 1024);
