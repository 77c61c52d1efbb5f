"""How long both models thought; medians by hand."""

import dataclasses

import msgspec

from clue_lib.runs.thought_lengths import thoughts_of
from clue_lib.types import TaskThoughts, ThoughtLengths


def thinking(run, *lengths, n_unfinished=0):
    """The run with thoughts of so many tokens before its first answers, the first of them unfinished."""
    responses = list(run.responses)
    for place, n in enumerate(lengths):
        generation = msgspec.structs.replace(
            responses[place].generation,
            thought="a thought",
            n_thought_tokens=n,
            has_unfinished_thought=place < n_unfinished,
        )
        responses[place] = dataclasses.replace(responses[place], generation=generation)
    return dataclasses.replace(run, responses=tuple(responses))


def test_thoughts_are_counted_and_measured(task_run):
    base, tuned = task_run([1, 1, 1, 1]), task_run([1, 1, 1, 1], model="tuned")
    (found,) = thoughts_of([(thinking(base, 10, 40, n_unfinished=1), thinking(tuned, 5, 7, 300))])
    assert found == TaskThoughts(
        task="mednli",
        baseline=ThoughtLengths(n=2, median=25.0, longest=40, n_unfinished=1),
        candidate=ThoughtLengths(n=3, median=7.0, longest=300, n_unfinished=0),
    )


def test_a_task_in_which_nobody_thought_is_left_out(task_run):
    run = task_run([1, 0])
    assert thoughts_of([(run, run)]) == ()
