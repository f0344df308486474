"""Signatures of firmware, judged before anything is sent, by the rules that chargers judge them by.

RSA-PSS or ECDSA over the SHA-256 of the whole file, keys of 2048 bits and more or on curves of 224 bits and more
(security whitepaper A00.FR.308 and L01.FR.11, L01.FR.12 of OCPP 2.0.1). EC-Schnorr, which the standard names as
well, is in no library that is kept; a signature in its form is said to be one that cannot be judged.
"""

import base64
import binascii
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from cpoctl.errors import UsageProblem

RSA_LEAST: Final = 2048
EC_LEAST: Final = 224
_HINTS: Final = ("cpoctl image add --help    what a signed image wants",)


def certified(sha256: str, signature: str, certificate: str, now: datetime) -> str:
    """By whom and how a file of this hash is signed. Raises UsageProblem when the signature is not good."""
    signer, digest = _signer(certificate, now), bytes.fromhex(sha256)
    raw, key = _raw(signature), signer.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        how = _by_rsa(key, raw, digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        how = _by_curve(key, raw, digest)
    else:
        raise _bad("the key of the signing certificate is neither RSA nor on a curve")
    return f"{how}, {signer.subject.rfc4514_string()}"


def _by_rsa(key: rsa.RSAPublicKey, raw: bytes, digest: bytes) -> str:
    if key.key_size < RSA_LEAST:
        raise _bad(f"the signing key has {key.key_size} bits, chargers want {RSA_LEAST} at least")
    prehashed = utils.Prehashed(hashes.SHA256())
    try:
        key.verify(raw, digest, padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.AUTO), prehashed)
    except InvalidSignature:
        try:
            key.verify(raw, digest, padding.PKCS1v15(), prehashed)
        except InvalidSignature:
            raise _bad("the signature is not of this file, or by another key") from None
        raise _bad("it is signed with RSA PKCS#1 v1.5, chargers want RSA-PSS") from None
    return f"RSA-PSS {key.key_size}"


def _by_curve(key: ec.EllipticCurvePublicKey, raw: bytes, digest: bytes) -> str:
    if key.key_size < EC_LEAST:
        raise _bad(f"the signing key has {key.key_size} bits, chargers want {EC_LEAST} at least on a curve")
    try:
        key.verify(raw, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    except InvalidSignature:
        if len(raw) == 2 * ((key.key_size + 7) // 8):
            raise _bad("the signature looks like EC-Schnorr, which cannot be judged here") from None
        raise _bad("the signature is not of this file, or by another key") from None
    return f"ECDSA {key.curve.name}"


def _signer(certificate: str, now: datetime) -> x509.Certificate:
    try:
        signer = x509.load_pem_x509_certificates(certificate.encode())[0]
    except (ValueError, UnicodeEncodeError):
        raise _bad("the signing certificate cannot be read: it is PEM, the signer's own first") from None
    if now < signer.not_valid_before_utc:
        raise _bad(f"the signing certificate does not hold before {signer.not_valid_before_utc:%Y-%m-%d}")
    if now > signer.not_valid_after_utc:
        raise _bad(f"the signing certificate ended on {signer.not_valid_after_utc:%Y-%m-%d}")
    return signer


def _raw(signature: str) -> bytes:
    try:
        return base64.b64decode("".join(signature.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _bad("the signature is not base64") from None


def _bad(why: str) -> UsageProblem:
    return UsageProblem(f"the signature is not good: {why}", hints=_HINTS)
