"""Derived commands: an operation's declaration as a command with arguments, options and help."""

import os
from collections.abc import Callable
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from typer._click import types
from typer.core import TyperArgument, TyperCommand, TyperOption

from cpoctl.cli import flags, reading, terminal
from cpoctl.cli.danger import must_write
from cpoctl.cli.targeting import is_one, targeting
from cpoctl.clock import duration
from cpoctl.errors import UsageProblem, nearest
from cpoctl.operations import Act, Argument, JsonText, Operation, Option, Query, Secret, Stream
from cpoctl.parameters import Parameter, parameters
from cpoctl.table import plain, span

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.cli.targeting import Targeting


_SEVERAL = "Several targets, --wait, --queue and --dry-run: `cpoctl help tasks`. "

_LONGEST_CHOICE = 80  # more than this a line of help cannot hold, and is told in the option's text


def command(operation: type[Operation]) -> TyperCommand:
    """The command of an operation."""
    aim = targeting(operation)
    own = [aim.argument() if aim and aim.name == p.name else _given(p) for p in parameters(operation)]
    if aim:
        for parameter in own:
            parameter.required = parameter.required and parameter.name not in aim.shifted
        own += aim.options(_given, {flag for parameter in own for flag in parameter.opts})
    taken = tuple(word for parameter in own for word in (parameter.name or "", *parameter.opts))
    if issubclass(operation, Query):
        plots = operation.chart is not Query.chart
        own += flags.of_queries(hidden=not operation.heavy, plots=plots, taken=taken)
    return TyperCommand(
        operation.path.rpartition(" ")[2],
        help=_help(operation),
        params=[*own, *flags.options(hidden=True, taken=taken)],
        callback=_callback(operation, aim),
        epilog=_epilog(operation, _SEVERAL if aim else ""),
        rich_markup_mode=None,
    )


def _help(operation: type[Operation]) -> str:
    told = cleandoc(operation.__doc__ or "")
    if not issubclass(operation, Act) or not operation.waits_for:
        return told
    return f"{told}\n\n--wait waits for {operation.waits_for}, at most {span(operation.wait_most)}."


def _epilog(operation: type[Operation], more: str) -> str:
    examples = "".join(f"\n  {example}" for example in operation.examples)
    notes = f"{more}{flags.FOOTNOTE}"
    return f"\b\nExamples:{examples}\n\n{notes}" if examples else notes


def _callback(operation: type[Operation], aim: "Targeting | None") -> Callable[..., None]:
    def run(**given: Any) -> None:
        from typer._click.globals import get_current_context

        from cpoctl.cli.perform import perform

        choices: Choices = get_current_context().obj
        choices.settle(os.environ)
        terminal.use_utc(choices.utc)  # before times without a zone are read
        if aim:
            _on_targets(aim, given, choices)
        elif choices.dry_run and issubclass(operation, Act):
            from cpoctl.cli.rehearsing import rehearse

            rehearse(operation, _values(operation, given, choices), (), choices)
        else:
            perform(operation(**_values(operation, given, choices)), choices)

    return run


def _on_targets(aim: "Targeting", given: dict[str, Any], choices: "Choices") -> None:
    """One plain target is done at once, whatever else is a task of the server's."""
    words, selectors = aim.words(given)
    aim.must_name(words, selectors, choices.where)
    aim.must_have(given)
    values = _values(aim.kind, given, choices)
    if is_one(words, selectors) and not choices.where and not choices.plan and not choices.dry_run:
        from cpoctl.cli.perform import perform

        perform(aim.kind(**values, **{aim.name: words[0]}), choices)
        return
    from cpoctl.cli.bulk import on_targets

    on_targets(aim.kind, words, selectors, values, choices)


def _values(operation: type[Operation], given: dict[str, Any], choices: "Choices") -> dict[str, Any]:
    """The operation's fields; what the caller left out keeps the declaration's default."""
    values: dict[str, Any] = {}
    for parameter in parameters(operation):
        if parameter.kind == "save":  # the server writes no file of the caller's
            choices.save_to(given.get(parameter.name), waits=issubclass(operation, Act))
            continue
        value = _value(parameter, given, choices)
        if value is None and parameter.name == "last":
            value = _newest(operation, parameter, choices)
        if problem := parameter.problem(value):
            raise UsageProblem(
                f"{parameter.name.upper() if parameter.positional else parameter.flag} {problem}",
                hints=[f"cpoctl {operation.path} --help"],
            )
        if value is not None:
            values[parameter.name] = value
    return values


def _newest(operation: type[Operation], last: Parameter, choices: "Choices") -> int | None:
    """How many of the newest to read for a --limit, which may want more of them than are told without it."""
    if choices.limit is None or not issubclass(operation, Query):
        return None
    if issubclass(operation, Stream):  # nothing limits its rows afterwards
        return choices.limit
    return max(choices.limit, last.default) if operation.newest_last else None


def _value(parameter: Parameter, given: dict[str, Any], choices: "Choices") -> Any:
    name = parameter.name
    if isinstance(parameter.mark, Secret):
        if (path := given.get(f"{name}_file")) is not None:
            return reading.secret(path, parameter.flag)
        return (
            reading.asked_secret(name, parameter.flag, no_input=bool(choices.no_input)) if parameter.required else None
        )
    value = given.get(name)
    if value is None and name == "timeout":
        value = choices.seconds
    if value is None and name == "limit" and parameter.scalar is int:
        value = choices.limit
    if isinstance(parameter.mark, JsonText) and value is not None:
        return reading.json_text(value, name)
    if parameter.kind == "content" and value is not None:
        from cpoctl.cli.handing import handed_over

        must_write("what hands a file over", choices)
        return handed_over(value, choices)
    if parameter.kind == "source" and value is not None:
        return reading.source(value, name)
    if parameter.kind == "path" and value is not None:
        return reading.content(value, name)
    if parameter.kind == "file" and value is not None:
        return reading.text(value, name)
    if parameter.many and parameter.positional and parameter.kind == "charger" and value:
        from cpoctl.cli.listed import said

        return tuple(said(value, parameter.kind))
    if parameter.many:
        return tuple(value) if value else None
    if parameter.choices and isinstance(parameter.scalar, type) and value:
        return parameter.scalar(value)
    return parameter.meant(value)


def _given(parameter: Parameter) -> TyperArgument | TyperOption:
    mark = parameter.mark
    if isinstance(mark, JsonText) and mark.named:
        return _option(parameter, Option(mark.help, kind="json"))
    if isinstance(mark, (Argument, JsonText)):
        return TyperArgument(
            param_decls=[parameter.name],
            type=_type(parameter),
            required=parameter.required,
            nargs=-1 if parameter.many else 1,
            metavar=parameter.name.upper(),
            help=mark.help,
        )
    if isinstance(mark, Secret):
        return TyperOption(
            param_decls=[parameter.flag],
            type=types.STRING,
            metavar="FILE",
            help=f"{mark.help} (a file that holds it, - for stdin)",
        )
    return _option(parameter, mark)


def _option(parameter: Parameter, mark: Option) -> TyperOption:
    long = parameter.flag
    flag = parameter.scalar is bool
    if flag and (parameter.optional or parameter.default is True):
        long = f"{long}/--no-{long[2:]}"
    known = parameter.default not in (None, False, "", ()) and not flag
    told = mark.help
    if parameter.choices and _metavar(parameter) == "WORD":
        told += f": {', '.join(parameter.choices)}"
    return TyperOption(
        param_decls=[parameter.name, long, *([f"-{mark.short.lstrip('-')}"] if mark.short else [])],
        type=None if flag else _type(parameter),
        is_flag=flag or None,
        multiple=parameter.many,
        required=parameter.required,
        metavar=None if flag else _metavar(parameter),
        help=f"{told} (default {_shown(parameter)})" if known else told,
    )


def _shown(parameter: Parameter) -> str:
    """The default as a caller would write it."""
    return f"{parameter.default:g}s" if _is_duration(parameter) else plain(parameter.default)


def _is_duration(parameter: Parameter) -> bool:
    return parameter.kind == "duration" or parameter.name == "timeout"


def _metavar(parameter: Parameter) -> str:
    if _is_duration(parameter):
        return "DUR"
    if parameter.choices:
        words = "|".join(parameter.choices)
        return words if len(words) <= _LONGEST_CHOICE else "WORD"
    if parameter.kind:
        return parameter.kind.upper()
    return {int: "N", float: "NUMBER"}.get(parameter.scalar, "TEXT")


def _type(parameter: Parameter) -> types.ParamType:
    if parameter.choices:
        return _Word(parameter.choices)
    if _is_duration(parameter):
        return _Duration()
    return {int: flags.WholeNumber(), float: flags.Number()}.get(parameter.scalar, types.STRING)


class _Word(types.ParamType):
    """One of a few words, whatever its case."""

    name = "word"

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = {word.casefold(): word for word in words}

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The word in its own spelling."""
        found = self._words.get(str(value).casefold())
        if found is None:
            words = list(self._words.values())
            self.fail(f"{value} is none of {', '.join(words)}{nearest(str(value), words)}", param, ctx)
        return found


class _Duration(types.ParamType):
    """Seconds, as `30s` or `5m`."""

    name = "duration"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The duration in seconds."""
        if isinstance(value, (int, float)):
            return value
        try:
            return duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
