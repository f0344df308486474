"""The listener for operators elsewhere, and the client that asks it: TLS, keys, events, and what goes wrong."""

import asyncio
import contextlib
import ssl
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from cpoctl.client import Client, Told, client_for, messages
from cpoctl.config import ApiSettings, ServeSettings
from cpoctl.errors import Conflict, Denied, NotFound, ServerDown, UsageProblem
from cpoctl.founding import certify, own_names
from cpoctl.http import serving
from cpoctl.http.elsewhere import certified, checked
from cpoctl.operations import Role
from cpoctl.operations.charger.list import ListChargers
from cpoctl.operations.key.create import CreateKey
from cpoctl.operations.tag.add import AddTag
from cpoctl.routes import Filled
from cpoctl.running import Running, running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A self-signed certificate for this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certify(folder / "chain.pem", folder / "key.pem", own_names("127.0.0.1:0"))
    return str(folder / "chain.pem"), str(folder / "key.pem")


def settings(tmp_path: Path) -> ServeSettings:
    return ServeSettings(listen="127.0.0.1:0", db=str(tmp_path / "c.db"), socket=str(tmp_path / "s"), accept_all=True)


@pytest.fixture
async def server(tmp_path: Path, certificate: tuple[str, str]) -> AsyncIterator[Running]:
    """A server with an HTTPS listener."""
    api = ApiSettings("127.0.0.1:0", *certificate)
    async with running(settings(tmp_path), api=api) as made:
        yield made


def url(server: Running) -> str:
    assert server.api is not None
    return server.api


async def key(server: Running, grants: Role = Role.OPERATOR) -> str:
    local = client_for(f"unix:{server.socket}")
    made = await asyncio.to_thread(local.run, CreateKey(name=f"k-{grants}", grants=grants))
    return str(made["key"])


async def client(server: Running, certificate: tuple[str, str], grants: Role = Role.OPERATOR) -> Client:
    return client_for(url(server), key=await key(server, grants), ca_file=certificate[0])


async def test_the_same_operations_work_from_elsewhere(server: Running, certificate: tuple[str, str]) -> None:
    remote = await client(server, certificate)
    assert (await asyncio.to_thread(remote.run, AddTag(tag="ANNA")))["ok"] is True
    assert await asyncio.to_thread(remote.run, ListChargers()) == []
    assert (await asyncio.to_thread(remote.request, "GET", "/v1/status"))["server"] == "up"


async def test_a_reader_elsewhere_can_be_hung_up_on_and_the_client_asks_in_many_threads(
    server: Running, certificate: tuple[str, str]
) -> None:
    remote = await client(server, certificate)
    stream = remote.stream(Filled("GET", "/v1/events", None))
    await asyncio.to_thread(next, stream)
    reading = asyncio.create_task(asyncio.to_thread(list, stream))
    asked = await asyncio.gather(*(asyncio.to_thread(remote.run, ListChargers()) for _ in range(8)))
    assert asked == [[]] * 8
    remote.hang_up()
    with pytest.raises(ServerDown, match="hung up"):
        await asyncio.wait_for(reading, 10)
    assert (await asyncio.to_thread(remote.request, "GET", "/v1/status"))["server"] == "up"


@pytest.mark.parametrize("name", ["a/b", "a b", "100%", "a?b#c", "%2F"])
async def test_any_id_fits_into_the_path(server: Running, certificate: tuple[str, str], name: str) -> None:
    remote = await client(server, certificate)
    with pytest.raises(NotFound, match="no tag") as caught:
        await asyncio.to_thread(remote.request, "GET", f"/v1/tags/{quote(name, safe='')}")
    assert caught.value.target == name


async def test_the_actor_of_a_key_is_its_name(server: Running, certificate: tuple[str, str]) -> None:
    remote = await client(server, certificate)
    await asyncio.to_thread(remote.run, AddTag(tag="BOB"))
    [task] = await server.central.store.read("SELECT actor FROM task WHERE operation = 'tag add'")
    assert task == {"actor": "key:k-operator"}


async def test_a_role_that_is_too_low_comes_back_as_the_same_error(
    server: Running, certificate: tuple[str, str]
) -> None:
    remote = await client(server, certificate, Role.VIEWER)
    with pytest.raises(Denied, match="is viewer, this needs operator"):
        await asyncio.to_thread(remote.run, AddTag(tag="ANNA"))


async def test_events_flow_from_elsewhere(server: Running, certificate: tuple[str, str]) -> None:
    remote = await client(server, certificate)
    told = messages(remote.stream(Filled("GET", "/v1/events?since=0", None)))
    for tag in ("ANNA", "BOB"):
        await asyncio.to_thread(remote.run, AddTag(tag=tag))
        assert (await asyncio.to_thread(_tag, told)) == tag
    told.close()


def _tag(told: Iterator[Told]) -> str:
    return next(str(one.data["data"]["tag_id"]) for one in told if one.event == "TagChanged")


async def test_a_certificate_that_nobody_vouches_for_is_refused(server: Running) -> None:
    remote = client_for(url(server), key=await key(server))
    with pytest.raises(ServerDown, match="self-signed certificate") as caught:
        await asyncio.to_thread(remote.run, ListChargers())
    assert "--ca-file" in caught.value.hints[0]


async def test_a_certificate_for_another_name_is_refused(server: Running, tmp_path: Path) -> None:
    certify(tmp_path / "other.pem", tmp_path / "other.key", ["cpo.example.org"])
    api = ApiSettings("127.0.0.1:0", str(tmp_path / "other.pem"), str(tmp_path / "other.key"))
    (tmp_path / "b").mkdir()
    async with running(settings(tmp_path / "b"), api=api) as other:
        remote = client_for(url(other), key=await key(other), ca_file=str(tmp_path / "other.pem"))
        with pytest.raises(ServerDown, match="certificate is not valid for"):
            await asyncio.to_thread(remote.run, ListChargers())


async def test_what_is_older_than_tls_1_2_is_refused(server: Running, certificate: tuple[str, str]) -> None:
    context = ssl.create_default_context(cafile=certificate[0])
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    host, _, port = url(server).removeprefix("https://").rpartition(":")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await asyncio.open_connection(host, int(port), ssl=context)


async def test_plain_http_only_where_it_was_asked_for(tmp_path: Path) -> None:
    async with running(settings(tmp_path), api=ApiSettings("127.0.0.1:0", plain=True)) as server:
        assert url(server).startswith("http://127.0.0.1:")
        remote = client_for(url(server), key=await key(server))
        assert await asyncio.to_thread(remote.run, ListChargers()) == []


async def test_a_stopping_server_ends_streams_to_elsewhere(tmp_path: Path, certificate: tuple[str, str]) -> None:
    async with running(settings(tmp_path), api=ApiSettings("127.0.0.1:0", *certificate)) as server:
        remote = await client(server, certificate)
        await asyncio.to_thread(remote.run, AddTag(tag="ANNA"))
        told = messages(remote.stream(Filled("GET", "/v1/events?since=0", None)))
        await asyncio.to_thread(_tag, told)
        rest = asyncio.create_task(asyncio.to_thread(list, told))
    with contextlib.suppress(ServerDown):  # it may be cut instead of ended
        await asyncio.wait_for(rest, 5)


async def test_who_asks_nothing_is_not_kept_waiting_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "FIRST_REQUEST_SECONDS", 0.01)
    async with running(settings(tmp_path), api=ApiSettings("127.0.0.1:0", plain=True)) as server:
        host, _, port = url(server).removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /v1/status HTTP/1.1\r\nHost:")  # and never ends
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()


async def test_connections_beyond_the_limit_are_closed_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # S-15
    monkeypatch.setattr(serving, "_ELSEWHERE_MOST", 3)
    async with running(settings(tmp_path), api=ApiSettings("127.0.0.1:0", plain=True)) as server:
        host, _, port = url(server).removeprefix("http://").rpartition(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(3)]
        reader, writer = await asyncio.open_connection(host, int(port))
        with contextlib.suppress(ConnectionError):
            assert await asyncio.wait_for(reader.read(), 5) == b""
        for _, each in [*held, (reader, writer)]:
            each.close()


async def test_a_stranger_gets_one_answer_a_connection(tmp_path: Path) -> None:
    async with running(settings(tmp_path), api=ApiSettings("127.0.0.1:0", plain=True)) as server:
        host, _, port = url(server).removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 10)
        assert answer.startswith(b"HTTP/1.1 401")
        writer.close()


async def test_a_body_that_would_fill_the_memory_is_refused(server: Running, certificate: tuple[str, str]) -> None:
    remote = await client(server, certificate)
    with pytest.raises(UsageProblem, match="longer than 16 MiB"):
        await asyncio.to_thread(remote.request, "POST", "/v1/tags", {"tag": "x" * (17 << 20)})


async def test_a_port_that_is_taken_is_a_conflict(server: Running, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    taken = ApiSettings(url(server).rpartition("//")[2], plain=True)
    with pytest.raises(Conflict, match="cannot listen for operators"):
        async with running(settings(tmp_path / "b"), api=taken):
            pass


@pytest.mark.parametrize(
    ("api", "says"),
    [
        (ApiSettings("0.0.0.0:9443"), "needs a certificate"),
        (ApiSettings("127.0.0.1:9443"), "needs a certificate"),
        (ApiSettings("0.0.0.0:9443", plain=True), "only this machine itself"),
        (ApiSettings("cpo.example.org:9443", plain=True), "only this machine itself"),
        (ApiSettings("0.0.0.0:9443", cert="c.pem"), "belong together"),
        (ApiSettings("nowhere", plain=True), "is not HOST:PORT"),
        (ApiSettings("127.0.0.1:99999", plain=True), "is not HOST:PORT"),
    ],
)
def test_what_would_not_be_safe_is_refused_before_anything_starts(api: ApiSettings, says: str) -> None:
    with pytest.raises(UsageProblem, match=says) as caught:
        checked(api)
    assert caught.value.hints


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://192.0.2.1:9443", "must not cross a network in the clear"),
        ("https://", "no address of a server"),
        ("https://a:x", "no address of a server"),
        ("https://a/v1", "no address of a server"),
        ("https://user@a", "no address of a server"),
        ("ftp://a", "no address of a server"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(address: str, says: str) -> None:
    with pytest.raises(UsageProblem, match=says):
        client_for(address, key="x")


def test_without_a_key_nothing_is_sent() -> None:
    with pytest.raises(Denied, match="wants a key"):
        client_for("https://127.0.0.1:1")


def test_a_certificate_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.pem").write_text("nothing")
    with pytest.raises(UsageProblem, match=r"x\.pem"):
        client_for("https://127.0.0.1:1", key="x", ca_file=str(tmp_path / "x.pem"))


def test_a_made_certificate_names_this_machine_and_only_we_can_read_its_key(certificate: tuple[str, str]) -> None:
    assert "localhost" in certified(Path(certificate[0]))
    assert stat.S_IMODE(Path(certificate[1]).stat().st_mode) == 0o600
