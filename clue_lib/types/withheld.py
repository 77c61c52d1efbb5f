"""Values that hold text of data, prompts or answers do not show it of themselves.

Python shows a value by its repr wherever a value is shown and nobody thought of it: in a traceback with locals, in
pytest's `--debug` and `--setup-show`, in a failed assertion, in a log. A text under an agreement must not get there.
"""

from collections.abc import Iterator
from typing import TypeVar

Value = TypeVar("Value")


def withheld(kind: type[Value]) -> type[Value]:
    """A class whose values show their class alone, `<Example>`; goes above `@dataclass`, or on a msgspec Struct."""
    for name, shows_nothing in (("__repr__", _class_alone), ("__rich_repr__", _no_fields)):
        setattr(kind, name, shows_nothing)
    return kind


def is_withheld(kind: type) -> bool:
    """Whether values of the class show nothing of what they hold."""
    shown_by: object = kind.__repr__
    return shown_by is _class_alone


def _class_alone(value: object) -> str:
    return f"<{type(value).__name__}>"


def _no_fields(value: object) -> Iterator[object]:
    """What Rich shows, which asks msgspec's Structs and dataclasses for their fields otherwise."""
    return iter(())
