"""Citations: whoever follows an id in a comment must find what it means. docs/architecture.md §11"""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.places import PACKAGE, ROOT, named

CITED = re.compile(
    r"""(?P<threat>\b[A-Z]-\d+\b)          # F-10
      | (?P<requirement>\b[A-Z]\d{2}\.FR\.\S*\b)  # A00.FR.205
      | (?P<section>(?<!\w)(?P<work>[\w.\- ]{0,24}?)\s?§\S*)  # 1.6 §5.11
    """,
    re.VERBOSE,
)
FORMS = {
    "threat": re.compile(r"^[SFVDLO]-\d{2}$"),
    "requirement": re.compile(r"^[A-Z]\d{2}\.FR\.\d{2,3}$"),
    "section": re.compile(r"§\d+(\.\d+)*$"),
}


def remarks(path: Path) -> Iterator[tuple[int, str]]:
    """Comments and docstrings of a file."""
    if path.suffix == ".sql":
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        return
    source = io.StringIO(path.read_text(encoding="utf-8"))
    for token in tokenize.generate_tokens(source.readline):
        if token.type == tokenize.COMMENT or (
            token.type == tokenize.STRING and token.string.startswith(('"""', 'r"""'))
        ):
            yield token.start[0], token.string


def malformed(text: str) -> Iterator[str]:
    """Citations that are not of a known form."""
    for found in CITED.finditer(text):
        for kind, form in FORMS.items():
            if found[kind] and not form.search(found[kind].rstrip('.,;:)"`')):
                yield found[0].strip()


FILES = sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.sql")])


@pytest.mark.parametrize("path", FILES, ids=named)
def test_citations_have_a_form_that_can_be_followed(path: Path) -> None:
    assert [f"{line}: {bad}" for line, text in remarks(path) for bad in malformed(text)] == []


def test_every_kind_of_citation_is_explained() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    kinds = {
        found["threat"][0]
        for path in FILES
        for _, text in remarks(path)
        for found in CITED.finditer(text)
        if found["threat"]
    }
    assert [kind for kind in sorted(kinds) if f"| `{kind}-…` |" not in page] == []


@pytest.mark.parametrize("text", ["# Q-10", "# F-7", "# A00.FR.2", "# 1.6 §x", "# UX §"])
def test_a_citation_that_leads_nowhere_is_found(text: str) -> None:
    assert list(malformed(text))
