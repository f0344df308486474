"""Extension points: a package whose every module is one extension and whose file name is its name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType


def names(package: "ModuleType") -> list[str]:
    """The extensions' names, sorted, without importing any."""
    return sorted(module.name for module in iter_modules(package.__path__) if not module.name.startswith("_"))


def files(folder: "Path") -> dict[str, "Path"]:
    """The modules and packages in a folder by their names on the command line, without importing any."""
    found = [*folder.glob("*.py"), *folder.glob("*/__init__.py")]
    named = {path.parent.name if path.parent != folder else path.stem: path for path in found}
    return {name.replace("_", "-"): path for name, path in sorted(named.items()) if not name.startswith("_")}


def load(package: "ModuleType", name: str) -> "ModuleType":
    """Import one extension."""
    return import_module(f"{package.__name__}.{name.replace('-', '_')}")


def load_all(package: "ModuleType") -> "Iterator[ModuleType]":
    """Import every extension of the package."""
    for name in names(package):
        yield load(package, name)
