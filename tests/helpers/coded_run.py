"""A run of MeDiSumCode made up of the codes that were read, and its snapshot."""

from clue_lib import snapshots
from clue_lib.metrics import METRICS
from clue_lib.snapshots import Snapshot
from clue_lib.types import Example, Fingerprint, Generation, Parsed, Response, TaskRun, Unparsed


def coded(answers: dict[str, tuple[str, ...] | None]) -> TaskRun:
    """A run of MeDiSumCode: letter → the codes read from the answer, None where none could be read."""
    responses = tuple(
        Response(
            example=Example(id=id_, cluster=id_, fields={}, gold=("I10",)),
            generation=Generation(text="secret", finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
            answer=Unparsed(reason="no code") if named is None else Parsed(value=named),
        )
        for id_, named in answers.items()
    )
    return TaskRun(
        task="medisumcode",
        model="base",
        tier="bundled",
        engine="scripted 1",
        responses=responses,
        gold_digests=("",) * len(responses),
        prompt_digests=tuple(f"asked {id_}" for id_ in answers),
        scores={"invalid_codes": tuple(METRICS["invalid_codes"].score(responses))},
        signatures={"invalid_codes": "invalid_codes|v1"},
    )


def taken(run: TaskRun, **changed) -> Snapshot:
    return snapshots.take(run, **({"revision": "r1", "data": "d1", "engine": Fingerprint(name="scripted")} | changed))
