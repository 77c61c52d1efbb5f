"""Failure modes and languages of the shared cases, judged by whoever wrote these."""

import pytest
from shared_cases import shared

from clue_lib.metrics import METRICS
from clue_lib.tasks import TASKS
from clue_lib.types import Example, Generation, Response


def respond(given):
    """A response as a run would have it, but for its prompt."""
    gold = given.get("gold", "")
    example = Example(
        id="1",
        cluster="1",
        fields=given.get("fields", {}),
        gold=tuple(gold) if isinstance(gold, list) else gold,
        options=tuple(given.get("options", ())),
    )
    generation = Generation(
        text=given["text"], finish_reason=given.get("finish", "stop"), n_prompt_tokens=1, n_new_tokens=1
    )
    task = TASKS[given.get("task", "nejm")]
    return Response(example=example, generation=generation, answer=task.parse(given["text"], example))


@pytest.mark.parametrize("row", shared("flag"))
def test_shared_flags(row):
    name = row["kind"].partition(":")[2]
    assert METRICS[name].score([respond(row["input"])]) == [row["expected"]], row["why"]


@pytest.mark.parametrize("row", shared("language"))
def test_shared_languages(row):
    given = {"text": row["input"]["text"], "task": "meqsum"}
    assert METRICS["other_language"].score([respond(given)]) == [row["expected"]]
