"""How long a run's generating takes, before it starts."""

from dataclasses import dataclass

from clue_lib import engines
from clue_lib.engines import Factors
from clue_lib.session.generating import lacking
from clue_lib.session.stages import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`n_answers` are to be made, in about so many `seconds`; engines' starts are not counted.

    Backends that answer in this process have no time that could be told: their answers add nothing to `seconds`.
    `is_measured` where every model has shown on this machine how long it takes; else some rate is assumed.
    """

    n_answers: int
    seconds: float
    is_measured: bool


def expected(prepared: Prepared) -> Expected:
    """What the store lacks of a run, and how long that takes."""
    factors = Factors(prepared.settings.store)
    n_answers, seconds, is_measured = 0, 0.0, True
    for job in lacking(prepared):
        n_answers += len(job.requests)
        if not job.backend.own_process:  # recorded answers, and scripts of tests: nothing is timed
            continue
        factor = factors.of(job.backend.name, job.model.name)
        seconds += engines.assumed_seconds(job.requests) * (1.0 if factor is None else factor)
        is_measured = is_measured and factor is not None
    return Expected(n_answers=n_answers, seconds=seconds, is_measured=is_measured)
