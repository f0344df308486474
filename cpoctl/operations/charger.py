"""Chargers: who they are, who may connect, and what they are told to do."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import ChargerOffline, Conflict, UsageProblem
from cpoctl.operations import (
    Act,
    Argument,
    Danger,
    Operator,
    Option,
    Outcome,
    Query,
    Read,
    Request,
    Role,
    Secret,
    accepted,
    known_charger,
    one,
    target,
)
from cpoctl.store import rows
from cpoctl.table import Column, ago, kw, kwh, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

NAMES = "SELECT charger_id FROM charger WHERE removed_at IS NULL"
Charger = Annotated[str, Argument("the charger's id", kind="charger")]
Timeout = Annotated[float, Option("seconds to wait for the charger's answer")]
PASSWORD_KEY = "AuthorizationKey"  # noqa: S105 # the name of a 1.6 variable, security whitepaper §5.2


@dataclass(frozen=True)
class ChargerRow:
    """A charger in a list. `stale` when no server was there to say who is connected."""

    charger_id: Annotated[str, Column("CHARGER")]
    status: Annotated[str, Column("STATUS")]
    connected: Annotated[bool | None, Column("ONLINE", 2)]
    power_w: Annotated[float | None, Column("kW", 2, "right", kw)]
    sessions_open: Annotated[int, Column("SESSIONS", 3, "right")]
    last_seen_at: Annotated[str | None, Column("SEEN", 2, "right", ago)]
    registration: Annotated[str, Column("REGISTRATION", 3)]
    version: Annotated[str | None, Column("OCPP", 4)]
    vendor: Annotated[str | None, Column("VENDOR", 4)]
    model: Annotated[str | None, Column("MODEL", 3)]
    firmware: Annotated[str | None, Column("FIRMWARE", 4)]
    serial: str | None
    booted_at: str | None
    auth: str
    stale: bool


_LIST = """
SELECT c.charger_id, NULL AS connected, NULL AS power_w, c.last_seen_at, c.registration, c.version, c.vendor, c.model,
       c.firmware, c.serial, c.booted_at, 1 AS stale,
       CASE WHEN c.password_hash IS NULL THEN 'none' ELSE 'basic' END AS auth,
       (SELECT count(*) FROM session s WHERE s.charger_id = c.charger_id AND s.stopped_at IS NULL) AS sessions_open,
       (SELECT group_concat(e.status) FROM evse e WHERE e.charger_id = c.charger_id
         AND (e.evse_id > 0 OR e.status NOT IN ('Available'))) AS statuses
FROM charger c
WHERE c.removed_at IS NULL AND c.known = :known
ORDER BY c.charger_id
"""

_WORST_FIRST = (
    "Faulted", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Preparing", "Occupied", "Reserved",
    "Unavailable", "Available",
)  # fmt: skip


def telling(statuses: list[str]) -> str:
    """The one status that says most of a charger with several EVSEs."""
    return next((status for status in _WORST_FIRST if status in statuses), statuses[0] if statuses else "Unknown")


def _row(record: dict[str, Any]) -> ChargerRow:
    statuses = (record.pop("statuses") or "").split(",")
    status = telling([word for word in statuses if word])
    return ChargerRow(**record | {"status": status, "stale": bool(record["stale"])})


@dataclass(frozen=True, kw_only=True)
class ListChargers(Query):
    """List the chargers with what is known of each."""

    path = "charger list"
    route = "GET /chargers"
    row = ChargerRow
    noun = "chargers"
    examples = ("cpoctl charger list", "cpoctl charger list --json | jq -r '.[] | select(.connected) | .charger_id'")

    def select(self, read: Read) -> list[ChargerRow]:
        """Every known charger."""
        return [_row(record) for record in read(_LIST, {"known": 1})]

    def overlay(self, row: ChargerRow, live: "LiveFleet", now: datetime) -> ChargerRow:
        """Add what the live state knows."""
        return with_live(row, live)


RowType = TypeVar("RowType", bound=ChargerRow)


def with_live(row: RowType, live: "LiveFleet") -> RowType:
    """The row as of now. An offline charger is Offline, whatever it said last."""
    charger = live.charger(row.charger_id)
    if charger is None:
        return replace(row, stale=False)
    statuses = [evse.status for evse in charger.evses.values() if evse.evse_id > 0 or evse.status != "Available"]
    powers = [s.power_w for s in charger.sessions.values() if s.power_w is not None]
    return replace(
        row,
        connected=charger.connected,
        status=telling(statuses) if charger.connected else "Offline",
        power_w=sum(powers) if powers and charger.connected else None,
        sessions_open=len(charger.sessions),
        last_seen_at=stored(charger.last_seen) if charger.last_seen else row.last_seen_at,
        version=charger.link.version if charger.link else row.version,
        auth=charger.link.auth if charger.link else row.auth,
        stale=False,
    )


@dataclass(frozen=True)
class EvseRow:
    """An EVSE of a charger; evse 0 is the charger as a whole."""

    evse_id: Annotated[int, Column("EVSE", align="right")]
    status: Annotated[str, Column("STATUS")]
    error_code: Annotated[str | None, Column("ERROR")]
    info: Annotated[str | None, Column("INFO", 3)]
    vendor_error_code: Annotated[str | None, Column("VENDOR CODE", 3)]
    since: Annotated[str, Column("SINCE", 2, show=local)]
    power_w: Annotated[float | None, Column("kW", 2, "right", kw)] = None


@dataclass(frozen=True)
class QuirkRow:
    """A rule that the charger's messages break."""

    action: Annotated[str, Column("ACTION")]
    path: Annotated[str, Column("WHERE")]
    rule: Annotated[str, Column("RULE")]
    count: Annotated[int, Column("COUNT", align="right")]
    last_seen_at: Annotated[str, Column("LAST", 2, show=ago)]
    message: Annotated[str, Column("MESSAGE", 2)]


@dataclass(frozen=True)
class OpenSessionRow:
    """A session that has not ended."""

    session_id: Annotated[str, Column("SESSION")]
    evse_id: Annotated[int, Column("EVSE", align="right")]
    tag_id: Annotated[str, Column("TAG")]
    started_at: Annotated[str, Column("STARTED", show=local)]
    power_w: Annotated[float | None, Column("kW", 2, "right", kw)] = None
    energy_wh: Annotated[float | None, Column("kWh", 2, "right", kwh)] = None


@dataclass(frozen=True)
class ChargerDetail(ChargerRow):
    """Everything about one charger."""

    address: str | None = None
    connected_at: str | None = None
    meter_type: str | None = None
    meter_serial: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    evses: list[EvseRow] | None = None
    sessions: list[OpenSessionRow] | None = None
    quirks: list[QuirkRow] | None = None


_ONE = (
    _LIST.replace("c.known = :known", "c.charger_id = :charger")
    .replace("c.serial,", "coalesce(c.serial, c.box_serial) AS serial,")
    .replace("SELECT c.charger_id", "SELECT c.meter_type, c.meter_serial, c.iccid, c.imsi, c.charger_id")
)
_EVSES = """
SELECT evse_id, status, error_code, info, vendor_error_code, since FROM evse WHERE charger_id = :charger ORDER BY evse_id
"""
_QUIRKS = """
SELECT action, path, rule, count, last_seen_at, message FROM violation WHERE charger_id = :charger
ORDER BY count DESC, action, path LIMIT 50
"""
_OPEN_SESSIONS = """
SELECT CAST(session_id AS TEXT) AS session_id, evse_id, tag_id, started_at FROM session
WHERE charger_id = :charger AND stopped_at IS NULL ORDER BY session_id
"""
_LAST_CONNECTION = """
SELECT address, opened_at AS connected_at FROM connection WHERE charger_id = :charger
ORDER BY connection_id DESC LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class ShowCharger(Query):
    """Show everything that is known of a charger."""

    path = "charger show"
    route = "GET /chargers/{charger}"
    row = ChargerDetail
    many = False
    examples = ("cpoctl charger show HQ-07",)

    charger: Charger

    def select(self, read: Read) -> list[ChargerDetail]:
        """The one charger."""
        given = {"charger": self.charger}
        record = one(read(_ONE, given), "charger", self.charger, read, NAMES)
        base = _row({name: value for name, value in record.items() if name not in _ONLY_IN_DETAIL})
        connection = next(iter(read(_LAST_CONNECTION, given)), {})
        detail = ChargerDetail(
            **vars(base),
            **{name: record[name] for name in _ONLY_IN_DETAIL},
            **connection,
            evses=[EvseRow(**evse) for evse in read(_EVSES, given)],
            sessions=[OpenSessionRow(**session) for session in read(_OPEN_SESSIONS, given)],
            quirks=[QuirkRow(**quirk) for quirk in read(_QUIRKS, given)],
        )
        return [detail]

    def overlay(self, row: ChargerDetail, live: "LiveFleet", now: datetime) -> ChargerDetail:
        """Add what the live state knows."""
        charger = live.charger(row.charger_id)
        fresh = with_live(row, live)
        if charger is None:
            return fresh
        power = {evse.evse_id: evse.power_w for evse in charger.evses.values()} if charger.connected else {}
        running = {str(session.session_id): session for session in charger.sessions.values()}
        return replace(
            fresh,
            evses=[replace(evse, power_w=power.get(evse.evse_id)) for evse in fresh.evses or ()],
            sessions=[_with_readings(session, running) for session in fresh.sessions or ()],
        )


_ONLY_IN_DETAIL = ("meter_type", "meter_serial", "iccid", "imsi")


def _with_readings(row: OpenSessionRow, running: dict[str, Any]) -> OpenSessionRow:
    session = running.get(row.session_id)
    if session is None:
        return row
    energy = None
    if session.energy_wh is not None and session.meter_start_wh is not None:
        energy = max(0.0, session.energy_wh - session.meter_start_wh)
    return replace(row, power_w=session.power_w, energy_wh=energy)


@dataclass(frozen=True)
class UnknownRow:
    """Who knocked: it waits for approval, or it was refused."""

    charger_id: Annotated[str, Column("CHARGER")]
    reason: Annotated[str, Column("REASON")]
    address: Annotated[str | None, Column("ADDRESS")]
    attempts: Annotated[int, Column("ATTEMPTS", 2, "right")]
    first_seen_at: Annotated[str, Column("FIRST", 2, show=local)]
    last_seen_at: Annotated[str | None, Column("LAST", show=ago)]
    vendor: Annotated[str | None, Column("VENDOR", 2)]
    model: Annotated[str | None, Column("MODEL", 2)]
    serial: Annotated[str | None, Column("SERIAL", 3)]


_UNKNOWN = """
SELECT c.charger_id, 'waits for approval' AS reason,
       (SELECT address FROM connection n WHERE n.charger_id = c.charger_id ORDER BY connection_id DESC LIMIT 1) AS address,
       (SELECT count(*) FROM connection n WHERE n.charger_id = c.charger_id) AS attempts,
       c.added_at AS first_seen_at, coalesce(c.last_seen_at, c.added_at) AS last_seen_at, c.vendor, c.model,
       coalesce(c.serial, c.box_serial) AS serial
FROM charger c WHERE c.removed_at IS NULL AND c.known = 0
UNION ALL
SELECT charger_id, reason, address, attempts, first_seen_at, last_seen_at, NULL, NULL, NULL FROM knock
ORDER BY last_seen_at DESC
"""


@dataclass(frozen=True, kw_only=True)
class ListUnknown(Query):
    """List who knocked: chargers that wait for approval, and connections that were refused."""

    path = "charger unknown"
    route = "GET /unknown-chargers"
    row = UnknownRow
    noun = "unknown chargers"
    examples = ("cpoctl charger unknown", "cpoctl charger approve NEW-01")

    def select(self, read: Read) -> list[UnknownRow]:
        """Newest first."""
        return [UnknownRow(**record) for record in read(_UNKNOWN)]


def _changed(name: str, status: str) -> Outcome:
    return Outcome(name, True, status)


@dataclass(frozen=True, kw_only=True)
class AddCharger(Act):
    """Add a charger, so that it may connect. One that was removed starts afresh, without a password."""

    path = "charger add"
    route = "POST /chargers"
    row = Outcome
    role = Role.ADMIN
    examples = ("cpoctl charger add HQ-07",)

    charger: Annotated[str, Argument("the id that the charger uses in its URL")]

    async def run(self, operator: Operator) -> Outcome:
        """Record it as accepted; one that waits for approval is approved."""
        from cpoctl.domain.chargers import valid_id

        if not valid_id(self.charger):
            raise UsageProblem(
                f"{self.charger!r} cannot be a charger's id: 1 to 48 of A-Z a-z 0-9 * - _ = : + | @ . and blank",
                target=self.charger,
                hints=["cpoctl charger add HQ-07    an id that can be"],
            )
        known = operator.live.charger(self.charger)
        if known is not None and known.known:
            raise Conflict(
                f"charger {known.charger_id} exists already",
                target=known.charger_id,
                hints=[f"cpoctl charger show {known.charger_id}"],
            )
        if known is not None:
            return await _decide(operator, known.charger_id, "Accepted")
        name = operator.live.spelled(self.charger)
        added = events.ChargerAdded(charger_id=name, registration="Accepted", known=True)
        row = rows.Charger(name, "Accepted", 1, stored(operator.clock.now()))
        await operator.commit([row], [added])
        return _changed(name, "Added")


async def _decide(operator: Operator, charger_id: str, registration: str) -> Outcome:
    decided = events.RegistrationChanged(charger_id=charger_id, registration=registration, known=True)
    await operator.commit([rows.ChargerRegistration(registration, 1, charger_id)], [decided])
    return _changed(charger_id, registration)


@dataclass(frozen=True, kw_only=True)
class ApproveCharger(Act):
    """Accept a charger that waits for approval."""

    path = "charger approve"
    route = "POST /chargers/{charger}/approve"
    row = Outcome
    role = Role.ADMIN
    examples = ("cpoctl charger approve NEW-01",)

    charger: Charger

    async def run(self, operator: Operator) -> Outcome:
        """Accept it; it learns so at its next boot, which a pending charger repeats every 30 s."""
        return await _decide(operator, known_charger(self.charger, operator.live), "Accepted")


@dataclass(frozen=True, kw_only=True)
class RejectCharger(Act):
    """Reject a charger: it may connect, but its boot is answered Rejected."""

    path = "charger reject"
    route = "POST /chargers/{charger}/reject"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl charger reject NEW-01 --yes",)

    charger: Charger

    def consequence(self) -> str:
        """What it will do."""
        return f"reject charger {self.charger}: it serves nobody until it is approved"

    async def run(self, operator: Operator) -> Outcome:
        """Reject it."""
        return await _decide(operator, known_charger(self.charger, operator.live), "Rejected")


@dataclass(frozen=True, kw_only=True)
class RemoveCharger(Act):
    """Remove a charger from the list. Its sessions and its history stay."""

    path = "charger rm"
    route = "DELETE /chargers/{charger}"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.SEVERE
    examples = ("cpoctl charger rm HQ-07 --confirm HQ-07",)

    charger: Charger

    def consequence(self) -> str:
        """What it will do."""
        return f"remove charger {self.charger}: it is disconnected and may not come back by itself"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> Outcome:
        """Remove it, unless a session is still open."""
        name = known_charger(self.charger, operator.live)
        charger = operator.live.charger(name)
        if charger is not None and charger.sessions:
            numbers = ", ".join(str(session.session_id) for session in charger.sessions.values())
            raise Conflict(
                f"{name} has open sessions: {numbers}", target=name, hints=[f"cpoctl session stop {name} --yes"]
            )
        removed = rows.ChargerRemoved(stored(operator.clock.now()), name)
        await operator.commit([removed], [events.ChargerRemoved(charger_id=name)])
        await operator.disconnect(name, "removed by the operator")
        return _changed(name, "Removed")


@dataclass(frozen=True)
class PasswordOutcome(Outcome):
    """The outcome of a password change; a generated password is told once and never again."""

    password: Annotated[str | None, Column("PASSWORD")] = None


@dataclass(frozen=True, kw_only=True)
class SetPassword(Act):
    """Set a charger's password: one from a file, or a generated one that is shown once.

    With --rotate it is sent to the charger as well (AuthorizationKey); the old one works until the
    charger has accepted the new one or used it.
    """

    path = "charger password"
    route = "POST /chargers/{charger}/password"
    row = PasswordOutcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl charger password HQ-07 --generate --yes",
        "cpoctl charger password HQ-07 --rotate --yes",
        "cpoctl charger password HQ-07 --password-file key.txt --yes",
    )

    charger: Charger
    password: Annotated[str | None, Secret("the password")] = None
    generate: Annotated[bool, Option("make one and show it once")] = False
    rotate: Annotated[bool, Option("make one and give it to the charger itself")] = False
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"change the password of {self.charger}: without the new one it cannot connect"

    async def run(self, operator: Operator) -> PasswordOutcome:
        """Keep the hash; the password itself is kept nowhere."""
        name = known_charger(self.charger, operator.live)
        if [self.password is not None, self.generate, self.rotate].count(True) != 1:
            raise UsageProblem(
                "say one of --password-file FILE, --generate and --rotate",
                hints=[f"cpoctl charger password {name} --generate --yes"],
            )
        if self.rotate:
            return await self._rotate(operator, name)
        password = self.password if self.password is not None else operator.new_password()
        if len(password.encode()) < 16:
            raise UsageProblem(  # A00.FR.205
                f"a password has at least 16 characters, this one {len(password)}",
                target=name,
                hints=[f"cpoctl charger password {name} --generate --yes"],
            )
        await _keep(operator, name, await operator.hashed(password), None)
        return PasswordOutcome(name, True, "Changed", password=password if self.generate else None)

    async def _rotate(self, operator: Operator, name: str) -> PasswordOutcome:
        charger = operator.live.charger(name)
        if charger is None or not charger.connected:
            raise ChargerOffline(f"{name} is not connected", target=name, hints=[f"cpoctl charger show {name}"])
        password, old = operator.new_password(), charger.password_hash
        new = await operator.hashed(password)
        await _keep(operator, name, old, new)  # both work until the charger has decided (A01.FR.03, A01.FR.04)
        answer = await operator.call(
            name, Request("ChangeConfiguration", {"key": PASSWORD_KEY, "value": password}), timeout=self.timeout
        )
        if answer.status not in ("Accepted", "RebootRequired"):
            await _keep(operator, name, old, None)
        outcome = accepted(answer, name, ("Accepted", "RebootRequired"))
        if answer.status == "Accepted":
            await _keep(operator, name, new, None)
        return PasswordOutcome(**vars(outcome))


async def _keep(operator: Operator, name: str, current: str | None, following: str | None) -> None:
    changed = events.PasswordChanged(charger_id=name, password_hash=current, password_next_hash=following)
    await operator.commit([rows.ChargerPassword(current, following, name)], [changed])


@dataclass(frozen=True, kw_only=True)
class Reset(Act):
    """Restart a charger. A soft reset ends sessions in order, a hard one at once. OCPP 1.6 §5.14"""

    path = "charger reset"
    route = "POST /chargers/{charger}/reset"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl charger reset HQ-07 --yes", "cpoctl charger reset HQ-07 --hard --confirm HQ-07")

    charger: Charger
    hard: Annotated[bool, Option("restart at once, running sessions or not")] = False
    timeout: Timeout = 30.0

    def danger_now(self) -> Danger:
        """A hard reset may cut sessions off."""
        return Danger.SEVERE if self.hard else Danger.DISRUPTS

    def consequence(self) -> str:
        """What it will do."""
        return f"{'hard' if self.hard else 'soft'} reset of {self.charger}: running sessions end"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = target(self.charger, operator.live).charger_id
        request = Request("Reset", {"type": "Hard" if self.hard else "Soft"})
        answer = await operator.call(name, request, timeout=self.timeout)
        return accepted(answer, name, hints=[f"cpoctl charger reset {name} --hard --confirm {name}    at once"])
