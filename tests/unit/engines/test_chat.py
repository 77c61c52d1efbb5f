"""Turns for templates without a system role and for models without a template; prompts that a context can not hold."""

import dataclasses
from pathlib import Path

import pytest

from clue_lib.engines.chat import ChatEngine
from clue_lib.engines.rendering import Rendered, plain_text, without_system_role
from clue_lib.types import Chat, Fingerprint, Message, Request, Sampling


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


class Words:
    """A template and tokenizer whose tokens are numbers: `text` says which words some of them are."""

    is_framed = False

    def __init__(self, text=None, opened="", is_plain=False):
        self.words = text or {}
        self.numbers = {word: number for number, word in self.words.items()}
        self.opened, self.is_plain = opened, is_plain

    def prompt(self, messages, chat):
        text = messages[-1].content
        tokens = [int(word) for word in text.split()]
        return Rendered(text=text, tokens=tokens, opened=self.opened, is_plain=self.is_plain)

    def decode(self, tokens):
        return " ".join(self.words.get(token, str(token)) for token in tokens)

    def encode(self, text):
        return [self.numbers.get(word) or int(word) for word in text.split()]


class Echo(ChatEngine):
    """Answers with the prompt's first token; a prompt has a token for each word, and ten are its context."""

    name = "echo"
    context = 10
    ends = frozenset({99})

    @classmethod
    def fingerprint(cls, weights, args):
        return Fingerprint(name=cls.name)

    def __init__(self, weights, adapters, args):
        self.template = Words()
        self.asked = []

    def answer(self, asked, adapter):
        self.asked.append([one.tokens[0] for one in asked])
        return [[one.tokens[0], 99] for one in asked]


class Inclined(Echo):
    """Is most inclined to begin every answer with the last letter."""

    def likeliest_letters(self, asked, adapter):
        return [one.letters[-1:] for one in asked]


class Said(Echo):
    """Continues every prompt by the same tokens, as far as it has room."""

    def __init__(self, *tokens, context=100, **template):
        self.template = Words(**template)
        self.tokens, self.context = tokens, context

    def answer(self, asked, adapter):
        self.rooms = [one.room for one in asked]
        return [list(self.tokens[: one.room]) for one in asked]


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


END, OPEN, CLOSE, BLANK = 99, 50, 51, 52
MARKS = {OPEN: "<think>", CLOSE: "</think>", BLANK: "\n\n"}
UNASKED = Chat()
ROOM = Chat(reasoning="native", thinking_budget=3)


def said(*tokens, chat=UNASKED, context=100, **template):
    """What is stored where a model writes these tokens behind a prompt of one token; its answer may have four."""
    engine = Said(*tokens, context=context, text=MARKS, **template)
    request = Request(
        key="", messages=(Message(role="user", content="1"),), sampling=Sampling(max_new_tokens=4), chat=chat
    )
    return engine.generate([request], None)[0]


def parts(generation):
    return generation.thought, generation.text, generation.finish_reason, generation.has_unfinished_thought


def test_an_answer_ends_at_the_models_own_end_token():
    answer = said(7, 8, END, 9)
    assert parts(answer) == ("", "7 8", "stop", False)
    assert answer.n_new_tokens == 2


def test_without_an_end_token_it_was_cut():
    assert parts(said(5, 6, 7, 8)) == ("", "5 6 7 8", "length", False)


def test_a_thought_is_set_apart_and_both_are_counted():
    answer = said(OPEN, 7, CLOSE, 8, END, chat=ROOM)
    assert parts(answer) == ("<think> 7 </think>", "8", "stop", False)
    assert (answer.n_new_tokens, answer.n_thought_tokens) == (4, 3)


def test_a_thought_that_the_prompt_opened():
    assert parts(said(7, CLOSE, 8, END, chat=ROOM, opened="<think>")) == ("7 </think>", "8", "stop", False)
    assert parts(said(6, 7, 8, chat=ROOM, opened="<think>")) == ("6 7 8", "", "length", True)


def test_a_model_that_ends_inside_of_its_thought_gave_no_answer():
    assert parts(said(OPEN, 7, END, chat=ROOM)) == ("<think> 7", "", "stop", True)


def test_what_a_thought_leaves_of_its_budget_is_no_room_for_a_longer_answer():
    # Seven tokens in all: a thought of two leaves five for an answer that may have four.
    assert parts(said(OPEN, CLOSE, 4, 5, 6, 7, 8, END, chat=ROOM)) == ("<think> </think>", "4 5 6 7", "length", False)
    assert parts(said(1, 2, 3, 4, 5, 6, END, chat=ROOM)) == ("", "1 2 3 4", "length", False)


def test_the_context_may_leave_a_thought_less_than_its_budget():
    engine = Said(END, context=6, text=MARKS)
    request = Request(
        key="", messages=(Message(role="user", content="1"),), sampling=Sampling(max_new_tokens=4), chat=ROOM
    )
    engine.generate([request], None)
    assert engine.rooms == [5]  # of 3 + 4; the prompt is the sixth


def test_plain_text_ends_at_the_blank_line_behind_the_answer():
    # A base model goes on with the next question that it makes up.
    assert parts(said(7, BLANK, 8, 9, is_plain=True)) == ("", "7 ", "stop", False)
    assert parts(said(7, BLANK, 8, 9)) == ("", "7 \n\n 8 9", "length", False)


def test_the_likeliest_letter_is_told_of_options_unless_a_thought_goes_first():
    engine = Inclined(Path(), (), {})
    options = dataclasses.replace(asking(1), letters="ABC")
    thinking = dataclasses.replace(options, chat=Chat(reasoning="native", thinking_budget=4))
    answers = engine.generate([asking(1), options, thinking], None)
    assert [answer.likeliest_letter for answer in answers] == ["", "C", ""]
    engine.template.opened = "<think>"
    assert engine.generate([options], None)[0].likeliest_letter == ""


def test_an_engine_that_knows_no_letter_tells_none():
    assert (
        Echo(Path(), (), {}).generate([dataclasses.replace(asking(1), letters="ABC")], None)[0].likeliest_letter == ""
    )


def test_a_thought_that_nobody_asked_for_leaves_no_likeliest_letter():
    engine = Said(1, 2, 3, text={1: "<think>", 2: "</think>", 3: "B"})
    engine.likeliest_letters = lambda asked, adapter: [one.letters[:1] for one in asked]
    (answer,) = engine.generate([dataclasses.replace(asking(7), letters="ABC")], None)
    assert (answer.text.strip(), answer.likeliest_letter) == ("B", "")
