//! What a session says, and how it ends, depends on the bytes alone: not on cuts, nor on room (rule 6).
//!
//! Nor does it if the server refuses what follows these bytes. The driver asserts rules 1 to 5 on
//! the way, and with [`Framing::Message`], where the cuts count, them alone; and that what is over
//! stays so. The first 14 bytes of an input say how to hold the conversation; the rest is what the
//! peer sends.

use std::num::NonZeroU32;

use antiphon_protocol::{Framing, Refusal, Service, Settings, Text};
use arbitrary::{Result, Unstructured};

use super::drive::{Outcome, hold};

/// Holds one conversation twice.
pub fn check(data: &[u8]) {
    let Ok(conversation) = Conversation::read(data) else { return };
    let Conversation { settings, cuts, room, stepwise, input, .. } = &conversation;
    let cut = conversation.hold(cuts, *room, *stepwise);
    if settings.framing == Framing::Line {
        let whole = conversation.hold(&[usize::MAX], 1 << 16, false);
        assert_eq!(cut, whole, "{settings:?}, {}", input.escape_ascii());
    }
}

struct Conversation<'d> {
    settings: Settings,
    cuts: [usize; 3],
    room: usize,
    stepwise: bool,
    /// How the server ends it, unless the peer does.
    refusal: Option<Refusal>,
    input: &'d [u8],
}

impl<'d> Conversation<'d> {
    fn read(data: &'d [u8]) -> Result<Self> {
        let mut u = Unstructured::new(data);
        let mut settings = Settings::new(*u.choose(&Service::ALL)?);
        settings.framing = if u.ratio(1, 8)? { Framing::Message } else { Framing::Line };
        let prefix = *u.choose(&[None, Some(&b""[..]), Some(b"got: "), Some(&[b'>'; 256])])?;
        settings.prefix = prefix.map(|prefix| Text::new(prefix).expect("one short line"));
        settings.max_requests = NonZeroU32::new(u.int_in_range(0..=4)?);
        let room = settings.service.min_output() + u.int_in_range(0..=0xFFF)?;
        let stepwise = u.arbitrary()?;
        let mut cuts = [0; 3];
        for cut in &mut cuts {
            *cut = u.int_in_range(1..=0x800)?;
        }
        let refusal = u.int_in_range(0..=Refusal::ALL.len())?.checked_sub(1);
        let refusal = refusal.map(|index| Refusal::ALL[index]);
        Ok(Self { settings, cuts, room, stepwise, refusal, input: u.take_rest() })
    }

    fn hold(&self, cuts: &[usize], room: usize, stepwise: bool) -> Outcome {
        hold(&self.settings, self.input, cuts, room, stepwise, self.refusal)
    }
}
