"""Dating: the times that chargers tell, without the error of a clock that is known to be wrong (RELIABILITY V-04)."""

from datetime import datetime, timedelta

from cpoctl.clock import parsed, stored
from cpoctl.csms.actions import Context
from cpoctl.domain import timestamps
from cpoctl.domain.clocks import fits, proves_right
from cpoctl.domain.live import LiveCharger


def dated(raw: str, ctx: Context) -> tuple[str, str | None]:
    """A charger's time as it is stored, and a flag when it is not simply what the charger said.

    A known error is taken off, but where the time shows that the clock has been set right since.
    """
    off_s = ctx.charger.clock_off_s
    if not off_s:  # as nearly always
        return timestamps.effective_text(raw, ctx.now)
    moment, doubt = timestamps.effective(raw, ctx.now)
    if doubt not in timestamps.BELIEVED or is_right(moment, ctx.now, ctx.charger):
        return stored(moment), doubt
    return stored(moment - timedelta(seconds=off_s)), doubt or timestamps.CLOCK


def is_right(told: datetime, now: datetime, charger: LiveCharger) -> bool:
    """Whether a time that a charger told just now shows that its clock, known to be wrong, has been set right."""
    ahead = (told - now).total_seconds()
    if not fits(ahead):  # as nearly always
        return False
    link, left_at = charger.link, charger.left_at
    since = parsed(link.since).timestamp() if link else None
    left = parsed(left_at).timestamp() if left_at else None
    return proves_right(ahead, charger.clock_off_s, now.timestamp(), since, left)
