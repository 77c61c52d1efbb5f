"""Metrics: one function each. `METRICS` holds them by name; `metric` adds one of the user's own."""

from clue_lib.metrics.base import Metric
from clue_lib.metrics.custom import metric
from clue_lib.metrics.registry import BEHAVIOUR, CHOICE, CLAIMS, CODES, METRICS, OPTIONS

__all__ = ["BEHAVIOUR", "CHOICE", "CLAIMS", "CODES", "METRICS", "OPTIONS", "Metric", "metric"]
