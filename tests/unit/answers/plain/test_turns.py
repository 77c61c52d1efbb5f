"""Which part of a text is the model's own turn: read by hand."""

import pytest

from clue_lib.answers.plain import frames, turns
from clue_lib.answers.plain.mapped import Mapped

ROLES = frames.load()


def own(text):
    return turns.own(Mapped.of(text)).text.strip()


@pytest.mark.parametrize(
    "token", [*ROLES.end, *ROLES.user, *ROLES.assistant, "<|eot_id|>", "<|im_end|>", "<｜end▁of▁sentence｜>"]
)
def test_each_special_token_ends_a_turn(token):
    assert own(f"C{token}D") == "C"
    assert own(f"C{token.upper()}D") == "C"


@pytest.mark.parametrize("token", [*ROLES.end, *ROLES.assistant, "<|eot_id|>", "<|im_start|>"])
def test_what_follows_a_token_is_the_answer_where_nothing_stands_before_it(token):
    assert own(f"{token}\nC") == "C"


@pytest.mark.parametrize("token", ROLES.user)
def test_another_ones_turn_is_no_answer(token):
    assert own(f"{token}Which? A or B<|im_start|>assistant\nC") == "C"
    assert own(f"{token}Which? A or B") == "Which? A or B"  # there is no other turn


@pytest.mark.parametrize("role", ROLES.assistant_roles)
def test_each_word_for_the_models_role(role):
    assert own(f"<|im_start|>{role}\nC") == "C"
    assert own(f"<|start_header_id|>{role}<|end_header_id|>\n\nC<|eot_id|>") == "C"
    assert own(f"### {role.title()}:\nC") == "C"
    assert own(f"C\n### {role.title()}: D") == "C"


@pytest.mark.parametrize("role", ROLES.user_roles)
def test_each_word_for_anothers_role(role):
    assert own(f"<|im_start|>{role}\nWhich?<|im_end|>\n<|im_start|>assistant\nC") == "C"
    assert own(f"### {role.title()}:\nWhich?\n### Response:\nC") == "C"
    assert own(f"C\n\n### {role.title()}:\nD") == "C"


@pytest.mark.parametrize("role", ROLES.glued_roles)
def test_each_role_that_is_glued_or_alone_on_a_line(role):
    assert own(f"C{role}") == "C"
    assert own(f"neutral{role}\n\nPremise: he is well.") == "neutral"
    assert own(f"It is C.{role}\n\nIt is D.") == "It is C."
    assert own(f"C\n{role}\nD") == "C"
    assert own(f"{role}\n\nC") == "C"
    assert own(f"The {role} is C.") == f"The {role} is C."
    assert own(f"A {role} answers\nC") == f"A {role} answers\nC"


@pytest.mark.parametrize("role", ROLES.spoken_roles)
def test_each_role_that_speaks(role):
    assert own(f"C\n{role.title()}: D") == "C"
    assert own(f"C\n**{role.title()}**: D") == "C"
    assert own("User: which?\nAssistant: C\nUser: D") == "C"
    assert own(f"I am the {role}: C") == f"I am the {role}: C"


@pytest.mark.parametrize("word", ROLES.words)
def test_an_ordinary_word_that_ends_like_a_role_ends_no_turn(word):
    assert own(f"He is an {word}\nC") == f"He is an {word}\nC"
    assert own(f"He is an {word}") == f"He is an {word}"


@pytest.mark.parametrize("text", ["C", "", "a < b | c > d", "<|", "Human error", "The users: C"])
def test_a_text_without_frames_is_the_answer(text):
    assert own(text) == text


def test_an_empty_turn_is_passed_over():
    assert own("<|im_end|> \n<|im_start|>assistant\n\nC") == "C"
    assert own("<|im_end|>") == ""
