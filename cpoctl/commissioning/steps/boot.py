"""Boot: the charger announces itself and is accepted. OCPP 1.6 §4.2 · OCPP 2.0.1 B01"""

from cpoctl.commissioning import Bench, Frame, Verdict, failed, passed, skipped
from cpoctl.ocpp.heard import boot as told

ORDER = 10
TITLE = "announces itself"
DISRUPTS = False
_WITHIN = 60.0


def check(bench: Bench) -> Verdict:
    """Wait for a BootNotification. It is not asked for: some reconnect for ever when it is (ha#1096)."""
    heard = bench.heard("BootNotification")
    boot = heard[-1] if heard else bench.wait(lambda frame: frame.action == "BootNotification", 0, _WITHIN)
    if boot is not None:
        return _judged(boot, bench.charger_id)
    if bench.mark():  # evcc#28539: a reconnect without a boot
        return skipped(
            "it talks, and has sent no BootNotification since it connected",
            f"cpoctl charger reset {bench.charger_id} --yes    a restart makes it announce itself",
        )
    return failed(
        "nothing came from it",
        f"cpoctl doctor {bench.charger_id}    whether it knocked and was refused",
    )


def _judged(boot: Frame, charger_id: str) -> Verdict:
    status = str(boot.answer.get("status", ""))
    it = told(boot.payload)
    what = f"{it.vendor or '?'} {it.model or '?'}, firmware {it.firmware or 'not told'}"
    if status != "Accepted":
        return failed(
            f"{what}: answered {status or 'with an error'}",
            f"cpoctl charger approve {charger_id}    let it in",
        )
    return passed(f"{what}; accepted, heartbeat every {boot.answer.get('interval')} s")
