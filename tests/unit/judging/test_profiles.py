"""What profiles fail: by hand and by scipy."""

import dataclasses
import math

import pytest
from plain_values import but, make_comparison, make_gate
from scipy import stats as scipy_stats

from clue_lib.errors import OptionError
from clue_lib.judging import Policy, profiles

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
GATE = make_gate(margin=0.03)


def test_how_often_point_fails_an_equal_model_by_hand():
    """Two gates of margin 3 whose bounds are 1.6604 (t(99) at 95 %) standard errors of 3 points away: each stays within
    its margin with P(t ≤ 1) = 0.8401; by scipy 1 − 0.8401² = 0.294. A monitor and one cluster say nothing."""
    found = make_comparison(delta=-0.01, lower=-0.01 - 1.6604 * 0.03, freedom=99.0)
    nothing = but(found, lower=-math.inf, freedom=0.0)
    watched = dataclasses.replace(GATE, role="monitor")
    compared = [(GATE, found), (GATE, found), (watched, found), (GATE, nothing)]
    assert profiles.point_fails(compared, POLICY) == pytest.approx(1 - scipy_stats.t.cdf(1, 99) ** 2, abs=1e-4)
    assert profiles.point_fails([], POLICY) == 0.0
    assert profiles.point_fails([(GATE, but(found, delta=0.0, lower=0.0))], POLICY) == 0.0


def test_a_limit_makes_a_run_smoke():
    assert profiles.profile_of(None, None) == "ci"
    assert profiles.profile_of("release", None) == "release"
    assert profiles.profile_of(None, 5) == profiles.profile_of("smoke", 5) == "smoke"
    with pytest.raises(OptionError, match="a limited run is smoke"):
        profiles.profile_of("release", 5)


@pytest.mark.parametrize(
    ("profile", "tier", "asked", "n"),
    [
        ("ci", "public", None, 3),
        ("release", "public", None, 5),
        ("point", "licensed", None, 3),
        ("smoke", "public", None, 1),
        ("ci", "bundled", None, 1),
        ("release", "bundled", None, 1),
        ("smoke", "public", 4, 4),
        ("ci", "bundled", 2, 2),
    ],
)
def test_how_often_contexts_are_drawn(profile, tier, asked, n):
    """Three in `ci`, five in `release` as science.md says; bundled data, which certifies nothing, once."""
    assert profiles.drawings(profile, tier, asked) == n


def test_a_monitored_task_may_have_bundled_data():
    assert profiles.bundled({"mednli": "bundled", "mcq": "bundled", "nejm": "public"}) == ["mednli"]
    assert profiles.bundled({"of_another_version": "bundled"}) == ["of_another_version"]
