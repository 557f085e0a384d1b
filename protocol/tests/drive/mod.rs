//! A driver in memory: keeps the contract of `session.rs` to the letter, and checks that the
//! session keeps its side. Integration tests and the fuzz targets share it.

use antiphon_protocol::{Next, Session, Settings, Step};

/// Everything a session said, and how the conversation ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) said: Vec<u8>,
    pub(crate) end: Next,
}

/// Holds a conversation in which `input` arrives in segments of the lengths that `cuts` gives
/// (over and over; 0 counts as 1) and the driver offers `room` bytes of output each time.
///
/// With `stepwise`, requests are answered one at a time.
pub(crate) fn converse(
    settings: &Settings,
    input: &[u8],
    cuts: &[usize],
    room: usize,
    stepwise: bool,
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
    let mut cuts = cuts.iter().copied().chain([usize::MAX]).cycle();
    let mut rest = input;
    while !rest.is_empty() {
        let cut = cuts.next().map_or(1, |cut| cut.clamp(1, rest.len()));
        let (segment, later) = rest.split_at(cut);
        driver.input.extend_from_slice(segment);
        rest = later;
        if let Some(end) = driver.turn(false) {
            return driver.outcome(end);
        }
    }
    let end = driver.turn(true).expect("after the end of input the conversation ends");
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
    fn outcome(self, end: Next) -> Outcome {
        Outcome { said: self.said, end }
    }

    /// Calls the session until it wants more input, or gives how the conversation ended.
    fn turn(&mut self, ended: bool) -> Option<Next> {
        loop {
            let step = self.call(ended);
            self.check(step, ended);
            self.said.extend_from_slice(&self.output[..step.produced]); // rule 1
            self.input.drain(..step.consumed); // rule 2
            match step.next {
                Next::Read => return None, // rule 3
                Next::Write => {}
                end @ (Next::Close(_) | Next::Halt) => {
                    let again = self.call(ended);
                    assert_eq!(again, Step { consumed: 0, produced: 0, next: end }, "rule 4");
                    return Some(end);
                }
            }
        }
    }

    fn call(&mut self, ended: bool) -> Step {
        match (ended, self.stepwise) {
            (true, _) => self.session.finish(&self.input, &mut self.output),
            (false, true) => self.session.step(&self.input, &mut self.output),
            (false, false) => self.session.advance(&self.input, &mut self.output),
        }
    }

    fn check(&mut self, step: Step, ended: bool) {
        assert!(step.consumed <= self.input.len() && step.produced <= self.output.len());
        let stuck = step.consumed == 0 && step.produced == 0;
        match step.next {
            Next::Read => {
                assert!(!ended, "after the end of input there is nothing to read");
                let full = self.input.len() >= self.min_input;
                assert!(!full || step.consumed > 0, "rule 5: Read with a full input");
            }
            Next::Write => {
                assert!(self.output.len() >= self.min_output, "this driver offers enough room");
                assert!(!stuck, "rule 5: Write with room, and no progress");
            }
            Next::Close(_) | Next::Halt => {}
        }
        if stuck {
            assert_eq!(self.call(ended), step, "rule 4");
        }
    }
}
