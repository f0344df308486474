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
