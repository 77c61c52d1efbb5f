"""Columns that fit a terminal: what gives way, what is cut, and that a reader is told."""

from hypothesis import given
from hypothesis import strategies as st

from clue_lib.report import columns
from clue_lib.report.gate_table import legend, table

HEADINGS = ("name", "base", "much")
ROWS = [HEADINGS, ("accuracy", "80.0", "1234567890"), ("a" * 30, "7.0", "1")]


def test_columns_give_way_before_a_name_of_usual_length_is_cut():
    """A name of 23 columns, 4, 10 and two spaces are 39; with a column of 9 more and its space 49."""
    assert columns.fitted(ROWS, 40, give_way=("base", "much"))[2] == f"{23 * 'a'}…  7.0          1"
    wider = [(*row, "x" * 9) for row in ROWS]
    shown = columns.fitted(wider, 40, give_way=("base",))
    assert shown[1].split() == ["accuracy", "1234567890", "x" * 9]
    assert shown[2].split() == [f"{18 * 'a'}…", "1", "x" * 9]
    assert columns.left_out(wider, 40, give_way=("base",)) == ["base"]
    spaced = [(*HEADINGS[:2], "two words"), *ROWS[1:]]
    assert columns.left_out(spaced, 200, give_way=("base",)) == []


def test_the_table_says_what_it_has_no_room_for(judged):
    assert legend([judged()], 80).endswith("after its correction.")
    narrow = table([judged()], 40)
    assert narrow[0][0].split() == ["change", "outcome"]
    assert legend([judged()], 40).endswith("No room here for base, cand, bounds, margin, MDE: the reports have them.")
    assert [line.split()[-1] for line, _ in narrow[2:3]] == ["REGRESSED"]


def test_the_widest_names_fit_the_narrowest_terminal_with_a_mark_where_they_are_cut(judged):
    total = {"baseline": 1.0, "candidate": 0.0, "delta": -1.0, "lower": -1.0, "upper": -1.0, "mde": 1.0}
    for metric in ("answered_unanswerable", "unsupported_concepts", "instruction_following"):
        row = table([judged("UNDECIDED", metric=metric, figures=total)], 40)[2][0]
        assert len(row) <= 40
        assert "…" in row.split()[1]
        assert row.split()[2:] == ["100.0", "worse", "UNDECIDED"]


@given(st.integers(1, 300))
def test_no_line_is_wider_than_a_terminal_of_40_columns_or_more(n):
    lines = [*columns.fitted(ROWS, n, give_way=("base", "much")), *columns.wrapped("word " * 99, n, first="  ")]
    assert max(map(len, lines)) <= max(40, n)


def test_sentences_are_no_wider_than_can_be_read():
    assert max(map(len, columns.wrapped("word " * 99, 200))) <= columns.MOST_OF_TEXT
