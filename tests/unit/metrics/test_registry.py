"""What holds for every metric of every task: range, best and worst, order, each response on its own; never NaN."""

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clue_lib import datasets
from clue_lib.metrics import BEHAVIOUR, METRICS
from clue_lib.tasks import TASKS
from clue_lib.types import Generation, Response

PAIRS = [(task, METRICS[name]) for task in TASKS.values() for name in task.metrics]
each_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
each_pair = pytest.mark.parametrize(("task", "metric"), PAIRS, ids=[f"{t.name}-{m.name}" for t, m in PAIRS])

SEES_EMPTY = {"empty", "truncated", "unparsed", "wrong_length", "omitted_claims"}
"""The failures that an empty, cut text is, or that all of it shows; it is neither a refusal
nor in another language, and names nothing wrong."""

OF_THE_RUN = {"answer_collapse"}
"""Failures of a run: one response's value depends on the others."""

OTHER_TEXTS = ["", " \n", "E11.9, I10", "A", "entailment", "What is gout?", "中文 中文", "\x00", "I'm sorry, I can't."]
ANSWERS = st.lists(
    st.tuples(st.integers(0, 39), st.sampled_from(OTHER_TEXTS) | st.none() | st.text(max_size=20)), max_size=5
)


@functools.cache
def bundled(task):
    return task.examples(datasets.find("nejm" if task.name == "mcq" else task.name, None).path, seed=0, n_repeats=1)


def respond(task, example, text, reason="stop"):
    first = text[:1] if example.options else ""
    generation = Generation(
        text=text, finish_reason=reason, n_prompt_tokens=1, n_new_tokens=1, likeliest_letter=first.strip()
    )
    return Response(example=example, generation=generation, answer=task.parse(text, example))


def build(task, answers):
    """Responses to bundled examples by place; None stands for the ideal answer to the next example."""
    examples = bundled(task)
    return [
        respond(
            task, examples[i % len(examples)], task.ideal(examples[(i + 1) % len(examples)]) if text is None else text
        )
        for i, text in answers
    ]


def best(metric):
    return {"higher": 1.0, "lower": 0.0}[metric.better]


@each_metric
def test_registered_under_its_name(metric):
    assert METRICS[metric.name] is metric


@each_metric
def test_signature_names_metric_and_version(metric):
    assert metric.signature.split("|")[:3] == [metric.name, f"v{metric.version}", "strict"]
    assert [other.name for other in METRICS.values() if other.signature == metric.signature] == [metric.name]


@each_metric
def test_failures_are_better_rare(metric):
    assert metric.better == "lower" or (metric.name not in BEHAVIOUR and metric.family is None)


@each_metric
def test_some_task_has_it(metric):
    assert any(metric.name in task.metrics for task in TASKS.values())


def test_families_are_those_that_the_science_names():
    members = {}
    for metric in METRICS.values():
        members.setdefault(metric.family, set()).add(metric.name)
    form = {"unparsed", "template_leakage", "prompt_echo", "extra_text", "wrong_length", "other_language"}
    assert members["instruction following"] == {*form, "unfinished_thought"}
    made_up = {"invalid_codes", "unsupported_concepts", "answered_unanswerable", "contradicted_claims"}
    assert members["hallucination"] == made_up


@each_pair
@settings(max_examples=10)
@given(ANSWERS)
def test_one_value_in_range_per_response(task, metric, answers):
    values = metric.score(build(task, answers))
    assert len(values) == len(answers)
    assert all(value is None or (type(value) is float and 0 <= value <= 1) for value in values)  # false of NaN


@each_pair
def test_ideal_answers_score_best(task, metric):
    values = metric.score([respond(task, example, task.ideal(example)) for example in bundled(task)])
    assert {value for value in values if value is not None} == {best(metric)}


@each_pair
@pytest.mark.parametrize("text", ["", " \n"])
def test_empty_cut_answers_score_worst(task, metric, text):
    values = metric.score([respond(task, example, text, "length") for example in bundled(task)[:10]])
    is_worst = metric.better == "higher" or metric.name in SEES_EMPTY
    assert {value for value in values if value is not None} <= {1 - best(metric) if is_worst else best(metric)}


@each_pair
def test_an_empty_answer_lowers_the_mean(task, metric):
    examples = bundled(task)[:10]
    ideal = [respond(task, example, task.ideal(example)) for example in examples]
    values = metric.score([respond(task, examples[0], ""), *ideal[1:]])
    said = [value for value in values if value is not None]
    if metric.better == "higher" and len(said) == len(examples):
        assert sum(said) == len(examples) - 1


@each_pair
@settings(max_examples=10)
@given(ANSWERS, st.randoms())
def test_order_of_responses_is_the_order_of_values(task, metric, answers, random):
    responses = build(task, answers)
    values = metric.score(responses)
    order = random.sample(range(len(responses)), len(responses))
    assert metric.score([responses[i] for i in order]) == [values[i] for i in order]


@each_pair
@settings(max_examples=10)
@given(ANSWERS)
def test_no_response_changes_anothers_value(task, metric, answers):
    if metric.name in OF_THE_RUN:
        pytest.skip("a property of the run")
    responses = build(task, answers)
    alone = [metric.score([response])[0] for response in responses]
    assert metric.score(responses + responses) == alone + alone
