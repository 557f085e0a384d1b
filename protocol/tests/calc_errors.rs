//! What is said of a wrong expression, and of which byte.

use antiphon_protocol::calc::{self, Error, ErrorKind, MAX_DEPTH, MAX_TOKENS, Program};

#[test]
fn every_error_names_its_kind_and_the_column_to_blame() {
    use ErrorKind::*;
    let table: &[(&str, ErrorKind, usize)] = &[
        ("", Empty, 1),
        ("  \t", Empty, 4),
        ("3+", UnexpectedEnd, 3),
        ("3 + ", UnexpectedEnd, 5),
        ("-", UnexpectedEnd, 2),
        ("(", UnexpectedEnd, 2),
        ("(1+", UnexpectedEnd, 4),
        ("*3", MissingOperand, 1),
        ("3+*4", MissingOperand, 3),
        ("3 */ 4", MissingOperand, 4),
        ("2***3", MissingOperand, 4),
        ("()", MissingOperand, 2),
        ("(1+)", MissingOperand, 4),
        ("1 2", MissingOperator, 3),
        ("2(3)", MissingOperator, 2),
        ("(1)(2)", MissingOperator, 4),
        ("(1) 2", MissingOperator, 5),
        ("1.2.3", MissingOperator, 4),
        ("1 .5", MissingOperator, 3),
        ("0x1.8", MissingOperator, 4),
        ("(1", UnclosedParenthesis, 3),
        ("((1)", UnclosedParenthesis, 5),
        ("(1+2 ", UnclosedParenthesis, 6),
        (")", UnopenedParenthesis, 1),
        ("1)", UnopenedParenthesis, 2),
        ("(1))", UnopenedParenthesis, 4),
        ("1+)", UnopenedParenthesis, 3),
        ("2^3", Caret, 2),
        ("^2", Caret, 1),
        ("2 ^ 3", Caret, 3),
        ("x", Name, 1),
        ("1+abs(2)", Name, 3),
        ("_1", Name, 1),
        ("1 if", Name, 3),
        ("2\u{2212}3", NotAscii, 2),
        ("\u{a0}1", NotAscii, 1),
        ("1+\u{661}", NotAscii, 3),
        ("1,2", UnexpectedCharacter, 2),
        ("1=1", UnexpectedCharacter, 2),
        ("1+~2", UnexpectedCharacter, 3),
        // The neighbours of the digits in ASCII.
        ("1:", UnexpectedCharacter, 2),
        ("1.5:", UnexpectedCharacter, 4),
        ("1e5:", UnexpectedCharacter, 4),
        ("1\n", UnexpectedCharacter, 2),
        ("\0", UnexpectedCharacter, 1),
        ("1+017", LeadingZero, 3),
        ("0_7", LeadingZero, 1),
        ("1__0", MisplacedUnderscore, 1),
        ("2+1_", MisplacedUnderscore, 3),
        ("1._0", MisplacedUnderscore, 1),
        ("1e_10", MisplacedUnderscore, 1),
        ("0x_", MisplacedUnderscore, 1),
        ("1e", MissingExponent, 1),
        ("2*1e+", MissingExponent, 3),
        ("0x", MissingDigits, 1),
        ("1+0b", MissingDigits, 3),
        ("0xg", MissingDigits, 1),
        (".", LonePoint, 1),
        ("1+.e5", LonePoint, 3),
        ("0b102", BadDigit, 1),
        ("1+0o8", BadDigit, 3),
        ("1j", LetterAfterNumber, 2),
        ("1+20x", LetterAfterNumber, 5),
        ("0b1e5", LetterAfterNumber, 4),
        ("1.5_f", MisplacedUnderscore, 1),
        ("1/0", DivisionByZero, 2),
        ("1 // (2-2)", DivisionByZero, 3),
        ("0**-1", DivisionByZero, 2),
        ("2**127", IntegerOverflow, 2),
        ("1 + 170141183460469231731687303715884105728", IntegerOverflow, 5),
        ("--170141183460469231731687303715884105728", IntegerOverflow, 1),
        ("(-1)**0.5", NotReal, 5),
        ("2.0**1024", OutOfRange, 4),
        ("1/0+2**127", DivisionByZero, 2),
        ("2**127+1/0", IntegerOverflow, 2),
        ("1/0+", UnexpectedEnd, 5),
        ("2**127+1_", MisplacedUnderscore, 8),
    ];
    for (expression, kind, column) in table {
        let expected = Error { kind: *kind, column: *column };
        assert_eq!(calc::evaluate(expression.as_bytes()), Err(expected), "{expression:?}");
    }
    let covered = |kind: &&ErrorKind| table.iter().any(|(_, covered, _)| covered == *kind);
    let missing: Vec<_> = ErrorKind::ALL.iter().filter(|kind| !covered(kind)).collect();
    assert_eq!(missing, [&TooDeep, &TooLong], "these have tests of their own");
}

#[test]
fn a_caret_is_answered_with_the_operator_that_was_meant() {
    assert!(calc::evaluate(b"2^3").unwrap_err().to_string().contains("**"));
}

#[test]
fn whatever_waits_counts_as_depth_and_the_limit_is_exact() {
    let nested = |opening: &str, closing: &str, levels: usize| {
        format!("{}1{}", opening.repeat(levels), closing.repeat(levels))
    };
    let one_too_many = MAX_DEPTH + 1;
    for (opening, closing, column) in
        [("(", ")", one_too_many), ("-", "", one_too_many), ("1**", "", 3 * MAX_DEPTH + 2)]
    {
        assert!(calc::evaluate(nested(opening, closing, MAX_DEPTH).as_bytes()).is_ok());
        let error = calc::evaluate(nested(opening, closing, one_too_many).as_bytes()).unwrap_err();
        assert_eq!(error, Error { kind: ErrorKind::TooDeep, column }, "{opening}");
    }
    assert!(calc::evaluate(nested("1+2*-(", ")", 64).as_bytes()).is_ok());
}

#[test]
fn flat_expressions_need_no_depth() {
    let sum = vec!["1"; MAX_TOKENS / 2].join("+");
    assert_eq!(calc::evaluate(sum.as_bytes()).unwrap().to_string(), (MAX_TOKENS / 2).to_string());
}

#[test]
fn a_line_of_the_protocol_never_has_too_many_tokens() {
    let line = "()".repeat(MAX_TOKENS);
    assert_eq!(calc::evaluate(line.as_bytes()).unwrap_err().kind, ErrorKind::MissingOperand);
    let longest = format!("{}1", "1+".repeat(MAX_TOKENS / 2 - 1));
    assert!(calc::evaluate(format!("{longest} ").as_bytes()).is_ok());
    let longer = format!("{longest}+1");
    assert_eq!(longer.len(), MAX_TOKENS + 1);
    let error = calc::evaluate(longer.as_bytes()).unwrap_err();
    assert_eq!(error, Error { kind: ErrorKind::TooLong, column: MAX_TOKENS + 1 });
}

#[test]
fn a_program_is_as_long_as_its_type_says() {
    assert!(Program::<3>::parse(b"(1)+(2)").is_ok());
    let error = Program::<3>::parse(b"1+2+3").unwrap_err();
    assert_eq!(error, Error { kind: ErrorKind::TooLong, column: 5 });
}

#[test]
fn the_longest_literals_cost_no_memory() {
    let digits = "9".repeat(100_000);
    let error = calc::evaluate(digits.as_bytes()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::IntegerOverflow);
    let float = format!("{digits}e-100000");
    assert_eq!(calc::evaluate(float.as_bytes()).unwrap().to_string(), "1.0");
}
