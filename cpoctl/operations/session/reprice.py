"""Price sessions anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Annotated, Self

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import periods
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Argument, Danger, Operator, Option, Query, Role
from cpoctl.operations.session import number
from cpoctl.operations.session._repriced import Comparison, RepricedRow, SessionBySession, Sums
from cpoctl.operations.session._repricing import Place, Search, must_be_there

_EXAMPLE = "cpoctl session reprice 42 --reason 'the tariff was assigned too late' --yes"


@dataclass(frozen=True, kw_only=True)
class RepriceSessions(Act):
    """Price a session anew, or all that ended in a time: by the tariffs that are assigned for their begin now.

    What they were said to cost before is kept beside it, with who did this and why. Sessions without a tariff keep what they have.
    It is told by currency how many change, what all of them came to and come to now, and why some cannot be priced.
    --dry-run tells the same and changes nothing; with --each it tells every session.
    """

    path = "session reprice"
    route = "POST /sessions/reprice"
    row = RepricedRow
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    takes_minutes = True
    nothing = "No session ended then."
    examples = (
        _EXAMPLE,
        "cpoctl session reprice --from 2026-10 --charger HQ-07 --unpriced --reason 'the tariff came late' --yes",
        "cpoctl session reprice --from 2026-10 --site HQ --reason 'price agreed with the owner' --yes",
        "cpoctl session reprice --from 2026-10 --reason 'what would it change' --dry-run --each -o jsonl",
    )

    session: Annotated[str | None, Argument("the session's number; --from without it")] = None
    reason: Annotated[str, Option("why, for whoever asks later")]
    since: Annotated[
        str | None, Option("sessions that ended in this month or day, or from then on", kind="day", long="from")
    ] = None
    until: Annotated[str | None, Option("and before then", kind="day", long="to")] = None
    site: Annotated[str | None, Option("only those of this site", kind="site")] = None
    charger: Annotated[str | None, Option("only those of this charger", kind="charger")] = None
    unpriced: Annotated[bool, Option("only those that have no price: none that stands is changed")] = False
    each: Annotated[bool, Option("with --dry-run: every session, and not what they come to")] = False

    def consequence(self) -> str:
        """What it will do."""
        if self.session:
            return f"change what session {self.session} cost"
        where = f" at {self.charger or self.site}" if self.charger or self.site else ""
        which = "that have no price" if self.unpriced else "as all of them are priced now"
        return f"change what the sessions of {self.since}{where} cost, {which}"

    def pinned(self, now: datetime) -> Self:
        """The same period, by the calendar of whoever says `last-month`."""
        if self.since is None:
            return self
        since, until = self._period(self.since, now).words
        return replace(self, since=since, until=until)

    def preview(self, now: datetime) -> Query:
        """What it would come to."""
        search = self._search(now)
        return SessionBySession(search=search) if self.each else Comparison(search=search)

    async def run(self, operator: Operator) -> list[RepricedRow]:
        """A batch after the other, each committed before the next is looked at."""
        if self.each:
            hint = "cpoctl session export --columns session_id,tariff_id,net,gross,price_reason    what they cost now"
            raise UsageProblem("--each is for --dry-run", hints=[hint])
        search, sums = self._search(operator.clock.now()), Sums()
        place: Place | None = Place()
        done, total = 0, await operator.store.reading(search.about)
        while place is not None:
            found, place = await operator.store.reading(partial(search.after, place))
            changed = [one for one in found if sums.take(one)]
            done += len(found)
            unit, now = [], stored(operator.clock.now())
            for one in changed:
                unit += one.unit(now, operator.actor, self.reason)
            far = events.WorkProgressed(operation=self.path, actor=operator.actor, done=done, total=max(done, total))
            await operator.commit(unit, [*(one.event(operator.actor) for one in changed), far])
        must_be_there(search, found=bool(sums))
        return sums.rows()

    def _search(self, now: datetime) -> Search:
        if not self.reason.strip():
            raise UsageProblem("--reason is empty", hints=[_EXAMPLE])
        if (self.session is None) == (self.since is None):
            raise UsageProblem("say a session, or --from", hints=[_EXAMPLE])
        if self.since is None:
            if self.site or self.charger or self.unpriced:
                raise UsageProblem("--site, --charger and --unpriced are for --from", hints=[_EXAMPLE])
            return Search(number(self.session or ""), None, now)
        period = self._period(self.since, now.astimezone())
        return Search(None, period, now, self.site, self.charger, self.unpriced)

    def _period(self, since: str, now: datetime) -> periods.Period:
        try:
            return periods.read(since, self.until, now)
        except ValueError as error:
            raise UsageProblem(str(error), hints=[_EXAMPLE]) from None
