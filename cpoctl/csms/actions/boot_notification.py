"""BootNotification: a charger announces itself after a (re)boot.

OCPP 1.6 §4.2 · OCPP 2.0.1 B01 to B03
"""

from collections.abc import Iterator

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.metering import text
from cpoctl.domain import sessions
from cpoctl.domain.fleet import LiveCharger
from cpoctl.ocpp import Version, v2, v16
from cpoctl.store import rows

ASK_AGAIN = 30


@on(Version.V16, v16.BootNotification, unregistered=True)
def boot_v16(call: v16.BootNotification, ctx: Context) -> Outcome:
    """Remember what it is."""
    return _booted(
        rows.ChargerBoot(
            vendor=call.charge_point_vendor,
            model=call.charge_point_model,
            serial=call.charge_point_serial_number,
            box_serial=call.charge_box_serial_number,
            firmware=call.firmware_version,
            iccid=call.iccid,
            imsi=call.imsi,
            meter_type=call.meter_type,
            meter_serial=call.meter_serial_number,
            booted_at=ctx.received_at,
            charger_id=ctx.charger.charger_id,
        ),
        None,
        ctx,
        stepwise=False,
    )


@on(v2.VERSIONS, v2.BootNotification, unregistered=True)
def boot_v2(call: v2.BootNotification, ctx: Context) -> Outcome:
    """Remember what it is and why it booted; of its meter 2.x tells nothing here."""
    station = call.charging_station or v2.ChargingStation()
    modem = station.modem or v2.Modem()
    return _booted(
        rows.ChargerBoot(
            vendor=station.vendor_name,
            model=station.model,
            serial=station.serial_number,
            box_serial=None,
            firmware=station.firmware_version,
            iccid=modem.iccid,
            imsi=modem.imsi,
            meter_type=None,
            meter_serial=None,
            booted_at=ctx.received_at,
            charger_id=ctx.charger.charger_id,
        ),
        call.reason,
        ctx,
        stepwise=True,
    )


def _booted(boot: rows.ChargerBoot, reason: str | None, ctx: Context, *, stepwise: bool) -> Outcome:
    """Tell whether it may operate. A second boot keeps open sessions. `stepwise`: it tells transactions step by step."""
    charger = ctx.charger
    booted = events.ChargerBooted(
        charger_id=charger.charger_id,
        vendor=boot.vendor or charger.vendor,
        model=boot.model or charger.model,
        serial=boot.serial or boot.box_serial or charger.serial,
        firmware=boot.firmware or charger.firmware,
        registration=charger.registration,
        at=ctx.received_at,
        reason=reason,
    )
    # A charger that is not accepted comes back after the interval (1.6 §4.2): soon enough for who waits beside it.
    interval = ctx.heartbeat if charger.registration == "Accepted" else min(ctx.heartbeat, ASK_AGAIN)
    answer = {"status": charger.registration, "currentTime": ctx.wire_time, "interval": interval}
    doubted = list(_doubted(charger, stepwise))
    flagged = [rows.SessionFlags(text(event.flags), event.session_id) for event in doubted]
    return Outcome(answer, [boot, *flagged], [booted, *doubted])


def _doubted(charger: LiveCharger, stepwise: bool) -> Iterator[events.SessionFlagged]:
    """Open sessions that its charger can no longer end, and those that it can again after it had only probed."""
    for session in charger.sessions.values():
        ours = bool(session.told) == stepwise
        if ours == (sessions.OTHER_VERSION in session.flags):
            kept = tuple(flag for flag in session.flags if flag != sessions.OTHER_VERSION)
            yield events.SessionFlagged(
                charger_id=charger.charger_id,
                session_id=session.session_id,
                transaction_id=session.transaction_id,
                flags=kept if ours else (*kept, sessions.OTHER_VERSION),
            )
