//! Expressions that are parsed once and kept.

use heapless::Vec;

use super::{
    BinaryOperator, Error, ErrorKind, MAX_DEPTH, Number, UnaryOperator,
    grammar::{self, Sink},
};

/// A parsed expression in postfix order: each operator follows its operands.
///
/// `N` is the largest number of operands and operators; a program takes that memory whatever it
/// holds. Parentheses leave no trace, since the order says it all.
///
/// ```
/// use antiphon_protocol::calc::{BinaryOperator, Number, Op, Program};
///
/// let program: Program = Program::parse(b"(3 + 5) * 2")?;
/// assert_eq!(program.evaluate(), Ok(Number::Int(16)));
/// assert_eq!(
///     program.ops(),
///     [
///         Op::Number { number: Number::Int(3), column: 2 },
///         Op::Number { number: Number::Int(5), column: 6 },
///         Op::Binary { operator: BinaryOperator::Add, column: 4 },
///         Op::Number { number: Number::Int(2), column: 11 },
///         Op::Binary { operator: BinaryOperator::Multiply, column: 9 },
///     ]
/// );
/// # Ok::<(), antiphon_protocol::calc::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Program<const N: usize = 256> {
    /// What [`grammar::parse`] handed over: never an operator without its operands, and one value
    /// in the end.
    ops: Vec<Op, N>,
}

/// One step of a [`Program`]. Its column is that of the token, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// An operand.
    Number {
        /// Its value.
        number: Number,
        /// Where it stands.
        column: usize,
    },
    /// An operand that 128 bits do not hold. It is an error of evaluation, so that it yields to an
    /// error further left: `1/0 + 10**40` spelled out is a division by zero.
    Overflow {
        /// Where it stands.
        column: usize,
    },
    /// A sign, applied to the value before.
    Unary {
        /// Which sign.
        operator: UnaryOperator,
        /// Where it stands.
        column: usize,
    },
    /// An operator, applied to the two values before.
    Binary {
        /// Which operator.
        operator: BinaryOperator,
        /// Where it stands.
        column: usize,
    },
}

impl<const N: usize> Program<N> {
    /// Parses an expression, and computes nothing.
    ///
    /// # Errors
    ///
    /// Every kind but those for which [`ErrorKind::is_arithmetic`] holds; [`ErrorKind::TooLong`]
    /// also where the expression has more than `N` operands and operators.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let mut program = Self { ops: Vec::new() };
        grammar::parse(text, &mut program)?;
        Ok(program)
    }

    /// The steps in the order of evaluation.
    #[must_use]
    pub fn ops(&self) -> &[Op] {
        &self.ops
    }

    /// The value: the same verdict as that of [`evaluate`](super::evaluate) on the text.
    ///
    /// # Errors
    ///
    /// The kinds for which [`ErrorKind::is_arithmetic`] holds.
    pub fn evaluate(&self) -> Result<Number, Error> {
        let mut values = Values::new();
        for op in &self.ops {
            match *op {
                Op::Number { number, column } => values.number(number, column)?,
                Op::Overflow { column } => values.overflow(column)?,
                Op::Unary { operator, column } => values.unary(operator, column)?,
                Op::Binary { operator, column } => values.binary(operator, column)?,
            }
        }
        values.result()
    }

    fn push(&mut self, op: Op, column: usize) -> Result<(), Error> {
        self.ops.push(op).map_err(|_| ErrorKind::TooLong.at(column))
    }
}

impl<const N: usize> Sink for Program<N> {
    fn number(&mut self, number: Number, column: usize) -> Result<(), Error> {
        self.push(Op::Number { number, column }, column)
    }

    fn overflow(&mut self, column: usize) -> Result<(), Error> {
        self.push(Op::Overflow { column }, column)
    }

    fn unary(&mut self, operator: UnaryOperator, column: usize) -> Result<(), Error> {
        self.push(Op::Unary { operator, column }, column)
    }

    fn binary(&mut self, operator: BinaryOperator, column: usize) -> Result<(), Error> {
        self.push(Op::Binary { operator, column }, column)
    }
}

/// The sink that evaluates: operands wait on a stack for their operator.
pub(super) struct Values {
    /// Between two tokens, one more than the binary operators that wait, or as many.
    stack: Vec<Number, MAX_VALUES>,
}

impl Values {
    pub(super) const fn new() -> Self {
        Self { stack: Vec::new() }
    }

    /// The one value that a whole expression leaves.
    pub(super) fn result(&self) -> Result<Number, Error> {
        self.stack.last().copied().ok_or(ErrorKind::Empty.at(1))
    }
}

impl Sink for Values {
    fn number(&mut self, number: Number, column: usize) -> Result<(), Error> {
        self.stack.push(number).map_err(|_| ErrorKind::TooDeep.at(column))
    }

    fn overflow(&mut self, column: usize) -> Result<(), Error> {
        Err(ErrorKind::IntegerOverflow.at(column))
    }

    fn unary(&mut self, operator: UnaryOperator, column: usize) -> Result<(), Error> {
        if let Some(operand) = self.stack.last_mut() {
            *operand = operator.apply(*operand).map_err(|kind| kind.at(column))?;
        }
        Ok(())
    }

    fn binary(&mut self, operator: BinaryOperator, column: usize) -> Result<(), Error> {
        if let [.., left, right] = self.stack.as_mut_slice() {
            operator.apply_to(left, right).map_err(|kind| kind.at(column))?;
            self.stack.pop();
        }
        Ok(())
    }
}

/// Every operator that waits has its left operand on the stack, and the last one its right.
const MAX_VALUES: usize = MAX_DEPTH + 1;
