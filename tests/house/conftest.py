"""A report at the end of the run: what has grown too long. It is read, it gates nothing. docs/architecture.md §3"""

import ast
from collections.abc import Iterator

import pytest

from tests.house.places import named, parsed, sources

LONG_FILE, LONG_FUNCTION = 300, 40
DATA = ("cpoctl/store/rows.py", "cpoctl/events.py", "cpoctl/ocpp/v16.py")  # declarations may be longer


def long_ones() -> list[str]:
    """Files and functions that want a redesign."""
    found = []
    for path in sources():
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONG_FILE and named(path) not in DATA:
            found.append(f"{named(path)}: {lines} lines")
        for node in functions(parsed(path)) if lines > LONG_FUNCTION else ():
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONG_FUNCTION:
                found.append(f"{named(path)}: {node.name} has {length} lines")
    return found


def functions(within: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in it, without a look into expressions: they are most of a tree."""
    for node in ast.iter_child_nodes(within):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from functions(node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List them."""
    if found := long_ones():
        terminalreporter.section("longer than it should be (a report, not a failure)")
        for line in found:
            terminalreporter.write_line(line)
