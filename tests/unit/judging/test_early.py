"""When evidence rejects, and what a rejected run says."""

import pytest

from clue_lib.judging import early
from clue_lib.types import ANY_FAILURE, Early, Stream


def stream(task, metric, capital):
    return Stream(task=task, metric=metric, margin=0.03, n=24, capital=capital)


def rejected(*streams):
    return Early(
        state="rejected",
        evidence=early.evidence(streams),
        n_looks=2,
        n_asked=40,
        n_prompts=5000,
        token_share=0.004,
        streams=streams,
    )


def test_evidence_is_of_tasks_and_of_streams_by_hand():
    streams = (stream("mednli", "accuracy", 8), stream("mednli", ANY_FAILURE, 4), stream("jama", "accuracy", 3))
    assert early.evidence(streams) == pytest.approx(6 * 3 / 2 + (8 + 4 + 3) / 3 / 2)


@pytest.mark.parametrize(("found", "is_enough"), [(99.9, False), (100.0, True)])
def test_a_hundred_rejects(found, is_enough):
    assert early.rejects(found) is is_enough


def test_what_is_told_names_the_stream_that_shows_it_alone():
    told = early.told(rejected(stream("mednli", "accuracy", 1401.0), stream("mednli", ANY_FAILURE, 1.0)))
    # e = 701, half of it and half of the same mean
    assert told == (
        "rejected early, E = 701 after 2 looks at 0.8 % of the prompts (0.4 % of the tokens), "
        "by mednli accuracy (K = 1,401)"
    )


def test_where_none_does_several_did_together():
    assert early.told(rejected(stream("mednli", "accuracy", 1399.0))).endswith("by several together")


def test_of_several_the_surest_is_named():
    found = rejected(stream("mednli", "accuracy", 2000.0), stream("jama", "accuracy", 3e7))
    assert early.told(found).endswith("by jama accuracy (K = 3e+07) and 1 more")
