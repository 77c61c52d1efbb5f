"""Where a run could show nothing, and gains that are none, in sentences."""

import dataclasses

import pytest

from clue_lib.publishing import model_card
from clue_lib.report import html, markdown, of_run, terminal
from clue_lib.report.blind import blind
from clue_lib.report.hollow import hollow
from clue_lib.types import Signal, TaskThoughts, ThoughtLengths


@pytest.fixture
def unable(judged):
    """A verdict on a task that the baseline shows no skill in."""

    def build(task):
        verdict = judged("NO SIGNAL", task=task, ok=True)
        comparison = dataclasses.replace(verdict.comparison, signal=Signal(skill=0.0, lower=-0.1))
        return dataclasses.replace(verdict, comparison=comparison)

    return build


def thoughts(task, n, n_unfinished):
    cut = ThoughtLengths(n=n, median=1.0, longest=1, n_unfinished=n_unfinished)
    return TaskThoughts(task=task, baseline=cut, candidate=cut)


def test_thoughts_that_did_not_end_are_no_lack_of_skill(unable):
    both = [unable("mednli"), unable("jama")]
    assert blind(both).startswith("The base can't do 2 of 2 tasks (mednli, jama): ")
    assert blind(both, [thoughts("jama", 40, 39), thoughts("mednli", 40, 3)]) == (
        "In 1 of 2 tasks (jama) most of the base's thoughts did not end, so it gave no answer: raise "
        "--thinking-budget. "
        "The base can't do 1 of 2 tasks (mednli): a loss of what it can't do does not show there."
    )
    assert blind([]) == ""


def test_less_invention_beside_lost_quality_is_called_no_gain(judged):
    fewer = judged("IMPROVED", task="problem_summary", metric="unsupported_concepts", ok=True)
    lost, held = judged("REGRESSED"), judged("HELD", ok=True)
    told = f"IMPROVED in {fewer.gate.id} means fewer inventions, not better answers: who says less invents less."
    assert hollow([fewer, lost]) == told
    assert hollow([fewer, judged("NO SIGNAL", ok=True)]) == told
    assert hollow([fewer, held]) == hollow([lost]) == ""


def test_every_report_says_that_less_invention_is_no_gain(info, judged):
    fewer = judged("IMPROVED", task="problem_summary", metric="unsupported_concepts", ok=True)
    told = "means fewer inventions, not better answers: who says less invents less."
    for others, is_told in (([judged("REGRESSED")], True), ([judged("HELD", ok=True)], False)):
        run = of_run(info(), [fewer, *others])
        printed = " ".join(line for line, _ in terminal.summary(run, "r"))
        for text in (printed, html.render(run), markdown.render(run), model_card.section(run)):
            assert (told in text) is is_told
