"""What a session costs by the tariff that a server gave a 2.1 charger: prices without conditions. OCPP 2.1 I12"""

from typing import Any

Payload = dict[str, Any]


def cost_details(tariff: Payload, charged_wh: float, seconds: int, began: str) -> Payload:
    """Write CostDetailsType: the first price that wants nothing, of each kind."""
    parts = {
        "fixed": _first(tariff.get("fixedFee"), "priceFixed"),
        "energy": _first(tariff.get("energy"), "priceKwh") * charged_wh / 1000,
        "chargingTime": _first(tariff.get("chargingTime"), "priceMinute") * seconds / 60,
    }
    costs = {name: {"exclTax": round(amount, 4)} for name, amount in parts.items() if amount}
    total = {"exclTax": round(sum(parts.values()), 4)}
    volumes = [{"type": "Energy", "volume": round(charged_wh / 1000, 3)}, {"type": "ChargingTime", "volume": seconds}]
    return {
        "totalCost": {"currency": tariff["currency"], "typeOfCost": "NormalCost", "total": total, **costs},
        "totalUsage": {"energy": round(charged_wh / 1000, 3), "chargingTime": seconds, "idleTime": 0},
        "chargingPeriods": [{"startPeriod": began, "tariffId": tariff["tariffId"], "dimensions": volumes}],
    }


def _first(kind: Payload | None, name: str) -> float:
    return next((float(price[name]) for price in (kind or {}).get("prices", ()) if not price.get("conditions")), 0.0)
