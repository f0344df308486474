"""Tags: who may charge."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import tags
from cpoctl.errors import Conflict, NotFound, UsageProblem, nearest
from cpoctl.operations import Act, Argument, Danger, Operator, Option, Outcome, Query, Read
from cpoctl.store import rows
from cpoctl.table import Column, local

LONGEST = 20  # 1.6 §7.29 CiString20Type


@dataclass(frozen=True)
class TagRow:
    """A tag in a list; `status` is what a charger would be told now."""

    tag_id: Annotated[str, Column("TAG")]
    status: Annotated[str, Column("STATUS")]
    parent_id: Annotated[str | None, Column("PARENT", 3)]
    expires_at: Annotated[str | None, Column("EXPIRES", 2, show=local)]
    note: Annotated[str | None, Column("NOTE", 2)]
    added_at: Annotated[str, Column("ADDED", 3, show=local)]


@dataclass(frozen=True, kw_only=True)
class ListTags(Query):
    """List the tags."""

    path = "tag list"
    route = "GET /tags"
    row = TagRow
    noun = "tags"
    examples = ("cpoctl tag list", "cpoctl tag list --json | jq -r '.[] | select(.status==\"Blocked\") | .tag_id'")

    def select(self, read: Read) -> list[TagRow]:
        """Every tag, with what it is worth now."""
        now = stored(datetime.now(UTC))
        found = [TagRow(**record) for record in read("SELECT * FROM tag ORDER BY tag_id")]
        return [
            replace(row, status=tags.EXPIRED)
            if row.status == tags.ACCEPTED and row.expires_at is not None and row.expires_at <= now
            else row
            for row in found
        ]


@dataclass(frozen=True, kw_only=True)
class AddTag(Act):
    """Add a tag, so that it may charge."""

    path = "tag add"
    route = "POST /tags"
    row = Outcome
    examples = ("cpoctl tag add ANNA-K --note 'A. Kern'", "cpoctl tag add GUEST-1 --expires 2026-12-31T23:59:59Z")

    tag: Annotated[str, Argument("the tag's id", kind="tag")]
    expires: Annotated[str | None, Option("until when it may charge, as an ISO 8601 time")] = None
    parent: Annotated[str | None, Option("the group that it belongs to")] = None
    note: Annotated[str | None, Option("whose it is")] = None

    async def run(self, operator: Operator) -> Outcome:
        """Record it."""
        tag_id = tags.shown(self.tag)
        if not 0 < len(tag_id) <= LONGEST:
            raise UsageProblem(
                f"a tag has 1 to {LONGEST} characters, {self.tag!r} has {len(tag_id)}", hints=["cpoctl tag add ANNA-K"]
            )
        if operator.live.tag(tag_id) is not None:
            raise Conflict(f"tag {tag_id} exists already", target=tag_id, hints=["cpoctl tag list"])
        expires_at = stored(_instant(self.expires)) if self.expires else None
        row = rows.Tag(tag_id, tags.ACCEPTED, self.parent, expires_at, self.note, stored(operator.clock.now()))
        changed = events.TagChanged(tag_id=tag_id, status=tags.ACCEPTED, parent_id=self.parent, expires_at=expires_at)
        await operator.commit([row], [changed])
        return Outcome(tag_id, True, "Added")


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageProblem(
            f"{text!r} is not a time", hints=["cpoctl tag add GUEST-1 --expires 2026-12-31T23:59:59Z"]
        ) from None
    return moment.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class BlockTag(Act):
    """Block a tag: it may not charge until it is unblocked. A running session goes on."""

    path = "tag block"
    route = "POST /tags/{tag}/block"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl tag block ANNA-K --yes",)

    tag: Annotated[str, Argument("the tag's id", kind="tag")]

    def consequence(self) -> str:
        """What it will do."""
        return f"block tag {self.tag}: it may not charge any more"

    async def run(self, operator: Operator) -> Outcome:
        """Block it."""
        return await _set_status(operator, self.tag, tags.BLOCKED)


@dataclass(frozen=True, kw_only=True)
class UnblockTag(Act):
    """Let a blocked tag charge again."""

    path = "tag unblock"
    route = "POST /tags/{tag}/unblock"
    row = Outcome
    examples = ("cpoctl tag unblock ANNA-K",)

    tag: Annotated[str, Argument("the tag's id", kind="tag")]

    async def run(self, operator: Operator) -> Outcome:
        """Unblock it."""
        return await _set_status(operator, self.tag, tags.ACCEPTED)


async def _set_status(operator: Operator, name: str, status: str) -> Outcome:
    tag = operator.live.tag(name)
    if tag is None:
        known = [known.tag_id for known in operator.live.tags.values()]
        raise NotFound(f"no tag {name}{nearest(name, known)}", target=name, hints=["cpoctl tag list"])
    changed = events.TagChanged(
        tag_id=tag.tag_id,
        status=status,
        parent_id=tag.parent_id,
        expires_at=stored(tag.expires_at) if tag.expires_at else None,
    )
    await operator.commit([rows.TagStatus(status, tag.tag_id)], [changed])
    return Outcome(tag.tag_id, True, status)
