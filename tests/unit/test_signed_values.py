"""Signed values: read in every wrapping, to the digit; verified only where that is so. OCMF 1.0"""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cpoctl.domain import ocmf
from cpoctl.domain.signed import packet
from cpoctl.domain.verifying import verdict

# Spaces and digits as a meter writes them: written anew they would be other bytes.
PAYLOAD = (
    '{"FV":"1.0","PG":"T12","MS":"M-1","RD":['
    '{"TM":"2026-11-22T13:00:00,000+0000 S","TX":"B","RV":1.000,"RI":"1-b:1.8.0","RU":"kWh","ST":"G"}, {"TX":"E","RV":8.500}]}'
)


def signed(curve: ec.EllipticCurve, name: str, payload: str = PAYLOAD) -> tuple[str, ec.EllipticCurvePublicKey]:
    """A record that a meter has signed, and its key."""
    key = ec.generate_private_key(curve)
    signature = key.sign(payload.encode(), ec.ECDSA(hashes.SHA256())).hex()
    return f'OCMF|{payload}|{{"SA":"ECDSA-{name}-SHA256","SD":"{signature}"}}', key.public_key()


def read(text: str) -> ocmf.Ocmf:
    """A record that can be read."""
    record = ocmf.read(text)
    assert record is not None
    return record


def key_text(key: ec.EllipticCurvePublicKey) -> str:
    """A key as many labels print it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.DER, form).hex()


def test_a_record_is_read_to_the_digit_with_what_its_readings_leave_out() -> None:
    record = read(f"OCMF|{PAYLOAD}|{{}}")
    assert (record.payload, record.page, record.meter_serial, record.nature) == (PAYLOAD, 12, "M-1", "Whole")
    assert [(r.nature, r.value, r.unit, r.status) for r in record.readings] == [
        ("B", "1.000", "kWh", "G"),
        ("E", "8.500", "kWh", "G"),
    ]


@pytest.mark.parametrize(
    "wrap", [str, lambda text: text.encode().hex(), lambda t: base64.b64encode(t.encode()).decode()]
)
def test_a_record_is_found_plainly_in_hex_and_in_base64_and_kept_as_it_came(wrap: Any) -> None:
    told = wrap(f"OCMF|{PAYLOAD}|{{}}")
    found = packet(told, "")
    assert (found.raw, found.encoding, found.nature) == (told.encode(), "OCMF", "Whole")
    assert found.record is not None
    assert found.record.payload == PAYLOAD


@pytest.mark.parametrize("name", ["signedMeterData", "signedMeterValue"])
def test_a_wrapping_tells_encoding_and_key(name: str) -> None:
    told = json.dumps({name: "AB12", "encodingMethod": "EDL", "signingMethod": "ECDSA192", "publicKey": "04ff"})
    found = packet(told, "Transaction.Begin")
    assert (found.raw, found.encoding, found.signing_method, found.public_key) == (b"AB12", "EDL", "ECDSA192", "04ff")
    assert (found.nature, found.record) == ("Start", None)


def test_what_the_meter_says_against_itself_is_a_doubt() -> None:
    bad = PAYLOAD.replace('"ST":"G"', '"ST":"N","EF":"E"')
    assert packet(f"OCMF|{bad}|{{}}", "").doubts == ("meter status N", "meter errors E")
    assert packet("OCMF|{broken", "").doubts == ("its OCMF cannot be read",)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "OCMF|", "OCMF|[]|{}", 'OCMF|{"RD":[1,{"TX":2}],"PG":7}|[]', "OCMF|" + "[" * 5000]
)
def test_anything_else_is_kept_and_breaks_nothing(text: str) -> None:
    assert packet(text, "").raw == text.encode()


@pytest.mark.parametrize(
    ("curve", "name"),
    [
        (ec.SECP256R1(), "secp256r1"),
        (ec.SECP256K1(), "secp256k1"),
        (ec.BrainpoolP256R1(), "brainpool256r1"),
        (ec.SECP384R1(), "secp384r1"),
    ],
)
def test_a_good_signature_is_verified_and_another_digit_is_not(curve: ec.EllipticCurve, name: str) -> None:
    text, key = signed(curve, name)
    assert verdict(read(text), key_text(key)) == "verified"
    assert verdict(read(text.replace("8.500", "8.501")), key_text(key)) == "its signature is not good"


def test_a_key_is_read_in_every_form() -> None:
    text, key = signed(ec.SECP256R1(), "secp256r1")
    point = key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    oca = f"oca:base16:asn1:{key_text(key)}"
    forms = [point.hex(), base64.b64encode(point).decode(), pem.decode(), oca, base64.b64encode(oca.encode()).decode()]
    assert {verdict(read(text), form) for form in forms} == {"verified"}


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (None, "not verified: no public key"),
        ("no key", "not verified: the public key cannot be read"),
        ("04ff", "not verified: the public key cannot be read"),
    ],
)
def test_what_cannot_be_verified_is_said_to_be_so(key: str | None, told: str) -> None:
    text, _ = signed(ec.SECP256R1(), "secp256r1")
    assert verdict(read(text), key) == told


def test_a_curve_that_nobody_has_is_said_to_be_unknown() -> None:
    text, key = signed(ec.SECP256R1(), "secp192k1")
    assert verdict(read(text), key_text(key)) == "not verified: ECDSA-secp192k1-SHA256 is not known here"
    assert verdict(None, "04ff") == "not verified: it is no OCMF"
