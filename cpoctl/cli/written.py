"""Written: data in a file of the caller's, whole or not at all, under a name that says which month it is of."""

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO

from cpoctl.cli.ending import ended_in_order
from cpoctl.errors import CpoctlError, UsageProblem, nearest

_PLACE = re.compile(r"\{(\w*)\}")
_UNSAFE = re.compile(r"[^\w.+@=-]")


def named(out: str, places: Mapping[str, str]) -> Path:
    """The file that is meant, with `{month}` and the like filled in. Raises UsageProblem for a place that is not known."""

    def filled(match: re.Match[str]) -> str:
        if match[1] not in places:
            known = ", ".join(f"{{{name}}}" for name in places) or "none"
            raise UsageProblem(
                f"--out: nothing stands for {{{match[1]}}}{nearest(match[1], places)}",
                hints=[f"cpoctl report energy --from last-month --out 'energy-{{month}}.csv'    known here: {known}"],
            )
        return _UNSAFE.sub("_", places[match[1]])

    return Path(_PLACE.sub(filled, out))


def whole(path: Path, told: Iterable[str | bytes]) -> None:
    """Write it as `put` does. Raises CpoctlError where that cannot be."""
    try:
        put(path, told)
    except OSError as error:
        raise CpoctlError(
            f"cannot write {path}: {error.strerror or error}", target=str(path), hints=[f"ls -ld {path.parent}"]
        ) from error


def put(path: Path, told: Iterable[str | bytes], *, mode: int | None = None) -> None:
    """Write it beside the file and then put it in its place, so that nobody ever reads half of it. Raises OSError.

    Links are followed. What is no file, such as a device or a named pipe, is written into as it is. Whatever ends it early, a
    stop included, leaves the file that was there before. Texts are UTF-8. `mode` is that of a file which was not there.
    """
    with ended_in_order():
        if path.exists() and not path.is_file():
            with os.fdopen(os.open(path, os.O_WRONLY), "wb") as there:  # EISDIR of a directory
                _fill(there, told)
            return
        place = Path(os.path.realpath(path))
        if place.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        number, name = tempfile.mkstemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent)
        part = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                _fill(file, told)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(_mode(place, mode))
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)  # it has its name now, or nobody wants it


def _fill(file: IO[bytes], told: Iterable[str | bytes]) -> None:
    for text in told:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace"))


def _mode(path: Path, fresh: int | None) -> int:
    """What the file had that was there, else what a new one gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    if fresh is not None:
        return fresh
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
