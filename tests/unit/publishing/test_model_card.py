"""The section of a model's card: what it says, where it goes, and what it leaves alone."""

import dataclasses
import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clue_lib.errors import ReportError
from clue_lib.publishing import model_card
from clue_lib.publishing.model_card import BEGIN, END, section, with_section
from clue_lib.report import glossary, of_run
from clue_lib.types import Signal

CARD = "---\nlicense: llama3\ntags:\n- medical\n---\n\n# OpenBioLLM\n\nMade for exams.\n"
NEW = f"{BEGIN}\nnew\n{END}\n"


class Reader(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def shown(text):
    return Reader(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def test_a_card_says_who_lost_what_against_whom(info, judged):
    lost = judged("REGRESSED", figures={"baseline": 0.8, "candidate": 0.7, "delta": -0.1})
    text = section(of_run(info(n_selected=1), [lost]))
    assert "| mednli | accuracy | 80.0 | 70.0 | 10.0 worse | [−14.0, −6.0] | 3.0 | **REGRESSED** |" in text
    page = shown(text)
    assert "FAIL (ci): 1 of 1 gates failed, level1.mednli.accuracy, worse by 10.0 points" in page.text
    assert "JSL-MedLlama-3-8B-v2.0 against its base Llama-3-8B-Instruct" in page.text
    assert "pytest --model=" in page.text


def test_every_gate_that_failed_is_shown_and_the_rest_is_counted(finished):
    text = section(finished.document)
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    head, *rows = [[html.unescape(cell) for cell in cells] for cells in lines if len(cells) == 8]
    assert head[:2] == ["task", "metric"]
    failed = [(verdict.gate.task, verdict.gate.metric) for verdict in finished.document.failed]
    assert len(failed) > 1
    assert [(row[0], row[1]) for row in rows if row[7].startswith("**")] == failed
    n_rest = int(text[: text.index(" further gates")].rsplit("\n", 1)[1])
    assert len(rows) + n_rest == len(finished.document.verdicts)


def test_a_card_names_no_confidence_of_its_own(info, judged):  # it is a setting of the thresholds file
    assert "bounds are one-sided, below 0 is worse" in section(of_run(info(), [judged()]))
    assert "95" not in glossary.meanings()["bounds"]


def test_a_card_says_what_the_base_cannot_do(info, judged):
    dead = judged("NO SIGNAL", ok=True, figures={"signal": Signal(skill=0.0, lower=-0.1)})
    alive = judged("HELD", metric="rougeL", task="meqsum", ok=True, figures={"signal": Signal(skill=0.3, lower=0.2)})
    assert "The base can't do 1 of 2 tasks (mednli)" in shown(section(of_run(info(), [dead, alive]))).text


def test_bundled_data_are_called_synthetic(finished, info, judged):
    assert "Bundled examples are synthetic" in section(finished.document)
    assert "synthetic" not in section(of_run(info(), [judged()]))  # whose data is credentialed


def test_no_answer_enters_a_card(finished):
    quoted = [response.generation.text for pair in finished.pairs for response in pair[1].responses]
    assert not [text for text in quoted if len(text) > 20 and text in section(finished.document)]


def test_a_run_of_one_model_or_of_nothing_has_no_card(info, judged):
    base = info().baseline
    with pytest.raises(ReportError, match="a model with itself"):
        section(of_run(info(candidate=base), [judged()]))
    with pytest.raises(ReportError, match="judged nothing"):
        section(of_run(info(failure="out of memory"), [judged("ERROR", figures=None)]))


def test_hostile_names_are_text(attacked):
    card = with_section(CARD, section(attacked.document))
    page = shown(card.split("---\n", 2)[2])
    allowed = {"h1", "h2", "p", "strong", "pre", "table", "thead", "tbody", "tr", "th", "td"}
    assert {tag for tag, _ in page.elements} <= allowed
    assert [found for tag, found in page.elements if tag not in {"th", "td"} and found] == []
    assert "onerror=alert(1)" in page.text
    assert [line.strip() for line in card.splitlines()].count(END) == 1
    assert card.startswith(CARD)
    assert with_section(card, NEW) == f"{CARD}\n{NEW}"


def test_the_section_goes_to_the_end_and_is_found_again():
    once = with_section(CARD, NEW)
    assert once == f"{CARD}\n{NEW}"
    assert with_section(once, NEW) == once
    assert with_section("", NEW) == NEW


def test_what_stands_around_a_section_stays():
    card = f"{CARD}\n{BEGIN}\nold\n\nlines\n{END}\n\n## Licence\n\nno line end"
    assert with_section(card, NEW) == f"{CARD}\n{NEW}\n## Licence\n\nno line end"


def test_a_cards_line_ends_are_kept():
    card = CARD.replace("\n", "\r\n")
    once = with_section(card, NEW)
    assert once == (CARD + "\n" + NEW).replace("\n", "\r\n")
    assert with_section(once, NEW) == once


@given(before=st.text(), after=st.text())
def test_nothing_else_of_a_card_is_touched(before, after):
    """Whatever a card holds, what stands before and behind the section comes back."""
    card = f"{before}\n{BEGIN}\nold\n{END}\n{after}"
    if "\r\n" in card:
        return
    written = with_section(card, NEW)
    assert written == f"{before}\n{NEW}{after}"


@pytest.mark.parametrize("card", [BEGIN, END, f"{END}\n{BEGIN}\n", f"{NEW}{NEW}", f"{BEGIN}\n{NEW}"])
def test_half_a_section_is_refused(card):
    with pytest.raises(ReportError, match="remove these lines"):
        with_section(card, NEW)


def test_a_limited_run_says_so(info, judged):
    text = section(of_run(info(limit=20, profile="smoke"), [judged("HELD", ok=True)]))
    assert "profile smoke, limit 20 per task" in text


def test_only_the_two_comments_are_html_comments(attacked):
    """GitHub and the hub hide comments: a name that could open one would hide the verdict."""
    body = section(attacked.document)
    assert body.count("<!--") == 2
    assert model_card.TITLE in body


def test_a_drift_or_remark_of_private_data_stays_out(info, judged):
    tasks = tuple(dataclasses.replace(task, remarks=("CANARY",)) for task in info().tasks)
    assert "CANARY" not in section(of_run(info(tasks=tasks, drifts=("CANARY",)), [judged()]))
