"""Signatures of firmware, judged as chargers judge them: OCPP 2.0.1 L01.FR.11, L01.FR.12."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from cpoctl.errors import UsageProblem
from cpoctl.files.signatures import certified

FIRMWARE = b"firmware" * 1000
SHA256 = hashlib.sha256(FIRMWARE).hexdigest()
NOW = datetime(2026, 11, 22, 13, tzinfo=UTC)
RSA, SMALL = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 1024)  # to be refused
CURVE = ec.generate_private_key(ec.SECP256R1())
PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate(key: Key, until: datetime = NOW + timedelta(days=1)) -> str:
    """A certificate of the maker."""
    maker = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Acme firmware")])
    made = x509.CertificateBuilder().subject_name(maker).issuer_name(maker).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(NOW - timedelta(days=9)).not_valid_after(until)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def text(signature: bytes) -> str:
    """As makers send it, in lines."""
    return base64.encodebytes(signature).decode()


@pytest.mark.parametrize(
    ("key", "signature", "how"),
    [
        (RSA, RSA.sign(FIRMWARE, PSS, hashes.SHA256()), "RSA-PSS 2048"),
        (CURVE, CURVE.sign(FIRMWARE, ec.ECDSA(hashes.SHA256())), "ECDSA secp256r1"),
    ],
    ids=["rsa", "curve"],
)
def test_a_good_signature_tells_who_signed_it(key: Key, signature: bytes, how: str) -> None:
    assert certified(SHA256, text(signature), certificate(key), NOW) == f"{how}, CN=Acme firmware"


@pytest.mark.parametrize(
    ("key", "signature", "why"),
    [
        (RSA, RSA.sign(b"other", PSS, hashes.SHA256()), "not of this file"),
        (CURVE, CURVE.sign(b"other", ec.ECDSA(hashes.SHA256())), "not of this file"),
        (RSA, RSA.sign(FIRMWARE, padding.PKCS1v15(), hashes.SHA256()), "PKCS#1 v1.5"),
        (SMALL, SMALL.sign(FIRMWARE, PSS, hashes.SHA256()), "1024 bits"),
        (CURVE, b"\\1" * 32, "EC-Schnorr"),
    ],
    ids=["other file", "other file on a curve", "old padding", "short key", "schnorr"],
)
def test_a_signature_that_chargers_would_refuse_is_refused(key: Key, signature: bytes, why: str) -> None:
    with pytest.raises(UsageProblem, match=why):
        certified(SHA256, text(signature), certificate(key), NOW)


def test_a_certificate_that_has_ended_signs_nothing() -> None:
    signature = text(RSA.sign(FIRMWARE, PSS, hashes.SHA256()))
    with pytest.raises(UsageProblem, match="ended on 2026-11-21"):
        certified(SHA256, signature, certificate(RSA, NOW - timedelta(days=1)), NOW)


@pytest.mark.parametrize(("signature", "pem"), [("?", certificate(RSA)), ("AAAA", "no certificate")])
def test_what_cannot_be_read_is_said(signature: str, pem: str) -> None:
    with pytest.raises(UsageProblem, match=r"not base64|cannot be read"):
        certified(SHA256, signature, pem, NOW)
