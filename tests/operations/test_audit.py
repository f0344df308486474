"""The audit log: who did what, with what result, and who was turned away. RELIABILITY O-11"""

from typing import Any

import pytest

from cpoctl.errors import Conflict
from cpoctl.operations import Role
from cpoctl.operations.audit.list import AuditRow, ListAudit
from cpoctl.operations.key.create import CreateKey
from cpoctl.operations.key.revoke import RevokeKey
from cpoctl.operations.session.reprice import RepriceSessions
from cpoctl.operations.tag.add import AddTag
from cpoctl.store import rows
from cpoctl.store.sqlite.reading import OfflineReader
from tests.support.csms import Csms


def audit(csms: Csms, **asked: Any) -> list[AuditRow]:
    with OfflineReader(csms.path) as reader:
        return ListAudit(**asked).select(reader.read)


@pytest.fixture
async def done(csms: Csms) -> Csms:
    """A server on which some things were done and some denied."""
    perform = csms.central.tasks.perform
    await perform(CreateKey(name="anna", grants=Role.OPERATOR), "root")
    csms.clock.move(60)
    await perform(AddTag(tag="GUEST-1"), "key:anna")
    with pytest.raises(Conflict):
        await perform(AddTag(tag="GUEST-1"), "key:anna")
    csms.clock.move(60)
    await perform(RevokeKey(key="anna"), "root")
    csms.clock.move(60)
    for at in ("2026-11-22T14:05:00.000Z", "2026-11-22T14:06:00.000Z"):
        await csms.store.write([rows.Denial("", "192.0.2.7", "", "this key is not known here", "GET /v1/keys", at)])
    refused = "key:bob is viewer, this needs operator"
    path = "POST /v1/chargers/A/reset"
    await csms.store.write(
        [rows.Denial("key:bob", "192.0.2.8", "charger reset", refused, path, "2026-11-22T14:07:00.000Z")]
    )
    return csms


async def test_what_concerns_no_single_thing_is_told_by_its_place_or_without(csms: Csms) -> None:
    await csms.booted("HQ-01")
    for charger in (None, "HQ-01"):
        await csms.central.tasks.perform(RepriceSessions(since="2026-10", reason="late", charger=charger), "root")
    assert [row.target for row in audit(csms)] == [None, "HQ-01"]


async def test_what_was_done_and_what_was_denied_stand_in_one_list(done: Csms) -> None:
    told = [(row.actor, row.operation, row.target, row.result) for row in audit(done)]
    assert told == [
        ("root", "key create", "anna", "Done"),
        ("key:anna", "tag add", "GUEST-1", "Added"),
        ("key:anna", "tag add", "GUEST-1", "Failed"),
        ("root", "key revoke", "anna", "Revoked"),
        (None, "GET /v1/keys", None, "denied: this key is not known here"),
        ("key:bob", "charger reset", None, "denied: key:bob is viewer, this needs operator"),
    ]


async def test_attempts_that_are_alike_are_counted(done: Csms) -> None:
    [row] = [row for row in audit(done) if row.address == "192.0.2.7"]
    assert (row.attempts, row.at, row.denied) == (2, "2026-11-22T14:06:00.000Z", True)


async def test_it_can_be_narrowed_down(done: Csms) -> None:
    assert {row.actor for row in audit(done, actor="anna")} == {"key:anna"}
    assert [row.address for row in audit(done, denied=True)] == ["192.0.2.7", "192.0.2.8"]
    assert [row.operation for row in audit(done, since="2026-11-22T14:02:00Z", actor="root")] == ["key revoke"]
    assert [row.address for row in audit(done, last=1)] == ["192.0.2.8"]
    assert audit(done, actor="nobody") == []
