"""What a run could detect, before it starts: expected errors, the chances of an equal model, and costs."""

from clue_lib.forecast.assumptions import Sample, Spread, Spreads, assumed_spreads
from clue_lib.forecast.chances import Forecast, forecasts, of_profiles
from clue_lib.forecast.costs import Cost, at_release, cost, sample
from clue_lib.forecast.observed import spreads as observed_spreads

__all__ = [
    "Cost",
    "Forecast",
    "Sample",
    "Spread",
    "Spreads",
    "assumed_spreads",
    "at_release",
    "cost",
    "forecasts",
    "observed_spreads",
    "of_profiles",
    "sample",
]
