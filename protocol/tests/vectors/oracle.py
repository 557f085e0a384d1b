#!/usr/bin/env python3
"""Answers COUNT fresh random expressions: the co-process of the tests that ask CPython itself.

    python3 oracle.py SEED COUNT

The expressions are those of generate.py, and now and then one that is nested very deeply; so are
the answers, with two more kinds:

    ?ANSWER|ANSWER...   a rounded `**` is used further: the first answer is CPython's, the others
                        are what it would be if powers were off by one unit in the last place
    !limit              CPython itself refuses so much nesting
"""

import ast
import itertools
import math
import sys
import warnings

import generate

MOST_NUDGED = 8


class Source(generate.Source):
    """With some expressions near the limits of depth, of the calculator's and of CPython's."""

    def any(self):
        if self.randrange(500):
            return super().any()
        levels = self.randint(150, 300)
        core = self.expression(1)
        return self.choice(
            [
                "(" * levels + core + ")" * levels,
                self.choice("+-") * levels + core,
                "1**" * levels + core,
                "(1+" * levels + core + ")" * levels,
                "1+" * levels + core,
            ]
        )


class Nudged(generate.Evaluation):
    """An evaluation whose rounded powers are off by so many units in the last place."""

    def __init__(self, text, shift, nudges=()):
        super().__init__(text, shift)
        self.nudges = nudges

    def binary(self, node, left, right, column):
        before = len(self.rounded)
        value = super().binary(node, left, right, column)
        nudge = self.nudges[before] if before < len(self.nudges) else 0
        if len(self.rounded) > before and nudge:
            value = math.nextafter(value, nudge * math.inf)
        return value


def answer(expression):
    """The answer to an expression in bytes."""
    try:
        parsed = generate.parse(expression)
    except (MemoryError, RecursionError):
        return "!limit"
    if parsed is None:
        return "!limit" if is_too_deep(expression) else "!syntax"
    tree, text, shift = parsed
    evaluation = Nudged(text, shift)
    answer = generate.verdict(tree, evaluation)
    powers = len(evaluation.rounded)
    if powers == 0 or answer.startswith("~"):
        return answer
    others = {
        generate.verdict(tree, Nudged(text, shift, nudges)).lstrip("~")
        for nudges in itertools.product((-1, 0, 1), repeat=min(powers, MOST_NUDGED))
    }
    return "?" + "|".join([answer, *sorted(others - {answer})])


def is_too_deep(expression):
    try:
        ast.parse(expression.strip(generate.BLANKS), mode="eval")
    except SyntaxError as error:
        return "too many nested" in error.msg
    except ValueError:  # NUL
        return False
    return False


def main():
    warnings.simplefilter("ignore")
    sys.set_int_max_str_digits(0)
    sys.setrecursionlimit(10_000)
    seed, count = map(int, sys.argv[1:])
    source = Source(seed)
    for _ in range(count):
        expression = source.any().encode("latin-1")
        print(f"{generate.escape(expression)}\t{answer(expression)}")


if __name__ == "__main__":
    main()
