"""Ends: what became of a member, by its task, by the commands that were sent for it, and by what its charger tells."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import msgspec

from cpoctl import events
from cpoctl.campaigns.loading import Undertaking
from cpoctl.clock import stored
from cpoctl.domain import campaigns
from cpoctl.domain.campaigns import Member
from cpoctl.operations import Store
from cpoctl.store import Record

LOST: Final = "Unknown"
"""The status of a target whose Call was on its way when the server ended."""
CANCELLED: Final = "Cancelled"
_TARGET = "SELECT ok, status, error FROM task_target WHERE task_id = ? AND charger_id = ? AND state = 'done'"
_SENT = """
SELECT 1 FROM command WHERE charger_id = ? AND actor = ? AND queued_at >= ? AND state NOT IN ('queued', 'dropped') LIMIT 1
"""
_TOLD = "SELECT type, data FROM event WHERE charger_id = ? AND at >= ? AND type = ? ORDER BY seq"


@dataclass(frozen=True)
class End:
    """The result of a task's target."""

    ok: bool
    status: str
    code: str | None = None
    message: str | None = None

    @property
    def may_be_unsent(self) -> bool:
        """Whether perhaps nothing was sent at all."""
        return self.status == LOST or self.code in ("offline", "not-sent")

    @classmethod
    def of(cls, ok: bool, status: str, error: dict[str, Any] | None) -> Self:
        """What a target's row or event tells."""
        return cls(ok, status, (error or {}).get("code"), (error or {}).get("message"))


def verdict(end: End, *, harmless: bool) -> str:
    """The state in which a member has ended. Whoever did not answer, or was gone after a first Call, may have done it.

    Of what may be done twice without harm nobody has to know: it has failed, and can simply be tried again.
    """
    if end.ok:
        return campaigns.OK
    open_question = end.code in ("timeout", "offline") and not harmless
    return campaigns.UNKNOWN if open_question else campaigns.FAILED


async def end_of(store: Store, member: Member) -> End | None:
    """The result of a member's task; None when it has none, or when the records of it are gone."""
    found: Sequence[Record] = await store.read(_TARGET, [member.task_id, member.charger_id])
    if not found:
        return None
    error = json.loads(found[0]["error"]) if found[0]["error"] else None
    return End.of(bool(found[0]["ok"]), found[0]["status"], error)


async def was_sent(store: Store, doing: Undertaking, member: Member) -> bool:
    """Whether any Call of this attempt may have left the server: a command is on disk as sent before it does."""
    since = stored(member.sent_at) if member.sent_at else ""
    return bool(await store.read(_SENT, [member.charger_id, doing.actor, since]))


async def told_since(store: Store, member: Member) -> list[events.Event]:
    """The steps of its firmware that a charger has told since it was sent to, oldest first."""
    since = stored(member.sent_at) if member.sent_at else ""
    kind = events.FirmwareStatusReported
    found = await store.read(_TOLD, [member.charger_id, since, kind.__name__])
    return [msgspec.convert(json.loads(each["data"]) | {"charger_id": member.charger_id}, kind) for each in found]
