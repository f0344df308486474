"""How one charger looks above its tabs: its status, what it is, its connection, its alerts, and the files that it moves."""

from collections.abc import Sequence

from cpoctl.cells import width as cell_len
from cpoctl.charts.progress import progress
from cpoctl.domain.fleet import LiveCharger
from cpoctl.domain.transfers import Moving
from cpoctl.operations.charger import ChargerRow
from cpoctl.table import kwh
from cpoctl.tui.picture import Picture
from cpoctl.tui.statuses import look
from cpoctl.tui.times import Times
from cpoctl.tui.widgets.lines import Line

_ALERTS = 2


def summary(live: LiveCharger, picture: Picture, times: Times, width: int) -> list[Line]:
    """The lines that stand above every tab."""
    key = live.charger_id.casefold()
    row = picture.row(key) if key in picture.keys else None
    found = look(row.status if row else "Unknown")
    since = "" if live.connected or not row else f" {times.age(live.left_at or row.last_seen_at)}"
    about = _fitting(_about(live, row), width - len(found.word + since) - 5)
    link = [
        f"seen {times.since(row.last_seen_at)}" if row and row.last_seen_at else "never seen",
        f"today {kwh(picture.today_wh(key))} kWh",
        *_link(live, times),
    ]
    return [
        [(f" {found.sign} {found.word}{since} ", found.style), (about, "strong")],
        [(f" {_fitting(link, width - 2)}", "" if live.connected else "stale")],
        *_alerts(live, picture, times),
        *([(f" {_moving(moving, width - 2)}", "busy")] for moving in picture.live.transfers.moving(key)),
    ]


def _about(live: LiveCharger, row: ChargerRow | None) -> list[str | None]:
    return [
        row.name if row else None,
        live.vendor,
        live.model,
        live.serial and f"s/n {live.serial}",
        f"OCPP {live.version or '?'}",
        live.firmware and f"fw {live.firmware}",
        live.site_id and f"site {live.site_id}",
    ]


def _link(live: LiveCharger, times: Times) -> list[str]:
    booted = [f"booted {times.since(live.booted_at)}"] if live.booted_at else []
    if live.link is None:
        return booted
    return [f"connected {times.up(live.link.since)} from {live.link.address}", f"auth {live.link.auth}", *booted]


def _alerts(live: LiveCharger, picture: Picture, times: Times) -> list[Line]:
    return [
        [
            (
                f" ! {alert.what}, {'since' if times.clock else 'for'} {times.age(alert.since)}"
                + (f", {alert.acked_by} looks after it" if alert.acked_by else ""),
                "alert",
            )
        ]
        for alert in picture.live.alerts.of(live.charger_id)[:_ALERTS]
    ]


def _moving(moving: Moving, room: int) -> str:
    """How far a file is that the charger fetches or uploads: `firmware  ███▌  34 %  12.1 of 35.0 MB  1.2 MB/s`."""
    word = f"{moving.purpose}  "
    return word + progress(moving.bytes, moving.total, moving.bytes_per_s, room - len(word))


def _fitting(words: Sequence[str | None], room: int) -> str:
    """As many of the words as there is room for, the first ones first."""
    told = [word for word in words if word]
    while told[1:] and cell_len(" · ".join(told)) > room:
        del told[-1]
    return " · ".join(told)
