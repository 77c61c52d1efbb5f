"""The order in which an engine is asked a task's prompts: one function, the same for every model. Pure."""

from collections.abc import Sequence

from clue_lib.types import Example, Request

SHARED_PREFIX = 1000
"""Characters at a long question's start that tell whether it shares its document with another."""


def asking_order(examples: Sequence[Example], requests: Sequence[Request]) -> tuple[int, ...]:
    """The places of a task's requests, aligned with its scored examples, in the order in which an engine is asked.

    This is the one place that decides the order within a task, and by what examples and requests are alone: by no model
    and no answer. A run that has part of the answers asks for the rest in the same order. Whole runs ask a task in
    parts, scouts before the rest (`runs.scouting`); the order within each part is this one.

    Like wordings stand together, and among them prompts that begin alike, for the engine's prefix cache; then the
    shortest comes first, for a batch of like lengths wastes little on padding. Long questions begin with a document
    that others may share.
    """
    keys = [_key(example, request) for example, request in zip(examples, requests, strict=True)]
    return tuple(sorted(range(len(keys)), key=keys.__getitem__))


def _key(example: Example, request: Request) -> tuple[int, list[str], str, int]:
    *shots, question = [message.content for message in request.messages]
    document = question[:SHARED_PREFIX] if len(question) > 2 * SHARED_PREFIX else ""
    return example.wording, shots, document, len(question)
