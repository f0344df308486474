"""Sessions as the server writes them: begin, samples, end, and those whose end is never told."""

from cpoctl.domain import metering, sessions
from cpoctl.domain.energy import Energy
from cpoctl.operations.session.close import BY_HAND
from cpoctl.simulator.dice import dice as rolling
from cpoctl.simulator.history.ends import Open, stop_row, text, used
from cpoctl.simulator.history.network import Evse
from cpoctl.simulator.history.outages import Link
from cpoctl.simulator.history.page import Page
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import DAY, MINUTE, second, stored
from cpoctl.simulator.history.statuses import Statuses, clock
from cpoctl.simulator.history.totals import Totals
from cpoctl.simulator.history.visits import Visit
from cpoctl.store import rows

MAINS_V = 230.0
ACTOR = "unix:alice"
_WHY = "the charger has begun another one since"


class Charges:
    """The sessions, numbered as they are heard of."""

    def __init__(self, scale: Scale, page: Page, links: dict[str, Link], totals: Totals, statuses: Statuses) -> None:
        self._scale, self._page, self._links, self._totals, self._statuses = scale, page, links, totals, statuses
        self._dice = rolling("charges", scale.seed)
        self._session = 0
        self._open: dict[Evse, Open] = {}
        self._left: list[Open] = []

    def tell(self, visit: Visit, asked: int | None) -> None:
        """Write a charge down; `asked`: the number of the wish that it came of."""
        self._left_open(visit.evse, visit)
        session = self._begun(visit, asked)
        if visit.curve is not None:
            self._statuses.tell(visit.evse, visit.starts + 4, "Charging")
        self._charged(visit, session)

    def close(self) -> None:
        """Count the sessions that nobody has ended."""
        left = [*self._left, *self._open.values()]
        self._totals.count["sessions_open"] = len(left)
        self._totals.flags.update(flag for session in left for flag in session.flags)

    def _begun(self, visit: Visit, asked: int | None) -> Open:
        self._session += 1
        self._totals.count["sessions"] += 1
        evse, charger = visit.evse, visit.evse.charger
        received = self._links[charger.charger_id].heard(visit.starts)
        raw, started_at, doubt = clock(charger, visit.starts, received)
        begin = None if visit.odd == "no begin reading" else float(evse.register_wh)
        flags = (doubt,) if doubt else ()
        named = str(self._session) if charger.issues else f"{self._dice.getrandbits(64):016x}"
        told_wh = "" if begin is None else str(evse.register_wh)
        self._page.starts.append(
            rows.SessionStart(
                self._session, charger.charger_id, evse.evse_id, 1, named, int(charger.issues), visit.tag_id,
                visit.verdict, None, started_at, raw, stored(received), begin, told_wh,
                int(charger.issues and doubt is None), text(flags), None if charger.issues else asked,
            )
        )  # fmt: skip
        return Open(self._session, evse, visit.tag_id, started_at, stored(received), begin, flags, [])

    def _charged(self, visit: Visit, session: Open) -> None:
        """Samples, what the car does, and the end."""
        evse, charger, curve = visit.evse, visit.evse.charger, visit.curve
        at_link = self._links[charger.charger_id]
        anew = at_link.returns(visit.starts, visit.stops)
        reset_at = anew[0] if anew and visit.draw < 0.25 and not visit.odd and curve else None
        got = self._samples(visit, session, reset_at)
        full = visit.starts + int(curve.full_after) + _paused(visit, visit.stops) if curve else visit.stops
        if visit.pause is not None and visit.pause[0] < full:
            self._statuses.tell(evse, visit.pause[0], "SuspendedEVSE")
            self._statuses.tell(evse, visit.pause[1], "Charging")
        if full < visit.stops - 5:
            self._statuses.tell(evse, full, "SuspendedEV")
        register = evse.register_wh + got - (self._before(visit, reset_at, evse) if reset_at else 0)
        self._totals.count["delivered_wh"] += got
        begin, evse.register_wh = evse.register_wh, register
        if visit.odd == "no stop":
            self._open[evse] = session
            return
        shown: int | None = register
        if visit.odd == "regressed":
            shown = max(0, begin - 4_000)
        elif visit.odd == "no end reading":
            shown = None
        elif visit.odd == "wavers" and session.samples and full < visit.stops:
            shown = register - 1
        self._ended(visit, session, shown, [stored(at) for at in anew])
        if visit.stops < visit.leaves - 5 and not visit.broke:
            self._statuses.tell(evse, visit.stops + 1, "Finishing")

    def _before(self, visit: Visit, at: int, evse: Evse) -> int:
        """What the register showed when it was lost: it goes on from 0."""
        curve = visit.curve
        return evse.register_wh + (
            int(curve.charged(max(0, at - visit.starts - _paused(visit, at)))[0]) if curve else 0
        )

    def _samples(self, visit: Visit, session: Open, reset_at: int | None) -> int:
        """Write the samples down; returns what the car got."""
        evse, curve, link = visit.evse, visit.curve, self._links[visit.evse.charger.charger_id]
        if curve is None:
            return 0
        charger, step = evse.charger, self._scale.sample_s
        step = max(MINUTE, step // 3) if step and not curve.phases else step
        heard = None if link.held(visit.starts, visit.stops) else link.heard
        zero = evse.register_wh - (self._before(visit, reset_at, evse) if reset_at else 0)
        samples = session.samples
        for at in range(visit.starts + step, visit.stops, step) if step else ():
            lasted = at - visit.starts - (_paused(visit, at) if visit.pause else 0)
            charged, power, soc = curve.charged(lasted)
            drawn = 0.0 if lasted >= curve.full_after or (visit.pause and _in_pause(visit, at)) else float(round(power))
            begin = evse.register_wh if reset_at is None or at < reset_at else zero
            register = float(begin + int(charged))
            if visit.odd == "kwh":
                register = round(register / 1000, 3)
            received = at + 1 if heard is None else heard(at)
            raw, taken_at, doubt = clock(charger, at, received)
            volts = MAINS_V if curve.phases else 350 + 80 * soc
            samples.append(
                rows.MeterValue(
                    charger.charger_id, evse.evse_id, session.session_id, raw, "Sample.Periodic", taken_at,
                    second(received) + ".000Z", register, drawn, round(drawn / volts / (curve.phases or 1), 1),
                    round(volts, 1), None if curve.phases else round(100 * soc, 1), None,
                    f'["{doubt}"]' if doubt else None,
                )
            )  # fmt: skip
        self._page.samples += samples
        self._totals.count["samples"] += len(samples)
        lasted = visit.stops - visit.starts - _paused(visit, visit.stops)
        return int(curve.charged(lasted)[0])

    def _ended(self, visit: Visit, session: Open, shown: int | None, links: list[str]) -> None:
        charger = visit.evse.charger
        received = self._links[charger.charger_id].heard(visit.stops)
        raw, stopped_at, doubt = clock(charger, visit.stops, received)
        found = used(session, None if shown is None else float(shown), stopped_at, stored(received), links)
        by_tag = visit.verdict if visit.reason == "Local" else None
        told_wh = "-1" if shown is None else str(shown)
        row, flags = stop_row(session, found, raw, stopped_at, stored(received), told_wh, visit.reason, by_tag, doubt)
        self._page.stops.append(row)
        self._totals.flags.update(flags)
        self._totals.ended(charger.site, stopped_at, found.wh, visit.reason)

    def _left_open(self, evse: Evse, visit: Visit) -> None:
        """Another one begins where a session never ended: it is flagged, and days later somebody may close it."""
        session = self._open.pop(evse, None)
        if session is None:
            return
        session.flags = sessions.with_flags(session.flags, sessions.SUPERSEDED)
        self._page.flags.append(rows.SessionFlags(text(session.flags), session.session_id))
        closed_at = visit.starts + self._dice.randrange(1, 5) * DAY
        if self._dice.random() < 0.3 or closed_at >= self._scale.end:
            self._left.append(session)
            return
        newest = session.samples[-1] if session.samples else None
        register = newest.energy_wh if newest else None
        stopped_at = max(newest.taken_at, session.started_at) if newest else session.started_at
        wh, doubt = metering.energy(session.meter_start_wh, register)
        found = Energy(wh, session.meter_start_wh, register)
        row, flags = stop_row(session, found, "", stopped_at, None, "", BY_HAND, None, sessions.CLOSED_BY_HAND, doubt)
        self._page.stops.append(row)
        self._page.others.append(
            rows.SessionClosing(session.session_id, stored(closed_at), ACTOR, _WHY, stopped_at, register, wh)
        )
        self._totals.count["closed_by_hand"] += 1
        self._totals.flags.update(flags)
        self._totals.ended(evse.charger.site, stopped_at, wh, BY_HAND)


def _paused(visit: Visit, at: int) -> int:
    """For how many seconds it was paused until then."""
    return 0 if visit.pause is None else max(0, min(at, visit.pause[1]) - visit.pause[0])


def _in_pause(visit: Visit, at: int) -> bool:
    return visit.pause is not None and visit.pause[0] <= at < visit.pause[1]
