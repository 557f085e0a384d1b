//! How fast the calculator is, beside fasteval and the parsers of the standard library.
//!
//! ```text
//! cargo bench -p antiphon-protocol --bench calc                  ratios, then divan's tables
//! cargo bench -p antiphon-protocol --bench calc -- evaluate      only the tables of that name
//! ```
//!
//! The ratios are taken in turns, round by round, so that a busy machine slows both sides alike;
//! each side counts with its fastest round.

use core::hint::black_box;
use std::time::Instant;

use antiphon_protocol::calc::{self, Number, Program};
use fasteval::{Compiler as _, EmptyNamespace, Evaler as _, Parser, Slab};

/// Each expression, with the largest part of fasteval's time that it may take.
const EXPRESSIONS: [(&str, f64); 6] = [
    ("3+5", 0.40),
    ("1+2*3-4/(5+6)", 0.40),
    ("((((1+2)*3)-4)*5)/6", 0.40),
    ("12345678*87654321", 0.40),
    ("1.5e3*2.25/0.75-1", 0.60),
    (MIXED, 0.60),
];

/// Some 190 bytes of everything that both sides understand alike.
const MIXED: &str = "(1.5+2.25)*(3-4.75)/(12+0.5)-(100/7+3)*(2-1)+((42*17)-(9.75/3))*(8+6.5)/(1+2+3+4+5)\
    -(3.14159*2.71828)+(1000000*0.001)-(65536/256/16)+((((10-9)+8)-7)+6)*(2.5-0.125)/4+(7*6*5*4*3)+12.5/0.25-1";

const LITERALS: [&str; 5] =
    ["7", "1234567890", "3.14159", "0.30000000000000004", "1.7976931348623157e308"];

fn main() {
    if !std::env::args().any(|argument| argument == "--test") {
        ratios();
    }
    divan::main();
}

fn ratios() {
    println!("text to value, time of calc::evaluate / time of fasteval (parse and eval)");
    let mut fasteval = Fasteval::default();
    for (text, target) in EXPRESSIONS {
        let ours = || calc::evaluate(black_box(text).as_bytes()).is_ok();
        let (ours, theirs) = in_turns(ours, || fasteval.evaluate(black_box(text)).is_finite());
        let ratio = ours / theirs;
        let verdict = if ratio <= target { "met" } else { "MISSED" };
        println!("{ratio:.2} (at most {target:.2}: {verdict})  {ours:.1} / {theirs:.1} ns  {text}");
    }
    println!("\nliteral to value, time of calc::evaluate / time of str::parse::<f64>");
    for text in LITERALS {
        let ours = || calc::evaluate(black_box(text).as_bytes()).is_ok();
        let (ours, theirs) = in_turns(ours, || black_box(text).parse::<f64>().is_ok());
        println!("{:.2}  {ours:.1} / {theirs:.1} ns  {text}", ours / theirs);
    }
    println!();
}

/// The nanoseconds of one call of each, from the fastest of many rounds.
fn in_turns(mut left: impl FnMut() -> bool, mut right: impl FnMut() -> bool) -> (f64, f64) {
    (0..ROUNDS).fold((f64::MAX, f64::MAX), |(fastest_left, fastest_right), _| {
        (fastest_left.min(round(&mut left)), fastest_right.min(round(&mut right)))
    })
}

fn round(call: &mut impl FnMut() -> bool) -> f64 {
    let start = Instant::now();
    for _ in 0..CALLS {
        black_box(call());
    }
    start.elapsed().as_secs_f64() / f64::from(CALLS) * 1e9
}

const ROUNDS: u32 = 200;
const CALLS: u32 = 2_000;

/// fasteval as its documentation advises for speed: one slab for all expressions.
struct Fasteval {
    parser: Parser,
    slab: Slab,
}

impl Default for Fasteval {
    fn default() -> Self {
        Self { parser: Parser::new(), slab: Slab::new() }
    }
}

impl Fasteval {
    fn evaluate(&mut self, text: &str) -> f64 {
        let expression = self.parser.parse(text, &mut self.slab.ps).expect("an expression");
        expression.from(&self.slab.ps).eval(&self.slab, &mut EmptyNamespace).expect("a value")
    }
}

const TEXTS: [&str; 6] = [
    EXPRESSIONS[0].0,
    EXPRESSIONS[1].0,
    EXPRESSIONS[2].0,
    EXPRESSIONS[3].0,
    EXPRESSIONS[4].0,
    EXPRESSIONS[5].0,
];

#[divan::bench(args = TEXTS)]
fn evaluate(text: &str) -> Number {
    calc::evaluate(text.as_bytes()).expect("a value")
}

#[divan::bench(args = TEXTS)]
fn evaluate_by_fasteval(bencher: divan::Bencher<'_, '_>, text: &str) {
    let mut fasteval = Fasteval::default();
    bencher.bench_local(|| fasteval.evaluate(text));
}

#[divan::bench(args = TEXTS)]
fn parse_program(text: &str) -> Program {
    Program::parse(text.as_bytes()).expect("a program")
}

#[divan::bench(args = TEXTS)]
fn evaluate_program(bencher: divan::Bencher<'_, '_>, text: &str) {
    let program: Program = Program::parse(text.as_bytes()).expect("a program");
    bencher.bench(|| program.evaluate());
}

#[divan::bench(args = TEXTS)]
fn evaluate_compiled_by_fasteval(bencher: divan::Bencher<'_, '_>, text: &str) {
    let Fasteval { parser, mut slab } = Fasteval::default();
    let expression = parser.parse(text, &mut slab.ps).expect("an expression");
    let compiled = expression.from(&slab.ps).compile(&slab.ps, &mut slab.cs);
    bencher.bench_local(|| compiled.eval(&slab, &mut EmptyNamespace));
}

#[divan::bench(args = LITERALS)]
fn literal(text: &str) -> Number {
    calc::evaluate(text.as_bytes()).expect("a value")
}

#[divan::bench(args = LITERALS)]
fn literal_by_std(text: &str) -> f64 {
    text.parse().expect("a float")
}

#[divan::bench(args = LITERALS)]
fn print(bencher: divan::Bencher<'_, '_>, text: &str) {
    let number = calc::evaluate(text.as_bytes()).expect("a value");
    bencher.bench(|| number.to_string());
}
