#!/usr/bin/env python3
"""Writes calc.txt: expressions of the calculator with CPython's answers.

    python3 generate.py > calc.txt

CPython 3.11 or newer is the oracle: its own parser decides what is an expression, its own
operators compute each node. Added are the bounds of the calculator: the subset of the grammar, and
integers of 128 bits. The expressions are those of rules.txt, one section for each rule, and random
ones from fixed seeds: running this again gives the same bytes.

Each line is `expression TAB answer`, `#` begins a comment. Bytes other than printable ASCII, and
the backslash, are written as \\xNN. The answer is one of

    VALUE                what `repr` of CPython's result gives
    ~VALUE               the same, but the last operation is a rounded `**` of floats: one unit in
                         the last place may differ
    !CATEGORY TAB COLUMN an error of evaluation, at that operator or literal
    !syntax              not an expression of the subset; CPython's columns are of another kind
"""

import ast
import math
import operator
import random
import re
import sys
import warnings
from fractions import Fraction

LEAST, GREATEST = -(2**127), 2**127 - 1
ALPHABET = re.compile(rb"[0-9A-Za-z_.+\-*/%() \t\f]*")
BLANKS = b" \t\f"
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


class Failure(Exception):
    """An error of evaluation: its category and its column, counted from 1."""


class Evaluation:
    """One walk over an expression, left to right, checking bounds at every node."""

    def __init__(self, text, shift):
        self.text = text
        self.shift = shift
        self.rounded = []

    def fail(self, category, column):
        raise Failure(category, column + self.shift + 1)

    def value(self, node):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, int) and node.value > GREATEST:
                self.fail("integer overflow", node.col_offset)
            return node.value
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        left = self.value(node.left)
        right = self.value(node.right)
        between = self.text[node.left.end_col_offset : node.right.col_offset]
        column = node.left.end_col_offset + re.search(r"[-+*/%]", between).start()
        return self.binary(node, left, right, column)

    def unary(self, node):
        if isinstance(node.op, ast.USub) and self.is_least(node):
            return LEAST
        value = self.value(node.operand)
        if isinstance(node.op, ast.UAdd):
            return +value
        if value == LEAST and isinstance(value, int):
            self.fail("integer overflow", node.col_offset)
        return -value

    def is_least(self, node):
        """2**127 may stand directly after a unary minus."""
        operand = node.operand
        return (
            isinstance(operand, ast.Constant)
            and isinstance(operand.value, int)
            and operand.value == -LEAST
            and "(" not in self.text[node.col_offset : operand.col_offset]
        )

    def binary(self, node, left, right, column):
        integers = isinstance(left, int) and isinstance(right, int)
        power = isinstance(node.op, ast.Pow)
        if power and integers and abs(left) > 1 and right > 127:
            self.fail("integer overflow", column)
        if power and left < 0 and math.isfinite(left) and math.isfinite(right) and right % 1:
            # The complex result, or its overflow, is of no interest.
            self.fail("not real", column)
        try:
            value = OPERATORS[type(node.op)](left, right)
        except ZeroDivisionError:
            self.fail("division by zero", column)
        except OverflowError:
            self.fail("out of range", column)
        if isinstance(value, int) and not LEAST <= value <= GREATEST:
            self.fail("integer overflow", column)
        if power and isinstance(value, float) and not is_exact_power(left, right, value):
            self.rounded.append(node)
        return value


def is_exact_power(base, exponent, value):
    """Whether no rounding is involved, so that every correct library gives this value."""
    if not math.isfinite(value) or not math.isfinite(exponent) or value == 0 or exponent == 0:
        return True
    if abs(base) == 1:
        return True
    if exponent != int(exponent) or abs(exponent) > 1100:
        return False
    return Fraction(base) ** int(exponent) == Fraction(value)


def is_inside(node):
    """Whether a whole tree is of the subset."""
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, (ast.UAdd, ast.USub)) and is_inside(node.operand)
    if isinstance(node, ast.BinOp):
        return type(node.op) in OPERATORS and is_inside(node.left) and is_inside(node.right)
    return False


def parse(expression):
    """The tree of an expression in bytes, its text and its first column, or None where the subset
    has no such expression."""
    # The parser takes leading blanks for an indentation.
    stripped = expression.strip(BLANKS)
    if not ALPHABET.fullmatch(expression):
        return None
    text = stripped.decode("ascii")
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
    shift = len(expression) - len(expression.lstrip(BLANKS))
    return (tree, text, shift) if is_inside(tree) else None


def verdict(tree, evaluation):
    """The answer to a tree."""
    try:
        value = evaluation.value(tree)
    except Failure as failure:
        category, column = failure.args
        return f"!{category}\t{column}"
    return f"~{value!r}" if evaluation.rounded == [tree] else repr(value)


def answer(expression):
    """The answer to an expression in bytes, or None where a rounded power is used further."""
    parsed = parse(expression)
    if parsed is None:
        return "!syntax"
    tree, text, shift = parsed
    evaluation = Evaluation(text, shift)
    answer = verdict(tree, evaluation)
    return answer if not evaluation.rounded or answer.startswith("~") else None


def escape(expression):
    return "".join(
        chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}"
        for byte in expression
    )


def unescape(line):
    return re.sub(r"\\x(..)", lambda match: chr(int(match[1], 16)), line).encode("latin-1")


class Source(random.Random):
    """Random expressions; the shapes are those in which a calculator may go wrong."""

    def digits(self, least=1, most=6):
        return "".join(self.choices("0123456789", k=self.randint(least, most)))

    def integer(self):
        kind = self.randrange(10)
        if kind < 5:
            return str(self.randrange(12))
        if kind == 5:
            return str(self.randrange(10 ** self.randint(1, 20)))
        if kind == 6:
            bits = self.choice([31, 32, 52, 53, 54, 62, 63, 64, 65, 100, 126, 127, 128])
            return str(max(0, 2**bits + self.randint(-2, 2)))
        if kind == 7:
            return format(self.getrandbits(self.randint(1, 128)), self.choice(["#x", "#o", "#b", "#X", "d"]))
        if kind == 8:
            return f"{self.randrange(1, 1000)}_{self.randrange(1000):03}"
        return "0" * self.randint(1, 3)

    def real(self):
        kind = self.randrange(8)
        if kind == 0:
            return f"{self.digits()}."
        if kind == 1:
            return f".{self.digits()}"
        if kind == 2:
            return f"{self.digits(1, 3)}{self.choice('eE')}{self.choice(['', '+', '-'])}{self.digits(1, 2)}"
        if kind == 3:
            return f"{self.digits(1, 25)}.{self.digits(0, 25)}e{self.choice(['', '-'])}{self.randrange(330)}"
        if kind == 4:
            return repr(self.random() * 10.0 ** self.randint(-6, 20))
        if kind == 5:
            return self.choice(["1e309", "0.0", "5e-324", "1.7976931348623157e308", "2.0", "0.5", "1e16", "1e-5", "0.1"])
        return f"{self.randrange(100)}.{self.digits(1, 2)}"

    def blank(self):
        return self.choice(["", "", "", "", "", " ", "  ", "\t", "\f"])

    def expression(self, depth):
        kind = self.randrange(10) if depth > 0 else 0
        if kind < 2:
            return self.integer() if self.random() < 0.6 else self.real()
        if kind == 2:
            return f"({self.blank()}{self.expression(depth - 1)}{self.blank()})"
        if kind == 3:
            return self.choice("+-") + self.blank() + self.expression(depth - 1)
        symbol = self.choice(["+", "-", "*", "/", "//", "%", "**"])
        left, right = self.expression(depth - 1), self.expression(depth - 1)
        return left + self.blank() + symbol + self.blank() + right

    def broken(self):
        """An expression with one byte taken out, put in or replaced."""
        text = self.expression(3)
        place = self.randrange(len(text) + 1)
        put = self.choice(["", *"0123456789_.eExXbBjJ+-*/%()^ ,=<>~#'\"\\\x00\x0b\n\r\xa0\xe9", "**", "//", "1 1"])
        return text[:place] + put + text[place + self.randrange(2) :]

    def soup(self):
        """Pieces of tokens in any order."""
        pieces = ["0", "1", "7", "10", "_", ".", "e", "E", "0x", "0b", "0o", "f", "j", "+", "-", "*", "**", "/", "//", "%", "(", ")", " "]
        return "".join(self.choices(pieces, k=self.randint(1, 9)))

    def any(self):
        kind = self.randrange(10)
        if kind < 7:
            return self.expression(self.randint(0, 5))
        return self.broken() if kind < 9 else self.soup()


def sections():
    """The rules one by one, then random expressions of every kind."""
    here = __file__.rsplit("/", 1)[0] if "/" in __file__ else "."
    with open(f"{here}/rules.txt", encoding="ascii") as rules:
        title = ""
        lines = []
        for line in rules.read().splitlines():
            if line.startswith("#"):
                if lines:
                    yield title, lines
                title, lines = line[1:].strip(), []
            elif line:
                lines.append(unescape(line))
        yield title, lines
    yield "every pair of operands and operator", list(pairs())
    source = Source(20240229)
    yield "true division of wide integers", list(wide_quotients())
    yield "random", [source.any().encode("latin-1") for _ in range(2_200)]


def pairs():
    operands = ["0", "1", "-1", "2", "-3", "7", "0.0", "-0.0", "0.5", "-2.5", "1e309", "-1e309", "(1e309-1e309)"]
    for left in operands:
        for symbol in ["/", "//", "%", "**"]:
            for right in operands:
                base = f"({left})" if symbol == "**" else left
                yield f"{base}{symbol}{right}".encode()


def wide_quotients():
    """Divisors so wide that the quotient alone does not tell what is left of it."""
    source = random.Random(20240301)
    for _ in range(200):
        left, right = (source.getrandbits(source.randint(90, 127)) + 1 for _ in "lr")
        yield f"{left}/{right}".encode()


def main():
    warnings.simplefilter("ignore")
    sys.set_int_max_str_digits(0)
    seen = set()
    print("# Written by generate.py; the format is described there.")
    for title, expressions in sections():
        print(f"\n# {title}")
        for expression in expressions:
            known = expression in seen
            seen.add(expression)
            text = None if known else answer(expression)
            if text is not None:
                print(f"{escape(expression)}\t{text}")


if __name__ == "__main__":
    main()
