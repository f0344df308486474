"""The parameters of an operation, read from its fields: what every face derives its own form from."""

import dataclasses
import types
from dataclasses import MISSING, dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from cpoctl import operations, plugins
from cpoctl.clock import with_zone
from cpoctl.domain.secrets import is_secret
from cpoctl.operations import Act, Argument, JsonText, Operation, Option, Outcome, Secret

if TYPE_CHECKING:
    from types import ModuleType

Aimed = TypeVar("Aimed", bound=Operation)
Mark = Argument | Option | Secret | JsonText
_NAMED = ("charger", "session", "tag", "site", "owner", "profile", "key")
_NAMED_BY_OPTIONS = ("charger", "session", "tag")  # an empty site takes it away


@dataclass(frozen=True)
class Parameter:
    """One field of an operation: its type without None, and how a caller gives it."""

    name: str
    type: Any
    scalar: Any
    mark: Mark
    required: bool
    default: Any
    many: bool = False
    optional: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """The words it can be, when it is one of a few."""
        if get_origin(self.scalar) is Literal:
            return tuple(map(str, get_args(self.scalar)))
        if isinstance(self.scalar, type) and issubclass(self.scalar, Enum):
            return tuple(str(member.value) for member in self.scalar)
        return ()

    @property
    def positional(self) -> bool:
        """Whether the command line takes it by its place."""
        return isinstance(self.mark, Argument) or (isinstance(self.mark, JsonText) and not self.mark.named)

    @property
    def flag(self) -> str:
        """Its name on the command line when it has no place: `--field-name`, of a secret the file that holds it."""
        if isinstance(self.mark, Option) and self.mark.long:
            return f"--{self.mark.long}"
        return "--" + self.name.replace("_", "-") + ("-file" if isinstance(self.mark, Secret) else "")

    @property
    def kind(self) -> str:
        """What it names, for completion and reading; empty when it names nothing."""
        return self.mark.kind if isinstance(self.mark, (Argument, Option)) else ""

    def meant(self, value: Any) -> Any:
        """A time with the zone of this machine, where its caller named none; any other value as it is."""
        if self.kind not in ("time", "day") or not isinstance(value, str):
            return value
        return with_zone(value.strip(), days=self.kind == "time")

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value whatever else is given: it names nothing, or is a number beyond its bounds."""
        each = value or () if self.many else (value,)
        return next((told for one in each if one is not None and (told := self._problem(one))), None)

    def _problem(self, value: Any) -> str | None:
        if isinstance(value, str):
            must_name = self.kind in (_NAMED if self.positional else _NAMED_BY_OPTIONS)
            return "is empty" if must_name and not value.strip() else None
        least, most = (self.mark.least, self.mark.most) if isinstance(self.mark, (Argument, Option)) else (None, None)
        if (least is None or value >= least) and (most is None or value <= most):
            return None
        return f"is {value:{'g' if isinstance(value, float) else 'd'}}: {_bounds(least, most)}"


_read: dict[type, tuple[Parameter, ...]] = {}  # a command asks for the same ones several times


def parameters(operation: type) -> tuple[Parameter, ...]:
    """The parameters of an operation, or of another dataclass that marks its fields, in their order."""
    if operation not in _read:
        hints = get_type_hints(operation, include_extras=True)
        _read[operation] = tuple(_parameter(field, hints[field.name]) for field in dataclasses.fields(operation))
    return _read[operation]


def targeted(operation: type[Operation]) -> Parameter | None:
    """The parameter that names the charger or session of an act which takes many; None of any other operation.

    An outcome that tells a secret is told once, to whoever asked for this one charger.
    """
    if not issubclass(operation, Act) or not issubclass(operation.row, Outcome):
        return None
    if any(is_secret(field.name) for field in dataclasses.fields(operation.row)):
        return None
    first = next((parameter for parameter in parameters(operation) if parameter.positional), None)
    if first is None or not first.required or first.many:
        return None
    return first if first.kind in ("charger", "session") else None


def aimed(operation: type[Aimed], values: dict[str, Any], word: str) -> Aimed:
    """The operation with these values and this target, where it has one."""
    parameter = targeted(operation)
    return operation(**values, **({parameter.name: word} if parameter else {}))


def given(operation: Operation) -> dict[str, Any]:
    """What the caller gave: the fields that are not what the declaration says anyway."""
    values = {p.name: (getattr(operation, p.name), p) for p in parameters(type(operation))}
    return {name: value for name, (value, p) in values.items() if p.required or value != p.default}


def _bounds(least: int | None, most: int | None) -> str:
    if least is None or most is None:
        return f"it is {least} at least" if most is None else f"it is {most} at the most"
    return f"it goes from {least} to {most}"


def _parameter(field: "dataclasses.Field[Any]", hint: Any) -> Parameter:
    mark: Mark = Option("")
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        mark = next((extra for extra in extras if isinstance(extra, Mark)), mark)
    default = field.default if field.default_factory is MISSING else field.default_factory()
    required = default is MISSING
    bare, optional = _without_none(hint)
    many = get_origin(bare) in (list, tuple)
    scalar = get_args(bare)[0] if many else bare
    return Parameter(field.name, hint, scalar, mark, required, None if required else default, many, optional)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return (kinds[0] if len(kinds) == 1 else Union[tuple(kinds)]), len(kinds) < len(get_args(hint))  # noqa: UP007 # made at run time
    return hint, False


def named(path: str) -> type[Operation] | None:
    """The operation of a command, such as `charger reset`."""
    noun = path.partition(" ")[0]
    if noun.replace("-", "_") not in plugins.names(operations):
        return None
    return next((kind for kind in declared(plugins.load(operations, noun)) if kind.path == path), None)


def declared(module: "ModuleType") -> list[type[Operation]]:
    """The operations that a module declares, in its order; of a package those of its files."""
    if hasattr(module, "__path__"):
        return [kind for file in plugins.load_all(module) for kind in declared(file)]
    return [
        kind
        for kind in vars(module).values()
        if issubclass(type(kind), type)  # isinstance would run a deferred module
        and issubclass(kind, Operation)
        and kind.__module__ == module.__name__
        and "path" in vars(kind)
    ]
