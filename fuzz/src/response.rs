//! `Response::encode` and `Response::parse` are inverses, both ways round.

use antiphon_protocol::calc::{ErrorKind, Number};
use antiphon_protocol::{ControlWord, Full, Refusal, Response, Writer};
use arbitrary::{Result, Unstructured};

/// The first byte says which kind of response follows, or that a line does.
pub fn check(data: &[u8]) {
    match response(&mut Unstructured::new(data)) {
        Ok(Some(response)) => {
            let line = encoded(&response);
            assert_same(Response::parse(&line), response);
            assert_is_whole(&response, &line);
        }
        Ok(None) => read(data.get(1..).unwrap_or_default()),
        Err(_) => {}
    }
}

fn response(u: &mut Unstructured<'_>) -> Result<Option<Response<'static>>> {
    Ok(match u.int_in_range(0..=5_u8)? {
        0 => None,
        1 => Some(Response::Answer(Number::Int(u.arbitrary()?))),
        2 => Some(Response::Answer(Number::Float(f64::from_bits(u.arbitrary()?)))),
        3 => {
            let kind = *u.choose(ErrorKind::ALL)?;
            Some(Response::Error(kind.at(u.arbitrary::<usize>()?.max(1))))
        }
        4 => Some(Response::Refusal(*u.choose(Refusal::ALL)?)),
        _ => Some(Response::Control(*u.choose(&ControlWord::ALL)?)),
    })
}

/// Any line is read as something, which is written as the same line: a control word without its
/// line end, all else with one.
fn read(line: &[u8]) {
    let response = Response::parse(line);
    let line =
        line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
    let again = encoded(&response);
    match response {
        Response::Control(_) => assert_eq!(again, line),
        _ => assert_eq!(again.strip_suffix(b"\r\n"), Some(line)),
    }
    assert_same(Response::parse(&again), response);
}

/// It is written whole or not at all.
fn assert_is_whole(response: &Response<'_>, line: &[u8]) {
    for room in 0..line.len() {
        let mut memory = vec![0; room];
        let mut writer = Writer::new(&mut memory);
        assert_eq!(response.encode(&mut writer), Err(Full));
        assert!(writer.is_empty());
    }
}

#[track_caller]
fn assert_same(read: Response<'_>, written: Response<'_>) {
    // As text, for nan equals nothing; it is written without its sign and its payload.
    assert_eq!(format!("{read:?}"), format!("{written:?}"));
}

fn encoded(response: &Response<'_>) -> Vec<u8> {
    let mut memory = vec![0; 1 << 16];
    let mut writer = Writer::new(&mut memory);
    response.encode(&mut writer).expect("there is room");
    writer.written().to_vec()
}
