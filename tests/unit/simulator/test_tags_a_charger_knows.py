"""Which tags a charger lets in by itself. OCPP 1.6 §3.5, §5.15"""

import pytest

from cpoctl.simulator.authorization import KnownTags
from cpoctl.simulator.configuration import Configuration


@pytest.fixture
def settings() -> Configuration:
    return Configuration(connectors=1)


@pytest.fixture
def tags(settings: Configuration) -> KnownTags:
    return KnownTags(settings)


def test_the_cache_answers_offline_whatever_the_case(tags: KnownTags) -> None:
    tags.remember("Tag", "Blocked")
    assert tags.offline("tAG") == "Blocked"


def test_a_cleared_cache_knows_nobody(tags: KnownTags, settings: Configuration) -> None:
    settings["AllowOfflineTxForUnknownId"] = "false"
    tags.remember("Tag", "Accepted")
    tags.forget()
    assert tags.offline("Tag") == "Invalid"


def test_the_local_list_comes_before_the_cache(tags: KnownTags) -> None:
    tags.remember("T", "Accepted")
    tags.update(1, [{"idTag": "T", "idTagInfo": {"status": "Expired"}}], full=True)
    assert tags.offline("T") == "Expired"


def test_a_known_tag_need_not_be_asked_for_if_so_configured(tags: KnownTags, settings: Configuration) -> None:
    tags.remember("T", "Accepted")
    assert tags.before_asking("T") is None
    settings["LocalPreAuthorize"] = "true"
    assert tags.before_asking("T") == "Accepted"


def test_a_tag_known_as_blocked_is_asked_for_all_the_same(tags: KnownTags, settings: Configuration) -> None:
    settings["LocalPreAuthorize"] = "true"
    tags.remember("T", "Blocked")
    assert tags.before_asking("T") is None


def test_changes_add_and_remove_tags(tags: KnownTags, settings: Configuration) -> None:
    settings["AllowOfflineTxForUnknownId"] = "false"
    accepted = {"status": "Accepted"}
    tags.update(1, [{"idTag": "A", "idTagInfo": accepted}, {"idTag": "B", "idTagInfo": accepted}], full=True)
    assert tags.update(2, [{"idTag": "A"}, {"idTag": "C", "idTagInfo": accepted}], full=False) == "Accepted"
    assert [tags.offline(tag) for tag in "ABC"] == ["Invalid", "Accepted", "Accepted"]
