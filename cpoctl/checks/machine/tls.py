"""TLS: the certificate that chargers are shown: its names, its end, its chain."""

import socket
import ssl
from datetime import UTC, datetime
from typing import Any

from cpoctl import addresses
from cpoctl.checks import Said, fail, ok, skipped, warn
from cpoctl.checks.machine import Place

_SOON_DAYS = 30
_HOW = "cpoctl serve --help    --tls-cert and --tls-key, then restart"


def check(place: Place) -> Said | None:
    """Connect as a charger would, and judge what is shown."""
    secure, cert = place.secure, place.certificate
    if secure is None:
        return None
    if not place.up or cert is None:
        return skipped("TLS is on; the certificate is looked at while its server runs with this config")
    host, port = secure
    try:
        shown = _shown("127.0.0.1" if host in addresses.ANYWHERE else host, port, cert)
    except ssl.SSLCertVerificationError as error:
        return fail(f"{cert}: {error.verify_message}", _HOW)
    except (OSError, ssl.SSLError) as error:
        return fail(f"no TLS on {host}:{port}: {error}", "cpoctl status    whether the server hangs")
    return _judged(shown, datetime.now(UTC))


def _shown(host: str, port: int, cert: str) -> dict[str, Any]:
    """The certificate, judged by itself: whether chargers trust its root only they can tell."""
    context = ssl.create_default_context(cafile=cert)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    with socket.create_connection((host, port), 3) as line, context.wrap_socket(line) as secured:
        return secured.getpeercert() or {}


def _judged(shown: dict[str, Any], now: datetime) -> Said:
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
    names = [name for _, name in shown.get("subjectAltName", ())]
    days = (ends - now).days
    found = f"for {', '.join(names) or 'no name'}, until {ends:%Y-%m-%d}"
    if days < _SOON_DAYS:
        return warn(f"{found}: {days} days are left", _HOW)
    if not names:
        return warn(f"{found}: chargers compare the name that they dial", _HOW)
    issued_by_itself = shown.get("issuer") == shown.get("subject")
    return ok(found + ("; self-signed, chargers must be given it as a root" if issued_by_itself else ""))
