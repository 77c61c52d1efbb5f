"""The forest plot: one mark per gate, no style that a strict policy refuses, colours of the page."""

import re
import xml.etree.ElementTree as ET

import pytest

from clue_lib.report.forest import forest

SVG = "{http://www.w3.org/2000/svg}"
OUTCOMES = ["IDENTICAL", "IMPROVED", "HELD", "REGRESSED", "UNDECIDED"]


@pytest.fixture(scope="module")
def rows(judged):
    return [judged(outcome, metric=f"metric_{i}") for i, outcome in enumerate(OUTCOMES)]


@pytest.mark.parametrize("narrow", [False, True])
def test_every_gate_is_named_with_its_outcome(rows, narrow):
    drawn = ET.fromstring(forest(rows, title="Gates", narrow=narrow))
    text = " ".join(element.text or "" for element in drawn.iter(f"{SVG}text"))
    for row in rows:
        assert f"mednli {row.gate.metric}" in text
        assert row.outcome in text
    assert text.count("10.0 worse") >= len(rows)


def test_it_has_a_name_and_a_text_for_those_who_do_not_see_it(rows):
    drawn = ET.fromstring(forest(rows, title="Gates"))
    assert drawn.get("role") == "img"
    assert drawn.find(f"{SVG}title").text == "Gates"
    # all five lie at −10 points, beyond the margin of 3; no lower bound of −14 is within it
    assert drawn.find(f"{SVG}desc").text.startswith("5 gates: 5 differences lie beyond their margin, 0 have")
    assert drawn.get("aria-label").startswith("Gates. 5 gates")


@pytest.mark.parametrize("narrow", [False, True])
def test_nothing_in_it_needs_an_inline_style_or_a_request(rows, narrow):
    drawn = forest(rows, title="Gates", narrow=narrow)
    assert "style" not in drawn.replace("stylesheet", "")
    assert not re.search(r"""(?:href|src)=["'](?!#)""", drawn)
    assert "<?xml" not in drawn
    assert "DOCTYPE" not in drawn


def test_its_colours_are_the_pages(rows):
    drawn = ET.fromstring(forest(rows, title="Gates"))
    used = {element.get(name) for element in drawn.iter() for name in ("fill", "stroke")} - {None}
    assert used <= {
        "none",
        "currentColor",
        *(f"var(--{name})" for name in ("bad", "good", "unsure", "muted", "line", "band")),
    }


def test_two_plots_of_a_page_share_no_id(rows):
    ids = [re.findall(r' id="([^"]+)"', forest(rows, title="Gates", narrow=narrow)) for narrow in (False, True)]
    assert ids[0]
    assert not set(ids[0]) & set(ids[1])


def test_the_same_gates_give_the_same_drawing(rows):
    assert forest(rows, title="Gates") == forest(rows, title="Gates")


def test_open_bounds_and_hostile_names_are_drawn(judged):
    endless = {"lower": -float("inf"), "upper": float("inf"), "mde": float("inf")}
    row = judged("UNDECIDED", task="$\\frac{1}$<b>&", figures=endless)
    drawn = forest([row], title="a <b> & c")
    assert "no bound" in drawn
    assert "$\\frac{1}$&lt;b&gt;&amp;" in drawn
    assert "inf" not in re.sub(r"[a-z]+-?inf|inf[a-z]+", "", drawn)


def test_what_was_not_compared_is_not_drawn(judged):
    assert forest([judged("ERROR", figures=None)], title="Gates") == ""
    assert forest([], title="Gates") == ""
