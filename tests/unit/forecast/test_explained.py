"""What a margin is worth: shares of skill and chances to fail by hand, by scipy's normal and non-central t."""

import math

import pytest
from plain_values import make_gate
from scipy import stats as scipy_stats

from clue_lib.forecast import explained
from clue_lib.forecast.assumptions import Spread
from clue_lib.forecast.chances import Forecast
from clue_lib.judging import Policy
from clue_lib.types import Signal

POLICY = Policy(confidence=0.95, power=0.8, min_clusters=10, min_net_examples=3)
GATE = make_gate(margin=0.03)


def spread(error, freedom=1e6):
    return Spread(task="mednli", standard_error=error, freedom=freedom, n_clusters=int(freedom) + 1)


def told(one, signal=None, confidence=0.999):
    found = {one.gate.id: signal}
    return explained.explained_gates([one], found, policy=POLICY, demanded={one.gate.id: confidence})[0]


def test_the_share_of_skill_that_is_kept_at_the_margin():
    """A skill of 40 points less a margin of 3 keeps 37 of 40."""
    one = Forecast(gate=GATE, spread=spread(0.01))
    assert told(one, Signal(skill=0.4, lower=0.3)).retained == pytest.approx(37 / 40)
    assert told(one, Signal(skill=0.4, lower=0.0)).retained is None
    assert told(one).retained is None


def test_the_mde_is_that_after_the_correction():
    """Normal quantiles of 99.9 and 80 %: (3.0902 + 0.8416) times an error of one point."""
    assert told(Forecast(gate=GATE, spread=spread(0.01))).mde == pytest.approx(0.039318, abs=1e-5)


def test_a_loss_fails_where_it_is_significant_and_beyond_the_margin():
    """Where a small error makes any loss significant only the margin counts, a large error hides what is beyond it."""
    small, large = (told(Forecast(gate=GATE, spread=spread(error))).fails for error in (0.001, 0.05))
    assert small == pytest.approx((0.0, 0.0, 0.5, 1.0), abs=1e-6)
    by_scipy = [scipy_stats.norm.cdf(drop / 0.05 - scipy_stats.norm.ppf(0.999)) for drop in explained.DROPS]
    assert large == pytest.approx(by_scipy, abs=1e-4)


def test_few_clusters_never_fail_a_model_and_no_variance_always_does_beyond_the_margin():
    few = told(Forecast(gate=GATE, spread=spread(0.001, freedom=8)))
    assert (few.mde, few.fails) == (math.inf, (0.0,) * 4)
    assert told(Forecast(gate=GATE, spread=spread(0.0))).fails == (0.0, 0.0, 0.0, 1.0)


def test_a_gate_that_cannot_be_judged_has_its_reason():
    one = told(Forecast(gate=GATE, spread=None, reason="no data"))
    assert (one.mde, one.fails, one.reason) == (None, (), "no data")
