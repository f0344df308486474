"""What the server writes of what happens: charges, refusals, wishes of apps, strays and faults, in the order of hearing of it."""

import json

from cpoctl import events
from cpoctl.domain import tags
from cpoctl.simulator.history.charges import ACTOR, Charges
from cpoctl.simulator.history.network import Charger, Evse
from cpoctl.simulator.history.outages import Broken, Link
from cpoctl.simulator.history.page import Page
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import DAY, stored, told
from cpoctl.simulator.history.statuses import Statuses
from cpoctl.simulator.history.totals import Totals
from cpoctl.simulator.history.visits import Refusal, Stray, TurnedAway, Visit
from cpoctl.store import rows

EVENTS_LAST_S = 90 * DAY
"""How long the server keeps its events."""
EXCUSES = {"maintenance": "maintenance", "cable cut off": "vandalism"}


class Teller:
    """Turns happenings into rows on a page that is taken now and then."""

    def __init__(self, scale: Scale, links: dict[str, Link], totals: Totals) -> None:
        self.page = Page()
        self._scale, self._links, self._totals = scale, links, totals
        self._statuses = Statuses(self.page, links, totals)
        self._charges = Charges(scale, self.page, links, totals, self._statuses)
        self._command = self._event = 0

    def tell(self, happening: "Visit | Refusal | TurnedAway | Stray | Broken", evse: Evse | None = None) -> None:
        """Write one down."""
        match happening:
            case Visit():
                self._visit(happening)
            case Refusal():
                self._refusal(happening.charger, happening.at, happening.tag_id, happening.verdict)
                self._totals.count["authorize_refused"] += 1
            case TurnedAway():
                self._totals.count["turned_away"] += 1
                if happening.app:
                    self._asked(happening.evse, happening.at, happening.tag_id, "Rejected")
            case Stray():
                self._stray(happening)
            case Broken() if evse is not None:
                self._broken(happening, evse)

    def close(self) -> None:
        """There is no more to tell."""
        self._charges.close()

    def _visit(self, visit: Visit) -> None:
        if visit.verdict != tags.ACCEPTED:
            self._totals.count["refused"] += 1
            self._refusal(visit.evse.charger, visit.starts, visit.tag_id, visit.verdict)
        asked = self._asked(visit.evse, visit.starts - 2, visit.tag_id, "Accepted") if visit.app else None
        self._statuses.tell(visit.evse, visit.arrives, "Preparing")
        self._charges.tell(visit, asked)
        if not visit.broke:
            self._statuses.tell(visit.evse, visit.leaves, "Available")

    def _refusal(self, charger: Charger, at: int, tag_id: str, verdict: str) -> None:
        received = self._links[charger.charger_id].heard(at)
        if verdict == tags.INVALID:
            self.page.others.append(rows.UnknownTag(tag_id, charger.charger_id, stored(received)))
        if received < self._scale.end - EVENTS_LAST_S:
            return
        self._event += 1
        told_of = events.TagRefused(charger_id=charger.charger_id, tag_id=tag_id, status=verdict)
        data = json.dumps(events.as_data(told_of))
        self.page.others.append(rows.Event(self._event, stored(received), told_of.type, charger.charger_id, data))

    def _asked(self, evse: Evse, at: int, tag_id: str, status: str) -> int:
        """Somebody asks with an app; the number of the wish."""
        self._command += 1
        number, charger = self._command, evse.charger
        if charger.issues:
            action, request = "RemoteStartTransaction", {"idTag": tag_id, "connectorId": evse.evse_id}
        else:
            token = {"idToken": tag_id, "type": "Central"}
            action, request = (
                "RequestStartTransaction",
                {"evseId": evse.evse_id, "remoteStartId": number, "idToken": token},
            )
        asked = stored(at)
        self.page.commands.append(
            rows.Command(number, charger.charger_id, action, json.dumps(request), "key:app", "queued", asked)
        )
        answer = json.dumps({"status": status})
        state = status.lower()
        self.page.outcomes.append(rows.CommandState(state, f"app-{number}", asked, stored(at + 1), answer, number))
        return number

    def _stray(self, stray: Stray) -> None:
        charger_id = stray.charger.charger_id
        payload = {"transactionId": stray.number, "timestamp": told(stray.at), "meterStop": stray.number % 90_000}
        received = stored(self._links[charger_id].heard(stray.at))
        self.page.others.append(
            rows.Orphan(
                received,
                charger_id,
                None,
                "StopTransaction",
                str(stray.number),
                "unknown transaction",
                json.dumps(payload),
            )
        )
        self._totals.count["orphans"] += 1

    def _broken(self, broken: Broken, evse: Evse) -> None:
        fault = broken.fault
        error = fault.code if fault.code != "NoError" else None
        self._statuses.tell(evse, broken.begin, broken.status, error, fault.info or None, fault.vendor_code or None)
        self._statuses.tell(evse, broken.end, "Available")
        self._totals.count["faults"] += broken.status == "Faulted"
        self._totals.count["faulted_s"] += broken.end - broken.begin if broken.status == "Faulted" else 0
        excuse = EXCUSES.get(fault.info)
        if excuse is not None:
            begin, end = stored(broken.begin), stored(broken.end)
            self.page.others.append(
                rows.OutageExcuse(
                    evse.charger.charger_id, evse.evse_id, begin, end, excuse, fault.info, end, ACTOR, None
                )
            )
