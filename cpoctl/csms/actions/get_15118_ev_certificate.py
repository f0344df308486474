"""Get15118EVCertificate: a car wants the certificate of its contract, through the charger.

OCPP 2.0.1 M01, M02. There is no provider of contracts whom we could ask, so it is refused with the reason.
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import v2

_WHY = {"reasonCode": "UnsupportedRequest", "additionalInfo": "no provider of contracts can be asked here"}


@on(v2.VERSIONS, v2.Get15118EVCertificate)
def contract_certificate(call: v2.Get15118EVCertificate, ctx: Context) -> Outcome:
    """Refuse it and keep that it was asked; the car's own message stands in the log only."""
    status = "Failed"
    told = events.ContractCertificateRequested(
        charger_id=ctx.charger.charger_id,
        step=call.action or "Unknown",
        schema=call.iso15118_schema_version,
        status=status,
    )
    return Outcome({"status": status, "statusInfo": _WHY, "exiResponse": ""}, events=[told])
