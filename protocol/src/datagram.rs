//! The same services over datagrams: each is one request and gets at most one reply.

use crate::bytes;
use crate::command::{Command, ControlWord};
use crate::frame::without_line_end;
use crate::response::{Refusal, Response, begins_with, is_reply};
use crate::service::{LINE_LIMIT, Service, Settings};
use crate::writer::Writer;

/// What to do about a datagram.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
#[non_exhaustive]
pub struct Reply {
    /// The length of the reply: `0 ..= output.len()`.
    pub produced: usize,
    /// Whether to send it. An empty reply is a reply too; no reply is something else.
    pub send: bool,
    /// `exit()` was obeyed: send the reply, then the whole server ends.
    pub halt: bool,
}

/// Answers the datagram `input`, which is one request whether it ends in a line end or not.
///
/// A datagram that a server of ours will have sent is not answered, for two servers that a forged
/// sender's address has set on each other would never stop. But not all replies can be told from
/// requests, and these do never stop, so only their operator can keep forgers away from them: two
/// of [`Service::Upper`] and echoes without a prefix, or with an empty one; [`Service::Greet`] and
/// an echo with a prefix; and two of [`Service::Calc`] and echoes, once it is about `quit()`.
///
/// Nor is there a reply that does not fit into `output`, which should have room for `input.len()`
/// and for [`Service::min_output`].
///
/// ```
/// use antiphon_protocol::{Service, Settings, datagram};
///
/// let mut output = [0; 256];
/// let reply = datagram(&Settings::new(Service::Calc), false, b"3+5", &mut output);
/// assert!(reply.send && !reply.halt);
/// assert_eq!(&output[..reply.produced], b"Answer is 8\r\n");
/// ```
pub fn datagram(settings: &Settings, may_exit: bool, input: &[u8], output: &mut [u8]) -> Reply {
    let mut writer = Writer::new(output);
    let mut halt = false;
    let outcome = if is_own_reply(settings, input) {
        return Reply { produced: 0, send: false, halt };
    } else if settings.service == Service::Greet {
        greeting(settings).encode(&mut writer)
    } else if settings.speaks_lines() {
        let response = respond(settings, may_exit, without_line_end(input));
        halt = response == Response::Control(ControlWord::Exit);
        response.encode(&mut writer)
    } else {
        bytes::answer(settings.service, input, &mut writer)
    };
    Reply { produced: writer.len(), send: outcome.is_ok(), halt }
}

fn respond<'r>(settings: &'r Settings, may_exit: bool, line: &'r [u8]) -> Response<'r> {
    if line.len() > LINE_LIMIT {
        return Response::Refusal(Refusal::LineTooLong);
    }
    settings.respond(Command::parse(settings.service, line), may_exit)
}

fn greeting(settings: &Settings) -> Response<'_> {
    Response::Line { prefix: b"", text: settings.greeting.as_bytes() }
}

/// Whether this service, or another of ours, will have sent `input`, so that nobody waits for a
/// reply to it.
fn is_own_reply(settings: &Settings, input: &[u8]) -> bool {
    match settings.service {
        Service::Calc => is_reply(input),
        Service::Echo => settings.prefix.as_ref().is_some_and(|prefix| {
            let prefix = prefix.as_bytes();
            is_reply(input) || !prefix.is_empty() && begins_with(input, prefix)
        }),
        Service::Greet => {
            let line = without_line_end(input);
            is_reply(input) || line.eq_ignore_ascii_case(settings.greeting.as_bytes())
        }
        // Nothing of ours speaks HTTP over datagrams.
        Service::Http => true,
        Service::Upper => false,
    }
}
