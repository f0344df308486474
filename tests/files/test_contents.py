"""Files between operators and the server: images that are handed over, uploads that are taken away."""

import asyncio
import hashlib
import sys
from pathlib import Path

import pytest

from cpoctl.client.unix import UnixClient
from cpoctl.errors import NotFound
from cpoctl.operations.diag.fetch import FetchDiagnostics
from cpoctl.routes import CONTENTS, Filled
from tests.files.conftest import IMAGE, WITHIN, Place


async def test_a_file_is_handed_over_and_an_upload_taken_away(place: Place, tmp_path: Path) -> None:
    client = UnixClient(place.server.socket)
    (tmp_path / "x").write_bytes(IMAGE)
    with (tmp_path / "x").open("rb") as file:
        told = await asyncio.to_thread(client.hand_over, CONTENTS, file, len(IMAGE))
    sha256, md5 = hashlib.sha256(IMAGE).hexdigest(), hashlib.md5(IMAGE, usedforsecurity=False).hexdigest()
    assert told == {"sha256": sha256, "md5": md5, "bytes": len(IMAGE)}
    async with place.charger():
        outcome = await place.waited(FetchDiagnostics(charger="HQ-07"))
    wanted = Filled("GET", f"/v1/uploads/{outcome.upload}/content", None)
    taken = await asyncio.to_thread(lambda: b"".join(client.stream(wanted)))
    assert len(taken) == outcome.bytes
    with pytest.raises(NotFound):
        await asyncio.to_thread(lambda: list(client.stream(Filled("GET", "/v1/uploads/999/content", None))))


async def test_the_command_line_adds_an_image_and_writes_an_upload(place: Place, tmp_path: Path) -> None:
    (tmp_path / "fw 3.bin").write_bytes(IMAGE)
    assert "fw_3.bin" in await _cpoctl(place, "image", "add", str(tmp_path / "fw 3.bin"), "--version", "3")
    assert await _cpoctl(place, "image", "list", "-o", "ids") == "fw_3.bin\n"
    async with place.charger():
        await _cpoctl(place, "diag", "fetch", "HQ-07", "--out", str(tmp_path / "got.log"))
    assert b"firmware 1.4.2" in (tmp_path / "got.log").read_bytes()


async def _cpoctl(place: Place, *words: str) -> str:
    command = (sys.executable, "-m", "cpoctl", "--server", f"unix:{place.server.socket}", *words)
    process = await asyncio.create_subprocess_exec(*command, stdout=-1, stderr=-1)
    async with asyncio.timeout(WITHIN):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()
