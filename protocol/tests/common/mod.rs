//! CPython's answers, as `vectors/calc.txt` and `vectors/oracle.py` give them, and what it means
//! to agree with one.

use antiphon_protocol::calc::{Error, ErrorKind, Number};

/// One line of the table.
pub(crate) struct Vector {
    pub(crate) line: usize,
    pub(crate) expression: Vec<u8>,
    pub(crate) answer: Answer,
}

/// What CPython says; `vectors/generate.py` and `vectors/oracle.py` have the format.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    /// Exactly this text.
    Value(String),
    /// This text, or that of a neighbouring float.
    RoundedPower(String),
    /// An error of evaluation of this category, at this column.
    Failure { category: String, column: usize },
    /// Not an expression.
    Syntax,
    /// A rounded power is used further: CPython's answer, and those that would follow if powers
    /// were off by one unit in the last place.
    Carried(Vec<Self>),
    /// CPython refuses so much nesting.
    Limit,
}

/// How an answer of ours stands to CPython's: the same, or different in one of the three ways that
/// `calc` documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Agreement {
    Same,
    /// An integer beyond 128 bits, which CPython has and we refuse.
    BeyondIntegers,
    /// A power of floats is off by one unit in the last place, here or on the way.
    Power,
    /// One of the two refuses so much nesting, or so many tokens.
    Limit,
}

pub(crate) fn vectors() -> impl Iterator<Item = Vector> {
    let lines = include_str!("../vectors/calc.txt").lines().enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with("# "))
        .map(|(index, line)| Vector::parse(index + 1, line))
}

impl Vector {
    pub(crate) fn parse(line: usize, text: &str) -> Self {
        let (expression, answer) = text.split_once('\t').expect("a tab in every line");
        Self { line, expression: unescape(expression), answer: Answer::parse(answer) }
    }

    /// How `verdict` stands to CPython's answer; `None` if they contradict each other.
    pub(crate) fn agreement(&self, verdict: Result<Number, Error>) -> Option<Agreement> {
        let refused =
            verdict.is_err_and(|e| matches!(e.kind, ErrorKind::TooDeep | ErrorKind::TooLong));
        if refused || self.answer == Answer::Limit {
            // What is so short is beyond no limit.
            return (self.expression.len() > 128).then_some(Agreement::Limit);
        }
        self.answer.agreement(verdict)
    }
}

impl Answer {
    fn parse(text: &str) -> Self {
        if let Some(value) = text.strip_prefix('~') {
            return Self::RoundedPower(value.to_owned());
        }
        if let Some(answers) = text.strip_prefix('?') {
            return Self::Carried(answers.split('|').map(Self::parse).collect());
        }
        match text.strip_prefix('!').map(|error| error.split_once('\t')) {
            None => Self::Value(text.to_owned()),
            Some(None) if text == "!limit" => Self::Limit,
            Some(None) => Self::Syntax,
            Some(Some((category, column))) => Self::Failure {
                category: category.to_owned(),
                column: column.parse().expect("a column"),
            },
        }
    }

    fn agreement(&self, verdict: Result<Number, Error>) -> Option<Agreement> {
        match (self, verdict) {
            (Self::Value(text), Ok(number)) => {
                (number.to_string() == *text).then_some(Agreement::Same)
            }
            (Self::RoundedPower(text), Ok(Number::Float(float))) => {
                let expected: f64 = text.parse().expect("a float");
                match float.to_bits().abs_diff(expected.to_bits()) {
                    0 => Some(Agreement::Same),
                    1 => Some(Agreement::Power),
                    _ => None,
                }
            }
            (Self::Failure { category, column }, Err(error)) => {
                let same = category_of(error.kind) == *category && error.column == *column;
                same.then_some(match error.kind {
                    ErrorKind::IntegerOverflow => Agreement::BeyondIntegers,
                    _ => Agreement::Same,
                })
            }
            (Self::Syntax, Err(error)) => (!error.kind.is_arithmetic()).then_some(Agreement::Same),
            (Self::Carried(answers), verdict) => {
                let mut agreements = answers.iter().map(|answer| answer.agreement(verdict));
                let first = agreements.next().flatten();
                first.or_else(|| agreements.any(|a| a.is_some()).then_some(Agreement::Power))
            }
            _ => None,
        }
    }
}

fn category_of(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::DivisionByZero => "division by zero",
        ErrorKind::IntegerOverflow => "integer overflow",
        ErrorKind::NotReal => "not real",
        ErrorKind::OutOfRange => "out of range",
        _ => "syntax",
    }
}

/// `\xNN` stands for one byte.
fn unescape(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (byte, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(byte, 16).expect("two digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}
