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

mod error;

pub use self::error::{Error, ErrorKind};

/// How many parentheses, signs and operators may be open at once, waiting for what follows them.
///
/// A parenthesis waits for its end, a sign or an operator for its right side; `1+2*-(` is four.
/// So at least 64 levels of such nesting fit, and as many levels of bare parentheses as this.
pub const MAX_DEPTH: usize = 256;

/// How many tokens an expression may have: every line of the protocol fits, whatever it holds.
pub const MAX_TOKENS: usize = 1024;
