"""Needed: libraries that only some formats want, which are installed with `.[reports]`."""

from importlib import import_module
from typing import Any

from cpoctl.errors import UsageProblem


def library(name: str, format_name: str) -> Any:
    """Import it. Raises UsageProblem that says how to get it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != name.partition(".")[0]:
            raise
        raise UsageProblem(
            f"-o {format_name} needs the library {name.partition('.')[0]}, which is not installed",
            hints=[
                "pip install '.[reports]'    in the folder of cpoctl's source",
                "-o csv and -o json need nothing more",
            ],
        ) from error
