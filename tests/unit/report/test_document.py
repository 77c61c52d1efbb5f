"""The document of a run: built once, with the title and the reason that reports begin with, and without texts."""

import dataclasses

from clue_lib.judging import ruling
from clue_lib.report import of_run, terminal


def test_the_title_begins_with_the_state(info, judged):
    failed = of_run(info(), [judged()])
    assert (
        failed.title
        == failed.headline
        == "FAIL (ci): 1 of 1 gates failed, level1.mednli.accuracy, worse by 10.0 points"
    )
    open_ = of_run(info(), [judged("UNDECIDED", ok=True, role="primary")])
    assert open_.title == open_.headline == "UNDECIDED (ci): none of 1 gates failed; 1 undecided"


def test_the_reason_is_the_headline_and_the_run_has_not_passed(info, judged):
    run, held = info(profile="release", n_left_out=9), [judged("HELD", ok=True)]
    found = of_run(run, held)
    assert (found.passed, found.state) == (False, "broken")
    assert found.headline == ruling.shortfall(run, found.verdicts)
    assert found.title == f"BROKEN: {found.headline}"
    assert " ".join(line for line, _ in terminal.closing(found)) == found.title


def test_it_holds_every_verdict_without_the_texts_of_examples(info, judged):
    shown = judged()
    (kept,) = of_run(info(), [shown]).verdicts
    assert kept.comparison.worst == ()
    assert dataclasses.replace(kept, comparison=shown.comparison) == shown
