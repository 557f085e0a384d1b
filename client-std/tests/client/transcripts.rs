//! The transcripts of `antiphon-tests`, with the client in all roles but the server's.
//!
//! Whoever serves, the client has to show the same: what the transcript says, and where it says
//! only that there is an error, what `antiphon-server` says.
//!
//! ```text
//! cargo test -p antiphon-client --test client -- transcripts --include-ignored --nocapture
//! ```

#[path = "../../../protocol/tests/board/mod.rs"]
mod board;
mod host;
#[path = "../../../protocol/tests/images/mod.rs"]
mod images;
mod line;
mod stage;
mod under_tokio;

use antiphon_protocol::ControlWord;
use antiphon_protocol::frame::without_line_end;
use antiphon_tests::Running;
use antiphon_tests::transcript::{self, Event};

use self::host::Host;
use self::line::Line;
use self::under_tokio::UnderTokio;
use crate::over_both_drivers;

over_both_drivers! {
    the_server_says_it,
    the_calculator_under_tokio_says_it,
    #[ignore = "needs qemu-system-arm and the target thumbv7m-none-eabi"]
    a_calculator_on_the_board_says_it,
    #[ignore = "needs qemu-system-arm and the target thumbv7m-none-eabi"]
    an_echo_on_the_board_says_it,
    #[ignore = "needs qemu-system-arm and the target thumbv7m-none-eabi"]
    an_upper_on_the_board_says_it,
}

fn the_server_says_it(driver: &str) {
    for service in ["calc", "echo", "upper"] {
        says_it(driver, service, || Running::start(service));
    }
}

fn the_calculator_under_tokio_says_it(driver: &str) {
    says_it(driver, "calc", UnderTokio::start);
}

fn a_calculator_on_the_board_says_it(driver: &str) {
    says_it(driver, "calc", || Line::start("calc"));
}

fn an_echo_on_the_board_says_it(driver: &str) {
    says_it(driver, "echo", || Line::start("echo"));
}

fn an_upper_on_the_board_says_it(driver: &str) {
    says_it(driver, "upper", || Line::start("upper"));
}

/// Plays each transcript of `service` that the client can play, to a host of its own.
#[track_caller]
fn says_it<H: Host>(driver: &str, service: &str, start: impl Fn() -> H) {
    let mut played = 0;
    for (name, text) in transcript::of(service) {
        if let Some(obstacle) = obstacle(&text) {
            println!("{service}/{name}: left out, for {obstacle}");
            continue;
        }
        println!("{service}/{name}:");
        let there = stage::play(driver, &text, start());
        let here = stage::play(driver, &text, Running::start(service));
        assert_eq!(there, here, "{service}/{name}");
        played += 1;
    }
    assert!(played > 0, "nothing can be played");
}

/// Why the client, which speaks in whole lines and nothing after a control word, cannot play this
/// to a host that has no options, serves one at a time and closes only when it is asked to.
fn obstacle(text: &str) -> Option<&'static str> {
    let (mut present, mut over) = (None, false);
    for (_, event) in Event::all(text) {
        match event {
            Event::Server(_) => return Some("its server has options"),
            Event::Does(_, "connects") if present.is_some() => {
                return Some("there are several clients at a time");
            }
            Event::Does(name, "connects") => (present, over) = (Some(name), false),
            Event::Says(..) if over => return Some("a client goes on after a control word"),
            Event::Says(_, bytes) if !bytes.ends_with('\n') => {
                return Some("a client says half a line");
            }
            Event::Says(_, line) => {
                over = ControlWord::parse(without_line_end(line.as_bytes())).is_some();
            }
            Event::Does(_, "closed") if !over => return Some("the server closes unasked"),
            Event::Does(_, "closed" | "leaves") => present = None,
            Event::Does(_, "hears an error") | Event::IsTold(..) | Event::Halted => {}
            Event::Does(..) => return Some("a client does what only a raw socket can"),
        }
    }
    None
}

#[test]
fn only_what_the_client_can_do_is_played() {
    for (text, expected) in [
        ("a connects\na> 1+1\na leaves\nb connects\nb> quit()\nb closed\nb leaves\n", None),
        ("server --workers 2\na connects\n", Some("its server has options")),
        ("a connects\nb connects\n", Some("there are several clients at a time")),
        ("a connects\na> 1+\\\n", Some("a client says half a line")),
        ("a connects\na> exit()\na> 1\n", Some("a client goes on after a control word")),
        ("a connects\na> 1\na closed\n", Some("the server closes unasked")),
        ("a connects\na hears nothing\n", Some("a client does what only a raw socket can")),
    ] {
        assert_eq!(obstacle(text), expected, "{text}");
    }
}
