"""SignCertificate: a charger wants its certificate signed.

OCPP 1.6 security whitepaper. There is no certificate authority to sign it, so the request is
kept for the operator and answered Rejected: Accepted would promise a CertificateSigned (A02.FR.04).
"""

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v16
from cpoctl.store import rows


@on(Version.V16, v16.SignCertificate)
def sign_v16(call: v16.SignCertificate, ctx: Context) -> Outcome:
    """Keep the request and refuse it honestly."""
    status = "Rejected"
    kept = rows.SigningRequest(ctx.received_at, ctx.charger.charger_id, call.csr or "", status)
    told = events.CertificateRequested(charger_id=ctx.charger.charger_id, status=status)
    return Outcome({"status": status}, [kept], [told])
