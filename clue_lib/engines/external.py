"""Backends from outside this package: of installed packages, and out of a Python file.

A package offers one by an entry point of group `clue_gate.backends`, whose name is the backend's. A file needs no
package: `--backend=FILE.py:ClassName`.
"""

import importlib.metadata
import importlib.util
import re
import sys
import traceback
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Annotated

import msgspec

from clue_lib import digests
from clue_lib.engines.engine import Engine
from clue_lib.errors import MISTAKES_IN_CODE, OptionError

GROUP = "clue_gate.backends"
CONTRACT = "clue_lib.engines.Engine"

_IN_FILE = re.compile(r"(?P<file>.+\.py)(?::(?P<name>\w*))?")
_MODULE = "clue_gate_backend_"

_ATTRIBUTES = {
    "name": Annotated[str, msgspec.Meta(pattern=r"^[\w.-]+$")],
    "requires": tuple[str, ...],
    "extra": str,
    "args": frozenset[str] | None,
    "chunk_size": Annotated[int, msgspec.Meta(ge=1)],
    "serves_adapters": bool,
    "adapters_require": tuple[str, ...],
    "own_process": bool,
    "is_remote": bool,
    "memory_advice": str,
}
"""What a backend says of itself. A string in a tuple's place would be taken for a tuple of its letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The file that a backend came out of, and the name under which it was imported."""

    module: str
    file: Path


def installed() -> dict[str, EntryPoint]:
    """The backends that installed packages offer, by name; none of them is imported."""
    return {point.name: point for point in importlib.metadata.entry_points(group=GROUP)}


def is_in_file(given: str) -> bool:
    """Whether that names a backend in a file."""
    return _IN_FILE.fullmatch(given) is not None


def from_package(point: EntryPoint) -> type[Engine]:
    """The backend that an installed package offers. Raises OptionError where it is none, or only half of one."""
    option = f"--backend={point.name}"
    try:
        offered = point.load()
    except MISTAKES_IN_CODE as error:
        raise OptionError(f"{option}: {point.value} can't be imported ({_where(error)})") from error
    backend = _checked(offered, option, point.value)
    if backend.name != point.name:
        raise OptionError(f"{option}: {point.value} has another name, {backend.name!r}; give class and entry point one")
    return backend


def from_file(given: str) -> type[Engine]:
    """The backend that `FILE.py:ClassName` names. Raises OptionError where it is none, or only half of one."""
    option = f"--backend={given}"
    match = _IN_FILE.fullmatch(given)
    if match is None or not match["name"]:
        raise OptionError(f"{option}: name the class as well, as in --backend=FILE.py:ClassName")
    file = Path(match["file"]).absolute()
    if not file.is_file():
        raise OptionError(f"{option}: no such file; check the path")
    try:
        # Its content is part of the module's name: an edited file is another module, in a notebook say.
        source = Source(module=_MODULE + digests.of_value((str(file), digests.of_file(file)))[:16], file=file)
        load(source)
    except MISTAKES_IN_CODE as error:
        raise OptionError(f"{option}: {match['file']} can't be imported ({_where(error)})") from error
    module = sys.modules[source.module]
    if not hasattr(module, match["name"]):
        raise OptionError(f"{option}: {match['file']} has no {match['name']}; check the name of the class")
    return _checked(getattr(module, match["name"]), option, match["name"])


def load(source: Source) -> None:
    """Import the file under that name, unless that was done before; so does the child process of an engine."""
    if source.module in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(source.module, source.file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{source.file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[source.module] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[source.module]  # half a module must not be found the next time
        raise


def source_of(backend: type[Engine]) -> Source | None:
    """The file that the backend came out of; None for one that can be imported by its name."""
    if not backend.__module__.startswith(_MODULE):
        return None
    file = sys.modules[backend.__module__].__file__
    return Source(module=backend.__module__, file=Path(str(file)))


def _checked(offered: object, option: str, place: str) -> type[Engine]:
    """The class, if it is a whole backend."""
    if not isinstance(offered, type) or not issubclass(offered, Engine):
        raise OptionError(f"{option}: {place} is no subclass of {CONTRACT}; derive it from that")
    lacking = [f"{method}()" for method in sorted(offered.__abstractmethods__)]
    if not hasattr(offered, "name"):
        lacking.insert(0, "name")
    if lacking:
        raise OptionError(f"{option}: {place} lacks {', '.join(lacking)}; see {CONTRACT}")
    for attribute, kind in _ATTRIBUTES.items():
        try:
            msgspec.convert(getattr(offered, attribute), kind)
        except msgspec.ValidationError as error:
            problem = f"{attribute} = {getattr(offered, attribute)!r}: {error}"
            raise OptionError(f"{option}: {place}: {problem}; see {CONTRACT}") from error
    return offered


def _where(error: Exception) -> str:
    """The error in one line, with the file and line that raised it where it was the module's own."""
    told = " ".join(str(error).split())
    text = f"{type(error).__name__}: {told}"
    if isinstance(error, SyntaxError):  # which says that itself
        return text
    frames = traceback.extract_tb(error.__traceback__)
    of_module = [frame for frame in frames if frame.filename != __file__ and "importlib" not in frame.filename]
    return f"{text}, {Path(of_module[-1].filename).name} line {of_module[-1].lineno}" if of_module else text
