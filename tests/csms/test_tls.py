"""The TLS listener for chargers. RELIABILITY S-08"""

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cpoctl.config import ServeSettings
from cpoctl.errors import UsageProblem
from cpoctl.running import running
from tests.support.csms import BOOT
from tests.support.raw_charger import HandshakeRefused, dial


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost, and its key."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain, secret


def settings(tmp_path: Path, chain: Path, key: Path) -> ServeSettings:
    """A server that lets everybody in over TLS."""
    return ServeSettings(
        listen="127.0.0.1:0", db=str(tmp_path / "c.db"), socket=str(tmp_path / "s"), accept_all=True,
        tls_cert=str(chain), tls_key=str(key),
    )  # fmt: skip


async def test_with_a_second_address_chargers_may_come_with_or_without_tls(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    both = replace(settings(tmp_path, *certificate), tls_listen="127.0.0.1:0")
    async with running(both) as server:
        assert [url.partition(":")[0] for url in server.urls] == ["ws", "wss"]
        plain, secure = (int(url.rpartition(":")[2].strip("/")) for url in server.urls)
        tls = ssl.create_default_context(cafile=certificate[0])
        for port, context in ((plain, None), (secure, tls)):
            charger = await dial(port, f"/CP-{port}", tls=context)
            assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
            await charger.hang_up()


async def test_a_charger_boots_over_tls(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    async with running(settings(tmp_path, *certificate)) as server:
        assert server.url.startswith("wss://")
        charger = await dial(server.charger_port, "/CP-1", tls=ssl.create_default_context(cafile=certificate[0]))
        assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
        await charger.hang_up()


async def test_what_is_older_than_tls_1_2_is_refused(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(cafile=certificate[0])
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with running(settings(tmp_path, *certificate)) as server:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await dial(server.charger_port, "/CP-1", tls=context)


async def test_a_weak_suite_is_refused(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(cafile=certificate[0])
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:AES128-SHA")
    async with running(settings(tmp_path, *certificate)) as server:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await dial(server.charger_port, "/CP-1", tls=context)


async def test_plain_bytes_on_the_tls_port_disturb_nobody(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    async with running(settings(tmp_path, *certificate)) as server:
        with pytest.raises((HandshakeRefused, ConnectionError)):
            await dial(server.charger_port, "/CP-1")
        charger = await dial(server.charger_port, "/CP-1", tls=ssl.create_default_context(cafile=certificate[0]))
        await charger.synced()
        await charger.hang_up()


async def test_a_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"nowhere\.pem"):
        async with running(settings(tmp_path, tmp_path / "nowhere.pem", tmp_path / "key.pem")):
            pass
