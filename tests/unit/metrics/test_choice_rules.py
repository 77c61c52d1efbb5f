"""What holds for every metric that a task of choices may have, and for metrics that fold a whole run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib import answers
from clue_lib.metrics import BEHAVIOUR, CHOICE, METRICS

OPTIONS = ("gout", "pain", "rash")
TEXTS = st.sampled_from([*"ABCD", "", "gout", "A or B", "?", "The answer is C."]) | st.text(max_size=10)
PICKS = st.lists(st.tuples(TEXTS, st.sampled_from("ABC")), max_size=40)
GOLDS = st.lists(st.sampled_from("ABC"), min_size=1, max_size=40)
NAMES = ("accuracy", *CHOICE, *BEHAVIOUR, "answered_unanswerable")
METRIC = pytest.mark.parametrize("metric", [METRICS[name] for name in NAMES], ids=NAMES)
FOLDED = pytest.mark.parametrize("corpus", [metric.corpus for metric in METRICS.values() if metric.corpus])


def build(respond, picks):
    return [respond(text, gold, parse=answers.option, options=OPTIONS) for text, gold in picks]


@METRIC
@given(PICKS)
def test_one_value_in_range_per_response(respond, metric, picks):
    values = metric.score(build(respond, picks))
    assert len(values) == len(picks)
    assert all(value is None or (type(value) is float and 0 <= value <= 1) for value in values)  # false of NaN


@METRIC
@given(GOLDS)
def test_right_choices_score_best(respond, metric, golds):
    best = {"higher": 1.0, "lower": 0.0}[metric.better]
    assert set(metric.score(build(respond, [(gold, gold) for gold in golds]))) <= {best, None}


@METRIC
@given(PICKS, st.randoms())
def test_order_of_responses_is_the_order_of_values(respond, metric, picks, random):
    responses = build(respond, picks)
    values = metric.score(responses)
    order = random.sample(range(len(responses)), len(responses))
    assert metric.score([responses[i] for i in order]) == [values[i] for i in order]


@FOLDED
@given(PICKS)
def test_fold_is_in_range_and_knows_neither_order_nor_repeats(respond, corpus, picks):
    rows = corpus.statistics(build(respond, picks))
    sums = rows.sum(axis=0)
    value = corpus.fold(sums)
    assert rows.shape[0] == len(picks)
    assert 0 <= value <= 1  # false of NaN
    assert corpus.fold(rows[::-1].sum(axis=0)) == value
    # One value per row of sums; a run given twice is no better.
    assert corpus.fold(np.stack([sums, 2 * sums])).tolist() == pytest.approx([float(value)] * 2)


@FOLDED
@given(GOLDS)
def test_fold_is_1_at_gold_and_0_at_empty(respond, corpus, golds):
    for text, expected in ((None, 1.0), ("", 0.0)):
        responses = build(respond, [(gold if text is None else text, gold) for gold in golds])
        assert corpus.fold(corpus.statistics(responses).sum(axis=0)) == expected
