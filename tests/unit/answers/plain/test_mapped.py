"""A text that knows where its characters stood; places counted by hand, from 0."""

import re

from hypothesis import given
from hypothesis import strategies as st

from clue_lib.answers.plain.mapped import Mapped

AB = re.compile("ab")


def test_the_original_stands_where_it_stands():
    assert list(Mapped.of("abc").places) == [0, 1, 2]
    assert Mapped.of("abc").span(1, 3) == (1, 3)


def test_what_is_put_in_stands_where_the_match_began():
    changed = Mapped.of("xabyab").sub(AB, "long")
    assert (changed.text, list(changed.places)) == ("xlongylong", [0, 1, 1, 1, 1, 3, 4, 4, 4, 4])


def test_what_is_taken_out_leaves_the_others_where_they_were():
    changed = Mapped.of("xabyab").sub(AB, "")
    assert (changed.text, list(changed.places)) == ("xy", [0, 3])
    assert changed.span(1, 2) == (3, 4)


def test_a_replacement_may_depend_on_the_match():
    changed = Mapped.of("aXb").sub(re.compile("[A-Z]"), lambda found: found[0].lower() * 2)
    assert (changed.text, list(changed.places)) == ("axxb", [0, 1, 1, 2])


def test_an_empty_match_at_the_end_stands_at_the_last_character():
    changed = Mapped.of("ab").sub(re.compile(r"\Z"), "!")
    assert (changed.text, list(changed.places)) == ("ab!", [0, 1, 1])
    assert Mapped.of("").sub(re.compile(r"\Z"), "!").text == "!"


def test_without_a_match_nothing_is_copied():
    text = Mapped.of("xyz")
    assert text.sub(AB, "") is text


def test_changes_add_up():
    changed = Mapped.of("aabb").sub(re.compile("a"), "").sub(re.compile("b"), "cc")
    assert (changed.text, list(changed.places)) == ("cccc", [2, 2, 3, 3])


def test_translation_keeps_every_place():
    changed = Mapped.of("Ａb").translate({ord("Ａ"): "A"})
    assert (changed.text, list(changed.places)) == ("Ab", [0, 1])


def test_a_line_break_stands_for_what_is_left_out():
    changed = Mapped.of("0123456789").without([(0, 2), (5, 9)])
    assert (changed.text, list(changed.places)) == ("\n234\n9", [0, 2, 3, 4, 5, 9])
    assert Mapped.of("ab").without([]).text == "ab"


def test_a_part_keeps_its_places():
    part = Mapped.of("abcdef").part(2, 4)
    assert (part.text, list(part.places)) == ("cd", [2, 3])


@given(st.text(), st.sampled_from(["a", r"\w+", r"\s", ".", "[^a]*", ""]), st.sampled_from(["", "x", "xyz"]))
def test_it_changes_as_a_plain_text_does(text, pattern, new):
    changed = Mapped.of(text).sub(re.compile(pattern), new)
    assert changed.text == re.sub(pattern, new, text)
    assert len(changed.places) == len(changed.text)
    assert list(changed.places) == sorted(changed.places)
