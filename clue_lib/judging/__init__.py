"""From two scored runs to verdicts: pairing, statistics' methods, thresholds, profiles, and the run's ruling. Pure."""

from clue_lib.judging.compare import compare
from clue_lib.judging.profiles import HELD, RULES, profile_of
from clue_lib.judging.ruling import State
from clue_lib.judging.thresholds import Policy, Thresholds
from clue_lib.judging.thresholds_file import load as load_thresholds
from clue_lib.judging.verdict import Verdict, judge, unjudged
from clue_lib.judging.whole_run import compare_over_tasks

__all__ = [
    "HELD",
    "RULES",
    "Policy",
    "State",
    "Thresholds",
    "Verdict",
    "compare",
    "compare_over_tasks",
    "judge",
    "load_thresholds",
    "profile_of",
    "unjudged",
]
