"""Local lists: the tags that a charger may let in without asking."""

from cpoctl.operations import Answer, Operator, Request


async def asked_version(operator: Operator, charger_id: str, timeout: float) -> tuple[Answer, int | None]:
    """The charger's answer, and the version in it. OCPP 1.6 §5.10"""
    answer = await operator.call(charger_id, Request("GetLocalListVersion", {}), timeout=timeout)
    told = answer.payload.get("listVersion")
    return answer, told if isinstance(told, int) and not isinstance(told, bool) else None
