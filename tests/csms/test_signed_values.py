"""Signed values are kept byte for byte, once, and for ever. OCPP 1.6 §7.42 · OCPP 2.0.1 2.40"""

import base64
import json
import sqlite3
from typing import Any
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from cpoctl.csms.operator import Face
from cpoctl.ocpp import Version
from cpoctl.operations.report.quality import QualityReport
from cpoctl.operations.session.review import ReviewSessions
from cpoctl.operations.session.signed import SignedSession
from tests.support.csms import T0, T1, T2, Csms, metered, start, stop
from tests.support.raw_charger import RawCharger


def record(page: int, nature: str, *, meter: str = "M-1", status: str = "G") -> str:
    """An OCMF record; its spaces are part of what was signed."""
    reading = f'{{"TM":"2026-11-22T13:00:00,000+0000 S","TX":"{nature}","RV":1.50,"RU":"kWh","ST":"{status}"}}'
    return f'OCMF|{{"PG" : "T{page}","MS":"{meter}","RD":[{reading}]}}|{{"SD":"00"}}'


@pytest.fixture
async def charger(csms: Csms) -> RawCharger:
    """A charger that is booted."""
    return await csms.booted()


def signed(number: Any, text: str, at: str = T1, **more: Any) -> dict[str, Any]:
    """A MeterValues with a signed value."""
    return metered(number, text, at, format="SignedData", **more)


async def charged(charger: RawCharger, *records: str, minute: int = 0) -> None:
    """A session with these signed values, the last with its stop."""
    begun = await charger.call("StartTransaction", start(at=T0.replace(":00Z", f":{minute:02}Z")))
    number = begun["transactionId"]
    for place, text in enumerate(records[:-1]):
        await charger.call(
            "MeterValues", signed(number, text, f"2026-11-22T13:1{place}:00Z", context="Transaction.Begin")
        )
    values = [{"value": records[-1], "format": "SignedData", "context": "Transaction.End"}]
    await charger.call("StopTransaction", stop(number, transactionData=[{"timestamp": T2, "sampledValue": values}]))


async def evidence(csms: Csms) -> dict[str, list[str]]:
    """What of the sessions needs somebody."""
    return {row.item: row.evidence for row in await Face(csms.central).query(ReviewSessions())}


async def test_signed_values_are_kept_byte_for_byte_and_once(csms: Csms, charger: RawCharger) -> None:
    begin, end = record(1, "B"), record(2, "E")
    await charged(charger, begin, begin, end)
    rows = await csms.store.reading(SignedSession(session="1").select)
    assert [base64.b64decode(row.content or "") for row in rows] == [begin.encode(), end.encode()]
    assert [(row.nature, row.encoding, row.pagination, row.meter_serial) for row in rows] == [
        ("Start", "OCMF", "T1", "M-1"),
        ("End", "OCMF", "T2", "M-1"),
    ]
    assert {row.verified for row in rows} == {"not verified: no public key"}
    assert await evidence(csms) == {}


async def test_a_charger_of_2_tells_its_key_with_the_value(csms: Csms) -> None:
    charger = await csms.booted(version=Version.V201)
    packet = {
        "signedMeterData": base64.b64encode(record(1, "B").encode()).decode(),
        "signingMethod": "ECDSA", "encodingMethod": "OCMF", "publicKey": "04ff",
    }  # fmt: skip
    value = {"value": 1000, "context": "Transaction.Begin", "signedMeterValue": packet}
    begun = {
        "eventType": "Started", "timestamp": T0, "triggerReason": "CablePluggedIn", "seqNo": 0, "evse": {"id": 1},
        "transactionInfo": {"transactionId": "TX"}, "meterValue": [{"timestamp": T0, "sampledValue": [value]}],
    }  # fmt: skip
    await charger.call("TransactionEvent", begun)
    (row,) = await csms.store.reading(SignedSession(session="1").select)
    assert base64.b64decode(row.content or "").decode() == packet["signedMeterData"]
    assert (row.pagination, row.verified) == ("T1", "not verified: the public key cannot be read")


async def test_a_signed_value_is_never_changed_or_deleted(csms: Csms, charger: RawCharger) -> None:
    await charged(charger, record(1, "B"), record(2, "E"))
    with sqlite3.connect(csms.path, timeout=5) as other:
        for sql in ("UPDATE signed_value SET raw = x'00'", "DELETE FROM signed_value"):
            with pytest.raises(sqlite3.IntegrityError, match="is never"):
                other.execute(sql)
    other.close()


async def test_pages_that_are_missing_need_somebody(csms: Csms, charger: RawCharger) -> None:
    await charged(charger, record(1, "B"), record(2, "E"))
    await charged(charger, record(5, "B"), record(6, "E"), minute=1)
    assert await evidence(csms) == {"session-2": ["signed pages 3 to 4 of meter M-1 were never told"]}


async def test_another_meter_and_a_bad_status_need_somebody(csms: Csms, charger: RawCharger) -> None:
    await charged(charger, record(1, "B"), record(2, "E", meter="M-2", status="N"))
    assert await evidence(csms) == {"session-1": ["its meter changed: M-1, M-2", "a signed value says: meter status N"]}


async def test_a_driver_gets_one_file_for_the_transparency_software(csms: Csms, charger: RawCharger) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    payload = record(1, "B").split("|")[1].replace("M-1", "M<1>&")
    signature = key.sign(payload.encode(), ec.ECDSA(SHA256())).hex()
    begin = f'OCMF|{payload}|{{"SD":"{signature}"}}'
    await charged(charger, begin, base64.b64encode(record(2, "E").encode()).decode())
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    rows = await csms.store.reading(SignedSession(session="1", xml=True, public_key=pem).select)
    assert rows[0].verified == "verified"
    assert (rows[0].name, rows[1].content) == ("session-1.xml", None)
    values = ElementTree.fromstring(base64.b64decode(rows[0].content or ""))
    assert [value.attrib for value in values] == [
        {"transactionId": "1", "context": "Transaction.Begin"},
        {"transactionId": "1", "context": "Transaction.End"},
    ]
    data = values.findall("value/signedData")
    assert [(each.text, each.attrib) for each in data] == [
        (begin, {"format": "OCMF", "encoding": "plain"}),
        (record(2, "E"), {"format": "OCMF", "encoding": "plain"}),
    ]
    for told in values.findall("value/publicKey"):
        assert load_der_public_key(bytes.fromhex(told.text or "")) == key.public_key()


async def test_a_value_that_was_changed_after_it_was_signed_ends_the_command_with_an_error(
    csms: Csms, charger: RawCharger
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    payload = record(1, "B").split("|")[1]
    signature = key.sign(payload.encode(), ec.ECDSA(SHA256())).hex()
    changed = payload.replace('"RV":1.50', '"RV":1.40')
    await charged(charger, f'OCMF|{payload}|{{"SD":"{signature}"}}', f'OCMF|{changed}|{{"SD":"{signature}"}}')
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    asked = SignedSession(session="1", public_key=pem)
    rows = [vars(row) for row in await csms.store.reading(asked.select)]
    assert [row["verified"] for row in rows] == ["verified", "its signature is not good"]
    objection = asked.objection(rows)
    assert objection is not None and objection.message == "not what the meter has signed: 2"
    assert asked.objection(rows[:1]) is None


def signing(key: ec.EllipticCurvePrivateKey, page: int, nature: str, *, wrong: bool = False, told: bool = False) -> str:
    """A record that a meter has signed, in the wrapping that tells its key if it is `told`."""
    payload = record(page, nature).split("|")[1]
    signature = key.sign(payload.encode(), ec.ECDSA(SHA256())).hex()
    text = f'OCMF|{payload.replace("1.50", "9.50") if wrong else payload}|{{"SD":"{signature}"}}'
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()
    packet = {
        "signedMeterData": text,
        "encodingMethod": "OCMF",
        "signingMethod": "",
        "publicKey": public if told else "",
    }
    return json.dumps(packet)


async def test_a_signature_that_is_not_good_needs_somebody_and_is_counted(csms: Csms, charger: RawCharger) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    good = (signing(key, 1, "B", told=True), signing(key, 2, "E"))
    bad = (signing(key, 3, "B", told=True), signing(key, 4, "E", wrong=True))  # the key is told with the first alone
    unknown = (signing(key, 5, "B"), signing(key, 6, "E", wrong=True))
    for minute, values in enumerate((good, bad, unknown)):
        await charged(charger, *values, minute=minute)
    await csms.central.verifying.catch_up()
    (row,) = await Face(csms.central).query(ReviewSessions())
    assert (row.item, row.evidence) == ("session-2", ["1 signed value is not what its meter has signed"])
    assert {"cpoctl session signed 2", "cpoctl session accept session-2 --reason TEXT"} < set(row.ways)
    shown = await csms.store.reading(SignedSession(session="2").select)
    assert [row.verified for row in shown] == ["verified", "its signature is not good"]
    doubts = await csms.store.reading(QualityReport(since="2026-11", charger="CP-1").select)
    counted = [(row.doubt, row.count, row.hint) for row in doubts]
    assert ("signed values that are not good", 1, "cpoctl session review --charger CP-1") in counted


async def test_values_of_a_session_that_runs_are_looked_at_once_it_has_ended(csms: Csms, charger: RawCharger) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    looked_at = "SELECT signed_value_id, good FROM signed_verdict ORDER BY 1"
    begun = await charger.call("StartTransaction", start())
    number = begun["transactionId"]
    await charger.call("MeterValues", signed(number, signing(key, 1, "B", wrong=True), context="Transaction.Begin"))
    await csms.central.verifying.catch_up()
    assert await csms.rows(looked_at) == []
    values = [{"value": signing(key, 2, "E", told=True), "format": "SignedData", "context": "Transaction.End"}]
    await charger.call("StopTransaction", stop(number, transactionData=[{"timestamp": T2, "sampledValue": values}]))
    await csms.central.verifying.catch_up()
    assert [tuple(row.values()) for row in await csms.rows(looked_at)] == [(1, 0), (2, 1)]
