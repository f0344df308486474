"""What pricing anew comes to: by currency, or session by session. Told of what was done, and of what would be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Annotated, Any, Final

from cpoctl.domain.currencies import amount
from cpoctl.domain.money import told
from cpoctl.errors import UsageProblem
from cpoctl.formats import Rows
from cpoctl.operations import Each, Query, Read, Step
from cpoctl.operations.session._repricing import UNREADABLE_RECORD, Repriced, Search, must_be_there
from cpoctl.table import Column, Field, local
from cpoctl.table import fields as fields_of

_REASONS: Final = 20  # told apart at the most
_MOST: Final = 10_000  # sessions in one answer through the API


@dataclass(frozen=True)
class RepricedRow:
    """What sessions of one currency came to before, and come to now. `changed` have another price or another tariff.

    `kept` have a price that cannot be made anew and stays, `unpriced` had none and get none; `reasons` say why.
    """

    currency: Annotated[str, Column("CURRENCY")]
    sessions: Annotated[int, Column("SESSIONS", align="right")]
    changed: Annotated[int, Column("CHANGED", align="right")]
    kept: Annotated[int, Column("KEPT", 2, "right")]
    unpriced: Annotated[int, Column("NO PRICE", align="right")]
    net_before: Annotated[str, Column("NET BEFORE", 3, "right", amount, "currency")]
    before: Annotated[str, Column("BEFORE", align="right", show=amount, beside="currency")]
    net_after: Annotated[str, Column("NET AFTER", 3, "right", amount, "currency")]
    after: Annotated[str, Column("AFTER", align="right", show=amount, beside="currency")]
    net_difference: Annotated[str, Column("NET DIFFERENCE", 3, "right", amount, "currency")]
    difference: Annotated[str, Column("DIFFERENCE", align="right", show=amount, beside="currency")]
    reasons: Annotated[list[str], Column("WHY NONE", 2)]


@dataclass(frozen=True)
class RepricedSession:
    """A session with its price before and the one that it would have; without one `reason` says why, and it keeps what it has."""

    session_id: Annotated[str, Column("SESSION", align="right")]
    charger_id: Annotated[str, Column("CHARGER")]
    stopped_at: Annotated[str, Column("STOPPED", 2, show=local)]
    changed: Annotated[bool, Column("CHANGED")]
    currency_before: Annotated[str | None, Column("CURRENCY BEFORE", 3)]
    tariff_before: Annotated[str | None, Column("TARIFF BEFORE", 2)]
    net_before: Annotated[str | None, Column("NET BEFORE", 2, "right")]
    gross_before: Annotated[str | None, Column("BEFORE", 1, "right")]
    currency: Annotated[str | None, Column("CURRENCY")]
    tariff: Annotated[str | None, Column("TARIFF", 2)]
    net: Annotated[str | None, Column("NET", 2, "right")]
    gross: Annotated[str | None, Column("AFTER", 1, "right")]
    reason: Annotated[str | None, Column("WHY NONE", 2)]


@dataclass
class _Sum:
    """Of one currency."""

    sessions: int = 0
    changed: int = 0
    kept: int = 0
    unpriced: int = 0
    net_before: int = 0
    before: int = 0
    net_after: int = 0
    after: int = 0


class Sums:
    """Sums by currency; of a session that changes its currency each stands under its own."""

    def __init__(self) -> None:
        self._sums: dict[str, _Sum] = {}
        self._reasons: dict[str, Counter[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._sums)

    def take(self, one: Repriced) -> bool:
        """Count one in; whether it has another price now."""
        before, after = one.before, one.after
        was = before["currency"] if before else ""
        currency = after.bill.currency if after else was
        here = self._sums.setdefault(currency, _Sum())
        here.sessions += 1
        here.changed += one.changed
        if after is None:
            here.kept, here.unpriced = here.kept + (before is not None), here.unpriced + (before is None)
            self._count(currency, one.reason or UNREADABLE_RECORD)
        if before is not None:
            there = self._sums.setdefault(was, _Sum())
            there.net_before, there.before = there.net_before + before["net_e4"], there.before + before["gross_e4"]
        net, gross = (before["net_e4"], before["gross_e4"]) if before else (0, 0)
        if after is not None:
            net, _, gross = after.amounts
        here.net_after, here.after = here.net_after + net, here.after + gross
        return one.changed

    def _count(self, currency: str, reason: str) -> None:
        known = self._reasons.setdefault(currency, Counter())
        known[reason if reason in known or len(known) < _REASONS else "other reasons"] += 1

    def rows(self) -> list[RepricedRow]:
        """A row a currency; those without any price have none."""
        return [self._row(currency, found) for currency, found in sorted(self._sums.items())]

    def _row(self, currency: str, found: _Sum) -> RepricedRow:
        told_of: dict[str, Any] = {
            name: value if name in _COUNTS else told(value) for name, value in asdict(found).items()
        }
        reasons = self._reasons.get(currency, Counter())
        return RepricedRow(
            currency or "-",
            **told_of,
            net_difference=told(found.net_after - found.net_before),
            difference=told(found.after - found.before),
            reasons=[f"{count} {reason}" for reason, count in reasons.most_common()],
        )


_COUNTS: Final = ("sessions", "changed", "kept", "unpriced")


@dataclass(frozen=True, kw_only=True)
class Comparison(Query):
    """What it would come to, by currency."""

    path = "session reprice"
    route = ""
    row = RepricedRow
    noun = "currencies"
    heavy = True

    search: Search

    def select(self, read: Read) -> list[RepricedRow]:
        """All of them, added up."""
        return self.in_steps(read, lambda done, total: None)

    def in_steps(self, read: Read, step: Step) -> list[RepricedRow]:
        """The same, with how far it has come."""
        sums, done, total = Sums(), 0, self.search.about(read)
        for some in self.search.each(read):
            for one in some:
                sums.take(one)
            done += len(some)
            step(done, total)
        must_be_there(self.search, found=bool(sums))
        return sums.rows()


@dataclass(frozen=True, kw_only=True)
class SessionBySession(Query):
    """What each of them would come to."""

    path = "session reprice"
    route = ""
    row = RepricedSession
    noun = "sessions"
    told_as = "csv"
    heavy = True

    search: Search

    def select(self, read: Read) -> list[RepricedSession]:
        """All of them, for whoever asks through the API. Raises UsageProblem for more than an answer holds."""
        if self.search.about(read) > _MOST:
            raise UsageProblem(
                f"these are more than {_MOST:,} sessions", hints=["without --each it is told what they come to"]
            )
        return [_row_of(one) for some in self.search.each(read) for one in some]

    def told_fields(self) -> Sequence[Field]:
        """Every column."""
        return fields_of(RepricedSession)

    def in_turn(self, read: Read, each: Each) -> Rows:
        """Each as it is reckoned."""
        batches = ([_cells(_row_of(one)) for one in some] for some in self.search.each(read))
        return Rows(self.told_fields(), batches, self.search.about(read))


def _cells(row: RepricedSession) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _NAMES)


_NAMES: Final = tuple(each.name for each in fields(RepricedSession))


def _row_of(one: Repriced) -> RepricedSession:
    """A session as it is told."""
    was, after = one.before or {}, one.after.told() if one.after else {}
    return RepricedSession(
        str(one.session_id), one.charger_id, one.stopped_at, one.changed,
        was.get("currency"), was.get("tariff_id"), _amount(was, "net_e4"), _amount(was, "gross_e4"),
        after.get("currency"), after.get("tariff_id"), _amount(after, "net_e4"), _amount(after, "gross_e4"),
        one.reason,
    )  # fmt: skip


def _amount(told_of: Mapping[str, Any], name: str) -> str | None:
    return told(told_of[name]) if name in told_of else None
