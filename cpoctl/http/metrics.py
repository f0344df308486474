"""Metrics in Prometheus' text format: the server's counters and its fleet's gauges."""

from collections.abc import Mapping

from cpoctl.health import Health

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(values: Mapping[str, float], health: Health) -> str:
    """All values, one type line a metric."""
    gauges = {
        "cpoctl_chargers": health.chargers,
        "cpoctl_chargers_online": health.online,
        "cpoctl_chargers_faulted": health.faulted,
        "cpoctl_chargers_waiting": health.waiting,
        "cpoctl_sessions_open": health.sessions_open,
        "cpoctl_alerts_open": health.alerts_open,
        "cpoctl_alerts_unacknowledged": health.alerts_unacknowledged,
        "cpoctl_power_watts": health.power_w,
        "cpoctl_uptime_seconds": health.uptime_s,
        "cpoctl_store_ok": float(health.healthy),
    }
    lines: list[str] = []
    typed: set[str] = set()
    for name, value in sorted({**{k: v for k, v in gauges.items() if v is not None}, **values}.items()):
        metric = name.partition("{")[0]
        if metric not in typed:
            typed.add(metric)
            lines.append(f"# TYPE {metric} {'counter' if metric.endswith('_total') else 'gauge'}")
        lines.append(f"{name} {float(value):g}" if abs(value) < 1e6 else f"{name} {float(value)!r}")
    return "\n".join(lines) + "\n"
