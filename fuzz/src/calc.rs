//! `evaluate` says what a `Program` says; errors lie within the text; what is printed is read back.

use antiphon_protocol::calc::{self, Error, MAX_TOKENS, Number, Program};

/// An odd first byte: of the rest each byte stands for a token. Else the rest is the text itself.
pub fn check(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 2 {
        0 => expression(rest),
        _ => expression(&rest.iter().map(|&byte| token(byte)).collect::<Vec<_>>().concat()),
    }
}

fn expression(text: &[u8]) {
    let verdict = calc::evaluate(text);
    let stored = Program::<MAX_TOKENS>::parse(text).and_then(|program| program.evaluate());
    // As text, for nan equals nothing.
    assert_eq!(format!("{verdict:?}"), format!("{stored:?}"), "{}", text.escape_ascii());
    match verdict {
        Ok(number) => {
            let printed = number.to_string();
            let read = Number::parse(printed.as_bytes());
            assert_eq!(format!("{read:?}"), format!("{:?}", Some(number)), "{printed}");
            assert_same(&printed, calc::evaluate(printed.as_bytes()));
        }
        Err(error) => {
            assert!((1..=text.len() + 1).contains(&error.column), "{error}");
            assert_eq!(Error::parse(error.to_string().as_bytes()), Some(error));
        }
    }
    // Parsers of what is printed take nothing else.
    if let Some(number) = Number::parse(text) {
        assert_eq!(number.to_string().as_bytes(), text);
    }
    if let Some(error) = Error::parse(text) {
        assert_eq!(error.to_string().as_bytes(), text);
    }
}

/// What is printed is an expression of the same value, unless it has a name; and the sign of the
/// least integer stands before a number that 128 bits do not hold.
#[track_caller]
fn assert_same(printed: &str, again: Result<Number, Error>) {
    if printed.ends_with("inf") || printed == "nan" || printed == i128::MIN.to_string() {
        return;
    }
    assert_eq!(again.map(|number| number.to_string()), Ok(printed.to_owned()));
}

fn token(byte: u8) -> &'static [u8] {
    TOKENS[usize::from(byte) % TOKENS.len()]
}

const TOKENS: &[&[u8]] = &[
    b"+",
    b"-",
    b"*",
    b"/",
    b"//",
    b"%",
    b"**",
    b"(",
    b")",
    b"((",
    b"))",
    b" ",
    b"\t",
    b"0",
    b"1",
    b"2",
    b"3",
    b"7",
    b"10",
    b"64",
    b"127",
    b"0x7f",
    b"0b1",
    b"0o7",
    b"1_000",
    b"0.5",
    b"1.5",
    b".1",
    b"2.",
    b"1e3",
    b"1e-3",
    b"1e308",
    b"1e309",
    b"5e-324",
    b"2**126",
    b"2.2250738585072014e-308",
    b"9007199254740993",
    b"18446744073709551616",
    b"170141183460469231731687303715884105727",
    b"170141183460469231731687303715884105728",
    b"0.1",
    b"1e22",
    b"1e23",
    b"-1",
    b"**-",
    b"0.0",
    b"-0.0",
    b"x",
    b"^",
    b"1__0",
    b"017",
    b"\xe2\x88\x92",
];
