"""The rules about tags: the quick verdict and the explanation rule by rule can never differ. OCPP 1.6 §7.2"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cpoctl.domain import tags

NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
KNOWN = st.builds(
    tags.Tag,
    tag_id=st.just("ANNA"),
    status=st.sampled_from([tags.ACCEPTED, tags.BLOCKED]),
    expires_at=st.sampled_from([None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(days=1)]),
    sessions_most=st.sampled_from([None, 1, 2]),
    sites=st.sampled_from([(), ("HQ",), ("HQ", "YARD")]),
    places=st.sampled_from([(), ("CP-1",), ("cp-1:2", "CP-2")]),
)
PRESENTED = st.builds(
    tags.Presented,
    tag_id=st.sampled_from(["ANNA", ""]),
    tag=st.none() | KNOWN,
    now=st.just(NOW),
    charger_id=st.sampled_from([None, "CP-1"]),
    registration=st.sampled_from(["Accepted", "Pending", "Rejected"]),
    site_id=st.sampled_from([None, "hq", "MARS"]),
    accepts_unknown=st.booleans(),
    running=st.sampled_from([(), ("session 1 at CP-2:1",)]),
    evse_id=st.sampled_from([None, 0, 1, 2]),
)


@given(PRESENTED)
def test_the_verdict_is_that_of_the_first_broken_rule(at: tags.Presented) -> None:
    broken = [finding for finding in tags.findings(at) if finding.ok is False]
    assert tags.verdict(at) == (broken[0].status if broken else tags.ACCEPTED)
    assert all(finding.told for finding in tags.findings(at))


@given(st.text(max_size=24))
def test_a_tag_is_the_same_however_it_is_written(text: str) -> None:
    assert tags.key(f" {text}\r\n") == tags.key(tags.shown(text)) == tags.key(text.strip())
    assert not any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in tags.shown(text))
