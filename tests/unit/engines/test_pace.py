"""How long answering takes, before and while it happens; seconds reckoned by hand."""

import pytest

from clue_lib.engines import device, pace
from clue_lib.engines.pace import Factors, Pace
from clue_lib.types import Message, Request, Sampling


def request(n_bytes, n_new):
    messages = (Message(role="user", content="x" * n_bytes),)
    return Request(key="k", messages=messages, sampling=Sampling(max_new_tokens=n_new))


@pytest.mark.skipif(bool(device.visible_gpus()), reason="this machine has a GPU")
def test_prompts_and_answers_at_the_assumed_rates():
    # 8,000 bytes are 2,000 tokens, read in 1 s; 400 new ones take 1 s; two such requests
    assert pace.assumed_seconds([request(8000, 400)] * 2) == pytest.approx(4.0)
    assert pace.assumed_seconds([]) == 0.0


def test_a_gpu_is_assumed_to_be_as_slow_as_small_models_are_there(monkeypatch):
    # 13,200 bytes are 3,300 tokens, read in 1 s; 500 new ones take 1 s
    monkeypatch.setattr(device, "visible_gpus", lambda: ("0",))
    assert pace.assumed_seconds([request(13_200, 500)]) == pytest.approx(2.0)


def test_what_is_left_follows_the_first_batches():
    run = Pace(100.0)
    assert run.seconds_left is None
    run.add(10.0, 2.0)  # five times as fast as assumed: the other 90 take 18
    assert run.seconds_left == pytest.approx(18.0)
    run.add(10.0, 6.0)  # 8 s for 20, so 32 s for 80
    assert run.seconds_left == pytest.approx(32.0)
    run.add(80.0, 30.0)
    assert run.seconds_left == 0.0


def test_two_engines_at_once_share_what_is_left():
    run = Pace(100.0, n_at_once=2)
    run.add(20.0, 20.0)
    assert run.seconds_left == pytest.approx(40.0)


def test_what_a_model_took_is_kept_beside_the_answers(tmp_path):
    factors = Factors(tmp_path)
    assert factors.of("vllm", "base") is None
    factors.keep("vllm", "base", 0.25)
    factors.keep("vllm", "tuned", 2)
    factors.keep("vllm", "base", 0.5)
    again = Factors(tmp_path)
    assert (again.of("vllm", "base"), again.of("vllm", "tuned"), again.of("transformers", "base")) == (0.5, 2, None)


def test_what_can_not_be_read_or_written_is_assumed_anew(tmp_path):
    (tmp_path / pace.PACE_FILE).write_text("[]")
    assert Factors(tmp_path).of("vllm", "base") is None
    Factors(tmp_path / "absent").keep("vllm", "base", 1.0)
