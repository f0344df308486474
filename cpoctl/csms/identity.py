"""Who is knocking: the charger's id and version as its handshake tells them. RELIABILITY S-13 · OCPP-J 1.6 §3.1"""

from urllib.parse import unquote_to_bytes

from cpoctl.domain.chargers import valid_id
from cpoctl.ocpp import Version, version_of


def charger_id(path: str) -> str | None:
    """The last non-empty segment of the path, percent-decoded once; None when it is no id.

    `//CP1`, `/CP1/`, `/ocpp/CP1?x` all mean CP1 (ha#1078, CitrineOS#1093).
    """
    segments = [segment for segment in path.partition("?")[0].split("/") if segment]
    if not segments:
        return None
    try:
        name = unquote_to_bytes(segments[-1]).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return name if valid_id(name) else None


def chosen(offered: list[str]) -> tuple[Version | None, str | None]:
    """The version to speak and the subprotocol to confirm; the charger's order decides.

    None offered means 1.6 (Grizzl-E, steve#1109); none that we speak is (None, None).
    """
    if not offered:
        return Version.V16, None
    for name in offered:
        if version := version_of(name):
            return version, name
    return None, None


def subprotocols(headers: list[str]) -> list[str]:
    """The offered subprotocols in the charger's order."""
    return [name.strip() for header in headers for name in header.split(",") if name.strip()]
