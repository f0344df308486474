"""Endings: how a session ends, whatever the version that told it.

An end that was taken from the newest reading when an operator closed a session by hand stands in for the charger's own: when
its stop comes after all, whatever it can be believed in takes over (time, register, energy, reason, tag), because the meter
counts. Figures that a person gave stand until a person changes them: what comes then is kept beside them (`csms/claims.py`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome
from cpoctl.csms.claims import claimed
from cpoctl.csms.dating import dated
from cpoctl.csms.metering import kept, text
from cpoctl.domain import metering, sessions, timestamps
from cpoctl.domain.energy import Energy, Reading
from cpoctl.domain.fleet import OpenSession
from cpoctl.store import rows
from cpoctl.store.evidence import judged, read, wanted

_NO_REGISTER = frozenset({"", "-1"})
DEFAULT_REASON = "Local"  # 1.6 §6.49, 2.0.1 E06: may be omitted for Local


class End(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a charger told of an end. `tag_status` is the verdict on the tag that ended it, if one did."""

    raw: str
    meter_wh: float | None
    meter_raw: str
    reason: str | None
    tag_id: str
    tag_status: str | None
    doubts: tuple[str, ...] = ()

    @property
    def reason_told(self) -> str:
        """The reason, by the standard's default."""
        return self.reason or DEFAULT_REASON


def end(session: OpenSession, told: End, ctx: Context, samples: Sequence[rows.MeterValue] = ()) -> Outcome:
    """Record the end with its energy, which is never negative and never invented. The answer is the caller's.

    `samples`: the readings that came with it. What is known beside them the look-up has found, where it was wanted.
    """
    stopped_at, time_doubt = dated(told.raw, ctx)
    used = _used(session, told, stopped_at, samples, ctx)
    doubts = (time_doubt, *_of_clock(session, told.raw, stopped_at, time_doubt, ctx))
    flags = sessions.with_flags(session.flags, *told.doubts, *doubts, *used.flags)
    stop = rows.SessionStop(
        stopped_at=stopped_at,
        stopped_raw=told.raw,
        stop_received_at=ctx.received_at,
        meter_stop_wh=used.stop_wh,
        meter_stop_raw=told.meter_raw,
        energy_wh=used.wh,
        stop_reason=told.reason_told,
        stop_tag_id=told.tag_id or None,
        stop_tag_status=told.tag_status,
        flags=text(flags),
        session_id=session.session_id,
    )
    ended = events.SessionStopped(
        charger_id=ctx.charger.charger_id,
        session_id=session.session_id,
        evse_id=session.evse_id,
        transaction_id=session.transaction_id,
        started_at=session.started_at,
        stopped_at=stop.stopped_at,
        energy_wh=used.wh,
        reason=stop.stop_reason,
        flags=flags,
    )
    return Outcome({}, [stop], [ended])


def _of_clock(
    session: OpenSession, raw: str, stopped_at: str, time_doubt: str | None, ctx: Context
) -> Iterator[str | None]:
    """What is doubtful of the times of a session that ends."""
    yield sessions.backwards(session.started_at, stopped_at)
    yield timestamps.doubted(stopped_at, ctx.now, ctx.received_at)
    known = session.corrected_s or ctx.charger.clock_off_s
    if known and time_doubt in timestamps.BELIEVED and timestamps.is_told(session.flags):
        yield timestamps.changed(session.corrected_s, raw, stopped_at)


def _used(session: OpenSession, told: End, stopped_at: str, samples: Sequence[rows.MeterValue], ctx: Context) -> Energy:
    start_wh, stop_wh = session.meter_start_wh, told.meter_wh
    if (
        start_wh is not None
        and stop_wh is not None
        and not wanted(session, stop_wh)
        and _agrees(samples, session, stop_wh)
    ):
        return Energy(stop_wh - start_wh, start_wh, stop_wh)
    column = ctx.found[0]["evidence"] if ctx.found else None
    known = read(column) if column is not None else None
    began = known.began if known else session.started_at
    first = None if start_wh is None else Reading(session.started_at, began, start_wh)
    last = None if stop_wh is None else Reading(stopped_at, ctx.received_at, stop_wh)
    return judged(first, last, known, samples)


def _agrees(samples: Sequence[rows.MeterValue], session: OpenSession, stop_wh: float) -> bool:
    """Whether the readings of an end say no more than the end itself: none, or one on the way to it, as nearly always."""
    if not samples:
        return True
    known, told = session.energy_wh or session.meter_start_wh or 0.0, samples[0].energy_wh
    return len(samples) == 1 and (told is None or known <= told <= stop_wh)


def complete(earlier: Mapping[str, Any], samples: Sequence[rows.MeterValue], ctx: Context) -> Outcome:
    """Take the closing values of a session that has ended, where its end told no register: they come after the stop."""
    flags = tuple(msgspec.json.decode(earlier["flags"]))
    told = [s for s in samples if s.energy_wh is not None and s.energy_wh >= 0]
    unknown = earlier["meter_stop_wh"] is None or sessions.LAST_READING in flags
    if not told or earlier["stop_received_at"] is None:
        return Outcome({}, [*kept(samples)])
    register = max(told, key=lambda sample: sample.taken_at).energy_wh
    energy, doubt = metering.energy(earlier["meter_start_wh"], register)
    if earlier["decided"]:
        claim = claimed(earlier, ctx, meter_stop_wh=register, energy_wh=energy)
        return Outcome({}, [*kept(samples), *(claim if earlier["meter_stop_raw"] in _NO_REGISTER else ())])
    if not unknown or energy is None or energy < (earlier["energy_wh"] or 0.0):
        return Outcome({}, [*kept(samples)])
    left = tuple(flag for flag in flags if flag not in sessions.ENERGY_UNKNOWN)
    amended = _amended(earlier, register, energy, sessions.with_flags(left, sessions.LAST_READING, doubt), ctx)
    return Outcome({}, [*kept(samples), *amended.rows], amended.events)


def _amended(
    earlier: Mapping[str, Any], register: float | None, energy: float | None, flags: tuple[str, ...], ctx: Context
) -> Outcome:
    row = rows.SessionAmended(
        evse_id=earlier["evse_id"],
        connector_id=None,
        tag_id=earlier["tag_id"],
        tag_status=earlier["tag_status"],
        reservation_id=None,
        remote_start_id=None,
        started_at=earlier["started_at"],
        started_raw=None,
        meter_start_wh=earlier["meter_start_wh"],
        meter_start_raw=None,
        meter_stop_wh=register,
        energy_wh=energy,
        flags=text(flags),
        session_id=earlier["session_id"],
    )
    corrected = events.SessionCorrected(
        charger_id=ctx.charger.charger_id,
        session_id=earlier["session_id"],
        evse_id=earlier["evse_id"],
        transaction_id=earlier["transaction_id"],
        stopped_at=earlier["stopped_at"],
        energy_wh=energy,
        reason=earlier["stop_reason"],
        flags=flags,
    )
    return Outcome({}, [row], [corrected])


def correct(earlier: Mapping[str, Any], told: End, ctx: Context) -> Outcome:
    """Let the charger's facts take over from the end that stands in for its own, where nobody has decided otherwise."""
    stopped_at, time_doubt = dated(told.raw, ctx)
    believed = time_doubt in timestamps.BELIEVED
    energy, meter_doubt = metering.energy(earlier["meter_start_wh"], told.meter_wh)
    measured = energy is not None
    if earlier["decided"]:
        at = stopped_at if believed else None
        beside = claimed(earlier, ctx, stopped_at=at, meter_stop_wh=told.meter_wh, energy_wh=energy)
        return _told_later(earlier, told, ctx, {}, frozenset(), beside)
    if told.meter_wh is None and earlier["energy_wh"] is not None:
        meter_doubt = None  # nothing contradicts what stands in
    settled = sessions.ENERGY_UNKNOWN if measured else frozenset[str]()
    figures: dict[str, Any] = {"stopped_at": stopped_at} if believed else {}
    figures |= {"meter_stop_wh": told.meter_wh, "energy_wh": energy} if measured else {}
    doubts = [time_doubt]
    if believed:
        doubts.append(sessions.backwards(earlier["started_at"], stopped_at))
        doubts.append(timestamps.doubted(stopped_at, ctx.now, ctx.received_at))
        flags = msgspec.json.decode(earlier["flags"])
        if timestamps.is_told(flags):
            begin_s = timestamps.corrected(flags, earlier["started_raw"], earlier["started_at"])
            doubts.append(timestamps.changed(begin_s, told.raw, stopped_at))
    return _told_later(earlier, told, ctx, figures, settled, [], *told.doubts, *doubts, meter_doubt)


def _told_later(
    earlier: Mapping[str, Any], told: End, ctx: Context, figures: dict[str, Any], settled: frozenset[str],
    beside: list[rows.Row], *doubts: str | None,
) -> Outcome:  # fmt: skip
    """The charger's own end, with those of its figures that count."""
    left = tuple(flag for flag in msgspec.json.decode(earlier["flags"]) if flag not in settled)
    flags = sessions.with_flags(left, sessions.STOP_CAME_LATER, *doubts)
    became = {name: earlier[name] for name in ("stopped_at", "meter_stop_wh", "energy_wh")} | figures
    stop = rows.SessionStop(
        stopped_at=became["stopped_at"],
        stopped_raw=told.raw,
        stop_received_at=ctx.received_at,
        meter_stop_wh=became["meter_stop_wh"],
        meter_stop_raw=told.meter_raw,
        energy_wh=became["energy_wh"],
        stop_reason=told.reason_told,
        stop_tag_id=told.tag_id or None,
        stop_tag_status=told.tag_status,
        flags=text(flags),
        session_id=earlier["session_id"],
    )
    corrected = events.SessionCorrected(
        charger_id=ctx.charger.charger_id,
        session_id=stop.session_id,
        evse_id=earlier["evse_id"],
        transaction_id=earlier["transaction_id"],
        stopped_at=stop.stopped_at,
        energy_wh=stop.energy_wh,
        reason=stop.stop_reason,
        flags=flags,
    )
    return Outcome({}, [stop, *beside], [corrected])
