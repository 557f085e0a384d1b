//! Not to be talked to: how much of the stack HTTP takes. It knows no `exit()`, so the requests are
//! in here, and the emulator ends after the last.

#![no_std]
#![no_main]

use core::hint::black_box;

use antiphon_firmware::finish;
use antiphon_protocol::http::{EntityTag, Lookup, MediaType, Timestamp};
use antiphon_protocol::{Next, Service, Session, Settings};
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    let settings = Settings::new(Service::Http);
    let mut path = [0; 256];
    let mut output = [0; Service::Http.min_output()];
    for input in black_box(REQUESTS) {
        let mut session = Session::new(&settings, false);
        let step = session.advance(input, &mut output);
        let Next::Open(request) = step.next else { finish(false) };
        let found = match request.target().decode(&mut path) {
            Ok(_) => Lookup::File {
                len: 1000,
                modified: Some(Timestamp::new(784_111_777)),
                etag: EntityTag::strong(b"a"),
                media_type: MediaType::HTML,
                coding: None,
                vary: true,
            },
            Err(why) => Lookup::Refused(why),
        };
        let head = session.answer(&request, &found, Timestamp::new(1_792_000_000), &mut output);
        black_box(head.produced);
        let content = input.get(step.consumed..).unwrap_or_default();
        black_box(session.advance(content, &mut output).consumed);
    }
    finish(true)
}

/// A part of a file, a path that leads nowhere, content, and no request at all.
const REQUESTS: [&[u8]; 4] = [
    b"GET /a%20b/?c HTTP/1.1\r\nHost: [::1]:80\r\nRange: bytes=1-7\r\nIf-None-Match: \"b\"\r\n\
        If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\nAccept-Encoding: br;q=0.5, *;q=0\r\n\r\n",
    b"GET /.. HTTP/1.0\r\n\r\n",
    b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\n\r\n",
    b"3+5\r\n\r\n",
];
