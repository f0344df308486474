"""The columns of the sessions' export: what each is called, what it tells, and the SQL that tells it.

Names are an API: they are only added to. `s` is the session, `charger`, `site`, `tag`, `price` and `record` what it belongs
to; a column beyond those asks for more itself, and one with a colon is worked out (`_worked_out`). Decimals are text, so that no digit of money passes through a float.
"""

from collections.abc import Mapping, Sequence
from dataclasses import make_dataclass
from typing import Annotated, Any, Literal, NamedTuple

from cpoctl.formats import UNIT
from cpoctl.operations.owner import owner_at
from cpoctl.table import Column


class Told(NamedTuple):
    """A column. `foreign` is a text of others, in which anything may stand. `usual`: told where the caller names none."""

    name: str
    sql: str
    kind: Literal["text", "foreign", "number", "decimal", "instant"]
    usual: bool = True


def _decimal(whole: str, digits: int) -> str:
    """A whole number of parts as a decimal: 12345 thousandths are 12.345."""
    parts = 10**digits
    return (
        f"CASE WHEN {whole} < 0 THEN '-' ELSE '' END"
        f" || (abs({whole}) / {parts}) || substr({parts} + abs({whole}) % {parts}, 2)"
    ).replace("|| substr", "|| '.' || substr")


CLOCK = "%Y-%m-%d %H:%M:%S"
"""The form of an instant where nobody wants another one, in a format that has instants of its own."""
_ENERGY = "CAST(round(s.energy_wh) AS INTEGER)"
_SECONDS = "(unixepoch(s.stopped_at) - unixepoch(s.started_at))"
_METER = "(SELECT {} FROM meter_value m WHERE m.session_id = s.session_id AND m.{} IS NOT NULL{})"

COLUMNS: tuple[Told, ...] = (
    Told("session_id", "s.session_id", "number"),
    Told("transaction_id", "s.transaction_id", "foreign"),
    Told("charger_id", "coalesce(charger.charger_id, s.charger_id)", "text"),
    Told("evse_id", "s.evse_id", "number"),
    Told("connector_id", "s.connector_id", "number"),
    Told("site_id", "site.site_id", "text"),
    Told("site", "site.name", "foreign"),
    Told("tag_id", "s.tag_id", "foreign"),
    Told("tag_group", "tag.parent_id", "foreign"),
    Told("time_zone", "zone", "text"),
    Told("start_utc", "s.started_at", "instant"),
    Told("end_utc", "s.stopped_at", "instant"),
    Told("start_local", "local:s.started_at", "instant"),
    Told("end_local", "local:s.stopped_at", "instant"),
    Told("duration_s", f"nullif(max({_SECONDS}, -1), -1)", "number"),
    Told("meter_start_wh", "CAST(round(s.meter_start_wh) AS INTEGER)", "number"),
    Told("meter_stop_wh", "CAST(round(s.meter_stop_wh) AS INTEGER)", "number"),
    Told("energy_wh", _ENERGY, "number"),
    Told("energy_kwh", f"CASE WHEN s.energy_wh >= 0 THEN format('%.3f', {_ENERGY} / 1000.0) END", "decimal"),
    Told("currency", "price.currency", "text"),
    Told("tariff_id", "price.tariff_id", "text"),
    Told("tariff_version", "price.version", "text"),
    Told("net", _decimal("price.net_e4", 4), "decimal"),
    Told("vat", _decimal("price.vat_e4", 4), "decimal"),
    Told("gross", _decimal("price.gross_e4", 4), "decimal"),
    Told("stop_reason", "s.stop_reason", "foreign"),
    Told(
        "flags",
        "CASE WHEN s.flags = '[]' THEN NULL ELSE (SELECT group_concat(value, ' ') FROM json_each(s.flags)) END",
        "text",
    ),
    Told("evse", "coalesce(charger.charger_id, s.charger_id) || ':' || s.evse_id", "text", usual=False),
    Told("connector_type", "record.connector_type", "foreign", usual=False),
    Told("rated_w", "CAST(record.rated_w AS INTEGER)", "number", usual=False),
    Told("country", "site.country", "text", usual=False),
    Told("owner_id", owner_at("s.stopped_at"), "text", usual=False),
    Told("tag_status", "s.tag_status", "text", usual=False),
    Told("stop_tag_id", "s.stop_tag_id", "foreign", usual=False),
    Told("remote_start_id", "s.remote_start_id", "number", usual=False),
    Told("reservation_id", "s.reservation_id", "number", usual=False),
    Told("start_told", "s.started_raw", "foreign", usual=False),
    Told("end_told", "s.stopped_raw", "foreign", usual=False),
    Told("start_received_utc", "s.start_received_at", "instant", usual=False),
    Told("end_received_utc", "s.stop_received_at", "instant", usual=False),
    Told("mean_w", f"CASE WHEN {_SECONDS} > 0 THEN {_ENERGY} * 3600 / {_SECONDS} END", "number", usual=False),
    Told("peak_w", f"CAST(round({_METER.format('max(m.power_w)', 'power_w', '')}) AS INTEGER)", "number", usual=False),
    Told(
        "soc_start",
        _METER.format("CAST(round(m.soc_percent) AS INTEGER)", "soc_percent", " ORDER BY m.taken_at LIMIT 1"),
        "number",
        usual=False,
    ),
    Told(
        "soc_end",
        _METER.format("CAST(round(m.soc_percent) AS INTEGER)", "soc_percent", " ORDER BY m.taken_at DESC LIMIT 1"),
        "number",
        usual=False,
    ),
    Told("owner", "owner.name", "foreign", usual=False),
    Told(
        "tariff_name",
        "CASE WHEN price.tariff_id = tariff.tariff_id THEN json_extract(tariff.content, '$.tariff_alt_text[0].text') END",
        "foreign",
        usual=False,
    ),
    Told("charging_s", "s.session_id:CHARGING", "number", usual=False),
    Told("parking_s", "s.session_id:PARKING", "number", usual=False),
    Told("suspended_s", "s.session_id:FREE", "number", usual=False),
    Told("included_wh", "price.included_wh", "number", usual=False),
    Told("energy_net", "price.bill:ENERGY", "decimal", usual=False),
    Told("time_net", "price.bill:TIME", "decimal", usual=False),
    Told("parking_net", "price.bill:PARKING_TIME", "decimal", usual=False),
    Told("flat_net", "price.bill:FLAT", "decimal", usual=False),
    Told("reservation_net", "price.bill:RESERVATION", "decimal", usual=False),
    Told("adjustment_net", "price.bill:ADJUSTMENT", "decimal", usual=False),
    Told("vat_rates", "price.bill:VAT", "text", usual=False),
    Told("price_reason", "price.reason", "foreign", usual=False),
    Told("priced_utc", "price.priced_at", "instant", usual=False),
    Told(
        "stop_conflicts",
        "(SELECT count(*) FROM stop_conflict c WHERE c.session_id = s.session_id)",
        "number",
        usual=False,
    ),
    Told(
        "corrections",
        "(SELECT count(*) FROM session_correction c WHERE c.session_id = s.session_id)",
        "number",
        usual=False,
    ),
    Told(
        "signed_values",
        "(SELECT count(*) FROM signed_value v WHERE v.session_id = s.session_id)",
        "number",
        usual=False,
    ),
)
BY_NAME = {column.name: column for column in COLUMNS}
USUAL = tuple(column.name for column in COLUMNS if column.usual)
_TYPES: dict[str, Any] = {"number": int | None}


def _column(told: Told) -> Column:
    """Numbers stand to the right, by which a workbook knows that a decimal is one."""
    align: Literal["left", "right"] = "right" if told.kind in ("number", "decimal") else "left"
    beside = "time_zone" if is_local(told.name) else ""
    return Column(told.name, align=align, form=CLOCK if told.kind == "instant" else "", beside=beside)


def is_local(name: str) -> bool:
    """Whether a column tells instants by the clock at the site, with its offset."""
    return BY_NAME[name].sql.startswith("local:")


ExportRow = make_dataclass(
    "ExportRow",
    [(column.name, Annotated[_TYPES.get(column.kind, str | None), _column(column)], None) for column in COLUMNS],
    frozen=True,
    namespace={"__doc__": "An ended session; what was not asked for is null.", "__module__": __name__},
)

_JOINS = {
    "tag": "LEFT JOIN tag ON tag.tag_id = s.tag_id COLLATE NOCASE",
    "price": "LEFT JOIN session_price price ON price.session_id = s.session_id AND price.superseded_at IS NULL",
    "owner": f"LEFT JOIN owner ON owner.owner_id = {owner_at('s.stopped_at')}",
    "tariff": "LEFT JOIN tariff ON tariff.tariff_id = price.tariff_id AND tariff.version = price.version",
    "record": "LEFT JOIN evse_record record ON record.charger_id = s.charger_id AND record.evse_id = s.evse_id",
}


def joins(names: Sequence[str]) -> str:
    """What else these columns are read from."""
    wanted = [BY_NAME[name].sql for name in names]
    return " ".join(join for table, join in _JOINS.items() if any(f"{table}." in sql for sql in wanted))


def named(told: Mapping[str, str]) -> str:
    """Columns and their SQL as a SELECT has them."""
    return ", ".join(f"{sql} AS {name}" for name, sql in told.items())


def packed(told: Mapping[str, str]) -> str:
    """Columns and their SQL as SQL that tells all of them as one text; what would end a cell in it is made visible."""
    careful = {name: _whole(sql) if BY_NAME[name].kind == "foreign" else sql for name, sql in told.items()}
    foreign = " || ".join(f"coalesce({sql}, '')" for name, sql in told.items() if BY_NAME[name].kind == "foreign")
    if not foreign:
        return _printed(told)
    # The texts of others are looked at together first: nearly always nothing is wrong with any of them.
    wrong = f"instr({foreign}, char(31)) OR instr({foreign}, char(0))"
    return f"CASE WHEN {wrong} THEN {_printed(careful)} ELSE {_printed(told)} END"


def _printed(told: Mapping[str, str]) -> str:
    return f"printf('{UNIT.join(['%s'] * len(told))}', {', '.join(told.values())})"


def _whole(sql: str) -> str:
    """A text that has no UNIT in it, and no NUL, at which SQLite's printf ends: with one it is told as JSON."""
    return f"CASE WHEN instr({sql}, char(0)) THEN json_quote({sql}) ELSE replace({sql}, char(31), '\\x1f') END"
