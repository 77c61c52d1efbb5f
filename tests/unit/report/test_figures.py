"""How reports write numbers."""

import pytest

from clue_lib.report import figures


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
    endless = {"lower": -float("inf"), "upper": float("inf")}
    assert figures.bounds(judged()) == "[−14.0, −6.0]"
    assert figures.bounds(judged(figures=endless)) == "no bound"
    assert figures.bounds(judged(figures={"lower": -float("inf")})) == "at most −6.0"
    assert figures.bounds(judged(figures={"upper": float("inf")})) == "at least −14.0"
    assert figures.bounds(judged(figures=None)) == "–"


@pytest.mark.parametrize(
    ("p", "shown"), [(None, "–"), (0.0, "< 0.0001"), (0.00009, "< 0.0001"), (0.0123, "0.012"), (1.0, "1")]
)
def test_p_values(p, shown):
    assert figures.p_value(p) == shown


def test_sizes(judged):
    assert figures.size(judged()) == "200 in 100 clusters, 3 left out"
    assert figures.size(judged(figures={"n": 1413, "n_clusters": 1413, "n_excluded": 0})) == "1,413"
    assert figures.size(judged(figures=None)) == "–"


def test_what_is_not_known_is_none(judged):
    known, endless = judged(), judged(figures={"lower": -float("inf"), "mde": float("inf")})
    assert [value(known) for value in figures.VALUES] == [200, 0.8, 0.7, -0.1, -0.14, 0.05, 0.0001]
    assert (figures.lower_bound(endless), figures.mde(endless)) == (None, None)
    assert {value(judged(figures=None)) for value in figures.VALUES} == {None}
    assert figures.baseline(judged(figures={"levels": None})) is None
