"""Files: whether the file exchange answers at the very address that chargers are given."""

import ssl
from ftplib import FTP
from ftplib import Error as FtpError
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from cpoctl import addresses
from cpoctl.checks import Said, fail, ok, skipped, warn
from cpoctl.checks.machine import Place

_WITHIN = 3.0
_HOST = "cpoctl config set files.host ADDRESS    the address under which chargers reach this machine, then restart"


def check(place: Place) -> Said:
    """Connect as a charger would, to each form that is open."""
    if place.elsewhere:
        return skipped("the server runs elsewhere")
    if not place.up:
        return skipped("no server runs here")
    told = (place.health or {}).get("files") or {}
    if "off" in told:
        return skipped("the file exchange is switched off")
    if not told:
        return skipped("no port is open for files before somebody needs one", "cpoctl diag fetch CHARGER --wait")
    silent = [f"{url} ({why})" for url in told.values() if (why := _silence(url))]
    if silent:
        return fail(f"nothing answers at {', '.join(silent)}", _HOST)
    urls = "  ".join(told.values())
    if all(addresses.is_loopback(urlsplit(url).hostname or "") for url in told.values()):
        return warn(f"chargers elsewhere do not reach {urls}", _HOST)
    return ok(f"files: {urls}")


def _silence(url: str) -> str | None:
    """Why nobody answers there; None when somebody does."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    try:
        if parts.scheme == "ftp":
            with FTP(timeout=_WITHIN) as ftp:  # noqa: S321 # what chargers speak
                ftp.connect(host, port)
            return None
        line = (
            HTTPSConnection(host, port, timeout=_WITHIN, context=_unjudged())
            if parts.scheme == "https"
            else (HTTPConnection(host, port, timeout=_WITHIN))
        )
        line.request("GET", "/alive")
        status = line.getresponse().status
        line.close()
    except (OSError, EOFError, HTTPException, FtpError) as error:
        return str(error) or type(error).__name__
    return None if status == 204 else f"it answers {status}"


def _unjudged() -> ssl.SSLContext:
    """The check `tls` judges the certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
