"""What holds for every metric: range, best and worst, one value per response, each response on its own."""

import importlib.util

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib.metrics import BEHAVIOUR, METRICS

EMBEDS = pytest.mark.skipif(importlib.util.find_spec("bert_score") is None, reason="needs the embedding extra")
pytestmark = pytest.mark.parametrize(
    "metric",
    [
        pytest.param(metric, id=name, marks=[EMBEDS] if name == "bertscore_f1" else [])
        for name, metric in METRICS.items()
    ],
)

WORDS = st.sampled_from(["what", "is", "gout", "treated", "with"])
GOLDS = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: " ".join(["gout", *words]))
"""At least a pair of words, which ROUGE-2 needs, and a concept."""
TEXTS = st.just("") | st.text(max_size=20) | GOLDS
REASONS = st.sampled_from(["stop", "length", "context"])
ANSWERS = st.lists(st.tuples(TEXTS, GOLDS, REASONS), max_size=6)


@pytest.fixture(scope="module", autouse=True)
def cache(scratch):
    """A user's cache of its own: what is made up here is kept in no one's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(scratch))
        yield


def best(metric):
    return {"higher": 1.0, "lower": 0.0}[metric.better]


def build(respond, answers):
    return [respond(text, gold, finish_reason=reason) for text, gold, reason in answers]


def test_registered_under_its_name(metric):
    assert METRICS[metric.name] is metric


def test_signature_names_metric_and_version(metric):
    assert metric.signature.split("|")[:3] == [metric.name, f"v{metric.version}", "strict"]
    assert [other.name for other in METRICS.values() if other.signature == metric.signature] == [metric.name]


def test_failures_are_better_rare(metric):
    assert metric.better == "lower" or metric.name not in BEHAVIOUR


@given(ANSWERS)
@example([("\x00", "is gout", "stop"), ("中", "is gout", "context")])
def test_one_value_in_range_per_response(respond, metric, answers):
    values = metric.score(build(respond, answers))
    assert len(values) == len(answers)
    assert all(type(value) is float and 0 <= value <= 1 for value in values)  # false of NaN


@given(GOLDS)
def test_ideal_answer_scores_best(respond, metric, gold):
    assert metric.score([respond(gold, gold)]) == [best(metric)]


@given(GOLDS, st.sampled_from(["", " ", "\n\t"]))
def test_empty_cut_answer_scores_worst(respond, metric, gold, text):
    worst = 0.0 if metric.family == "hallucination" else 1 - best(metric)  # who says nothing makes nothing up
    assert metric.score([respond(text, gold, finish_reason="length")]) == [worst]


@given(ANSWERS, st.randoms())
def test_order_of_responses_is_the_order_of_values(respond, metric, answers, random):
    responses = build(respond, answers)
    values = metric.score(responses)
    order = random.sample(range(len(responses)), len(responses))
    assert metric.score([responses[i] for i in order]) == [values[i] for i in order]


@given(ANSWERS)
def test_no_response_changes_anothers_value(respond, metric, answers):
    responses = build(respond, answers)
    alone = [metric.score([response])[0] for response in responses]
    assert metric.score(responses + responses) == alone + alone
