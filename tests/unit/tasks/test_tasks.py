"""What holds for every task: its places in the checkout, its prompt, its reader and its ideal answer."""

import dataclasses
import functools
import importlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import datasets
from clue_lib.errors import DataError
from clue_lib.metrics import BEHAVIOUR, METRICS
from clue_lib.tasks import TASKS, prompts, wordings
from clue_lib.types import Example, Generation, Parsed, Response, Unparsed

pytestmark = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)

BUNDLED_AS = {"mcq": "nejm"}  # a set of the user's own: none is bundled
BEST = {"higher": 1.0, "lower": 0.0}
NAMED = ["entailment", "E11.9", "i10", "B", "(c)", "answer:", "Neutral.", "contradicts", "not", "yes", "\n", "**", "é"]
TEXTS = st.text() | st.lists(st.sampled_from(NAMED), max_size=4).map(" ".join)


@functools.cache
def bundled(task):
    return task.examples(datasets.find(BUNDLED_AS.get(task.name, task.name), None).path, seed=0, n_repeats=1)


def responses(task, answer):
    """The bundled examples, each answered by `answer(example)` and read as the task reads it."""
    return [response(task, example, answer(example)) for example in bundled(task)]


def response(task, example, text):
    generation = Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)
    return Response(example=example, generation=generation, answer=task.parse(text, example))


def test_module_and_key_have_its_name(task):
    assert TASKS[task.name] is task
    assert importlib.import_module(f"clue_lib.tasks.{task.name}").TASK is task


def test_model_test_stands_in_its_levels_folder(task, root):
    module = (root / "tests" / task.level / f"test_{task.name}.py").read_text(encoding="utf-8")
    assert f"from clue_lib.tasks.{task.name} import TASK" in module
    assert len(list(root.glob(f"tests/*/test_{task.name}.py"))) == 1


def test_metrics_are_its_own_then_the_behaviours(task):
    assert set(task.metrics) <= set(METRICS)
    assert len(set(task.metrics)) == len(task.metrics)
    assert task.metrics == (*task.clue_metrics, *task.other_metrics, *BEHAVIOUR)
    assert all(METRICS[name].better == "higher" for name in task.clue_metrics)
    assert task.gate_id("x") == f"{task.level}.{task.name}.x"


def test_bundled_examples_are_whole(task):
    for example in bundled(task):
        assert isinstance(example, Example)
        golds = example.gold if isinstance(example.gold, tuple) else (example.gold,)
        assert all(text.strip() for text in (example.id, example.cluster, *golds, *example.fields.values()))
        assert not example.documents


def test_prompt_shows_every_field_of_every_bundled_example(task):
    for texts, example in itertools.product(wordings.load(task.name), bundled(task)):
        system, question = prompts.render(texts, [], example).messages
        assert system.content
        assert "$" not in texts.system
        assert all(text.strip() in question.content for text in example.fields.values())
        # the document first, the question last: prompts on one document so share their beginning
        assert question.content.startswith(next(iter(example.fields.values())).strip()[:40]) or task.n_shots


def test_prompt_never_shows_the_gold_beside_the_question(task):
    emptied = [dataclasses.replace(example, gold="") for example in bundled(task)]
    for texts in wordings.load(task.name):
        shown = [prompts.render(texts, [], example).messages for example in bundled(task)]
        assert shown == [prompts.render(texts, [], example).messages for example in emptied]


def test_shots_leave_examples_to_score(task):
    examples = bundled(task)
    shots = prompts.choose_shots(examples, task.n_shots, 0)
    assert len(shots) == task.n_shots
    assert {example.cluster for example in examples} > {shot.cluster for shot in shots}


def test_ideal_answers_parse(task):
    assert all(isinstance(response.answer, Parsed) for response in responses(task, task.ideal))


def test_an_empty_answer_is_unparsed(task):
    assert {response.answer for response in responses(task, lambda _: "")} == {Unparsed(reason="empty")}


def test_another_examples_answer_does_not_score_best(task):
    others = {mine.id: next((e for e in bundled(task) if e.gold != mine.gold), None) for mine in bundled(task)}
    if None in others.values():
        pytest.skip("every example has the same gold: F")
    swapped = responses(task, lambda example: task.ideal(others[example.id]))
    for name in set(task.clue_metrics) - {"valid_share", "category_f1", "concept_f1"}:  # may well be shared
        assert BEST[METRICS[name].better] not in METRICS[name].score(swapped), name


def as_text(value):
    return value if isinstance(value, str) else ", ".join(value)


@given(TEXTS)
def test_parsing_never_raises_and_a_read_answer_reads_as_itself(task, text):
    asked = bundled(task)[0]
    answer = task.parse(text, asked)
    assert task.parse(text, asked) == answer
    assert isinstance(answer, Unparsed) or task.parse(as_text(answer.value), asked) == answer


@given(TEXTS)
def test_white_space_around_an_answer_does_not_count(task, text):
    asked = bundled(task)[0]
    assert task.parse(f"\n {text}\t\n", asked) == task.parse(text, asked)


def examples_or_error(task, path):
    try:
        return task.read(path)
    except DataError as error:
        return str(error)


@given(st.binary(max_size=200), st.sampled_from([".jsonl", ".xlsx", ""]))
def test_any_file_is_examples_or_a_data_error(scratch, task, content, suffix):
    path = scratch / f"any{suffix}"
    path.write_bytes(content)
    found = examples_or_error(task, path)
    if isinstance(found, str):
        assert found.startswith(f"{path}:")
        assert len(found.splitlines()) == 1
    else:
        assert all(isinstance(example, Example) for example in found)


def test_missing_file_is_a_data_error(task, tmp_path):
    with pytest.raises(DataError, match="No such file"):
        task.read(tmp_path / "missing.jsonl")
