"""How long a chunk and a run may take; the figures are by hand."""

import pytest

from clue_lib.engines import patience
from clue_lib.engines.patience import LEAST, MEASURED, UNMEASURED, Limits, Patience
from clue_lib.types import Message, Request, Sampling

CHUNK = [Request(key="k", messages=(Message(role="user", content="x"),), sampling=Sampling(max_new_tokens=8))]


@pytest.fixture(autouse=True)
def assumed(monkeypatch):
    """Every chunk is assumed to take 100 seconds, and the clock stands."""
    monkeypatch.setattr(patience, "assumed_seconds", lambda requests: 100.0)
    monkeypatch.setattr(patience.time, "monotonic", lambda: clock[0])
    clock[0] = 0.0


clock = [0.0]


def test_an_unknown_model_gets_many_times_what_is_assumed():
    assert Patience(Limits()).for_chunk(CHUNK, None) == 100 * UNMEASURED


def test_a_known_one_gets_many_times_what_it_took():
    assert Patience(Limits()).for_chunk(CHUNK, 3.0) == 300 * MEASURED


def test_nobody_gets_less_than_half_an_hour():
    assert Patience(Limits()).for_chunk(CHUNK, 0.001) == LEAST == 1800


def test_an_option_goes_before_both():
    assert Patience(Limits(chunk=5)).for_chunk(CHUNK, 3.0) == 5


def test_a_chunk_gets_no_more_than_the_run_has_left():
    one = Patience(Limits(chunk=60, run=100))
    assert one.for_chunk(CHUNK, None) == 60
    clock[0] = 70.0
    assert (one.for_chunk(CHUNK, None), one.is_over) == (30, False)
    clock[0] = 130.0
    assert (one.for_chunk(CHUNK, None), one.is_over) == (0, True)


def test_without_a_limit_a_run_is_never_over():
    one = Patience(Limits())
    clock[0] = 1e9
    assert (one.seconds_left, one.is_over) == (None, False)


def test_what_is_told():
    one = Patience(Limits(chunk=5, run=100))
    assert str(one.ended("vllm", "32 prompts of mednli were answered", 5)) == (
        "vllm: ended after 5 s, before 32 prompts of mednli were answered; whole chunks stay; --chunk-timeout allows "
        "more, a smaller --engine-arg batch_size asks for less"
    )
    clock[0] = 100.0
    assert str(one.ended("vllm", "mednli was answered")) == (
        "vllm: --run-timeout=100: the time was over before mednli was answered; whole chunks stay: run again to go on, "
        "or allow more"
    )
