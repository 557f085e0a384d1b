//! A driver in memory: keeps the contract of `session.rs` to the letter, and checks that the
//! session keeps its side. Integration tests and the fuzz targets share it.

use antiphon_protocol::http::{Lookup, MediaType, Timestamp};
use antiphon_protocol::{Next, Refusal, Response, Session, Settings, Step, Why, Writer};

/// Everything a session said, and how the conversation ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) said: Vec<u8>,
    pub(crate) end: End,
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    Close(Why),
    Halt,
}

/// Holds a conversation in which `input` arrives in segments of the lengths that `cuts` gives, over
/// and over (0 counts as 1; without cuts it arrives whole), and the driver offers `room` bytes of
/// output each time.
///
/// With `stepwise`, requests are answered one at a time.
pub(crate) fn converse(
    settings: &Settings,
    input: &[u8],
    cuts: &[usize],
    room: usize,
    stepwise: bool,
) -> Outcome {
    hold(settings, input, cuts, room, stepwise, None)
}

/// As [`converse`]; with a `refusal` the server refuses what would follow when all of `input` has
/// come.
pub(crate) fn hold(
    settings: &Settings,
    input: &[u8],
    cuts: &[usize],
    room: usize,
    stepwise: bool,
    refusal: Option<Refusal>,
) -> Outcome {
    let mut driver = Driver {
        session: Session::new(settings, true),
        input: Vec::new(),
        output: vec![0; room],
        said: Vec::new(),
        min_input: settings.service.min_input(),
        min_output: settings.service.min_output(),
        stepwise,
    };
    if let Some(end) = driver.turn(false) {
        return driver.outcome(end);
    }
    let mut cuts = cuts.iter().copied().cycle();
    let mut rest = input;
    while !rest.is_empty() {
        let cut = cuts.next().unwrap_or(usize::MAX).clamp(1, rest.len());
        let (segment, later) = rest.split_at(cut);
        driver.input.extend_from_slice(segment);
        rest = later;
        if let Some(end) = driver.turn(false) {
            return driver.outcome(end);
        }
    }
    let end = match refusal {
        Some(why) => driver.refuse(why).expect("a refusal ends the conversation"),
        None => driver.turn(true).expect("after the end of input the conversation ends"),
    };
    driver.outcome(end)
}

struct Driver<'s> {
    session: Session<'s>,
    input: Vec<u8>,
    output: Vec<u8>,
    said: Vec<u8>,
    min_input: usize,
    min_output: usize,
    stepwise: bool,
}

impl Driver<'_> {
    fn outcome(self, end: End) -> Outcome {
        Outcome { said: self.said, end }
    }

    fn refuse(&mut self, why: Refusal) -> Option<End> {
        let produced = self.session.refuse(why, &mut self.output);
        let mut memory = [0; 256];
        let mut words = Writer::new(&mut memory);
        Response::Refusal(why).encode(&mut words).expect("there is room");
        let said = &self.output[..produced];
        assert!(said.is_empty() || said == words.written(), "{}", said.escape_ascii());
        self.said.extend_from_slice(said);
        self.turn(false)
    }

    /// Calls the session until it wants more input, or gives how the conversation ended.
    fn turn(&mut self, ended: bool) -> Option<End> {
        loop {
            let Self { session, input, output, said, stepwise, .. } = self;
            let mut call = |session: &mut Session<'_>| {
                let step = match (ended, *stepwise) {
                    (true, _) => session.finish(input, output),
                    (false, true) => session.step(input, output),
                    (false, false) => session.advance(input, output),
                };
                said.extend_from_slice(&output[..step.produced]); // rule 1
                step
            };
            let step = call(session);
            let stuck = step.consumed == 0 && step.produced == 0;
            let is_open = matches!(step.next, Next::Open(_));
            if matches!(step.next, Next::Close(_) | Next::Halt) {
                assert_eq!(session.refuse(Refusal::Busy, &mut [0; 256]), 0, "it is over");
                let again = Step { consumed: 0, produced: 0, next: step.next };
                assert_eq!(call(session), again, "rule 4");
            } else if stuck && !is_open {
                assert_eq!(call(session), step, "rule 4");
            }
            let consumed = step.consumed;
            let end = match step.next {
                Next::Read => Some(None), // rule 3
                Next::Write => None,
                Next::Open(request) => {
                    assert_eq!(step.produced, 0, "a response is the first thing to say");
                    let found =
                        Lookup::Made { len: FILE.len() as u64, media_type: MediaType::HTML };
                    let head = session.answer(&request, &found, Timestamp::new(0), output);
                    assert!(head.produced > 0, "there is room for a response");
                    said.extend_from_slice(&output[..head.produced]);
                    said.extend_from_slice(&FILE[head.body.start as usize..head.body.end as usize]);
                    None
                }
                Next::Close(why) => Some(Some(End::Close(why))),
                Next::Halt => Some(Some(End::Halt)),
            };
            self.check(consumed, stuck && !is_open, &end, ended);
            self.input.drain(..consumed); // rule 2
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// Rule 5.
    fn check(&self, consumed: usize, stuck: bool, end: &Option<Option<End>>, ended: bool) {
        assert!(self.output.len() >= self.min_output, "this driver offers enough room");
        match end {
            Some(None) => {
                assert!(!ended, "after the end of input there is nothing to read");
                let full = self.input.len() >= self.min_input;
                assert!(!full || consumed > 0, "rule 5: Read with a full input");
            }
            None => assert!(!stuck, "rule 5: Write with room, and no progress"),
            Some(Some(_)) => {}
        }
    }
}

/// What every HTTP request finds.
const FILE: &[u8] = b"hello";
