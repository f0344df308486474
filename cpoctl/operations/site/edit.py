"""Change what our records say of a site, and whose it is from some day on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from cpoctl import events
from cpoctl.domain.owners import first_day
from cpoctl.errors import UsageProblem
from cpoctl.operations import Operator, Option, Outcome, Record, Role
from cpoctl.operations._months_over import ChangesMonths, are, months_over, said
from cpoctl.operations.site import SiteId, known_site, known_zone
from cpoctl.operations.site._owners import begun_anew, owner_row, owner_told
from cpoctl.operations.site._written import Wish
from cpoctl.store import rows

_WRITTEN = "SELECT * FROM site WHERE site_id = ?"
_OWNER = "SELECT owner_id FROM site_owner WHERE site_id = ? AND begins_at <= ? ORDER BY begins_at DESC, site_owner_id DESC LIMIT 1"


@dataclass(frozen=True, kw_only=True)
class EditSite(Wish, ChangesMonths):
    """Change what our records say of a site. What is not named stays; an empty text or 0 clears.

    Its owners are kept for ever: a new one has it from the begin of a day on, by the clock of the site, of today without --from,
    and what was earned before stays the old one's. A day in a month that is over changes what that month's reports say: it wants
    a --reason.
    """

    path = "site edit"
    route = "PATCH /sites/{site}"
    row = Outcome
    role = Role.ADMIN
    examples = (
        "cpoctl site edit HQ --name 'Head office, yard' --note 'gate code at reception'",
        "cpoctl site edit HQ --currency EUR --contact 'A. Kern' --open 'Mon-Sat 06:00-22:00'",
        "cpoctl site edit HQ --owner ACME --from 2027-01-01",
    )

    site: SiteId
    time_zone: Annotated[str | None, Option("its time zone, as Europe/Berlin")] = None
    since: Annotated[
        str | None, Option("the first day of the --owner: 2026-10-01, or always; today without it", long="from")
    ] = None
    reason: Annotated[str | None, Option("why the owner of a month that is over changes, for whoever asks later")] = (
        None
    )

    def again(self, option: str) -> str:
        """The command once more, with this in the place of what was wrong."""
        return f"cpoctl site edit {self.site} {option}"

    def consequence(self) -> str:
        """What it will do."""
        over = self._over(datetime.now().astimezone())
        if not over:
            return super().consequence()
        return (
            f"let site {self.site} be {f'of owner {self.owner}' if self.owner else 'of nobody'} from {self.since} on,"
            f" and with it what is said of {said(over)}, which {are(over)} over"
        )

    def _over(self, now: datetime) -> list[str]:
        return months_over(self.since, now) if self.owner is not None else []

    async def run(self, operator: Operator) -> Outcome:
        """Write the new record, and the new owner beside those before."""
        name = known_site(self.site, operator.live)
        given = self.changes()
        if self.time_zone is not None:
            given["time_zone"] = known_zone(self.time_zone)
        if self.owner is None and (self.since is not None or self.reason is not None):
            raise UsageProblem("--from and --reason are of an owner: say --owner too", target=name)
        if not given and self.owner is None:
            raise UsageProblem("nothing to change was said", target=name, hints=[f"cpoctl site edit {name} --note ''"])
        if "name" in given:
            given["name"] = given["name"] or name
        for old in await operator.store.read(_WRITTEN, [name]):
            await self._write(old, given, operator)
        return Outcome(name, True, "Changed")

    async def _write(self, old: Record, given: dict[str, Any], operator: Operator) -> None:
        row = rows.Site(**old | given)
        unit: list[rows.Row] = [row]
        told: list[events.Event] = [events.SiteChanged(site_id=row.site_id, name=row.name, time_zone=row.time_zone)]
        if row.time_zone != old["time_zone"]:
            unit += await begun_anew(row.site_id, row.time_zone, operator)
        if self.owner is not None and (held := await self._owned(row, operator)):
            unit.append(held)
            told.append(owner_told(held, self.reason))
        await operator.commit(unit, told)

    async def _owned(self, site: rows.Site, operator: Operator) -> rows.SiteOwner | None:
        """Whose it becomes; None where today's owner is named once more. Raises UsageProblem, NotFound."""
        wished, here = await self.wished_owner(operator), operator.clock.now().astimezone(ZoneInfo(site.time_zone))
        day = self._first_day(here)
        held = owner_row(site.site_id, wished, day, site.time_zone, operator)
        if self.since is None:
            known = await operator.store.read(_OWNER, [site.site_id, held.begins_at])
            if (known[0]["owner_id"] if known else None) == wished:
                return None
        return held

    def _first_day(self, here: datetime) -> str:
        """The day that was said, or today. Raises UsageProblem where a month that is over would change and nobody says why."""
        again = f"--owner {self.owner or repr('')}"
        try:
            day = first_day(self.since) if self.since is not None else f"{here:%Y-%m-%d}"
        except ValueError:
            hints = [self.again(f"{again} --from 2026-10-01")]
            raise UsageProblem(f"--from: {self.since!r} is no day", target=self.site, hints=hints) from None
        over = self._over(here)
        if over and not (self.reason or "").strip():
            raise UsageProblem(
                f"--from {self.since}: {said(over)} {are(over)} over, and what reports say of its owner would change",
                target=self.site,
                hints=[self.again(f"{again} --from {self.since} --reason TEXT --yes")],
            )
        return day
