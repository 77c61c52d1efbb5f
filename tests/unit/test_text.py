"""Showing hostile text: one line, nothing that steers a terminal, no longer than allowed."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clue_lib.text import printable, shorten

TEXTS = st.text(st.characters() | st.sampled_from("\x1b[]31m\x07 \n\x00\u202e\u200b"))  # lone surrogates too


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("naïve 中 Ж 😀 ≥ 5 mg", "naïve 中 Ж 😀 ≥ 5 mg"),
        ("two\r\nlines\tand\u2028more", "two lines and more"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "31mred"),
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("pass\u200bword\ufeff", "password"),
        ("a\x00b\x08\x7f", "ab"),
        ("  a  \u200b  b  ", "a b"),
        ("\x1b", ""),
    ],
)
def test_printable_drops_what_steers_or_hides(text, shown):
    assert printable(text) == shown


@given(TEXTS)
def test_printable_holds_no_control_and_one_line(text):
    shown = printable(text)
    assert all(unicodedata.category(char)[0] != "C" for char in shown)
    assert len(shown.splitlines()) <= 1
    assert shown == " ".join(shown.split())


@given(TEXTS)
@example("a \x00 b")
def test_printable_text_stays_as_it_is(text):
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("abcd", 4, "abcd"),
        ("abcde", 4, "abc…"),
        ("ab cde", 4, "ab…"),
        ("abc", 1, "…"),
        ("", 1, ""),
        ("\x1b[31mabcd\x1b[0m\n", 4, "abcd"),
    ],
)
def test_shorten_marks_what_it_cut(text, width, shown):
    assert shorten(text, width) == shown


@given(TEXTS, st.integers(1, 30))
def test_shorten_keeps_to_the_width_and_to_the_beginning(text, width):
    short, line = shorten(text, width), printable(text)
    assert len(short) <= width
    assert short == line or (short.endswith("…") and line.startswith(short[:-1]))
