"""The package: what is installed holds every file that the code needs."""

import tomllib

from tests.house.places import PACKAGE, ROOT


def test_what_is_installed_holds_every_file_that_is_no_code() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["cpoctl"]
    installed = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    needed = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc", ".pyi")}
    assert needed - installed == set()
    assert {path.suffix for path in installed} >= {".sql", ".typed"}


def test_the_licence_is_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
