"""The arithmetic of docs/CLUSTER.md: the page holds the inputs and the formulas, this computes the figures.

    python3 tools/plan.py [NAME=VALUE…]    the figures, with other inputs where some are given
    python3 tools/plan.py --write          puts the figures of the page's own inputs into the page

An input is a row of a table: | `name` | value | why |. A figure is a row | `name` | `formula` | one value for each number of users | what |.
A formula uses names above it, users, numbers, + - * / and max, min, ceil.
"""

import ast
import math
import pathlib
import re
import sys

PAGE = pathlib.Path(__file__).resolve().parents[1] / "docs" / "CLUSTER.md"
USERS = (1_000_000, 10_000_000, 100_000_000)
INPUT = re.compile(r"\| `(\w+)` \| ([\d,.]+) \| [^|]+ \|")
FIGURE = re.compile(r"\| `(\w+)` \| `([^`]+)` \|((?: [^|]+ \|){%d}) ([^|]+) \|" % len(USERS))
OPERATIONS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b}
FUNCTIONS = {"max": max, "min": min, "ceil": math.ceil}


def inputs_of(page):
    return {name: float(value.replace(",", "")) for name, value in INPUT.findall(page)}


def value_of(formula, names):
    def walk(node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return names[node.id]
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](walk(node.left), walk(node.right))
        return FUNCTIONS[node.func.id](*map(walk, node.args))

    return walk(ast.parse(formula, mode="eval").body)


def figures_of(page, inputs):
    """name -> its values, one for each number of users."""
    columns = [dict(inputs, users=users) for users in USERS]
    for name, formula, _, _ in FIGURE.findall(page):
        for column in columns:
            column[name] = value_of(formula, column)
    return {name: [column[name] for column in columns] for name, _, _, _ in FIGURE.findall(page)}


def shown(value):
    """To three digits, to two below a hundred."""
    digits = 3 if value >= 100 else 2
    value = round(value, digits - 1 - math.floor(math.log10(value))) if value else value
    return f"{value:,.10g}" if value < 100 else f"{value:,.0f}"


def computed(page):
    """The page with the figures that its inputs and formulas give."""
    figures = figures_of(page, inputs_of(page))
    row = lambda match: f"| `{match[1]}` | `{match[2]}` | {' | '.join(map(shown, figures[match[1]]))} | {match[4]} |"  # noqa: E731
    return FIGURE.sub(row, page)


def main(arguments):
    page = PAGE.read_text(encoding="utf-8")
    if arguments == ["--write"]:
        PAGE.write_text(computed(page), encoding="utf-8")
        return
    inputs = inputs_of(page)
    for argument in arguments:
        name, _, value = argument.partition("=")
        if name not in inputs or not re.fullmatch(r"\d+(\.\d+)?", value):
            sys.exit(f"'{argument}' is not NAME=NUMBER. There are: {' '.join(inputs)}")
        inputs[name] = float(value)
    for name, values in figures_of(page, inputs).items():
        print(name.ljust(16) + "".join(shown(value).rjust(16) for value in values))


if __name__ == "__main__":
    main(sys.argv[1:])
