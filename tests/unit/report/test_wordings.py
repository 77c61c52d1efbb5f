"""The sentence on wordings; points to one decimal."""

import dataclasses

from clue_lib.report import wordings
from clue_lib.types import WordingSpread

SPREAD = WordingSpread(
    gate="level1.mednli.accuracy",
    n_wordings=8,
    n_clusters=40,
    deviation=0.021,
    upper=0.04,
    standard_error=0.03,
    p=0.2,
    p_adjusted=0.4,
)
SURE = dataclasses.replace(SPREAD, gate="level1.meqsum.rougeL", deviation=0.032, p_adjusted=0.01)


def of(info, *spreads, n=8):
    tasks = tuple(dataclasses.replace(task, n_wordings=n) for task in info().tasks)
    return wordings.sentence(info(tasks=tasks, wordings=spreads))


def test_one_wording_needs_no_sentence(info):
    assert of(info, n=1) == ""


def test_too_few_clusters_are_said(info):
    assert of(info) == "There are too few clusters to tell how far the change differs between wordings."


def test_a_spread_that_cannot_be_told_from_0_is_said_with_its_error(info):
    assert of(info, SPREAD, dataclasses.replace(SPREAD, deviation=0.0)) == (
        "How far the change differs between wordings can't be told from 0 on any of 2 metrics; the largest estimate is "
        "of mednli accuracy, standard deviation 2.1 points (at most 4.0; standard error of one wording's change 3.0)."
    )


def test_a_sure_spread_is_named(info):
    assert of(info, SPREAD, SURE) == (
        "The change differs between wordings: meqsum rougeL, standard deviation 3.2 points (at most 4.0; standard "
        "error of one wording's change 3.0); 1 more can't be told from 0."
    )
