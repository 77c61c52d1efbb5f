"""The noise floor on the terminal: a table after --aa, warnings later, never wider than the terminal."""

import dataclasses

import pytest

from clue_lib.report import of_run
from clue_lib.report.figures import WIDTH
from clue_lib.report.noise_lines import lines
from clue_lib.tasks import TASKS
from clue_lib.types import Noise

STILL = Noise(
    gate="level1.mednli.accuracy",
    n=39,
    text_flips=0.1,
    score_flips=0.0,
    delta=0.0,
    standard_error=0.0,
    floor=0.0,
    margin=0.03,
)
EMPTY = dataclasses.replace(STILL, gate="level1.mednli.empty", margin=0.01)
LOUD = dataclasses.replace(EMPTY, score_flips=0.05, delta=0.01, standard_error=0.02, floor=0.034)


@pytest.fixture
def shown(info, judged):
    def show(*found, aa=True):
        run = info(noise=found)
        if aa:
            engine = run.candidate.engine.reordered()
            run = dataclasses.replace(run, candidate=dataclasses.replace(run.candidate, engine=engine))
        return lines(of_run(run, [judged("HELD", ok=True)]))

    return show


def test_aa_shows_clues_metrics_and_what_flipped(shown):
    assert [line.split() for line in shown(STILL, EMPTY)[1:]] == [
        ["mednli.accuracy", "10.0", "0.0", "0.0", "0.0", "0.0", "3.0"],
        ["and", "1", "more", "without", "a", "flip"],
        ["every", "margin", "of", "a", "task", "lies", "above", "its", "noise", "floor"],
        [],
    ]
    assert shown(STILL, LOUD)[2].split() == ["mednli.empty", "10.0", "5.0", "1.0", "2.0", "3.4", "1.0"]


def test_a_margin_below_the_floor_is_named_in_every_run(shown):
    warning = "margin 1.0 of level1.mednli.empty lies below its noise floor 3.4: widen it"
    assert shown(STILL, LOUD)[-2:] == [warning, ""]
    assert shown(STILL, LOUD, aa=False) == [warning, ""]
    assert shown(STILL, EMPTY, aa=False) == shown() == []


def test_no_line_is_wider_than_a_terminal(shown):
    gates = [task.gate_id(metric) for task in TASKS.values() for metric in task.metrics]
    loudest = dict.fromkeys(("text_flips", "score_flips", "delta", "standard_error", "floor"), 1.0)
    found = [dataclasses.replace(STILL, gate=gate, **loudest) for gate in gates]
    assert max(map(len, shown(*found))) <= WIDTH
