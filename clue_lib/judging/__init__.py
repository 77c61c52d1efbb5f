"""From two scored runs to verdicts: pairing, statistics' methods, thresholds, profiles, and the run's ruling. Pure."""

from clue_lib.judging.correction import correct, demanded
from clue_lib.judging.measuring import Measures
from clue_lib.judging.profiles import HELD, RULES, drawings, drawings_by_tier, profile_of
from clue_lib.judging.ruling import State
from clue_lib.judging.thresholds import Policy, Thresholds
from clue_lib.judging.thresholds_file import load as load_thresholds
from clue_lib.judging.verdict import Verdict, judge, unjudged
from clue_lib.judging.whole_run import compare_over_tasks

__all__ = [
    "HELD",
    "RULES",
    "Measures",
    "Policy",
    "State",
    "Thresholds",
    "Verdict",
    "compare_over_tasks",
    "correct",
    "demanded",
    "drawings",
    "drawings_by_tier",
    "judge",
    "load_thresholds",
    "profile_of",
    "unjudged",
]
