//! Nothing allocates: counted, not only compiled without `alloc`, for a dependency could bring its
//! own.

#[allow(unreachable_pub, unused_attributes, reason = "elsewhere it is a crate")]
#[path = "../examples/cortex-m/surface/src/lib.rs"]
mod surface;

use core::hint::black_box;
use core::num::NonZeroU32;

use allocation_counter::measure;
use antiphon_protocol::http::{Lookup, MediaType, Timestamp};
use antiphon_protocol::{
    Buffer, Framing, Next, Response, Service, Session, Settings, Text, datagram,
};
use surface::call_everything;

#[test]
fn sessions_do_not_allocate() {
    // What the test itself needs is allocated before the counting begins.
    let conversation = conversation();
    for settings in all_settings() {
        assert_allocates_nothing("a session", || {
            for segment in [1, 7, conversation.len()] {
                converse(&settings, conversation.chunks(segment));
            }
        });
        assert_allocates_nothing("datagrams", || {
            for line in conversation.split(|byte| *byte == b'\n') {
                let _ = datagram(&settings, true, line, &mut [0; 2048]);
            }
        });
    }
}

/// Every public function, on texts that one of them reads to the end.
#[test]
fn no_public_function_allocates() {
    let conversation = conversation();
    let lines = conversation.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end());
    let texts: &[&[u8]] = &[
        b"GET /a%20b/../c?d HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br;q=0.5, gzip\r\n\r\n",
        b"/a%20b/%2e%2e/c/?d",
        b"http://localhost:8080/a%00",
        b"5;x=y\r\nhello\r\n0\r\nX: y\r\n\r\n",
        b"\"a\", W/\"b\", *",
        b"Sunday, 06-Nov-94 08:49:37 GMT",
        b"bytes=1-3, -2",
        b"index.html",
        b"Answer is -1.5e-300",
        b"Error: division by zero at column 2",
        b"Error: the server is busy; try again later",
        b"",
    ];
    for text in lines.chain(texts.iter().copied()) {
        let (mut input, mut output) = (text.to_vec(), vec![0; 8192]);
        assert_allocates_nothing(&text.escape_ascii().to_string(), || {
            call_everything(&mut input, &mut output);
        });
    }
}

#[test]
fn the_counter_counts() {
    assert_eq!(measure(|| drop(black_box(Box::new(1)))).count_total, 1);
}

/// The counter is this thread's: what those of the test harness need does not show.
#[track_caller]
fn assert_allocates_nothing(what: &str, run: impl FnOnce()) {
    assert_eq!(measure(run).count_total, 0, "{what}");
}

/// Good lines and bad ones, on every path that a session knows.
fn conversation() -> Vec<u8> {
    let nested = [&b"(".repeat(80)[..], b"1", &b")".repeat(80)].concat();
    let long = b"1".repeat(5000);
    let lines: &[&[u8]] = &[
        b"GET /a%20b?c HTTP/1.1",
        b"Host: localhost",
        b"If-None-Match: \"a\", W/\"b\"",
        b"Transfer-Encoding: chunked",
        b"",
        b"5;x=y",
        b"hello",
        b"0",
        b"",
        b"3+5",
        b"1.5e3*2.25/0.75-1",
        b"-(2**-3)%5//7",
        b"9**9**9",
        b"1/0",
        b"(-8)**0.5",
        b"three and five",
        b"\0\xff\x1b[2J",
        b"",
        b"0x_ff+0b1_0+0o7+1_000.5",
        &nested,
        &long,
        b"GET / HTTP/1.0",
        b"exit()",
        b"quit()",
    ];
    lines.join(&b"\r\n"[..])
}

/// Every service, plain and with all there is to set.
fn all_settings() -> Vec<Settings> {
    let mut all = Vec::new();
    for service in Service::ALL {
        let plain = Settings::new(service);
        let mut rich = plain.clone();
        rich.framing = Framing::Message;
        rich.prefix = Some(Text::new(b"Request received as : ").expect("it is short"));
        rich.max_requests = NonZeroU32::new(3);
        all.extend([plain, rich]);
    }
    all
}

/// Begins a new session whenever one ends, so that all segments are looked at.
fn converse<'i>(settings: &Settings, segments: impl Iterator<Item = &'i [u8]>) {
    let mut session = Session::new(settings, true);
    let mut input = Buffer::new([0; 32 * 1024]);
    let mut output = [0; 4096];
    for segment in segments {
        input.spare()[..segment.len()].copy_from_slice(segment);
        input.fill(segment.len());
        loop {
            let step = session.advance(input.filled(), &mut output);
            let _ = Response::parse(&output[..step.produced]);
            let (consumed, next) = (step.consumed, step.next);
            if let Next::Open(request) = next {
                let found = Lookup::Made { len: 5, media_type: MediaType::HTML };
                let _ = session.answer(&request, &found, Timestamp::new(0), &mut output);
                input.consume(consumed);
                continue;
            }
            let (reads, is_over) =
                (next == Next::Read, matches!(next, Next::Close(_) | Next::Halt));
            input.consume(consumed);
            if reads {
                break;
            }
            if is_over {
                session = Session::new(settings, true);
                if input.filled().is_empty() || settings.service == Service::Greet {
                    input.consume(input.filled().len());
                    break;
                }
            }
        }
    }
    let _ = session.finish(input.filled(), &mut output);
}
