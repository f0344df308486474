"""The doctor and TLS: it connects as a charger would and judges the certificate that it is shown."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cpoctl.checks import Said, State
from cpoctl.checks.machine import tls
from cpoctl.config import ServeSettings
from tests.cli.test_doctor import place

Made = Callable[[int], Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Make a self-signed certificate that ends in so many days, with its key in the same file."""

    def make(days: int) -> Path:
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cpo.example.org")])
        cert = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=90))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("cpo.example.org")]), critical=False)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "cert.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(cert.public_bytes(serialization.Encoding.PEM) + private)
        return file

    return make


@contextmanager
def shown(cert: Path) -> Iterator[int]:
    """A port that shows a certificate to one who comes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert)

    def serve() -> None:
        with suppress(OSError), context.wrap_socket(listening.accept()[0], server_side=True) as line:
            line.recv(1)

    with create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(10)


def judged(cert: Path, folder: Path) -> Said:
    """What the check says of a server with this certificate."""
    with shown(cert) as port:
        health = {"address": f"wss://127.0.0.1:{port}/"}
        said = tls.check(place(folder, health=health, settings=ServeSettings(tls_cert=str(cert))))
    assert said is not None
    return said


def test_a_certificate_with_time_left_is_told_with_names_and_end(made: Made, tmp_path: Path) -> None:
    said = judged(made(100), tmp_path)
    assert said.state is State.OK
    assert said.found.startswith("for cpo.example.org, until ")
    assert "self-signed" in said.found


def test_one_that_ends_soon_is_a_warning(made: Made, tmp_path: Path) -> None:
    said = judged(made(10), tmp_path)
    assert said.state is State.WARN
    assert "days are left" in said.found


def test_one_that_has_ended_fails(made: Made, tmp_path: Path) -> None:
    said = judged(made(-1), tmp_path)
    assert said.state is State.FAIL
    assert "expired" in said.found
