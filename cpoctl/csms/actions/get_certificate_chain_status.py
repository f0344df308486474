"""GetCertificateChainStatus: a charger wants to know which certificates of a chain were revoked.

OCPP 2.1 part 2 §1. No responder is asked, so each is answered Failed: neither good nor revoked.
"""

from typing import Any

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, on
from cpoctl.ocpp import Version, v2

_STATUS = "Failed"
_MOST = 4  # of them in an answer
_ALGORITHMS, _SOURCES = ("SHA256", "SHA384", "SHA512"), ("CRL", "OCSP")


@on(Version.V21, v2.GetCertificateChainStatus)
def chain_status(call: v2.GetCertificateChainStatus, ctx: Context) -> Outcome:
    """Refuse each and keep that it was asked. An answer names at least one certificate, be it unreadable."""
    asked = call.certificate_status_requests[:_MOST] or [v2.CertificateStatusRequest()]
    told = events.CertificateStatusRequested(
        charger_id=ctx.charger.charger_id,
        serials=tuple(
            (each.certificate_hash_data and each.certificate_hash_data.serial_number) or "" for each in asked
        ),
        status=_STATUS,
    )
    return Outcome({"certificateStatus": [_failed(each, ctx.wire_time) for each in asked]}, events=[told])


def _failed(request: v2.CertificateStatusRequest, now: str) -> dict[str, Any]:
    """One entry; the charger may ask again at once."""
    hashes = request.certificate_hash_data or v2.CertificateHash()
    named = {
        "hashAlgorithm": hashes.hash_algorithm if hashes.hash_algorithm in _ALGORITHMS else _ALGORITHMS[0],
        "issuerNameHash": (hashes.issuer_name_hash or "")[:128],
        "issuerKeyHash": (hashes.issuer_key_hash or "")[:128],
        "serialNumber": (hashes.serial_number or "")[:40],
    }
    source = request.source if request.source in _SOURCES else _SOURCES[0]
    return {"certificateHashData": named, "source": source, "status": _STATUS, "nextUpdate": now}
