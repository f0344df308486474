"""Who may connect, under which name, over which version. RELIABILITY S-02, S-03, S-13, S-14, S-17 · OCPP-J 1.6 §3.1"""

import asyncio
import contextlib

import pytest

from cpoctl.operations.charger.add import AddCharger
from cpoctl.operations.charger.password import SetPassword
from tests.csms.conftest import Make
from tests.support.csms import BOOT, Csms
from tests.support.raw_charger import HEADERS, HandshakeRefused, basic

OFFER = "Sec-WebSocket-Protocol"


@pytest.mark.parametrize(
    ("target", "charger_id"),
    [
        ("/CP1", "CP1"),
        ("//CP1", "CP1"),
        ("///CP1", "CP1"),
        ("/CP1/", "CP1"),
        ("/ocpp/CP1", "CP1"),
        ("/ocpp/CP1/CP1", "CP1"),
        ("/CP1?x=1", "CP1"),
        ("/CP1/?x=/y/", "CP1"),
        ("/RDAM%7C123", "RDAM|123"),
        ("/RDAM%20123", "RDAM 123"),
        ("/%43P1", "CP1"),
        ("http://localhost/CP1", "CP1"),
        ("/ws://host/ocpp/CP1", "CP1"),
        ("/" + "x" * 48, "x" * 48),
    ],
)
async def test_a_path_names_a_charger(csms: Csms, target: str, charger_id: str) -> None:
    await csms.dial(target)
    assert csms.known(charger_id).charger_id == charger_id


@pytest.mark.parametrize(
    "target",
    [
        "/", "/..", "/.", "/%2e%2e", "/a%2f..%2fb", "/%2e%2e%2fetc%2fpasswd", "/CP%00x", "/CP%0d%0aX", "/%ff", "/CP%25",
        "/%E2%80%AE", "/CP1%1b[2J", "/" + "x" * 49, "/<script>", "/CP1;DROP", "/CP'1", "/CP1%2541%", "/%",
    ],
)  # fmt: skip
async def test_a_path_that_names_no_charger_is_refused_and_leaves_nothing(csms: Csms, target: str) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        await csms.dial(target)
    assert refused.value.status in (400, 404)
    assert await csms.count("charger") == 0
    assert sorted(path.name for path in csms.path.parent.iterdir() if not path.name.startswith("csms.db")) == []


async def test_dots_in_a_path_are_segments_like_any_other(csms: Csms) -> None:
    await csms.dial("/../../etc/passwd")
    assert csms.known("passwd").charger_id == "passwd"
    assert not list(csms.path.parent.glob("passwd*"))


async def test_a_charger_is_known_in_any_case_and_shown_as_first_seen(csms: Csms) -> None:
    first = await csms.booted("Hq-07")
    await csms.dial("HQ-07")
    assert await first.ended() == 1008
    assert [row["charger_id"] for row in await csms.rows("SELECT charger_id FROM charger")] == ["Hq-07"]
    assert {row["charger_id"] for row in await csms.rows("SELECT charger_id FROM connection")} == {"Hq-07"}


async def test_a_charger_that_offers_no_subprotocol_is_taken_as_1_6(csms: Csms) -> None:
    charger = await csms.dial("CP-1", headers=())
    assert OFFER.lower() not in charger.response.headers
    assert (await charger.call("BootNotification", BOOT))["status"] == "Pending"


@pytest.mark.parametrize(
    ("headers", "chosen"),
    [
        ([(OFFER, "ocpp2.0.1, ocpp1.6")], "ocpp2.0.1"),
        ([(OFFER, "ocpp1.5,ocpp1.6 ,ocpp2.0.1")], "ocpp1.6"),
        ([(OFFER, "soap"), (OFFER, "ocpp2.1")], "ocpp2.1"),
    ],
)
async def test_the_first_offer_that_is_spoken_here_is_chosen(
    csms: Csms, headers: list[tuple[str, str]], chosen: str
) -> None:
    charger = await csms.dial("CP-1", headers)
    assert charger.response.headers[OFFER.lower()] == chosen


async def test_without_a_common_subprotocol_the_handshake_is_finished_and_then_closed(csms: Csms) -> None:
    charger = await csms.dial("CP-1", [(OFFER, "ocpp1.5, soap")])
    assert (charger.response.status, OFFER.lower() in charger.response.headers) == (101, False)
    assert await charger.ended() == 1002
    assert await csms.count("connection") == 0


async def test_compression_is_not_negotiated(csms: Csms) -> None:
    charger = await csms.dial("CP-1", [(OFFER, "ocpp1.6"), ("Sec-WebSocket-Extensions", "permessage-deflate")])
    assert "sec-websocket-extensions" not in charger.response.headers


async def test_a_plain_http_request_is_told_to_upgrade_and_leaves_nothing(make_csms: Make) -> None:
    csms = await make_csms(accept_all=True)
    reader, writer = await asyncio.open_connection("127.0.0.1", csms.port)
    writer.write(b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert b" 426 " in await reader.readline()
    writer.close()
    assert await csms.count("charger") == 0


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x02\x00\x01\x00", b"\0" * 100, b"GET / SMTP\r\n\r\n", b"x" * 20_000]
)
async def test_bytes_that_are_no_http_do_not_disturb_a_charger_that_connects_after_them(
    csms: Csms, garbage: bytes
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", csms.port)
    writer.write(garbage)
    writer.transport.abort()
    await (await csms.dial()).synced()


# Unknown chargers


async def test_an_unknown_charger_is_refused_and_counted_when_the_policy_is_reject(make_csms: Make) -> None:
    csms = await make_csms(unknown="reject")
    for _ in range(2):
        with pytest.raises(HandshakeRefused) as refused:
            await csms.dial("STRANGER")
        assert refused.value.status == 404
    assert await csms.rows("SELECT charger_id, reason, address, attempts FROM knock") == [
        {"charger_id": "STRANGER", "reason": "unknown", "address": "127.0.0.1", "attempts": 2}
    ]
    assert await csms.count("charger") == 0


async def test_an_unknown_charger_waits_for_the_operator_when_the_policy_is_pending(csms: Csms) -> None:
    charger = await csms.dial("NEW-1")
    assert (await charger.call("BootNotification", BOOT))["status"] == "Pending"
    assert (csms.known("NEW-1").registration, csms.known("NEW-1").known) == ("Pending", False)


async def test_an_unknown_charger_is_let_in_when_everybody_is(make_csms: Make) -> None:
    csms = await make_csms(accept_all=True)
    charger = await csms.dial("NEW-1")
    assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
    assert (await charger.call("Authorize", {"idTag": "ANY"}))["idTagInfo"]["status"] == "Accepted"


async def test_at_most_200_unknown_chargers_wait_however_fast_they_knock(csms: Csms) -> None:
    async def knock(number: int) -> int:
        try:
            charger = await csms.dial(f"NEW-{number}")
        except HandshakeRefused as refused:
            return refused.status
        return charger.response.status

    answers = await asyncio.gather(*(knock(number) for number in range(260)))
    assert (answers.count(101), answers.count(404)) == (200, 60)
    assert await csms.count("charger") == 200
    assert await csms.count("knock") == 60


async def test_knocks_of_ever_new_names_are_kept_of_200_only(make_csms: Make) -> None:
    csms = await make_csms(unknown="reject")
    for number in range(230):
        with pytest.raises(HandshakeRefused):
            await csms.dial(f"STRANGER-{number}")
    assert await csms.count("knock") == 200


# Origin


async def test_a_web_page_may_not_connect_as_a_charger_without_a_password(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    with pytest.raises(HandshakeRefused) as refused:
        await csms.dial("CP-1", [(OFFER, "ocpp1.6"), ("Origin", "http://evil.example")])
    assert refused.value.status == 403


async def test_the_origin_that_esp32_chargers_send_is_no_web_page(csms: Csms) -> None:
    origin = ("Origin", "https://github.com/gilmaimon/TinyWebsockets")
    assert (await csms.dial("CP-1", [(OFFER, "ocpp1.6"), origin])).response.status == 101


async def test_with_a_good_password_any_origin_may_connect(csms: Csms) -> None:
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(SetPassword(charger="CP-1", password="0123456789abcdef"))
    headers = [(OFFER, "ocpp1.6"), ("Origin", "http://evil.example"), basic("CP-1", "0123456789abcdef")]
    assert (await csms.dial("CP-1", headers)).response.status == 101


async def test_forwarded_addresses_are_not_believed(csms: Csms) -> None:
    await csms.dial("CP-1", [(OFFER, "ocpp1.6"), ("X-Forwarded-For", "8.8.8.8"), ("Forwarded", "for=8.8.8.8")])
    assert [row["address"] for row in await csms.rows("SELECT address FROM connection")] == ["127.0.0.1"]


async def test_with_hide_unknown_a_stranger_hears_what_a_wrong_password_does(make_csms: Make) -> None:  # S-03
    csms = await make_csms(unknown="reject", hide_unknown=True)
    await csms.do(AddCharger(charger="CP-1"))
    await csms.do(SetPassword(charger="CP-1", generate=True))
    heard = []
    for name in ("CP-1", "STRANGER"):
        for headers in (HEADERS, [*HEADERS, basic(name, "0" * 40)]):
            computed = csms.central.admission.passwords.computed
            with pytest.raises(HandshakeRefused) as refused:
                await csms.dial(name, headers)
            told = {key: value for key, value in refused.value.headers.items() if key != "date"}
            heard.append((refused.value.status, told, csms.central.admission.passwords.computed - computed))
    assert heard[:2] == heard[2:]
    assert [(status, hashes) for status, _, hashes in heard] == [(401, 0), (401, 1)] * 2
    knocks = await csms.rows("SELECT charger_id, attempts FROM knock WHERE reason = 'unknown'")
    assert knocks == [{"charger_id": "STRANGER", "attempts": 2}]


async def test_an_address_that_opens_ever_new_connections_leaves_room_for_others(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:  # S-14
    monkeypatch.setattr("cpoctl.csms.admission.HANDSHAKES_MOST", 12)
    monkeypatch.setattr("cpoctl.csms.admission.HANDSHAKES_OF_ONE", 3)
    silent = [await asyncio.open_connection("127.0.0.1", csms.port) for _ in range(20)]
    ended = [await reader.read() for reader, _ in silent[6:]]
    assert ended == [b""] * 14
    await (await csms.dial("CP-1", source="127.0.0.2")).synced()
    for _, writer in silent:
        writer.transport.abort()
    await csms.until(lambda: not csms.central.admission._openings)
    await (await csms.dial("CP-2")).synced()


async def test_when_chargers_have_all_the_connections_that_they_may_have_more_are_turned_away(
    csms: Csms, caplog: pytest.LogCaptureFixture
) -> None:  # S-15
    csms.central.admission.room = 2
    first, _ = await csms.booted("CP-1"), await csms.booted("CP-2")
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", csms.port)
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
    assert [record.message.partition(";")[0] for record in caplog.records if "no room" in record.message] == [
        "no room for more connections beside 2 chargers and 0 handshakes"
    ]
    await first.synced()
