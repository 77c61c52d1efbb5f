"""Imported logs in tests: MeQSum's planned prompts, changed copies, and a log's answers replayed."""

import dataclasses

from clue_lib.engines.replay import Replay
from clue_lib.engines.store import Partition
from clue_lib.models import Recording
from clue_lib.runs import PromptSettings, plan_task, score
from clue_lib.tasks import TASKS
from clue_lib.types import Identity

OPTION = "--model=import:FILE"


def meqsum(root, n):
    """The first n questions in the wording that was asked; of MeQSum's metrics those that need no model."""
    task = dataclasses.replace(TASKS["meqsum"], clue_metrics=("rouge1", "rouge2", "rougeL"))
    whole = plan_task(task, PromptSettings(data_root=root / "public", limit=20, n_wordings=1))
    return dataclasses.replace(whole, examples=whole.examples[:n], requests=whole.requests[:n])


def swapped(name):
    """A change of a log: its first two entries' values of that name change places."""

    def change(entries):
        first, second, *rest = entries
        return [first | {name: second[name]}, second | {name: first[name]}, *rest]

    return change


def scored_alike(planned, matched, texts, folder):
    """The scores of matched answers, which are those of the same answers replayed; `texts` are by prompt digest."""
    assert "prompts of this run" in str(matched.engine.args)
    partition = Partition(folder, Recording(identity=Identity(replay="log"), engine=matched.engine))
    partition.append(list(matched.answers.items()))
    replayed = Replay(partition.folder, (), {}).generate(planned.requests, None)
    assert [given.text for given in replayed] == [texts[request.key[:16]] for request in planned.requests]
    given = [matched.answers[request.key] for request in planned.requests]
    one, other = (score(planned, answers, model="m", engine="e") for answers in (given, replayed))
    assert one.scores == other.scores
    assert any(one.scores["rouge1"])
    return one.scores
