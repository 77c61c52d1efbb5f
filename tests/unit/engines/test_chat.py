"""Turns for templates without a system role, and for models without a template."""

import pytest

from clue_lib.engines.chat import plain_text, without_system_role
from clue_lib.types import Message


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
