"""SignCertificate: a charger wants its certificate signed.

OCPP 1.6 security whitepaper · OCPP 2.0.1 A02, A03. There is no certificate authority to sign it, so the request is
kept for the operator and answered Rejected: Accepted would promise a CertificateSigned (A02.FR.04).
"""

from typing import Any

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.csms.transactions import whole
from cpoctl.ocpp import Version, v2, v16
from cpoctl.store import rows

_STATUS = "Rejected"
_WHY = {"reasonCode": "UnsupportedRequest", "additionalInfo": "nothing is signed here; an operator may do it elsewhere"}


@on(Version.V16, v16.SignCertificate)
def sign_v16(call: v16.SignCertificate, ctx: Context) -> Outcome:
    """Keep the request and refuse it honestly."""
    kept = rows.SigningRequest(ctx.received_at, ctx.charger.charger_id, call.csr or "", _STATUS)
    return _refused(kept, ctx, {"status": _STATUS})


@on(v2.VERSIONS, v2.SignCertificate)
def sign_v2(call: v2.SignCertificate, ctx: Context) -> Outcome:
    """Keep the request with what it is for, and its number of 2.1, and refuse it honestly."""
    kept = rows.SigningRequest(
        ctx.received_at, ctx.charger.charger_id, call.csr or "", _STATUS, call.certificate_type, whole(call.request_id)
    )
    return _refused(kept, ctx, {"status": _STATUS, "statusInfo": _WHY})


def _refused(kept: rows.SigningRequest, ctx: Context, answer: dict[str, Any]) -> Outcome:
    told = events.CertificateRequested(charger_id=ctx.charger.charger_id, status=_STATUS, kind=kept.certificate_type)
    return Outcome(answer, [kept], [told])
