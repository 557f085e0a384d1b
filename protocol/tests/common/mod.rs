//! The reader of `vectors/calc.txt`: expressions with CPython's answers.

/// One line of the table.
pub(crate) struct Vector {
    pub(crate) line: usize,
    pub(crate) expression: Vec<u8>,
    pub(crate) answer: Answer,
}

/// What CPython says; `vectors/generate.py` has the format.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Exactly this text.
    Value(&'static str),
    /// This text, or that of a neighbouring float.
    RoundedPower(&'static str),
    /// An error of evaluation of this category, at this column.
    Failure { category: &'static str, column: usize },
    /// Not an expression.
    Syntax,
}

pub(crate) fn vectors() -> impl Iterator<Item = Vector> {
    let lines = include_str!("../vectors/calc.txt").lines().enumerate();
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with("# ")).map(|(index, line)| {
        let (expression, answer) = line.split_once('\t').expect("a tab in every line");
        Vector { line: index + 1, expression: unescape(expression), answer: Answer::parse(answer) }
    })
}

impl Answer {
    fn parse(text: &'static str) -> Self {
        if let Some(value) = text.strip_prefix('~') {
            return Self::RoundedPower(value);
        }
        match text.strip_prefix('!').map(|error| error.split_once('\t')) {
            None => Self::Value(text),
            Some(None) => Self::Syntax,
            Some(Some((category, column))) => {
                Self::Failure { category, column: column.parse().expect("a column") }
            }
        }
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
