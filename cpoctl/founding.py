"""Founding: what a new installation needs: a certificate, a database, a first key.

What is there already is left as it is, so that it can be done again.
"""

import asyncio
import gc
import os
import socket
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cpoctl import addresses
from cpoctl.clock import stored
from cpoctl.domain import keys
from cpoctl.operations import Role
from cpoctl.store import rows
from cpoctl.store.sqlite import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.x509 import GeneralName

    from cpoctl.simulator.history import HistoryRow, Scale

CERTIFIED_FOR: Final = timedelta(days=1825)
_ADMINS = "SELECT name FROM key WHERE role = 'admin' AND revoked_at IS NULL AND coalesce(expires_at, '9') > ?"


def certify(chain: Path, key: Path, names: list[str]) -> None:
    """Write a self-signed certificate for these names and addresses, and its key, which only we can read."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    secret, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    public = secret.public_key()
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    signed = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # the other machine's clock may be behind
        .not_valid_after(now + CERTIFIED_FOR)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(secret, hashes.SHA256())
    )
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    _write(key, secret.private_bytes(pem, serialization.PrivateFormat.PKCS8, none), 0o600)
    _write(chain, signed.public_bytes(pem), 0o644)


def _general(name: str) -> "GeneralName":
    from cryptography import x509

    found = _address(name)
    return x509.DNSName(name) if found is None else x509.IPAddress(found)


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def own_names(listen: str) -> list[str]:
    """How this machine is called by others and by itself: its addresses and names."""
    host = listen.rpartition(":")[0].strip("[]")
    found = [*addresses.reaching(host), socket.gethostname(), socket.getfqdn(), "localhost", "127.0.0.1", "::1"]
    return list(dict.fromkeys(name.lower() for name in found if name and name.isascii()))


def _write(path: Path, data: bytes, mode: int) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)


def found_database(path: Path, admin: str | None) -> str | None:
    """Make the database if it is absent; the secret of a first admin key, if one is wanted and there is none."""
    return asyncio.run(_found(path, admin))


async def _found(path: Path, admin: str | None) -> str | None:
    store = open_store(path)
    try:
        now = stored(datetime.now(UTC))
        if admin is None or await store.read(_ADMINS, [now]):
            return None
        made = keys.made()
        await store.write([rows.Key(made.key_id, admin, Role.ADMIN.value, made.digest, now, "cpoctl init", None)])
        return made.text
    finally:
        await store.close()


def found_history(path: Path, scale: "Scale", told: "Callable[[int, int], None]") -> "HistoryRow":
    """Write a generated history into a new database; what went in. Raises Conflict for a file that is there."""
    from cpoctl.simulator.history import History
    from cpoctl.store.sqlite.filling import fill

    gc.disable()  # nothing of it goes in circles, and to look for circles among millions of rows takes its time
    try:
        history = History(scale)
        fill(path, history.pages(), scale.until, told)
    finally:
        gc.enable()
    return history.row(str(path))
