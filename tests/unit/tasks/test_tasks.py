"""What holds for every task: its places in the checkout, its prompt, its reader and its ideal answer."""

import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import datasets, prompts
from clue_lib.errors import DataError
from clue_lib.metrics import BEHAVIOUR, METRICS
from clue_lib.tasks import TASKS
from clue_lib.types import Example, Parsed, Unparsed

pytestmark = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)

BEST = {"higher": 1.0, "lower": 0.0}
NAMED = ["entailment", "Neutral.", "contradicts", "not", "yes", "\n", "**", "é"]
TEXTS = st.text() | st.lists(st.sampled_from(NAMED), max_size=4).map(" ".join)


def bundled(task):
    return task.read(datasets.find(task.name, None).path)


def responses(task, respond, answer):
    """The bundled examples, each answered by `answer(example)` and read as the task reads it."""
    return [respond(answer(example), example.gold, parse=task.parse, finish_reason="stop") for example in bundled(task)]


def test_module_and_key_have_its_name(task):
    assert TASKS[task.name] is task
    assert importlib.import_module(f"clue_lib.tasks.{task.name}").TASK is task


def test_model_test_stands_in_its_levels_folder(task, root):
    module = (root / "tests" / task.level / f"test_{task.name}.py").read_text(encoding="utf-8")
    assert f"from clue_lib.tasks.{task.name} import TASK" in module
    assert len(list(root.glob(f"tests/*/test_{task.name}.py"))) == 1


def test_metrics_are_its_own_then_the_behaviours(task):
    assert set(task.clue_metrics) <= set(METRICS) - set(BEHAVIOUR)
    assert task.metrics == (*task.clue_metrics, *BEHAVIOUR)
    assert task.gate_id("x") == f"{task.level}.{task.name}.x"


def test_bundled_examples_are_whole(task):
    for example in bundled(task):
        assert isinstance(example, Example)
        assert all(text.strip() for text in (example.id, example.cluster, example.gold, *example.fields.values()))


def test_prompt_shows_every_field_of_every_bundled_example(task):
    texts = prompts.load_texts(task.name)
    for example in bundled(task):
        system, question = prompts.render(texts, [], example).messages
        assert system.content
        assert "$" not in texts.system
        assert all(text.strip() in question.content for text in example.fields.values())


def test_prompt_never_shows_the_gold_beside_the_question(task):
    texts = prompts.load_texts(task.name)
    emptied = [Example(id=e.id, cluster=e.cluster, fields=e.fields, gold="") for e in bundled(task)]
    shown = [prompts.render(texts, [], example).messages for example in bundled(task)]
    assert shown == [prompts.render(texts, [], example).messages for example in emptied]


def test_shots_leave_examples_to_score(task):
    examples = bundled(task)
    shots = prompts.choose_shots(examples, task.n_shots, 0)
    assert len(shots) == task.n_shots
    assert {example.cluster for example in examples} > {shot.cluster for shot in shots}


def test_ideal_answer_parses_and_scores_best_on_every_metric(task, respond):
    ideal = responses(task, respond, task.ideal)
    assert all(isinstance(response.answer, Parsed) for response in ideal)
    for name in task.metrics:
        assert set(METRICS[name].score(ideal)) == {BEST[METRICS[name].better]}, name


def test_empty_answer_is_unparsed_and_scores_worst(task, respond):
    silent = responses(task, respond, lambda _: "")
    assert {response.answer for response in silent} == {Unparsed(reason="empty")}
    for name in (*task.clue_metrics, "empty", "unparsed"):
        assert set(METRICS[name].score(silent)) == {1 - BEST[METRICS[name].better]}, name


def test_another_examples_answer_does_not_score_best(task, respond):
    examples = bundled(task)
    others = {mine.id: next(e for e in examples if e.gold != mine.gold) for mine in examples}
    swapped = [respond(task.ideal(others[e.id]), e.gold, parse=task.parse) for e in examples]
    for name in task.clue_metrics:
        assert BEST[METRICS[name].better] not in METRICS[name].score(swapped), name


@given(TEXTS)
def test_parsing_never_raises_and_a_read_answer_reads_as_itself(task, text):
    asked = bundled(task)[0]
    answer = task.parse(text, asked)
    assert task.parse(text, asked) == answer
    assert isinstance(answer, Unparsed) or task.parse(answer.value, asked) == answer


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
