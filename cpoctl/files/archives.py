"""Archives: what an upload holds, by name, size and time. Nothing is unpacked, and little of a hostile one is read.

Zip, tar, gz, bz2 and xz, and tar in the last three. A file that is none of them, or is broken, has no entries.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import IO, Any, Final, NamedTuple

from cpoctl.clock import stored
from cpoctl.table import clean

MOST: Final = 500
"""Entries that are listed."""
_NAME_MOST: Final = 200
_DIRECTORY_MOST: Final = 4 << 20  # of a zip's: a hundred bytes an entry
_UNPACKED_MOST: Final = 64 << 20  # that is read through for the sake of what follows
_AT_ONCE: Final = 1 << 20
_MEMORY_MOST: Final = 96 << 20
_SECONDS: Final = 2.0
_XZ: Final = b"\xfd7zXZ\x00"
_PACKED: Final[dict[bytes, Callable[[IO[bytes]], Any]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    _XZ: lzma.LZMAFile,
}
_TAR_AT, _TAR = 257, b"ustar"
_BROKEN: Final = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile,
                  NotImplementedError, OverflowError)  # fmt: skip


class Entry(NamedTuple):
    """A file in an archive. A zip's times are of no zone; a size of None was not looked for to its end."""

    name: str
    bytes: int | None
    at: str | None


class Listing(NamedTuple):
    """What an archive holds; `whole` where that is all of it."""

    entries: tuple[Entry, ...]
    whole: bool


class _TooMuch(Exception):
    """More would have to be read than is worth it."""


class _Bounded(io.RawIOBase):
    """A file of which only so much is read, and in a limited time."""

    def __init__(self, file: Any, most: int) -> None:
        self._file, self._most, self._end = file, most, monotonic() + _SECONDS

    def read(self, count: int = -1, /) -> bytes:
        """So many bytes, or all that are left if they are few. Raises _TooMuch."""
        if count > _DIRECTORY_MOST:
            raise _TooMuch
        found: bytes = self._file.read(_AT_ONCE if count < 0 else count)
        self._charge(len(found))
        return found

    def seek(self, place: int, whence: int = io.SEEK_SET, /) -> int:
        """Go there, in steps where what is on the way has to be unpacked. Raises _TooMuch."""
        here: int = self._file.tell()
        if whence == io.SEEK_SET and place > here and not isinstance(self._file, io.BufferedReader):
            while here < place:
                step = min(_AT_ONCE, place - here)
                self._charge(step)
                if len(self._file.read(step)) < step:
                    break
                here += step
            return here
        moved: int = self._file.seek(place, whence)
        return moved

    def tell(self) -> int:
        """Where it is."""
        here: int = self._file.tell()
        return here

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True

    def _charge(self, count: int) -> None:
        self._most -= count
        if self._most < 0 or monotonic() > self._end:
            raise _TooMuch


def listed(path: Path) -> Listing | None:
    """What an archive holds; None for what is none."""
    try:
        with path.open("rb") as file:
            return _listed(file, path.name)
    except _BROKEN:
        return None


def _listed(file: IO[bytes], name: str) -> Listing | None:
    head = file.read(512)
    file.seek(0)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _gathered(_of_zip(file))
    if head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        return _gathered(_of_tar(_Bounded(file, _UNPACKED_MOST)))
    opener = next((opener for magic, opener in _PACKED.items() if head.startswith(magic)), None)
    if opener is None:
        return None
    if head.startswith(_XZ):
        lzma.LZMADecompressor(memlimit=_MEMORY_MOST).decompress(head, 1)  # raises where its dictionary is larger
    with opener(file) as unpacked:
        inner = unpacked.read(512)
    file.seek(0)
    with opener(file) as unpacked:
        bounded = _Bounded(unpacked, _UNPACKED_MOST)
        if inner[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
            return _gathered(_of_tar(bounded))
        return _gathered(_alone(bounded, name))


def _gathered(found: Iterator[Entry]) -> Listing:
    """The first of them; what was found before an archive ends in the middle counts."""
    entries: list[Entry] = []
    try:
        for entry in found:
            if len(entries) == MOST:
                return Listing(tuple(entries), False)
            entries.append(entry)
    except (_TooMuch, *_BROKEN):
        return Listing(tuple(entries), False)
    return Listing(tuple(entries), True)


def _of_zip(file: IO[bytes]) -> Iterator[Entry]:
    with zipfile.ZipFile(_Bounded(file, _DIRECTORY_MOST)) as archive:
        for info in archive.infolist():
            yield Entry(
                _name(info.filename), info.file_size, "{}-{:02}-{:02} {:02}:{:02}:{:02}".format(*info.date_time)
            )


def _of_tar(file: _Bounded) -> Iterator[Entry]:
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for info in archive:
            yield Entry(_name(info.name), info.size, _time(info.mtime))


def _alone(file: _Bounded, name: str) -> Iterator[Entry]:
    """The one file that was packed, by the name of the upload."""
    count: int | None = 0
    try:
        while block := file.read(_AT_ONCE):
            count = (count or 0) + len(block)
    except _TooMuch:
        count = None
    yield Entry(_name(Path(name).stem.partition("-")[2] or name), count, None)


def _name(text: str) -> str:
    return clean(text, _NAME_MOST)


def _time(mtime: float) -> str | None:
    try:
        return stored(datetime.fromtimestamp(mtime, UTC))
    except (OverflowError, ValueError, OSError):
        return None
