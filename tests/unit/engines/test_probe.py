"""Whether a base still answers as before an adapter was loaded; numbers by hand."""

import math

import pytest

from clue_lib.engines.probe import BaseProbe
from clue_lib.errors import EngineError


def probe(*looks):
    """A probe of an engine that gives these scores, one list after the other."""
    given = iter(looks)
    return BaseProbe("mine", lambda: next(given))


@pytest.mark.parametrize(
    "looks",
    [
        ([1.0, 2.0], [1.0, 2.0], [1.0, 2.0]),
        ([1.0, 2.0], [1.0, 2.5], [1.0, 1.5]),  # no further apart than two looks at the base alone
        ([-math.inf, math.nan], [-math.inf, math.nan], [-math.inf, math.nan]),
    ],
)
def test_a_base_that_answers_as_before_is_well(looks):
    probe(*looks).check()


@pytest.mark.parametrize(
    "looks",
    [
        ([1.0, 2.0], [1.0, 2.0], [1.0, 2.0000001]),
        ([1.0, 2.0], [1.0, 2.5], [1.0, 1.4]),
        ([1.0, 2.0], [1.0, 2.0], [1.0, math.nan]),
        ([-math.inf, 2.0], [-math.inf, 2.0], [0.0, 2.0]),
    ],
)
def test_a_base_that_answers_otherwise_ends_the_run(looks):
    with pytest.raises(EngineError, match=r"^mine: the adapter changes its base, .*; merge the adapter") as caught:
        probe(*looks).check()
    assert "\n" not in str(caught.value)
