"""Export the sessions that ended in a period, for an accountant or another program; a million of them in a few seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.errors import UsageProblem, nearest
from cpoctl.formats import Packed, Rows
from cpoctl.operations import Each, Option, Read
from cpoctl.operations.report import CHARGER_ZONE, OF_CHARGER, Report
from cpoctl.operations.session._columns import BY_NAME, USUAL, ExportRow, joins, named, packed
from cpoctl.operations.session._template import Template
from cpoctl.operations.session._template import read as read_template
from cpoctl.operations.session._worked_out import is_worked_out, source, worked_out
from cpoctl.table import Field, fields

_LONGEST = timedelta(days=400)  # a session's begin lies so far before its end, at the most
_TOTAL = "SELECT count(*) AS n FROM session WHERE stopped_at >= :first AND stopped_at < :last"


@dataclass(frozen=True, kw_only=True)
class ExportSessions(Report):
    """Export the sessions that ended in a period, in the order of their ends: as CSV, or in another format by -o.

    `--columns all` tells all columns, `--columns a,b` those. A template in TOML says which columns an accounting package
    wants, called how, in which order and form.
    """

    path = "session export"
    route = "GET /session-sheet"
    row = ExportRow
    noun = "sessions"
    told_as = "csv"
    needs = frozenset({"sessions", "energy"})
    examples = (
        "cpoctl session export --from last-month --out '/srv/export/sessions-{month}.csv'",
        "cpoctl session export --from 2026-Q3 --site hq --columns session_id,end_local,tag_id,energy_kwh,gross",
        "cpoctl session export --from last-month --template datev.toml --out 'umsatz-{month}.csv'",
    )

    columns: Annotated[str | None, Option("only these columns; all: every one (docs/reports.md lists them)")] = None
    template: Annotated[str | None, Option("a file that says columns, headers and forms", kind="path")] = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant. Raises UsageProblem."""
        super().__post_init__()
        if self.columns and self.template:
            raise UsageProblem("--columns and --template both say which columns", hints=[f"cpoctl {self.path} --help"])
        _ = self.names

    @cached_property
    def names(self) -> Sequence[str]:
        """The columns that are read. Raises UsageProblem."""
        if self._template:
            return self._template.fields
        if self.columns is None:
            return USUAL
        if self.columns == "all":
            return list(BY_NAME)
        wanted = [name.strip() for name in self.columns.split(",") if name.strip()]
        for name in wanted:
            if name not in BY_NAME:
                hint = f"cpoctl {self.path} --columns all    or of: {' '.join(BY_NAME)}"
                raise UsageProblem(f"--columns: no column {name}{nearest(name, BY_NAME)}", hints=[hint])
        if len(set(wanted)) != len(wanted) or not wanted:
            raise UsageProblem("--columns: each column once", hints=[f"cpoctl {self.path} --columns all"])
        return wanted

    @cached_property
    def _template(self) -> Template | None:
        return read_template(self.template) if self.template else None

    def select(self, read: Read) -> list[Any]:
        """Every session, for whoever asks through the API."""
        told, rest, given = self._statement(read)
        found = [tuple(record.values()) for record in read(f"SELECT {named(told)} {rest}", given)]
        rows = worked_out(self.names, [found], read) if self._works_out and found else [found]
        return [ExportRow(**dict(zip(self.names, row, strict=True))) for some in rows for row in some]

    def told_fields(self) -> Sequence[Field]:
        """Those of the columns that are read."""
        known = {field.name: field for field in fields(ExportRow)}
        return [known[name] for name in self.names]

    def in_turn(self, read: Read, each: Each) -> Rows:
        """Every session as it is read."""
        told, rest, given = self._statement(read)
        total = None if self.site or self.charger or self.tag else read(_TOTAL, given)[0]["n"]
        if self._works_out:
            return Rows(
                self.told_fields(), worked_out(self.names, each(f"SELECT {named(told)} {rest}", given), read), total
            )
        numbers = frozenset(name for name in self.names if BY_NAME[name].kind in ("number", "decimal"))
        lines = ([row[0] for row in batch] for batch in each(f"SELECT {packed(told)} {rest}", given))
        return Rows(
            self.told_fields(), each(f"SELECT {named(told)} {rest}", given), total, packed=Packed(lines, numbers)
        )

    @cached_property
    def _works_out(self) -> bool:
        """Whether a column is read that no SQL tells."""
        return any(is_worked_out(BY_NAME[name].sql) for name in self.names)

    def laid_out(self, rows: Rows) -> Rows:
        """As the template has it."""
        return self._template.laid_out(rows) if self._template else rows

    def _statement(self, read: Read) -> tuple[dict[str, str], str, dict[str, Any]]:
        """The columns with their SQL, what comes after them, and what both are given."""
        spans = list(self.spans(read))
        given = {**self._given(), "first": min(g["begin"] for _, g in spans), "last": max(g["end"] for _, g in spans)}
        ended = " ".join(
            f"WHEN '{zone.key}' THEN s.stopped_at >= '{g['begin']}' AND s.stopped_at < '{g['end']}'"
            for zone, g in spans
        )
        told = {name: _sql(source(BY_NAME[name].sql), spans) for name in self.names}
        rest = (
            f"FROM session s {OF_CHARGER.format(of='s')} {joins(self.names)}"
            f" WHERE s.stopped_at >= :first AND s.stopped_at < :last AND CASE {CHARGER_ZONE} {ended} END"
            " AND s.dropped_at IS NULL AND (:site IS NULL OR site.site_id = :site) AND (:charger IS NULL OR s.charger_id = :charger)"
            " AND (:tag IS NULL OR s.tag_id = :tag COLLATE NOCASE) ORDER BY s.stopped_at, s.session_id"
        )
        return told, rest, given


def _sql(sql: str, spans: Sequence[tuple[ZoneInfo, dict[str, Any]]]) -> str:
    """A column's SQL; of a local time one that knows the zones' offsets in this time."""
    kind, _, instant = sql.partition(":")
    if sql == "zone":
        return CHARGER_ZONE
    if kind != "local":
        return sql
    cases = " ".join(
        f"WHEN '{zone.key}' THEN {_local(instant, zone, parsed(given['begin']) - _LONGEST, parsed(given['end']))}"
        for zone, given in spans
    )
    return f"CASE {CHARGER_ZONE} {cases} END"


def _local(instant: str, zone: ZoneInfo, begin: datetime, end: datetime) -> str:
    whens = " ".join(
        f"WHEN {instant} >= '{stored(since)}' THEN {_shifted(instant, offset)}"
        for since, offset in reversed(offsets(zone, begin, end)[1:])
    )
    first = _shifted(instant, offsets(zone, begin, end)[0][1])
    return f"CASE {whens} ELSE {first} END" if whens else first


def _shifted(instant: str, offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    if not minutes:
        return f"substr({instant}, 1, 19) || '+00:00'"
    sign, hours = "-" if minutes < 0 else "+", abs(minutes)
    return f"strftime('%Y-%m-%dT%H:%M:%S', {instant}, '{minutes:+d} minutes') || '{sign}{hours // 60:02d}:{hours % 60:02d}'"


def offsets(zone: ZoneInfo, begin: datetime, end: datetime) -> list[tuple[datetime, timedelta]]:
    """A zone's offsets from UTC between two instants, with since when each holds; the first holds from the begin."""
    found = [(begin, _offset(begin, zone))]
    at = begin
    while at < end:
        following = min(at + timedelta(days=7), end)
        if _offset(following, zone) != found[-1][1]:
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(middle, zone) == found[-1][1] else (low, middle)
            found.append((high.replace(microsecond=0), _offset(high, zone)))
        at = following
    return found


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
