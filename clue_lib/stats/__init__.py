"""Statistics: from arrays of per-example values to intervals and tests. Pure; distribution functions are scipy's."""

from clue_lib.stats._assisted import Assisted, assisted
from clue_lib.stats._average import Part, at_level, average, joint_shares
from clue_lib.stats._betting import capital, cluster_gains, joint_capital
from clue_lib.stats._bounds import share_bounds, shares
from clue_lib.stats._effect import (
    Effect,
    Estimate,
    Floats,
    Labels,
    clusters_needed,
    fold_effect,
    grouped_sums,
    mean_effect,
    power,
    student,
)
from clue_lib.stats._flags import (
    change_correlation,
    flags,
    is_independent,
    mcnemar,
    mcnemar_power,
    most_by_chance,
    tango,
)
from clue_lib.stats._run import holm, hommel, hommel_in_groups, sign_flips
from clue_lib.stats._skewness import skewed
from clue_lib.stats._spread import GroupSpread, group_spread

__all__ = [
    "Assisted",
    "Effect",
    "Estimate",
    "Floats",
    "GroupSpread",
    "Labels",
    "Part",
    "assisted",
    "at_level",
    "average",
    "capital",
    "change_correlation",
    "cluster_gains",
    "clusters_needed",
    "flags",
    "fold_effect",
    "group_spread",
    "grouped_sums",
    "holm",
    "hommel",
    "hommel_in_groups",
    "is_independent",
    "joint_capital",
    "joint_shares",
    "mcnemar",
    "mcnemar_power",
    "mean_effect",
    "most_by_chance",
    "power",
    "share_bounds",
    "shares",
    "sign_flips",
    "skewed",
    "student",
    "tango",
]
