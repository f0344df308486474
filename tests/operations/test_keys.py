"""Keys: made once, shown once, listed without their secret, and useless once revoked. RELIABILITY O-09"""

import re
from pathlib import Path

import pytest

from cpoctl.domain import keys
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import Role
from cpoctl.operations.key.create import CreateKey
from cpoctl.operations.key.list import KeyRow, ListKeys
from cpoctl.operations.key.revoke import RevokeKey
from cpoctl.store import rows
from cpoctl.store.sqlite.reading import OfflineReader
from tests.support.csms import Csms


def listed(csms: Csms, *, revoked: bool = False) -> dict[str, KeyRow]:
    with OfflineReader(csms.path) as reader:
        return {row.name: row for row in ListKeys(revoked=revoked).select(reader.read)}


async def test_a_new_keys_secret_is_random_and_marked_so_that_a_leaked_one_is_found(csms: Csms) -> None:
    one = await csms.do(CreateKey(name="anna", grants=Role.OPERATOR))
    two = await csms.do(CreateKey(name="bob", grants=Role.OPERATOR))
    assert re.fullmatch(rf"cpk_{one.key_id}_[0-9a-f]{{64}}", one.key)
    assert one.key.rpartition("_")[2] != two.key.rpartition("_")[2]


async def test_the_list_has_no_secret(csms: Csms) -> None:
    made = await csms.do(CreateKey(name="anna", grants=Role.VIEWER))
    row = listed(csms)["anna"]
    assert (row.role, row.state, row.created_by, row.key_id) == ("viewer", "valid", "test", made.key_id)
    assert made.key.rpartition("_")[2] not in repr(row)
    assert (await csms.rows("SELECT digest FROM key"))[0]["digest"] not in repr(row)


async def test_a_name_is_free_again_once_its_key_is_revoked(csms: Csms) -> None:
    first = await csms.do(CreateKey(name="anna", grants=Role.VIEWER))
    with pytest.raises(Conflict, match="exists already"):
        await csms.do(CreateKey(name="Anna", grants=Role.VIEWER))
    await csms.do(RevokeKey(key="anna"))
    second = await csms.do(CreateKey(name="anna", grants=Role.ADMIN))
    assert (await csms.rows("SELECT count(*) AS n FROM key WHERE revoked_at IS NULL"))[0]["n"] == 1
    await csms.do(RevokeKey(key=second.key_id.upper()))
    with pytest.raises(Conflict, match="revoked already"):
        await csms.do(RevokeKey(key=first.key_id))
    assert [row.state for row in listed(csms, revoked=True).values()] == ["revoked"]
    assert listed(csms) == {}


async def test_a_key_that_there_is_not_gets_the_nearest_name(csms: Csms) -> None:
    await csms.do(CreateKey(name="anna", grants=Role.VIEWER))
    with pytest.raises(NotFound, match=r"no key ana \(did you mean anna\?\)"):
        await csms.do(RevokeKey(key="ana"))


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 41, "é", "a\x1b[2J", "key:anna"])
async def test_a_name_that_would_mislead_in_a_log_is_refused(csms: Csms, name: str) -> None:
    with pytest.raises(UsageProblem, match="cannot be a key's name"):
        await csms.do(CreateKey(name=name, grants=Role.VIEWER))


async def test_an_expiry_is_a_time_or_a_span_and_lies_ahead(csms: Csms) -> None:
    made = await csms.do(CreateKey(name="a", grants=Role.VIEWER, expires="90d"))
    assert made.expires_at == "2027-02-20T14:00:00.000Z"
    made = await csms.do(CreateKey(name="b", grants=Role.VIEWER, expires="2026-12-31T23:59:59Z"))
    assert made.expires_at == "2026-12-31T23:59:59.000Z"
    for wrong in ("2020-01-01T00:00:00Z", "0s", "soon"):
        with pytest.raises(UsageProblem):
            await csms.do(CreateKey(name="c", grants=Role.VIEWER, expires=wrong))


async def test_a_task_keeps_who_made_a_key_but_not_the_key(csms: Csms) -> None:
    made = await csms.central.tasks.perform(CreateKey(name="anna", grants=Role.VIEWER), "root")
    [task] = await csms.rows("SELECT operation, actor FROM task")
    assert task == {"operation": "key create", "actor": "root"}
    await csms.close()
    assert made.key.rpartition("_")[2].encode() not in b"".join(_files(csms.path))
    await csms.open()


def _files(db: Path) -> list[bytes]:
    return [path.read_bytes() for path in db.parent.glob(f"{db.name}*")]


@pytest.mark.parametrize("text", ["", "cpk_", "cpk_12345678_", "CPK_12345678_" + "a" * 64, "cpk_12345678_" + "A" * 64])
def test_a_text_that_is_no_key_is_not_read_as_one(text: str) -> None:
    assert keys.read(text) is None


def test_a_secret_does_not_show_itself() -> None:
    made = keys.made()
    assert made.text not in f"{made} {made!r} {[made]}"


@pytest.mark.parametrize(
    ("revoked", "expires", "state"),
    [(None, None, "valid"), (None, "2026-01-02", "valid"), (None, "2026-01-01", "expired"), ("2025", None, "revoked")],
)
def test_a_key_is_valid_expired_or_revoked(revoked: str | None, expires: str | None, state: str) -> None:
    assert keys.state(revoked, expires, "2026-01-01") == state


async def test_the_list_says_what_has_expired(csms: Csms) -> None:
    long_ago = "2001-01-01T00:00:00.000Z"
    await csms.store.write([rows.Key("12345678", "anna", "viewer", "", long_ago, "test", long_ago)])
    assert listed(csms)["anna"].state == "expired"
