//! Invariant: what a session says, and how it ends, depend only on the bytes received: not on how
//! they were cut, nor on the room for replies, nor on how many requests one call answers (rule 6
//! of `protocol/src/session.rs`). The driver asserts rules 1 to 5 on every call besides.
//!
//! An input of the fuzzer is a head of [`Talk`]'s first fields, 14 bytes that are numbers, and
//! then the conversation as it is: seeds can be written with an editor.

#![no_main]

use antiphon_protocol::{Framing, Service, Settings, Text};
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

#[path = "../../protocol/tests/drive/mod.rs"]
mod drive;

use drive::converse;

#[derive(Arbitrary, Debug)]
struct Talk<'i> {
    /// Which service, over and over.
    service: u8,
    /// Bit 0: a prefix; bit 1: message framing; bit 2: one request at a time.
    flags: u8,
    /// 0 stands for any number.
    max_requests: u8,
    /// What the driver offers beyond the least that it must.
    extra_room: u8,
    /// The lengths of the segments.
    cuts: [u16; 5],
    /// Last, so that it stands in the fuzzer's input as it is.
    conversation: &'i [u8],
}

impl Talk<'_> {
    fn settings(&self) -> Settings {
        let service = Service::ALL[usize::from(self.service) % Service::ALL.len()];
        let mut settings = Settings::new(service);
        if self.flags & 1 > 0 {
            settings.prefix = Some(Text::new(b"got: ").expect("it is short"));
        }
        if self.flags & 2 > 0 {
            settings.framing = Framing::Message;
        }
        settings.max_requests = u32::from(self.max_requests).try_into().ok();
        settings
    }
}

fuzz_target!(|talk: Talk<'_>| {
    let settings = talk.settings();
    let cuts = talk.cuts.map(usize::from);
    let room = settings.service.min_output() + usize::from(talk.extra_room);
    let stepwise = talk.flags & 4 > 0;
    let cut = converse(&settings, talk.conversation, &cuts, room, stepwise);
    // With message framing the cuts are meant: there the driver's assertions are all.
    if settings.framing == Framing::Line {
        let whole = converse(&settings, talk.conversation, &[usize::MAX], 1 << 16, false);
        assert_eq!(cut, whole);
    }
});
