//! A calculator: CPython's arithmetic, bounded to 128-bit integers and without allocation.
//!
//! An expression has integers, floats, `+ - * / // % **`, signs and parentheses; nothing else. The
//! answer is the one that CPython gives, printed as its `repr` prints it. Three things differ, and
//! only these:
//!
//! - an integer, literal or intermediate, outside of -2^127 .. 2^127-1 is an error, never wrapped
//!   or rounded;
//! - `**` of floats may differ by one unit in the last place, because it is computed the same way on
//!   every platform and CPython's is not;
//! - [`MAX_DEPTH`] and [`MAX_TOKENS`] bound an expression.
//!
//! ```
//! use antiphon_protocol::calc;
//!
//! assert_eq!(calc::evaluate(b"3+5")?.to_string(), "8");
//! assert_eq!(calc::evaluate(b"-7 // 2")?.to_string(), "-4");
//! assert_eq!(calc::evaluate(b"0.1 + 0.2")?.to_string(), "0.30000000000000004");
//! let error = calc::evaluate(b"3+").unwrap_err();
//! assert_eq!(error.to_string(), "the expression ends where a number is expected at column 3");
//! # Ok::<(), calc::Error>(())
//! ```

mod arithmetic;
mod decimal;
mod error;
mod grammar;
mod literal;
mod number;
mod power;
mod program;
mod repr;

pub use self::{
    arithmetic::{BinaryOperator, UnaryOperator},
    error::{Error, ErrorKind},
    number::Number,
    program::{Op, Program},
};

/// Computes the value of an expression in one pass.
///
/// [`Program`] is for an expression that is evaluated again, or looked into.
///
/// ```
/// use antiphon_protocol::calc::{self, ErrorKind, Number};
///
/// assert_eq!(calc::evaluate(b"2**3**2"), Ok(Number::Int(512)));
/// assert_eq!(calc::evaluate(b"1 / 4"), Ok(Number::Float(0.25)));
/// assert_eq!(calc::evaluate(b"9**9**9").unwrap_err().kind, ErrorKind::IntegerOverflow);
/// assert_eq!(calc::evaluate(b"1/0 + )").unwrap_err().kind, ErrorKind::UnopenedParenthesis);
/// ```
///
/// # Errors
///
/// What is wrong with the text; if nothing is, what the evaluation, from left to right, fails at
/// first.
pub fn evaluate(text: &[u8]) -> Result<Number, Error> {
    let mut values = program::Values::new();
    match grammar::parse(text, &mut values) {
        Ok(()) => values.result(),
        Err(error) if error.kind.is_arithmetic() => {
            // What has not been read yet may be no expression at all, and that wins.
            grammar::parse(text, &mut grammar::Discard)?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

/// How many parentheses, signs and operators may be open at once, waiting for what follows them.
///
/// A parenthesis waits for its end, a sign or an operator for its right side; `1+2*-(` is four.
/// So at least 64 levels of such nesting fit, and as many levels of bare parentheses as this.
pub const MAX_DEPTH: usize = 256;

/// How many tokens an expression may have: every line of the protocol fits, whatever it holds.
pub const MAX_TOKENS: usize = 1024;
