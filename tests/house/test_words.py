"""One concept, one word: in what people read, and in how code is called. docs/architecture.md §2"""

import ast
import re
from pathlib import Path

import pytest

from tests.house.places import DOCS, PAGES, docstrings, named, parsed, sources, texts

NOT_OURS = re.compile(
    r"\b(charge ?points?|charging stations?|id ?tags?|rfid cards?|tokens?|config(uration)? keys?|backends?)\b",
    re.IGNORECASE,
)
EXPLAINED = re.compile(r"\([^()]*(?:OCPP|1\.6)[^()]*\)")  # `(1.6: configuration keys)` tells the standard's word
OF_THE_STANDARD = ("cpoctl/ocpp/", "cpoctl/simulator/", "cpoctl/csms/actions/", "cpoctl/csms/vendors/")
SHOWN = ("cpoctl/operations/", "cpoctl/cli/commands/", "cpoctl/errors.py")  # their docstrings are help
BAD_MODULES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
VERBS = {"cpoctl/operations/monitor/base.py"}  # the standard's MonitoringBase: a file is called as its verb
BAD_CLASS = re.compile(r"(Impl|Manager|Handler)$")


@pytest.mark.parametrize("path", [p for p in sources() if not named(p).startswith(OF_THE_STANDARD)], ids=named)
def test_what_the_product_says_uses_our_words(path: Path) -> None:
    tree = parsed(path)
    unseen = set() if named(path).startswith(SHOWN) else docstrings(tree)
    said = [(line, EXPLAINED.sub("", text)) for line, text in texts(tree) if " " in text and line not in unseen]
    assert [(line, found[0]) for line, text in said if (found := NOT_OURS.search(text))] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page != DOCS / "architecture.md"], ids=named)
def test_the_documentation_uses_our_words(page: Path) -> None:
    text = EXPLAINED.sub("", page.read_text(encoding="utf-8"))
    assert [found[0] for found in NOT_OURS.finditer(text)] == []


def test_no_module_is_called_after_nothing() -> None:
    bad = [named(path) for path in sources() if {path.stem, path.parent.name} & BAD_MODULES]
    assert [name for name in bad if name not in VERBS] == []


def test_no_class_is_called_after_its_part_in_a_pattern() -> None:
    found = [
        f"{named(path)}: {node.name}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and BAD_CLASS.search(node.name)
    ]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    assert [named(path) for path in sources() if not ast.get_docstring(parsed(path))] == []
