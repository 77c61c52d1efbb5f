"""The noise floor: batches that differ, figures by hand, and what is kept beside the answers."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_values import make_gate

from clue_lib import noise
from clue_lib.errors import StoreError
from clue_lib.thresholds import Policy
from clue_lib.types import Message, Request, Sampling

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
GATE = make_gate(margin=0.03)


def requests(n):
    messages = (Message(role="user", content=""),)
    return tuple(Request(key=str(i), messages=messages, sampling=Sampling(max_new_tokens=1)) for i in range(n))


def batches(asked, size):
    return {frozenset(one.key for one in asked[i : i + size]) for i in range(0, len(asked), size)}


@given(st.integers(0, 40), st.integers(1, 9))
def test_every_request_is_asked_once(n, size):
    found = noise.reordered(requests(n), size)
    assert sorted(one.key for one in found) == sorted(one.key for one in requests(n))


@given(st.integers(2, 6), st.integers(2, 9))
def test_no_whole_batch_comes_again(n_batches, size):
    asked = requests(n_batches * size)
    assert not batches(asked, size) & batches(noise.reordered(asked, size), size)


def test_the_order_is_no_other_engine():
    plain = {"name": "vllm", "version": "1"}
    assert noise.engine_name(plain) == noise.engine_name(plain | noise.REVERSED) == "name vllm, version 1"


def test_figures_by_hand(task_run):
    """Ten answers, two scores flip, both up: Δ = 0.2, variance (2 · 0.8² + 8 · 0.2²) / 90, so the error 0.4 / 3.

    t(9) at 95 % is 1.833 (any table): the floor is 1.833 · 0.1333 = 0.2444.
    """
    first = task_run([0.0, 0.0, *[1.0] * 8])
    second = task_run([1.0] * 10)
    (found,) = noise.of_task(first, second, [GATE], POLICY)
    assert (found.n, found.text_flips, found.score_flips, found.margin) == (10, 0.0, 0.2, 0.03)
    assert found.delta == pytest.approx(0.2)
    assert found.standard_error == pytest.approx(0.4 / 3)
    assert found.floor == pytest.approx(0.2444, abs=1e-4)
    mirrored = noise.of_task(second, first, [GATE], POLICY)
    assert mirrored == (found,)


def test_other_words_are_flips_of_the_text_alone(task_run):
    (found,) = noise.of_task(task_run([1.0] * 4), task_run([1.0] * 4, model="again"), [GATE], POLICY)
    assert (found.text_flips, found.score_flips, found.delta, found.floor) == (1.0, 0.0, 0.0, 0.0)


def test_one_cluster_has_no_error_and_a_monitor_no_noise(task_run):
    runs = [task_run([value, 1.0], clusters=["a", "a"]) for value in (0.0, 1.0)]
    (found,) = noise.of_task(*runs, [GATE], POLICY)
    assert (found.standard_error, found.floor) == (0.0, 0.5)
    assert noise.of_task(*runs, [dataclasses.replace(GATE, role="monitor")], POLICY) == ()


def test_what_is_kept_is_found_for_the_same_prompts_with_todays_margin(task_run, tmp_path):
    found = noise.of_task(task_run([0.0, 1.0]), task_run([1.0, 1.0]), [GATE], POLICY)
    noise.keep(tmp_path, "mednli", found, "digest")
    noise.keep(tmp_path, "meqsum", (), "other")
    wider = dataclasses.replace(GATE, margin=0.5)
    assert noise.kept(tmp_path, "mednli", "digest", [wider]) == (dataclasses.replace(found[0], margin=0.5),)
    for gone in (("mednli", "changed", [GATE]), ("nejm", "digest", [GATE]), ("mednli", "digest", [])):
        assert noise.kept(tmp_path, *gone) == ()
    assert noise.kept(tmp_path / "none", "mednli", "digest", [GATE]) == ()


def test_a_damaged_file_says_what_to_do(tmp_path):
    (tmp_path / "noise.json").write_text("{")
    with pytest.raises(StoreError, match="remove it and run --aa again"):
        noise.kept(tmp_path, "mednli", "digest", [GATE])
