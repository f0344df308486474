"""Help on a command or on a topic such as exit-codes."""

import sys

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperArgument, TyperCommand

from cpoctl.cli.choices import OPTIONS
from cpoctl.cli.flags import options
from cpoctl.errors import UsageProblem, nearest

EXIT_CODES = """\
0    done; a list may be empty
1    unexpected: a bug or I/O
2    a flag or value is wrong, or a question could not be asked
3    a charger, session, tag ... does not exist
4    not allowed
5    the server is not running (cpoctl serve)
6    the charger is not connected
7    the charger refused, or its version lacks it
8    no answer in time
10   exists already, changed meanwhile, or taken
11   a check found something
12   the config file is wrong
130  interrupted
"""
FORMATTING = """\
At a terminal a list is a table, in a pipe tab-separated values without a header.
-o table|wide|json|jsonl|csv|tsv|md|ids   another form; --json is short for -o json
--fields a,b.c    only these fields; --fields ? lists them
--sort -FIELD     --limit N     --headers / --no-headers
Scripts use --json or --fields.
"""
TARGETS = """\
HQ-07       a charger
HQ-07:2     its EVSE 2 (OCPP 1.6: connector 2)
HQ-07:2.1   connector 1 of that EVSE
A word that is a known charger's id is that charger, whatever signs it has.
"""
ENVIRONMENT = """\
CPOCTL_SERVER CPOCTL_SOCKET CPOCTL_DB CPOCTL_CONFIG CPOCTL_OUTPUT CPOCTL_TIMEOUT
CPOCTL_NO_INPUT CPOCTL_READ_ONLY CPOCTL_FORCE_TTY COLUMNS TZ
A flag beats the environment, the environment beats the config file.
"""
DANGER = """\
What disrupts (a reset, a stop) asks first; a script says --yes.
What is severe wants a text typed; a script says --confirm TEXT.
--read-only refuses whatever changes something.
"""


def command() -> TyperCommand:
    """`cpoctl help`."""
    words = TyperArgument(
        param_decls=["words"], type=types.STRING, nargs=-1, metavar="TOPIC", help="a command or a topic"
    )
    return TyperCommand(
        "help",
        help=f"Help on a command or a topic. Topics: {' '.join(topics())}.",
        params=[words, *options(hidden=True)],
        callback=_tell,
        rich_markup_mode=None,
    )


def topics() -> dict[str, str]:
    """The topics and their texts."""
    rows = (f"{names.replace(',', ', ')} {metavar}".ljust(30) + help for names, _, metavar, help in OPTIONS)
    return {
        "danger": DANGER,
        "environment": ENVIRONMENT,
        "exit-codes": EXIT_CODES,
        "formatting": FORMATTING,
        "options": "\n".join(rows) + "\n",
        "targets": TARGETS,
    }


def _tell(words: tuple[str, ...]) -> None:
    known = topics()
    if len(words) == 1 and words[0] in known:
        sys.stdout.write(known[words[0]])
        return
    root = get_current_context().find_root().command
    listed = root.list_commands(get_current_context().find_root())  # type: ignore[attr-defined] # the root is a group
    if words and words[0] not in listed:
        raise UsageProblem(
            f"no help on {words[0]}{nearest(words[0], [*known, *listed])}", hints=[f"cpoctl help {' | '.join(known)}"]
        )
    with root.make_context("cpoctl", [*words, "--help"], obj=get_current_context().obj) as context:
        root.invoke(context)
