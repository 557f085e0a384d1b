//! The contract at the top of `session.rs`, rule by rule; `drive` asserts rules 1 to 5 on every
//! call of every conversation here.

mod drive;
#[path = "contract/web.rs"]
mod web;

use std::num::NonZeroU32;

use antiphon_protocol::{
    Framing, LINE_LIMIT, Next, Refusal, Service, Session, Settings, Step, Text, Why, http,
};
use drive::{End, Outcome, converse, hold};
use proptest::collection::vec;
use proptest::prelude::*;

/// A conversation that arrives whole, checked against byte by byte, against tiny outputs and
/// against one request at a time (rule 6).
#[track_caller]
fn outcome(settings: &Settings, input: &[u8]) -> Outcome {
    let room = settings.service.min_output();
    let whole = converse(settings, input, &[usize::MAX], 1 << 16, false);
    assert_eq!(converse(settings, input, &[1], room, false), whole, "byte by byte");
    assert_eq!(converse(settings, input, &[usize::MAX], room, false), whole, "small output");
    assert_eq!(converse(settings, input, &[7], room, true), whole, "one request at a time");
    whole
}

#[track_caller]
fn assert_says(settings: &Settings, input: &[u8], said: &[u8], end: End) {
    let outcome = outcome(settings, input);
    assert_eq!(outcome.said.escape_ascii().to_string(), said.escape_ascii().to_string());
    assert_eq!(outcome.end, end);
}

fn prefixed_echo() -> Settings {
    let mut settings = Settings::new(Service::Echo);
    settings.prefix = Some(Text::new(b"Request received as : ").unwrap());
    settings
}

/// With message framing each segment is a request, so the replies tell the segments.
#[test]
fn the_driver_cuts_over_and_over() {
    let mut settings = Settings::new(Service::Calc);
    settings.framing = Framing::Message;
    for (cuts, answers) in [
        (&[1][..], &["1", "2", "3", "4", "5", "6", "7"][..]),
        (&[1, 2], &["1", "23", "4", "56", "7"]),
        (&[0, 5], &["1", "23456", "7"]),
        (&[usize::MAX], &["1234567"]),
        (&[], &["1234567"]),
    ] {
        let said = converse(&settings, b"1234567", cuts, 256, false).said;
        let expected: String =
            answers.iter().map(|answer| format!("Answer is {answer}\r\n")).collect();
        assert_eq!(
            said.escape_ascii().to_string(),
            expected.escape_default().to_string(),
            "{cuts:?}"
        );
    }
}

const FINISHED: End = End::Close(Why::PeerFinished);
const QUIT: End = End::Close(Why::Quit);
const WEB: End = End::Close(Why::Refused(Refusal::WebRequest));

#[test]
fn calc_answers_line_by_line() {
    let calc = Settings::new(Service::Calc);
    assert_says(&calc, b"", b"", FINISHED);
    assert_says(&calc, b"3+5\r\n", b"Answer is 8\r\n", FINISHED);
    assert_says(&calc, b"3+5\n4+5\n", b"Answer is 8\r\nAnswer is 9\r\n", FINISHED);
    assert_says(&calc, b"3+5\nquit()\n4+5\n", b"Answer is 8\r\nquit()", QUIT);
    assert_says(&calc, b"3+5\nexit()\n4+5\n", b"Answer is 8\r\nexit()", End::Halt);
}

#[test]
fn the_last_line_may_lack_its_end() {
    let calc = Settings::new(Service::Calc);
    assert_says(&calc, b"3+5", b"Answer is 8\r\n", FINISHED);
    assert_says(&calc, b"3+5\n4+5\r", b"Answer is 8\r\nAnswer is 9\r\n", FINISHED);
    assert_says(&calc, b"quit()", b"quit()", QUIT);
}

#[test]
fn exit_takes_permission() {
    let calc = Settings::new(Service::Calc);
    let mut output = [0; 256];
    let step = Session::new(&calc, false).advance(b"exit()\n", &mut output);
    assert_eq!(step.next, Next::Read);
    assert!(output.starts_with(b"Error: exit() is not allowed"));
}

#[test]
fn a_line_beyond_the_limit_is_refused_once_and_skipped() {
    let calc = Settings::new(Service::Calc);
    let error = format!("Error: {}\r\n", Refusal::LineTooLong);
    for length in [LINE_LIMIT + 1, LINE_LIMIT + 2, 3 * LINE_LIMIT, 100_000] {
        let mut input = vec![b'1'; length];
        assert_says(&calc, &input, error.as_bytes(), FINISHED);
        input.extend(b"\r\n3+5\n");
        let said = format!("{error}Answer is 8\r\n");
        assert_says(&calc, &input, said.as_bytes(), FINISHED);
    }
}

#[test]
fn the_limit_counts_a_cr() {
    let mut input = vec![b' '; LINE_LIMIT - 4];
    input.extend(b"3+5\r\n");
    let calc = Settings::new(Service::Calc);
    assert_says(&calc, &input, b"Answer is 8\r\n", FINISHED);
    input.insert(0, b' ');
    assert_ne!(outcome(&calc, &input).said, b"Answer is 8\r\n");
}

#[test]
fn a_browser_gets_one_error_and_a_close() {
    let said = format!("Error: {}\r\n", Refusal::WebRequest);
    for settings in [Settings::new(Service::Calc), prefixed_echo()] {
        let input = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nexit()\r\n";
        assert_says(&settings, input, said.as_bytes(), WEB);
    }
}

#[test]
fn a_browser_cannot_hide_behind_a_long_target() {
    let calc = Settings::new(Service::Calc);
    let said = format!("Error: {}\r\n", Refusal::LineTooLong);
    for length in LINE_LIMIT..LINE_LIMIT + 20 {
        let mut input = b"POST /".to_vec();
        input.resize(length, b'a');
        input.extend(b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nexit()\r\n");
        assert_says(&calc, &input, said.as_bytes(), WEB);
    }
}

#[test]
fn echo_interprets_nothing() {
    let echo = Settings::new(Service::Echo);
    for input in [&b"quit()\nexit()\r\n\0\xff"[..], b"GET / HTTP/1.1\r\n", b"no line end", b""] {
        assert_says(&echo, input, input, FINISHED);
    }
}

#[test]
fn echo_does_not_wait_for_a_line_end() {
    let echo = Settings::new(Service::Echo);
    let step = Session::new(&echo, false).advance(b"abc", &mut [0; 2048]);
    assert_eq!(step, Step { consumed: 3, produced: 3, next: Next::Read });
}

#[test]
fn a_prefix_makes_echo_a_line_service() {
    let said = b"Request received as : Hello\r\nRequest received as : \r\nquit()";
    assert_says(&prefixed_echo(), b"Hello\n\r\nquit()\n", said, QUIT);
}

#[test]
fn upper_leaves_other_bytes_alone() {
    let upper = Settings::new(Service::Upper);
    let said = "HELLO é quit() \u{0}".replace("quit", "QUIT");
    assert_says(&upper, "hello é quit() \u{0}".as_bytes(), said.as_bytes(), FINISHED);
}

#[test]
fn greet_speaks_first_and_ends() {
    let greet = Settings::new(Service::Greet);
    let said = b"Message received. Thank you for connecting\r\n";
    assert_says(&greet, b"", said, End::Close(Why::Greeted));
    assert_says(&greet, b"Hi", said, End::Close(Why::Greeted));
}

#[test]
fn requests_can_be_limited() {
    let used_up = End::Close(Why::RequestsUsedUp);
    for (service, input, said) in [
        (Service::Calc, &b"1\n2\n3\n"[..], &b"Answer is 1\r\nAnswer is 2\r\n"[..]),
        (Service::Echo, b"a\nb\nc\n", b"a\nb\n"),
        (Service::Upper, b"a\n\nc\n", b"A\n\n"),
    ] {
        let mut settings = Settings::new(service);
        settings.max_requests = NonZeroU32::new(2);
        assert_says(&settings, input, said, used_up);
    }
}

#[test]
fn a_refused_line_counts_as_a_request() {
    let mut settings = Settings::new(Service::Calc);
    settings.max_requests = NonZeroU32::new(1);
    let said = format!("Error: {}\r\n", Refusal::LineTooLong);
    let input = [b'1'; 2 * LINE_LIMIT];
    assert_says(&settings, &input, said.as_bytes(), End::Close(Why::RequestsUsedUp));
}

#[test]
fn with_message_framing_the_end_of_a_read_ends_a_request() {
    let mut settings = Settings::new(Service::Calc);
    settings.framing = Framing::Message;
    let outcome = converse(&settings, b"3+54+5\nquit()", &[3, 4, 6], 256, false);
    assert_eq!(outcome.said, b"Answer is 8\r\nAnswer is 9\r\nquit()");
    assert_eq!(outcome.end, QUIT);
    // Too long is too long here, too, and the next read is a new request.
    let mut input = vec![b'1'; 2 * LINE_LIMIT];
    input.extend(b"3+5");
    let outcome = converse(&settings, &input, &[2 * LINE_LIMIT, 3], 256, false);
    assert_eq!(
        outcome.said,
        format!("Error: {}\r\nAnswer is 8\r\n", Refusal::LineTooLong).as_bytes()
    );
}

#[test]
fn with_message_framing_bytes_count_read_by_read() {
    let mut settings = Settings::new(Service::Echo);
    settings.framing = Framing::Message;
    settings.max_requests = NonZeroU32::new(2);
    let outcome = converse(&settings, b"a\nb\nc\nd", &[4, 2, 1], 2048, false);
    assert_eq!(
        outcome,
        Outcome { said: b"a\nb\nc\n".to_vec(), end: End::Close(Why::RequestsUsedUp) }
    );
}

#[test]
fn write_waits_for_room_and_loses_nothing() {
    let calc = Settings::new(Service::Calc);
    let mut session = Session::new(&calc, false);
    let stuck = Step { consumed: 0, produced: 0, next: Next::Write };
    assert_eq!(session.advance(b"3+5\n", &mut [0; 12]), stuck);
    assert_eq!(session.advance(b"3+5\n", &mut [0; 12]), stuck);
    let mut output = [0; 13];
    let step = session.advance(b"3+5\n", &mut output);
    assert_eq!(step, Step { consumed: 4, produced: 13, next: Next::Read });
    assert_eq!(&output, b"Answer is 8\r\n");
}

#[test]
fn idle_is_only_between_requests() {
    let calc = Settings::new(Service::Calc);
    let mut session = Session::new(&calc, false);
    let mut output = [0; 256];
    assert!(session.is_idle());
    let _ = session.advance(b"3", &mut output);
    assert!(!session.is_idle());
    let _ = session.advance(b"3+5\n", &mut output);
    assert!(session.is_idle());
    let _ = session.advance(&[b'1'; LINE_LIMIT + 1], &mut output);
    assert!(!session.is_idle(), "the rest of a line too long is no new request");
}

#[test]
fn a_refusal_ends_the_conversation() {
    let mut output = [0; 256];
    for service in [Service::Calc, Service::Echo, Service::Greet, Service::Upper] {
        let settings = Settings::new(service);
        let mut session = Session::new(&settings, false);
        let produced = session.refuse(Refusal::Busy, &mut output);
        assert_eq!(&output[..produced], format!("Error: {}\r\n", Refusal::Busy).as_bytes());
        let end = Next::Close(Why::Refused(Refusal::Busy));
        assert_eq!(
            session.advance(b"3+5\n", &mut output),
            Step { consumed: 0, produced: 0, next: end }
        );
    }
    // A stream of bytes is never mixed with words of ours.
    let echo = Settings::new(Service::Echo);
    assert_eq!(Session::new(&echo, false).refuse(Refusal::TimedOut, &mut output), 0);
}

#[test]
fn what_is_over_is_not_refused() {
    let calc = Settings::new(Service::Calc);
    let mut output = [0; 256];
    for (line, next) in [
        (&b"quit()\n"[..], Next::Close(Why::Quit)),
        (b"exit()\n", Next::Halt),
        (b"GET / HTTP/1.1\n", Next::Close(Why::Refused(Refusal::WebRequest))),
    ] {
        let mut session = Session::new(&calc, true);
        assert_eq!(session.advance(line, &mut output).next, next);
        for &why in Refusal::ALL {
            assert_eq!(session.refuse(why, &mut output), 0, "{why:?}");
            let step = session.advance(b"", &mut output);
            assert_eq!(step, Step { consumed: 0, produced: 0, next });
        }
    }
}

#[test]
fn of_two_refusals_the_first_counts() {
    let mut output = [0; 256];
    for (service, end) in [
        (Service::Calc, Why::Refused(Refusal::Busy)),
        (Service::Http, Why::Http(http::Error::Unavailable)),
    ] {
        let settings = Settings::new(service);
        let mut session = Session::new(&settings, false);
        session.refuse(Refusal::Busy, &mut output);
        assert_eq!(refused(&mut session, b"", Refusal::TimedOut).end, End::Close(end));
    }
}

#[test]
fn a_session_is_small() {
    assert!(size_of::<Session<'_>>() <= 64);
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let service = proptest::sample::select(&Service::ALL[..]);
    (service, any::<bool>(), proptest::option::of(1_u32..4)).prop_map(|(service, prefix, max)| {
        let mut settings = Settings::new(service);
        settings.prefix = prefix.then(|| Text::new(b"got: ").unwrap());
        settings.max_requests = max.and_then(NonZeroU32::new);
        settings
    })
}

/// What a peer of HTTP is told of a refusal, with `input` of it unread.
fn refused(session: &mut Session<'_>, input: &[u8], why: Refusal) -> Outcome {
    let mut output = [0; Service::Http.min_output()];
    assert_eq!(session.refuse(why, &mut output), 0);
    let mut said = Vec::new();
    loop {
        match session.advance(input, &mut output).next {
            Next::Open(request) => {
                let (found, now) = (http::Lookup::Moved, http::Timestamp::new(0));
                let head = session.answer(&request, &found, now, &mut output);
                said.extend_from_slice(&output[..head.produced]);
            }
            Next::Close(why) => return Outcome { said, end: End::Close(why) },
            next => panic!("{next:?}"),
        }
    }
}

/// Lines as peers send them, good and bad, and some that are no lines at all.
fn any_input() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"3+5\r\n".to_vec()),
        Just(b"1/0\n".to_vec()),
        Just(b"2**-1".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"quit()\n".to_vec()),
        Just(b"exit()\n".to_vec()),
        Just(b" HTTP/1.1\r\n".to_vec()),
        Just(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()),
        Just(b"GET / HTTP/1.0\r\nContent-Length: 7\r\n\r\n".to_vec()),
        Just(b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n".to_vec()),
        (1000_usize..1060).prop_map(|length| vec![b'7'; length]),
        vec(any::<u8>(), 0..40),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Rule 6.
    #[test]
    fn cuts_and_outputs_change_nothing(
        settings in any_settings(),
        input in any_input(),
        cuts in vec(1_usize..1200, 1..20),
        extra in 0_usize..3000,
        stepwise: bool,
    ) {
        let whole = converse(&settings, &input, &[usize::MAX], 1 << 16, false);
        let room = settings.service.min_output() + extra;
        prop_assert_eq!(converse(&settings, &input, &cuts, room, stepwise), whole);
    }

    /// Rule 6, when the server refuses what follows.
    #[test]
    fn a_refusal_depends_on_the_bytes_before_it(
        settings in any_settings(),
        input in any_input(),
        cuts in vec(1_usize..1200, 1..20),
        why in proptest::sample::select(Refusal::ALL),
        stepwise: bool,
    ) {
        let whole = hold(&settings, &input, &[usize::MAX], 1 << 16, false, Some(why));
        let room = settings.service.min_output();
        prop_assert_eq!(hold(&settings, &input, &cuts, room, stepwise, Some(why)), whole);
    }

    /// Rules 1 to 5, where the cuts count.
    #[test]
    fn message_framing_keeps_the_other_rules(
        mut settings in any_settings(),
        input in any_input(),
        cuts in vec(1_usize..1200, 1..20),
    ) {
        settings.framing = Framing::Message;
        converse(&settings, &input, &cuts, settings.service.min_output(), false);
    }
}
