"""Status: every connector tells one, and none is faulted. OCPP 1.6 §4.9, §5.17"""

from cpoctl.commissioning import Bench, Frame, Verdict, failed, passed

ORDER = 20
TITLE = "status of each connector"
DISRUPTS = False
_WITHIN = 15.0


def check(bench: Bench) -> Verdict:
    """Ask for the status, and take what the boot brought where it cannot be asked for."""
    since = bench.mark()
    payload = {"requestedMessage": "StatusNotification"}
    reply = bench.call("TriggerMessage", payload)
    if not reply.ok and not reply.cannot:  # evcc#7242: only for a named connector
        reply = bench.call("TriggerMessage", {**payload, "connectorId": bench.evse_id})
    if reply.ok:
        for connector in sorted(_newest(bench).keys() - {0}) or [bench.evse_id]:
            bench.wait("StatusNotification", since, _WITHIN, connectorId=connector)
    elif not _newest(bench):
        bench.wait("StatusNotification", 0, _WITHIN)
    return _judged(_newest(bench), bench.charger_id)


def _newest(bench: Bench) -> dict[int, Frame]:
    """The newest status of each connector; 0 is the charger itself."""
    told = {frame.payload.get("connectorId"): frame for frame in bench.heard("StatusNotification")}
    return {number: frame for number, frame in told.items() if isinstance(number, int)}


def _judged(told: dict[int, Frame], charger_id: str) -> Verdict:
    show = f"cpoctl charger show {charger_id}    what is known of it"
    connectors = {number: frame for number, frame in sorted(told.items()) if number > 0}
    if not connectors:
        return failed("no connector told its status", show)
    words = {number: _word(frame) for number, frame in connectors.items()}
    found = ", ".join(f"{number} {word}" for number, word in words.items())
    whole = told.get(0)
    if whole is not None and whole.payload.get("status") == "Faulted":
        return failed(f"the charger itself is {_word(whole)}; {found}", show)
    if any(word.startswith("Faulted") for word in words.values()):
        return failed(found, show)
    if any(word.startswith("Unavailable") for word in words.values()):
        return failed(found, f"cpoctl charger availability {charger_id} --operative --yes    put it into service")
    return passed(found)


def _word(frame: Frame) -> str:
    code = frame.payload.get("errorCode", "NoError")
    return f"{frame.payload.get('status')}" + (f" ({code})" if code != "NoError" else "")
