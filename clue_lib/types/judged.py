"""What two scored runs are held against, and what comes of it: Gate, Comparison (or why there is none), and outcomes.

Baseline comes before candidate everywhere; a difference is candidate minus baseline, oriented: positive is better.
Scores, margins and rates are shares in 0..1; only `clue_lib.report` turns them into percent.
"""

from dataclasses import dataclass
from typing import Literal

from clue_lib.types.flow import Direction, Family, Role, Tier
from clue_lib.types.withheld import withheld

GateKind = Literal["clue", "own", "failure mode", "other", "average", "family", "pooled"]
"""What a gate judges.

Of one task: a metric of CLUE's, one that a user's own task names, a way to fail, or another. Of the whole run: one of
CLUE's averages, a family of failure modes over the tasks, or CLUE's metrics pooled in one test."""

Method = Literal["McNemar", "cluster score", "cluster t", "jackknife", "average", "sign flips"]
Outcome = Literal[
    "IDENTICAL", "IMPROVED", "HELD", "REGRESSED", "UNDECIDED", "NO SIGNAL", "NOT RUN", "NOT REACHED", "ERROR"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What is judged: one metric of one task, or one figure of the whole run, with the difference that is tolerated.

    `id` is "<level>.<task>.<metric>" or "<group>.<figure>"; `task` is the task or the group. `better` says which
    direction of the models' values is good, `family` which family a failure mode counts towards. `margin` is a share in
    0..1; `floor` and `ceiling` bound the candidate's own value. `table` of `file` states them and the reason.
    """

    id: str
    task: str
    metric: str
    kind: GateKind
    better: Direction
    role: Role
    margin: float
    reason: str
    file: str
    table: str
    family: Family | None = None
    floor: float | None = None
    ceiling: float | None = None

    @property
    def is_of_run(self) -> bool:
        """Whether the gate is judged over several tasks, not on one."""
        return self.kind in {"average", "family", "pooled"}

    @property
    def is_main_metric(self) -> bool:
        """Whether the metric is what its task is measured by: one of CLUE's, or one that a user's own task names."""
        return self.kind in {"clue", "own"}


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One example on which the candidate scores worse than the baseline."""

    example_id: str
    gold: str
    baseline_text: str
    candidate_text: str
    baseline_score: float
    candidate_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What each model scores by itself: the mean of its per-example scores, or the fold's value; shares in 0..1.

    `candidate_lower` and `candidate_upper` are one-sided bounds of the candidate's own value, for floors and ceilings;
    (0, 1) means unbounded.
    """

    baseline: float
    candidate: float
    candidate_lower: float = 0.0
    candidate_upper: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """The oriented difference `delta` and how sure it is.

    `lower` and `upper` are its one-sided bounds at the policy's confidence, infinite where the data sets none; `p` is
    of the hypothesis "not worse". `mde`, the minimum detectable effect, is the smallest true drop that data like this
    shows with the policy's power, infinite where it shows none; `mde_corrected` the same after the correction for all
    gates of the run.
    `freedom` are the degrees of freedom, for one metric the clusters less one. `design_effect` is the variance over
    what independent examples would have.
    """

    n_clusters: int
    freedom: float
    design_effect: float
    delta: float
    lower: float
    upper: float
    p: float
    mde: float
    mde_corrected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """How well the baseline can do what is compared: its score less what it scores on other examples' golds.

    `lower` is the one-sided lower bound of `skill`. Where it is not above 0, two models that score alike say nothing.
    `candidate_lower` is the same bound of the candidate's skill; None where that was not measured.
    """

    skill: float
    lower: float
    candidate_lower: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistance:
    """A difference on a subset, with the help of stored scores of all examples; to look at, never judged.

    `delta`, its one-sided bounds and `mde`, after the run's correction, are as those of an `Inference`. `n_all`
    examples had stored scores, of the baseline and of `n_earlier` candidates.
    """

    delta: float
    lower: float
    upper: float
    mde: float
    n_all: int
    n_earlier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Baseline against candidate on one metric of one task, or on an average of several.

    `method` names the test behind `inference.p`. `n` examples count; for `n_excluded` the metric is undefined, for
    `n_unanswered` of these since it judges answers alone and one of the models gave none. `n_worse` and `n_better`
    examples changed; of an average, scores. `net_worse` says how many examples got worse on balance: of scores of 0 or
    1 they are counted, of shares and sums it is their mass, −n times the difference; negative where more got better.
    `worst` are the examples with the largest losses,
    empty for private tiers and averages. `levels` is None where metrics of all kinds are mixed, whose values mean
    nothing together. `signature` is what reproduces the figures. `signal` is None where no skill was measured: of
    failure modes, of metrics that are not CLUE's, and where no derangement exists. `assistance` is there in limited
    runs alone.
    """

    task: str
    metric: str
    tier: Tier
    method: Method
    n: int
    n_excluded: int
    n_unanswered: int = 0
    n_worse: int
    n_better: int
    net_worse: float
    inference: Inference
    levels: Levels | None
    worst: tuple[Flip, ...]
    signature: str
    signal: Signal | None = None
    assistance: Assistance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """Why there is no comparison: data is missing, say, or the metric is undefined for every example.

    `outcome` is what the gate then has: NOT REACHED where the candidate was rejected before.
    """

    reason: str
    outcome: Literal["NOT RUN", "NOT REACHED"] = "NOT RUN"
