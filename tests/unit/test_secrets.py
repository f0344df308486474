"""Secrets in texts are masked before the texts are kept or shown. RELIABILITY V-12"""

import json

import pytest

from cpoctl.domain.secrets import MASK, masked


@pytest.mark.parametrize(
    "told",
    [
        [2, "1", "ChangeConfiguration", {"key": "AuthorizationKey", "value": "CANARY"}],
        {"variables": [{"name": "AuthorizationKey", "value": "CANARY", "readonly": False}]},
        {"AuthorizationKey": "CANARY"},
        {"configurationKey": [{"key": "ApnPassword", "readonly": False, "value": "CANARY"}]},
        {"key": "Auth-Key", "value": "CANARY"},
        {"key": "OEM.Auth Key2", "value": "CANARY"},
        {"key": "WifiPassphrase", "value": "CANARY"},
        {"key": "CloudApiKey", "value": "CANARY"},
        {"key": "TLS_PrivateKey", "value": "CANARY"},
        {"apn": {"apn": "m2m", "simPin": "CANARY", "apnAuthentication": "AUTO"}},
        {"vpn": {"server": "s", "user": "u", "password": "CANARY", "key": "CANARY", "type": "IPSec"}},
    ],
)
def test_a_secret_is_masked_however_its_name_is_told(told: object) -> None:
    text = masked(json.dumps(told))
    assert "CANARY" not in text
    assert MASK in text


def test_a_secret_that_is_a_number_is_masked_and_what_is_no_secret_stays() -> None:
    told = {"BasicAuthPassword": 12345678, "key": "HeartbeatInterval", "value": "300", "passwordNeeded": True}
    assert json.loads(masked(json.dumps(told))) == {**told, "BasicAuthPassword": MASK}


def test_a_text_that_names_a_secret_and_is_no_json_is_not_kept() -> None:
    assert "CANARY" not in masked('AuthorizationKey = "CANARY"')


@pytest.mark.parametrize(
    "url",
    [
        "ftp://user:CANARY@files.example.com/up",
        "ftp://:CANARY@files.example.com/up",
        "ftp://user:CAN@ARY-CANARY@files.example.com/up",
        "https://user:" + "CANARY" * 60 + "@files.example.com/up",
    ],
)
def test_a_password_in_a_url_is_masked_whatever_it_holds(url: str) -> None:
    text = masked(json.dumps({"location": url}))
    assert "ARY" not in text
    assert "files.example.com/up" in text


@pytest.mark.parametrize("rest", ["", "/", "/fw-2.1.0.bin", "?x=1"])
def test_the_secret_path_of_a_file_is_masked(rest: str) -> None:  # O-10
    told = json.dumps({"location": f"http://10.0.0.1:9080/de2669e658818fff27362a7d{rest}"})
    assert masked(told) == json.dumps({"location": f"http://10.0.0.1:9080/{MASK}{rest}"})


@pytest.mark.parametrize(
    "url", ["http://files.example.com:80/a@b", "ftp://user@files.example.com/", "ws://h:9000/CP:1"]
)
def test_a_url_without_a_password_stays(url: str) -> None:
    assert masked(json.dumps({"location": url})) == json.dumps({"location": url})


def test_a_secret_in_json_within_json_is_masked() -> None:
    told = {"vendorId": "Acme", "data": json.dumps({"wifi": {"ssid": "HQ", "password": "CANARY"}})}
    text = masked(json.dumps(told))
    assert "CANARY" not in text
    assert "HQ" in text


def test_a_text_that_only_names_a_secret_stays() -> None:
    told = json.dumps({"key": ["AuthorizationKey"], "data": '["AuthorizationKey"]'}, separators=(",", ":"))
    assert masked(told) == told


@pytest.mark.timeout(5)
def test_a_very_long_word_beside_an_address_costs_no_time() -> None:
    text = "x" * 1_000_000 + " ftp://user:secret@example.org"
    assert masked(text).endswith(f"ftp://user:{MASK}@example.org")


@pytest.mark.parametrize(
    "told",
    [
        '{"setVariableData":[{"attributeValue":"s3cret","component":{"name":"SecurityCtrlr"},"variable":{"name":"BasicAuthPassword"}}]}',
        '{"reportData":[{"variable":{"name":"BasicAuthPassword"},"variableAttribute":[{"type":"Actual","value":"s3cret"}]}]}',
        '{"eventData":[{"variable":{"name":"BasicAuthPassword"},"actualValue":"s3cret"}]}',
    ],
)
def test_a_secret_variable_of_the_device_model_is_masked_where_its_values_stand(told: str) -> None:
    shown = masked(told)
    assert "s3cret" not in shown
    assert MASK in shown
