"""The noise floor: batches that differ, figures by hand, and what is kept beside the answers."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_values import make_gate

from clue_lib import sealed
from clue_lib.errors import StoreError
from clue_lib.judging import Policy
from clue_lib.judging import noise as measured
from clue_lib.session import noise
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


def test_what_is_kept_is_found_for_the_same_prompts_with_todays_margin(task_run, tmp_path):
    found = measured.of_task(task_run([0.0, 1.0]), task_run([1.0, 1.0]), [GATE], POLICY)
    noise.keep(tmp_path, "mednli", found, "digest")
    noise.keep(tmp_path, "meqsum", (), "other")
    wider = dataclasses.replace(GATE, margin=0.5)
    assert noise.kept(tmp_path, "mednli", "digest", [wider]) == (dataclasses.replace(found[0], margin=0.5),)
    for gone in (("mednli", "changed", [GATE]), ("nejm", "digest", [GATE]), ("mednli", "digest", [])):
        assert noise.kept(tmp_path, *gone) == ()
    assert noise.kept(tmp_path / "none", "mednli", "digest", [GATE]) == ()


def test_a_damaged_file_is_told_and_replaced_by_the_next_aa(task_run, tmp_path):
    found = measured.of_task(task_run([0.0, 1.0]), task_run([1.0, 1.0]), [GATE], POLICY)
    noise.keep(tmp_path, "mednli", found, "digest")
    whole = (tmp_path / "noise.json").read_bytes()
    (tmp_path / "noise.json").write_bytes(whole.replace(b'"n":2', b'"n":3'))
    told = []
    with sealed.telling(told.append):
        noise.keep(tmp_path, "mednli", found, "digest")
    assert len(told) == 1
    assert "checksum does not agree" in told[0]
    assert (tmp_path / "noise.json").read_bytes() == whole


def test_a_damaged_file_says_what_to_do(tmp_path):
    (tmp_path / "noise.json").write_text("{")
    with pytest.raises(StoreError, match="remove it and run --aa again"):
        noise.kept(tmp_path, "mednli", "digest", [GATE])
