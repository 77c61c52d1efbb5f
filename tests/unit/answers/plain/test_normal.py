"""The stages put together: thoughts, turns, markup; and the way back into the text as it was written."""

import pytest

from clue_lib.answers import plain
from clue_lib.answers.plain.normal import N_ENDS


@pytest.mark.parametrize(
    ("text", "part", "written"),
    [
        ("<think>A</think>\n**Answer:** `C`", "C", "C"),
        ("<b>Celiac</b> disease", "Celiac", "Celiac"),
        ("答案：Ｃ．", "C", "Ｃ"),
        ("&nbsp;&lt;C&gt;", "C", "C"),
        ("C<|eot_id|>D", "C", "C"),
        ("\\boxed{\\text{Celiac}}", "Celiac", "Celiac"),
        ("re\u0301ponse C", "réponse", "re\u0301ponse"),
    ],
)
def test_a_part_of_the_plain_text_is_found_in_the_text(text, part, written):
    normal = plain.normalise(text)
    at = normal.text.index(part)
    start, end = normal.span(at, at + len(part))
    assert text[start:end].rstrip("\u0301") == written.rstrip("\u0301")


def test_a_thought_that_never_ends_is_no_answer():
    assert plain.normalise("<think>C") is None


@pytest.mark.parametrize("text", ["", " \n", "<think>C</think>", "<|im_end|>", "**", "```"])
def test_what_holds_nothing_is_empty(text):
    assert plain.normalise(text).text == ""


def test_lower_case_has_the_same_length():
    assert plain.lower("ABC İ ẞ É") == "abc İ ß é"
    normal = plain.normalise("The Answer İs C")
    assert normal.lower == "the answer İs c"


def test_of_a_long_answer_both_ends_are_looked_at():
    text = "a" * N_ENDS + "middle" * 10 + "z" * N_ENDS
    ends = plain.normalise(text).ends()
    assert ends.text == "a" * N_ENDS + "\n" + "z" * N_ENDS
    assert ends.lower == ends.text
    assert ends.span(N_ENDS + 1, N_ENDS + 2) == (N_ENDS + 60, N_ENDS + 61)
    short = plain.normalise("a" * N_ENDS + "z" * N_ENDS)
    assert short.ends() is short
