"""Thoughts change no score: answers are read and watched as if the thought had never been written."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clue_lib.metrics import BEHAVIOUR, METRICS
from clue_lib.models import thoughts
from clue_lib.runs.planning import PromptSettings, plan_task
from clue_lib.runs.scoring import read_answer, separated
from clue_lib.tasks import TASKS
from clue_lib.types import Chat, Example, Generation, Response, Unparsed

EXAMPLES = {name: plan_task(TASKS[name], PromptSettings(limit=1)).examples[0] for name in ("mednli", "meqsum", "nejm")}
FLAGS = (*BEHAVIOUR, "extra_text", "wrong_length")
ANSWERS = st.sampled_from(["C", "neutral", "", " \n", "model\n", "It is C.\nuser: next", "analysisIt is C"]) | st.text()


def generation(text, finish_reason="stop"):
    return Generation(text=text, finish_reason=finish_reason, n_prompt_tokens=1, n_new_tokens=10)


def watched(task, written):
    """The answer that is read, and every flag but `unfinished_thought`."""
    apart = separated(written, Chat())
    example = EXAMPLES[task]
    response = Response(example=example, generation=apart, answer=read_answer(TASKS[task], apart, example))
    flags = {name: METRICS[name].score([response]) for name in FLAGS if name != "unfinished_thought"}
    return response.answer, flags


@pytest.mark.parametrize("task", EXAMPLES)
@settings(max_examples=30)
@given(st.text(), st.sampled_from(thoughts.known_pairs()), ANSWERS, st.sampled_from(["stop", "length"]))
def test_answer_and_flags_are_those_of_the_answer_alone(task, thought, pair, answer, finish):
    begin, end = pair
    text = f"{begin}{thought.replace(end, '')}{end}\n{answer}"
    assert watched(task, generation(text, finish)) == watched(task, generation(answer, finish))


def test_an_unfinished_thought_is_unparsed_and_flagged_whatever_it_guessed():
    apart = separated(generation("<think>The answer is neutral.", "length"), Chat())
    assert apart.has_unfinished_thought
    assert (apart.text, apart.n_thought_tokens) == ("", 10)
    answer = read_answer(TASKS["mednli"], apart, EXAMPLES["mednli"])
    assert answer == Unparsed(reason="its thought never ended")
    response = Response(example=EXAMPLES["mednli"], generation=apart, answer=answer)
    assert METRICS["unfinished_thought"].score([response]) == [1.0]


def test_a_letter_that_was_likeliest_before_a_thought_is_none_of_the_answers():
    written = generation("<think>maybe A</think>B")
    apart = separated(msgspec.structs.replace(written, likeliest_letter="A"), Chat())
    assert (apart.text, apart.likeliest_letter) == ("B", "")
    unthought = msgspec.structs.replace(generation("B"), likeliest_letter="A")
    assert separated(unthought, Chat()) == unthought


def test_marks_of_ones_own_are_known_to_the_run():
    chat = Chat(tags=(("<<plan>>", "<</plan>>"),))
    assert separated(generation("<<plan>>B<</plan>>C"), chat).text == "C"


def test_what_an_engine_set_apart_stays():
    written = Generation(
        text="<think>", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=9, thought="B", n_thought_tokens=7
    )
    assert separated(written, Chat()) is written


def flagged(metric, given, apart):
    """One failure mode of a shared row."""
    example = Example(id="1", cluster="1", fields={}, gold=given.get("gold", "C"), options=("a", "b", "c", "d", "e"))
    answer = read_answer(TASKS[given["task"]], apart, example)
    return METRICS[metric].score([Response(example=example, generation=apart, answer=answer)])[0]


def test_the_reasoning_rows_of_the_shared_cases(root):
    folder = root.parent / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip(f"needs the development cases in {folder}, which are not part of the checkout")
    texts = [(folder / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("option", "label", "icd", "flag")]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    rows = [row for row in rows if row["kind"].startswith("reasoning")]
    assert len(rows) > 30
    for row in rows:
        apart = separated(generation(row["input"]["text"]), Chat())
        assert apart.has_unfinished_thought == (row["expected"] in ("unparsed", [])), row
        assert not apart.has_unfinished_thought or apart.text == "", row
        if ":" in row["kind"]:
            assert flagged(row["kind"].partition(":")[2], row["input"], apart) == row["expected"], row
        if isinstance(row["expected"], str) and row["expected"] != "unparsed":
            assert row["expected"] in apart.text, row
