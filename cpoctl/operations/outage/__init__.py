"""Outages: when EVSEs were down, and what of it was outside our control."""

from cpoctl.domain.uptime import CAUSES as CAUSES

LISTED = """
SELECT e.excuse_id, e.charger_id, e.evse_id, e.begins_at, e.ends_at, e.cause, e.note, e.excused_at, e.actor,
       r.excused_at AS revoked_at, r.actor AS revoked_by
FROM outage_excuse e LEFT JOIN outage_excuse r ON r.revokes = e.excuse_id
WHERE e.revokes IS NULL
"""
"""Every excuse, with who took it back."""
