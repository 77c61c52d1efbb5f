"""Messages from prompt texts, few-shot choice, and the nested subset of `--limit`. Pure.

Order is by SHA-256 of seed and example id: the same on every machine and for every model, and unrelated to the file's
own order.
"""

import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clue_lib import digests
from clue_lib.errors import PromptError
from clue_lib.types import Example, Message, Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTexts:
    """One wording of a task; `user` holds $placeholders named as the fields of its examples."""

    system: str
    user: str

    @property
    def digest(self) -> str:
        """Names the wording."""
        return digests.of_value(self)


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
