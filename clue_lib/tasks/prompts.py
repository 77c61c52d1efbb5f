"""Messages from prompt texts, few-shot choice, and the nested subset of `--limit`. Pure but for reading the texts.

Order is by SHA-256 of seed and example id: the same on every machine and for every model, and unrelated to the file's
own order.
"""

import string
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec

from clue_lib import digests
from clue_lib import files as bounded
from clue_lib.errors import PromptError
from clue_lib.types import Example, Message, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTexts:
    """One task's prompt texts; `user` holds $placeholders named as the fields of its examples."""

    system: str
    user: str

    @property
    def digest(self) -> str:
        """Names the wording; part of every signature."""
        return digests.of_value(self)


class _TextsFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The content of a prompt text file."""

    system: str
    user: str


def load_texts(task: str, folder: Path | None = None) -> PromptTexts:
    """The texts of `<task>.toml` in the folder, or the package's own.

    Raises PromptError when the file is missing, is not TOML, or has a key too few or too many.
    """
    path = (folder or files("clue_lib.tasks") / "prompt_texts") / f"{task}.toml"
    try:
        text = bounded.read_text(folder / path.name) if folder else path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
        texts = msgspec.convert(table, _TextsFile)
        return PromptTexts(system=texts.system, user=texts.user)
    except FileNotFoundError as error:
        raise PromptError(f"--prompts={folder}: no {task}.toml in it; each selected task needs one") from error
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PromptError(f"{path}: {error}; it must hold the texts system and user, and no more") from error


def stable_order(ids: Sequence[str], seed: int) -> list[str]:
    """The ids in the order of their hash."""
    return sorted(ids, key=lambda id_: digests.rank(id_, seed))


def choose_shots(examples: Sequence[Example], n: int, seed: int) -> tuple[Example, ...]:
    """The first `n` examples in stable order from as many clusters, an unseen gold before a seen one.

    With three labels and three shots each label is shown once, where every label stands in at least three clusters.
    """
    by_id = {example.id: example for example in examples}
    queue = [by_id[id_] for id_ in stable_order(list(by_id), seed)]
    shots: list[Example] = []
    while queue and len(shots) < n:
        shown = {shot.gold for shot in shots}
        unseen = (example for example in queue if example.gold not in shown)
        shot = next(unseen, queue[0])
        shots.append(shot)
        queue = [example for example in queue if example.cluster != shot.cluster]
    return tuple(shots)


def subset(examples: Sequence[Example], limit: int | None, seed: int) -> tuple[Example, ...]:
    """At most `limit` examples, in the given order: the first of every cluster before the second of any.

    Nested: a larger limit keeps every example of a smaller one.
    """
    if limit is None or limit >= len(examples):
        return tuple(examples)
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, str, str]] = []
    for example in sorted(examples, key=lambda example: digests.rank(example.id, seed)):
        ranked.append((seen[example.cluster], digests.rank(example.id, seed), example.id))
        seen[example.cluster] += 1
    kept = {id_ for _, _, id_ in sorted(ranked)[:limit]}
    return tuple(example for example in examples if example.id in kept)


def render(texts: PromptTexts, shots: Sequence[tuple[Example, str]], example: Example) -> Prompt:
    """System text, one user and one assistant turn per (shot, ideal answer), then the example's own question.

    Raises PromptError when the text names a field that the example has not.
    """
    turns = [Message(role="system", content=texts.system.strip())]
    for shot, answer in shots:
        turns += [_question(texts, shot.fields), Message(role="assistant", content=answer)]
    turns.append(_question(texts, example.fields))
    return Prompt(example_id=example.id, messages=tuple(turns))


def _question(texts: PromptTexts, fields: Mapping[str, str]) -> Message:
    try:
        content = string.Template(texts.user).substitute(fields)
    except (KeyError, ValueError) as error:
        raise PromptError(f"prompt text {texts.user[:40]!r}: {error}; the fields are {', '.join(fields)}") from error
    return Message(role="user", content=content.strip())
