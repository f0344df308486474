"""The documentation is true: every command in it parses, every link leads somewhere, the reference is current."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest

from cpoctl.cli.commands.help import topics
from cpoctl.errors import CpoctlError
from tests.house.commands import commands_in, every_command, problem_with
from tests.house.places import DOCS, PAGES, README, ROOT, named, parsed, sources, texts
from tests.house.reference import PAGE, page

EXTENDING = DOCS / "extending.md"  # its commands are made and run by test_extending
_SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
_INLINE = re.compile(r"`((?:source <\()?cpoctl [^`]*)`")
_PLACEHOLDER = re.compile(r"[A-Z]{3,}(?: \| |\b)|…|\.\.\.")
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def shell_lines(path: Path) -> list[str]:
    """The lines that a reader may copy."""
    blocks = _SHELL.findall(path.read_text(encoding="utf-8"))
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_that_can_be_copied_parses(path: Path) -> None:
    spoken = [words for line in shell_lines(path) for words in commands_in(line)]
    assert [wrong for words in spoken if (wrong := problem_with(words))] == []


@pytest.mark.parametrize("path", [page for page in PAGES if page != EXTENDING], ids=named)
def test_every_command_in_a_sentence_parses(path: Path) -> None:
    said = [line.removeprefix("source <(").removesuffix(")") for line in _INLINE.findall(path.read_text("utf-8"))]
    spoken = [words for line in said if not _PLACEHOLDER.search(line) for words in commands_in(line)]
    assert [wrong for words in spoken if (wrong := problem_with(words, whole=False))] == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    links = [link for link in _LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_reference_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.house.reference writes it anew"


def test_every_command_has_help_and_an_example_that_parses() -> None:
    for found in every_command():
        assert found.command.help, found.path
        _, _, examples = (found.command.epilog or "").partition("Examples:\n")
        lines = [line.strip() for line in examples.partition("\n\n")[0].splitlines()]
        for line in lines:
            assert [wrong for words in commands_in(line) if (wrong := problem_with(words))] == []


def test_every_exit_code_of_an_error_is_explained() -> None:
    explained = {int(line.split()[0]) for line in topics()["exit-codes"].splitlines() if line[:1].isdigit()}
    kinds: list[type[CpoctlError]] = [CpoctlError, *CpoctlError.__subclasses__()]
    assert {kind.exit_code for kind in kinds} <= explained


def test_what_ci_runs_is_what_the_readme_gives() -> None:
    lines = [line for line in shell_lines(README) if line.endswith("-m tests")]
    pattern = re.search(r"grep -m1 -E '([^']+)' README\.md", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert pattern
    assert [line for line in README.read_text(encoding="utf-8").splitlines() if re.search(pattern[1], line)] == lines
    assert len(lines) == 1


def _filled(before: str, word: str) -> str:
    """What fits where a hint is filled in at run time: a version after its option, else what is a name and a number."""
    return ("2.0.1" if before == "--ocpp" else "1") if word == "X" else word


@pytest.mark.parametrize("path", sources(), ids=named)
def test_every_hint_names_a_command_that_exists(path: Path) -> None:
    hints = [text for node in ast.walk(parsed(path)) for part in _hints(node) for _, text in texts(part)]
    said = [re.split(r"\s{3,}", hint)[0] for hint in hints if hint.startswith("cpoctl ")]
    spoken = [words for line in said if not re.search(r"…| \| |^cpoctl X", line) for words in commands_in(line)]
    filled = [[_filled(before, word) for before, word in pairwise(["", *words])] for words in spoken]
    assert [wrong for words in filled if (wrong := problem_with(words))] == []


def _hints(node: ast.AST) -> list[ast.AST]:
    return [node.value] if isinstance(node, ast.keyword) and node.arg == "hints" else []


def test_every_file_of_the_documentation_is_reachable_from_the_readme() -> None:
    linked = set(_LINK.findall(README.read_text(encoding="utf-8")))
    assert [named(path) for path in DOCS.glob("*.md") if named(path) not in linked] == []
