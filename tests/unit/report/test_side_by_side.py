"""Several candidates beside each other, and what makes them incomparable."""

import dataclasses
from pathlib import Path

import pytest

from clue_lib.errors import ReportError
from clue_lib.report import of_run, side_by_side
from clue_lib.types import Identity

A, B = Path("a"), Path("b")


@pytest.fixture(scope="module")
def run(info, judged):
    return of_run(info(), [judged()])


def changed(found, **fields):
    return dataclasses.replace(found, run=dataclasses.replace(found.run, **fields))


def test_candidates_stand_side_by_side(info, judged, run):
    other = changed(run, candidate=dataclasses.replace(run.run.candidate, name="other"))
    better = dataclasses.replace(other, verdicts=(judged("IMPROVED", ok=True, figures={"delta": 0.05}),))
    text = side_by_side.render({A: run, B: better})
    lines = [line.split() for line in text.splitlines()]
    assert ["base", "Llama-3-8B-Instruct"] in lines
    assert ["change,", "points", "JSL-MedLlama-3-8B-v2.0", "other"] in lines
    assert ["mednli", "accuracy", "10.0", "worse", "REGRESSED", "5.0", "better", "IMPROVED"] in lines
    assert ["gates", "failed", "1", "0"] in lines
    assert "2 candidates were judged on the same examples" in text
    assert "wears the test set out" in text


def test_a_run_with_another_gate_is_refused(run, judged):
    """The correction runs over all gates of a run: with more of them the same difference may not count."""
    more = dataclasses.replace(run, verdicts=(*run.verdicts, judged(task="jama")))
    with pytest.raises(ReportError, match=r"^b: another set of gates than in a"):
        side_by_side.check_comparable({A: run, B: more})


def test_candidates_of_one_name_are_told_by_their_folders(run):
    folders = [Path("reports/of/a/long/way/from/here") / name for name in ("first", "second")]
    text = side_by_side.render(dict.fromkeys(folders, run))
    assert text.count(run.run.candidate.name) == 0
    for name in ("here/first", "here/second"):
        assert text.count(name) == 2  # beside its verdict and above its column


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"thresholds_digest": "f" * 64}, "thresholds file"),
        ({"limit": 5}, "limit or seed"),
        ({"seed": 1}, "limit or seed"),
        ({"tasks": ()}, "set of data"),
        ({"profile": "point"}, "profile"),
        ({"scoring": "clue-2024-06"}, "scoring"),
    ],
)
def test_runs_under_other_conditions_are_refused(run, fields, what):
    side_by_side.check_comparable({A: run, B: run})
    with pytest.raises(
        ReportError, match=rf"^b: another {what}.* than in a; judge all candidates with the same settings$"
    ):
        side_by_side.check_comparable({A: run, B: changed(run, **fields)})


def test_another_base_data_or_prompts_are_refused(run):
    base = run.run.baseline
    others = {
        "base": {"baseline": dataclasses.replace(base, identity=Identity(weights="x"))},
        "set of data": {"tasks": tuple(dataclasses.replace(task, data_digest="x") for task in run.run.tasks)},
        "set of prompts": {"tasks": tuple(dataclasses.replace(task, prompts_digest="x") for task in run.run.tasks)},
    }
    for what, fields in others.items():
        with pytest.raises(ReportError, match=f"^b: another {what}"):
            side_by_side.check_comparable({A: run, B: changed(run, **fields)})
    renamed = changed(run, baseline=dataclasses.replace(base, name="the same under another name"))
    side_by_side.check_comparable({A: run, B: renamed})


def test_lines_fit_a_terminal_however_many_candidates(finished):
    found = of_run(finished.info, finished.verdicts)
    named = changed(found, candidate=dataclasses.replace(found.run.candidate, name="n" * 99))
    named = changed(named, baseline=dataclasses.replace(found.run.baseline, name="b" * 99))
    named = dataclasses.replace(named, headline="why " * 60)
    for n in (2, 3, 5):
        text = side_by_side.render({Path("r" * 30, str(i)): named for i in range(n)})
        assert max(map(len, text.splitlines())) <= 80
        rows = [line.split() for line in text.splitlines()]
        figures = [cell for row in rows if row[:2] == ["mednli", "accuracy"] for cell in row[2:]]
        assert len(figures) == 3 * n  # of each candidate how much, which way and the outcome


def test_a_name_like_a_number_stays_a_name(run):
    like_a_number = changed(run, candidate=dataclasses.replace(run.run.candidate, name="1e5"))
    text = side_by_side.render({A: like_a_number, B: run})
    assert "100000" not in text
    assert text.count("1e5") == 2
