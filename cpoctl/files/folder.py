"""The folder of the exchange: images by their hash, uploads by charger, and what is half written apart from both.

No name that came from outside becomes a path: files are called by numbers and hashes, a charger's own name of a file
only follows the number, reduced to harmless signs.
"""

import hashlib
import os
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from time import time
from typing import IO, Final

from cpoctl.errors import Conflict, NotFound, StoreUnavailable, UsageProblem
from cpoctl.store import Record

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_MOST: Final = 100
_SPARE: Final = 64 << 20  # bytes of the disk that stay free: the database is written to it too
_LOOK_EVERY: Final = 16 << 20  # bytes of a file that comes in
_BLOCK: Final = 1 << 20
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_STRAY_AFTER: Final = 3600.0
MIB: Final = 1 << 20


def harmless(name: str, otherwise: str = "file") -> str:
    """A name from outside as the last part of a name of ours."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return _UNSAFE.sub("_", last).strip("._")[-_NAME_MOST:] or otherwise


def _ours_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class TooLarge(OSError):
    """A file that comes in is larger than it may be, or than the disk has room for."""


class Incoming:
    """A file that comes in: `partial` until it is kept, and removed when it is not."""

    def __init__(self, path: Path, most: int) -> None:
        self.path, self._most = path, most
        self.bytes, self._look_at = 0, _LOOK_EVERY
        self._file: IO[bytes] = open(path, "xb", opener=_ours_alone)  # noqa: SIM115 # a path's own takes no opener; kept open
        self._sha256 = hashlib.sha256()

    def write(self, block: bytes) -> None:
        """Take in a block. Raises TooLarge, OSError."""
        self.bytes += len(block)
        if self.bytes > self._most:
            raise TooLarge(f"it is larger than the {self._most // MIB} MiB that it may have")
        if self.bytes >= self._look_at:  # many chargers may upload at once, and none of them may stop the database
            self._look_at = self.bytes + _LOOK_EVERY
            if shutil.disk_usage(self.path.parent).free < _SPARE:
                raise TooLarge("the disk has no more room for it")
        self._file.write(block)
        self._sha256.update(block)

    @property
    def sha256(self) -> str:
        """The hash of what came in so far."""
        return self._sha256.hexdigest()

    def keep(self, target: Path) -> None:
        """Put the whole file in its place, on the disk before anybody is told of it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.replace(target)

    def discard(self) -> None:
        """Leave nothing of it."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Folder:
    """Where the files are. `keep_most` is for all of them together, `upload_most` for one upload."""

    def __init__(self, path: Path, *, upload_most: int, keep_most: int) -> None:
        self.path, self._upload_most, self._keep_most = path, upload_most, keep_most
        self._partial, self._images, self._uploads = path / "partial", path / "images", path / "uploads"
        self._lock, self._prepared = threading.Lock(), False

    def prepare(self) -> None:
        """Make it, for its owner only, and remove what a server that was killed had half written. Raises StoreUnavailable.

        Only the first call does anything.
        """
        try:
            with self._lock:
                if not self._prepared:
                    self._make()
                    self._prepared = True
        except OSError as error:
            raise StoreUnavailable(
                f"cannot use {self.path} for files: {error.strerror or error}",
                target=str(self.path),
                hints=["cpoctl config set files.folder DIR    another place"],
            ) from error

    def _make(self) -> None:
        for place in (self.path, self._partial, self._images, self._uploads):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in self._partial.iterdir():
            left.unlink()

    def incoming(self, number: str) -> Incoming:
        """A place for a file that comes in. Raises TooLarge when there is no room for any."""
        room = min(self._upload_most, shutil.disk_usage(self.path).free - _SPARE, self._keep_most - self.used())
        if room <= 0:
            raise TooLarge("there is no room for another file")
        return Incoming(self._partial / number, room)

    def forget_strays(self, known: set[str]) -> None:
        """Remove what was handed over and never became an image."""
        for path in self._images.iterdir():
            if path.name not in known and time() - path.stat().st_mtime > _STRAY_AFTER:
                path.unlink(missing_ok=True)

    def used(self) -> int:
        """How many bytes are kept."""
        return sum(path.stat().st_size for path in self._files())

    def image(self, sha256: str) -> Path:
        """Where the image of a hash is. Raises UsageProblem for what is no hash."""
        if not _HASH.fullmatch(sha256):
            raise UsageProblem(f"{sha256[:80]!r} is no SHA-256", hints=["cpoctl image list    what there is"])
        return self._images / sha256

    def must_hold(self, image: Record) -> None:
        """Raise Conflict when the file of an image is gone or cut."""
        path = self.image(image["sha256"])
        if not path.is_file() or path.stat().st_size != image["bytes"]:
            raise Conflict(
                f"the file of {image['name']} is not what was added",
                target=image["name"],
                hints=[f"cpoctl image verify {image['name']}", f"cpoctl image rm {image['name']} --yes    then add it"],
            )

    def upload(self, charger_id: str, number: int, name: str) -> Path:
        """Where an upload is put."""
        return self._uploads / (_UNSAFE.sub("_", charger_id).strip(".") or "_") / f"{number}-{harmless(name)}"

    def relative(self, path: Path) -> str:
        """As it is written down."""
        return path.relative_to(self.path).as_posix()

    def kept(self, relative: str) -> Path:
        """The file that was written down. Raises NotFound when it is gone, or was never within the folder."""
        path = (self.path / relative).resolve()
        if not path.is_relative_to(self.path.resolve()) or not path.is_file():
            raise NotFound(f"the file {relative} is gone", target=relative, hints=["cpoctl diag list"])
        return path

    def hashes(self, path: Path) -> tuple[str, str]:
        """SHA-256 and MD5 of a file, read anew. Raises NotFound."""
        sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    sha256.update(block)
                    md5.update(block)
        except OSError as error:
            raise NotFound(f"{path} cannot be read: {error.strerror}", target=str(path)) from error
        return sha256.hexdigest(), md5.hexdigest()

    def _files(self) -> Iterator[Path]:
        for place in (self._images, self._uploads, self._partial):
            yield from (path for path in place.rglob("*") if path.is_file())
