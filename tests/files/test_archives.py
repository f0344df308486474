"""Archives are listed without being unpacked, and hostile ones cost little."""

import bz2
import gzip
import io
import lzma
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from cpoctl.files import archives
from cpoctl.files.archives import Entry, listed

LOG = b"relay ok\n" * 100


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 8, 30, 0)), content)
    return made.getvalue()


def tarred(files: dict[str, bytes], most: int | None = None) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_795_336_200
            archive.addfile(info, io.BytesIO(content))
    return made.getvalue()[:most]


def of(path: Path, content: bytes, name: str = "12-logs.gz") -> archives.Listing | None:
    (path / name).write_bytes(content)
    return listed(path / name)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=["tar", "gz", "bz2", "xz"])
def test_a_tar_is_listed_however_it_is_packed(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    found = of(tmp_path, pack(tarred({"var/log/a.log": LOG, "b.log": b""})))
    assert found == archives.Listing(
        (
            Entry("var/log/a.log", len(LOG), "2026-11-22T08:30:00.000Z"),
            Entry("b.log", 0, "2026-11-22T08:30:00.000Z"),
        ),
        whole=True,
    )


def test_a_zip_is_listed_with_the_times_that_it_tells(tmp_path: Path) -> None:
    found = of(tmp_path, zipped({"a.log": LOG, "b.log": b""}))
    assert found is not None and found.whole
    assert found.entries == (Entry("a.log", 900, "2026-11-22 08:30:00"), Entry("b.log", 0, "2026-11-22 08:30:00"))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gz", "bz2", "xz"])
def test_a_file_that_is_packed_alone_is_one_entry(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert of(tmp_path, pack(LOG), "12-hq-07.log.gz") == archives.Listing((Entry("hq-07.log", 900, None),), whole=True)


@pytest.mark.parametrize("content", [b"", LOG, b"PK\x03\x04 no zip", b"\x1f\x8b\x08 no gzip", b"\xfd7zXZ\x00\x00"])
def test_what_is_no_archive_has_no_entries(tmp_path: Path, content: bytes) -> None:
    found = of(tmp_path, content)
    assert found is None or found == archives.Listing((), whole=False)


def test_names_cannot_harm_a_terminal(tmp_path: Path) -> None:
    found = of(tmp_path, zipped({"../../etc/\x1b[31mpasswd": b"", "x" * 5000: b""}))
    assert found is not None
    assert found.entries[0].name == "../../etc/\\x1b[31mpasswd"
    assert len(found.entries[1].name) == 200


def test_what_broke_off_is_listed_as_far_as_it_came(tmp_path: Path) -> None:
    found = of(tmp_path, tarred({"a.log": LOG, "b.log": LOG}, most=2600))
    assert found is not None and [entry.name for entry in found.entries] == ["a.log", "b.log"]
    assert not found.whole


def test_of_many_entries_the_first_are_listed(tmp_path: Path) -> None:
    found = of(tmp_path, zipped({f"{number}.log": b"" for number in range(archives.MOST + 1)}))
    assert found is not None and (len(found.entries), found.whole) == (archives.MOST, False)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_UNPACKED_MOST", 8 << 20)
    bomb = gzip.compress(bytes(32 << 20), 1)
    tracemalloc.start()
    began = time.perf_counter()
    found = of(tmp_path, bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == archives.Listing((Entry("logs", None, None),), whole=True), "its size is not looked for to its end"
    assert (most < 8 << 20, time.perf_counter() - began < archives._SECONDS * 2) == (True, True)


def test_a_header_that_claims_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    assert of(tmp_path, info.tobuf() + bytes(1 << 16)) == archives.Listing((), whole=False)


def test_an_xz_that_wants_gigabytes_of_memory_is_left_alone(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
    packed = bytearray(lzma.compress(LOG, check=lzma.CHECK_NONE, filters=filters))
    packed[12 + 4] = 40  # its dictionary: 4 GiB
    packed[12 + 8 : 12 + 12] = zlib.crc32(bytes(packed[12 : 12 + 8])).to_bytes(4, "little")
    assert of(tmp_path, bytes(packed)) is None
