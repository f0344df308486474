"""The door: who is let in from elsewhere, who waits, and what is kept of those who were turned away."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from cpoctl.clock import stored
from cpoctl.csms.operator import Face
from cpoctl.domain import keys
from cpoctl.http.app import create_app
from cpoctl.http.door import ATTEMPTS, EVERY_SECONDS, JUDGED_AGAIN_SECONDS
from cpoctl.http.feeds import Feeds
from cpoctl.http.guard import NAMES
from cpoctl.http.streams import ABORT
from cpoctl.operations import Role
from cpoctl.operations.key.create import CreatedKey, CreateKey
from cpoctl.operations.key.revoke import RevokeKey
from cpoctl.store import rows
from tests.house.commands import every_operation
from tests.http.asking import Answer, ask
from tests.support.csms import Csms


@pytest.fixture
async def csms(tmp_path: Path) -> AsyncIterator[Csms]:
    async with Csms(tmp_path / "c.db") as made:
        yield made


@pytest.fixture
def app(csms: Csms) -> FastAPI:
    return create_app(every_operation(), Face(csms.central))


async def created(csms: Csms, name: str = "anna", grants: Role = Role.VIEWER, expires: str | None = None) -> CreatedKey:
    key: CreatedKey = await csms.do(CreateKey(name=name, grants=grants, expires=expires))
    return key


async def status(
    app: FastAPI, key: str | None = None, address: str = "192.0.2.7", headers: dict[str, str] | None = None
) -> Answer:
    return await ask(app, "GET", "/v1/status", key=key, address=address, headers=headers)


async def test_a_key_is_good_until_it_expires(app: FastAPI, csms: Csms) -> None:
    key = (await created(csms, expires="1h")).key
    assert (await status(app, key)).status == 200
    csms.clock.move(3600)
    told = await status(app, key)
    assert told.status == 401
    assert told.problem["message"] == f"key anna is expired since {stored(csms.clock.now())}"
    assert "cpoctl key create" in told.problem["hints"][0]


async def test_a_revoked_key_is_told_so_but_only_to_its_holder(app: FastAPI, csms: Csms) -> None:
    made = await created(csms)
    await csms.do(RevokeKey(key="anna"))
    assert "revoked since" in (await status(app, made.key)).problem["message"]
    forged = f"{made.key[:-4]}{'0000' if not made.key.endswith('0000') else '1111'}"
    assert (await status(app, forged)).problem["message"] == "this key is not known here"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic {key}", "Bearer {key} x", "Bearer {id}", "{key}", "Bearer \udcff{key}"]
)
async def test_a_header_that_is_no_key_is_refused(app: FastAPI, csms: Csms, header: str) -> None:
    made = await created(csms)
    text = header.format(key=made.key, id=made.key_id).encode("utf-8", "surrogateescape").decode("latin-1")
    assert (await status(app, headers={"Authorization": text})).status == 401


async def test_wrong_keys_are_slowed_down_by_address(app: FastAPI, csms: Csms) -> None:
    statuses = [(await status(app)).status for _ in range(ATTEMPTS + 2)]
    assert statuses == [401] * ATTEMPTS + [429] * 2
    answer = await status(app, keys.made().text)
    assert (answer.status, answer.problem["code"]) == (429, "denied")
    assert 1 <= int(answer.headers["retry-after"]) <= EVERY_SECONDS + 1
    assert (await status(app, address="192.0.2.8")).status == 401
    csms.clock.move(EVERY_SECONDS)
    assert (await status(app)).status == 401


async def test_neighbours_in_ipv6_share_their_patience(app: FastAPI) -> None:
    for number in range(ATTEMPTS):
        assert (await status(app, address=f"2001:db8:1:2::{number:x}")).status == 401
    assert (await status(app, address="2001:db8:1:2:3::1")).status == 429
    assert (await status(app, address="2001:db8:1:3::1")).status == 401


async def test_a_good_key_does_not_wait_for_a_neighbours_wrong_ones(app: FastAPI, csms: Csms) -> None:
    key = (await created(csms)).key
    for _ in range(ATTEMPTS + 1):
        answer = await status(app)
    assert answer.status == 429
    assert (await status(app, key)).status == 200


async def test_when_and_from_where_a_key_was_used_is_kept(app: FastAPI, csms: Csms) -> None:
    key = (await created(csms)).key
    await status(app, key)
    csms.clock.move(5)
    await status(app, key, "192.0.2.9")  # too soon to be noted again
    [row] = await csms.rows("SELECT used_at, used_from FROM key")
    assert row == {"used_at": stored(csms.clock.now() - timedelta(seconds=5)), "used_from": "192.0.2.7"}


async def test_who_was_turned_away_is_counted_in_one_row(app: FastAPI, csms: Csms) -> None:
    for _ in range(3):
        await status(app)
    for _ in range(ATTEMPTS):
        await status(app)  # from the tenth on they are slowed down, and written down no longer
    [row] = await csms.rows("SELECT * FROM denial")
    assert (row["actor"], row["address"], row["attempts"]) == ("", "192.0.2.7", ATTEMPTS)
    assert (row["reason"], row["request"]) == ("a key is needed here", "GET /v1/status")


async def test_a_role_that_is_too_low_is_recorded_with_what_it_wanted(app: FastAPI, csms: Csms) -> None:
    key = (await created(csms)).key
    for charger in ("A", "B"):
        answer = await ask(app, "POST", f"/v1/chargers/{charger}/reset", key=key, body=b"{}")
        assert (answer.status, answer.problem["message"]) == (403, "key:anna is viewer, this needs operator")
    [row] = await csms.rows("SELECT * FROM denial")
    assert (row["actor"], row["operation"], row["request"]) == (
        "key:anna",
        "charger reset",
        "POST /v1/chargers/B/reset",
    )
    assert row["attempts"] == 2


async def test_the_record_of_denials_is_bounded(app: FastAPI, csms: Csms) -> None:
    await csms.store.write([_denial(f"10.0.{number // 256}.{number % 256}") for number in range(1200)])
    assert await csms.count("denial") == 1000
    assert (await csms.rows("SELECT min(address) AS a FROM denial WHERE address = '10.0.0.0'"))[0]["a"] is None


def _denial(address: str) -> rows.Denial:
    return rows.Denial("", address, "", "no", "GET /", "2026-11-22T10:00:00.000Z")


async def test_hostile_text_in_a_request_is_kept_harmless(app: FastAPI, csms: Csms) -> None:
    await ask(app, "GET", "/v1/%1b]0;pwn%07" + "a" * 5000)
    [row] = await csms.rows("SELECT request FROM denial")
    assert "\x1b" not in row["request"]
    assert len(row["request"]) <= 200


async def test_no_secret_is_stored(app: FastAPI, csms: Csms) -> None:
    made = await created(csms)
    await status(app, made.key)
    secret = made.key.rpartition("_")[2]
    for table in await csms.rows("SELECT name FROM sqlite_schema WHERE type = 'table'"):
        assert secret not in repr(await csms.rows(f'SELECT * FROM "{table["name"]}"'))


@pytest.mark.parametrize(
    ("host", "names", "code"),
    [
        ("cpo.example.org:9443", {"cpo.example.org"}, 200),
        ("CPO.example.org.", {"cpo.example.org"}, 200),
        ("a.example.org", {"*.example.org"}, 200),
        ("a.b.example.org", {"*.example.org"}, 421),
        ("[2001:db8::1]:9443", set(), 200),
        ("192.0.2.1:9443", set(), 200),
        ("evil.example", {"cpo.example.org"}, 421),
    ],
)
async def test_only_our_names_and_addresses_are_answered(
    app: FastAPI, csms: Csms, host: str, names: set[str], code: int
) -> None:
    key = (await created(csms)).key
    more = {NAMES: frozenset(names)}
    assert (await ask(app, "GET", "/v1/status", key=key, headers={"Host": host}, more=more)).status == code


async def test_an_event_stream_ends_with_its_key(csms: Csms) -> None:
    feeds = Feeds(0.01)
    app = create_app(every_operation(), Face(csms.central), feeds)
    key = (await created(csms)).key
    ended = asyncio.Event()
    streaming = asyncio.create_task(ask(app, "GET", "/v1/events", key=key, more={ABORT: ended.set}, until=ended.wait()))
    await csms.until(lambda: feeds.count)
    await csms.do(RevokeKey(key="anna"))
    assert not ended.is_set()
    csms.clock.move(JUDGED_AGAIN_SECONDS)
    assert (await streaming).status == 200  # it began well
    assert "revoked" in (await csms.rows("SELECT reason FROM denial"))[0]["reason"]


async def test_a_browser_is_refused_also_with_a_key(app: FastAPI, csms: Csms) -> None:
    key = (await created(csms)).key
    answer = await status(app, key, headers={"Origin": "https://localhost:9443"})
    assert answer.status == 403
