"""What holds for every metric: range, best and worst, one value per response, each response on its own."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib import answers
from clue_lib.metrics import BEHAVIOUR, METRICS, codes

pytestmark = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS, scope="module")

WORDS = st.sampled_from(["what", "is", "gout", "treated", "with"])
GOLDS = st.lists(WORDS, min_size=2, max_size=8).map(" ".join)  # ROUGE-2 needs a pair of words
TEXTS = st.just("") | st.text(max_size=20) | GOLDS
REASONS = st.sampled_from(["stop", "length", "context"])
ANSWERS = st.lists(st.tuples(TEXTS, GOLDS, REASONS), max_size=6)

CODES = {"what": "I10", "is": "E11.9", "gout": "M10.9", "treated": "U07.1", "with": "Z66"}
"""Codes in place of words, for the metrics of codes."""

NEEDS_TEXT = {"invalid_codes", "incremented_runs", "repeated_codes"}
"""The failures that an empty text is not."""


@pytest.fixture(scope="module")
def respond(respond, metric):
    if metric.score.__module__ != codes.__name__:
        return respond

    def build(text, gold, **options):
        named = [tuple(dict.fromkeys(CODES.get(word, word) for word in words.split())) for words in (text, gold)]
        return respond(", ".join(named[0]), named[1], parse=answers.icd_codes, **options)

    return build


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
    worst = 0.0 if metric.name in NEEDS_TEXT else 1 - best(metric)
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
