//! What a conversation costs at most, in bytes, on a machine of 64 bits. The stack, flash and RAM
//! of a whole image are measured on a microcontroller, by `firmware.rs`.

use std::mem::size_of;

use antiphon_protocol::calc::{self, ErrorKind, Number, Op, Program};
use antiphon_protocol::{
    Buffer, LINE_LIMIT, Refusal, Reply, Response, Service, Session, Settings, Step, TEXT_LIMIT,
    Text, Writer,
};

/// What a driver keeps for each connection, beside the storage of its buffer.
#[test]
fn a_connection_is_small() {
    assert!(size_of::<Session<'_>>() <= 64);
    assert!(size_of::<Buffer<[u8; 0]>>() <= 16);
}

/// What a server keeps once for all its sessions: two texts of [`TEXT_LIMIT`], mostly.
#[test]
fn settings_are_small() {
    assert!(size_of::<Settings>() <= 544);
}

#[test]
fn what_passes_through_calls_is_small() {
    assert!(size_of::<Step<'_>>() <= 160);
    assert!(size_of::<Reply>() <= 16);
    assert!(size_of::<Response<'_>>() <= 48);
    assert!(size_of::<Result<Number, calc::Error>>() <= 32);
}

/// A program takes its memory whatever it holds.
#[test]
fn a_program_is_as_large_as_its_operations() {
    assert!(size_of::<Op>() <= 48);
    assert!(size_of::<Program<256>>() <= 256 * 48 + 16);
    assert!(size_of::<Program<1024>>() <= 1024 * 48 + 16);
}

#[test]
fn an_echo_of_the_longest_line_takes_the_room_that_is_asked_for() {
    let mut settings = Settings::new(Service::Echo);
    settings.prefix = Some(Text::new(&[b'>'; TEXT_LIMIT]).unwrap());
    let mut request = vec![b'x'; LINE_LIMIT];
    request.push(b'\n');
    assert_eq!(request.len(), Service::Echo.min_input());
    let mut output = vec![0; Service::Echo.min_output()];
    let step = Session::new(&settings, false).step(&request, &mut output);
    assert_eq!((step.consumed, step.produced), (request.len(), output.len()));
    let step = Session::new(&settings, false).step(&request, &mut output[1..]);
    assert_eq!((step.consumed, step.produced), (0, 0));
}

/// Numbers are the longest at their ends, errors at the last column of the longest line.
#[test]
fn every_reply_of_calc_fits_into_192_bytes() {
    let numbers = [Number::Int(i128::MIN), Number::Float(-f64::MIN_POSITIVE / 3.0)];
    let replies = numbers
        .map(Response::Answer)
        .into_iter()
        .chain(ErrorKind::ALL.iter().map(|kind| Response::Error(kind.at(LINE_LIMIT + 1))))
        .chain(Refusal::ALL.iter().copied().map(Response::Refusal));
    assert_eq!(Service::Calc.min_output(), 192);
    let mut output = [0; Service::Calc.min_output()];
    for reply in replies {
        assert_eq!(reply.encode(&mut Writer::new(&mut output)), Ok(()), "{reply:?}");
    }
}
