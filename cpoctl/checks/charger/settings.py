"""Settings: values that are known to make trouble, as far as the charger's settings have been read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cpoctl.checks import Said, State, ok, skipped
from cpoctl.checks.charger import Facts
from cpoctl.domain.variables import key_of
from cpoctl.table import ago

_READ = "SELECT name, value, read_at, component FROM variable WHERE charger_id = :charger"


@dataclass(frozen=True)
class Rule:
    """A setting by its name in OCPP 1.6, the values of it that make trouble, why, and a value that does not."""

    name: str
    wrong: Callable[[str], bool]
    why: str
    better: str
    state: State = State.WARN


def _is_zero(text: str) -> bool:
    return _number(text) == 0


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _outside(low: float, high: float) -> Callable[[str], bool]:
    def wrong(text: str) -> bool:
        number = _number(text)
        return number is not None and not low <= number <= high

    return wrong


def _lacks_energy(text: str) -> bool:
    return "Energy.Active.Import.Register" not in text


def _is_false(text: str) -> bool:
    return text.strip().lower() == "false"


RULES = (
    Rule("HeartbeatInterval", _is_zero, "it sends no heartbeats, and its clock is never set", "300", State.FAIL),
    Rule("HeartbeatInterval", lambda t: (_number(t) or 0) > 3600, "a lost line is noticed only after hours", "300"),
    Rule("MeterValueSampleInterval", _is_zero, "no meter values come during a session", "60", State.FAIL),
    Rule("MeterValueSampleInterval", lambda t: 0 < (_number(t) or 0) < 5, "meter values flood the line", "60"),
    Rule("MeterValuesSampledData", _lacks_energy, "no energy register in its meter values (ha#221: try few at first)",
         "Energy.Active.Import.Register", State.FAIL),
    Rule("ConnectionTimeOut", _outside(15, 600), "so long it waits for a car after a start", "60"),
    Rule("WebSocketPingInterval", lambda t: 0 < (_number(t) or 0) < 10, "pings flood the line", "60"),
    Rule("TransactionMessageAttempts", _is_zero, "a message about a session that is lost once is lost for good", "3"),
    Rule("TransactionMessageRetryInterval", _is_zero, "lost messages are repeated without a pause", "60"),
    Rule("StopTransactionOnEVSideDisconnect", _is_false, "a session goes on when the car leaves", "true"),
    Rule("NumberOfConnectors", _outside(1, 64), "that many connectors no charger has (ha#1892)", ""),
)  # fmt: skip


def stored(facts: Facts) -> Said | None:
    """Judge the settings that were read last."""
    if facts.row is None:
        return None
    read = [row for row in facts.rows(_READ) if (row["component"] is not None) is facts.has_components]
    how = f"cpoctl var get {facts.charger_id}    read them"
    if not read:
        return skipped("never read", how)
    found = troubles({row["name"]: row["value"] for row in read if row["value"] is not None}, facts.charger_id)
    when = f"{len(read)} read {ago(max(row['read_at'] for row in read), facts.now)} ago"
    if not found:
        return ok(when)
    worst = next((trouble for trouble in found if trouble.state is State.FAIL), found[0])
    return Said(worst.state, f"{'; '.join(trouble.found for trouble in found)} ({when})", worst.next)


def troubles(settings: Mapping[str, str], charger_id: str) -> list[Said]:
    """What is wrong with settings, whatever version of OCPP has named them; case does not count."""
    told = {key_of(name).casefold(): (name, value) for name, value in settings.items()}
    return [
        Said(
            rule.state,
            f"{name} is {value[:80] or 'empty'}: {rule.why}",
            f"cpoctl var set {charger_id} {name} {rule.better} --yes" if rule.better else None,
        )
        for rule in RULES
        for name, value in [told.get(rule.name.casefold(), ("", ""))]
        if name and rule.wrong(value)
    ]
