"""How many candidates were tried against one base: the best of many passes more often than each by itself."""

import contextlib

from clue_lib import digests
from clue_lib.session.stages import Prepared


def count(prepared: Prepared) -> int:
    """This candidate is noted in the store, which holds digests alone; how many distinct ones it knows by now.

    Tries count together that have the same base, engine, data, prompts, thresholds and profile. A model against itself
    is no try. Where nothing can be noted, this one counts alone.
    """
    info, settings = prepared.info, prepared.settings
    same = (
        (info.baseline.identity, info.baseline.engine),
        sorted((task.name, task.data_digest, task.prompts_digest) for task in info.tasks),
        (info.thresholds_digest, info.profile, sorted(gate.id for gate in prepared.gates)),
    )
    folder = settings.store / "tries" / digests.of_value(same)[:24]
    own = digests.of_value((info.candidate.identity, info.candidate.engine))[:24]
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        if not (info.is_aa or info.is_of_one_model):
            (folder / own).touch()
        return max(1, sum(1 for _ in folder.iterdir()))
    return 1
