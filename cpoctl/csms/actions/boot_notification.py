"""BootNotification: a charger announces itself after a (re)boot.

OCPP 1.6 §4.2
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows

ASK_AGAIN = 30


@on(Version.V16, v16.BootNotification, unregistered=True)
def boot_v16(call: v16.BootNotification, ctx: Context) -> Outcome:
    """Remember what it is and tell whether it may operate. A second boot keeps open sessions."""
    charger = ctx.charger
    boot = rows.ChargerBoot(
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
        charger_id=charger.charger_id,
    )
    booted = events.ChargerBooted(
        charger_id=charger.charger_id,
        vendor=boot.vendor,
        model=boot.model,
        serial=boot.serial or boot.box_serial,
        firmware=boot.firmware,
        registration=charger.registration,
        at=ctx.received_at,
    )
    # A charger that is not accepted comes back after the interval (1.6 §4.2): soon enough for who waits beside it.
    interval = ctx.heartbeat if charger.registration == "Accepted" else min(ctx.heartbeat, ASK_AGAIN)
    answer = {"status": charger.registration, "currentTime": ctx.wire_time, "interval": interval}
    return Outcome(answer, [boot], [booted])
