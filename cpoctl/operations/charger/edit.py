"""Change what our records say of a charger or an EVSE: name, note, site, labels, registration, power, connector."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role, Target, at_evse, whole_charger
from cpoctl.operations.charger import Place, spoken
from cpoctl.operations.charger._evse_facts import EvseFacts
from cpoctl.operations.site import LONGEST, checked, known_site
from cpoctl.store import rows

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,62}")
_WRITTEN = "SELECT name, note FROM charger WHERE charger_id = ?"
Registration = Literal["Accepted", "Pending", "Rejected"]
LABELS_MOST = 50


@dataclass(frozen=True, kw_only=True)
class EditCharger(EvseFacts, Act):
    """Change what our records say of a charger. What is not named stays; an empty text clears.

    Power, connector and the day from which it serves are for reports. Said of a charger they hold for each of its EVSEs
    of which nothing else is said; said of an EVSE, as HQ-07:2, for that one.
    """

    path = "charger edit"
    route = "PATCH /chargers/{charger}"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl charger edit HQ-07 --site HQ --label floor=2 --label owner=acme",
        "cpoctl charger edit HQ-07 --no-label owner --note ''",
        "cpoctl charger edit HQ-07 --kw 22 --connector type2 --in-service-from 2026-10-01",
        "cpoctl charger edit HQ-07:2 --kw 50 --connector ccs2",
    )

    charger: Place
    name: Annotated[str | None, Option("what people call it")] = None
    note: Annotated[str | None, Option("what is worth knowing of it")] = None
    site: Annotated[str | None, Option("the site that it belongs to", kind="site")] = None
    no_site: Annotated[bool, Option("let it belong to no site")] = False
    label: Annotated[tuple[str, ...], Option("a label to set, as KEY=VALUE", kind="label")] = ()
    no_label: Annotated[tuple[str, ...], Option("a label to take away, by its key")] = ()
    registration: Annotated[Registration | None, Option("what its boot is answered")] = None

    def danger_now(self) -> Danger:
        """Who is not accepted charges nobody."""
        return Danger.HARMLESS if self.registration in (None, "Accepted") else Danger.DISRUPTS

    def consequence(self) -> str:
        """What it will do."""
        if self.registration in (None, "Accepted"):  # many are asked for, whatever it is
            return f"change what our records say of {self.charger}"
        return f"make {self.charger} {self.registration}: it serves nobody until it is accepted"

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record."""
        at = at_evse(self.charger, operator.live)
        written = self._must_say_something(at.charger_id)
        unit: list[rows.Row] = []
        happened: list[events.Event] = []
        if written:
            whole_charger(self.charger, operator.live)
            record, edited = await self._record(at.charger_id, operator)
            unit.append(record)
            happened.append(edited)
        if self.registration:
            unit.append(rows.ChargerRegistration(self.registration, 1, at.charger_id))
            told = events.RegistrationChanged(charger_id=at.charger_id, registration=self.registration, known=True)
            happened.append(told)
        if self.says_facts:
            unit.append(await self.facts_row(at, _zone(at, operator), operator))
        await operator.commit(unit, happened)
        return Outcome(spoken(at), True, "Changed")

    async def _record(self, name: str, operator: Operator) -> "tuple[rows.ChargerRecord, events.ChargerEdited]":
        """What is written about the charger as it becomes, with the event that tells it."""
        charger = operator.live.chargers[name.casefold()]
        written: dict[str, Any] = next(iter(await operator.store.read(_WRITTEN, [name])), {"name": None, "note": None})
        title = written["name"] if self.name is None else checked("name", self.name)
        note = written["note"] if self.note is None else checked("note", self.note)
        site = None if self.no_site else known_site(self.site, operator.live) if self.site else charger.site_id
        labels = labelled(charger.labels, self.label, self.no_label)
        record = rows.ChargerRecord(title, note, site, json.dumps(labels, ensure_ascii=False), name)
        return record, events.ChargerEdited(charger_id=name, name=title, site_id=site, labels=labels)

    def _must_say_something(self, name: str) -> bool:
        """Whether anything but facts of EVSEs is said. Raises UsageProblem for nothing at all."""
        if self.site and self.no_site:
            raise UsageProblem("--site and --no-site contradict each other", target=name, hints=["cpoctl site list"])
        given = (self.name, self.note, self.site, self.registration)
        written = any(value is not None for value in given) or bool(self.no_site or self.label or self.no_label)
        if not written and not self.says_facts:
            raise UsageProblem(
                "nothing to change was said", target=name, hints=[f"cpoctl charger edit {name} --label floor=2"]
            )
        return written


def _zone(at: Target, operator: Operator) -> str | None:
    """The time zone of the charger's site."""
    charger = operator.live.chargers[at.charger_id.casefold()]
    site = operator.live.site(charger.site_id) if charger.site_id else None
    return site.time_zone if site else None


def labelled(old: dict[str, str], given: tuple[str, ...], gone: tuple[str, ...]) -> dict[str, str]:
    """The labels after the change, sorted by key. Raises UsageProblem for one that cannot be."""
    labels = dict(old)
    for key in gone:
        labels.pop(key, None)
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not _LABEL.fullmatch(key) or len(value) > LONGEST or "," in value:
            raise UsageProblem(
                f"--label: {text!r} is not KEY=VALUE: a key has letters, digits and . _ / -, a value no comma",
                hints=["cpoctl charger edit HQ-07 --label floor=2"],
            )
        labels[key] = value
    if len(labels) > LABELS_MOST:
        raise UsageProblem(f"a charger has at most {LABELS_MOST} labels, these are {len(labels)}")
    return dict(sorted(labels.items()))
