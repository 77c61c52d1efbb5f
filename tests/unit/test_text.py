"""Showing hostile text: one line, nothing that steers a terminal, no longer than allowed."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clue_lib.text import command_data, command_property, markdown, printable, readable, shorten, storable, suggestion

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
        ("::error::x", "∷error∷x"),
        (":\u200b:error", "∷error"),
        ("##[error]x", "# #[error]x"),
        ("##vso[task.complete result=Succeeded;]", "# #vso[task.complete result=Succeeded;]"),
        ("##teamcity[x]", "# #teamcity[x]"),
        ("\x1b]never ended: the text stays", "never ended: the text stays"),
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


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("two\r\nlines\rand\u2028more\tof it", None, "two\nlines\nand\nmore\tof it"),
        ("\x1b[2Jgone\x00\u202e\u2066", None, "gone"),
        ("\n\nkept\n", None, "kept"),
        ("::error::x <b>", None, "::error::x <b>"),
        ("abcdef", 4, "abc…"),
        ("abcd", 4, "abcd"),
    ],
)
def test_readable_keeps_lines_and_drops_what_steers_or_hides(text, width, shown):
    assert readable(text, width) == shown


@given(TEXTS, st.integers(1, 30))
def test_readable_holds_no_control_but_lines_and_tabs(text, width):
    shown = readable(text, width)
    assert len(shown) <= width
    assert all(char in "\n\t" or unicodedata.category(char)[0] != "C" for char in shown)


@given(TEXTS)
@example("a\ud800b\U0001f600\udc00")
def test_storable_text_is_the_text_but_for_what_utf8_cannot_hold(text):
    stored = storable(text)
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert all(ours in (theirs, "\ufffd") for ours, theirs in zip(stored, text, strict=True))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@everyone see #12", "&#64;&#8203;everyone see &#35;&#8203;12"),
        ("see GH-12, not TGH-1", "see GH-&#8203;12, not TGH-1"),
        ("[x](javascript:a)", "&#91;x&#93;(javascript&#58;a)"),
        ("<b> | `c` *d*", "&#60;b&#62; &#124; &#96;c&#96; &#42;d&#42;"),
        ("- item", "&#45; item"),
        ("1. item", "1&#46; item"),
        ("www.example.com", "www&#46;example.com"),
        ("see level1.problem_summary.rougeL: (a, b) −2.5 c.", "see level1.problem_summary.rougeL: (a, b) −2.5 c."),
        ("_a_ __b__ c_d", "&#95;a&#95; &#95;&#95;b&#95;&#95; c_d"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_escapes_what_marks_up(text, shown):
    assert markdown(text) == shown


class Reader(HTMLParser):
    """The text of a document, and its tags."""

    def __init__(self, document):
        super().__init__()
        self.text, self.tags = "", []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


MARKUP = st.text(st.sampled_from("ab1 \n\t`*_[]()<>!#|~\\&@:;.-+=\"'$^{}/w?"))


@given(MARKUP | TEXTS)
@example("a](http://b) <img src=x> ![c](d)")
@example("1. a")
@example("www.a.b a@b.c https://d")
def test_markdown_is_the_same_text_once_rendered(text):
    """Read by markdown-it-py 4, an implementation of CommonMark, with tables and strikethrough as GitHub has them."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for block, tags in ((markdown(text), {"p"}), (f"| {markdown(text)} | b |\n|---|---|\n", set(CELLS))):
        shown = Reader(parser.render(block))
        assert set(shown.tags) <= tags
        cells = shown.text.replace("\u200b", "").replace("\n", "")
        assert cells.removesuffix("b" if tags != {"p"} else "").strip() == printable(text)


CELLS = ("table", "thead", "tbody", "tr", "th", "td")


@pytest.mark.parametrize(
    ("text", "data", "property_"),
    [
        ("50 % of a: b, c", "50 %25 of a: b, c", "50 %25 of a%3A b%2C c"),
        ("two\r\nlines\rthree", "two%0Alines%0Athree", "two%0Alines%0Athree"),
        ("\n::error::x", "::error::x", "%3A%3Aerror%3A%3Ax"),
        ("\x1b[2Jgone", "gone", "gone"),
    ],
)
def test_workflow_commands_take_text_escaped(text, data, property_):
    """The escapes are those of GitHub's own toolkit (actions/toolkit, packages/core, command.ts)."""
    assert (command_data(text), command_property(text)) == (data, property_)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("acuracy", "did you mean accuracy?"), ("x", "known: accuracy, empty, refusal"), ("", "known: accuracy, ")],
)
def test_a_misspelt_name_is_suggested_or_all_are_listed(name, hint):
    assert suggestion(name, {"refusal": 1, "accuracy": 2, "empty": 3}).startswith(hint)
