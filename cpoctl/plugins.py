"""Extension points: a package whose every module is one extension and whose file name is its name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


def names(package: "ModuleType") -> list[str]:
    """The extensions' names, sorted, without importing any."""
    return sorted(module.name for module in iter_modules(package.__path__) if not module.name.startswith("_"))


def load(package: "ModuleType", name: str) -> "ModuleType":
    """Import one extension."""
    return import_module(f"{package.__name__}.{name.replace('-', '_')}")


def load_all(package: "ModuleType") -> "Iterator[ModuleType]":
    """Import every extension of the package."""
    for name in names(package):
        yield load(package, name)
