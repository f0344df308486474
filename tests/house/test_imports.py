"""Who imports whom: the contracts in pyproject.toml hold. docs/architecture.md §4"""

import pytest
from importlinter.cli import lint_imports

from tests.house.places import PACKAGE, ROOT


def test_the_import_contracts_hold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0, capsys.readouterr().out


def test_every_folder_with_code_is_a_package_that_says_what_it_is() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    silent = [folder for folder in folders if not (folder / "__init__.py").exists()]
    assert silent == []
