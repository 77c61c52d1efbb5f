"""How both models were asked, in words; how long they thought, in lines."""

import dataclasses

import msgspec
import pytest

from clue_lib.report import header
from clue_lib.report.asked import asked, rows, thought_lines, words
from clue_lib.types import Chat, TaskThoughts, ThoughtLengths

THOUGHTS = TaskThoughts(
    task="mednli",
    baseline=ThoughtLengths(n=0, median=0.0, longest=0, n_unfinished=0),
    candidate=ThoughtLengths(n=40, median=310.5, longest=2048, n_unfinished=3),
)


@pytest.mark.parametrize(
    ("chat", "told"),
    [
        (Chat(), []),
        (Chat(is_plain=True), ["plain text without a chat template, answers end at a blank line, for both models"]),
        (Chat(reasoning="off"), ["templates asked for no thoughts, for both models"]),
        (
            Chat(reasoning="native", thinking_budget=2048, tags=(("<plan>", "</plan>"),)),
            [
                "room for thoughts of up to 2,048 tokens beside each answer",
                "thoughts also between <plan> and </plan>, for both models",
            ],
        ),
        (Chat(template_args=(("quiet", "true"),)), ["templates get quiet=true, for both models"]),
    ],
)
def test_what_is_not_the_default_is_told(chat, told):
    assert words(chat) == told


def test_the_clock_and_templates_that_differ_are_told(info):
    run = info(template_diff=("-a", "+b"))
    engine = msgspec.structs.replace(run.candidate.engine, clock="2024-07-26", decoding="special tokens kept")
    run = info(
        template_diff=("-a", "+b"),
        candidate=type(run.candidate)(name="x", identity=run.candidate.identity, engine=engine),
    )
    assert asked(run) == (
        "the candidate's chat template differs from the baseline's (see the report); templates see 2024-07-26 as today"
    )
    lines = header(run)
    assert any(line.startswith("prompts   the candidate's chat template differs") for line in lines)
    assert not any("special tokens kept" in line for line in lines)  # gate.json has it


def test_the_number_of_wordings_is_told_where_there_are_several_or_was_chosen(info):
    def told(*numbers, **changed):
        tasks = [dataclasses.replace(task, n_wordings=n) for n, task in zip(numbers, info().tasks, strict=True)]
        return asked(info(tasks=tuple(tasks), **changed))

    assert told(8, 8) == "each task in 8 wordings"
    assert told(1, 8) == "each task in 1 to 8 wordings"
    assert told(1, 1) == ""
    assert told(1, 1, n_wordings=1) == "each task in 1 wording"


def test_an_engine_that_renders_nothing_itself_has_no_such_line(info):
    assert asked(info()) == ""
    assert not any(line.startswith("prompts") for line in header(info()))


def test_thoughts_in_lines_and_rows(info):
    run = info(thoughts=(THOUGHTS,))
    assert thought_lines(run)[-1] == "  mednli           base 0 (0, 0), 0  cand 40 (310, 2,048), 3"
    assert rows(run) == [("mednli", "0 (0, 0), 0", "40 (310, 2,048), 3")]
    assert thought_lines(info()) == []
