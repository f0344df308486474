"""NotifyEVChargingNeeds: a car says how much it wants, and by when.

OCPP 2.0.1 K15, K17 · OCPP 2.1 K15, K18, K19. We make no schedule of it, and say so: Accepted and Processing would promise one
within a minute or later. 2.0.1 has Rejected for that (K15.FR.04). In 2.1 Rejected ends the transaction, because the way
of energy transfer may not be used (K18.FR.23), and NoChargingProfile says that charging goes on without a schedule of ours
(K18.FR.04, K19.FR.04).
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.remainders import beside
from cpoctl.ocpp import Version, v2

_WHY = {"reasonCode": "NotEnabled", "additionalInfo": "no schedules are made here"}


@on(Version.V201, v2.NotifyEVChargingNeeds)
def needs_v201(call: v2.NotifyEVChargingNeeds, ctx: Context) -> Outcome:
    """Say that there will be no schedule."""
    return _told("Rejected", call, ctx)


@on(Version.V21, v2.NotifyEVChargingNeeds)
def needs_v21(call: v2.NotifyEVChargingNeeds, ctx: Context) -> Outcome:
    """Say that there will be no schedule, and let the car charge."""
    return _told("NoChargingProfile", call, ctx)


def _told(status: str, call: v2.NotifyEVChargingNeeds, ctx: Context) -> Outcome:
    needs = call.charging_needs or v2.ChargingNeeds()
    current = needs.dc_charging_parameters or needs.ac_charging_parameters
    both_ways = needs.v2x_charging_parameters
    told = events.ChargingNeedsReported(
        charger_id=ctx.charger.charger_id,
        evse_id=call.evse_id,
        transfer=needs.requested_energy_transfer,
        departure=needs.departure_time,
        energy_wh=current.energy_amount if current else both_ways.ev_target_energy_request if both_ways else None,
        soc_percent=needs.dc_charging_parameters.state_of_charge if needs.dc_charging_parameters else None,
        status=status,
        other=beside(ctx, evseId=call.evse_id),
    )
    return Outcome({"status": status, "statusInfo": _WHY}, events=[told])
