"""Send one message as a charger and print what the server answers."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from typer._click import types
from typer.core import TyperArgument, TyperCommand

from cpoctl.cli import output, reading
from cpoctl.cli.commands.sim import _given
from cpoctl.cli.flags import options
from cpoctl.errors import Refused, TimedOut, UsageProblem, nearest
from cpoctl.table import record

if TYPE_CHECKING:
    import asyncio

    from cpoctl.ocpp import Version
    from cpoctl.simulator.sending import Sent


def command() -> TyperCommand:
    """`cpoctl sim send CHARGER ACTION [PAYLOAD]`."""
    return TyperCommand(
        "send",
        help="Send one message as a charger, and print what the server answers. The server takes it for that charger:"
        " a connection that the charger has is replaced. Exit code 0 when the server accepts, 7 when it says no, 8"
        " when it says nothing.",
        params=[_given.charger(), *_arguments(), *_options(), *options(hidden=True)],
        callback=_send,
        epilog="\b\nExamples:\n  cpoctl sim send CP-1 Heartbeat"
        '\n  cpoctl sim send CP-1 DataTransfer \'{"vendorId": "com.example"}\' --json | jq -r .status'
        "\n  cpoctl sim send CP-1 StatusNotification @fault.json --boot"
        "\n  cpoctl sim send CP-2 TransactionEvent --ocpp 2.0.1 --boot"
        "\n  cpoctl sim send CP-1 Nonsense '[1, 2]' --raw",
        rich_markup_mode=None,
    )


def _arguments() -> list[TyperArgument]:
    action = TyperArgument(
        param_decls=["action"], type=types.STRING, required=True, metavar="ACTION", help="the message, as Heartbeat"
    )
    payload = TyperArgument(
        param_decls=["payload"],
        type=types.STRING,
        required=False,
        metavar="PAYLOAD",
        help="JSON, @FILE, or - for stdin (default: what a healthy charger would send now)",
    )
    return [action, payload]


def _options() -> list[Any]:
    return [
        _given.url(),
        _given.password(),
        _given.ocpp(),
        _given.flag("--boot", "send a BootNotification first"),
        _given.flag("--raw", "send whatever was given, without holding it against the official schema"),
    ]


def _send(**given: Any) -> None:
    choices = _given.chosen()
    (version,) = _given.versions(given["ocpp"])
    charger_id = _given.name(given["charger_id"])
    action, payload = _message(charger_id, given["action"], given["payload"], version, raw=bool(given["raw"]))
    password = _given.secret(given["password_file"])

    from cpoctl.cli.commands.sim import _server
    from cpoctl.foreground import attended
    from cpoctl.simulator import VirtualCharger
    from cpoctl.simulator.sending import Unanswered, send

    target = _server.target(given["url"], choices)
    patience = choices.seconds or 30.0
    seen = f"cpoctl log list {charger_id} --last 5    what the server saw"
    broken = f"cpoctl charger quirks {charger_id}    what it sends against the standard"

    async def work(_: "asyncio.Event") -> "Sent":
        charger = VirtualCharger(target.url, charger_id, version=version, password=password, answer_within_s=patience)
        return await send(charger, action, payload, boot=bool(given["boot"]))

    with target.connecting():
        try:
            sent = attended(work)
        except Unanswered as error:
            raise TimedOut(str(error), target=charger_id, hints=target.hints(seen)) from error
    output.rows([record(sent)], type(sent), choices, many=False)
    if not sent.ok:
        raise Refused(
            f"the server answered {action} with {sent.status}", target=charger_id, hints=target.hints(seen, broken)
        )


def _message(charger_id: str, action: str, payload: str | None, version: "Version", *, raw: bool) -> tuple[str, str]:
    """The message as it will go out. Raises UsageProblem, and CheckFailed when the schema disagrees."""
    from cpoctl.simulator import messages

    known = messages.spelled(action, version)
    if raw:
        if payload is None and known is None:
            raise UsageProblem(f"{action} needs a payload", hints=["cpoctl sim send CP-1 Nonsense '{}' --raw"])
        text = reading.text(payload, "payload") if payload is not None else None
    elif known is None:
        raise UsageProblem(
            f"chargers send no {action}{nearest(action, messages.actions(version))}",
            hints=_elsewhere(charger_id, action, version),
        )
    else:
        text = reading.json_text(payload, "payload") if payload is not None else None
    if text is None and known is not None:
        text = json.dumps(messages.believable(known, charger_id, datetime.now(UTC), version), separators=(",", ":"))
    spoken, text = action if raw else known or action, text or "{}"
    if not raw:
        _judge(spoken, text, version)
    return spoken, text


def _elsewhere(charger_id: str, action: str, version: "Version") -> list[str]:
    """Where a message is known that this version does not know; else what there is."""
    from cpoctl.simulator import messages

    for other in type(version):
        if known := messages.spelled(action, other):
            return [f"cpoctl sim send {charger_id} {known} --ocpp {other}"]
    return [f"cpoctl sim send {charger_id} Heartbeat    of: {' '.join(messages.actions(version))}"]


def _judge(action: str, text: str, version: "Version") -> None:
    from cpoctl.ocpp import schemas

    judge = schemas.judge(version, action)
    found = judge.violations(json.loads(text)) if judge else []
    if found:
        told = "; ".join(f"{violation.path or 'payload'}: {violation.message}" for violation in found[:3])
        spoken = "" if version is type(version).V16 else f" --ocpp {version}"
        raise UsageProblem(
            f"the payload breaks the schema of {action}: {told}",
            target=action,
            hints=[
                f"cpoctl ocpp schema {action}{spoken}    what the standard wants",
                "add --raw to send it all the same",
            ],
        )
