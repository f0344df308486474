"""FTP for chargers: active and passive, binary and ASCII, with and without a directory."""

import asyncio
import ftplib
from io import BytesIO
from urllib.parse import unquote, urlsplit

import pytest

from cpoctl.operations import Offer, Purpose
from tests.files.conftest import IMAGE, LINES, WITHIN, Make, Place


def dialled(offer: Offer) -> ftplib.FTP:
    """A client that has logged in."""
    where = urlsplit(offer.url)
    ftp = ftplib.FTP(timeout=WITHIN)  # what chargers speak
    ftp.connect(where.hostname or "", where.port or 0)
    ftp.login(unquote(where.username or ""), unquote(where.password or ""))
    return ftp


@pytest.mark.parametrize("passive", [True, False])
async def test_firmware_is_fetched(place: Place, passive: bool) -> None:
    offer = await place.offer("firmware", "ftp", await place.image())

    def fetch() -> bytes:
        taken: list[bytes] = []
        with dialled(offer) as ftp:
            ftp.set_pasv(passive)
            assert ftp.size("fw-2.1.0.bin") == len(IMAGE)
            assert ftp.nlst() == ["fw-2.1.0.bin"]
            ftp.retrbinary("RETR fw-2.1.0.bin", taken.append)
            with pytest.raises(ftplib.error_perm):
                ftp.storbinary("STOR x", BytesIO(b"1"))
        return b"".join(taken)

    assert await asyncio.to_thread(fetch) == IMAGE
    told = await place.finished()
    assert (told.state, told.bytes, told.form) == ("whole", len(IMAGE), "ftp")


async def test_a_fetch_goes_on_where_it_ended(place: Place) -> None:
    offer = await place.offer("firmware", "ftp", await place.image())

    def fetch() -> bytes:
        taken: list[bytes] = []
        with dialled(offer) as ftp:
            ftp.retrbinary("RETR fw-2.1.0.bin", taken.append, rest=500_000)
        return b"".join(taken)

    assert await asyncio.to_thread(fetch) == IMAGE[500_000:]


@pytest.mark.parametrize("passive", [True, False])
@pytest.mark.parametrize("path", ["diag.log", "/deep/er/diag.log", "in there/diag.log"])
async def test_diagnostics_are_stored_under_any_path(place: Place, path: str, passive: bool) -> None:
    offer = await place.offer("diagnostics", "ftp")

    def store() -> None:
        with dialled(offer) as ftp:
            ftp.set_pasv(passive)
            ftp.storbinary(f"STOR {path}", BytesIO(LINES))

    await asyncio.to_thread(store)
    told = await place.finished()
    assert (told.state, told.name) == ("whole", "diag.log")
    [row] = await place.rows("SELECT kept FROM transfer")
    assert (place.folder / row["kept"]).read_bytes() == LINES


async def test_lines_come_in_ascii_and_from_a_directory_that_was_made(place: Place) -> None:
    offer = await place.offer("diagnostics", "ftp")

    def store() -> None:
        with dialled(offer) as ftp:
            ftp.mkd("logs")
            ftp.cwd("logs")
            assert ftp.pwd() == "/logs"
            ftp.storlines("STOR diag.tmp", BytesIO(LINES))
            ftp.rename("diag.tmp", "diag.log")

    await asyncio.to_thread(store)
    await place.finished()
    [row] = await place.rows("SELECT kept FROM transfer")
    assert (place.folder / row["kept"]).read_bytes() == LINES


async def test_nothing_outside_is_reached(place: Place) -> None:
    offer = await place.offer("diagnostics", "ftp")

    def store() -> None:
        with dialled(offer) as ftp:
            with pytest.raises(ftplib.error_perm):
                ftp.retrbinary("RETR /etc/passwd", lambda block: None)
            ftp.storbinary("STOR ../../../../escaped", BytesIO(b"1"))

    await asyncio.to_thread(store)
    await place.finished()
    found = list(place.folder.parent.rglob("*escaped*"))
    assert [path.parent.name for path in found] == ["HQ-07"]


async def test_a_user_is_known_by_its_secret_only_and_until_it_expires(place: Place) -> None:
    offer = await place.offer("diagnostics", "ftp")
    other = await place.offer("diagnostics", "http")
    where = urlsplit(offer.url)

    def refused(password: str) -> None:
        with ftplib.FTP(timeout=WITHIN) as ftp:  # what chargers speak
            ftp.connect(where.hostname or "", where.port or 0)
            with pytest.raises(ftplib.error_perm, match="530"):
                ftp.login(where.username or "", password)

    await asyncio.to_thread(refused, other.url.split("/")[3])
    assert place.exchange.grants.of_user(where.username or "", where.password or "", place.exchange.desk.now())


async def test_passive_ports_are_those_of_the_config(make_place: Make) -> None:
    place = await make_place(passive_ports="41000-41100")
    offer = await place.offer("diagnostics", "ftp")

    def port() -> int:
        with dialled(offer) as ftp:
            return ftp.makepasv()[1]

    assert 41000 <= await asyncio.to_thread(port) <= 41100


@pytest.mark.parametrize(("purpose", "command"), [("firmware", "RETR /fw.bin"), ("diagnostics", "STOR /up.log")])
async def test_a_charger_whose_data_connections_never_come_may_try_again_and_again(
    place: Place, purpose: Purpose, command: str
) -> None:
    offer = await place.offer(purpose, "ftp", await place.image() if purpose == "firmware" else None)

    def tried() -> list[str]:
        with dialled(offer) as ftp:
            ftp.sendcmd("TYPE I")
            return [ftp.sendcmd("PASV") and ftp.sendcmd(command)[:3] for _ in range(6)]

    assert await asyncio.to_thread(tried) == ["150"] * 6
    assert [(await place.finished()).state for _ in range(6)] == ["cut"] * 6
