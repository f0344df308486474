"""HTTP for chargers: ranges, uploads in every form, secrets that expire, names that lead nowhere."""

import asyncio
import contextlib
import shutil
import socket
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from cpoctl.checks import State
from cpoctl.checks.machine import Place as Machine
from cpoctl.checks.machine.files import check
from cpoctl.config import ServeSettings
from cpoctl.files.exchange import Exchange
from cpoctl.files.folder import Folder, TooLarge
from cpoctl.files.grants import LINGER
from cpoctl.founding import certify
from tests.files.conftest import IMAGE, LINES, Make, Place, sha256


async def test_no_port_is_open_before_somebody_needs_it(place: Place) -> None:
    assert place.exchange.listeners.where == {}
    await place.offer("diagnostics", "http")
    assert list(place.exchange.listeners.where) == ["http"]


async def test_firmware_is_fetched_whole_and_by_ranges(place: Place) -> None:
    offer = await place.offer("firmware", "http", await place.image())
    assert offer.url.endswith("/fw-2.1.0.bin")
    async with httpx.AsyncClient() as client:
        whole = await client.get(offer.url)
        assert (whole.status_code, whole.content) == (200, IMAGE)
        told = await place.finished()
        assert (told.state, told.bytes, told.total, told.form) == ("whole", len(IMAGE), len(IMAGE), "http")
        head = await client.head(offer.url)
        assert (head.headers["Content-Length"], head.headers["Accept-Ranges"]) == (str(len(IMAGE)), "bytes")
        part = await client.get(offer.url, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, IMAGE[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(IMAGE)}"
        assert (await client.get(offer.url, headers={"Range": "bytes=-5"})).content == IMAGE[-5:]
        rest = await client.get(offer.url, headers={"Range": "bytes=500000-", "If-Range": head.headers["ETag"]})
        assert rest.content == IMAGE[500000:]
        stale = await client.get(offer.url, headers={"Range": "bytes=500000-", "If-Range": '"other"'})
        assert (stale.status_code, len(stale.content)) == (200, len(IMAGE))
        beyond = await client.get(offer.url, headers={"Range": f"bytes={len(IMAGE)}-"})
        assert beyond.status_code == 416
        several = await client.get(offer.url, headers={"Range": "bytes=0-1,5-6"})
        assert (several.status_code, len(several.content)) == (200, len(IMAGE))


async def test_an_upload_is_kept_however_it_is_sent(place: Place) -> None:
    async with httpx.AsyncClient() as client:
        sendings: list[tuple[str, str, dict[str, Any]]] = [
            ("PUT", "diag.log", {"content": LINES}),
            ("PUT", "", {"content": LINES}),
            ("POST", "a/b/c.log", {"content": LINES}),
            ("POST", "", {"files": {"file": ("form.log", LINES)}, "data": {"id": "7"}}),
        ]
        for method, path, body in sendings:
            offer = await place.offer("diagnostics", "http")
            answer = await client.request(method, offer.url + path, **body)
            assert answer.status_code == 201, answer.text
            told = await place.finished()
            assert (told.state, told.bytes, told.grant_id) == ("whole", len(LINES), offer.grant_id)
            assert told.sha256 == sha256(LINES)
    kept = await place.rows("SELECT name, kept FROM transfer ORDER BY transfer_id")
    assert [each["name"] for each in kept] == ["diag.log", "diagnostics", "c.log", "form.log"]
    assert all((place.folder / each["kept"]).read_bytes() == LINES for each in kept)
    assert not any(path.stat().st_mode & 0o077 for path in place.folder.rglob("*"))  # O-12


async def test_a_name_from_outside_never_leaves_the_folder(place: Place) -> None:
    offer = await place.offer("diagnostics", "http")
    where = urlsplit(offer.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    path = f"{where.path}../../%2e%2e/..%2f..%2fetc/.ssh%00rc"
    writer.write(f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi".encode())
    await reader.read()
    writer.close()
    outside = [path for path in place.folder.parent.rglob("*rc*") if not path.is_relative_to(place.folder / "uploads")]
    assert outside == []


async def test_a_secret_is_for_one_purpose_and_expires(place: Place) -> None:
    offer = await place.offer("diagnostics", "http")
    async with httpx.AsyncClient() as client:
        assert (await client.get(offer.url)).status_code == 405
        assert (await client.put(offer.url + "a", content=b"1")).status_code == 201
        await place.finished()
        base = offer.url.rstrip("/").rpartition("/")[0]
        assert (await client.put(f"{base}/{'0' * 24}/a", content=b"1")).status_code == 404
        assert (await client.get(f"{base}/v1/chargers")).status_code == 404
    [grant] = await place.rows("SELECT secret_hash, made_at, expires_at FROM file_grant")
    assert offer.url.split("/")[3] not in grant["secret_hash"]
    now = place.server.central.clock.now()
    assert place.exchange.grants.of_path(offer.url.split("/")[3], now) is not None
    assert place.exchange.grants.of_path(offer.url.split("/")[3], now + LINGER) is None


async def test_an_upload_that_dies_leaves_nothing_but_its_record(place: Place) -> None:
    offer = await place.offer("diagnostics", "http")
    where = urlsplit(offer.url)
    with socket.create_connection((where.hostname, where.port)) as line:
        line.sendall(f"PUT {where.path}x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n".encode() + b"a" * 10)
    told = await place.finished()
    assert (told.state, told.sha256) == ("cut", None)
    assert [path for path in place.folder.rglob("*") if path.is_file()] == []


async def test_an_upload_that_is_too_large_is_refused_and_removed(make_place: Make) -> None:
    place = await make_place(upload_mb=1)
    offer = await place.offer("diagnostics", "http")
    async with httpx.AsyncClient() as client:
        try:
            answer = await client.put(offer.url + "big", content=b"0" * (3 << 20))
            assert answer.status_code == 413
        except httpx.WriteError:  # the server has closed before all of it was sent
            pass
    told = await place.finished()
    assert (told.state, "1 MiB" in (told.error or "")) == ("cut", True)
    assert [path for path in place.folder.rglob("*") if path.is_file()] == []


async def test_a_grant_outlasts_the_server(make_place: Make) -> None:
    place = await make_place()
    offer = await place.offer("firmware", "http", await place.image())
    before = place.exchange
    central = place.server.central
    again = await Exchange.start(central.store, central.clock, before.settings, before.around)
    try:
        assert again.grants.of_path(offer.url.split("/")[3], central.clock.now()) is not None
        assert list(again.listeners.where) == ["http"], "who was promised a URL finds a listener"
    finally:
        await again.close()


async def test_https_shows_the_certificate_of_the_server(make_place: Make, tmp_path: Path) -> None:
    certify(tmp_path / "chain.pem", tmp_path / "key.pem", ["127.0.0.1"])
    place = await make_place(certificate=(str(tmp_path / "chain.pem"), str(tmp_path / "key.pem")))
    offer = await place.offer("diagnostics", "https")
    assert offer.url.startswith("https://127.0.0.1:")
    trusted = ssl.create_default_context(cafile=tmp_path / "chain.pem")
    async with httpx.AsyncClient(verify=trusted) as client:
        assert (await client.put(offer.url + "a.log", content=LINES)).status_code == 201
    assert (await place.finished()).form == "https"


async def test_the_doctor_connects_to_the_address_that_chargers_are_given(place: Place) -> None:
    settings, db = ServeSettings(), place.folder.parent / "cpoctl.db"
    health: dict[str, Any] = {"files": {}}
    looked = Machine(settings, None, db, None, {}, health, "", list, list)
    assert (await asyncio.to_thread(check, looked)).state is State.SKIPPED
    for form in ("http", "ftp"):
        await place.offer("diagnostics", form)
    health["files"] = place.exchange.facts()
    said = await asyncio.to_thread(check, looked)
    assert (said.state, "chargers elsewhere" in said.found) == (State.WARN, True), "it listens on loopback only"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    health["files"]["http"] = f"http://127.0.0.1:{port}/"
    assert (await asyncio.to_thread(check, looked)).state is State.FAIL


def test_uploads_end_before_they_fill_the_disk_that_the_database_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path, upload_most=1 << 30, keep_most=1 << 40)
    folder.prepare()
    free = iter([1 << 30, 1 << 30, 80 << 20, 60 << 20])  # as others upload too
    disk = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("cpoctl.files.folder._LOOK_EVERY", 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: disk._replace(free=next(free)))
    one, other = folder.incoming("1"), folder.incoming("2")
    one.write(bytes(1000))
    with pytest.raises(TooLarge, match="no more room"):
        other.write(bytes(1000))
    one.discard()
    other.discard()


async def test_connections_beyond_what_the_exchange_may_have_are_ended(place: Place) -> None:  # S-15
    offer = await place.offer("firmware", "http", await place.image())
    web = place.exchange.listeners._web
    assert web is not None
    web.most = 3
    at = urlsplit(offer.url)
    silent = [await asyncio.open_connection(at.hostname, at.port) for _ in range(6)]
    for reader, _ in silent[3:]:
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    for _, writer in silent:
        writer.transport.abort()
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=3)) as client:
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    assert (await client.get(offer.url)).content == IMAGE
                    break
