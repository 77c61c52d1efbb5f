"""The wordings of a task: read from its file, and dealt to the clusters of its examples. Pure but for reading files.

Several wordings of one meaning are asked, each of a part of the clusters: what a model is worth in one wording by
chance then does not decide a gate.
"""

import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib import files as bounded
from clue_lib.errors import PromptError
from clue_lib.tasks.prompts import PromptTexts, stable_order
from clue_lib.types import Example


class _Wording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One [[wording]] table."""

    system: str | None = None
    user: str | None = None


class _TextsFile(_Wording, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of prompt texts: what stands above the tables holds for each that has no text of its own."""

    wording: tuple[_Wording, ...] | None = None


def load(task: str, folder: Path | None = None) -> tuple[PromptTexts, ...]:
    """The wordings of `<task>.toml` in the folder, or the package's own, in the file's order.

    A file without [[wording]] tables is one wording. Raises PromptError when the file is missing, is not TOML, has a
    key too few or too many, or holds wordings that do not ask for the same fields.
    """
    path = (folder or files("clue_lib.tasks") / "prompt_texts") / f"{task}.toml"
    try:
        text = bounded.read_text(folder / path.name) if folder else path.read_text(encoding="utf-8")
        read = msgspec.convert(tomllib.loads(text), _TextsFile)
    except FileNotFoundError as error:
        raise PromptError(f"--prompts={folder}: no {task}.toml in it; each selected task needs one") from error
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PromptError(
            f"{path}: {error}; it must hold the texts system and user, or [[wording]] tables of them, and no more"
        ) from error
    _check_file(path, read)
    wordings = tuple(_completed(one, read) for one in read.wording or (read,))
    check(str(path), wordings)
    return wordings


def _completed(one: _Wording, shared: _Wording) -> PromptTexts:
    """The wording, what it lacks taken from the shared texts."""
    system = shared.system if one.system is None else one.system
    user = shared.user if one.user is None else one.user
    return PromptTexts(system=system or "", user=user or "")


def _check_file(path: object, read: _TextsFile) -> None:
    """Raise PromptError where a text lacks."""
    shared = {"system": read.system, "user": read.user}
    if read.wording is None:
        for name in (name for name, text in shared.items() if text is None):
            raise PromptError(
                f"{path}: missing required field `{name}`; write texts system and user, or [[wording]] tables of them"
            )
    elif not read.wording:
        raise PromptError(f"{path}: `wording` is empty; write a [[wording]] table, or the texts system and user alone")
    for number, one in enumerate(read.wording or (), 1):
        own = {"system": one.system, "user": one.user}
        for name in (name for name in own if own[name] is None and shared[name] is None):
            raise PromptError(f"{path}: wording {number} has no `{name}`, and none stands above the tables; write one")


def check(where: str, wordings: Sequence[PromptTexts]) -> None:
    """Raise PromptError where these are no wordings of one question; `where` they stand begins the message."""
    if not wordings:
        raise PromptError(f"{where}: there is no wording; write one or more")
    first = _placeholders(wordings[0])
    for number, texts in enumerate(wordings[1:], 2):
        own = _placeholders(texts)
        if missing := sorted(first - own):
            raise PromptError(
                f"{where}: wording {number} lacks ${missing[0]}, which wording 1 has; each must show the same fields"
            )
        if further := sorted(own - first):
            raise PromptError(
                f"{where}: wording {number} has ${further[0]}, which wording 1 lacks; each must show the same fields"
            )
        if texts in wordings[: number - 1]:
            earlier = wordings.index(texts) + 1
            raise PromptError(f"{where}: wording {number} is wording {earlier} again; change or drop one of the two")


def _placeholders(texts: PromptTexts) -> set[str]:
    return set(string.Template(texts.user).get_identifiers())


def digest(wordings: Sequence[PromptTexts]) -> str:
    """Names all of them together; of a single one it is that one's own digest."""
    if len(wordings) == 1:
        return wordings[0].digest
    return digests.of_value([texts.digest for texts in wordings])


def deal(examples: Iterable[Example], n: int, seed: int) -> Mapping[str, int]:
    """Which of `n` wordings, from 1 on, each cluster is asked in: each about equally often.

    Clusters are taken in the order in which `prompts.subset` takes them, and dealt the wordings round and round, so
    that any subset of a run is balanced too. `examples` are all of the task's that may be scored, whatever the limit:
    a cluster keeps its wording in every run with this seed, of either model.
    """
    clusters: dict[str, None] = {}
    for example in sorted(examples, key=lambda example: digests.rank(example.id, seed)):
        clusters.setdefault(example.cluster)
    order = [int(number) for number in stable_order([str(number) for number in range(1, n + 1)], seed)]
    return {cluster: order[place % n] for place, cluster in enumerate(clusters)}
