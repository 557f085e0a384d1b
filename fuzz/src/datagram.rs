//! A datagram is answered as the same line on a stream is; no answer is, save `quit()` and repeats.
//!
//! Repeats are what `upper` says, and `echo` without a prefix or with an empty one: nobody can tell
//! them from requests.

use antiphon_protocol::{Framing, LINE_LIMIT, Service, Settings, Text, datagram};
use arbitrary::{Result, Unstructured};

use super::drive::{End, converse};

/// The first three bytes choose service, prefix and whether `exit()` is obeyed; the rest is the
/// datagram.
pub fn check(data: &[u8]) {
    let mut u = Unstructured::new(data);
    let Ok((settings, may_exit)) = settings(&mut u) else { return };
    let input = u.take_rest();
    let mut output = vec![0; input.len() + settings.service.min_output()];
    let reply = datagram(&settings, may_exit, input, &mut output);
    let said = &output[..reply.produced];
    assert!(reply.send || said.is_empty());
    assert!(may_exit || !reply.halt);
    if reply.send {
        ends(&settings, said);
        as_on_a_stream(&settings, may_exit, input, said, reply.halt);
    }
}

fn settings(u: &mut Unstructured<'_>) -> Result<(Settings, bool)> {
    let mut settings = Settings::new(*u.choose(&Service::ALL)?);
    let prefix = *u.choose(&[None, Some(&b"got: "[..]), Some(&[b'>'; 256]), Some(b"")])?;
    settings.prefix = prefix.map(|prefix| Text::new(prefix).expect("one short line"));
    Ok((settings, u.arbitrary()?))
}

/// Two servers that answer each other stop at once, but for what is its own answer.
fn ends(settings: &Settings, said: &[u8]) {
    let prefix = settings.prefix.as_ref().map_or(&b""[..], Text::as_bytes);
    let repeats = match settings.service {
        Service::Echo => prefix.is_empty(),
        service => service == Service::Upper,
    };
    if repeats || said == b"quit()" {
        return;
    }
    let mut output = vec![0; said.len() + settings.service.min_output()];
    let reply = datagram(settings, false, said, &mut output);
    assert!(!reply.send || said == b"exit()", "{}", said.escape_ascii());
}

fn as_on_a_stream(settings: &Settings, may_exit: bool, input: &[u8], said: &[u8], halt: bool) {
    let line = input.strip_suffix(b"\n").unwrap_or(input);
    let is_line = !line.contains(&b'\n') && (input.len() > line.len() || !line.ends_with(b"\r"));
    if !is_line || !may_exit || settings.framing != Framing::Line || line.len() > LINE_LIMIT {
        return;
    }
    let stream = match settings.speaks_lines() {
        true => [line, b"\n"].concat(),
        false => input.to_vec(),
    };
    let outcome = converse(settings, &stream, &[usize::MAX], 1 << 16, false);
    assert_eq!(outcome.said.escape_ascii().to_string(), said.escape_ascii().to_string());
    assert_eq!(outcome.end == End::Halt, halt);
}
