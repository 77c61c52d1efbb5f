"""Recorded answers in an engine's place: the right ones, under the recording engine's name, or none."""

import pytest

from clue_lib.engines.replay import Replay
from clue_lib.engines.store import Partition
from clue_lib.errors import EngineError
from clue_lib.models import Recording
from clue_lib.types import Fingerprint, Generation, Identity, Message, Request, Sampling

ENGINE = Fingerprint(name="vllm", version="0.33", dtype="bfloat16")


def answer(text):
    return Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1)


def request(key):
    return Request(key=key, messages=(Message(role="user", content=key),), sampling=Sampling(max_new_tokens=1))


@pytest.fixture
def recording(tmp_path):
    partition = Partition(tmp_path, Recording(model="m", identity=Identity(weights="w"), engine=ENGINE))
    partition.append([(key, answer(f"to {key}")) for key in ("one", "two")])
    return partition.folder


def test_it_answers_as_was_recorded(recording):
    engine = Replay(recording, (), {})
    assert engine.generate([request("two"), request("one")], None) == [answer("to two"), answer("to one")]


def test_it_goes_by_the_recording_engines_name(recording):
    assert Replay.fingerprint(recording, {}) == ENGINE


def test_what_was_not_recorded_is_an_error_in_one_line(recording):
    engine = Replay(recording, (), {})
    with pytest.raises(EngineError, match="no recorded answer to 2 of 3 prompts") as caught:
        engine.generate([request("one"), request("three"), request("four")], None)
    assert str(caught.value).startswith(f"replay:{recording}: ")
    assert "\n" not in str(caught.value)


def test_a_torn_recording_gives_no_half_chunk(recording):
    path = recording / "generations.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(EngineError, match="no recorded answer to 1 of 1 prompts"):
        Replay(recording, (), {}).generate([request("one")], None)
