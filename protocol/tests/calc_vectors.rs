//! Every answer of CPython in `vectors/calc.txt` is the calculator's, too: computed directly, as a
//! program, and in a conversation however its bytes are cut.

mod common;
mod drive;

use antiphon_protocol::calc::{self, Error, Number, Program};
use antiphon_protocol::{ControlWord, LINE_LIMIT, Service, Settings};
use common::{Agreement, Answer, Vector};
use drive::converse;

#[test]
fn every_answer_is_that_of_cpython() {
    let mut different = Vec::new();
    for vector in common::vectors() {
        let verdict = calc::evaluate(&vector.expression);
        if !is_that_of_cpython(&vector, verdict) {
            different.push(explain(&vector, verdict));
        }
    }
    assert!(different.is_empty(), "{} lines differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn a_program_gives_the_same_verdict() {
    for vector in common::vectors() {
        let direct = calc::evaluate(&vector.expression);
        let stored = Program::<1024>::parse(&vector.expression).and_then(|p| p.evaluate());
        assert_eq!(format!("{direct:?}"), format!("{stored:?}"), "line {}", vector.line);
    }
}

#[test]
fn every_answer_is_read_back() {
    for vector in common::vectors() {
        match calc::evaluate(&vector.expression) {
            Ok(number) => {
                let text = number.to_string();
                let read = Number::parse(text.as_bytes()).map(|number| number.to_string());
                assert_eq!(read, Some(text));
            }
            Err(error) => {
                assert_eq!(Error::parse(error.to_string().as_bytes()), Some(error));
                assert!((1..=vector.expression.len() + 1).contains(&error.column));
            }
        }
    }
}

#[test]
fn a_line_is_answered_as_its_expression_is() {
    let settings = Settings::new(Service::Calc);
    let room = settings.service.min_output();
    let mut lines = 0;
    for vector in common::vectors() {
        let expression = vector.expression.as_slice();
        if !is_a_line(expression) {
            continue;
        }
        lines += 1;
        let reply = match calc::evaluate(expression) {
            Ok(number) => format!("Answer is {number}\r\n"),
            Err(error) => format!("Error: {error}\r\n"),
        };
        let line = [expression, b"\r\n"].concat();
        for cuts in [&[usize::MAX][..], &[1]] {
            let said = converse(&settings, &line, cuts, room, false).said;
            assert_eq!(said, reply.as_bytes(), "line {} of the table", vector.line);
        }
        let two = [line.as_slice(), b"6*7\n"].concat();
        let said = converse(&settings, &two, &[usize::MAX], room, false).said;
        assert_eq!(said, format!("{reply}Answer is 42\r\n").as_bytes());
    }
    assert!(lines > 3_000, "most of the table can be a line");
}

/// Whether the expression can stand on a line, and means itself there.
fn is_a_line(expression: &[u8]) -> bool {
    let is_whole = !expression.contains(&b'\n') && !expression.ends_with(b"\r");
    is_whole && expression.len() <= LINE_LIMIT && ControlWord::parse(expression).is_none()
}

/// A table that lost its lines would pass.
#[test]
fn the_table_is_whole() {
    assert!(common::vectors().count() > 3_000);
    let syntax = common::vectors().filter(|vector| matches!(vector.answer, Answer::Syntax));
    assert!(syntax.count() > 500);
}

/// The table has nothing beyond the limits.
fn is_that_of_cpython(vector: &Vector, verdict: Result<Number, Error>) -> bool {
    vector.agreement(verdict).is_some_and(|agreement| agreement != Agreement::Limit)
}

fn explain(vector: &Vector, verdict: Result<Number, Error>) -> String {
    let expression = vector.expression.escape_ascii();
    let ours = verdict.map_or_else(|error| error.to_string(), |number| number.to_string());
    format!("line {}: {expression}: CPython {:?}, here {ours}", vector.line, vector.answer)
}
