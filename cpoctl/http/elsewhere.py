"""Elsewhere: the listener for operators on other machines: its address and its names (RELIABILITY O-07).

Plain HTTP only on this machine's own address, and only when it is asked for by name.
"""

import socket
import ssl
from pathlib import Path

from fastapi import FastAPI

from cpoctl import addresses
from cpoctl.config import ApiSettings
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.http.serving import Served, serve_elsewhere

_HOW = "cpoctl serve --api-listen 0.0.0.0:9443 --api-cert chain.pem --api-key key.pem"


def checked(settings: ApiSettings) -> tuple[str, int] | None:
    """The address to listen on, None when it is off. Raises UsageProblem for what would not be safe."""
    if settings.listen is None:
        return None
    host, colon, port = settings.listen.rpartition(":")
    host = host.strip("[]")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise UsageProblem(f"--api-listen {settings.listen} is not HOST:PORT", hints=[_HOW])
    if bool(settings.cert) != bool(settings.key):
        raise UsageProblem("--api-cert and --api-key belong together", hints=[_HOW])
    if settings.cert is None and not settings.plain:
        raise UsageProblem(
            "--api-listen needs a certificate: keys must not cross a network in the clear",
            hints=[_HOW, "cpoctl init --api-listen 0.0.0.0:9443    makes one"],
        )
    if settings.cert is None and not addresses.is_loopback(host):
        raise UsageProblem(
            f"without TLS only this machine itself may ask, not {host}",
            hints=["cpoctl serve --api-listen 127.0.0.1:9080 --api-plain", _HOW],
        )
    return host, int(port)


async def listen(app: FastAPI, settings: ApiSettings, tls: ssl.SSLContext | None) -> tuple[Served, str, int] | None:
    """Serve operators elsewhere; what is served and where it is really bound. Raises Conflict."""
    at = checked(settings)
    if at is None:
        return None
    sock = _bound(*at)
    names = frozenset() if settings.cert is None else certified(Path(settings.cert))
    served = await serve_elsewhere(app, sock, tls, names | {socket.gethostname().lower()})
    return served, at[0], sock.getsockname()[1]


def _bound(host: str, port: int) -> socket.socket:
    where = f"{host}:{port}"
    try:
        [family, kind, protocol, _, found] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6 and host == "::":
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.bind(found)
            sock.listen(128)
            sock.setblocking(False)
        except OSError:
            sock.close()
            raise
    except OSError as error:
        raise Conflict(
            f"cannot listen for operators on {where}: {error.strerror or error}",
            target=where,
            hints=["cpoctl serve --api-listen 0.0.0.0:9444 …    another port", "cpoctl status"],
        ) from error
    return sock


def certified(chain: Path) -> frozenset[str]:
    """The names in the first certificate of a chain, in lower case: what its clients may call us."""
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(chain.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()  # it names nobody, and no client will take it
    except (OSError, ValueError) as error:
        raise UsageProblem(f"cannot use the certificate {chain}: {error}", target=str(chain), hints=[_HOW]) from error
    return frozenset(name.lower() for name in names.get_values_for_type(x509.DNSName))
