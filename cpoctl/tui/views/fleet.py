"""Fleet: every charger with what it does now, the broken ones first."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from cpoctl.domain.fleet import LiveCharger, OpenSession
from cpoctl.operations.charger import ChargerRow, labelled
from cpoctl.table import kw, kwh
from cpoctl.tui import first_steps
from cpoctl.tui.actions import CHARGER
from cpoctl.tui.amounts import power
from cpoctl.tui.listing import Listing
from cpoctl.tui.picture import Picture, used_wh
from cpoctl.tui.statuses import LOOKS, UNKNOWN, look, sign
from cpoctl.tui.times import Times
from cpoctl.tui.widgets import doctor_page
from cpoctl.tui.widgets.columns import Cell, Col
from cpoctl.tui.widgets.lines import Line, Piece
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.working import begin

_COUNTED = ("Charging", "Available", "Faulted", "Offline")
_ROOMY = 100
SITE = "site"


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A charger as `charger list` has it, with what the picture adds for the eye."""

    row: ChargerRow
    live: LiveCharger | None
    key: str
    picture: Picture
    times: Times

    @property
    def today_wh(self) -> float:
        """Its energy of today."""
        return self.picture.today_wh(self.key)

    @property
    def alerts(self) -> int:
        """How many alerts are open."""
        return len(self.picture.live.alerts.of(self.key))

    @property
    def session(self) -> OpenSession | None:
        """The newest open session."""
        found = self.live.sessions.values() if self.live else ()
        return max(found, key=lambda session: session.started_at, default=None)

    @property
    def left_at(self) -> str | None:
        """Since when it is away: news of when it was seen last may come later, and is no return."""
        return (self.live.left_at if self.live else None) or self.row.last_seen_at

    @property
    def since(self) -> str | None:
        """Since when it is as it is."""
        if self.row.status == "Offline":
            return self.left_at
        here = [evse.since for evse in self.live.evses.values() if evse.status == self.row.status] if self.live else []
        return max(here, default=None)


def _status(fleet: FleetRow) -> Cell:
    found = look(fleet.row.status)
    word = f"{found.sign} {found.word}"
    if fleet.row.status == "Offline" and not fleet.times.clock:  # the clock stands under FOR
        word += f" {fleet.times.age(fleet.left_at)}"
    return word, found.style


def _evses(fleet: FleetRow) -> Cell:
    """A sign for each EVSE; of an offline charger what it said last."""
    evses = sorted(fleet.live.evses.items()) if fleet.live else []
    signs = "".join(sign(evse.status, ascii=False) for number, evse in evses if number > 0)
    return (f"was {signs}", "stale") if fleet.row.status == "Offline" and signs else (signs, "")


def _session(fleet: FleetRow) -> Cell:
    session = fleet.session
    if session is None:
        return "-", "dim"
    more = f" +{fleet.row.sessions_open - 1}" if fleet.row.sessions_open > 1 else ""
    return f"{session.session_id} {session.tag_id}{more}", "" if fleet.row.connected else "stale"


def _soc(fleet: FleetRow) -> Cell:
    session = fleet.session
    known = session is not None and session.soc_percent is not None and fleet.row.connected
    return (f"{session.soc_percent:.0f}%", "") if session is not None and known else ("-", "dim")


def _alert(fleet: FleetRow) -> Cell:
    """What is broken; `ack` before it where somebody looks after all of it."""
    alerts = fleet.picture.live.alerts.of(fleet.key)
    acked = bool(alerts) and all(alert.acked_at is not None for alert in alerts)
    sign, style = ("ack ", "offline") if acked else ("!", "alert")
    if fleet.row.status == "Faulted" and fleet.live:
        codes = [evse.error_code for evse in fleet.live.evses.values() if evse.status == "Faulted"]
        return f"{sign}{next((code for code in codes if code and code != 'NoError'), 'fault')}", style
    return (f"{sign}{len(alerts)}", style) if alerts else ("", "")


COLS = (
    Col("status", "STATUS", 14, _status, lambda f: look(f.row.status).rank),
    Col("charger", "CHARGER", 14, lambda f: (f.row.charger_id, "strong"), lambda f: f.row.charger_id, grows=True),
    Col("evses", "EVSES", 6, _evses, lambda f: None, 2),
    Col("site", "SITE", 8, lambda f: (f.row.site_id or "-", ""), lambda f: f.row.site_id, 4),
    Col("kw", "kW", 7, lambda f: (kw(f.row.power_w), ""), lambda f: -(f.row.power_w or 0), 2, "right"),
    Col("session", "SESSION", 15, _session, lambda f: f.session and f.session.session_id, 3),
    Col("soc", "SoC", 4, _soc, lambda f: f.session and f.session.soc_percent, 5, "right"),
    Col("for", "FOR", 5, lambda f: (f.times.age(f.since), ""), lambda f: f.since, 3, "right"),
    Col("today", "TODAY kWh", 9, lambda f: (kwh(f.today_wh), ""), lambda f: -f.today_wh, 4, "right"),
    Col("seen", "SEEN", 5, lambda f: (f.times.age(f.row.last_seen_at), ""), lambda f: f.row.last_seen_at, 4, "right"),
    Col("alert", "ALERT", 14, _alert, lambda f: -f.alerts, 3),
    Col("firmware", "FIRMWARE", 10, lambda f: (f.row.firmware or "-", ""), lambda f: f.row.firmware, 5),
    Col("model", "MODEL", 14, lambda f: (f.row.model or "-", ""), lambda f: f.row.model, 6),
    Col("ocpp", "OCPP", 5, lambda f: (f.row.version or "-", ""), lambda f: f.row.version, 6),
    Col("labels", "LABELS", 16, lambda f: (labelled(f.row.labels), ""), lambda f: labelled(f.row.labels), 7),
)  # fmt: skip


class Fleet(Listing):
    """Every charger."""

    title: ClassVar[str] = "Fleet"
    place: ClassVar[int | None] = 1
    kind: ClassVar[str] = CHARGER
    cols: ClassVar[tuple[Col, ...]] = COLS
    row: ClassVar[type] = ChargerRow
    noun: ClassVar[str] = "chargers"
    sort: ClassVar[str] = "status"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "group", "group", show=False, id="fleet.group"),
        Binding("d", "doctor", "doctor", show=False, id="fleet.doctor"),
    ]
    _address: str = ""
    """Where chargers connect to, once it was asked for."""

    def nothing(self) -> str:
        """How a charger comes here."""
        return first_steps.told(self._address)

    def resynced(self) -> None:
        """The rows are others; where there are none, say how they come."""
        super().resynced()
        if not self.desk.picture.keys:
            begin(self, "address", self._find_address)

    async def _find_address(self) -> None:
        self._address = await first_steps.address(self.desk.client)
        self.table.empty = self.nothing()
        self.table.refresh()

    def action_doctor(self) -> None:
        """What the checks say of the charger under the cursor."""
        if (key := self.table.cursor) is not None:
            begin(self, "doctor", doctor_page.open_page, self.desk, self.desk.picture.row(key).charger_id)

    def all_keys(self) -> Collection[str]:
        """The keys of the picture."""
        return self.desk.picture.keys

    def row_of(self, key: str) -> FleetRow:
        """The row as of now."""
        picture = self.desk.picture
        return FleetRow(picture.row(key), picture.charger(key), key, picture, self.desk.times)

    def record(self, key: str) -> dict[str, object]:
        """The row of `charger list`."""
        return vars(self.desk.picture.row(key))

    def word(self, key: str) -> str:
        """The charger's id as it is spelled."""
        return self.desk.picture.row(key).charger_id

    def state_of(self, key: str) -> str:
        """Its status."""
        return self.desk.picture.row(key).status

    def group_of(self, key: str, by: str) -> str:
        """Its site, or what a label of it says."""
        row = self.desk.picture.row(key)
        return (row.site_id if by == SITE else row.labels.get(by)) or ""

    def group_title(self, name: str, keys: Sequence[str]) -> Line:
        """Its name, how many it has, and how many of them are broken."""
        statuses = Counter(self.desk.picture.row(key).status for key in keys)
        pieces: list[Piece] = [(f" {name or f'no {self.groups.by}'}", "strong"), (f" · {len(keys)}", "")]
        for status in ("Faulted", "Offline"):
            if count := statuses[status]:
                pieces.append((f"  {LOOKS[status].sign} {count} {LOOKS[status].word}", LOOKS[status].style))
        return pieces

    def action_group(self) -> None:
        """Group by site, then by each label that any charger has, then not at all."""
        picture = self.desk.picture
        labels = sorted({label for key in picture.keys for label in picture.row(key).labels})
        ways = ["", SITE, *(label for label in labels if label != SITE)]
        here = ways.index(self.groups.by) if self.groups.by in ways else 0
        self.group_by(ways[(here + 1) % len(ways)])

    def summary(self) -> list[Line]:
        """How many are in which state, and what they draw."""
        fleet = self.desk.picture.totals()
        counts, total = fleet.by_status, fleet.by_status.total()
        gap, blank = ("   ", " ") if self.app.size.width >= _ROOMY else ("  ", "")
        count = f" {total:,} ".replace(",", " ") + ("charger" if total == 1 else "chargers")
        pieces: list[Piece] = [(count, "strong")]
        for status in _COUNTED:
            found = LOOKS[status]
            word = found.word.lower() if found.word.istitle() else found.word
            told = f"{found.sign}{blank}{counts[status]} {word}"
            pieces += [(gap, ""), (told, found.style if counts[status] else "dim")]
        rest = total - sum(counts[status] for status in _COUNTED)
        pieces.append((f"{gap}{UNKNOWN.sign}{blank}{rest} other", "dim"))
        return [pieces, [(f" Power {power(fleet.power_w)}   today {fleet.today_wh / 1e6:.2f} MWh", "")]]

    def preview(self, key: str) -> list[Line]:
        """Who it is, and each of its EVSEs."""
        fleet = self.row_of(key)
        row, live = fleet.row, fleet.live
        about = [
            row.charger_id,
            row.name,
            " ".join(filter(None, (row.vendor, row.model))),
            f"OCPP {row.version or '?'}",
        ]
        if live and live.link:
            about += [live.link.address, f"up {fleet.times.up(live.link.since)}"]
        lines: list[Line] = [[(" " + " · ".join(word for word in about if word), "header")]]
        for number, evse in sorted(live.evses.items()) if live else ():
            if number == 0 and evse.status == "Available":
                continue
            found = look(evse.status)
            told = [evse.error_code if evse.error_code != "NoError" else None, evse.vendor_error_code, evse.info]
            pieces: list[Piece] = [
                (f" :{number} ", "strong"),
                (f"{found.sign} {found.word}", found.style if row.connected else "stale"),
            ]
            pieces.append((f" {fleet.times.age(evse.since)} ", "dim"))
            if live and (session := live.session_on(number)):
                used = used_wh(session)
                pieces.append((f"  {session.session_id} {session.tag_id}  {kwh(used)} kWh", ""))
                if row.connected:
                    pieces.append((f"  {kw(live.power_of(session))} kW", ""))
            pieces.append(("  " + " ".join(word for word in told if word), "alert"))
            lines.append(pieces)
        return lines

    def command(self) -> str:
        """`charger list` with the same filter."""
        return f"cpoctl charger list --where '{self.filtered_by}'" if self.filtered_by else "cpoctl charger list"

    def exported(self) -> tuple[type, list[ChargerRow]]:
        """The chargers as shown."""
        return ChargerRow, [self.desk.picture.row(key) for key in self.table.keys]

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """Open the charger."""
        event.stop()
        self.desk.screens.open_charger(self.word(event.key))
