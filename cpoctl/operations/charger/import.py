"""Add and change chargers from a CSV or JSON file, all of it or nothing."""  # noqa: N999 # a verb's file has its name

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.operations import Danger, Operator, Role, must_be_word
from cpoctl.operations._importing import ImportSheet, Made
from cpoctl.operations._sheets import Unreadable, lines
from cpoctl.operations.charger import _sheet as sheet
from cpoctl.operations.charger._evse_facts import EMPTY
from cpoctl.operations.charger.add import must_be_id
from cpoctl.operations.site import checked, known_site
from cpoctl.store import rows

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

_WRITTEN = "SELECT charger_id, known, name, note, site_id, labels, registration FROM charger WHERE removed_at IS NULL"
_FACTS = "SELECT charger_id, evse_id, rated_w, connector_type, in_service_from FROM evse_record"
_TOLD_AS = {"rated_w": "kw", "connector_type": "connector", "in_service_from": "in_service_from"}
_NEW: Mapping[str, Any] = {
    "known": 0,
    "name": None,
    "note": None,
    "site_id": None,
    "labels": "{}",
    "registration": None,
}


@dataclass(frozen=True, kw_only=True)
class ImportChargers(ImportSheet):
    """Add and change chargers from a file: CSV with a header, or JSON, as `charger export` writes it.

    Of the columns only charger_id must be there, and what the file does not say stays as it is: an empty cell, or null in
    JSON, leaves alone. A lone - clears, or an empty text in JSON. A cell of labels, floor=2,owner=acme, is all that the
    charger then has. A line with an evse_id says kw, connector and in_service_from of that EVSE.

    Nothing is written if any line is bad, unless --skip-bad. A dry run ends with 0 even then: its `bad` counts them.
    Passwords stand in no such file: `charger password` makes them.
    """

    path = "charger import"
    route = "POST /charger-sheet"
    role = Role.ADMIN
    layout = sheet.LAYOUT
    examples = (
        "cpoctl charger import chargers.csv --dry-run",
        "cpoctl charger export --out chargers.csv",
        "cpoctl charger import chargers.csv --skip-bad",
    )

    def danger_now(self) -> Danger:
        """Who is not accepted charges nobody."""
        return Danger.DISRUPTS if self._not_accepted() and not self.dry_run else Danger.HARMLESS

    def consequence(self) -> str:
        """What it will do."""
        return f"import chargers, {self._not_accepted()} of them not as Accepted: these serve nobody until they are"

    def _not_accepted(self) -> int:
        """How many lines make their charger wait, or refuse it."""
        if "registration" not in self.file.casefold():
            return 0
        told = (line.cells.get("registration", "").strip().casefold() for line in lines(self.file, self.layout))
        return sum(word in ("pending", "rejected") for word in told)

    async def making(self, operator: Operator) -> "_Chargers":
        """What makes chargers of lines."""
        kept = {record["charger_id"].casefold(): record for record in await operator.store.read(_WRITTEN)}
        facts = {
            (record["charger_id"].casefold(), record["evse_id"]): record for record in await operator.store.read(_FACTS)
        }
        return _Chargers(kept, facts, operator.live, operator.clock.now())


@dataclass(frozen=True)
class _Chargers:
    """The chargers as they are, and as the lines so far make them."""

    kept: dict[str, dict[str, Any]]
    facts: dict[tuple[str, int], dict[str, Any]]
    live: "LiveFleet"
    now: datetime

    def made(self, cells: dict[str, str]) -> Made:
        """What a line makes of its charger, or of an EVSE."""
        told, evse_id = cells.get("charger_id", "").strip(), sheet.evse(cells)
        old = self.kept.get(told.casefold())
        if evse_id:
            if old is None or not old["known"]:
                raise Unreadable(f"no charger {told}: a line of the charger itself has to stand above")
            row, columns = self._facts(old["charger_id"], evse_id, cells, old["site_id"])
            return Made(f"{old['charger_id']}:{evse_id}", False, columns, row, ())
        if old is None:
            must_be_id(told)
            must_be_word(told, "charger")
            old = {**_NEW, "charger_id": self.live.spelled(told)}
        becomes = old | self._said(cells) | {"known": 1}
        if not old["known"] and "registration" not in cells:
            becomes["registration"] = "Accepted"
        unit, happened = self._written(old, becomes)
        facts, of_evses = self._facts(old["charger_id"], 0, cells, becomes["site_id"])
        columns = tuple(name for name in ("charger_id", *sheet.OF_CHARGERS) if name in cells)
        differ = columns if not old["known"] else tuple(name for name in columns if becomes[name] != old[name])
        is_new = not old["known"]
        return Made(old["charger_id"], is_new, (*differ, *of_evses), (*unit, *facts), happened, becomes)

    def keep(self, made: Made) -> None:
        """Remember the charger, whose EVSEs lines below may be about."""
        if made.becomes:
            self.kept[made.target.casefold()] = made.becomes

    def _said(self, cells: dict[str, str]) -> dict[str, Any]:
        """What a line says of its charger, as it is kept."""
        said: dict[str, Any] = {name: checked(name, cells[name]) for name in ("name", "note") if name in cells}
        if (site := cells.get("site_id")) is not None:
            said["site_id"] = known_site(site.strip(), self.live) if site.strip() else None
        if (told := cells.get("labels")) is not None:
            old = self.kept.get(cells["charger_id"].strip().casefold(), _NEW)
            found = sheet.labels(told, json.loads(old["labels"]))
            said["labels"] = json.dumps(found, ensure_ascii=False)
        if (answer := cells.get("registration")) is not None:
            said["registration"] = sheet.registration(answer)
        return said

    def _written(self, old: dict[str, Any], new: dict[str, Any]) -> "tuple[list[rows.Row], tuple[events.Event, ...]]":
        """The rows and events of what becomes of a charger, but for its EVSEs."""
        unit: list[rows.Row] = []
        happened: list[events.Event] = []
        name, answer = new["charger_id"], new["registration"]
        if old["registration"] is None:
            unit.append(rows.Charger(name, answer, 1, stored(self.now)))
            happened.append(events.ChargerAdded(charger_id=name, registration=answer, known=True))
        elif (answer, 1) != (old["registration"], old["known"]):
            unit.append(rows.ChargerRegistration(answer, 1, name))
            happened.append(events.RegistrationChanged(charger_id=name, registration=answer, known=True))
        if any(new[column] != old[column] for column in ("name", "note", "site_id", "labels")):
            unit.append(rows.ChargerRecord(new["name"], new["note"], new["site_id"], new["labels"], name))
            labels = json.loads(new["labels"])
            happened.append(
                events.ChargerEdited(charger_id=name, name=new["name"], site_id=new["site_id"], labels=labels)
            )
        return unit, tuple(happened)

    def _facts(
        self, name: str, evse_id: int, cells: dict[str, str], site_id: str | None
    ) -> "tuple[tuple[rows.Row, ...], tuple[str, ...]]":
        """The row of what is known of an EVSE, and the columns that are new in it."""
        site = self.live.site(site_id) if site_id else None
        old = self.facts.get((name.casefold(), evse_id), EMPTY)
        new = sheet.facts(cells).facts(old, site.time_zone if site else None)
        differ = tuple(column for field, column in _TOLD_AS.items() if new[field] != old[field])
        return ((rows.EvseRecord(name, evse_id, **new),) if differ else ()), differ
