"""The last stage: the verdicts, and beside them what they are worth."""

import dataclasses

from clue_lib.judging import wordings
from clue_lib.session import tries
from clue_lib.session.assisting import assist
from clue_lib.session.control import control
from clue_lib.session.judging import judge_run
from clue_lib.session.stages import Answered, Judged


def conclude(answered: Answered) -> Judged:
    """Judge the run, and say what that is worth.

    That is: which planted defects the run would have noticed, how far the difference differs between wordings, and how
    many candidates were tried so far. Last, stored scores assist a limited run's figures: its verdicts stand by then.

    Raises what judging and scoring raise.
    """
    judged = judge_run(answered)
    compared = [verdict.gate for verdict in judged.verdicts.values() if verdict.comparison is not None]
    has_no_control = answered.prepared.settings.is_aa or judged.info.early.is_rejected
    planted = () if has_no_control else control(answered)
    info = dataclasses.replace(
        judged.info,
        planted=planted,
        wordings=wordings.spreads(compared, answered.pairs),
        n_tries=tries.count(answered.prepared),
    )
    return assist(answered, dataclasses.replace(judged, info=info))
