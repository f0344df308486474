"""Running the command line: one argv in, one exit code out; here every error meets its reader."""

import os
import sys
from collections.abc import Sequence

from typer._click import Command
from typer._click.exceptions import (
    BadParameter,
    ClickException,
    MissingParameter,
    NoArgsIsHelpError,
    NoSuchOption,
    UsageError,
)
from typer.exceptions import Abort, Exit

from cpoctl.cli import failing, reading, terminal
from cpoctl.cli.again import again
from cpoctl.cli.choices import Choices
from cpoctl.cli.tree import Root
from cpoctl.errors import CpoctlError, UsageProblem

INTERRUPTED = 130


def run(args: Sequence[str], root: Command | None = None) -> int:
    """Run one command line, on the whole tree or on one command of it; returns the exit code."""
    choices = Choices(args=tuple(args))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    if terminal.speaks_ascii(args):
        terminal.use_ascii()
    try:
        code = _judged(root, list(args), choices) if root else _judged(Root(), list(args) or _alone(), choices)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        return _reader_left()
    except KeyboardInterrupt:
        return INTERRUPTED


def _alone() -> list[str]:
    """What `cpoctl` without a word does: the dashboard at a terminal, help anywhere else."""
    return ["dashboard"] if terminal.is_watched() and terminal.can_ask() else ["--help"]


def _judged(root: Command, args: list[str], choices: Choices) -> int:
    try:
        return _run(root, args, choices)
    except CpoctlError as error:
        sys.stdout.flush()
        return failing.told(error, choices)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:  # noqa: BLE001 # the face: whatever nobody foresaw is told without a traceback
        if (choices.verbose or 0) >= 2:
            import traceback

            traceback.print_exc()
        unexpected = CpoctlError(f"unexpected: {type(error).__name__}: {error}", hints=["cpoctl -vv …    shows where"])
        return failing.told(unexpected, choices)


def _run(root: Command, args: list[str], choices: Choices) -> int:
    if unread := next((word for word in args if not reading.is_text(word)), None):
        raise UsageProblem(
            f"{repr(os.fsencode(unread))[2:-1]} is not UTF-8", hints=["locale    which characters the terminal sends"]
        )
    try:
        with root.make_context("cpoctl", args, obj=choices) as context:
            context.command.invoke(context)
    except Exit as leaving:
        return leaving.exit_code
    except Abort:
        return INTERRUPTED
    except NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return error.exit_code
    except UsageError as error:
        raise _usage(error, choices) from error
    except ClickException as error:
        raise CpoctlError(error.format_message()) from error
    return 0


def _usage(error: UsageError, choices: Choices) -> UsageProblem:
    """A mistake on the command line, told like any other error."""
    path = error.ctx.command_path if error.ctx else "cpoctl"
    hints = [f"{path} --help"]
    if isinstance(error, NoSuchOption):
        near = f" (did you mean {error.possibilities[0]}?)" if error.possibilities else ""
        return UsageProblem(f"{path} has no option {error.option_name}{near}", hints=hints)
    if isinstance(error, MissingParameter) and error.param is not None:
        if lacked := _lacked(error, choices.args):
            hints.insert(0, again(choices, *lacked))
        return UsageProblem(f"{path} needs {_named(error)}", hints=hints)
    if isinstance(error, BadParameter) and error.param is not None:
        return UsageProblem(f"{_named(error)}: {error.message}", hints=hints)
    message = error.format_message().removesuffix(".")
    return UsageProblem(message[:1].lower() + message[1:], hints=hints)


def _named(error: BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return "a value"
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.human_readable_name


def _lacked(error: MissingParameter, args: Sequence[str]) -> list[str]:
    """The options that the command needs and was not given, each with a placeholder; none where a word is missing."""
    if error.ctx is None or error.param is None or error.param.param_type_name != "option":
        return []
    given = {arg.partition("=")[0] for arg in args}
    needed = (param for param in error.ctx.command.params if param.required and param.param_type_name == "option")
    flags = (param.opts[0] for param in needed if given.isdisjoint(param.opts))
    return [word for flag in flags for word in (flag, flag.strip("-").upper())]


def _reader_left() -> int:
    """A closed pipe ends the command quietly."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return 0
