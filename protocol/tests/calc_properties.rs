//! What holds of every expression, and of every text that is none.

use antiphon_protocol::calc::{self, Error, ErrorKind, Number, Program};
use proptest::prelude::*;

/// An expression as a tree, and the slow obvious way to compute it.
#[derive(Clone, Debug)]
enum Tree {
    Int(i64),
    Float(f64),
    Minus(Box<Self>),
    Binary(Box<Self>, &'static str, Box<Self>),
}

impl Tree {
    /// The text with as few parentheses as the grammar allows: `least` is how tightly the
    /// surroundings want it to bind.
    fn text(&self, least: u8) -> String {
        let (binds, text) = match self {
            Self::Int(integer) => (5, integer.to_string()),
            Self::Float(float) => (5, format!("{float:?}")),
            Self::Minus(operand) => (3, format!("-{}", operand.text(3))),
            Self::Binary(left, "**", right) => (4, format!("{}**{}", left.text(5), right.text(3))),
            Self::Binary(left, symbol, right) => {
                let binds = if matches!(*symbol, "+" | "-") { 1 } else { 2 };
                (binds, format!("{} {symbol} {}", left.text(binds), right.text(binds + 1)))
            }
        };
        if binds < least { format!("({text})") } else { text }
    }

    fn value(&self) -> Result<Number, ErrorKind> {
        match self {
            Self::Int(integer) => Ok(Number::Int((*integer).into())),
            Self::Float(float) => Ok(Number::Float(*float)),
            Self::Minus(operand) => match operand.value()? {
                Number::Int(integer) => overflow(integer.checked_neg()),
                Number::Float(float) => Ok(Number::Float(-float)),
            },
            Self::Binary(left, symbol, right) => match (left.value()?, right.value()?) {
                (Number::Int(left), Number::Int(right)) => integers(left, symbol, right),
                (left, right) => floats(left.to_f64(), symbol, right.to_f64()),
            },
        }
    }
}

fn overflow(integer: Option<i128>) -> Result<Number, ErrorKind> {
    integer.map(Number::Int).ok_or(ErrorKind::IntegerOverflow)
}

fn integers(left: i128, symbol: &str, right: i128) -> Result<Number, ErrorKind> {
    match symbol {
        "+" => overflow(left.checked_add(right)),
        "-" => overflow(left.checked_sub(right)),
        "*" => overflow(left.checked_mul(right)),
        "//" | "%" if right == 0 => Err(ErrorKind::DivisionByZero),
        // The Euclidean remainder is never negative; Python's has the sign of the divisor.
        "%" => Ok(Number::Int(match left.wrapping_rem_euclid(right) {
            0 => 0,
            remainder if right < 0 => remainder + right,
            remainder => remainder,
        })),
        "//" => match integers(left, "%", right)? {
            Number::Int(remainder) => overflow((left - remainder).checked_div(right)),
            Number::Float(_) => unreachable!(),
        },
        "**" if left.abs() > 1 && right > 127 => Err(ErrorKind::IntegerOverflow),
        "**" => {
            // Powers of 0, 1 and -1 repeat.
            let times = if left.abs() > 1 { right } else { right.min(right % 2 + 2) };
            overflow((0..times).try_fold(1_i128, |power, _| power.checked_mul(left)))
        }
        other => unreachable!("{other}"),
    }
}

fn floats(left: f64, symbol: &str, right: f64) -> Result<Number, ErrorKind> {
    match symbol {
        "+" => Ok(Number::Float(left + right)),
        "-" => Ok(Number::Float(left - right)),
        "*" => Ok(Number::Float(left * right)),
        "%" if right == 0.0 => Err(ErrorKind::DivisionByZero),
        "%" => Ok(Number::Float(match left % right {
            0.0 => 0.0_f64.copysign(right),
            remainder if (remainder < 0.0) != (right < 0.0) => remainder + right,
            remainder => remainder,
        })),
        other => unreachable!("{other}"),
    }
}

/// Trees without powers and floor divisions of floats: those have no slow obvious way but CPython's,
/// whose answers are in a table.
fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (0..12_i64).prop_map(Tree::Int),
        (0..i64::MAX).prop_map(Tree::Int),
        (0.0..1e6_f64).prop_map(Tree::Float),
    ];
    leaf.prop_recursive(6, 40, 2, |inner| {
        let symbols = prop::sample::select(vec!["+", "-", "*", "//", "%", "**"]);
        prop_oneof![
            1 => inner.clone().prop_map(|operand| Tree::Minus(operand.into())),
            4 => (inner.clone(), symbols, inner)
                .prop_map(|(left, symbol, right)| Tree::Binary(left.into(), symbol, right.into())),
        ]
    })
    .prop_filter("no float power or floor division", is_obvious)
}

fn is_obvious(tree: &Tree) -> bool {
    match tree {
        Tree::Int(_) | Tree::Float(_) => true,
        Tree::Minus(operand) => is_obvious(operand),
        Tree::Binary(left, symbol, right) => {
            is_obvious(left) && is_obvious(right) && {
                let is_float = |tree: &Tree| matches!(tree.value(), Ok(Number::Float(_)));
                let negative = matches!(right.value(), Ok(Number::Int(..0)));
                match *symbol {
                    "//" => !is_float(left) && !is_float(right),
                    "**" => !is_float(left) && !is_float(right) && !negative,
                    _ => true,
                }
            }
        }
    }
}

/// Texts of the characters that the grammar knows, valid or not.
const TOKENS: &str = r"([0-9]{1,3}|[0-9]{1,40}|[-+*/%()._eExbo ]|\*\*|//|1e309|[0-9]\.[0-9]){0,24}";

fn debug(value: impl core::fmt::Debug) -> String {
    format!("{value:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_value_is_that_of_the_slow_obvious_way(tree in tree()) {
        let text = tree.text(0);
        let verdict = calc::evaluate(text.as_bytes()).map_err(|error| error.kind);
        prop_assert_eq!(debug(verdict), debug(tree.value()), "{}", text);
    }

    #[test]
    fn a_program_and_evaluation_at_once_agree(text in TOKENS) {
        let stored = Program::<1024>::parse(text.as_bytes()).and_then(|program| program.evaluate());
        prop_assert_eq!(debug(stored), debug(calc::evaluate(text.as_bytes())));
    }

    #[test]
    fn any_bytes_get_a_verdict_within_their_bounds(text in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Err(error) = calc::evaluate(&text) {
            prop_assert!((1..=text.len() + 1).contains(&error.column));
        }
        let _ = (Number::parse(&text), Error::parse(&text));
    }

    #[test]
    fn an_error_lies_within_the_text_or_at_its_end(text in TOKENS) {
        if let Err(error) = calc::evaluate(text.as_bytes()) {
            prop_assert!((1..=text.len() + 1).contains(&error.column));
            prop_assert_eq!(Error::parse(error.to_string().as_bytes()), Some(error));
        }
    }

    #[test]
    fn blanks_between_tokens_change_nothing_but_columns(tree in tree()) {
        let text = tree.text(0);
        let wide = text.replace(' ', "\t \x0c").replace('(', " ( ").replace(')', "\t)");
        let verdict = |text: &str| calc::evaluate(text.as_bytes()).map_err(|error| error.kind);
        prop_assert_eq!(debug(verdict(&wide)), debug(verdict(&text)));
    }

    #[test]
    fn printed_integers_are_read_back(integer in any::<i128>()) {
        let number = Number::Int(integer);
        prop_assert_eq!(Number::parse(number.to_string().as_bytes()), Some(number));
        prop_assert_eq!(number.to_string(), integer.to_string());
    }

    #[test]
    fn printed_floats_are_read_back_bit_by_bit(bits in any::<u64>()) {
        let float = f64::from_bits(bits);
        let text = Number::Float(float).to_string();
        let Some(Number::Float(read)) = Number::parse(text.as_bytes()) else {
            return Err(TestCaseError::fail(text));
        };
        prop_assert!(read.to_bits() == bits || (read.is_nan() && float.is_nan()), "{}", text);
    }
}
