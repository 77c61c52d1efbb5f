"""The order in which an engine is asked."""

from clue_lib.session import generating
from clue_lib.types import Message, Request, Sampling


def asked(*contents):
    messages = tuple(Message(role="user", content=content) for content in contents)
    return Request(key="", messages=messages, sampling=Sampling(max_new_tokens=1))


def test_long_prompts_that_share_a_document_stand_together():
    letters = {name: name * 3000 for name in "ab"}
    mixed = [asked(letters[name] + "?" * n) for n in (3, 1, 2) for name in "ba"]
    ordered = [request.messages[0].content for request in sorted(mixed, key=generating._order)]
    assert [text[0] + str(text.count("?")) for text in ordered] == ["a1", "a2", "a3", "b1", "b2", "b3"]


def test_short_prompts_behind_the_same_shots_stand_by_length():
    mixed = [asked("shot", "z"), asked("shot", "aaa"), asked("shot", "bb"), asked("other", "cccc")]
    ordered = [request.messages[-1].content for request in sorted(mixed, key=generating._order)]
    assert ordered == ["cccc", "z", "bb", "aaa"]
