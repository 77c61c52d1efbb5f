"""How reports write numbers."""

import dataclasses

import pytest

from clue_lib.report import document, figures


@pytest.mark.parametrize(
    ("share", "percent", "points"),
    [
        (0.5, "50.0", "+50.0"),
        (-0.125, "-12.5", "−12.5"),
        (0.0, "0.0", "0.0"),
        (-0.0001, "-0.0", "0.0"),
        (0.0004, "0.0", "0.0"),
        (1.0, "100.0", "+100.0"),
        (None, "–", "–"),
    ],
)
def test_shares(share, percent, points):
    assert (figures.percent(share), figures.points(share)) == (percent, points)


def test_bounds_open_where_the_data_sets_none(judged):
    row = document.row(judged())
    assert figures.bounds(row) == "[−14.0, −6.0]"
    assert figures.bounds(dataclasses.replace(row, lower=None, upper=None)) == "[−∞, +∞]"
    assert figures.bounds(document.row(judged(figures=None))) == "–"


@pytest.mark.parametrize(
    ("p", "shown"), [(None, "–"), (0.0, "< 0.0001"), (0.00009, "< 0.0001"), (0.0123, "0.012"), (1.0, "1")]
)
def test_p_values(p, shown):
    assert figures.p_value(p) == shown


def test_sizes(judged):
    row = document.row(judged())
    assert figures.size(row) == "200 in 100 clusters, 3 left out"
    assert figures.size(dataclasses.replace(row, n=1413, n_clusters=1413, n_excluded=0)) == "1,413"
    assert figures.size(document.row(judged(figures=None))) == "–"


def test_needed_clusters(judged):
    """The drop that can be seen shrinks with the root of n: a third of it takes nine times as many."""
    row = document.row(judged(figures={"mde": 0.09}))
    assert figures.needed_clusters(row) == 900
    for unknown in ({"mde": None}, {"margin": 0.0}, {"n_clusters": None}):
        assert figures.needed_clusters(dataclasses.replace(row, **unknown)) is None
