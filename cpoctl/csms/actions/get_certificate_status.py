"""GetCertificateStatus: a charger wants to know whether a certificate was revoked.

OCPP 2.0.1 M06. No responder is asked, so the answer is Failed: neither good nor revoked.
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import v2

_WHY = {"reasonCode": "UnsupportedRequest", "additionalInfo": "no OCSP responder is asked here"}


@on(v2.VERSIONS, v2.GetCertificateStatus)
def certificate_status(call: v2.GetCertificateStatus, ctx: Context) -> Outcome:
    """Refuse it and keep that it was asked."""
    status, named = "Failed", call.ocsp_request_data
    told = events.CertificateStatusRequested(
        charger_id=ctx.charger.charger_id, serials=((named and named.serial_number) or "",), status=status
    )
    return Outcome({"status": status, "statusInfo": _WHY}, events=[told])
