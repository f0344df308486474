"""Change what our records say of a charger: name, note, site, labels, registration."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cpoctl import events
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role, known_charger
from cpoctl.operations.charger import Charger
from cpoctl.operations.site import LONGEST, checked, known_site
from cpoctl.store import rows

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,62}")
_WRITTEN = "SELECT name, note FROM charger WHERE charger_id = ?"
Registration = Literal["Accepted", "Pending", "Rejected"]
LABELS_MOST = 50


@dataclass(frozen=True, kw_only=True)
class EditCharger(Act):
    """Change what our records say of a charger. What is not named stays; an empty text clears."""

    path = "charger edit"
    route = "PATCH /chargers/{charger}"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl charger edit HQ-07 --site HQ --label floor=2 --label owner=acme",
        "cpoctl charger edit HQ-07 --no-label owner --note ''",
    )

    charger: Charger
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
        return f"make {self.charger} {self.registration}: it serves nobody until it is accepted"

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record."""
        name = known_charger(self.charger, operator.live)
        self._must_say_something(name)
        charger = operator.live.chargers[name.casefold()]
        written: dict[str, Any] = next(iter(await operator.store.read(_WRITTEN, [name])), {"name": None, "note": None})
        title = written["name"] if self.name is None else checked("name", self.name)
        note = written["note"] if self.note is None else checked("note", self.note)
        site = None if self.no_site else known_site(self.site, operator.live) if self.site else charger.site_id
        labels = labelled(charger.labels, self.label, self.no_label)
        unit: list[rows.Row] = [rows.ChargerRecord(title, note, site, json.dumps(labels, ensure_ascii=False), name)]
        happened: list[events.Event] = [events.ChargerEdited(charger_id=name, name=title, site_id=site, labels=labels)]
        if self.registration:
            unit.append(rows.ChargerRegistration(self.registration, 1, name))
            happened.append(events.RegistrationChanged(charger_id=name, registration=self.registration, known=True))
        await operator.commit(unit, happened)
        return Outcome(name, True, "Changed")

    def _must_say_something(self, name: str) -> None:
        if self.site and self.no_site:
            raise UsageProblem("--site and --no-site contradict each other", target=name, hints=["cpoctl site list"])
        given = (self.name, self.note, self.site, self.registration)
        if all(value is None for value in given) and not (self.no_site or self.label or self.no_label):
            raise UsageProblem(
                "nothing to change was said", target=name, hints=[f"cpoctl charger edit {name} --label floor=2"]
            )


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
