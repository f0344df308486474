"""Status: whether an EVSE is faulted or out of service."""

from cpoctl.checks import Said, fail, ok, warn
from cpoctl.checks.charger import Facts
from cpoctl.table import ago

_EVSES = "SELECT evse_id, status, error_code, vendor_error_code, since FROM evse WHERE charger_id = :charger ORDER BY evse_id"


def stored(facts: Facts) -> Said | None:
    """Judge the newest status of each EVSE."""
    evses = facts.rows(_EVSES)
    if not evses:
        return None
    broken = [evse for evse in evses if evse["status"] == "Faulted"]
    if broken:
        said = [f"EVSE {e['evse_id']} {_code(e)} for {ago(e['since'], facts.now)}" for e in broken]
        return fail(f"Faulted: {', '.join(said)}", f"cpoctl charger reset {facts.charger_id} --yes    often clears it")
    closed = [str(evse["evse_id"]) for evse in evses if evse["status"] == "Unavailable"]
    if closed:
        how = f"cpoctl charger availability {facts.charger_id} --operative --yes    put it into service"
        return warn(f"EVSE {', '.join(closed)} out of service", how)
    return ok(", ".join(f"{e['evse_id']} {e['status']}" for e in evses if e["evse_id"] > 0) or "no EVSE has told one")


def _code(evse: dict[str, object]) -> str:
    codes = [str(code) for code in (evse["error_code"], evse["vendor_error_code"]) if code and code != "NoError"]
    return "/".join(codes) or "without a code"
