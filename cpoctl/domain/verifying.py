"""Verifying: whether a signed value is what its meter has signed. Nothing is called verified that was not.

ECDSA over the payload of an OCMF record, on the curves that calibrated meters use.
"""

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from cpoctl.domain.ocmf import Ocmf

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

VERIFIED = "verified"
BAD = "its signature is not good"
_OCA = "oca:base16:asn1:"  # how OCA's application note writes a key
_PEM = "-----BEGIN"


def verdict(record: Ocmf | None, key: str | None) -> str:
    """What can be said of the signature: `verified`, that it is not good, or why nobody knows."""
    if record is None:
        return "not verified: it is no OCMF"
    if not key:
        return "not verified: no public key"
    if record.signature is None:
        return "not verified: it has no signature"
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec

    algorithm = record.algorithm.split("-")
    curve, digest = _curve(algorithm[1] if len(algorithm) > 1 else ""), _digest(algorithm[-1])
    if algorithm[0] != "ECDSA" or curve is None or digest is None:
        return f"not verified: {record.algorithm} is not known here"
    try:
        public = _public(key, curve)
        public.verify(_der(record.signature), record.payload.encode(), ec.ECDSA(digest))
    except InvalidSignature:
        return BAD
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        return "not verified: the public key cannot be read"
    return VERIFIED


def der_of(key: str, algorithm: str) -> str | None:
    """A key as DER in hex digits; None where it cannot be read. `algorithm` is that of the record that it belongs to."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    curve = _curve(next(iter(algorithm.split("-")[1:]), ""))
    if curve is None:
        return None
    try:
        public = _public(key, curve)
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
        return None
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()


def _curve(name: str) -> "ec.EllipticCurve | None":
    from cryptography.hazmat.primitives.asymmetric import ec

    known: dict[str, type[ec.EllipticCurve]] = {
        "secp192r1": ec.SECP192R1,
        "secp256r1": ec.SECP256R1,
        "secp256k1": ec.SECP256K1,
        "secp384r1": ec.SECP384R1,
        "secp521r1": ec.SECP521R1,
        "brainpool256r1": ec.BrainpoolP256R1,
        "brainpoolP256r1": ec.BrainpoolP256R1,
        "brainpool384r1": ec.BrainpoolP384R1,
        "brainpoolP384r1": ec.BrainpoolP384R1,
    }
    return known[name]() if name in known else None


def _digest(name: str) -> "HashAlgorithm | None":
    from cryptography.hazmat.primitives import hashes

    known: dict[str, type[HashAlgorithm]] = {
        "SHA256": hashes.SHA256,
        "SHA384": hashes.SHA384,
        "SHA512": hashes.SHA512,
    }
    return known[name]() if name in known else None


def _public(key: str, curve: "ec.EllipticCurve") -> "ec.EllipticCurvePublicKey":
    """A key as PEM, as DER or as a point, these in hex or base64, or as OCA writes it. Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

    key = key.strip()
    if key.startswith(_PEM):
        found = load_pem_public_key(key.encode())
    else:
        binary = _binary(key)
        if binary.startswith(_OCA.encode()):
            binary = bytes.fromhex(binary[len(_OCA) :].decode("ascii"))
        if binary[:1] in (b"\x02", b"\x03", b"\x04"):
            return ec.EllipticCurvePublicKey.from_encoded_point(curve, binary)
        found = load_der_public_key(binary)
    if not isinstance(found, ec.EllipticCurvePublicKey):
        raise TypeError("it is a key of another kind")
    return found


def _binary(key: str) -> bytes:
    if key.startswith(_OCA):
        return bytes.fromhex(key[len(_OCA) :])
    try:
        return bytes.fromhex(key)
    except ValueError:
        return b64decode(key, validate=True)


def _der(signature: bytes) -> bytes:
    """The signature as DER; some meters tell its two numbers side by side."""
    if signature[:1] == b"\x30" and len(signature) not in (64, 96):
        return signature
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
