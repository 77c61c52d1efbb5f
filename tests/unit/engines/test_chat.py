"""Turns for templates without a system role and for models without a template; prompts that a context can not hold."""

from pathlib import Path

import pytest

from clue_lib.engines.chat import ChatEngine, plain_text, without_system_role
from clue_lib.types import Fingerprint, Generation, Message, Request, Sampling


def turns(*pairs):
    return tuple(Message(role=role, content=content) for role, content in pairs)


def test_the_system_text_opens_the_first_user_turn():
    given = turns(("system", "Be brief."), ("user", "one?"), ("assistant", "1"), ("user", "two?"))
    wanted = turns(("user", "Be brief.\n\none?"), ("assistant", "1"), ("user", "two?"))
    assert without_system_role(given) == wanted


@pytest.mark.parametrize("given", [(), turns(("user", "one?"), ("assistant", "1"), ("user", "two?"))])
def test_turns_without_a_system_text_stay(given):
    assert without_system_role(given) == given


def test_plain_text_ends_where_the_answer_begins():
    given = turns(("system", "Be brief."), ("user", "one?"), ("assistant", "1"), ("user", "two?"))
    assert plain_text(given) == "Be brief.\n\none?\n\n1\n\ntwo?\n\n"


class Echo(ChatEngine):
    """Answers with the prompt's first token; a prompt has a token for each word, and ten are its context."""

    name = "echo"
    context = 10

    class Words:
        def tokens(self, messages):
            return [int(word) for word in messages[-1].content.split()]

    template = Words()

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(name=cls.name)

    def __init__(self, weights, adapters, args):
        self.asked = []

    def answer(self, prompts, requests, adapter):
        self.asked.append([prompt[0] for prompt in prompts])
        return [
            Generation(text=str(prompt[0]), finish_reason="stop", n_prompt_tokens=len(prompt), n_new_tokens=1)
            for prompt in prompts
        ]


def asking(*words):
    text = " ".join(map(str, words))
    messages = (Message(role="user", content=text),)
    return Request(key=text, messages=messages, sampling=Sampling(max_new_tokens=4))


def test_a_prompt_that_leaves_no_room_for_its_answer_is_not_asked_and_moves_no_other():
    # Ten tokens of context, four of them for the answer: six words fit, seven do not.
    engine = Echo(Path(), (), {})
    answers = engine.generate([asking(1, *range(5)), asking(2, *range(6)), asking(3), asking(4, *range(9))], None)
    assert engine.asked == [[1, 3]]
    assert [answer.text for answer in answers] == ["1", "", "3", ""]
    assert [answer.finish_reason for answer in answers] == ["stop", "context", "stop", "context"]
    assert [answer.n_prompt_tokens for answer in answers] == [6, 7, 1, 10]


def test_where_none_fits_the_engine_is_not_asked():
    engine = Echo(Path(), (), {})
    assert engine.generate([asking(*range(9))], None)[0].finish_reason == "context"
    assert engine.asked == []
