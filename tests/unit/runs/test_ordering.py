"""The order in which an engine is asked."""

from clue_lib.runs.ordering import asking_order
from clue_lib.types import Example, Message, Request, Sampling


def asked(*contents):
    messages = tuple(Message(role="user", content=content) for content in contents)
    return Request(key="", messages=messages, sampling=Sampling(max_new_tokens=1))


def ordered(requests, wordings=None):
    """The last turns in the order in which they are asked."""
    numbers = wordings or [1] * len(requests)
    examples = [Example(id="", cluster="", fields={}, gold="", wording=number) for number in numbers]
    return [requests[place].messages[-1].content for place in asking_order(examples, requests)]


def test_long_prompts_that_share_a_document_stand_together():
    letters = {name: name * 3000 for name in "ab"}
    mixed = [asked(letters[name] + "?" * n) for n in (3, 1, 2) for name in "ba"]
    assert [text[0] + str(text.count("?")) for text in ordered(mixed)] == ["a1", "a2", "a3", "b1", "b2", "b3"]


def test_short_prompts_behind_the_same_shots_stand_by_length():
    mixed = [asked("shot", "z"), asked("shot", "aaa"), asked("shot", "bb"), asked("other", "cccc")]
    assert ordered(mixed) == ["cccc", "z", "bb", "aaa"]


def test_like_wordings_stand_together_and_among_them_like_prefixes():
    mixed = [asked("shot", "z"), asked("other", "y"), asked("shot", "x"), asked("other", "wv")]
    assert ordered(mixed, [2, 2, 1, 1]) == ["wv", "x", "y", "z"]
