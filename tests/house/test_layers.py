"""docs/architecture.md tells the layers as import-linter checks them, and every folder of the package."""

import re
import tomllib

from tests.house.places import DOCS, PACKAGE, ROOT

TEXT = (DOCS / "architecture.md").read_text(encoding="utf-8")


def test_the_layers_are_those_that_are_checked() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [each for each in config["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    checked = [set(re.findall(r"\w+", layer)) for layer in contract["layers"] if layer != "__main__"]
    table = TEXT.partition("| layer |\n|---|\n")[2].partition("\n\n")[0]
    assert [set(re.findall(r"`(\w+)`", line)) for line in table.split("\n")] == checked


def test_every_package_stands_among_the_folders() -> None:
    listed = TEXT.partition("```\ncpoctl/\n")[2].partition("```")[0]
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert {name for name in packages if f"{name}/" not in listed} == set()
