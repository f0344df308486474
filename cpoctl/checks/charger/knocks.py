"""Knocks: connections that were refused, each reason with what mends it."""

from cpoctl.checks import Said, fail, warn
from cpoctl.checks.charger import Facts
from cpoctl.table import ago

_KNOCKS = """
SELECT k.reason, k.address, k.attempts, k.last_seen_at,
       k.last_seen_at >= coalesce((SELECT max(opened_at) FROM connection c WHERE c.charger_id = :charger), '') AS since
FROM knock k WHERE k.charger_id = :charger ORDER BY k.last_seen_at DESC
"""
_MENDING = (
    ("wrong password", "cpoctl charger password {} --generate --yes    a new one, to be set in the charger too"),
    ("no usable credentials", "cpoctl charger password {} --generate --yes    it must log in with one, and sends none"),
    (
        "subprotocol",
        "cpoctl version    it offers no version of OCPP that this one speaks: set it to OCPP 1.6J, 2.0.1 or 2.1",
    ),
    ("path", "cpoctl doctor    the URL must end in the charger's id"),
    ("unknown", "cpoctl charger add {}    let it in"),
)


def stored(facts: Facts) -> Said | None:
    """Judge the refused connections; old ones, after which it came in, are only mentioned."""
    knocks = facts.rows(_KNOCKS)
    if not knocks:
        return None
    said = [
        f"{k['reason']} ({k['attempts']}×, {ago(k['last_seen_at'], facts.now)} ago, {k['address']})" for k in knocks
    ]
    newest = knocks[0]
    how = next((way for word, way in _MENDING if word in newest["reason"]), "cpoctl charger unknown    all who knocked")
    found = f"refused: {'; '.join(said[:3])}"
    return fail(found, how.format(facts.charger_id)) if newest["since"] else warn(f"{found}; it came in since then")
