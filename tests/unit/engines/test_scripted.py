"""The engine for tests: it must do what its script says, or tests that use it say nothing."""

import dataclasses
import os

import pytest

from clue_lib.engines.scripted import Scripted
from clue_lib.types import Generation, Message, Request, Sampling

SCRIPT = """
default = "neutral"

[[rule]]
contains = "a+b"
answer = "two words"
finish_reason = "length"

[[rule]]
contains = "a"
answer = ""
"""


def request(*questions):
    messages = tuple(Message(role="user", content=question) for question in questions)
    return Request(key=questions[-1], messages=messages, sampling=Sampling(max_new_tokens=1))


@pytest.fixture
def engine(tmp_path):
    (tmp_path / "script.toml").write_text(SCRIPT, encoding="utf-8")
    return Scripted(tmp_path, (), {})


def test_the_first_rule_that_fits_answers(engine):
    found = engine.generate([request("is a+b here"), request("only a"), request("no")], None)
    assert [(answer.text, answer.finish_reason) for answer in found] == [
        ("two words", "length"),
        ("", "stop"),
        ("neutral", "stop"),
    ]


def test_tokens_are_words(engine):
    found = engine.generate([request("is a+b here")], None)
    assert found == [Generation(text="two words", finish_reason="length", n_prompt_tokens=3, n_new_tokens=2)]


def test_only_the_last_turn_counts(engine):
    assert engine.generate([request("a+b", "no")], None)[0].text == "neutral"


def test_a_script_without_rules_says_nothing(tmp_path):
    (tmp_path / "script.toml").write_text("", encoding="utf-8")
    assert Scripted(tmp_path, (), {}).generate([request("x")], None)[0].text == ""


def test_a_pipe_in_the_scripts_place_is_refused(tmp_path):
    os.mkfifo(tmp_path / "script.toml")
    with pytest.raises(OSError, match="not a regular file"):
        Scripted(tmp_path, (), {})


def test_every_start_is_logged(engine, tmp_path):
    Scripted(tmp_path, (), {})
    assert (tmp_path / "starts.log").read_text(encoding="utf-8").splitlines() == ["start", "start"]


def test_its_fingerprint_depends_on_nothing(tmp_path):
    assert Scripted.fingerprint(tmp_path, {}) == Scripted.fingerprint(tmp_path / "other", {"batch_size": 2})


def test_of_options_the_likeliest_is_the_one_that_the_answer_begins_with(tmp_path):
    (tmp_path / "script.toml").write_text('default = "C. Gout"', encoding="utf-8")
    asked = [dataclasses.replace(request("x"), letters=letters) for letters in ("ABC", "AB", "")]
    answers = Scripted(tmp_path, (), {}).generate(asked, None)
    assert [answer.likeliest_letter for answer in answers] == ["C", "A", ""]
