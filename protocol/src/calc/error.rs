//! What can be wrong with an expression, and where.

use core::fmt::{self, Write as _};

use thiserror::Error;

/// Why an expression has no value: what is wrong, and at which byte.
///
/// `Display` gives the text that a reply carries, and [`Error::parse`] takes it back.
///
/// ```
/// use antiphon_protocol::calc::{self, Error, ErrorKind};
///
/// let error = calc::evaluate(b"2 + 6 / 0").unwrap_err();
/// assert_eq!(error, Error { kind: ErrorKind::DivisionByZero, column: 7 });
/// assert_eq!(error.to_string(), "division by zero at column 7");
/// assert_eq!(Error::parse(b"division by zero at column 7"), Some(error));
/// ```
#[derive(Clone, Copy, Debug, Eq, Error, Hash, PartialEq)]
#[error("{kind} at column {column}")]
pub struct Error {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The first byte of the offending token or operator, counted from 1; the end of the input is
    /// its length + 1.
    pub column: usize,
}

impl Error {
    /// The inverse of `Display`: `None` for every text that `Display` does not write.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = text.get(text.len().checked_sub(digits)?..)?;
        let column = digits.iter().try_fold(0_usize, |column, digit| {
            column.checked_mul(10)?.checked_add(digit.wrapping_sub(b'0').into())
        })?;
        let mut candidates = ErrorKind::ALL.iter().map(|kind| kind.at(column));
        candidates.find(|candidate| candidate.column > 0 && reads(candidate, text))
    }
}

/// What can be wrong with an expression: one variant for each.
#[derive(Clone, Copy, Debug, Eq, Error, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    // Syntax.
    /// Nothing but blanks.
    #[error("the expression is empty; send one such as 3+5")]
    Empty,
    /// The input ends where an operand has to follow.
    #[error("the expression ends where a number is expected")]
    UnexpectedEnd,
    /// An operator or a closing parenthesis where an operand has to stand.
    #[error("a number is expected before this symbol")]
    MissingOperand,
    /// Two operands side by side.
    #[error("an operator is missing before this value; write * to multiply")]
    MissingOperator,
    /// The input ends inside of a parenthesis.
    #[error("a closing parenthesis is missing")]
    UnclosedParenthesis,
    /// `)` with no `(` before it.
    #[error("this closing parenthesis was never opened")]
    UnopenedParenthesis,
    /// `^`, which other calculators use for powers.
    #[error("^ is not an operator; write ** for a power")]
    Caret,
    /// A letter or an underscore where no number is.
    #[error("names and functions are not understood; use numbers, operators and parentheses")]
    Name,
    /// A byte beyond ASCII, as in a typographic minus.
    #[error("this character is not ASCII; type digits, spaces and + - * / anew")]
    NotAscii,
    /// Any other byte that begins no token.
    #[error("this character is not understood; use numbers, operators and parentheses")]
    UnexpectedCharacter,

    // Number literals.
    /// `017`.
    #[error("an integer begins with a needless zero; leave it out, or write 0o for octal")]
    LeadingZero,
    /// `1__0`, `1_`, `1_.5`.
    #[error("a number has an underscore that is not between two digits")]
    MisplacedUnderscore,
    /// `1e`, `1e+`.
    #[error("a number has an exponent without digits")]
    MissingExponent,
    /// `0x`.
    #[error("a prefix 0x, 0o or 0b has no digits after it")]
    MissingDigits,
    /// `.` alone.
    #[error("a decimal point has no digit beside it")]
    LonePoint,
    /// `0b102`, `0o8`.
    #[error("a number has a digit that its base does not have")]
    BadDigit,
    /// `1x`, `1j`.
    #[error("a letter follows a number directly; put an operator between them")]
    LetterAfterNumber,

    // Evaluation.
    /// `/`, `//` or `%` by zero, or a negative power of zero.
    #[error("division by zero")]
    DivisionByZero,
    /// An integer, literal or intermediate, outside of -2^127 .. 2^127-1.
    #[error("integer overflow beyond 128 bits; write a float such as 1.0 to compute roughly")]
    IntegerOverflow,
    /// A fractional power of a negative number.
    #[error("the result is not a real number")]
    NotReal,
    /// A power larger than any float.
    #[error("numerical result out of range")]
    OutOfRange,

    // Limits.
    /// More is open at once than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("the expression is nested too deeply; compute its inner part first")]
    TooDeep,
    /// More tokens than [`MAX_TOKENS`](super::MAX_TOKENS), or more than a program has room for.
    #[error("the expression is too long; compute it in parts")]
    TooLong,
}

impl ErrorKind {
    /// Every kind, for tables that have to cover all of them.
    pub const ALL: &[Self] = &[
        Self::Empty,
        Self::UnexpectedEnd,
        Self::MissingOperand,
        Self::MissingOperator,
        Self::UnclosedParenthesis,
        Self::UnopenedParenthesis,
        Self::Caret,
        Self::Name,
        Self::NotAscii,
        Self::UnexpectedCharacter,
        Self::LeadingZero,
        Self::MisplacedUnderscore,
        Self::MissingExponent,
        Self::MissingDigits,
        Self::LonePoint,
        Self::BadDigit,
        Self::LetterAfterNumber,
        Self::DivisionByZero,
        Self::IntegerOverflow,
        Self::NotReal,
        Self::OutOfRange,
        Self::TooDeep,
        Self::TooLong,
    ];

    /// Whether the expression is well formed and only its value is the trouble.
    ///
    /// Such an error gives way to any other one, wherever that stands: Python, too, reads the
    /// whole expression before it computes anything.
    #[must_use]
    pub const fn is_arithmetic(self) -> bool {
        matches!(
            self,
            Self::DivisionByZero | Self::IntegerOverflow | Self::NotReal | Self::OutOfRange
        )
    }

    /// This kind of error at that column.
    #[must_use]
    pub const fn at(self, column: usize) -> Error {
        Error { kind: self, column }
    }
}

/// Whether `value` displays as exactly `text`.
///
/// This makes parsers strict inverses without a second description of what is written.
pub(super) fn reads(value: &impl fmt::Display, text: &[u8]) -> bool {
    let mut rest = Expected(text);
    write!(rest, "{value}").is_ok() && rest.0.is_empty()
}

/// What has yet to be written; writing anything else fails.
struct Expected<'t>(&'t [u8]);

impl fmt::Write for Expected<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text.as_bytes()).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString as _;

    use super::*;

    #[test]
    fn every_kind_is_listed_once_in_order() {
        assert_eq!(ErrorKind::ALL.last(), Some(&ErrorKind::TooLong));
        for (index, kind) in ErrorKind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, index);
        }
    }

    #[test]
    fn every_message_is_distinct_and_leads_back_to_its_kind() {
        for kind in ErrorKind::ALL {
            for column in [1, 9, 10, 1025, usize::MAX] {
                let error = kind.at(column);
                let text = error.to_string();
                assert_eq!(Error::parse(text.as_bytes()), Some(error), "{text}");
                assert_eq!(Error::parse(&text.as_bytes()[1..]), None);
                assert_eq!(
                    Error::parse(&text.as_bytes()[..text.len() - 1]).filter(|e| *e == error),
                    None
                );
            }
        }
    }

    #[test]
    fn text_that_display_does_not_write_is_no_error() {
        for text in [
            "",
            "division by zero",
            "division by zero at column ",
            "division by zero at column 0",
            "division by zero at column 07",
            "division by zero at column +7",
            "division by zero at column 7 ",
            "division by zero  at column 7",
            "Division by zero at column 7",
            "division by zero at column 99999999999999999999999999",
            "something else at column 7",
        ] {
            assert_eq!(Error::parse(text.as_bytes()), None, "{text}");
        }
    }
}
